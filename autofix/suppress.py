"""Did a person say no?  Comments of the form `# autofix: ignore <id>[, <id>] -- reason`.

One stands on the line of the finding, on the line above, or on (or above) the first line of a scope that holds it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from autofix.node import Document
from autofix.text import Span

MARK = re.compile(r"\bautofix:\s*ignore\s+(?P<ids>[\w/-]+(?:\s*,\s*[\w/-]+)*)\s*(?:--\s*(?P<reason>\S.*?))?\s*$")


@dataclass(frozen=True)
class Suppression:
    """One comment: the ids it silences and the spans it silences them in. Without a reason it silences nothing."""

    path: str
    span: Span
    ids: tuple[str, ...]
    reason: str
    reach: tuple[Span, ...]


@dataclass(frozen=True)
class Suppressions:
    """All the comments of a project."""

    all: tuple[Suppression, ...]

    @cached_property
    def _by_path(self) -> dict[str, tuple[Suppression, ...]]:
        paths = {one.path for one in self.all}
        return {path: tuple(one for one in self.all if one.path == path) for path in paths}

    def silencing(self, rule: str, path: str, span: Span) -> Suppression | None:
        """The comment that silences a rule at a place, if one does."""
        for one in self._by_path.get(path, ()):
            if rule in one.ids and one.reason and any(reach.start <= span.start <= reach.end for reach in one.reach):
                return one
        return None

    def unused(self, used: Iterable[Suppression], silent: Collection[str]) -> tuple[Suppression, ...]:
        """The comments that silence nothing. Those about `silent` rules alone, which were not asked, may still do."""
        busy = {(one.path, one.span) for one in used}
        about = (one for one in self.all if not set(silent).issuperset(one.ids))
        return tuple(one for one in about if (one.path, one.span) not in busy)


def collect(documents: Iterable[Document]) -> Suppressions:
    """Every suppression comment of the documents."""
    return Suppressions(tuple(one for document in documents for one in _of(document)))


def _of(document: Document) -> Iterator[Suppression]:
    source = document.source
    if "autofix:" not in source.text:
        return
    for span in document.comments():
        mark = MARK.search(source.slice(span))
        if mark is None:
            continue
        line = source.line_of(span.start)
        next_line = min(line + 1, len(source.line_starts) - 1)
        lines = Span(source.line_span(line).start, source.line_span(next_line).end)
        scopes = [scope for scope in document.scopes() if lines.start <= scope.start < max(lines.end, lines.start + 1)]
        ids = tuple(re.split(r"\s*,\s*", mark["ids"]))
        yield Suppression(source.path, span, ids, mark["reason"] or "", (lines, *scopes))
