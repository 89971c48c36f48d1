"""Did a round of fixes do what it promised, and nothing else?

Pure comparison of two projects. Every objection names the files it is about, so that the fix to blame can be found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autofix.finding import Key, Severity
from autofix.node import Document, UnreadableError
from autofix.plan import Finding
from autofix.text import Edit, Source, Span, landed, merged

Found = Sequence[Finding]


@dataclass(frozen=True)
class Objection:
    """Something a round must not do: what, in which file, and whose finding it is about, if it is about one."""

    what: str
    path: str
    key: Key | None = None


def text_objections(before: Source, after: Source, edits: Sequence[Edit]) -> Iterator[str]:
    """What the edits did to the shape of a text: line endings, byte order mark, final newline."""
    if before.text.startswith("\ufeff") != after.text.startswith("\ufeff"):
        yield "the byte order mark changed"
    if before.text and before.text.endswith("\n") != after.text.endswith("\n"):
        yield "the final newline changed"
    inserted = "".join(edit.text for edit in edits)
    bare, crlf = inserted.count("\n") - inserted.count("\r\n"), inserted.count("\r\n")
    if (bare and "\n" not in before.text.replace("\r\n", "") and "\r\n" in before.text) or (
        crlf and "\r\n" not in before.text
    ):
        yield "a line ending the file does not use came in"


def document_objections(before: Document, after: Document | UnreadableError, edits: Sequence[Edit]) -> Iterator[str]:
    """What the edits did to the meaning of a document they did not touch, and to its comments."""
    if isinstance(after, UnreadableError):
        yield f"the file no longer reads: {after.reason}"
        return
    ordered = merged(edits)
    old, new = [edit.span for edit in ordered], list(landed(ordered))
    if _untouched(before.atoms(), old) != _untouched(after.atoms(), new):
        yield "something outside the edits changed its meaning"
    kept = _comments(after, new, inside=False)
    if _comments(before, old, inside=False) != kept:
        yield "a comment outside the edits changed"
    meant = [edit.span for edit in ordered if edit.drops]
    if (
        _comments(before, old, inside=True)
        - _comments(before, meant, inside=True)
        - Counter(_comments(after, new, inside=True))
    ):
        yield "a comment was dropped"


def finding_objections(before: Found, after: Found, applied: Found, edited: Iterable[str]) -> Iterator[Objection]:
    """Fixed findings that are still there, and warnings or errors that were not there before.

    A new finding is expected when its rule waits for one that was just fixed: that is the next round's work.
    """
    was, now = Counter(one.key for one in before), Counter(one.key for one in after)
    for key, count in Counter(one.key for one in applied).items():
        if now[key] > was[key] - count:
            yield Objection(f"{key.rule} is still there", key.path, key)
    fixed = {one.rule.id for one in applied}
    paths = sorted(edited)
    for one in after:
        fresh = now[one.key] > was[one.key] and one.severity >= Severity.WARNING
        if fresh and fixed.isdisjoint(one.rule.after):
            path = one.path if one.path in paths or len(paths) != 1 else paths[0]
            yield Objection(f"{one.rule.id} appeared", path)


def objections(
    edits: Mapping[str, Sequence[Edit]],
    documents: Mapping[str, tuple[Source, Document | None]],
    after: Mapping[str, tuple[Source, Document | UnreadableError | None]],
) -> Iterator[Objection]:
    """All that is wrong with the edited files of a round, by path."""
    for path, made in edits.items():
        old_source, old = documents[path]
        new_source, new = after[path]
        for what in text_objections(old_source, new_source, made):
            yield Objection(what, path)
        if old is not None and new is not None:
            for what in document_objections(old, new, made):
                yield Objection(what, path)


def _untouched(atoms: Iterable[tuple[Span | None, Hashable]], places: Sequence[Span]) -> list[Hashable]:
    return [meaning for span, meaning in atoms if span is None or not _meets(span, places)]


def _comments(document: Document, places: Sequence[Span], *, inside: bool) -> Counter[str]:
    spans = [span for span in document.comments() if _within(span, places) == inside]
    return Counter(document.source.slice(span).strip() for span in spans)


def _meets(span: Span, places: Sequence[Span]) -> bool:
    return any(span.touches(place) for place in places)


def _within(span: Span, places: Sequence[Span]) -> bool:
    return any(span.overlaps(place) for place in places)
