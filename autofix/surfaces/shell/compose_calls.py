"""Which commands of a script call the old Compose, and how?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from autofix.node import UnreadableError
from autofix.surfaces.shell.document import ShellScript, commands_in
from autofix.surfaces.shell.nodes import Command, Frame
from autofix.surfaces.shell.words import Word

OLD = "docker-compose"
OLD_IN = re.compile(r"(?<![\w./-])docker-compose(?![\w.-])")
VALUED = frozenset({"-f", "--file", "-p", "--project-name", "--profile", "--env-file", "--project-directory", "--ansi",
                    "-c", "--context", "-H", "--host", "--log-level"})  # fmt: skip
VERSION = frozenset({"version", "--version", "-v", "--help"})
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "su"})
ARMS = frozenset({"condition", "branch", "case", "or"})


def calls(script: ShellScript) -> Iterator[Command]:
    """The calls of the old program that are neither the question whether it is there nor the answer to that, and the
    strings with such a call that a shell runs.
    """
    new = [command for command in script.commands if calls_new(command)]
    for command in script.commands:
        if _runs_string(command) or (command.runs(OLD) and not asks(command) and not _falls_back(command, new)):
            yield command


def calls_new(command: Command) -> bool:
    """Whether it calls Compose v2."""
    return command.runs("docker") and [word.value for word in command.arguments[:1]] == ["compose"]


def asks(command: Command) -> bool:
    """Whether it asks if the old or the new Compose is there: it does nothing, and only its answer counts."""
    words = command.arguments[1:] if calls_new(command) else command.arguments
    idle = not words or words[0].value in VERSION
    return idle and (command.runs(OLD) or calls_new(command)) and (judged(command) or output_is_read(command))


def judged(command: Command) -> bool:
    """Whether its status decides something."""
    return any(frame.what == "condition" or frame.detail == "left" for frame in command.context)


def output_is_read(command: Command) -> bool:
    """Whether something else than a person reads what it prints."""
    return any(frame.what == "substitution" or _feeds(frame) for frame in command.context)


def leading(command: Command) -> tuple[Word, ...]:
    """The options before the verb and the verb itself; without a verb all arguments."""
    at = 0
    words = command.arguments
    while at < len(words):
        said = words[at].value or words[at].text
        if said in VERSION or not said.startswith("-"):
            return words[: at + 1]
        at += 1 + (said in VALUED)
    return words


def verb(command: Command) -> str:
    """What the call does, `up`; empty when it is given nothing, or nothing that can be told."""
    words = leading(command)
    said = words[-1].value if words else None
    return said if said and (said in VERSION or not said.startswith("-")) else ""


def defines(script: ShellScript) -> bool:
    """Whether the name is a function or an alias here, so that it is not the program that is called."""
    aliases = chain.from_iterable(command.arguments for command in script.running("alias"))
    return any(function.name == OLD for function in script.functions) or any(
        word.text.startswith(f"{OLD}=") for word in aliases
    )


def _feeds(frame: Frame) -> bool:
    at, _, stages = frame.detail.partition("/")
    return frame.what == "pipeline" and at != stages


def _falls_back(command: Command, new: Sequence[Command]) -> bool:
    """Whether another arm of an `if`, a `case` or an `||` around it calls the new program."""
    arms = {frame.span: frame[:2] for frame in command.context if frame.what in ARMS}
    others = chain.from_iterable(other.context for other in new)
    return any(frame.what in ARMS and arms.get(frame.span, frame[:2]) != frame[:2] for frame in others)


def _runs_string(command: Command) -> bool:
    """Whether a shell, here or on another machine, runs a string that calls it."""
    arguments = command.arguments
    if command.runs(*SHELLS):
        flags = [at for at, word in enumerate(arguments) if re.fullmatch(r"-[a-z]*c|--command", word.text)]
        arguments = arguments[flags[0] + 1 : flags[0] + 2] if flags else ()
    elif not command.runs("ssh", "eval"):
        return False
    return any(OLD_IN.search(word.text) and _called_in(word) for word in arguments)


def _called_in(word: Word) -> bool:
    """Whether the text of a word, read as a script, calls it."""
    text = word.text[1:-1] if word.text[:1] in ("'", '"') else word.text
    try:
        return any(commands_in(text).running(OLD))
    except UnreadableError:
        return False
