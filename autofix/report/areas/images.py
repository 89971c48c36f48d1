"""Is each image built so that it will run: pinned, locked, complete, and not as root?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.link.kinds import is_dockerfile
from autofix.project import Project, Service
from autofix.report import inventory
from autofix.report.areas.table import NOT_ASKED, UNKNOWN, Area, Cell, Column, Row, State, no, yes
from autofix.surfaces.dockerfile.commands import Call, calls_of
from autofix.surfaces.dockerfile.document import Dockerfile, Stage
from autofix.surfaces.dockerfile.installs import Install, installs

COLUMNS = (
    Column("base", "Base images are pinned", same=True),
    Column("package manager", "Package managers are pinned", same=True),
    Column("lockfile", "Installs keep to the lockfile"),
    Column("Prisma client", "The Prisma client is generated at build time"),
    Column("stages", "Build tools stay out of the image that runs"),
    Column("user", "Containers run as a user other than root", same=True),
    Column("starts", "What the image starts is there"),
)
FROZEN = {"pnpm": ("--frozen-lockfile",), "yarn": ("--frozen-lockfile", "--immutable"), "bun": ("--frozen-lockfile",)}
PINNED = re.compile(r"\bpnpm@(?P<version>\d[\w.-]*)")
GENERATES = re.compile(r"^[^#\n]*\bprisma\s+generate\b", re.MULTILINE)
BUILDS = re.compile(r"\b(?:npm|pnpm|yarn|bun|npx)\b.*\b(?:build|compile)\b|\b(?:tsc|go build|mvn|gradle|cargo build)\b")


@dataclass(frozen=True)
class _Image:
    """One stage that is deployed, the stages it is made with, and the services that run it."""

    project: Project
    file: Dockerfile
    stage: Stage
    services: tuple[Service, ...]

    @property
    def service(self) -> Service:
        """One of the services; what an image says is the same for all."""
        return self.services[0]

    @property
    def calls(self) -> Iterator[Call]:
        """What RUN does in any stage of the file."""
        for stage in self.file.stages:
            yield from calls_of(self.file, stage)


def area(project: Project) -> Area:
    """A row for each stage that is deployed."""
    return Area("Images", "service", COLUMNS, tuple(_row(image) for image in _images(project)))


def _images(project: Project) -> Iterator[_Image]:
    by_stage: dict[tuple[str, int], list[Service]] = {}
    for service in project.services:
        if service.build:
            by_stage.setdefault((service.build.dockerfile, service.build.stage), []).append(service)
    for (path, stage), services in by_stage.items():
        file = project.documents.get(path)
        if is_dockerfile(file):
            yield _Image(project, file, file.stages[stage], tuple(services))


def _row(image: _Image) -> Row:
    subject = ", ".join(dict.fromkeys(service.name for service in image.services))
    cells = (
        _base(image),
        _manager(image),
        _locked(image),
        _prisma(image),
        _stages(image),
        _user(image),
        _starts(image),
    )
    return Row(subject, image.file.path, cells)


def _base(image: _Image) -> Cell:
    opening = image.file.lineage(image.stage)[-1]
    reference = opening.reference
    if reference is None:
        return UNKNOWN
    at = opening.image.evidence("FROM")
    if opening.image.text == "scratch":
        return yes(image.project, "scratch", at)
    written = opening.resolved or opening.image.text
    pinned = "@sha256:" in written or re.search(r":(?!latest\b)[^/:]+$", written)
    cell = (yes if pinned else no)(image.project, written, at)
    return replace(cell, kin=reference.name)


def _manager(image: _Image) -> Cell:
    """The version of pnpm; npm comes with its image."""
    used = list(installs(image.calls, "pnpm"))
    if not used:
        return NOT_ASKED
    if found := PINNED.search(image.file.source.text):
        line = image.file.source.position(found.start())[0]
        return Cell(State.YES, f"pnpm {found['version']}", f"{image.file.path}:{line}")
    return no(image.project, "pnpm of any version", used[0].call.evidence("installs"))


def _locked(image: _Image) -> Cell:
    found = [one for one in installs(image.calls) if one.of_project]
    loose = next((one for one in found if not _keeps(one)), None)
    if loose:
        return no(image.project, f"{loose.manager} {loose.does}", loose.call.evidence("installs"))
    return (
        yes(image.project, f"{found[0].manager} {found[0].does}", found[0].call.evidence("installs"))
        if found
        else NOT_ASKED
    )


def _keeps(install: Install) -> bool:
    if install.manager == "npm":
        return install.does in {"ci", "clean-install"}
    return install.option(*FROZEN.get(install.manager, ())) is not None


def _prisma(image: _Image) -> Cell:
    if image.project.application(image.service).prisma is None:
        return NOT_ASKED
    for path in image.service.scripts:
        source = image.project.sources.get(path)
        if source and (found := GENERATES.search(source.text)):
            return Cell(State.NO, "at each start", f"{path}:{source.position(found.end())[0]}")
    for fact in image.service.start:
        if GENERATES.search(fact.value):
            return no(image.project, "at each start", fact.evidence)
    for one in image.calls:
        if "prisma" in (one.program, *one.said) and "generate" in one.said:
            return yes(image.project, "at build", one.evidence("generates"))
    return UNKNOWN


def _stages(image: _Image) -> Cell:
    """Whether what builds is in the stage that runs; without a build there is nothing to leave out."""
    lineage = image.file.lineage(image.stage)
    for stage in lineage:
        for one in stage.of("RUN"):
            if BUILDS.search(one.command.text):
                return no(image.project, "builds in the image that runs", one.evidence("RUN"))
    if len(image.file.stages) > len(lineage):
        return yes(image.project, f"{len(image.file.stages)} stages", image.stage.instructions[0].evidence("FROM"))
    return NOT_ASKED


def _user(image: _Image) -> Cell:
    account = image.service.runs_as
    if account is None:
        return UNKNOWN
    at = account.evidence[0] if account.evidence else None
    return (no if account.is_root else yes)(image.project, inventory.user(image.service), at)


def _starts(image: _Image) -> Cell:
    found = [one for one in inventory.artifacts(image.project) if one.service in {s.name for s in image.services}]
    unseen = next((one for one in found if one.verdict == inventory.UNSEEN), None)
    if unseen:
        return Cell(State.UNKNOWN, unseen.path, unseen.where)
    return Cell(State.YES, found[0].path, found[0].where) if found else NOT_ASKED
