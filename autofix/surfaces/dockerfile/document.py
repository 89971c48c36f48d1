"""What does a Dockerfile say, and where?  Instructions and stages with the exact place of each of their parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autofix.node import Atom, Document, Node
from autofix.surfaces.dockerfile.images import Image, split
from autofix.surfaces.dockerfile.joined import Joined
from autofix.surfaces.dockerfile.lines import Directive
from autofix.text import Source, Span

__all__ = ["Dockerfile", "Flag", "Heredoc", "Instruction", "Stage", "Word", "parse"]


@dataclass(frozen=True)
class Flag(Node):
    """`--name=value`, quotes and escapes removed; value and place are None for a flag without `=`."""

    name: str
    value: str | None
    value_span: Span | None


@dataclass(frozen=True)
class Word(Node):
    """An argument. `text` is how it is written, `value` what it says without quotes and escapes, variables kept."""

    value: str


@dataclass(frozen=True)
class Heredoc(Node):
    """A body, whole lines without the terminator. `expand`: variables in it are replaced; `dash`: leading tabs go."""

    name: str
    expand: bool
    dash: bool


@dataclass(frozen=True)
class Instruction(Node):
    """One instruction, from its keyword to the end of its last line, terminators of heredocs included.

    `first` and `last` are 0-based lines, `text_last` the last one of its own text, before any heredoc body.
    `arguments` is what follows keyword and flags, up to the last character that is no blank. For ONBUILD `inner` is
    the instruction it holds, and flags, arguments and the rest are those of the inner one. `stage` is the number of
    the stage, None before the first FROM. `json` is the exec form with the place of each element in `json_spans`,
    quotes included. `open_ended`: a continuation leads to the end of the file, so that whatever is put behind it
    would become part of it.
    """

    keyword: str
    keyword_span: Span
    inner: str | None
    first: int
    text_last: int
    last: int
    stage: int | None
    flags: tuple[Flag, ...]
    arguments: Span
    words: tuple[Word, ...]
    json: tuple[str, ...] | None
    heredocs: tuple[Heredoc, ...]
    comments: tuple[Span, ...]
    open_ended: bool
    logical: Joined = field(repr=False)
    command: Joined = field(repr=False)

    @property
    def does(self) -> str:
        """The keyword that decides what the arguments mean: the inner one for ONBUILD."""
        return self.inner or self.keyword

    @property
    def json_spans(self) -> tuple[Span, ...]:
        """The place of every element of the exec form."""
        return () if self.json is None else tuple(word.span for word in self.words)

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name, as it wins; `chown`, without dashes."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    def joined(self) -> tuple[str, tuple[int, ...]]:
        """The arguments as one line, continuations and comment lines gone, and the offset of every character.

        For HEALTHCHECK it is what follows CMD, empty for NONE. A heredoc's body is not part of it.
        """
        return self.command.text, self.command.offsets()

    def source_span(self, start: int, end: int) -> Span | None:
        """The place of characters `start` to `end` of the joined text, None when a continuation lies between."""
        return self.command.exact(start, end)

    @property
    def pairs(self) -> tuple[tuple[str, str | None, Word], ...]:
        """The names and values of ENV, ARG and LABEL; None for an ARG without a default."""
        if self.does not in {"ENV", "ARG", "LABEL"}:
            return ()
        if self.does != "ARG" and self.words and "=" not in self.words[0].text:
            return ((self.words[0].value, self.words[1].value, self.words[1]),)
        cut = ((word.value.partition("="), word) for word in self.words)
        return tuple((name, value if equals else None, word) for (name, equals, value), word in cut)

    @property
    def probes(self) -> bool:
        """Whether this is a HEALTHCHECK that runs something, in shell form (`joined`) or exec form (`json`)."""
        return self.does == "HEALTHCHECK" and bool(self.command.text)


@dataclass(frozen=True)
class Stage(Node):
    """From a FROM to the end of the last instruction; `instructions` begin with the FROM.

    `name` is in lower case. `image` is as it is written, `resolved` what it is with the defaults of the arguments
    before the first FROM, None when one has none. `parent` is the number of the earlier stage it builds on.
    """

    index: int
    name: str | None
    image: Word
    resolved: str | None
    platform: str | None
    parent: int | None
    instructions: tuple[Instruction, ...]

    @property
    def reference(self) -> Image | None:
        """Name, tag and digest of the image, None when it is another stage or not resolved."""
        return split(self.resolved) if self.resolved is not None and self.parent is None else None

    @property
    def label(self) -> str:
        """The stage in the words of a message."""
        return f"stage {self.name}" if self.name else "the image"

    def of(self, *keywords: str) -> tuple[Instruction, ...]:
        """The instructions with one of these keywords, in order; what ONBUILD holds is not run here."""
        return tuple(instruction for instruction in self.instructions if instruction.keyword in keywords)

    def last(self, *keywords: str) -> Instruction | None:
        """The last of them, which is the one that counts for USER, CMD and the like."""
        return next(iter(reversed(self.of(*keywords))), None)


@dataclass(frozen=True)
class Dockerfile(Document):
    """All instructions in order, those before the first FROM included, and the stages they make up."""

    escape: str
    directives: tuple[Directive, ...]
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    notes: tuple[Span, ...]

    def atoms(self) -> Sequence[Atom]:
        """One atom per instruction: stage, keyword, flags, arguments on one line, heredocs."""
        return tuple((instruction.span, _meaning(instruction)) for instruction in self.instructions)

    def comments(self) -> Sequence[Span]:
        """Every comment line from its `#` on, directives and those inside instructions included."""
        return self.notes

    def scopes(self) -> Sequence[Span]:
        """The stages."""
        return tuple(stage.span for stage in self.stages)

    def stage(self, name: str) -> Stage | None:
        """The stage `--target` or `--from` means: by name in any case, the last of several, or by number."""
        return self._named.get(name.lower())

    @cached_property
    def _named(self) -> dict[str, Stage]:
        numbers = {str(stage.index): stage for stage in self.stages}
        return numbers | {stage.name: stage for stage in self.stages if stage.name}

    def lineage(self, stage: Stage) -> tuple[Stage, ...]:
        """The stage and those it builds on, nearest first."""
        line = [stage]
        while (parent := line[-1].parent) is not None:
            line.append(self.stages[parent])
        return tuple(line)


def _meaning(instruction: Instruction) -> tuple[object, ...]:
    flags = tuple((flag.name, flag.value) for flag in instruction.flags)
    bodies = tuple((body.name, body.expand, body.dash, body.text) for body in instruction.heredocs)
    return instruction.stage, instruction.keyword, instruction.inner, flags, instruction.logical.text, bodies


def parse(source: Source) -> Dockerfile:
    """The Dockerfile. Raises UnreadableError when it is none, or when two readings of it disagree."""
    from autofix.surfaces.dockerfile.build import build  # the builder knows the nodes

    return build(source)
