"""Does the script that starts a container hand its process over to the server, or stay in between?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from autofix.finding import Fix, Match, Refusal
from autofix.project import Project, Service
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.strict_reach import executed
from autofix.text import Edit, Span

SERVERS = re.compile(
    r"(?:.*/)?(?:node|nodejs|bun|deno|python[\d.]*|gunicorn|uvicorn|hypercorn|daphne|granian|celery|java|ruby|puma|unicorn|rails"
    r"|bundle|dotnet|nginx|caddy|php-fpm[\d.]*|apache2-foreground|httpd-foreground|next|nest|serve|ts-node|tsx)"
)
ENDS = re.compile(
    r"(?:.*[:/_.-])?(?:migrat\w*|seed\w*|test\w*|lint|collectstatic|createsuperuser|check|init\w*|upgrade|import|export|load\w*"
    r"|wait\w*|setup|version|help|--version|--help)(?:[:_.-].*)?"
)
OWN_PROGRAM = re.compile(r"(?:\.{0,2}/)(?:[\w.-]+/)*[\w-]+")
ARGUMENTS = frozenset({'"$@"', "$@", '"${@}"'})
BUILTINS = frozenset({
    ".", ":", "[", "[[", "alias", "bg", "break", "cd", "command", "continue", "declare", "echo", "eval", "exec", "exit",
    "export", "false", "fg", "getopts", "hash", "jobs", "kill", "let", "local", "printf", "pwd", "read", "readonly",
    "return", "set", "shift", "source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unset", "wait",
})  # fmt: skip
BRANCHES = frozenset({"branch", "case"})
FORWARDS = "dumb-init"  # signals all processes, whoever started them
PARTING = re.compile(r"&&|\|\||[;|\n]")


@dataclass(frozen=True)
class LastFacts:
    """The command that the script waits for."""

    command: str


def waits_for_server(project: Project) -> Iterator[Match[Command, LastFacts]]:
    """The last command of every script that a container starts with, where the shell stays its parent."""
    seen: dict[str, Service] = {}
    for service in project.services:
        for path in service.scripts:
            if _ends_with(service, path):
                seen.setdefault(path, service)
    for path, service in sorted(seen.items()):
        script = project.documents.get(path)
        if not isinstance(script, ShellScript) or not executed(project, script):
            continue
        for command in _last(script):
            if _serves(script, command):
                yield Match(command, LastFacts(" ".join(command.text.split())), (service.where,))


def _ends_with(service: Service, path: str) -> bool:
    """Whether the script is what the container runs at the end, not a step before that."""
    name = PurePosixPath(path).name
    ends = [PARTING.split(fact.value)[-1] for fact in service.start]
    return any(name in end and FORWARDS not in end for end in ends)


def _last(script: ShellScript) -> Iterator[Command]:
    """The commands the script can end with: the last one, or the last of each branch of what stands at the end."""
    acting = [one for one in script.commands if not one.function and _plainly(one)]
    outer = [one for one in script.commands if not one.function]
    end = max((_outermost(one).end for one in outer), default=0)
    branches: dict[tuple[Span, str, str], Command] = {}
    for one in acting:
        if _outermost(one).end == end:
            key = one.context[0] if one.context else None
            branches[(key.span, key.what, key.detail) if key else (one.span, "", "")] = one
    for one in branches.values():
        if len(one.context) <= 1 or all(frame.what == "and" for frame in one.context):
            yield one


def _outermost(command: Command) -> Span:
    return command.context[0].span if command.context else command.span


def _plainly(command: Command) -> bool:
    """Whether nothing around it keeps `exec` from meaning the same: it is alone, in a branch, or the end of a chain."""
    frames = command.context
    chained = all(frame.what == "and" and frame.detail == "right" for frame in frames)
    return not frames or chained or (len(frames) == 1 and frames[0].what in BRANCHES)


def _serves(script: ShellScript, command: Command) -> bool:
    """Whether it is a program that runs on, called without exec."""
    first = command.words[0]
    if first.text in ARGUMENTS:
        return True
    name = first.value
    if name is None or name in BUILTINS or any(one.name == name for one in script.functions):
        return False
    if any(ENDS.fullmatch(word.value or "") for word in (first, *command.arguments[:2])):
        return False  # it comes to an end by itself
    return len(command.wrappers) == 0 and bool(SERVERS.fullmatch(name) or OWN_PROGRAM.fullmatch(name))


def hand_over(project: Project, match: Match[Command, LastFacts]) -> Fix | Refusal:
    """`exec` before the command, so that it takes the place of the shell."""
    command = match.node
    script = project.documents[command.path]
    assert isinstance(script, ShellScript)
    trap = next(iter(script.running("trap")), None)
    if trap:
        return Refusal("the script cleans up in a trap, which exec would take away", evidence=(trap.evidence("trap"),))
    if command.prefix or not command.sound or not script.sound(command.span):
        return Refusal("variables are set for this command only", f"exec env {command.text}")
    doubts = [
        one.evidence("runs on in the background, and would belong to the server")
        for one in script.commands
        if one.within("background")
    ]
    return Fix(
        "Hand the process over to the server",
        (Edit(command.path, Span(command.span.start, command.span.start), "exec "),),
        doubts=tuple(doubts),
    )
