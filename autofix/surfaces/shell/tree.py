"""What did the grammar see, in code points?

The grammar's own tree counts bytes, may begin a token with the blanks before it, and dies with its parser. Here it is
copied once into plain parts with exact spans.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from autofix.surfaces.shell.heredocs import completed
from autofix.surfaces.shell.part import Part
from autofix.text import Span

if TYPE_CHECKING:
    from tree_sitter import TreeCursor

PLACEHOLDER = re.compile(r"\$\{\{.*?\}\}")
DASH = re.compile(r"[ \t]+(-)[ \t]+")
SPACED = re.compile(r"(?:[ \t\r\n]|\\\r?\n)+")
BLANK_MATTERS = frozenset({"heredoc_body", "heredoc_content", "heredoc_end", "string_content", "regex", "word"})


def masked(text: str) -> str:
    """The text with every `${{ … }}` of a workflow turned into an expansion of the same length, `${____}`."""
    return PLACEHOLDER.sub(lambda found: "${" + "_" * (len(found.group()) - 3) + "}", text)


def grow(text: str, only: Span | None = None) -> Part:
    """The syntax of the text, or of the piece `only` of it. Spans are code points of the whole text either way.

    Raises RecursionError when it nests too deeply.
    """
    import tree_sitter_bash
    from tree_sitter import Language, Parser, Range

    parser = Parser(Language(tree_sitter_bash.language()))
    text = masked(text)
    data = text.encode()
    if only is not None:
        start, end = len(text[: only.start].encode()), len(text[: only.end].encode())
        parser.included_ranges = [Range((0, 0), (0, 0), start, end)]
    return _copied(parser.parse(data).walk(), text, _code_points(text, data))


def _code_points(text: str, data: bytes) -> Callable[[int], int]:
    """What turns a byte offset into a code point offset. An offset inside of a code point is none."""
    if len(text) == len(data):
        return lambda offset: offset
    starts = accumulate(map(len, map(str.encode, text)), initial=0)
    return dict(zip(starts, range(len(text) + 1), strict=True)).__getitem__


def _copied(cursor: TreeCursor, text: str, at: Callable[[int], int]) -> Part:
    node = cursor.node
    assert node is not None
    role = cursor.field_name or ""
    children: list[Part] = []
    if cursor.goto_first_child():
        children.append(_copied(cursor, text, at))
        while cursor.goto_next_sibling():
            children.append(_copied(cursor, text, at))
        cursor.goto_parent()
    start, end = at(node.start_byte), at(node.end_byte)
    if node.type not in BLANK_MATTERS:
        start = _after_blanks(text, Span(start, end), children)
        if node.type in ("comment", "heredoc_start"):
            end = start + len(text[start:end].rstrip("\r"))
    broken = node.is_error or node.is_missing
    part = Part(node.type, Span(start, end), tuple(children), role, node.is_named, broken)
    if part.kind == "redirected_statement":
        return _with_dash(part, text)
    return completed(part, text, grow) if part.kind == "heredoc_redirect" else part


def _with_dash(part: Part, text: str) -> Part:
    """The statement with the `-` before a redirection, which the grammar leaves out: `python - <<EOF`."""
    if len(part.children) < 2 or part.children[0].kind != "command":
        return part
    command, redirect = part.children[:2]
    found = DASH.fullmatch(text, command.span.end, redirect.span.start)
    if found is None:
        return part
    dash = Part("word", Span(*found.span(1)), role="argument")
    longer = replace(command, span=Span(command.span.start, dash.span.end), children=(*command.children, dash))
    return replace(part, children=(longer, *part.children[1:]))


def _after_blanks(text: str, span: Span, children: list[Part]) -> int:
    """Where a part really starts: a token that follows blanks may have swallowed them."""
    found = SPACED.match(text, span.start, span.end)
    if found is None or found.end() == span.end:
        return span.start
    return min(found.end(), children[0].span.start) if children else found.end()
