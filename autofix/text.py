"""How is a text changed without touching anything else?

Everything here speaks one coordinate system: code points of the canonical text of a file. Canonical means decoded
from UTF-8 with the byte order mark and every carriage return kept; a line ends at a line feed and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import NamedTuple

FILE_MODE = 0o644
SCRIPT_MODE = 0o755


class Span(NamedTuple):
    """A half-open range of code points; `start == end` is a place between two of them."""

    start: int
    end: int

    def touches(self, other: Span) -> bool:
        """Whether the two share a code point or a border."""
        return self.start <= other.end and other.start <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a code point, or one is a place strictly inside the other."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Whether `other` lies within."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True)
class Source:
    """One file as it was read: `path` is relative to the root with `/`, `mode` holds the permission bits."""

    path: str
    text: str = field(repr=False)
    encoding: str = "utf-8"
    mode: int = FILE_MODE

    @cached_property
    def data(self) -> bytes:
        """The bytes of the file, exactly."""
        return self.text.encode(self.encoding)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset of the first code point of every line; a final line feed opens one more, empty line."""
        starts = [0]
        find = self.text.find
        while (at := find("\n", starts[-1])) >= 0:
            starts.append(at + 1)
        return tuple(starts)

    @cached_property
    def newline(self) -> str:
        r"""The line ending most lines have: `\n` or `\r\n`."""
        crlf = self.text.count("\r\n")
        return "\r\n" if crlf * 2 > self.text.count("\n") else "\n"

    def line_of(self, offset: int) -> int:
        """The 0-based number of the line that holds `offset`."""
        return bisect_right(self.line_starts, offset) - 1

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and code-point column of `offset`."""
        line = self.line_of(offset)
        return line + 1, offset - self.line_starts[line] + 1

    def line_span(self, line: int) -> Span:
        """The 0-based line with its line feed."""
        starts = self.line_starts
        return Span(starts[line], starts[line + 1] if line + 1 < len(starts) else len(self.text))

    def lines_around(self, span: Span) -> Span:
        """The whole lines `span` lies on, the last one's line feed included."""
        last = self.line_of(max(span.start, span.end - 1))
        return Span(self.line_span(self.line_of(span.start)).start, self.line_span(last).end)

    def slice(self, span: Span) -> str:
        """The text of `span`."""
        return self.text[span.start : span.end]

    def indent_at(self, offset: int) -> str:
        """The blanks that open the line of `offset`."""
        line = self.slice(self.line_span(self.line_of(offset)))
        return line[: len(line) - len(line.lstrip(" \t"))]


@dataclass(frozen=True)
class Edit:
    """Put `text` in the place of `span` in the file `path`.

    `stack` marks an insertion that may share its place with others like it (lines appended to a list): they keep the
    order in which they came. `drops` says that comments within the span go on purpose, as what they are about goes.
    `causes` says what asked for the edit; neither of the two makes edits different.
    """

    path: str
    span: Span
    text: str
    stack: bool = False
    causes: frozenset[int] = field(default=frozenset(), compare=False)
    drops: bool = field(default=False, compare=False)

    @property
    def inserts(self) -> bool:
        """Whether nothing is replaced."""
        return self.span.start == self.span.end

    def caused_by(self, cause: int) -> Edit:
        """The same edit, asked for by `cause` as well."""
        return replace(self, causes=self.causes | {cause})


@dataclass(frozen=True)
class NewFile:
    """A file that is not there yet."""

    path: str
    text: str = field(repr=False)
    mode: int = FILE_MODE
    causes: frozenset[int] = field(default=frozenset(), compare=False)

    def caused_by(self, cause: int) -> NewFile:
        """The same file, asked for by `cause` as well."""
        return replace(self, causes=self.causes | {cause})

    @property
    def source(self) -> Source:
        """The file as it will be read."""
        return Source(self.path, self.text, mode=self.mode)


class ClashError(ValueError):
    """Two edits cannot both be made; the message names them."""


def clash(one: Edit, other: Edit) -> bool:
    """Whether the two exclude each other: they overlap, or they insert different texts at one place.

    Identical edits are one edit. Insertions that both stack keep their order. A replacement and an insertion at its
    border have only one possible order and do not clash.
    """
    if one.path != other.path or one == other:
        return False
    if one.inserts and other.inserts:
        return one.span == other.span and not (one.stack and other.stack)
    return one.span.overlaps(other.span)


