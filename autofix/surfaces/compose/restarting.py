"""Does a service come back when its process or its host dies?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.lasting import given_elsewhere, runs_on
from autofix.surfaces.compose.places import place
from autofix.surfaces.compose.version import stacked

SWARM = ("placement", "update_config", "rollback_config", "endpoint_mode")
USUAL = "unless-stopped"
FOR_TESTS = re.compile(r"(?:^|[./_-])(?:tests?|testing|e2e|playwright|cypress|ci|integration|dev|develop|development|local|devcontainer|debug|override|build|images)(?:[./_-]|$)")  # fmt: skip
RUN = r"\bcompose\b[^\n;|&]*\srun\s(?:-\S+\s+(?:[\w./]+=\S+\s+)?)*{}(?![\w-])"


@dataclass(frozen=True)
class RestartFacts:
    """Which service stays down."""

    service: str


def stays_down(project: Project) -> Iterator[Match[ComposeService, RestartFacts]]:
    """Services that run on, without a restart policy anywhere."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        if not isinstance(file, ComposeFile) or service is None or for_tests(file.path):
            continue
        if service.get("restart") or service.get("deploy", "restart_policy") or not runs_on(file, service, linked):
            continue
        if given_elsewhere(project, file, service, "restart") or _only_run(project, service):
            continue
        if any(service.get("deploy", key) for key in SWARM) or stacked(project, file.path):
            continue  # a swarm starts again whatever ends, and does not look at the key
        yield Match(service, RestartFacts(service.name), (linked.where,))


def restart(project: Project, match: Match[ComposeService, RestartFacts]) -> Fix | Refusal:
    """The policy that most siblings have."""
    service = match.node
    file = project.documents[service.path]
    assert isinstance(file, ComposeFile)
    policy = _policy(file)
    after, before = place(file, service, "restart")
    edit = yaml.insert_entries(file.yaml, service.at, {"restart": policy}, after=after, before="" if after else before)
    if edit is None:
        return Refusal("the service is written in a way that takes no further key", reason=Reason.UNEDITABLE)
    ends = Evidence("nothing shows that the service never ends by itself", service.path, service.key)
    return Fix(f"Restart {service.name} when it ends", (edit,), doubts=(ends,))


def for_tests(path: str) -> bool:
    """Whether a file is by its name one for tests or for development."""
    return bool(FOR_TESTS.search(path))


def _policy(file: ComposeFile) -> str:
    """The policy as it is written most often."""
    leaves = [at.scalar for service in file.services if (at := service.get("restart")) and at.scalar and at.text]
    written = Counter(file.source.slice(leaf.span) for leaf in leaves if leaf.value not in {"no", "false", ""})
    return max(written, key=lambda text: (written[text], text == USUAL), default=USUAL)


def _only_run(project: Project, service: ComposeService) -> bool:
    """Whether somebody starts the service with `run`, as one starts a tool."""
    return any(project.mentions(re.compile(RUN.format(re.escape(service.name))), "compose"))
