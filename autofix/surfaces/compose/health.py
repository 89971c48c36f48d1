"""Does the health check of a service ask a question that gets an answer?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Node
from autofix.project import Project
from autofix.surfaces import probes, yaml
from autofix.surfaces.compose.document import ComposeFile, Healthcheck
from autofix.surfaces.yaml import Located
from autofix.text import Span


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
    if asked.aliased:
        return Refusal("the check comes through an alias or a merge", reason=Reason.UNEDITABLE)
    return probes.ask_address(
        project, asked.path, asked.places, " ".join(asked.check.command), "Ask 127.0.0.1 in the health check"
    )


def _asked(form: str, words: tuple[str, ...]) -> Iterator[tuple[int, Span]]:
    if form == "CMD":
        yield from probes.asks_localhost_in_words(words)
    elif words:
        yield from ((0, span) for span in probes.asks_localhost(words[0]))


def _place(file: ComposeFile, leaf: Located, span: Span) -> Span | None:
    """Where a part of a leaf's value stands, None where no single span is exactly that part."""
    return yaml.within(file.yaml, leaf.scalar, *span) if leaf.scalar else None
