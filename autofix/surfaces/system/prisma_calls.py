"""Which commands generate the Prisma client, and how are they called?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.node import UnreadableError
from autofix.surfaces.shell.document import ShellScript, commands_in
from autofix.surfaces.shell.nodes import Command

MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
RUNNERS = frozenset({"npx", "pnpx", "bunx"})
VERBS = frozenset({"exec", "x", "dlx", "run", "run-script"})
VALUED = frozenset({"--filter", "-F", "-C", "--dir", "--prefix", "--cwd", "-p", "--package", "-w", "--workspace"})
FOLDER = frozenset({"-C", "--dir", "--prefix", "--cwd"})
PACKAGE = frozenset({"--filter", "-F", "-w", "--workspace"})
PROGRAM = re.compile(r"(?:.*/)?prisma(?:@(?P<version>\S+))?$|.*/prisma/build/index\.js$")


@dataclass(frozen=True)
class Call:
    """What a package manager is asked to run: `words` from the name on, where (`folder`, `package`), how (`verb`)."""

    manager: str
    verb: str
    words: tuple[str | None, ...]
    package: str = ""
    folder: str = ""
    everywhere: bool = False


@dataclass(frozen=True)
class Generate:
    """A command that generates: `call` is how the CLI is reached, `options` stand behind `generate`.

    `script` is the package script that does it, empty where the command itself says so.
    """

    command: Command
    call: Call
    options: tuple[str | None, ...] = ()
    script: str = ""

    @property
    def text(self) -> str:
        """The command as it is written, without what wraps it."""
        words = self.command.words[len(self.command.wrappers) :]
        return self.command.source.text[words[0].span.start : words[-1].span.end]

    def option(self, name: str) -> str | None:
        """The value of an option; empty for a switch that is there, None for one that is not."""
        for at, word in enumerate(self.options):
            if word == f"--{name}":
                following = self.options[at + 1] if at + 1 < len(self.options) else ""
                return following if following and not following.startswith("-") else ""
            if word and word.startswith(f"--{name}="):
                return word.partition("=")[2]
        return None

    @property
    def literal(self) -> bool:
        """Whether all that it says is known before it runs."""
        return None not in self.options and None not in self.call.words


def call_of(command: Command) -> Call:
    """What a command asks which package manager to run; without one, `manager` is empty."""
    values = [word.value for word in command.words[len(command.wrappers) :]]
    name = (values[0] or "").rpartition("/")[2] if values else ""
    if name == "node" and len(values) > 1 and PROGRAM.fullmatch(values[1] or ""):
        return Call("", "", tuple(values[1:]))
    if name not in MANAGERS | RUNNERS:
        return Call("", "", tuple(values))
    return _asked(name, values[1:])


def _asked(name: str, values: Sequence[str | None]) -> Call:
    """The words behind a package manager, its own options taken off."""
    verb = "exec" if name in RUNNERS else ""
    package = folder = ""
    everywhere = False
    rest = list(values)
    while rest:
        word = rest[0] or ""
        option, equals, given = word.partition("=")
        if word.startswith("-") and word != "--":
            takes = option in VALUED and not equals and not (name == "pnpm" and option == "-w")
            value = (rest[1] if len(rest) > 1 else "") if takes else given
            folder = (value or "") if option in FOLDER else folder
            package = (value or "") if option in PACKAGE and value else package
            everywhere = everywhere or word in {"-r", "--recursive", "--workspaces", "-ws", "-A", "--all"}
            rest = rest[1 + takes :]
        elif word == "workspace" and name == "yarn" and not verb and len(rest) > 1:
            package, rest = rest[1] or "", rest[2:]
        elif word in {"workspaces", "foreach"} and name == "yarn" and not verb:
            everywhere, rest = True, rest[1:]
        elif word == "--" or (word in VERBS and not verb):
            verb, rest = verb or word.strip("-"), rest[1:]
        else:
            break
    return Call(name, verb, tuple(rest), package, folder, everywhere)


def generate_of(command: Command) -> Generate | None:
    """The call of `prisma generate` that a command is, if it is one."""
    call = call_of(command)
    words = call.words
    if len(words) < 2 or not PROGRAM.fullmatch(words[0] or "") or words[1] != "generate":
        return None
    if call.manager and call.verb == "" and call.manager == "npm":
        return None  # `npm prisma` is no command
    return Generate(command, call, tuple(words[2:]))


def version_of(generate: Generate) -> str:
    """The version it asks for (`npx prisma@5 generate`), empty where the repository's own is meant."""
    found = PROGRAM.fullmatch(generate.call.words[0] or "")
    return (found["version"] or "") if found else ""


def shell(text: str) -> ShellScript | None:
    """The script a text holds, None where it cannot be read."""
    try:
        return commands_in(text)
    except UnreadableError:
        return None


def generates(script: ShellScript) -> Iterator[Generate]:
    """The calls of `prisma generate` in a script."""
    return (found for command in script.commands if (found := generate_of(command)))
