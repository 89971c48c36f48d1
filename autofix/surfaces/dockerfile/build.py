"""How do lines become instructions and stages?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from autofix.node import UnreadableError
from autofix.surfaces.dockerfile import checks, mask
from autofix.surfaces.dockerfile.document import Dockerfile, Flag, Heredoc, Instruction, Stage, Word
from autofix.surfaces.dockerfile.images import resolve
from autofix.surfaces.dockerfile.lines import Logical, Scan, scan
from autofix.text import Source, Span


def build(source: Source) -> Dockerfile:
    """The document of a source. Raises UnreadableError."""
    lines = scan(source)
    checks.check(source, lines)
    mask.check(source, lines)
    instructions = tuple(_instructions(source, lines))
    _prove(instructions)
    stages = tuple(_stages(source, lines.escape, instructions))
    return Dockerfile(source, lines.escape, lines.directives, instructions, stages, lines.comments)


def _instructions(source: Source, lines: Scan) -> Iterator[Instruction]:
    stage: int | None = None
    anchor = "global"
    ordinals: Counter[str] = Counter()
    for line in lines.lines:
        keyword = line.parts.keyword
        if keyword == "FROM":
            stage = 0 if stage is None else stage + 1
            anchor = f"stage:{_stage_name(line) or stage}"
            ordinals.clear()
        ordinals[keyword] += 1
        yield _instruction(source, line, stage, f"{anchor}/{keyword}:{ordinals[keyword]}")


def _stage_name(line: Logical) -> str | None:
    words = line.parts.words
    return line.joined.text[slice(*words[2].at)].lower() if len(words) == 3 else None


def _instruction(source: Source, line: Logical, stage: int | None, anchor: str) -> Instruction:
    parts, joined = line.parts, line.joined
    last = source.slice(source.line_span(line.last)).rstrip("\r\n")
    return Instruction(
        source,
        Span(joined.offset(parts.keyword_at.start), source.line_starts[line.last] + len(last)),
        anchor,
        keyword=parts.keyword,
        keyword_span=joined.span(*parts.keyword_at),
        inner=parts.inner or None,
        first=line.first,
        text_last=line.text_last,
        last=line.last,
        stage=stage,
        flags=tuple(_flags(source, line, anchor)),
        arguments=joined.span(*parts.arguments),
        words=tuple(Word(source, joined.span(*word.at), anchor, word.value) for word in parts.words),
        json=parts.json,
        heredocs=tuple(_heredocs(source, line, anchor)),
        comments=line.comments,
        open_ended=line.open_ended,
        logical=joined.part(*parts.arguments),
        command=joined.part(parts.command, parts.arguments.end),
    )


def _flags(source: Source, line: Logical, anchor: str) -> Iterator[Flag]:
    for flag in line.parts.flags:
        given = None if flag.equals is None else line.joined.span(flag.equals, flag.at.end)
        yield Flag(source, line.joined.span(*flag.at), f"{anchor}/--{flag.name}", flag.name, flag.value, given)


def _heredocs(source: Source, line: Logical, anchor: str) -> Iterator[Heredoc]:
    for body in line.bodies:
        opening = body.opening
        yield Heredoc(source, body.span, f"{anchor}/<<{opening.name}", opening.name, opening.expand, opening.dash)


def _prove(instructions: tuple[Instruction, ...]) -> None:
    """Raises UnreadableError for a place that does not hold what it was taken for."""
    for one in instructions:
        text = one.source.text
        wrong = text[slice(*one.keyword_span)].upper() != one.keyword
        wrong |= any(not flag.text.startswith("-") for flag in one.flags)
        wrong |= any(not one.span.contains(node.span) for node in (*one.flags, *one.words, *one.heredocs))
        if wrong:
            raise UnreadableError("a part of an instruction is not where it should be", one.span.start)


def _stages(source: Source, escape: str, instructions: tuple[Instruction, ...]) -> Iterator[Stage]:
    values: dict[str, str | None] = {}
    names: dict[str, int] = {}
    for index, group in groupby(instructions, key=lambda instruction: instruction.stage):
        own = tuple(group)
        if index is None:
            for name, given, word in (pair for instruction in own for pair in instruction.pairs):
                if given is not None:  # a bare name leaves an earlier default alone
                    values[name] = resolve(word.text.partition("=")[2], values, escape)
            continue
        stage = _stage(source, own, index)
        resolved = resolve(stage.image.text, values, escape)
        yield replace(stage, resolved=resolved, parent=names.get((resolved or "").lower()))
        if stage.name:
            names[stage.name] = index


def _stage(source: Source, own: tuple[Instruction, ...], index: int) -> Stage:
    opening = own[0]
    name = opening.words[2].text.lower() if len(opening.words) > 1 else None
    platform = opening.flag("platform")
    return Stage(
        source,
        Span(opening.span.start, own[-1].span.end),
        f"stage:{name or index}",
        index=index,
        name=name,
        image=opening.words[0],
        resolved=None,
        platform=platform.value if platform else None,
        parent=None,
        instructions=own,
    )
