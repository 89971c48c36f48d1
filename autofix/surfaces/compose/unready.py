"""Does the check of a service ask whether it can work, and does it wait long enough for its database?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import HEALTH, READY, Endpoint, Project, Service
from autofix.surfaces import asking, yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, Healthcheck
from autofix.surfaces.compose.manners import OWN_URL
from autofix.surfaces.compose.missing import watched
from autofix.surfaces.yaml import Located
from autofix.text import Edit, Span

DURATION = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)s)?(?:(?P<ms>\d+)ms)?")
USUAL = {
    "interval": 30.0,
    "timeout": 30.0,
    "retries": 3.0,
    "start_period": 0.0,
}  # what the engine takes where none is given
OVER_HTTP = re.compile(
    r"\b(?:axios|fetch|got|superagent|needle)\s*[.(]|\bhttps?\.(?:get|request)\(|\b(?:requests|httpx|aiohttp|urllib\.request)\.\w+\("
)
NEXT_ROUTE = re.compile(
    r"^\s*(?:@\w+\.|(?:\w+\.)?(?:get|post|put|patch|delete|use|all|route|listen)\s*\()", re.MULTILINE
)
LONGEST_HANDLER = 4000
ENOUGH, SHORTEST = 60, 5  # seconds until it counts as unhealthy, and for one answer
PATIENT = {"timeout": "10s", "retries": "5", "start_period": "60s"}


@dataclass(frozen=True)
class Hasty(Node):
    """A check, the address it asks where there is a better one, and the numbers that are too small."""

    service: ComposeService
    check: Healthcheck
    url: tuple[Located, Span] | None
    ready: Endpoint | None
    small: tuple[str, ...]


@dataclass(frozen=True)
class HastyFacts:
    """Whose check it is, and what is wrong with it."""

    service: str
    fault: str


def asks_too_early(project: Project) -> Iterator[Match[Hasty, HastyFacts]]:
    """Checks that ask for life although the source tells readiness, or give up before a database can be there."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        check = service.healthcheck if service else None
        if service is None or check is None or check.disabled or not check.words or linked.build is None:
            continue
        url, ready = _asks_for_life(project, linked, check)
        small = _too_small(check) if asking.behind_database(project, linked) and _asks_page(check) else ()
        faults = [f"asks for life, not for {ready.path}"] if ready else []
        faults += ["gives up too early behind a database"] if small else []
        if faults:
            node = Hasty(check.source, check.span, check.anchor, service, check, url, ready, small)
            seen = (
                (ready.evidence,) if ready else tuple(use.evidence for use in project.application(linked).databases[:1])
            )
            yield Match(node, HastyFacts(service.name, " and ".join(faults)), seen)


def ask_when_ready(project: Project, match: Match[Hasty, HastyFacts]) -> Fix | Refusal:
    """The readiness route in the place of the other, and numbers a database can live with."""
    hasty = match.node
    file = project.documents[hasty.path]
    assert isinstance(file, ComposeFile)
    if not hasty.check.at.editable or (hasty.url and hasty.url[0].via_alias):
        return Refusal("the check comes through an alias or a merge", reason=Reason.UNEDITABLE)
    edits = [*_address(file, hasty), *_numbers(file, hasty)]
    if not edits or None in edits:
        return Refusal("the check is written with escapes or over lines", reason=Reason.UNEDITABLE)
    given = [name for name in hasty.small if hasty.check.get(name)]
    chosen = hasty.check.at.under(given[0]) if given else None
    doubts = [hasty.check.evidence("somebody chose these numbers")] if chosen else []
    if hasty.ready:
        doubts += [*hasty.ready.guards, *_asks_others(project, hasty.ready), *watched(project, hasty.service)]
    title = (
        f"Ask {hasty.service.name} whether it is ready"
        if hasty.ready
        else f"Wait for the database of {hasty.service.name}"
    )
    return Fix(title, tuple(edit for edit in edits if edit), doubts=tuple(doubts))


