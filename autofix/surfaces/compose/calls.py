"""Which programs does a health check run, and where could each be told more?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from autofix.node import UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.compose.parts import Healthcheck
from autofix.surfaces.shell.document import commands_in
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.yaml import Located, YamlFile
from autofix.text import Edit, Span

ERRORS_GO = re.compile(r"(?:\s+2>{1,2}(?:&1|\s*[\w./-]+))*")
TAKES = re.compile(r"-[a-z]*c")  # a shell, a script
SHELLS = frozenset({"sh", "bash", "ash", "dash"})


@dataclass(frozen=True)
class Call:
    """One run of a program in a check: its words, name first, as they are written without quotes.

    In the exec form every word is a leaf of the list. In the shell form the words stand in `leaf`, the command at
    `offset` of what the leaf says.
    """

    words: tuple[str, ...]
    leaf: Located = field(repr=False)
    command: Command | None = None
    offset: int = 0
    file: YamlFile = field(kw_only=True, repr=False)
    check: Healthcheck = field(kw_only=True, repr=False)

    def add(self, after: int, *words: str) -> Edit | None:
        """Put words behind the word `after`, quoted as that one is."""
        if self.command is None:
            style = self._leaves[after].style
            texts = [yaml.spell(word, style if style in {"'", '"'} else "", flow=True) for word in words]
            test = self.check.at.under("test")
            return yaml.insert_items(self.file, test, texts, after=after + 1) if test else None
        return self._behind(self.command.words[after].span, "".join(f" {word}" for word in words))

    def change(self, number: int, old: str, new: str) -> Edit | None:
        """Put `new` in the place of the first `old` in a word."""
        start = (self._leaves[number].value if self.command is None else self.command.words[number].text).find(old)
        if self.command is None:
            leaf, place = self._leaves[number], Span(start, start + len(old))
        else:
            start += self.offset + self.command.words[number].span.start
            leaf, place = self._leaves[0], Span(start, start + len(old))
        spot = yaml.within(self.file, leaf, *place) if start >= 0 and self.leaf.editable else None
        return Edit(self.file.path, spot, new) if spot else None

    def pipe(self, text: str) -> Edit | None:
        """Put text behind the whole command with where its errors go, in the shell form only."""
        if self.command is None:
            return None
        last = self.command.words[-1].span
        errors = ERRORS_GO.match(self.command.source.text, last.end)
        return self._behind(Span(last.start, errors.end() if errors else last.end), text)

    def _behind(self, word: Span, text: str) -> Edit | None:
        leaf = self._leaves[0]
        place = yaml.within(self.file, leaf, self.offset + word.start, self.offset + word.end)
        if place is None or not self.leaf.editable:
            return None
        return Edit(self.file.path, Span(place.end, place.end), _escaped(text, leaf.style))

    @property
    def _leaves(self) -> tuple[yaml.Scalar, ...]:
        leaves = self.check.words if self.command is None else (self.leaf,)
        return tuple(leaf.scalar for leaf in leaves if leaf.scalar)


def calls(file: YamlFile, check: Healthcheck, *names: str) -> Iterator[Call]:
    """Every run of one of these programs."""
    words = check.command
    if not words:
        return
    name = words[0].rpartition("/")[2]
    script = 0 if check.form != "CMD" else 2 if name in SHELLS and len(words) > 2 and TAKES.fullmatch(words[1]) else -1
    if script >= 0:
        for run in _in_shell(_Script(check.words[script], words[script], 0), names):
            yield Call(*run, file=file, check=check)
    elif name in names and all(leaf.scalar for leaf in check.words):
        yield Call(words, check.words[0], file=file, check=check)


def shown(text: str) -> str:
    """What compose makes of a text, with the places kept: a doubled dollar is one for the shell."""
    return text.replace("$$", "_$")


class _Script(NamedTuple):
    """A text for a shell, and how far into what its leaf says it begins."""

    leaf: Located
    text: str
    offset: int

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]


class _Run(NamedTuple):
    """A call in a script: its words as they are written, where, and how far in."""

    words: tuple[str, ...]
    leaf: Located
    command: Command
    offset: int


def _in_shell(script: _Script, names: Sequence[str]) -> Iterator[_Run]:
    try:
        commands = commands_in(shown(script.text)).commands
    except UnreadableError:
        return
    for command in commands:
        if command.runs(*names) and command.sound:
            inner = replace(command, words=(command.effective, *command.arguments))
            spelled = tuple(_bare(script.slice(word.span)) for word in inner.words)
            yield _Run(spelled, script.leaf, inner, script.offset)
        elif command.runs(*SHELLS):
            yield from _nested(script, command, names)


def _nested(script: _Script, command: Command, names: Sequence[str]) -> Iterator[_Run]:
    """The script that a shell is given as one quoted word."""
    words = command.arguments
    if len(words) < 2 or not TAKES.fullmatch(words[0].value or ""):
        return
    quoted = script.slice(words[1].span)
    if len(quoted) > 1 and quoted[0] in "'\"" and quoted[-1] == quoted[0] and "\\" not in quoted:
        yield from _in_shell(_Script(script.leaf, quoted[1:-1], script.offset + words[1].span.start + 1), names)


def _bare(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in "'\"" and word[-1] == word[0] else word


def _escaped(text: str, style: str) -> str:
    """The text as it has to stand within quotes of YAML."""
    if style == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("'", "''") if style == "'" else text
