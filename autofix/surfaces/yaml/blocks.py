"""Where does a block scalar (`|`, `>`) end?

The library lets it run to the next token, over blank lines and comments; here it ends with its last own line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from autofix.text import Span

_HEADER = re.compile(r"[|>]([-+1-9]*)[ \t]*(#[^\n]*)?\r?(?=\n|$)")
_MARKER = re.compile(r"(---|\.\.\.)(\s|$)")


class Block(NamedTuple):
    """A block scalar in the text: `span` from its header to its last line, without that line's ending."""

    span: Span
    comment: Span | None
    lines: tuple[Span, ...]

    def body(self, text: str) -> str:
        """Its lines without their indentation."""
        return "\n".join(text[line.start : line.end] for line in self.lines)


def block_at(text: str, start: int, column: int) -> Block | None:
    """The block scalar whose header stands at `start`, in a collection indented by `column` (-1: in none)."""
    header = _HEADER.match(text, start)
    if not header:
        return None
    digits = "".join(char for char in header[1] if char.isdigit())
    indent = max(column, 0) + int(digits) if digits else None
    end, lines = _lines(text, text.find("\n", start), indent, column)
    keep = "+" in header[1]
    if not keep:
        lines = lines[:end]
    if not lines:
        return Block(Span(start, header.end(1)), None, ())
    comment = Span(header.start(2), header.start(2) + len(header[2].rstrip("\r"))) if header[2] else None
    return Block(Span(start, lines[-1].end), comment, tuple(lines))


def _lines(text: str, at: int, indent: int | None, column: int) -> tuple[int, list[Span]]:
    """The number of lines up to the last one that is not blank, and all lines with the blank ones that follow.

    `at` is the offset of the line feed before the first line, or -1.
    """
    last, lines = 0, list[Span]()
    while 0 <= at < len(text) - 1:
        stop = text.find("\n", at + 1)
        end = len(text) if stop < 0 else stop
        line = text[at + 1 : end].removesuffix("\r")
        blanks = len(line) - len(line.lstrip(" "))
        blank = blanks == len(line) and (indent is None or blanks <= indent)
        if not blank:
            indent = blanks if indent is None else indent
            if blanks < indent or blanks <= column or (not indent and _MARKER.match(line)):
                break
        begin = at + 1 + min(indent or 0, len(line)) if indent is not None else at + 1 + len(line)
        lines.append(Span(begin, at + 1 + len(line)))
        last = last if blank else len(lines)
        at = stop
    return last, lines
