"""Does a file of variables give a credential away?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces.env.document import Entry, EnvFile
from autofix.surfaces.env.loading import format_checks, loaders
from autofix.surfaces.env.places import Place, put, repetitions, strangers
from autofix.surfaces.secrets import Secret, judge

DISCLAIMED = re.compile(
    r"\b(?:not? (?:a |an )?(?:real |actual |true )?(?:secrets?|credentials?)|dummy|fake|invented|made[- ]up|publishable|throw-?away"
    r"|well[- ]known|safe to (?:commit|share|publish)|(?:only|just) for tests?|for tests? only|test fixtures?|(?:is|are) public)\b",
    re.IGNORECASE,
)
FOR_TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|e2e|fixtures?|mocks?|spec|cypress)/|\.(?:test|testing|ci|e2e)(?:\.|$)"
)
FORM = re.compile(
    r"\bmust be\b|\bexactly\b|\b\d+[ -]?(?:bytes?|bits?|char)|\bhex\b|\bbase64\b|\blength\b", re.IGNORECASE
)
ROTATE = "Issue a new credential, revoke this one, and put the new one where only the deployment sees it."


@dataclass(frozen=True)
class Held(Node):
    """A variable that holds a credential; `live` when its file is one that something runs with."""

    entry: Entry
    secret: Secret
    live: bool

    @property
    def places(self) -> tuple[Place, ...]:
        """What has to go."""
        return tuple(Place(self.entry, part) for part in self.secret.parts)


@dataclass(frozen=True)
class HeldFacts:
    """The name of the variable, and what its value is: never the value."""

    key: str
    what: str


def gives_away(project: Project) -> Iterator[Match[Held, HeldFacts]]:
    """Credentials in templates, and in live files that git keeps."""
    for file in project.of(EnvFile):
        if not file.template and file.path not in project.tracked:
            continue
        for entry in file.entries:
            secret = judge(entry.key, entry.written)
            if secret is None or DISCLAIMED.search(_said_of(entry)) or not _meant(file, secret):
                continue
            node = Held(entry.source, entry.key_span, entry.anchor, entry, secret, not file.template)
            severity = Severity.ERROR if secret.sure else Severity.WARNING
            yield Match(node, HeldFacts(entry.key, secret.what), _others(project, node), severity)


def put_placeholder(project: Project, match: Match[Held, HeldFacts]) -> Fix | Refusal:
    """A placeholder in the place of the credential, wherever templates hold it; what is live is left to a person."""
    held = match.node
    if held.live:
        return Refusal("the file is live, what runs with it would lose the value", ROTATE)
    if "-----BEGIN" in held.entry.written and "-----END" not in held.entry.written:
        return Refusal("it goes on over lines that no quotes hold together", ROTATE, reason=Reason.UNEDITABLE)
    places = [place for own in held.places for place in _together(project, own)]
    elsewhere = tuple(one for own in held.places if own.part.role != "host" for one in strangers(project, own.text))
    if elsewhere:
        return Refusal("the same value stands where a placeholder may break something", ROTATE, elsewhere)
    edits = tuple(dict.fromkeys(put(project, place) for place in places))
    return Fix(
        f"Replace the value of {match.facts.key} by a placeholder", edits, doubts=tuple(_doubts(project, held, places))
    )


def _together(project: Project, own: Place) -> Iterator[Place]:
    """A place and those that repeat it; a host stays what it is under other names."""
    if own.part.role == "host":
        yield own
    else:
        yield from repetitions(project, own.text)


def _others(project: Project, held: Held) -> tuple[Evidence, ...]:
    """The other places of the same credential."""
    mine = {place.span for place in held.places}
    texts = {place.text for place in held.places if place.part.role != "host"}
    repeated = [place for text in texts for place in repetitions(project, text)]
    return tuple(place.evidence for place in repeated if place.entry.path != held.path or place.span not in mine)


def _doubts(project: Project, held: Held, places: list[Place]) -> Iterator[Evidence]:
    if not held.secret.sure:
        yield Evidence("somebody may have made it up", held.path, held.entry.key_span)
    for path in dict.fromkeys(place.entry.path for place in places):
        yield from loaders(project, path)
        if FOR_TESTS.search(path):
            yield Evidence("tests may want this value", path)
        yield from (
            Evidence("its form is described", path, place.entry.key_span)
            for place in places
            if place.entry.path == path and (FORM.search(_said_of(place.entry)) or place.text.startswith("base64:"))
        )
    for key in dict.fromkeys(place.entry.key for place in places):
        yield from format_checks(project, key)


def _meant(file: EnvFile, secret: Secret) -> bool:
    """Whether it is more than a made-up value in a file for tests, or a guess in a live one."""
    return file.template or (secret.sure and (secret.what != "a random value" or not FOR_TESTS.search(file.path)))


def _said_of(entry: Entry) -> str:
    """The comment on the line, and those right above."""
    source = entry.source
    said = source.slice(entry.remark) if entry.remark else ""
    line = source.line_of(entry.span.start) - 1
    while line >= 0 and (above := source.slice(source.line_span(line)).strip()).startswith("#"):
        said, line = f"{above}\n{said}", line - 1
    return said
