"""May a person's file be edited at all?  Copies, products and templates are not what anybody wrote, and what tests are
run on is meant as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autofix.text import Source

VENDORED = frozenset({"vendor", "node_modules", "third_party", "third-party", "bower_components", ".venv", "venv"})
# What tests and linters are run on is as it is on purpose, its faults first of all.
TEST_DATA = re.compile(
    r"(?:^|/)(?:test[-_]?(?:data|fixtures?)|_?_?fixtures?_?_?|tests?/(?:[^/]+/)*(?:good|bad|valid|invalid|passing|failing|broken"
    r"|expected|golden|snapshots?))/"
)
GENERATED = re.compile(
    r"@generated|\bDO NOT (?:EDIT|MODIFY)\b|\bauto-?generated\b|^\s*(?:#|//)\s*[\w-]+-generated\b|\bgenerated (?:by|from|file)\b",
    re.IGNORECASE | re.MULTILINE,
)
TEMPLATE_NAMES = (".j2", ".tpl", ".tmpl", ".erb", ".template.yml", ".template.yaml", ".jinja", ".jinja2", ".mustache")
TEMPLATE = re.compile(r"(?<!\$)\{\{|\{%|<%")
FORGE = ".github/workflows/"  # GitHub reads what stands there as it is; braces in it are for the actions
PROGRAMS = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".py")


def why_uneditable(source: Source) -> str | None:
    """Why a text that was read must not be edited, or None."""
    if VENDORED.intersection(PurePosixPath(source.path).parts[:-1]):
        return "vendored"
    if TEST_DATA.search(source.path):
        return "test data"
    if GENERATED.search("\n".join(source.text[:2000].split("\n", 6)[:6])):
        return "generated"
    return "template" if _is_template(source) else None


def _is_template(source: Source) -> bool:
    named = "{{" in source.path or "{%" in source.path or source.path.lower().endswith(TEMPLATE_NAMES)
    read_as_it_is = program(source.path) or source.path.startswith(FORGE)
    return named or (not read_as_it_is and any(_outside_strings(source.text)))


def _outside_strings(text: str) -> Iterator[int]:
    """Offsets of template marks that stand in no string and no comment of their line."""
    for mark in TEMPLATE.finditer(text):
        before = text[text.rfind("\n", 0, mark.start()) + 1 : mark.start()]
        quoted = before.count('"') % 2 or before.count("'") % 2 or before.count("`") % 2
        if not quoted and not re.search(r"(?:^|\s)#", before):
            yield mark.start()


def program(path: str) -> bool:
    """Whether it is source in a language where two braces are nothing special: JSX, f-strings."""
    return path.endswith(PROGRAMS)
