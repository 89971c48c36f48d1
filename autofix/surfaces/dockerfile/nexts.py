"""Does the standalone server of Next listen where others can reach it, and has it all its files?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.users import deployed

STANDALONE = re.compile(r"(?:^|/)\.next/standalone(?:/|$)")
SERVER = re.compile(r"(?:^|[\s/\"'])server\.js\b")
HOSTNAME = "HOSTNAME"
READS = re.compile(r"\bprocess\.env\.HOSTNAME\b|\bprocess\.env\[['\"]HOSTNAME['\"]\]")
QUOTED = re.compile(r"[\"']0\.0\.0\.0[\"']")


@dataclass(frozen=True)
class NextFacts:
    """Which stage it is."""

    stage: str


def listens_on_own_name(project: Project) -> Iterator[Match[Stage, NextFacts]]:
    """Deployed stages that start the standalone server of Next, to which nothing gives a HOSTNAME."""
    for file in project.of(Dockerfile):
        if ".next/standalone" not in file.source.text:
            continue
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            copy = standalone_copy(lineage)
            start = " ".join(map(words_of, start_of(lineage)))
            if copy is None or not SERVER.search(start) or HOSTNAME in start or _is_set(lineage):
                continue
            services = project.built_from(file.path, stage.index)
            if services and all(_is_given(project, service) for service in services):
                continue
            yield Match(stage, NextFacts(stage.label), (copy.evidence("COPY"),))


def listen_everywhere(project: Project, match: Match[Stage, NextFacts]) -> Fix | Refusal:
    """`HOSTNAME=0.0.0.0` beside the port, else behind the last variable of the stage, else before what follows the files."""
    stage = match.node
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    line = f"{placing.keyword(stage, 'ENV')} {HOSTNAME}={_address(project)}"
    port = next((one for one in stage.of("ENV") if any(name == "PORT" for name, _, _ in one.pairs)), None)
    behind = port or stage.last("ENV")
    if behind is None:
        at = next((one for one in stage.instructions if one.keyword in {"USER", "EXPOSE", "ENTRYPOINT", "CMD"}), None)
        if at is None:
            return Refusal("no place of the stage is the usual one", line, reason=Reason.UNEDITABLE)
        return Fix(
            "Let Next listen on all addresses", (placing.above(at, [line]),), doubts=_doubts(project, file, stage)
        )
    if behind.open_ended:
        return Refusal("the last line of the stage goes on", line, reason=Reason.UNEDITABLE)
    return Fix(
        "Let Next listen on all addresses", (placing.below(behind, [line]),), doubts=_doubts(project, file, stage)
    )


def standalone_copy(lineage: Sequence[Stage]) -> Instruction | None:
    """The COPY that brings the standalone server."""
    copies = (one for stage in lineage for one in stage.of("COPY"))
    return next((one for one in copies if any(STANDALONE.search(word.value) for word in one.words[:-1])), None)


def _is_set(lineage: Sequence[Stage]) -> bool:
    return any(name == HOSTNAME for stage in lineage for one in stage.of("ENV") for name, _, _ in one.pairs)


def _is_given(project: Project, service: Service) -> bool:
    """Whether the deployment, a file of variables or a start script says where the server listens."""
    read = (project.sources.get(path) for path in (*service.env_files, *service.scripts))
    return service.variable(HOSTNAME) is not None or any(HOSTNAME in source.text for source in read if source)


def _address(project: Project) -> str:
    """The address, in quotes where the repository's other Dockerfiles write it so."""
    written = [
        word.text
        for file in project.of(Dockerfile)
        for stage in file.stages
        for one in stage.of("ENV")
        for name, _, word in one.pairs
        if name == HOSTNAME
    ]
    return '"0.0.0.0"' if any(map(QUOTED.search, written)) else "0.0.0.0"  # noqa: S104


def _doubts(project: Project, file: Dockerfile, stage: Stage) -> tuple[Evidence, ...]:
    """What else may be meant by the variable, or listen in Next's place."""
    folders = {service.folder for service in project.built_from(file.path, stage.index)}
    found = [
        Evidence("the source reads HOSTNAME as the name of the container", seen.path, seen.span)
        for seen in project.mentions(READS, HOSTNAME)
        if any(seen.path.startswith(f"{folder}/" if folder else "") for folder in folders)
    ]
    found += [
        one.evidence("server.js may be another server than Next's")
        for one in stage.of("COPY")
        if any(word.value.rpartition("/")[2] == "server.js" for word in one.words[:-1])
    ]
    return tuple(found)
