"""Where does each character of a `run` script stand in the file?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from autofix.surfaces.yaml import Located, Scalar
from autofix.surfaces.yaml.scalars import places
from autofix.text import Source, Span


class Run(NamedTuple):
    """`size` characters that stand in the file as they are in the script: from `start` there, from `place` here."""

    start: int
    place: int
    size: int


@dataclass(frozen=True)
class Script:
    """The text of a `run` key as the shell gets it, expressions aside. `runs` is empty where the file folds it (`>`,
    or a plain or quoted scalar over several lines): then nothing in it has a place.
    """

    source: Source = field(repr=False)
    at: Located
    text: str
    runs: tuple[Run, ...] = field(repr=False)

    def place(self, start: int, end: int) -> Span | None:
        """Where `text[start:end]` stands; over several lines with all that stands between them.

        None for nothing, and where the first or the last character is not written as it is.
        """
        first, last = self._offset(start), self._offset(end - 1)
        return Span(first, last + 1) if start < end and first is not None and last is not None else None

    def _offset(self, at: int) -> int | None:
        number = bisect_right(self.runs, at, key=lambda run: run.start) - 1
        if number < 0:
            return None
        run = self.runs[number]
        return run.place + at - run.start if at < run.start + run.size else None


def script(source: Source, at: Located) -> Script | None:
    """The script a leaf holds, None when it holds none. No run of it but is a slice of the file."""
    leaf = at.scalar
    if leaf is None or at.text is None:
        return None
    runs = tuple(_literal(source, leaf) if leaf.style == "|" else _line(source, leaf))
    exact = all(leaf.value[r.start : r.start + r.size] == source.text[r.place : r.place + r.size] for r in runs)
    return Script(source, at, leaf.value, runs if exact else ())


def _literal(source: Source, leaf: Scalar) -> Iterator[Run]:
    """One run a line and one a line feed: what is cut off in front of all lines is what the first one lacks."""
    header, _, body = source.slice(leaf.span).partition("\n")
    written = [line.removesuffix("\r") for line in body.split("\n")]
    lines = leaf.value.split("\n")
    indent = next((len(long) - len(line) for long, line in zip(written, lines, strict=False) if line), 0)
    start, place = 0, leaf.span.start + len(header) + 1
    for long, line in zip(written, lines, strict=False):
        yield Run(start, place + min(indent, len(long)), len(line))
        start, place = start + len(line), place + len(long)
        place += source.text.startswith("\r", place)
        if start < len(leaf.value) and source.text.startswith("\n", place):
            yield Run(start, place, 1)
        start, place = start + 1, place + 1


def _line(source: Source, leaf: Scalar) -> Iterator[Run]:
    """The stretches of one line that no escape interrupts."""
    found = places(source.slice(leaf.span), leaf.style) or []
    start = 0
    for at in range(1, len(found) + 1):
        plain = source.text[leaf.span.start + found[at - 1]] == leaf.value[at - 1]
        if at == len(found) or found[at] != found[at - 1] + 1 or not plain:
            size = at - start - (not plain)
            if size:
                yield Run(start, leaf.span.start + found[start], size)
            start = at
