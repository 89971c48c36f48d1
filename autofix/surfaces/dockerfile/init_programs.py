"""How do other Dockerfiles of the repository start behind an init, and how would this one?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.finding import Fix, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.creating import base_below
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.equipping import NEW, one_more_package
from autofix.surfaces.dockerfile.families import Distribution
from autofix.text import Edit, Span

INIT = re.compile(
    r"(?<![\w./-])(?:/\S*/)?(?:tini(?:-static)?|dumb-init|catatonit|docker-init|s6-overlay|s6-svscan|supervisord?|pm2(?:-runtime|-docker)?|/init)(?![\w-])"
)
PROGRAM = re.compile(r"(?:/\S*/)?(?P<package>tini|dumb-init)")
REMEDY = "docker run --init, or tini or dumb-init as the ENTRYPOINT"


@dataclass(frozen=True)
class Habit:
    """What a sibling puts in front of its program: the words, in which instruction, and the package they come from."""

    words: tuple[str, ...]
    keyword: str
    alone: bool
    package: str
    evidence: Evidence


def as_siblings(project: Project, start: Instruction, services: Sequence[Service]) -> Fix | Refusal:
    """The init that a sibling on the same distribution installs and starts with, in front of the same program."""
    file = project.documents[start.path]
    assert isinstance(file, Dockerfile)
    if other := next((fact for one in services for fact in one.start if fact.evidence.path != file.path), None):
        return Refusal("what deploys the image says what is started", REMEDY, (other.evidence,))
    build = services[0].build
    assert build is not None
    stage = file.stages[build.stage]
    lineage = file.lineage(stage)
    base = base_below(lineage)
    if base is None or base.distribution not in NEW or any(one.of("USER") for one in lineage[1:]):
        return Refusal("no compose file starts it", REMEDY)
    habit = next(_habits(project, file, base.distribution), None)
    if habit is None:
        return Refusal("no compose file starts it", REMEDY)
    edit = _edit(lineage, habit)
    if isinstance(edit, Refusal):
        return edit
    needed = () if _installs(lineage, habit.package) else (one_more_package(stage, base.distribution, habit.package),)
    return Fix(f"Start behind {habit.package}, as siblings do", (*needed, edit), doubts=(habit.evidence,))


def _habits(project: Project, file: Dockerfile, distribution: Distribution) -> Iterator[Habit]:
    for other in project.of(Dockerfile):
        lineage = other.lineage(other.stages[-1])
        base = base_below(lineage)
        if other is file or base is None or base.distribution is not distribution:
            continue
        for one in start_of(lineage):
            words = one.json or ()
            found = PROGRAM.fullmatch(words[0]) if words else None
            if found and _installs(lineage, found["package"]):
                own = _leading(words)
                evidence = one.evidence(f"a sibling starts behind {found['package']}")
                yield Habit(own, one.keyword, own == words, found["package"], evidence)


def _leading(words: Sequence[str]) -> tuple[str, ...]:
    """The init with its options, up to the `--` where there is one."""
    end = next((number for number, word in enumerate(words) if number and not word.startswith("-")), len(words))
    return tuple(words[: words.index("--") + 1 if "--" in words[:end] else end])


def _installs(lineage: Sequence[Stage], package: str) -> bool:
    added = re.compile(rf"\b(?:apk\b.*\badd|apt(?:-get)?\b.*\binstall)\b[^&|;]*\s{package}(?![\w-])")
    return any(added.search(words_of(run)) for stage in lineage for run in stage.of("RUN"))


def _edit(lineage: Sequence[Stage], habit: Habit) -> Edit | Refusal:
    """The init as an ENTRYPOINT of its own above CMD where a sibling has that, else in front of the first word."""
    starts = {one.keyword: one for one in start_of(lineage)}
    entrypoint, cmd = starts.get("ENTRYPOINT"), starts.get("CMD")
    first = entrypoint or cmd
    if first is None or first.json is None or not first.words or first.stage != lineage[0].index:
        return Refusal("the start is in shell form, or of another stage", REMEDY, reason=Reason.UNEDITABLE)
    if entrypoint is None and habit.keyword == "ENTRYPOINT" and habit.alone:
        if not _starts_itself(first):
            return Refusal("CMD leans on the entrypoint of the base image", REMEDY)
        written = ", ".join(map(json.dumps, habit.words))
        return placing.above(first, [f"{placing.keyword(lineage[0], 'ENTRYPOINT')} [{written}]"])
    if entrypoint is None and not _starts_itself(first):
        return Refusal("CMD leans on the entrypoint of the base image", REMEDY)
    place = first.words[0].span.start
    return Edit(first.path, Span(place, place), "".join(f"{json.dumps(word)}, " for word in habit.words))


def _starts_itself(cmd: Instruction) -> bool:
    """Whether the first word is a program, not an argument of the entrypoint of the base image."""
    return bool(re.fullmatch(r"(?:/\S*/)?node(?:js)?", (cmd.json or ("",))[0]))
