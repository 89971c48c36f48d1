"""How does a change of a file read as a patch?

The hunks come from the edits and are never guessed from two texts, so each says what caused it. The patch is
git's: lines end at a line feed and nowhere else, every byte is kept, paths are relative to the root. There it has to be
applied: in a sub-directory `git apply` leaves out every file that lies elsewhere, and says nothing.
"""

from __future__ import annotations

import io
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from autofix.text import Edit, NewFile, Source, Span, merged, splice

CONTEXT = 3
NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True)
class Hunk:
    r"""A stretch of changed lines with up to three lines of context on either side.

    Starts are 1-based lines, or the number of lines before when the count is 0. Each of `lines` begins with a blank,
    `-` or `+` and ends as it does in the file; after one without a line feed comes `NO_NEWLINE` as a line of its own.
    """

    start_old: int
    count_old: int
    start_new: int
    count_new: int
    lines: tuple[str, ...] = field(repr=False)
    causes: frozenset[int] = frozenset()

    @property
    def header(self) -> str:
        """The line that opens the hunk, without its line feed."""
        return f"@@ -{_range(self.start_old, self.count_old)} +{_range(self.start_new, self.count_new)} @@"


@dataclass(frozen=True)
class FileDiff:
    """What happens to the file `path`. Modes hold permission bits; `old_mode` is None for a file that is new."""

    path: str
    old_mode: int | None
    new_mode: int
    hunks: tuple[Hunk, ...] = ()
    causes: frozenset[int] = frozenset()

    @property
    def is_new(self) -> bool:
        """Whether the file is not there yet."""
        return self.old_mode is None

    @property
    def changes_mode(self) -> bool:
        """Whether git sees another mode; of all permissions it keeps one bit."""
        return self.old_mode is not None and _git_mode(self.old_mode) != _git_mode(self.new_mode)

    @property
    def is_empty(self) -> bool:
        """Whether a patch has nothing to say about it."""
        return not (self.hunks or self.is_new or self.changes_mode)


def file_diff(before: Source, edits: Iterable[Edit], mode: int | None = None) -> FileDiff:
    """The diff of a file that is there: `edits` in coordinates of `before`, `mode` where it changes.

    Raises ClashError, and IndexError for a span outside the text.
    """
    ordered = merged(edits)
    hunks = tuple(_hunks(_lines(before.text), list(_runs(before, ordered))))
    causes = frozenset[int]().union(*(edit.causes for edit in ordered))
    return FileDiff(before.path, before.mode, before.mode if mode is None else mode, hunks, causes)


def newfile_diff(file: NewFile) -> FileDiff:
    """The diff of a file that is not there yet."""
    lines = _lines(file.text)
    hunks = tuple(_hunks([], [_Run(0, 0, tuple(lines), file.causes)] if lines else []))
    return FileDiff(file.path, None, file.mode, hunks, file.causes)


def render(diffs: Iterable[FileDiff]) -> bytes:
    """The patch, as `git apply` reads it in the root. No bytes at all when nothing changes."""
    return b"".join(_render_one(diff) for diff in diffs if not diff.is_empty)


def check(diffs: Sequence[FileDiff]) -> None:
    """Raises ValueError where a foreign reader of patches (unidiff) sees another change than was meant."""
    # Only a self-check pays for the import.
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    said = [diff for diff in diffs if not diff.is_empty]
    try:
        patch = PatchSet(io.StringIO(render(said).decode(), newline="\n"))
    except UnidiffParseError as error:
        raise ValueError(f"the patch cannot be read: {error}") from error
    if len(patch) != len(said):
        raise ValueError(f"{len(said)} files were meant, {len(patch)} are read")
    for diff, seen in zip(said, patch, strict=True):
        meant = [(h.start_old, h.count_old, h.start_new, h.count_new, _body(h)) for h in diff.hunks]
        found = [(h.source_start, h.source_length, h.target_start, h.target_length, "".join(map(str, h))) for h in seen]
        # Of an empty file that gets lines it says that it is added, too.
        added = seen.is_added_file or not diff.is_new
        if meant != found or not added or seen.path != _name(diff, "").decode():
            raise ValueError(f"{diff.path}: the patch is read as something else")


class _Run(NamedTuple):
    """Old lines `start` to `end`, 0-based and half-open, make room for the lines `new`."""

    start: int
    end: int
    new: tuple[str, ...]
    causes: frozenset[int]


def _lines(text: str) -> list[str]:
    """The lines with their line feeds; the last one may have none."""
    *whole, last = text.split("\n")
    return [line + "\n" for line in whole] + ([last] if last else [])


def _runs(before: Source, edits: Iterable[Edit]) -> Iterator[_Run]:
    """The changed lines in order: edits that share a line are seen together, lines they leave alone are not."""
    blocks: list[tuple[Span, list[Edit]]] = []
    for edit in edits:
        touched = Span(before.line_of(edit.span.start), before.line_of(edit.span.end))
        if blocks and touched.touches(blocks[-1][0]):
            known, together = blocks[-1]
            blocks[-1] = (Span(known.start, touched.end), [*together, edit])
        else:
            blocks.append((touched, [edit]))
    for (first, last), together in blocks:
        start, end = before.line_span(first).start, before.line_span(last).end
        moved = [replace(edit, span=Span(edit.span.start - start, edit.span.end - start)) for edit in together]
        old = before.text[start:end]
        causes = frozenset[int]().union(*(edit.causes for edit in together))
        yield from _changed(first, _lines(old), _lines(splice(old, moved)), causes)