def _asks_others(project: Project, ready: Endpoint) -> Iterator[Evidence]:
    """A handler that asks another service over HTTP, so that one that is down would take this one with it."""
    source, at = project.sources.get(ready.evidence.path), ready.evidence.span
    if source is None or at is None:
        return
    body = source.text[at.start : at.start + LONGEST_HANDLER]
    following = NEXT_ROUTE.search(body, at.end - at.start)
    if found := OVER_HTTP.search(body, 0, following.start() if following else len(body)):
        span = Span(at.start + found.start(), at.start + found.end())
        yield Evidence("the route asks another service, whose failure is not this one's", ready.evidence.path, span)


def _asks_page(check: Healthcheck) -> bool:
    return bool(OWN_URL.search(" ".join(check.command)))


def _asks_for_life(
    project: Project, linked: Service, check: Healthcheck
) -> tuple[tuple[Located, Span] | None, Endpoint | None]:
    """The address a check asks, and the route it should ask instead."""
    ready = project.application(linked).ready
    found = [(word, match) for word in check.words for match in OWN_URL.finditer(word.text or "")]
    if ready is None or len(found) != 1 or not asking.LITERAL.fullmatch(ready.path):
        return None, None
    word, match = found[0]
    path = match["path"] or "/"
    asked = [one.path for one in project.application(linked).endpoints]
    alive = (path == "/" or HEALTH.search(path)) and not READY.search(path)
    if not alive or path.rstrip("/") == ready.path.rstrip("/") or (path not in asked and path.rstrip("/") not in asked):
        return None, None
    return (word, Span(*match.span())), ready


def _too_small(check: Healthcheck) -> tuple[str, ...]:
    """The numbers to raise, none where the check is patient as it is."""
    said = {name: _seconds(check.get(name)) for name in USUAL}
    if any(value is None for value in said.values()):
        return ()  # a variable decides
    number = {name: value if value is not None and value >= 0 else usual for (name, usual), value in zip(USUAL.items(), said.values(), strict=True)}  # fmt: skip
    hasty = number["start_period"] + number["interval"] * number["retries"] < ENOUGH
    if not hasty and number["timeout"] >= SHORTEST:
        return ()
    wanted = {name: _seconds(value) or 0 for name, value in PATIENT.items()}
    return tuple(name for name in PATIENT if number[name] < wanted[name])


def _seconds(text: str | None) -> float | None:
    """A duration or a count; -1 where none is written, None for what is no number."""
    if text is None:
        return -1.0
    if text.isdigit():
        return float(text)
    found = DURATION.fullmatch(text)
    if not found or not text:
        return None
    parts = {name: float(value or 0) for name, value in found.groupdict().items()}
    return parts["h"] * 3600 + parts["m"] * 60 + parts["s"] + parts["ms"] / 1000


def _address(file: ComposeFile, hasty: Hasty) -> Iterator[Edit | None]:
    if hasty.url is None or hasty.ready is None:
        return
    word, span = hasty.url
    match = OWN_URL.match(word.text or "", span.start)
    place = yaml.within(file.yaml, word.scalar, *span) if word.scalar else None
    if match is None or place is None:
        yield None
        return
    path = match["path"] or ""
    yield Edit(file.path, place, match.group().removesuffix(path) + hasty.ready.path)


def _numbers(file: ComposeFile, hasty: Hasty) -> Iterator[Edit | None]:
    missing: dict[str, yaml.Content] = {}
    for name in hasty.small:
        found = hasty.check.at.under(name)
        if found is None:
            missing[name] = yaml.spell(PATIENT[name], _style(hasty.check), keep=True)
        else:
            yield yaml.replace_scalar(file.yaml, found, PATIENT[name])
    if missing:
        yield yaml.insert_entries(file.yaml, hasty.check.at, missing)


def _style(check: Healthcheck) -> yaml.Style:
    """The quotes that the other durations have."""
    leaves = (check.at.under(name) for name in ("interval", "timeout"))
    styles = {leaf.scalar.style for leaf in leaves if leaf and leaf.scalar}
    style = styles.pop() if len(styles) == 1 else ""
    return style if style in {"'", '"'} else ""
