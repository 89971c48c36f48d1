"""Where does a new instruction go, so that it reads as if its author had written it?"""

from __future__ import annotations

from collections.abc import Iterable

from autofix.surfaces.dockerfile.document import Instruction, Stage
from autofix.text import Edit, Source, Span


def above(instruction: Instruction, lines: list[str]) -> Edit:
    """The lines above an instruction and the comment that belongs to it, set off by a blank line where it was."""
    source = instruction.source
    first = first_of_comment(source, instruction.first)
    blank_above = first == 0 or not _line(source, first - 1).strip()
    set_off = blank_above and (len(lines) > 1 or first < instruction.first)
    at = source.line_starts[first]
    text = _written(instruction, lines) + source.newline * set_off
    return Edit(source.path, Span(at, at), text)


def below(instruction: Instruction, lines: list[str]) -> Edit:
    """The lines right after an instruction."""
    source = instruction.source
    end = source.line_span(instruction.last).end
    written = _written(instruction, lines)
    if end == len(source.text) and not source.text.endswith("\n"):
        return Edit(source.path, Span(end, end), source.newline + written.removesuffix(source.newline))
    return Edit(source.path, Span(end, end), written)


def flag(instruction: Instruction, text: str, siblings: Iterable[Instruction] = ()) -> Edit:
    """A flag behind those the instruction has, or before them where the siblings that have it begin with it."""
    name = text.lstrip("-").partition("=")[0]
    first = [one.flags[0].name == name for one in siblings if one.flag(name) and len(one.flags) > 1]
    leads = sum(first) * 2 > len(first)
    last = instruction.flags[-1].span if instruction.flags and not leads else instruction.keyword_span
    return Edit(instruction.path, Span(last.end, last.end), f" {text}")


def keyword(stage: Stage, name: str) -> str:
    """The keyword in the case the stage writes them."""
    return name.lower() if stage.instructions[0].keyword_span and _lower(stage) else name


def _lower(stage: Stage) -> bool:
    written = [one.source.slice(one.keyword_span) for one in stage.instructions]
    return sum(word.islower() for word in written) * 2 > len(written)


def _written(instruction: Instruction, lines: list[str]) -> str:
    source = instruction.source
    indent = source.indent_at(instruction.span.start)
    return "".join(f"{indent}{line}{source.newline}" for line in lines)


def blank(source: Source, end: int) -> bool:
    """Whether the line that ends at an offset is there and blank."""
    line = source.line_of(end) - 1
    return line >= 0 and not _line(source, line).strip()


def first_of_comment(source: Source, line: int) -> int:
    """The first line of the comment that stands right above."""
    while line > 0 and _line(source, line - 1).lstrip().startswith("#"):
        line -= 1
    return line


def _line(source: Source, line: int) -> str:
    return source.slice(source.line_span(line))
