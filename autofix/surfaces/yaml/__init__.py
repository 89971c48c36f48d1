"""Where does a value stand in a YAML file, and how is it edited without touching anything else?"""

from autofix.surfaces.yaml.document import YamlFile, parse, require_root
from autofix.surfaces.yaml.edits import append_item, delete_entry, insert_entries, insert_items
from autofix.surfaces.yaml.layout import Content, layout_of
from autofix.surfaces.yaml.scalars import spell
from autofix.surfaces.yaml.tree import (
    Alias,
    Entry,
    Located,
    Mapping,
    Reached,
    Resolved,
    Scalar,
    Sequence,
    Style,
    Value,
    leaves,
    mapping,
)
from autofix.surfaces.yaml.words import replace_scalar, within

__all__ = [
    "Alias",
    "Content",
    "Entry",
    "Located",
    "Mapping",
    "Reached",
    "Resolved",
    "Scalar",
    "Sequence",
    "Style",
    "Value",
    "YamlFile",
    "append_item",
    "delete_entry",
    "insert_entries",
    "insert_items",
    "layout_of",
    "leaves",
    "mapping",
    "parse",
    "replace_scalar",
    "require_root",
    "spell",
    "within",
]
