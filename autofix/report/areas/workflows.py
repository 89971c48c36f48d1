"""Does CI build the images the way they run, and does anybody start one before it is pushed?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.link.kinds import is_workflow
from autofix.project import Project
from autofix.report.areas.table import NOT_ASKED, Area, Cell, Column, Row, State, no, place, yes
from autofix.surfaces.workflow.document import WorkflowFile

COLUMNS = (
    Column("runtimes", "CI pins the runtimes it builds with"),
    Column("buildx", "CI sets up buildx"),
    Column("pushes", ""),
    Column("starts what it built", "CI starts each image before it is used"),
)
STARTS = re.compile(r"\bdocker\s+(?:run|start|create)\b|\bdocker[ -]compose\b.*\b(?:up|run)\b")
BUILDS = re.compile(r"\bdocker\s+(?:buildx\s+)?build\b|\bdocker[ -]compose\b.*\bbuild\b")


def area(project: Project) -> Area:
    """A row for each workflow that builds images."""
    files = (one for one in filter(is_workflow, project.documents.values()) if one.image_builds or _run(one, BUILDS))
    return Area(
        "CI",
        "workflow",
        COLUMNS,
        tuple(Row(file.name or file.path, file.path, tuple(_cells(project, file))) for file in files),
    )


def _cells(project: Project, file: WorkflowFile) -> Iterator[Cell]:
    yield _runtimes(project, file)
    setup = next((step for step in file.steps if step.action == "docker/setup-buildx-action"), None)
    yield (
        yes(project, "", setup.evidence("buildx"))
        if setup
        else no(project, "not set up")
        if file.image_builds
        else NOT_ASKED
    )
    pushing = next((one for one in file.image_builds if one.pushes), None)
    yield (
        Cell(State.TOLD, "yes", place(project, pushing.step.evidence("pushes"))) if pushing else Cell(State.TOLD, "no")
    )
    started = _run(file, STARTS)
    yield Cell(State.YES, "", started) if started else no(project, "never")


def _runtimes(project: Project, file: WorkflowFile) -> Cell:
    loose = next((one for one in file.tools if one.version is None and one.file is None), None)
    if loose:
        return no(project, f"{loose.name} of any version", loose.step.evidence("no version"))
    said = dict.fromkeys(f"{one.name} {one.version.text if one.version else one.file}" for one in file.tools)
    return yes(project, ", ".join(said), file.tools[0].step.evidence("version")) if file.tools else NOT_ASKED


def _run(file: WorkflowFile, pattern: re.Pattern[str]) -> str:
    """Where a step's script has it; empty for nowhere."""
    for step in file.steps:
        if step.run and pattern.search(step.run.text):
            return f"{file.path}:{file.source.position(step.span.start)[0]}"
    return ""
