"""Which texts of a service does a shell read, and where does each stand?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.node import UnreadableError
from autofix.surfaces.compose.document import ComposeService
from autofix.surfaces.compose.parts import Healthcheck
from autofix.surfaces.shell.document import ShellScript, commands_in
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.yaml import Located
from autofix.text import Span

TAKES = re.compile(r"-[a-z]*c")  # a shell, a script
SHELLS = frozenset({"sh", "bash", "ash", "dash"})


@dataclass(frozen=True)
class Script:
    """A text for a shell: the leaf it stands in, how far into what that says it begins, and what it means.

    `read` is of the text as compose hands it on, with the places kept: a doubled dollar is one for the shell.
    """

    leaf: Located
    text: str
    offset: int
    read: ShellScript

    def slice(self, span: Span) -> str:
        """A part of the text as it is written."""
        return self.text[span.start : span.end]


def of_check(check: Healthcheck) -> Iterator[Script]:
    """What a health check gives to a shell: a string, CMD-SHELL, or the word behind `sh -c`."""
    if check.form == "CMD":
        yield from _behind_shell(check.words)
    elif check.words:
        yield from _read(check.words[0], check.words[0].text or "", 0)


def of_start(service: ComposeService) -> Iterator[Script]:
    """What `entrypoint` and `command` give to a shell. A string is no script: compose takes it apart into words."""
    entrypoint, command = (service.get(key) for key in ("entrypoint", "command"))
    for at in (entrypoint, command):
        if at and at.scalar and at.text:
            yield from _nested_in(_whole(at, at.text, 0))
        elif at:
            yield from _behind_shell(at.items())
    words = command.items() if command else ()
    if words and words[0].text and _opens_shell(entrypoint.texts() if entrypoint else ()):
        yield from _read(words[0], words[0].text, 0)


def _behind_shell(words: Sequence[Located]) -> Iterator[Script]:
    texts = [word.text or "" for word in words]
    if len(words) > 2 and _opens_shell(texts[:2]):
        yield from _read(words[2], texts[2], 0)


def _opens_shell(words: Sequence[str]) -> bool:
    """Whether the words are a shell that takes the next one for its script."""
    parts = " ".join(words).split()
    return len(parts) > 1 and parts[0].rpartition("/")[2] in SHELLS and all(map(TAKES.fullmatch, parts[1:]))


def _read(leaf: Located, text: str, offset: int) -> Iterator[Script]:
    script = _whole(leaf, text, offset)
    if script:
        yield script
        yield from _nested_in(script)


def _whole(leaf: Located, text: str, offset: int) -> Script | None:
    try:
        return Script(leaf, text, offset, commands_in(text.replace("$$", "_$")))
    except UnreadableError:
        return None


def _nested_in(script: Script | None) -> Iterator[Script]:
    for command in script.read.commands if script else ():
        if script and command.runs(*SHELLS):
            yield from _nested(script, command)


def _nested(script: Script, command: Command) -> Iterator[Script]:
    """The script that a shell is given as one quoted word."""
    words = command.arguments
    if len(words) < 2 or not TAKES.fullmatch(words[0].value or ""):
        return
    quoted = script.slice(words[1].span)
    if len(quoted) > 1 and quoted[0] in "'\"" and quoted[-1] == quoted[0] and "\\" not in quoted:
        yield from _read(script.leaf, quoted[1:-1], script.offset + words[1].span.start + 1)
