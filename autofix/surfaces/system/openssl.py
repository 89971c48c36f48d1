"""Does an image that runs Prisma's engines have the OpenSSL they look for?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Refusal, Severity
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.equipping import NEW, one_more_package
from autofix.surfaces.dockerfile.families import Distribution, base_of
from autofix.surfaces.package.manifest import Manifest
from autofix.surfaces.package.prisma import PrismaSchema
from autofix.surfaces.package.prisma import schema as read_schema
from autofix.surfaces.system.images import Image
from autofix.surfaces.system.packages import Packages, packages

OPENSSL = re.compile(r"\bopenssl\b|\blibssl\S*")
# What a Debian brings the library or the program along with.
BRINGS = re.compile(
    r"(?<![\w/.-])(?:ca-certificates(?:-java)?|ssl-cert|curl|libcurl4[\w-]*|python3?(?:-[\w-]+)?|libpq\S*|postgresql-client\S*"
    r"|openssh-\w+|nginx\S*|mariadb-client|default-mysql-client)(?![\w/.])"
)
APT = re.compile(r"\bapt(?:-get)?\s(?:\s*-\S+)*\s*install\b[^&|;]*")
CATALOG = re.compile(r"^\s*['\"]?@prisma/client['\"]?\s*:\s*['\"]?\D*(?P<major>\d+)", re.MULTILINE)
OLDEST_WITHOUT_ENGINES = 7


@dataclass(frozen=True)
class Lacking(Stage):
    """A stage without OpenSSL that makes or runs the client; `distribution` is that of its base."""

    distribution: Distribution = Distribution.UNKNOWN
    schema: PrismaSchema | None = None


@dataclass(frozen=True)
class LackingFacts:
    """The stage in words, and its image."""

    stage: str
    image: str


def lacks_openssl(project: Project) -> Iterator[Match[Lacking, LackingFacts]]:
    """Stages on Alpine or a slim Debian that generate the Prisma client or run it, and install no OpenSSL."""
    if not any(path.endswith(".prisma") for path in project.occupied):
        return
    known = packages(project)
    found: dict[tuple[str, int], Lacking] = {}
    services: dict[tuple[str, int], Service] = {}
    for service in project.services:
        for stage, schema in _stages(project, known, service):
            if lacking := _lacking(project, stage, schema):
                found.setdefault((stage.path, stage.index), lacking)
                services.setdefault((stage.path, stage.index), service)
    for (path, index), lacking in _shared(project, found).items():
        label = lacking.label
        severity = Severity.NOTE if lacking.distribution is Distribution.ALPINE else Severity.WARNING
        where = tuple(one.where for (other, _), one in services.items() if other == path)[:1]
        file = project.documents[path]
        assert isinstance(file, Dockerfile)
        image = file.lineage(file.stages[index])[-1].image.text
        yield Match(lacking, LackingFacts(label, image), where, severity)


def _lacking(project: Project, stage: Stage, schema: PrismaSchema) -> Lacking | None:
    """A stage that lacks it; one on Alpine whose engine the schema names has the library, which is enough."""
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    distribution = _slim(file, stage)
    if distribution is None or _installs(file, stage):
        return None
    if distribution is Distribution.ALPINE and _targeted(schema, distribution):
        return None
    return _node(stage, distribution, schema)


def _node(stage: Stage, distribution: Distribution, schema: PrismaSchema | None) -> Lacking:
    span = stage.instructions[0].span
    return Lacking(**{**stage.__dict__, "span": span, "distribution": distribution, "schema": schema})


def _shared(project: Project, found: dict[tuple[str, int], Lacking]) -> dict[tuple[str, int], Lacking]:
    """The stage that several lacking ones are built on, in their place."""
    placed: dict[tuple[str, int], Lacking] = {}
    for (path, index), lacking in found.items():
        file = project.documents[path]
        assert isinstance(file, Dockerfile)
        lines = {other: file.lineage(file.stages[other]) for name, other in found if name == path}
        base = next(
            (one for one in lines[index] if sum(one in line for line in lines.values()) > 1 and len(lines) > 1), lacking
        )
        placed.setdefault((path, base.index), _node(base, lacking.distribution, lacking.schema))
    return placed


def _stages(project: Project, known: Packages, service: Service) -> Iterator[tuple[Stage, PrismaSchema]]:
    """The stages of an image that runs the client in which it is made, and the deployed one."""
    file = project.documents.get(service.build.dockerfile) if service.build else None
    if service.build is None or not isinstance(file, Dockerfile):
        return
    image = Image(project, known, file, service.build, (service,))
    holder = next((one for one in known.above(service.folder) if one.depends_on("@prisma/client")), None)
    schemas = [read_schema(project.sources[path]) for path in project.sources if path.endswith(".prisma")]
    schema = next((one for one in schemas if one.client), None)
    if holder is None or schema is None or _without_engines(schema, _major(project, holder)):
        return
    if project.application(service).prisma is None and not any("prisma" in fact.value for fact in service.start):
        return
    for stage in file.stages:
        if any(_generates(image, stage, run) for run in stage.of("RUN")):
            yield stage, schema
    yield image.stage, schema


def _without_engines(schema: PrismaSchema, major: int | None) -> bool:
    """Whether the client brings no program that needs OpenSSL."""
    by_choice = schema.client is not None and schema.client.engine == "client"
    return by_choice or (major is not None and major >= OLDEST_WITHOUT_ENGINES)


def _major(project: Project, holder: Manifest) -> int | None:
    """The major of the client: what the package says, else the catalog of the workspace it takes it from."""
    said = holder.dependencies.get("@prisma/client", "")
    source = project.sources.get("pnpm-workspace.yaml")
    if said.startswith("catalog:") and source:
        majors = {found["major"] for found in CATALOG.finditer(source.text)}
        return int(max(majors, key=int)) if majors else None
    found = re.match(r"\D*(\d+)", said)
    return int(found[1]) if found else None


def _generates(image: Image, stage: Stage, run: Instruction) -> bool:
    """Whether a RUN makes the client, itself or through package scripts."""
    folder = image.folder_of(stage, image.work(stage, run.first))
    at = run.evidence("generates")
    return any(True for _ in image.packages.running(words_of(run), folder if folder is not None else "?", at))


def _slim(file: Dockerfile, stage: Stage) -> Distribution | None:
    """Alpine, or a Debian without OpenSSL; None for an image that has it, or that nobody knows."""
    reference = file.lineage(stage)[-1].reference
    base = base_of(reference) if reference else None
    if base is None or reference is None or base.language != "node":
        return None
    if base.distribution is Distribution.DEBIAN and "slim" not in (reference.tag or ""):
        return None
    return base.distribution if base.distribution in NEW else None


def _targeted(schema: PrismaSchema, distribution: Distribution) -> bool:
    """Whether the schema names the engine for a distribution."""
    sign = "linux-musl" if distribution is Distribution.ALPINE else "debian-"
    return any(one.startswith(sign) for one in (schema.client.targets if schema.client else None) or ())


def _installs(file: Dockerfile, stage: Stage) -> bool:
    texts = [words_of(run) for level in file.lineage(stage) for run in level.of("RUN")]
    installed = [found[0] for text in texts for found in APT.finditer(text)]
    return any(map(OPENSSL.search, texts)) or any(map(BRINGS.search, installed))


def install_openssl(project: Project, match: Match[Lacking, LackingFacts]) -> Fix | Refusal:  # noqa: ARG001
    """OpenSSL among the packages the stage installs already, else in a RUN of its own below the FROM."""
    stage = match.node
    if stage.schema and _targeted(stage.schema, stage.distribution):
        return Refusal(
            "binaryTargets names the engine for this image", evidence=(Evidence("binaryTargets", stage.schema.path),)
        )
    doubt = stage.instructions[0].evidence("which OpenSSL the engines find is seen only in a running container")
    return Fix(
        "Install the OpenSSL that Prisma looks for",
        (one_more_package(stage, stage.distribution, "openssl"),),
        doubts=(doubt,),
    )