def _changed(at: int, old: list[str], new: list[str], causes: frozenset[int]) -> Iterator[_Run]:
    """What differs between a few old lines, the first of them line `at`, and the new ones."""
    head = _common(old, new)
    old, new = old[head:], new[head:]
    tail = _common(old[::-1], new[::-1])
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    anchors = _anchors(old, new)
    if not anchors:
        if old or new:
            yield _Run(at + head, at + head + len(old), tuple(new), causes)
        return
    i = j = 0
    for next_i, next_j in [*anchors, (len(old), len(new))]:
        yield from _changed(at + head + i, old[i:next_i], new[j:next_j], causes)
        i, j = next_i, next_j


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines the two begin with alike."""
    limit = min(len(one), len(other))
    return next((i for i in range(limit) if one[i] != other[i]), limit)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of equal lines that stand once on each side: as many as keep their order."""
    once_old, once_new = Counter(old), Counter(new)
    places = {line: j for j, line in enumerate(new) if once_new[line] == 1}
    pairs = [(i, places[line]) for i, line in enumerate(old) if once_old[line] == 1 and line in places]
    # The longest rising sequence: `lasts[k]` is the lowest end of one of k + 1 pairs, `ends[k]` which pair that is.
    lasts: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        k = bisect_left(lasts, j)
        before.append(ends[k - 1] if k else -1)
        lasts[k : k + 1] = [j]
        ends[k : k + 1] = [number]
    chain = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _hunks(lines: Sequence[str], runs: Sequence[_Run]) -> Iterator[Hunk]:
    """Hunks for the runs in order, those whose contexts meet together."""
    groups: list[list[_Run]] = []
    for run in runs:
        if groups and run.start - groups[-1][-1].end <= 2 * CONTEXT:
            groups[-1].append(run)
        else:
            groups.append([run])
    shift = 0
    for group in groups:
        hunk = _hunk(lines, group, shift)
        shift += hunk.count_new - hunk.count_old
        yield hunk


def _hunk(lines: Sequence[str], runs: Sequence[_Run], shift: int) -> Hunk:
    """One hunk; `shift` is how many lines earlier hunks brought in."""
    start, end = max(0, runs[0].start - CONTEXT), min(len(lines), runs[-1].end + CONTEXT)
    body: list[str] = []
    at = start
    for run in _beside(runs):
        body += (" " + line for line in lines[at : run.start])
        body += ("-" + line for line in lines[run.start : run.end])
        body += ("+" + line for line in run.new)
        at = run.end
    body += (" " + line for line in lines[at:end])
    old, new = end - start, sum(not line.startswith("-") for line in body)
    marked = [part for line in body for part in ((line,) if line.endswith("\n") else (line, NO_NEWLINE))]
    causes = frozenset[int]().union(*(run.causes for run in runs))
    return Hunk(start + bool(old), old, start + shift + bool(new), new, tuple(marked), causes)


def _beside(runs: Iterable[_Run]) -> Iterator[_Run]:
    """The runs, those with no line between them as one: people read what goes and then what comes."""
    last: _Run | None = None
    for run in runs:
        if last and last.end == run.start:
            last = _Run(last.start, run.end, last.new + run.new, last.causes | run.causes)
            continue
        if last:
            yield last
        last = run
    if last:
        yield last


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _git_mode(mode: int) -> str:
    return "100755" if mode & 0o100 else "100644"


def _render_one(diff: FileDiff) -> bytes:
    """The patch of one file."""
    old, new = _name(diff, "a/"), _name(diff, "b/")
    head = [b"diff --git %b %b\n" % (old, new)]
    if diff.old_mode is None:
        head.append(f"new file mode {_git_mode(diff.new_mode)}\n".encode())
    elif diff.changes_mode:
        head.append(f"old mode {_git_mode(diff.old_mode)}\nnew mode {_git_mode(diff.new_mode)}\n".encode())
    if diff.hunks:
        # A name that holds a blank ends at a tab, or readers take the blank for its end.
        tab = b"\t" if " " in diff.path else b""
        head.append(b"--- %b\n+++ %b\n" % (b"/dev/null" if diff.is_new else old + tab, new + tab))
    return b"".join(head) + "".join(f"{hunk.header}\n{_body(hunk)}" for hunk in diff.hunks).encode()


def _body(hunk: Hunk) -> str:
    """The lines of a hunk; one without a line feed gets it, because `NO_NEWLINE` takes it back."""
    return "".join(line if line.endswith("\n") else line + "\n" for line in hunk.lines)


_ESCAPES = {ord(char): f"\\{name}".encode() for char, name in zip('\a\b\t\n\v\f\r"\\', 'abtnvfr"\\', strict=True)}


def _name(diff: FileDiff, side: str) -> bytes:
    """The path as git writes it: in quotes with octal bytes when it holds anything but printable ASCII.

    Blanks are nothing special for git. They are for us where another reader would lose them: at the end, before `b/`,
    and where the name stands in the first line only.
    """
    path = diff.path
    lost = path.endswith(" ") or " b/" in path or (" " in path and not diff.hunks)
    plain = range(0x21 if lost else 0x20, 0x7F)
    raw = os.fsencode(side + path)
    if all(byte in plain and byte not in _ESCAPES for byte in raw):
        return raw
    escaped = (_ESCAPES.get(byte) or (b"%c" if byte in plain else b"\\%03o") % byte for byte in raw)
    return b'"' + b"".join(escaped) + b'"'
