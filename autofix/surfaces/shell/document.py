"""What does this script say?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from autofix.node import Atom, Document, UnreadableError
from autofix.surfaces.shell import atoms
from autofix.surfaces.shell.dialect import Dialect, Shebang, dialect_of, shebang_of
from autofix.surfaces.shell.faults import faults, refuse_unreadable
from autofix.surfaces.shell.nodes import Assignment, Chain, Command, Expansion, Function, Heredoc, Piece
from autofix.surfaces.shell.options import Options, options
from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.tree import grow
from autofix.surfaces.shell.walk import Walk
from autofix.text import Source, Span

P = TypeVar("P", bound=Piece)
EXPANDS = re.compile(r"\$|[A-Za-z_]")


@dataclass(frozen=True)
class ShellScript(Document):
    """A shell script. Every sequence is in the order of the text; commands inside of others come after them.

    `broken` are the places the grammar did not read: nothing on their lines may be edited, see `sound`.
    """

    dialect: Dialect
    shebang: Shebang | None
    commands: tuple[Command, ...] = field(repr=False)
    expansions: tuple[Expansion, ...] = field(repr=False)
    assignments: tuple[Assignment, ...] = field(repr=False)
    functions: tuple[Function, ...] = field(repr=False)
    heredocs: tuple[Heredoc, ...] = field(repr=False)
    chains: tuple[Chain, ...] = field(repr=False)
    broken: tuple[Span, ...]
    remarks: tuple[Span, ...] = field(repr=False)
    meanings: tuple[Atom, ...] = field(repr=False)

    def atoms(self) -> Sequence[Atom]:
        """Every token, line break and literal text with its route; the shebang is one of them."""
        return self.meanings

    def comments(self) -> Sequence[Span]:
        """The comments, each without its line ending. The shebang is none: it decides what runs."""
        return self.remarks

    def scopes(self) -> Sequence[Span]:
        """The functions."""
        return tuple(function.span for function in self.functions)

    def sound(self, span: Span) -> bool:
        """Whether everything on the lines of `span` was understood, so that it may be edited."""
        lines = self.source.lines_around(span)
        return not any(lines.start <= one.start < lines.end or one.overlaps(lines) for one in self.broken)

    def running(self, *names: str) -> Iterator[Command]:
        """The commands that run one of these programs, behind whatever wrapper and by whatever path."""
        return (command for command in self.commands if command.runs(*names))

    @property
    def sets(self) -> tuple[tuple[Command, Options | None], ...]:
        """Every `set` with what it switches; None when that is not literal."""
        return tuple((one, options([word.value for word in one.arguments])) for one in self.running("set"))

    @property
    def sourced(self) -> tuple[Command, ...]:
        """Every `source` and `.`."""
        return tuple(self.running("source", "."))

    def inside(self, span: Span) -> tuple[Command, ...]:
        """The commands within a span: of a link, a function's body, a heredoc."""
        return tuple(command for command in self.commands if span.contains(command.span))


def parse(source: Source) -> ShellScript:
    """The script in a file.

    Raises UnreadableError for another shell's script, a template, and a text of which too much is not understood.
    """
    shebang = shebang_of(source)
    tree = _grown(source)
    return _script(source, tree, dialect_of(source, shebang, tree), shebang)


def commands_in(text: str, dialect: Dialect = "sh") -> ShellScript:
    """The script a string holds: the words behind RUN, a step's `run`. All spans are offsets into `text`.

    Raises UnreadableError.
    """
    source = Source("", text)
    return _script(source, _grown(source), dialect, None)


def _grown(source: Source) -> Part:
    try:
        tree = grow(source.text)
    except RecursionError:
        raise UnreadableError("nests too deeply") from None
    refuse_unreadable(source, tree)
    return tree


def _script(source: Source, tree: Part, dialect: Dialect, shebang: Shebang | None) -> ShellScript:
    broken = tuple(sorted(set(faults(source.text, tree))))
    bad = [source.lines_around(span) for span in broken]
    finds = Walk(source, lambda span: any(span.overlaps(lines) for lines in bad))
    try:
        finds.visit(tree)
    except RecursionError:
        raise UnreadableError("nests too deeply") from None
    remarks = sorted(part.span for part in tree.walk() if part.kind == "comment")
    first = shebang.span if shebang else None
    opening = [(first, (("shebang",), source.slice(first)))] if first else []
    script = ShellScript(
        source,
        dialect=dialect,
        shebang=shebang,
        commands=_sorted(finds.commands),
        expansions=_sorted(finds.expansions),
        assignments=_sorted(finds.assignments),
        functions=_sorted(finds.functions),
        heredocs=_sorted(finds.heredocs),
        chains=_sorted(finds.chains),
        broken=broken,
        remarks=tuple(span for span in remarks if span != first),
        meanings=(*opening, *atoms.atoms(source.text, tree)),
    )
    _check(script)
    return script


def _sorted(pieces: Sequence[P]) -> tuple[P, ...]:
    return tuple(sorted(pieces, key=lambda piece: (piece.span.start, -piece.span.end)))


def _check(script: ShellScript) -> None:
    """Raises UnreadableError unless every span holds what its node says."""
    text = script.source.text
    for wrong in _wrong(script):
        raise UnreadableError(
            f"a span does not hold what it should: {text[wrong.start : wrong.end][:40]!r}", wrong.start
        )


def _wrong(script: ShellScript) -> Iterator[Span]:
    at = script.source.slice
    yield from (span for span in script.comments() if not re.fullmatch(r"#[^\n]*(?<!\r)", at(span)))
    for command in script.commands:
        yield from (word.span for word in command.words if at(word.span) != word.text or not word.text.strip())
        if command.words and not command.span.contains(command.name_span):
            yield command.span
    for expansion in script.expansions:
        if not EXPANDS.match(expansion.text) or expansion.name not in expansion.text:
            yield expansion.span
    for assignment in script.assignments:
        if at(assignment.name_span) != assignment.name or not assignment.span.contains(assignment.name_span):
            yield assignment.span
    yield from (one.span for one in script.functions if at(one.name_span) != one.name)
    for chain in script.chains:
        yield from (one.span for one in chain.operators if at(one.span) != one.text)
        yield from (link for link in chain.links if at(link) != at(link).strip())
