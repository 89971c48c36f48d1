"""Is there anything in the image where its start looks for the program?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import join, normpath

from autofix.finding import Match, Refusal
from autofix.node import Evidence
from autofix.project import Context, Project, Service
from autofix.surfaces.dockerfile.commands import Call, calls
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.folders import target_of, work_folder
from autofix.surfaces.dockerfile.layout import contexts
from autofix.surfaces.dockerfile.users import INSTALLS, deployed

RUNTIMES = re.compile(r"node(?:js)?|python[\d.]*|bash|sh|bun")
PROGRAM = re.compile(r"(?:[\w.@-]+/)*[\w.@-]+\.(?:[cm]?js|py|sh)")
PARTING = re.compile(r"&&|\|\||[;|\n]")
LITERAL = re.compile(r"[\w./@-]+")


@dataclass(frozen=True)
class ArtifactFacts:
    """What is started."""

    program: str


def starts_nothing(project: Project) -> Iterator[Match[Instruction, ArtifactFacts]]:
    """Starts of a literal script that no COPY brings, no RUN can have made and no mount provides."""
    for file in project.of(Dockerfile):
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            services = project.built_from(file.path, stage.index)
            known = list(contexts(project, file))
            start = next((one for one in start_of(lineage) if one.stage == stage.index and _program(one)), None)
            if start is None or len(known) != 1 or not any(_runs_image(one) for one in services):
                continue
            program = _program(start)
            path = normpath(join(work_folder(lineage) or "/", program))
            if _may_be_made(file, lineage) or any(_is_mounted(service, path) for service in services):
                continue
            if not any(
                _may_bring(project, copy, lineage, known[0], path) for one in lineage for copy in one.of("COPY", "ADD")
            ):
                yield Match(start, ArtifactFacts(program), tuple(_near(known[0], path)))


def say_what_is_missing(project: Project, match: Match[Instruction, ArtifactFacts]) -> Refusal:  # noqa: ARG001
    """Where the program comes from is for a person to say."""
    return Refusal("which instruction should bring it cannot be told", evidence=match.evidence)


def _runs_image(service: Service) -> bool:
    """Whether a compose file starts the image as the image says."""
    built = service.build.dockerfile if service.build else ""
    return service.kind == "compose" and any(fact.evidence.path == built for fact in service.start)


def _program(start: Instruction) -> str:
    """The script a start names literally, empty where it names none."""
    found = list(calls(start))
    call: Call | None = found[0] if len(found) == 1 else None
    if call is None or any(word.value is None for word in call.words):
        return ""
    words = [word.value or "" for word in call.words]
    named = words[1:2] if RUNTIMES.fullmatch(call.program) else words[:1] if "/" in words[0] else []
    return named[0] if named and PROGRAM.fullmatch(named[0].removeprefix("./").lstrip("/")) else ""


def _may_be_made(file: Dockerfile, lineage: Sequence[Stage]) -> bool:
    """Whether a RUN does more than install, a base image may hold the program, or a stage hands over what it made."""
    for stage in lineage:
        if any(one.flag("from") for one in stage.of("COPY")) or stage.of("ONBUILD"):
            return True
        for run in stage.of("RUN"):
            if run.heredocs or not all(map(INSTALLS.match, PARTING.split(words_of(run)))):
                return True
    image = file.stages[lineage[-1].index].reference
    return image is None or "/" in image.name


def _is_mounted(service: Service, path: str) -> bool:
    return any(f"{path}/".startswith(f"{mount.target.rstrip('/')}/") for mount in service.mounts)


def _may_bring(project: Project, copy: Instruction, lineage: Sequence[Stage], context: Context, path: str) -> bool:
    """Whether a COPY brings a file there, or may: a variable, an archive, a folder that is filled before the build."""
    target = target_of(copy, lineage)
    sources = [word.value for word in copy.words[:-1]]
    if target is None or copy.keyword == "ADD" or not all(map(LITERAL.fullmatch, sources)):
        return True
    for source in sources:
        wanted = normpath(source.lstrip("/"))
        name = wanted.rpartition("/")[2]
        if path in {target, normpath(join(target, name))}:
            return True
        if not path.startswith(f"{target.rstrip('/')}/") or wanted in context.files:
            continue
        inside = normpath(join(wanted, path.removeprefix(target).lstrip("/")))
        if inside in context.files or not _is_left_out(project, context, inside):
            return True
    return False


def _is_left_out(project: Project, context: Context, inside: str) -> bool:
    """Whether the ignore file names a folder above a file, or the file: it does not even come if it is made before."""
    source = project.sources.get(context.ignore or "")
    named = {line.strip().strip("/").removeprefix("**/") for line in source.text.splitlines()} if source else set()
    return inside in context.left_out or any(part in named for part in inside.split("/")) or inside in named


def _near(context: Context, path: str) -> Iterator[Evidence]:
    """What has the same name elsewhere."""
    name = path.rpartition("/")[2]
    for one in sorted(context.files | context.left_out):
        if one.rpartition("/")[2] == name:
            yield Evidence("has the same name", join(context.folder, one))
            return
