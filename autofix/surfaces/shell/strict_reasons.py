"""Why may strict mode not be switched on, or not without a look?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from autofix.finding import Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.strict_reach import read_in, read_in_by_image, started_by
from autofix.surfaces.shell.strict_switch import Switch
from autofix.text import Span

TOLERATED = ("[", "[[", "cmp", "diff", "egrep", "expr", "grep", "kill", "killall", "let", "pgrep", "pkill", "read",
             "test", "wait", "which")  # fmt: skip
# What fails when it has been done before, or was not yet: a script that goes on after errors may count on that.
REPEATED = re.compile(
    r"(?:sudo +)?(?:(?:docker|podman) +(?:container +)?(?:rm|stop|kill|network +(?:create|rm)|volume +rm)\b(?!.* (?:-f|--force)\b)"
    r"|kubectl +create +(?:ns|namespace|secret|configmap|cm)\b(?!.*--dry-run)|kubectl +delete\b(?!.*--ignore-not-found))"
)
SHOWN = 3


def obstacle(project: Project, script: ShellScript, switch: Switch) -> Refusal | None:
    """What makes it impossible to tell what strict mode would do."""
    if script.broken:
        where = Evidence("this line is not fully understood", script.path, script.broken[0])
        return Refusal("the script is not fully understood", evidence=(where,), reason=Reason.UNEDITABLE)
    for needs, evidence, remedy in _obstacles(project, script, switch):
        return Refusal(needs, remedy, (evidence,))
    return None


def _obstacles(project: Project, script: ShellScript, switch: Switch) -> Iterator[tuple[str, Evidence, str]]:
    for command, said in script.sets:
        if said is None:
            yield "which options this set switches", command.evidence("only a run can tell them"), ""
        elif "errexit" in said.off:
            yield "why errors are let through here", command.evidence("switches errexit off"), "cmd || status=$?"
    if switch.command is not None and switch.command.context:
        yield "strict mode for the whole script", switch.command.evidence("holds for a part only"), "set -eu"
    yield from _obstacles_of_others(project, script)
    for read in script.expansions:
        if read.name == "BASH_SOURCE" and read.in_test:
            yield "whether the script is run or read in", read.evidence("the script asks for it"), ""
    if "SHELLOPTS" in script.source.text:
        yield "which options the scripts it starts inherit", Evidence("names SHELLOPTS", script.path), ""
    yield from _obstacles_to_stopping(script, switch)


def _obstacles_of_others(project: Project, script: ShellScript) -> Iterator[tuple[str, Evidence, str]]:
    """What another script does with it in one shell."""
    if image := read_in_by_image(project, script):
        yield "what the start script of the database does with unset variables", image, ""
    for command in script.sourced:
        if read_in(project, script, command) is None:
            needs = "what the file that is read in here does with unset variables"
            yield needs, command.evidence("reads in what is not in the repository"), "set -u behind it"


def _obstacles_to_stopping(script: ShellScript, switch: Switch) -> Iterator[tuple[str, Evidence, str]]:
    """What a script without a `set -e` of its own does that one would break."""
    if switch.command is not None:
        return
    for read in script.expansions:
        if read.name == "?" and not switch.stops:
            yield "what becomes of the status", read.evidence("the script looks at the status itself"), "if ! cmd; then"
    for command in script.running("docker", "podman", "kubectl"):
        if not switch.stops and REPEATED.match(command.text) and not _guarded(command):
            yield "what is there before the script runs", command.evidence("fails where that is not so"), f"{command.text} || true"  # fmt: skip
    for command in script.running("shift"):
        if not _guarded(command):
            yield "an argument to shift", command.evidence("shift fails when there is none"), "[ $# -eq 0 ] || shift"


def _guarded(command: Command) -> bool:
    return any(frame.what in {"condition", "branch", "case", "loop", "and", "or"} for frame in command.context)


def doubts(project: Project, script: ShellScript, switch: Switch, *, pipefail: bool) -> Iterator[Evidence]:
    """What strict mode may change besides the variables."""
    for command in script.running("eval"):
        yield command.evidence("what eval runs may read unset variables, or set those that are read")
    if not switch.stops:
        first = script.commands[0]
        yield first.evidence("from here on the first command that fails ends the script")
        yield from islice(_tolerated(script), SHOWN)
        if pipefail:
            pipes = _pipes(script)
            yield from (
                Evidence("a failing program anywhere in the pipe ends the script", script.path, one)
                for one in pipes[:SHOWN]
            )
    elif switch.command is None:
        starter = started_by(project, script, "sh", "bash", "dash", "ash")
        if starter is not None:
            yield Evidence("runs the script without the -e of its first line", starter.path, starter.span)


def _tolerated(script: ShellScript) -> Iterator[Evidence]:
    for command in script.running(*TOLERATED):
        if not any(_asked(frame.what, frame.detail) for frame in command.context):
            yield command.evidence("may fail without being an error")


def _asked(what: str, detail: str) -> bool:
    return what in {"condition", "not"} or (what in {"and", "or"} and detail == "left")


def _pipes(script: ShellScript) -> list[Span]:
    return sorted({frame.span for one in script.commands for frame in one.context if frame.what == "pipeline"})


def harmless_pipefail(script: ShellScript) -> bool:
    """Whether there is no pipe whose status it could change."""
    return not _pipes(script) and not script.sourced
