"""What did the grammar not read, or read wrongly?

It recovers from errors, and some misreadings it does not even notice: it takes a form feed for a blank, joins
`A=1 B=2` with the command of the next line, pairs the wrong backquotes and knows no `coproc`. Nothing on a line with a fault may be edited, and a
file whose faults reach too far is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from autofix.node import UnreadableError
from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.words import OPENS_IN_DOUBLE
from autofix.text import Source, Span

TOLERATED = 0.25
GAP = re.compile(r"\ufeff?(?:[ \t\n]|\r\n|\\\r?\n)*")
BLANKS = re.compile(r"(?:[ \t]|\\\r?\n)*")
HEREDOC = re.compile(r"(?<!<)<<(?!<)")
TEMPLATE = re.compile(r"\{%|<%|\{\{[-\s~]|\{\{[a-z_.]+(?:\s*\||\s+\w)?")
SILENT = frozenset({"comment", "string", "raw_string", "heredoc_body", "ansi_c_string", "expansion"})
FREE = frozenset({"string", "heredoc_body", "heredoc_redirect", "regex", "expansion", "translated_string"})
BACKQUOTE = re.compile(r"(?<!\\)`")
ONE_LINE = frozenset({"command", "declaration_command", "unset_command"})
RESERVED = frozenset(
    {"{", "}", "if", "then", "else", "elif", "fi", "do", "done", "case", "esac", "while", "until", "for"}
)


def refuse_unreadable(source: Source, tree: Part) -> None:
    """Raises UnreadableError for a text that is no shell script, or too little of one."""
    at = source.text.find("\0")
    if at >= 0:
        raise UnreadableError("holds a NUL character", at)
    template = TEMPLATE.search(_code(source.text, tree))
    broken = list(_broken(tree))
    if template and (broken or template.group()[:2] != "{{" or template.group()[2:].isspace()):
        raise UnreadableError("is a template", template.start())
    for span, kind in broken:
        if kind == "heredoc_redirect" or HEREDOC.search(source.slice(source.lines_around(span))):
            raise UnreadableError("holds a here-document that cannot be read exactly", span.start)
    if sum(span.end - span.start for span, _ in broken) > TOLERATED * len(source.text):
        raise UnreadableError("too much of it is not understood", broken[0][0].start)


def _broken(tree: Part) -> Iterator[tuple[Span, str]]:
    """What the grammar itself calls wrong. Something that is missing, like a `fi`, spoils all it should have closed."""
    if tree.broken:
        yield tree.span, tree.kind
    for part in tree.walk():
        for child in part.children:
            if child.broken:
                yield (child.span if child.span.start < child.span.end else part.span), child.kind


def faults(text: str, tree: Part) -> Iterator[Span]:
    """Every place that was not read, or not read right."""
    yield from _unexplained(text, tree, Span(0, len(text)))
    yield from (span for span, _ in _broken(tree))
    for part in tree.walk():
        if part.kind not in FREE:
            yield from _unexplained(text, part, part.span)
        if part.kind in ONE_LINE:
            yield from _misread(text, part)
        elif _missed(text, part):
            yield part.span


def parts_of_command(text: str, part: Part) -> tuple[list[Part], list[Part]]:
    """The assignments on lines before a command that belong to it only by mistake, and what is really its own."""
    own = [child for child in part.children if child.kind != "comment"]
    breaks = [at for at, pair in enumerate(pairwise(own), 1) if _broken_between(text, *pair)]
    cut = breaks[-1] if breaks else 0
    return (own[:cut], own[cut:]) if all(child.kind == "variable_assignment" for child in own[:cut]) else ([], own)


def _misread(text: str, part: Part) -> Iterator[Span]:
    before, own = parts_of_command(text, part)
    for one, other in pairwise(own):
        if _broken_between(text, one, other):
            yield part.span
    for child in own:
        said = text[child.span.start : child.span.end]
        if said in RESERVED and (child.kind == "command_name" or text.startswith("coproc", part.span.start)):
            yield part.span
    if not own and not before:
        yield part.span


def _missed(text: str, part: Part) -> bool:
    """Whether a string has an expansion among its letters, or a pair of backquotes a third one between them."""
    if part.kind == "string":
        return any(OPENS_IN_DOUBLE.search(said) for said in _said(text, part))
    start, end = part.span
    return (
        part.kind == "command_substitution" and text[start] == "`" and bool(BACKQUOTE.search(text, start + 1, end - 1))
    )


def _broken_between(text: str, one: Part, other: Part) -> bool:
    return not BLANKS.fullmatch(text, one.span.end, other.span.start)


def _unexplained(text: str, part: Part, span: Span) -> Iterator[Span]:
    """Gaps between the children of a part, and around them, that hold more than blanks."""
    if not part.children and part.kind != "program":
        return
    ends = [span.start, *(child.span.end for child in part.children)]
    starts = [*(child.span.start for child in part.children), span.end]
    for end, start in zip(ends, starts, strict=True):
        if end < start and not GAP.fullmatch(text, end, start):
            yield Span(end, start)


def _said(text: str, part: Part) -> Iterator[str]:
    """The literal pieces of a string in double quotes."""
    at = part.span.start
    for child in part.children:
        if child.kind != "string_content":
            yield text[at : child.span.start]
            at = child.span.end


def _code(text: str, tree: Part) -> str:
    """The text with blanks in the place of comments, strings and here-documents."""
    code = list(text)
    for part in tree.walk():
        if part.kind in SILENT:
            code[part.span.start : part.span.end] = "." * (part.span.end - part.span.start)
    return "".join(code)
