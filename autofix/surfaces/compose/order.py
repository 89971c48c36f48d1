"""Does a service wait until what it depends on can be used?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project, Service
from autofix.surfaces.compose.conditions import as_mapping, style_of
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.version import PROSE, STACK, V1
from autofix.surfaces.compose.waiting import HEALTHY, STARTED, Waiting, waiting_for


@dataclass(frozen=True)
class Listed(Node):
    """The dependencies of a service in their list, each with how it can be waited for."""

    file: ComposeFile
    service: ComposeService
    waiting: tuple[tuple[str, Waiting], ...]


@dataclass(frozen=True)
class ListedFacts:
    """Who does not wait, and for whom."""

    service: str
    targets: str


def waits_for_nothing(project: Project) -> Iterator[Match[Listed, ListedFacts]]:
    """Lists of dependencies of which one has a health check: the list waits only until it is started."""
    linked = {service.id: service for service in project.services}
    for file in project.of(ComposeFile):
        for service in file.services:
            at = service.get("depends_on")
            if at is None or not at.items():
                continue
            waiting = tuple((one.name, _waiting(project, file, one.name, linked)) for one in service.depends_on)
            healthy = [name for name, one in waiting if one.condition == HEALTHY]
            if healthy:
                span = at.entry.key.span if at.entry and not at.via_alias else service.key
                node = Listed(file.source, span, f"{service.anchor}.depends_on", file, service, waiting)
                seen = tuple(reason for _, one in waiting for reason in one.evidence)
                yield Match(node, ListedFacts(service.name, " and ".join(healthy)), seen)


def wait_until_healthy(project: Project, match: Match[Listed, ListedFacts]) -> Fix | Refusal:
    """The mapping, with `service_healthy` for what has a check and what the list means for the rest."""
    listed = match.node
    if against := next((one.against for _, one in listed.waiting if one.against), None):
        return Refusal(f"something to wait for: {against.what}", evidence=(against,))
    if any("$" in name for name, _ in listed.waiting):
        return Refusal("a variable decides for whom it waits, and the keys of a mapping take none")
    if refused := _not_understood(project, listed.file) or _circle(listed):
        return refused
    conditions = {name: one.condition for name, one in listed.waiting}
    edits = as_mapping(listed.file, listed.service, conditions, style_of(project, listed.file))
    if not edits or len(conditions) < len(listed.waiting):
        return Refusal("the list cannot be turned cleanly into a mapping", reason=Reason.UNEDITABLE)
    doubts = tuple(doubt for _, one in listed.waiting for doubt in one.doubts)
    return Fix(f"Start {match.facts.service} once {match.facts.targets} can be used", edits, doubts=doubts)


def _waiting(project: Project, file: ComposeFile, name: str, linked: dict[str, Service]) -> Waiting:
    target, service = file.service(name), linked.get(f"{file.path}#{name}")
    return waiting_for(project, file, target, service) if target and service else Waiting(STARTED)


def _not_understood(project: Project, file: ComposeFile) -> Refusal | None:
    """What does not know the mapping: stacks want a list, compose v1 refuses conditions in a file of version 3."""
    if stack := next(project.mentions(STACK, "stack", "ecs-cli"), None):
        used = Evidence(stack.what, stack.path, stack.span)
        return Refusal("stack files want a list", evidence=(used,))
    version = file.get("version")
    old = version and (version.text or "").startswith("3")
    for seen in project.mentions(V1, "docker-compose") if old else ():
        if not seen.path.lower().endswith(PROSE):
            return Refusal(
                "compose v1 may be in use, which knows no conditions in a file of version 3", evidence=(seen,)
            )
    return None


def _circle(listed: Listed) -> Refusal | None:
    """Whether one of the targets waits, directly or not, for the service itself."""
    seen: set[str] = set()
    waiting = [name for name, _ in listed.waiting]
    while waiting:
        name = waiting.pop()
        if name == listed.service.name:
            return Refusal("the services wait for one another")
        target = listed.file.service(name) if name not in seen else None
        seen.add(name)
        waiting += [one.name for one in target.depends_on] if target else []
    return None
