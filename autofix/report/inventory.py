"""What is deployed, from what, and what does each service need?  Rows of values, each with the line that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.link.names import image_name, interpolated
from autofix.node import Evidence
from autofix.project import Application, Project, Service
from autofix.report.words import shown

TAG = re.compile(r":(?P<tag>[^:/@]+)(?:@|$)")
ARTIFACT = re.compile(
    r"(?<![\w./-])(?:node|python3?|dumb-init|tini|java -jar|bun|deno run)\s+(?:--\s+|node\s+)*(?P<path>[\w./-]+\.(?:[cm]?js|py|jar))"
)
URL = re.compile(r"https?://[\w.$\{\}:-]+?(?::[\w${}:-]+)?(?P<path>/[\w./_-]*)?(?=[\s'\"`)?]|$)")
KNOWN_PORTS = {
    "postgres": 5432, "redis": 6379, "valkey": 6379, "mysql": 3306, "mariadb": 3306, "mongo": 27017, "kafka": 9092,
    "cp-kafka": 9092, "zookeeper": 2181, "cp-zookeeper": 2181, "rabbitmq": 5672, "opensearch": 9200, "nginx": 80,
    "elasticsearch": 9200, "prometheus": 9090, "grafana": 3000, "memcached": 11211, "nats": 4222, "minio": 9000,
    "postgres-exporter": 9187, "postgres_exporter": 9187,
}  # fmt: skip
TOLD_TOOLS = frozenset(
    {"node", "python", "python3", "dumb-init", "tini", "curl", "wget", "openssl", "npm", "pnpm", "yarn", "sh", "bash"}
)
UNSEEN = "not seen"
NOWHERE = "-"
GIVEN = frozenset({"NODE_ENV", "PORT", "HOST", "HOSTNAME", "PATH", "HOME", "PWD", "TZ", "CI"})


@dataclass(frozen=True)
class Cell:
    """A value and the place that says it, `path:line`; the place is empty where nothing had to say it."""

    value: str
    where: str = ""


@dataclass(frozen=True)
class Row:
    """One service. `required` are the variables its source reads without a default."""

    service: Cell
    kind: str
    type: str
    dockerfile: Cell
    stage: str
    entrypoint: Cell
    port: Cell
    health: Cell
    prisma: Cell
    required: tuple[Cell, ...]
    check: Cell
    tool: str
    user: Cell
    image: Cell
    tag: str


@dataclass(frozen=True)
class Variable:
    """One variable of one service: whether it is required, its default in the source, and where it is set."""

    service: str
    name: str
    required: bool
    default: str | None
    given: Cell
    read: str


@dataclass(frozen=True)
class Artifact:
    """The file a start names, and what is known of it."""

    service: str
    path: str
    verdict: str
    where: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def rows(project: Project) -> tuple[Row, ...]:
    """The service inventory."""
    return tuple(_row(project, service) for service in project.services)


def variables(project: Project) -> tuple[Variable, ...]:
    """The environment matrix: every variable the source of a service reads."""
    return tuple(
        Variable(
            service.name,
            one.name,
            one.required,
            one.default,
            given(project, service, one.name),
            place(project, one.evidence),
        )
        for service in project.services
        for one in project.application(service).variables
    )


def artifacts(project: Project) -> Iterator[Artifact]:
    """Every file that a start names."""
    for service in project.services:
        for fact in service.start:
            for found in ARTIFACT.finditer(fact.value):
                verdict = _verdict(project, service, found["path"])
                has = tuple(dict.fromkeys(one.value for one in service.tools.has if one.value in TOLD_TOOLS))
                lacks = tuple(dict.fromkeys(one.value for one in service.tools.lacks if one.value in TOLD_TOOLS))
                yield Artifact(service.name, found["path"], verdict, place(project, fact.evidence), has, lacks)


def place(project: Project, evidence: Evidence) -> str:
    """`path:line` of an evidence."""
    source = project.sources.get(evidence.path)
    path = shown(evidence.path)
    return f"{path}:{source.position(evidence.span.start)[0]}" if source and evidence.span else path


def _row(project: Project, service: Service) -> Row:
    application = project.application(service)
    health, build, account = application.health, service.build, service.runs_as
    probe = service.probe
    asked = URL.search(probe.command) if probe else None
    return Row(
        service=Cell(service.name, place(project, service.where)),
        kind=service.kind,
        type=_type(service, application),
        dockerfile=Cell(build.dockerfile, place(project, build.evidence[0])) if build else Cell(NOWHERE),
        stage=str(build.stage) if build else NOWHERE,
        entrypoint=_entrypoint(project, service),
        port=port(project, service),
        health=Cell(health.path, place(project, health.evidence))
        if health
        else Cell(asked["path"] or "/", place(project, probe.evidence))
        if asked and probe
        else Cell(NOWHERE),
        prisma=Cell("yes", place(project, application.prisma)) if application.prisma else Cell("no"),
        required=tuple(
            Cell(one.name, place(project, one.evidence))
            for one in application.variables
            if one.required and one.name not in GIVEN
        ),
        check=_check(project, service),
        tool=probe.tool or NOWHERE if probe and probe.command != "NONE" else NOWHERE,
        user=Cell(user(service), place(project, account.evidence[0]))
        if account and account.evidence
        else Cell(NOWHERE),
        image=Cell(service.image.value, place(project, service.image.evidence)) if service.image else Cell(NOWHERE),
        tag=tag(service),
    )


def _type(service: Service, application: Application) -> str:
    """What a reader would call the service: the name of somebody else's image, a UI, an API, a worker."""
    if service.build is None:
        return image_name(service.image.value) if service.image else "unknown"
    served = [one for one in application.endpoints if one.evidence.span]
    if application.endpoints and not served:
        return "UI"
    return "API" if served else "worker" if application.modules and application.port is None else "unknown"


