"""Which commands does an instruction run, and where does each of their words stand?

RUN, CMD, ENTRYPOINT and HEALTHCHECK in shell form, in exec form (`["sh", "-c", "…"]` too) and as heredocs. What another
shell than sh and its kin runs is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from autofix.node import Node, UnreadableError
from autofix.surfaces.dockerfile.document import Dockerfile, Heredoc, Instruction, Stage
from autofix.surfaces.dockerfile.joined import Joined
from autofix.surfaces.shell.document import ShellScript, commands_in
from autofix.surfaces.shell.nodes import Command, Frame
from autofix.text import Edit, Span

SHELLS = frozenset({"sh", "bash", "ash", "dash"})
ONLY_HEREDOC = re.compile(r"(?:\d*<<-?\s*['\"]?\w+['\"]?\s*)+")
OTHER_SHEBANG = re.compile(r"\s*#!(?!.*\b(?:ba|da|a)?sh\b)")


@dataclass(frozen=True)
class Said:
    """A word: what it says (None where only a run can tell), how it is written, and its place, quotes included.

    The place is None where a continuation or an escape runs through the word; `end` is where it ends in any case.
    """

    value: str | None
    text: str
    place: Span | None
    end: int


@dataclass(frozen=True)
class Part:
    """One text that a shell runs: behind the keyword, in a heredoc, or behind `sh -c`."""

    script: ShellScript = field(repr=False)
    joined: Joined = field(repr=False)


@dataclass(frozen=True)
class Call(Node):
    """A command of an instruction. `words` begin with the program, wrappers like `sudo` and assignments left out.

    `command` and `part` say what is around it, None for an exec form without a shell. `sound`: it was understood
    and may be edited.
    """

    instruction: Instruction
    words: tuple[Said, ...]
    command: Command | None = field(default=None, repr=False)
    part: Part | None = field(default=None, repr=False)
    sound: bool = True

    @property
    def program(self) -> str:
        """The name of the program without its folder; empty where it is not literal."""
        return (self.words[0].value or "").rpartition("/")[2]

    @property
    def arguments(self) -> tuple[Said, ...]:
        """The words behind the program."""
        return self.words[1:]

    @property
    def said(self) -> tuple[str, ...]:
        """What the arguments say, those that are not literal as they are written."""
        return tuple(word.text if word.value is None else word.value for word in self.arguments)

    @property
    def context(self) -> tuple[Frame, ...]:
        """What is around it in its script."""
        return self.command.context if self.command else ()

    def has(self, *options: str) -> bool:
        """Whether one of these words is among the arguments, alone or with `=`."""
        return any(word.partition("=")[0] in options for word in self.said)

    def with_word(self, behind: Said, text: str) -> Edit:
        """One more word behind another one."""
        written = f" {text}" if self.part else f", {json.dumps(text)}"
        return Edit(self.path, Span(behind.end, behind.end), written)

    def with_other(self, word: Said, text: str) -> Edit | None:
        """Another word in the place of one; None where no single place holds it."""
        if word.place is None:
            return None
        return Edit(self.path, word.place, text if self.part else json.dumps(text))


def calls_of(file: Dockerfile, stage: Stage, *keywords: str) -> Iterator[Call]:
    """The commands of a stage's instructions, of RUN unless told otherwise, in order."""
    known = file.escape == "\\" and not any(_other_shell(one) for one in stage.of("SHELL"))
    for one in stage.of(*(keywords or ("RUN",))) if known else ():
        yield from calls(one)


def calls(instruction: Instruction) -> Iterator[Call]:
    """The commands of one instruction, those inside of others included; none where it cannot be read."""
    if instruction.json is not None:
        yield from _exec(instruction)
    elif instruction.heredocs:
        yield from _with_heredocs(instruction)
    elif instruction.command.text:
        yield from _in(instruction, instruction.command, instruction.command.text)


def _exec(instruction: Instruction) -> Iterator[Call]:
    words = tuple(
        Said(value, word.text, word.span, word.span.end)
        for word, value in zip(instruction.words, instruction.json or (), strict=True)
    )
    if not words:
        return
    call = Call(instruction.source, instruction.span, instruction.anchor, instruction, words)
    yield call
    at = next((number for number, text in enumerate(call.said, 1) if re.fullmatch(r"-[a-z]*c", text)), 0)
    if call.program in SHELLS and 0 < at < len(words) - 1:
        word, text = instruction.words[at + 1], words[at + 1].value or ""
        exact = word.text[1:-1] == text
        inner = Span(word.span.start + 1, word.span.end - 1)
        yield from _in(instruction, Joined(text, (inner,), inner.start), text, exact=exact)


def _with_heredocs(instruction: Instruction) -> Iterator[Call]:
    text = instruction.command.text
    if ONLY_HEREDOC.fullmatch(text):
        yield from _body(instruction, instruction.heredocs[-1])
        return
    whole = "".join(f"\n{body.text}{body.name}" for body in instruction.heredocs)
    for call in _in(instruction, instruction.command, f"{text}{whole}\n"):
        yield call
        if call.program in SHELLS and call.command and call.command.heredoc:
            yield from _body(instruction, instruction.heredocs[-1])


def _body(instruction: Instruction, body: Heredoc) -> Iterator[Call]:
    if not OTHER_SHEBANG.match(body.text):
        yield from _in(instruction, Joined(body.text, (body.span,), body.span.start), body.text)


def _in(instruction: Instruction, joined: Joined, text: str, *, exact: bool = True) -> Iterator[Call]:
    """The commands of a text; those behind the part of it that is joined are in a heredoc's body."""
    script = _script(text)
    if script is None:
        return
    part = Part(script, joined)
    for command in script.commands:
        if command.span.end > len(joined.text) and command.words[-1].span.end > len(joined.text):
            continue
        words = tuple(
            Said(
                word.value,
                word.text,
                joined.exact(*word.span) if exact else None,
                joined.span(*word.span).end,
            )
            for word in (command.effective, *command.arguments)
        )
        span = joined.span(command.span.start, min(command.span.end, len(joined.text)))
        yield Call(
            instruction.source, span, instruction.anchor, instruction, words, command, part, command.sound and exact
        )


@lru_cache(maxsize=4096)
def _script(text: str) -> ShellScript | None:
    """The script a text is; the rules and rounds of a run share it."""
    try:
        return commands_in(text, "bash")
    except UnreadableError:
        return None


def _other_shell(shell: Instruction) -> bool:
    words = shell.json or ()
    return not words or words[0].rpartition("/")[2] not in SHELLS
