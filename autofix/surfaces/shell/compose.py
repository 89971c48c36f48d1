"""Does a script call the Compose that Docker no longer ships?

`docker-compose` was a program of its own; `docker compose` is a plugin. A script that looks for one of the two, falls
back from one to the other or installs one has taken care of it and is not edited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.shell import compose_reasons as reasons
from autofix.surfaces.shell.compose_calls import OLD, calls, defines, verb
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.text import Edit

NEW = "docker compose"


@dataclass(frozen=True)
class Facts:
    """What is called, as a person would name it; why it cannot be replaced, if so; what makes it doubtful."""

    call: str
    obstacle: Evidence | None = None
    doubts: tuple[Evidence, ...] = ()


def calls_compose_v1(project: Project) -> Iterator[Match[Command, Facts]]:
    """Every call of `docker-compose`, and every string with one that a shell runs."""
    scripts = [script for script in project.of(ShellScript) if OLD in script.source.text]
    calling = [script for script in scripts if not defines(script) and any(calls(script))]
    if not calling:
        return
    proof = tuple(reasons.proof_of_v2(project))
    everywhere = tuple(reasons.doubts_everywhere(project, proof))
    for script in calling:
        obstacle = reasons.obstacle_of_script(project, script)
        for command in calls(script):
            call = f"{OLD} {verb(command)}".strip() if command.runs(OLD) else OLD
            doubts = (*everywhere, *reasons.doubts_of_call(command))
            yield Match(command, Facts(call, reasons.obstacle_of_call(command) or obstacle, doubts), proof[:1])


def use_compose_v2(project: Project, match: Match[Command, Facts]) -> Fix | Refusal:  # noqa: ARG001
    """`docker compose` in the place of the one word `docker-compose`."""
    command, facts = match.node, match.facts
    if facts.obstacle is not None:
        return Refusal(facts.obstacle.what, facts.call.replace(OLD, NEW), (facts.obstacle,))
    if not command.sound:
        return Refusal("the line is not fully understood", reason=Reason.UNEDITABLE)
    edit = Edit(command.path, command.effective.span, NEW)
    return Fix("Call Compose v2", (edit,), doubts=facts.doubts)
