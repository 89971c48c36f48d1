"""How is what a scalar says changed, and where does a part of it stand?"""

from __future__ import annotations

import re

from autofix.surfaces.yaml.blocks import block_at
from autofix.surfaces.yaml.document import YamlFile
from autofix.surfaces.yaml.layout import written
from autofix.surfaces.yaml.scalars import places, spell
from autofix.surfaces.yaml.tree import Located, Scalar
from autofix.text import Edit, Span

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


def replace_scalar(file: YamlFile, at: Located, value: str, *, shared: bool = False) -> Edit | None:
    """Let the leaf `at` say the string `value`, in its own style.

    Quotes are added only where plain text would not mean the string; a leaf that was no string (`3`, `true`) stays
    plain if it can. A null that nobody wrote gets the value after its colon. None for: a folded block, a literal
    block with an indentation of its own or another ending than `value` has, an unwritten value without a colon.
    """
    leaf = at.scalar
    if leaf is None or not at.open(shared=shared):
        return None
    if leaf.style in {"|", ">"}:
        return _replace_literal(file, leaf, value)
    text = spell(value, leaf.style, flow=at.flow, keep=leaf.tag not in {"str", "null"})
    if leaf.empty:
        if file.source.text[leaf.span.start - 1 : leaf.span.start] not in {":", "-"}:
            return None
        text = " " + text
    return Edit(file.path, leaf.span, text)


def within(file: YamlFile, leaf: Scalar, start: int, end: int) -> Span | None:
    """Where the part `leaf.value[start:end]` stands in the file; None when the spelling does not show it as it is.

    In a block or over several lines it is found by counting its occurrences: a part with a line break is not found.
    """
    part, spelled = leaf.value[start:end], file.source.slice(leaf.span)
    at = places(spelled, leaf.style)
    if not part:
        return None
    if at is not None:
        found = Span(leaf.span.start + at[start], leaf.span.start + at[end - 1] + 1)
        return found if file.source.slice(found) == part else None
    body = spelled.partition("\n")[2] if leaf.style in {"|", ">"} else spelled
    if ("\\" in spelled and leaf.style == '"') or leaf.value.count(part) != body.count(part):
        return None
    number, offset = leaf.value.count(part, 0, start), len(spelled) - len(body) - 1
    for _ in range(number + 1):
        offset = spelled.find(part, offset + 1)
    found = Span(leaf.span.start + offset, leaf.span.start + offset + len(part))
    return found if leaf.value.find(part, start) == start else None


def _replace_literal(file: YamlFile, leaf: Scalar, value: str) -> Edit | None:
    """The new lines have to read back as the value under the header that is there."""
    source, old = file.source, file.source.slice(leaf.span)
    header, _, body = old.partition("\n")
    ending = {"|": "\n", "|-": ""}.get(header.split("#")[0].rstrip())
    if ending is None or not body or not value.endswith(ending) or _UNWRITABLE.search(value):
        return None
    first = next(line for line in body.split("\n") if line.strip())
    lines = value.removesuffix(ending).split("\n")
    text = written(source, lines, len(first) - len(first.lstrip(" "))).removesuffix(source.newline)
    whole = f"{header}\n{text}"
    block = block_at(whole, 0, -1)
    if block is None or block.span.end != len(whole) or block.body(whole) != value.removesuffix(ending):
        return None
    return Edit(file.path, Span(leaf.span.start + len(header) + 1, leaf.span.end), text)
