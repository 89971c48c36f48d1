"""Does a script go on when a variable is not set, or when a command fails?

`set -u` is switched on where every variable that is read has a value by then, or is only asked whether it has one.
What the deployment or a login gives (DATABASE_URL, USER, and HOME, which a service manager need not give) does not
count as set; what every shell sets itself (PWD, PATH, IFS) does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.shell import strict_reasons as reasons
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.strict_flow import readings
from autofix.surfaces.shell.strict_reach import executed, image_gives, read_in, started_by
from autofix.surfaces.shell.strict_reads import Reading, softened
from autofix.surfaces.shell.strict_switch import Switch, inserted, merged_into, strict_already, switch_of
from autofix.text import Edit

POSIX_SHELLS = ("sh", "dash", "ash")


@dataclass(frozen=True)
class Facts:
    """When the script goes on although it should not; what keeps it from being changed; what to change and to look at."""

    when: str
    obstacle: Refusal | None = None
    edits: tuple[Edit, ...] = ()
    doubts: tuple[Evidence, ...] = ()


def goes_on_unset(project: Project) -> Iterator[Match[Command, Facts]]:
    """Every script that is run and does not stop at unset variables."""
    for script in project.of(ShellScript):
        if strict_already(script) or not executed(project, script):
            continue
        switch = switch_of(script)
        if not switch.stops and _trivial(script):
            continue
        when = "a variable is not set" if switch.stops else "a command fails or a variable is not set"
        # one a script, by whatever command it begins once other fixes are made
        node = replace(switch.command or script.commands[0], anchor="strict mode")
        yield Match(node, _facts(project, script, switch, when))


def use_strict_mode(project: Project, match: Match[Command, Facts]) -> Fix | Refusal:  # noqa: ARG001
    """`u` in the `set` that is there, else a `set` below the head of the file; empty defaults where it asks for one."""
    facts = match.facts
    if facts.obstacle is not None:
        return facts.obstacle
    if not facts.edits:
        return Refusal("the set is written in a way that cannot be added to", "set -eu", reason=Reason.UNEDITABLE)
    return Fix("Stop at unset variables", facts.edits, doubts=facts.doubts)


def _trivial(script: ShellScript) -> bool:
    """Whether there is no second command that could run although the first one failed, and nothing is read."""
    return len(script.commands) < 2 and all(one.kind == "special" for one in script.expansions)


def _facts(project: Project, script: ShellScript, switch: Switch, when: str) -> Facts:
    refusal = reasons.obstacle(project, script, switch)
    if refusal is not None:
        return Facts(when, refusal)
    pipefail = _pipefail(project, script, switch)
    if switch.command is not None:
        change = merged_into(switch.command, pipefail=pipefail)
    else:
        change = inserted(script, pipefail=pipefail)
    if change is None:
        return Facts(when)
    start = switch.command.span if switch.command else None
    open_reads = readings(
        script, start, lambda one, command: read_in(project, one, command), image_gives(project, script)
    )
    repaired = {one: softened(script, one) for one in open_reads}
    edits = (change, *(edit for edit in repaired.values() if edit))
    left = _first_of_each([one for one, edit in repaired.items() if edit is None])
    more = reasons.doubts(project, script, switch, pipefail=pipefail)
    return Facts(when, edits=edits, doubts=(*more, *(one.evidence for one in left)))


def _pipefail(project: Project, script: ShellScript, switch: Switch) -> bool:
    """Whether bash runs the script, and the status of pipes is not decided already, and either not there to change or new like `-e` itself."""
    if script.dialect != "bash" or started_by(project, script, *POSIX_SHELLS) is not None:
        return False
    if any("pipefail" in said.on | said.off for _, said in script.sets if said):
        return False
    return not switch.stops or reasons.harmless_pipefail(script)


def _first_of_each(left: list[Reading]) -> list[Reading]:
    """The first read of each variable in each script."""
    first: dict[tuple[str, str], Reading] = {}
    for one in left:
        first.setdefault((one.node.path, one.name), one)
    return list(first.values())
