"""Which programs does a health check run, and where could each be told more?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autofix.surfaces import yaml
from autofix.surfaces.compose.parts import Healthcheck
from autofix.surfaces.compose.scripts import of_check
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.yaml import Located, YamlFile
from autofix.text import Edit, Span

ERRORS_GO = re.compile(r"(?:\s+2>{1,2}(?:&1|\s*[\w./-]+))*")


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
        """Put words behind the word `after`, quoted as the options behind it are, or else as that one is."""
        if self.command is None:
            options = [leaf for leaf in self._leaves[after:] if leaf.value.startswith("-")]
            style = (options or self._leaves[after:])[0].style
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
    if check.form == "CMD" and words[:1] and words[0].rpartition("/")[2] in names:
        if all(leaf.scalar for leaf in check.words):
            yield Call(words, check.words[0], file=file, check=check)
        return
    for script in of_check(check):
        for command in script.read.commands:
            if command.runs(*names) and command.sound:
                inner = replace(command, words=(command.effective, *command.arguments))
                spelled = tuple(_bare(script.slice(word.span)) for word in inner.words)
                yield Call(spelled, script.leaf, inner, script.offset, file=file, check=check)


def _bare(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in "'\"" and word[-1] == word[0] else word


def _escaped(text: str, style: str) -> str:
    """The text as it has to stand within quotes of YAML."""
    if style == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("'", "''") if style == "'" else text
