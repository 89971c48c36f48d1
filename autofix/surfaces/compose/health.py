"""Does the health check of a service ask a question that gets an answer?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Node
from autofix.project import Project
from autofix.surfaces import probes
from autofix.surfaces.compose.document import ComposeFile, Healthcheck
from autofix.surfaces.yaml import Located
from autofix.text import Edit, Span


@dataclass(frozen=True)
class Asked(Node):
    """The words `localhost` of one health check: `places` are None where the file writes them in another way."""

    check: Healthcheck
    places: tuple[Span | None, ...]
    aliased: bool


@dataclass(frozen=True)
class AskedFacts:
    """Whose check it is."""

    service: str


def asks_localhost(project: Project) -> Iterator[Match[Asked, AskedFacts]]:
    """Health checks that ask `localhost` by URL, host and port, or option."""
    for file in project.of(ComposeFile):
        for service in file.services:
            check = service.healthcheck
            if check is None or check.disabled:
                continue
            words = check.command
            asked = list(_asked(check.form, words))
            if not asked:
                continue
            leaves = [check.words[number] for number, _ in asked]
            places = tuple(_place(file, check.words[number], span) for number, span in asked)
            aliased = any(leaf.via_alias for leaf in leaves)
            span = places[0] or leaves[0].value.span
            yield Match(Asked(file.source, span, check.anchor, check, places, aliased), AskedFacts(service.name))


def ask_loopback_address(project: Project, match: Match[Asked, AskedFacts]) -> Fix | Refusal:
    """`127.0.0.1` in the place of every `localhost` the check asks."""
    asked = match.node
    text = " ".join(asked.check.command)
    if asked.aliased:
        return Refusal("the check comes through an alias or a merge", reason=Reason.UNEDITABLE)
    if probes.asks_by_socket(text):
        return Refusal("to this client localhost is a socket file and 127.0.0.1 is TCP, with other grants")
    spans = [span for span in asked.places if span]
    if len(spans) < len(asked.places):
        return Refusal("the address is written with escapes or over lines", reason=Reason.UNEDITABLE)
    edits = tuple(Edit(asked.path, span, probes.ADDRESS) for span in spans)
    return Fix("Ask 127.0.0.1 in the health check", edits, doubts=probes.doubts(project, text))


def _asked(form: str, words: tuple[str, ...]) -> Iterator[tuple[int, Span]]:
    if form == "CMD":
        yield from probes.asks_localhost_in_words(words)
    elif words:
        yield from ((0, span) for span in probes.asks_localhost(words[0]))


def _place(file: ComposeFile, leaf: Located, span: Span) -> Span | None:
    """Where a part of a leaf's value stands, None unless exactly one place of the leaf can be it."""
    written = file.source.slice(leaf.value.span)
    value = leaf.text or ""
    word = value[span.start : span.end]
    if written.count(word) != value.count(word):
        return None
    at = -1
    for _ in range(value.count(word, 0, span.start) + 1):
        at = written.index(word, at + 1)
    return Span(leaf.value.span.start + at, leaf.value.span.start + at + len(word))
