"""Does an image say how to find out whether it works?"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces import asking, probing
from autofix.surfaces.asking import Asked
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.dangers import start_of
from autofix.surfaces.dockerfile.document import Dockerfile, Stage
from autofix.surfaces.probing import Command
from autofix.text import Edit

USUAL, PATIENT = 30, 60  # seconds until the first good answer; behind a database longer
ASIDE = re.compile(r"(?:^|/)(?:\.?devcontainer[\w-]*|tests?|e2e[\w-]*|fixtures?|testdata|examples?|\.ci|\.github)/|(?:^|[./_-])(?:dev|development|test|local)(?:[./_-]|$)", re.IGNORECASE)  # fmt: skip
FLAGS = re.compile(r"--(?:interval|timeout|start-period|retries)=\S+")
INTERVAL, TIMEOUT, RETRIES = "--interval=30s", "--timeout=10s", "--retries=3"


@dataclass(frozen=True)
class Unchecked(Stage):
    """The stage of an image that nothing here deploys, and what the model knows of it."""

    linked: Service


@dataclass(frozen=True)
class UncheckedFacts:
    """Which stage it is, and the page it could be asked for."""

    stage: str
    route: str


def lacks_check(project: Project) -> Iterator[Match[Unchecked, UncheckedFacts]]:
    """Images with a route that no service of a compose file runs, and no HEALTHCHECK, not even NONE."""
    for linked in project.services:
        if linked.kind != "image" or linked.build is None or linked.probe or ASIDE.search(linked.path):
            continue
        file = project.documents[linked.build.dockerfile]
        assert isinstance(file, Dockerfile)
        stage = file.stages[linked.build.stage]
        asked = asking.question_for(project, linked) if start_of(file.lineage(stage)) else None
        if not isinstance(asked, Asked) or not asked.question.path or asking.DEVELOPMENT.search(stage.name or ""):
            continue
        label = stage.label
        yield Match(_unchecked(stage, linked), UncheckedFacts(label, asked.question.path), asked.evidence)


def add_check(project: Project, match: Match[Unchecked, UncheckedFacts]) -> Fix | Refusal:
    """HEALTHCHECK above what starts the image."""
    stage, linked = match.node, match.node.linked
    asked = asking.question_for(project, linked)
    if not isinstance(asked, Asked):
        return asked or Refusal("a port that the image listens on")
    command = _command(project, asked, linked)
    if command is None:
        return Refusal("a program that the image surely has and that can ask", evidence=asked.evidence)
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    patient = PATIENT if asking.behind_database(project, linked) else USUAL
    closed = asking.next_without_address(project, linked)
    doubts = (*((closed,) if closed else ()), *asked.doubts, *_watched(project))
    return Fix("Give the image a HEALTHCHECK", (_edit(project, file, stage, command, patient),), doubts=doubts)


def _unchecked(stage: Stage, linked: Service) -> Unchecked:
    known = {name: getattr(stage, name) for name in Stage.__dataclass_fields__}
    return Unchecked(**{**known, "span": stage.instructions[0].span}, linked=linked)


def _command(project: Project, asked: Asked, linked: Service) -> Command | None:
    """The probe; where a variable of whoever runs the image may say another port, one that looks at it."""
    variable = project.application(linked).port_variable
    by_variable = probing.ask(replace(asked.question, variable=variable), linked.tools) if variable else None
    return by_variable or probing.ask(asked.question, linked.tools)


def _edit(project: Project, file: Dockerfile, stage: Stage, command: Command, patient: int) -> Edit:
    words = f"{placing.keyword(stage, 'CMD')} {json.dumps(list(command.words), ensure_ascii=False)}"
    lines = [
        f"{placing.keyword(stage, 'HEALTHCHECK')} {' '.join(_flags(project, patient))} {file.escape}",
        f"    {words}",
    ]
    own = [one for one in (stage.last("ENTRYPOINT"), stage.last("CMD")) if one]
    if not own:
        return placing.below(stage.instructions[-1], lines)
    return placing.above(min(own, key=lambda one: one.first), lines)


def _flags(project: Project, patient: int) -> tuple[str, ...]:
    """The numbers of the repository's other images where they agree, else the usual ones."""
    said = Counter(
        tuple(flag.text for flag in check.flags if FLAGS.fullmatch(flag.text))
        for file in project.of(Dockerfile)
        for stage in file.stages
        for check in stage.of("HEALTHCHECK")
        if check.probes
    )
    if len(said) == 1 and sum(said.values()) > 1 and len(next(iter(said))) > 2:
        agreed = next(iter(said))
        patient_enough = any(one.startswith("--start-period") for one in agreed)
        return agreed if patient_enough else (*agreed, f"--start-period={patient}s")
    return INTERVAL, TIMEOUT, f"--start-period={patient}s", RETRIES


def _watched(project: Project) -> Iterator[Evidence]:
    """Who starts again what is unhealthy."""
    autoheal = re.compile(r"^[^#\n]*\bautoheal\b.*$", re.MULTILINE)
    for seen in project.mentions(autoheal, "autoheal"):
        yield Evidence("autoheal starts again what is unhealthy", seen.path, seen.span)
        return
