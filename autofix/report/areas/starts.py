"""Do the scripts that start containers fail loudly, hand over their process, and need nothing the image lacks?"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.project import Project
from autofix.report.areas.shell import runs, strictness
from autofix.report.areas.table import NOT_ASKED, Area, Cell, Column, Row, no, yes
from autofix.surfaces.shell.document import ShellScript

COLUMNS = (
    Column("no package manager", "Start scripts call no package manager"),
    Column("exec", "Start scripts hand their process over"),
    Column("strict mode", "Start scripts stop at errors and unset variables", same=True),
)
MANAGERS = ("npm", "npx", "pnpm", "pnpx", "yarn", "bun", "bunx", "corepack")


def area(project: Project) -> Area:
    """A row for each script that starts a service."""
    return Area("Start scripts", "script", COLUMNS, tuple(_rows(project)))


def _rows(project: Project) -> Iterator[Row]:
    paths = dict.fromkeys(path for service in project.services for path in service.scripts)
    first = {service.scripts[0] for service in project.services if service.scripts}
    for path in paths:
        script = project.documents.get(path)
        if isinstance(script, ShellScript):
            handed = _exec(project, script) if path in first else NOT_ASKED
            yield Row(_names(project, path), path, (_manager(project, script), handed, strictness(project, script)))


def _names(project: Project, path: str) -> str:
    return ", ".join(dict.fromkeys(one.name for one in project.services if path in one.scripts))


def _manager(project: Project, script: ShellScript) -> Cell:
    found = runs(script, *MANAGERS)
    return no(project, found.effective.text, found.evidence("runs")) if found else yes(project, "", None)


def _exec(project: Project, script: ShellScript) -> Cell:
    """Whether the last command takes the place of the shell; a builtin at the end starts nothing."""
    last = next((one for one in reversed(script.commands) if not one.within("substitution")), None)
    if last is None or last.function or last.runs("exit", "echo", "printf", "wait", "return", "true", ":"):
        return NOT_ASKED
    handed = any(word.text == "exec" for word in last.wrappers) or last.name == "exec"
    return (yes if handed else no)(project, "", last.evidence("the last command"))