def port(project: Project, service: Service) -> Cell:
    """The port of the application; for an image of somebody else the deployment's, else the one it is known for."""
    if port := project.application(service).port:
        return Cell(str(port.value), place(project, port.evidence))
    if service.build is None and service.ports:
        numbers = dict.fromkeys(str(fact.value) for fact in service.ports)
        return Cell(",".join(numbers), place(project, service.ports[0].evidence))
    known = KNOWN_PORTS.get(image_name(service.image.value)) if service.image and service.build is None else None
    return Cell(str(known), place(project, service.image.evidence)) if known and service.image else Cell(NOWHERE)


def _entrypoint(project: Project, service: Service) -> Cell:
    """The script that starts the service, else the command."""
    if service.scripts:
        return Cell(service.scripts[0], service.scripts[0])
    first = next((fact for fact in service.start if not fact.evidence.what.startswith("script ")), None)
    return (
        Cell(" ".join(fact.value for fact in service.start[:2]), place(project, first.evidence))
        if first
        else Cell(NOWHERE)
    )


def _check(project: Project, service: Service) -> Cell:
    probe = service.probe
    if probe is None or probe.command == "NONE":
        return Cell("none")
    kind = "dockerfile" if service.build and probe.evidence.path == service.build.dockerfile else service.kind
    return Cell(kind, place(project, probe.evidence))


def ports(project: Project, service: Service) -> tuple[int, ...]:
    """The ports a service is known to listen on: the application's, else those of the deployment."""
    found = port(project, service)
    numbers = (part for part in found.value.split(",") if part.isdigit())
    return tuple(map(int, numbers)) or tuple(fact.value for fact in service.ports)


def user(service: Service) -> str:
    """The name and number a service runs as, as far as they are known."""
    account = service.runs_as
    if account is None:
        return NOWHERE
    return account.name if account.uid is None or account.name == str(account.uid) else f"{account.name}/{account.uid}"


def tag(service: Service) -> str:
    """The tag of the image, `latest` where none is written."""
    if service.image is None:
        return NOWHERE
    found = TAG.search(interpolated(service.image.value) or service.image.value)
    return found["tag"] if found else "latest"


def given(project: Project, service: Service, name: str) -> Cell:
    """Where the deployment sets a variable: not what to, as it may be a secret."""
    if fact := service.variable(name):
        return Cell("set", place(project, fact.evidence))
    for path in service.env_files:
        source = project.sources.get(path)
        found = re.search(rf"^(?:export\s+)?{re.escape(name)}\s*=", source.text, re.MULTILINE) if source else None
        if source and found:
            return Cell("set", f"{path}:{source.position(found.start())[0]}")
    return Cell("from " + ", ".join(service.env_files)) if service.env_files else Cell(NOWHERE)


def _verdict(project: Project, service: Service, path: str) -> str:
    inside = f"{service.folder}/{path}" if service.folder else path
    if inside in project.occupied or path in project.occupied:
        return "in the repository"
    if re.match(r"(?:\./)?(?:dist|build|out|lib|\.next|server|apps/)", path):
        return "made by the build"
    return UNSEEN
