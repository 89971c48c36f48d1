"""Is the runtime of a distroless image called the way that image has it?  It is the entrypoint, and not in PATH."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.commands import calls
from autofix.surfaces.dockerfile.creating import base_below
from autofix.surfaces.dockerfile.dangers import start_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Distribution
from autofix.surfaces.dockerfile.users import deployed
from autofix.text import Edit, Span

NODE_PATH = "/nodejs/bin"
OF_BASE = {"node": ("node",), "python": ("python3",), "java": ("java", "-jar")}
SPELLINGS = (
    ("node", re.compile(r"node(?:js)?")),
    ("python3", re.compile(r"python[\d.]*")),
    ("java", re.compile("java")),
)


@dataclass(frozen=True)
class DoubledFacts:
    """The words that stand there twice."""

    words: str


@dataclass(frozen=True)
class PathFacts:
    """Who calls node by its name."""

    caller: str


@dataclass(frozen=True)
class Doubled(Instruction):
    """A CMD that repeats the entrypoint: how many of its words do."""

    count: int = 1


def repeats_entrypoint(project: Project) -> Iterator[Match[Doubled, DoubledFacts]]:
    """CMDs that begin with the runtime their entrypoint, the base image's or their own, is already."""
    for file in project.of(Dockerfile):
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            entrypoint, evidence = entrypoint_of(lineage)
            command = next((one for one in start_of(lineage) if one.keyword == "CMD"), None)
            if command is None or not entrypoint or command.stage != stage.index:
                continue
            words = _words(command)
            count = len(entrypoint)
            if list(map(_plain, words[:count])) == list(map(_plain, entrypoint)):
                node = Doubled(**{**command.__dict__, "count": count})
                yield Match(node, DoubledFacts(" ".join(words[:count])), (evidence,))


def start_once(project: Project, match: Match[Doubled, DoubledFacts]) -> Fix | Refusal:  # noqa: ARG001
    """The CMD without the words its entrypoint says."""
    command = match.node
    words = _words(command)
    left = words[command.count :]
    if not left or command.comments:
        return Refusal("nothing is left to run" if not left else "a comment stands in it", reason=Reason.UNEDITABLE)
    if command.json is None:
        edit = Edit(command.path, command.arguments, json.dumps(list(left), ensure_ascii=False))
    else:
        first, kept = command.words[0], command.words[command.count]
        edit = Edit(command.path, Span(first.span.start, kept.span.start), "")
    return Fix(f"Leave {match.facts.words} to the entrypoint", (edit,))


def calls_node_by_name(project: Project) -> Iterator[Match[Stage, PathFacts]]:
    """Deployed stages on distroless node, whose node is not in PATH, that start or check it by its bare name."""
    for file in project.of(Dockerfile):
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            base = base_below(lineage)
            if base is None or base.distribution is not Distribution.DISTROLESS or base.language != "node":
                continue
            callers = tuple(_callers(project, file, lineage))
            if callers and not any(_in_path(one) for line in lineage for one in line.of("ENV")):
                yield Match(stage, PathFacts(callers[0].what), callers)


def put_node_into_path(project: Project, match: Match[Stage, PathFacts]) -> Fix | Refusal:  # noqa: ARG001
    """`ENV PATH=/nodejs/bin:$PATH` behind the variables the stage has, else behind its FROM."""
    stage = match.node
    behind = stage.last("ENV") or stage.instructions[0]
    if behind.open_ended:
        return Refusal("the last line of the stage goes on", reason=Reason.UNEDITABLE)
    line = f"{placing.keyword(stage, 'ENV')} PATH={NODE_PATH}:$PATH"
    return Fix("Let node be found by its name", (placing.below(behind, [line]),))


def entrypoint_of(lineage: Sequence[Stage]) -> tuple[tuple[str, ...], Evidence]:
    """The runtime an image starts with: the end of its own ENTRYPOINT, else that of a distroless base."""
    own = next((one for one in start_of(lineage) if one.keyword == "ENTRYPOINT"), None)
    if own is not None:
        words = own.json or ()
        runtime = words[-2:] if len(words) > 1 and _plain(words[-2]) == "java" and words[-1] == "-jar" else words[-1:]
        return (runtime if runtime and _runtime(runtime[0]) else ()), own.evidence("the entrypoint")
    base, opening = base_below(lineage), lineage[-1].instructions[0]
    known = base is not None and base.distribution is Distribution.DISTROLESS and "java-base" not in opening.text
    return OF_BASE.get(base.language, ()) if base and known else (), opening.evidence(
        "the entrypoint of the base image"
    )


def _words(command: Instruction) -> tuple[str, ...]:
    """What a CMD runs, none for a shell form that is more than one literal command."""
    if command.json is not None:
        return command.json
    found = list(calls(command))
    if len(found) != 1 or not found[0].part or not found[0].command:
        return ()
    call = found[0]
    whole = call.command.span == Span(0, len(call.part.joined.text.rstrip())) if call.command and call.part else False
    literal = (
        all(word.value is not None for word in call.words) and not call.command.wrappers if call.command else False
    )
    return tuple(word.value or "" for word in call.words) if whole and literal and call.sound else ()


def _plain(word: str) -> str:
    return _runtime(word) or word


def _runtime(word: str) -> str:
    """The one name of a runtime however it is called, empty for anything else."""
    name = word.rpartition("/")[2]
    return next((plain for plain, spelled in SPELLINGS if spelled.fullmatch(name)), "")


def _callers(project: Project, file: Dockerfile, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    for one in (*start_of(lineage)[:1], *((check,) if (check := _check(lineage)) else ())):
        if one.keyword != "CMD" and one.json and one.json[0] == "node":
            yield one.evidence(one.keyword)
    for service in project.built_from(file.path, lineage[0].index):
        probe = service.probe
        if probe and not probe.shell and probe.command.partition(" ")[0] == "node":
            yield Evidence(f"the check of {service.name}", probe.evidence.path, probe.evidence.span)


def _check(lineage: Sequence[Stage]) -> Instruction | None:
    return next((check for stage in lineage if (check := stage.last("HEALTHCHECK"))), None)


def _in_path(one: Instruction) -> bool:
    return any(name == "PATH" and NODE_PATH in (value or "") for name, value, _ in one.pairs)
