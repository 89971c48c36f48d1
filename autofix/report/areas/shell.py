"""What do the areas about scripts ask of a script?"""

from __future__ import annotations

from autofix.project import Project
from autofix.report.areas.table import Cell, State, no, place, yes
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command

LETTERS = {"errexit": "e", "nounset": "u"}


def runs(script: ShellScript, *names: str) -> Command | None:
    """The first command that runs one of these programs."""
    return next(script.running(*names), None)


def strictness(project: Project, script: ShellScript) -> Cell:
    """Whether the script stops at errors and at unset variables, as it writes that."""
    on: set[str] = set()
    first: Command | None = None
    for command, said in script.sets:
        if said is None:
            return Cell(State.UNKNOWN, command.text, place(project, command.evidence("set")))
        if said.on:
            first, on = first or command, on | said.on
    if script.shebang:
        on |= script.shebang.options.on
    if not on & LETTERS.keys():
        return no(project, "none")
    written = "set -" + "".join(letter for name, letter in LETTERS.items() if name in on)
    written += "o pipefail" if "pipefail" in on else ""
    at = first.evidence("set") if first else None
    return (yes if on >= LETTERS.keys() else no)(project, written, at)
