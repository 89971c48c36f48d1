"""Do the scripts that deploy stop at the first failure, look at what they deploy, and call what is still there?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.project import Project
from autofix.report.areas.shell import strictness
from autofix.report.areas.table import NOT_ASKED, Area, Cell, Column, Row, no, yes
from autofix.surfaces.shell.compose_calls import calls, calls_new, verb
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command

COLUMNS = (
    Column("strict mode", "Deploy scripts stop at errors and unset variables"),
    Column("checks the file", "Deploy scripts check the compose file before they start it"),
    Column("compose v2", "Deploy scripts call docker compose"),
)
DEPLOYS = frozenset({"up", "pull", "start", "restart"})
CHECKS = re.compile(r"\bcompose\b.*\bconfig\b")


def area(project: Project) -> Area:
    """A row for each script that brings compose services up."""
    return Area("Deploy scripts", "script", COLUMNS, tuple(_rows(project)))


def _rows(project: Project) -> Iterator[Row]:
    for script in project.of(ShellScript):
        old = list(calls(script))
        started = [
            one for one in (*old, *filter(calls_new, script.commands)) if verb(one) in DEPLOYS or _new(one) in DEPLOYS
        ]
        if started:
            cells = (strictness(project, script), _checks(project, script, started[0]), _second(project, script, old))
            yield Row(script.path.rpartition("/")[2], script.path, cells)


def _new(command: Command) -> str:
    """What a call of Compose v2 does: the first word behind `compose` and its options that is a verb."""
    words = [word.value or "" for word in command.arguments[1:]] if calls_new(command) else []
    return next((word for word in words if word in DEPLOYS), "")


def _checks(project: Project, script: ShellScript, started: Command) -> Cell:
    found = next((one for one in script.commands if CHECKS.search(one.text)), None)
    return yes(project, "", found.evidence("config")) if found else no(project, "unchecked", started.evidence("starts"))


def _second(project: Project, script: ShellScript, old: list[Command]) -> Cell:
    if old:
        return no(project, "docker-compose", old[0].evidence("calls"))
    new = next((one for one in script.commands if calls_new(one)), None)
    return yes(project, "", new.evidence("calls")) if new else NOT_ASKED
