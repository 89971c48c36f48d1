"""Where does a character of a joined line stand in the file?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from autofix.text import Span


@dataclass(frozen=True)
class Joined:
    """A line as BuildKit reads it: `pieces` of the file one after the other, without what continues a line, comment
    lines and blank lines. `place` is where it would stand when nothing is left.
    """

    text: str
    pieces: tuple[Span, ...]
    place: int

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(accumulate((piece.end - piece.start for piece in self.pieces), initial=0))

    def offset(self, at: int) -> int:
        """The offset in the file of character `at`; of the end of the last one for the length of the text."""
        if not self.pieces:
            return self.place
        if at >= len(self.text):
            return self.pieces[-1].end
        piece = bisect_right(self._starts, at) - 1
        return self.pieces[piece].start + at - self._starts[piece]

    def offsets(self) -> tuple[int, ...]:
        """The offset of every character."""
        return tuple(offset for piece in self.pieces for offset in range(*piece))

    def span(self, start: int, end: int) -> Span:
        """From the first character to the last, whatever was taken out between them."""
        first = self.offset(start)
        return Span(first, self.offset(end - 1) + 1) if end > start else Span(first, first)

    def exact(self, start: int, end: int) -> Span | None:
        """The place that holds these characters and nothing else, if there is one."""
        span = self.span(start, end)
        return span if span.end - span.start == end - start else None

    def part(self, start: int, end: int) -> Joined:
        """The characters from `start` to `end` with their places."""
        return Joined(self.text[start:end], tuple(self._cut(start, end)), self.offset(start))

    def _cut(self, start: int, end: int) -> Iterator[Span]:
        for at, piece in zip(self._starts, self.pieces, strict=False):
            first, last = max(start - at, 0), min(end - at, piece.end - piece.start)
            if first < last:
                yield Span(piece.start + first, piece.start + last)


def join(text: str, pieces: list[Span], place: int) -> Joined:
    """The pieces of `text` as one line."""
    whole = tuple(piece for piece in pieces if piece.end > piece.start)
    return Joined("".join(text[piece.start : piece.end] for piece in whole), whole, place)
