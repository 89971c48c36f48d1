"""Does the HEALTHCHECK of an image ask a question that gets an answer?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Refusal
from autofix.node import Node
from autofix.project import Project
from autofix.surfaces import probes
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction
from autofix.text import Span


@dataclass(frozen=True)
class Asked(Node):
    """The words `localhost` of one HEALTHCHECK; None where a continuation or an escape runs through one."""

    check: Instruction
    places: tuple[Span | None, ...]


@dataclass(frozen=True)
class AskedFacts:
    """Whose check it is."""

    stage: str


def asks_localhost(project: Project) -> Iterator[Match[Asked, AskedFacts]]:
    """HEALTHCHECK instructions that ask `localhost` by URL, host and port, or option."""
    for file in project.of(Dockerfile):
        for stage in file.stages:
            for check in stage.of("HEALTHCHECK"):
                places = tuple(_places(check)) if check.probes else ()
                if places:
                    asked = Asked(file.source, places[0] or check.span, check.anchor, check, places)
                    yield Match(asked, AskedFacts(stage.label))


def ask_loopback_address(project: Project, match: Match[Asked, AskedFacts]) -> Fix | Refusal:
    """`127.0.0.1` in the place of every `localhost` the check asks."""
    asked = match.node
    return probes.ask_address(
        project, asked.path, asked.places, asked.check.command.text, "Ask 127.0.0.1 in HEALTHCHECK"
    )


def _places(check: Instruction) -> Iterator[Span | None]:
    if check.json is None:
        yield from (check.source_span(*span) for span in probes.asks_localhost(check.command.text))
        return
    for number, span in probes.asks_localhost_in_words(check.json):
        word = check.words[number]
        inner = word.text[1:-1]
        escaped = inner != check.json[number]
        start = word.span.start + 1
        yield None if escaped else Span(start + span.start, start + span.end)
