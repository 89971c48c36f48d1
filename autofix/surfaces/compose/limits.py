"""May one service take all memory and processors of the host?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.lasting import given_elsewhere, runs_on
from autofix.surfaces.compose.places import place
from autofix.surfaces.compose.restarting import for_tests
from autofix.surfaces.servers import server_of
from autofix.surfaces.yaml import Content, Located
from autofix.text import Edit

PARTS = ("limits", "reservations")
OWN = ("mem_limit", "cpus", "mem_reservation", "memswap_limit", "cpu_shares", "cpu_quota", "cpuset", "cpu_count", "cpu_percent")  # fmt: skip
USUAL: dict[str, Content] = {
    "limits": {"cpus": '"1.0"', "memory": "1G"},
    "reservations": {"cpus": '"0.5"', "memory": "512M"},
}
JVM = re.compile(r"(?:^|/)(?:eclipse-temurin|openjdk|amazoncorretto|maven|gradle|tomcat|jetty|jboss|wildfly|ibmjava|sapmachine|bellsoft/|azul/|distroless/java)|\bjre\b|\bjdk\b", re.IGNORECASE)  # fmt: skip
JAVA = re.compile(r"\bjava\b|\.jar\b|\bgradlew?\b|\bmvnw?\b|\bsbt\b|\bXmx")
LEARNS = re.compile(r"\b(?:nvidia|cuda|pytorch|tensorflow|vllm|ollama)\b", re.IGNORECASE)


@dataclass(frozen=True)
class LimitFacts:
    """Which service has none."""

    service: str


def takes_everything(project: Project) -> Iterator[Match[ComposeService, LimitFacts]]:
    """Services built here that run on without limits; never databases, brokers, Java and what computes on a GPU."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        if not isinstance(file, ComposeFile) or service is None or linked.build is None or for_tests(file.path):
            continue
        if not runs_on(file, service, linked) or _bounded(service) or _needs_much(service, linked):
            continue
        if given_elsewhere(project, file, service, "deploy", *OWN):
            continue
        yield Match(service, LimitFacts(service.name), (linked.where,))


def bound(project: Project, match: Match[ComposeService, LimitFacts]) -> Fix | Refusal:
    """The numbers of the siblings, else the usual ones."""
    service = match.node
    file = project.documents[service.path]
    assert isinstance(file, ComposeFile)
    resources = _resources(file, service)
    edit = _written(file, service, resources)
    if edit is None:
        return Refusal("the service is written in a way that takes no further key", reason=Reason.UNEDITABLE)
    measured = Evidence("what the service needs at most has to be measured", service.path, service.key)
    return Fix(f"Bound what {service.name} may take", (edit,), doubts=(measured,))


def _bounded(service: ComposeService) -> bool:
    """Whether anything says a limit already; two of them that differ make the project invalid."""
    return bool(service.get("deploy", "resources", "limits")) or any(service.get(key) for key in OWN)


def _needs_much(service: ComposeService, linked: Service) -> bool:
    base = linked.base.value if linked.base else ""
    started = any(JAVA.search(fact.value) for fact in linked.start)
    environment = any(JAVA.search(f"{pair.name}={pair.value}") for pair in service.environment)
    gpu = service.get("runtime") or service.get("gpus") or service.get("deploy", "resources", "reservations", "devices")
    return bool(server_of(linked) or JVM.search(base) or LEARNS.search(base) or started or environment or gpu)


def _resources(file: ComposeFile, service: ComposeService) -> dict[str, Content]:
    """What most siblings have, as it is written there; the keys of the service itself where they use those."""
    found: list[dict[str, Content]] = []
    for sibling in file.services:
        at = sibling.get("deploy", "resources")
        if sibling.name != service.name and at and at.under("limits"):
            found.append({part: _copied(file, inner) for part in PARTS if (inner := at.under(part))})
    if not found:
        return _own_keys(file, service) or dict(USUAL)
    return max(found, key=found.count)


def _copied(file: ComposeFile, at: Located) -> Content:
    return {key.value: file.source.slice(leaf.scalar.span) for key, leaf in at.entries() if leaf.scalar}


def _own_keys(file: ComposeFile, service: ComposeService) -> dict[str, Content]:
    """`mem_limit` and `cpus` where the siblings have these."""
    for sibling in file.services:
        memory = sibling.get("mem_limit")
        if sibling.name != service.name and memory and memory.scalar:
            return {key: file.source.slice(at.scalar.span) for key in OWN[:3] if (at := sibling.get(key)) and at.scalar}
    return {}


def _written(file: ComposeFile, service: ComposeService, resources: dict[str, Content]) -> Edit | None:
    """Into the deepest mapping that is there: the service, its `deploy`, or the `resources` of that."""
    deploy, inner = service.get("deploy"), service.get("deploy", "resources")
    if "limits" not in resources:
        after, before = place(file, service, next(iter(resources)))
        return yaml.insert_entries(file.yaml, service.at, resources, after=after, before="" if after else before)
    if inner:
        return yaml.insert_entries(file.yaml, inner, {"limits": resources["limits"]})
    if deploy:
        return yaml.insert_entries(file.yaml, deploy, {"resources": resources})
    after, before = place(file, service, "deploy")
    entries: dict[str, Content] = {"deploy": {"resources": resources}}
    return yaml.insert_entries(file.yaml, service.at, entries, after=after, before="" if after else before)