def merged(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits of one file in the order of their places, identical ones joined with their causes.

    Raises ClashError.
    """
    unique: dict[Edit, Edit] = {}
    for edit in edits:
        seen = unique.get(edit)
        unique[edit] = (
            edit if seen is None else replace(seen, causes=seen.causes | edit.causes, drops=seen.drops or edit.drops)
        )
    ordered = sorted(unique.values(), key=lambda edit: edit.span)
    for one, other in pairwise(ordered):
        if clash(one, other):
            raise ClashError(f"{one.path}: edits at {tuple(one.span)} and {tuple(other.span)} clash")
    return tuple(ordered)


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits of one file made. Raises ClashError, and IndexError for a span outside the text."""
    parts: list[str] = []
    at = 0
    for edit in merged(edits):
        start, end = edit.span
        if not at <= start <= end <= len(text):
            raise IndexError(f"{edit.path}: no span {start}..{end} in a text of {len(text)} code points")
        parts += (text[at:start], edit.text)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def landed(edits: Iterable[Edit]) -> tuple[Span, ...]:
    """Where each edit's own text stands after the splice, in the order of `merged`."""
    spans: list[Span] = []
    shift = 0
    for edit in merged(edits):
        start = edit.span.start + shift
        spans.append(Span(start, start + len(edit.text)))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return tuple(spans)


def origin(edits: Iterable[Edit], span: Span) -> Span:
    """The place in the text before the edits that `span`, a place after them, comes from.

    Text that an edit brought in comes from the whole of what the edit replaced.
    """
    ordered = merged(edits)
    regions = list(zip(ordered, landed(ordered), strict=True))

    def back(offset: int, *, rightmost: bool) -> int:
        shift = 0
        for edit, new in regions:
            if offset < new.start or (offset == new.start and not rightmost):
                break
            if offset < new.end or (offset == new.end and not rightmost and new.end > new.start):
                return edit.span.start if rightmost else edit.span.end
            shift = edit.span.end - new.end
        return offset + shift

    if span.start == span.end:
        place = back(span.start, rightmost=True)
        return Span(place, place)
    start, end = back(span.start, rightmost=True), back(span.end, rightmost=False)
    return Span(start, max(start, end))


def compose(text: str, first: Iterable[Edit], second: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits on `text` that do what `first` and then `second`, an edit of the result of `first`, do.

    Edits of the two that do not meet stay as they are, so that each still says what caused it; edits that meet
    become one, caused by all of them.
    """
    first, second = merged(first), merged(second)
    middle = splice(text, first)
    composed = [_compose_one(text, middle, cluster) for cluster in _clusters(first, second)]
    changing = [edit for edit in composed if text[edit.span.start : edit.span.end] != edit.text]
    return merged(_join_insertions(sorted(changing, key=lambda edit: edit.span)))


class _Region(NamedTuple):
    """An edit seen from the middle text: where it stands there, and whether it is already made there."""

    span: Span
    made: bool
    edit: Edit
    old: Span


def _clusters(first: Sequence[Edit], second: Sequence[Edit]) -> list[list[_Region]]:
    """All edits in the order of the middle text, those that overlap there together."""
    made = [_Region(new, True, edit, edit.span) for edit, new in zip(first, landed(first), strict=True)]
    new = [_Region(edit.span, False, edit, origin(first, edit.span)) for edit in second]
    clusters: list[list[_Region]] = []
    reach = Span(-1, -1)
    for region in sorted(made + new, key=lambda r: (r.span.start, r.span.end, r.made)):
        if clusters and region.span.overlaps(reach):
            clusters[-1].append(region)
            reach = Span(reach.start, max(reach.end, region.span.end))
        else:
            clusters.append([region])
            reach = region.span
    return clusters


def _compose_one(text: str, middle: str, cluster: list[_Region]) -> Edit:
    """One edit of `text` that does what the cluster does."""
    if len(cluster) == 1:
        return replace(cluster[0].edit, span=cluster[0].old)
    hull = Span(min(r.span.start for r in cluster), max(r.span.end for r in cluster))
    path = cluster[0].edit.path
    inner = [
        replace(r.edit, span=Span(r.span.start - hull.start, r.span.end - hull.start)) for r in cluster if not r.made
    ]
    old = Span(min(r.old.start for r in cluster), max(r.old.end for r in cluster))
    causes = frozenset[int]().union(*(r.edit.causes for r in cluster))
    drops = any(r.edit.drops for r in cluster)
    return _trimmed(text, Edit(path, old, splice(middle[hull.start : hull.end], inner), drops=drops, causes=causes))


def _trimmed(text: str, edit: Edit) -> Edit:
    """The edit without the whole lines at its borders that it leaves as they are."""
    old, new = text[edit.span.start : edit.span.end], edit.text
    start = end = 0
    limit = min(len(old), len(new))
    while start < limit and old[start] == new[start]:
        start += 1
    start = old.rfind("\n", 0, start) + 1
    while end < limit - start and old[-1 - end] == new[-1 - end]:
        end += 1
    cut = old.find("\n", len(old) - end)
    end = len(old) - cut - 1 if end and cut >= 0 else 0
    span = Span(edit.span.start + start, edit.span.end - end)
    return replace(edit, span=span, text=new[start : len(new) - end])


def _join_insertions(edits: list[Edit]) -> list[Edit]:
    """Insertions that ended up at one place become one, in order, unless all of them can stand beside each other."""
    joined: list[Edit] = []
    for _, group in groupby(edits, key=lambda edit: (edit.span, edit.inserts)):
        together = list(group)
        if len(set(together)) < len(together) or any(clash(one, other) for one, other in pairwise(together)):
            text = "".join(edit.text for edit in together)
            causes = frozenset[int]().union(*(edit.causes for edit in together))
            together = [Edit(together[0].path, together[0].span, text, causes=causes)]
        joined += together
    return joined
