"""What does a here-document expand?

The grammar knows where one ends, but it misses backquotes in it, an expansion that opens its first line behind a tab,
and delimiters it does not understand. So its text is read here, and what it misses is parsed piece by piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.words import literal
from autofix.text import Span

Grow = Callable[[str, Span], Part]

PARAMETER = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])")
BACKQUOTED = re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL)
OPENERS = {"$(": ")", "${": "}"}


def completed(redirect: Part, text: str, grow: Grow) -> Part:
    """The redirection with a `heredoc_body` that spans the whole text and holds every expansion in it.

    It is broken when the text does not end where the delimiter says.
    """
    start, end = redirect.child("heredoc_start"), redirect.child("heredoc_end")
    if start is None or end is None:
        return replace(redirect, broken=True)
    before = list(_before(redirect))
    body = Span(text.find("\n", max(part.span.end for part in before)) + 1, text.rfind("\n", 0, end.span.start) + 1)
    tabs = redirect.children[0].kind == "<<-"
    if not 0 < body.start <= body.end or not _delimited(text, body, start, end, tabs=tabs):
        return replace(redirect, broken=True)
    old = redirect.child("heredoc_body")
    known = {part.span.start: part for part in old.children if part.kind != "heredoc_content"} if old else {}
    inside = tuple(_expansions(text, body, known, grow)) if expands(text, start) else ()
    return replace(redirect, children=(*before, Part("heredoc_body", body, inside), end))


def expands(text: str, start: Part) -> bool:
    """Whether the delimiter as written leaves expansions alive."""
    return not any(quote in text[start.span.start : start.span.end] for quote in "'\"\\")


def delimiter(text: str, start: Part) -> str:
    """The delimiter without its quotes."""
    return literal(text[start.span.start : start.span.end]) or ""


def _before(redirect: Part) -> Iterator[Part]:
    """What stands before the text. The grammar takes a second redirection for an error."""
    for part in redirect.children:
        if part.kind == "ERROR" and part.children and all(one.kind == "file_redirect" for one in part.children):
            yield from part.children
        elif part.kind not in ("heredoc_body", "heredoc_end"):
            yield part


def _delimited(text: str, body: Span, start: Part, end: Part, *, tabs: bool) -> bool:
    """Whether the line behind the text, and none in it, is the delimiter."""
    wanted = delimiter(text, start)
    after = text.find("\n", end.span.end)
    lines = [*text[body.start : body.end].split("\n"), text[body.end : after if after >= 0 else len(text)]]
    said = [(line.lstrip("\t") if tabs else line).removesuffix("\r") for line in lines]
    return bool(wanted) and said[-1] == wanted and wanted not in said[:-1]


def _expansions(text: str, body: Span, known: dict[int, Part], grow: Grow) -> Iterator[Part]:
    at = body.start
    while at < body.end:
        if text[at] == "\\":
            at += 2
        elif text[at] not in "$`":
            at += 1
        elif at in known:
            yield known[at]
            at = known[at].span.end
        elif (end := _end(text, at, body.end)) is not None:
            yield _grown(text, Span(at, end), grow)
            at = end
        else:
            opens = text[at] == "`" or text[at : at + 2] in OPENERS
            if opens:
                yield Part("ERROR", Span(at, at + 1), broken=True)
            at += 1


def _grown(text: str, piece: Span, grow: Grow) -> Part:
    """The one expansion a piece of text is, or what is broken."""
    part = grow(text, piece)
    while part.kind in ("program", "command", "command_name") and len(part.children) == 1:
        part = part.children[0]
    return part if part.span == piece else Part("ERROR", piece, (part,), broken=True)


def _end(text: str, at: int, limit: int) -> int | None:
    """Where the expansion that starts at `at` ends; None when it does not."""
    if text[at] == "`":
        found = BACKQUOTED.match(text, at, limit)
        return found.end() if found else None
    if text[at : at + 2] in OPENERS:
        return _closed(text, at, limit)
    found = PARAMETER.match(text, at, limit)
    return found.end() if found else None


def _closed(text: str, at: int, limit: int) -> int | None:
    """Behind the bracket that closes the one at `at`, quotes and inner brackets respected."""
    closers: list[str] = []
    while at < limit:
        char, two = text[at], text[at : at + 2]
        if char == "\\":
            at += 1
        elif two in OPENERS:
            closers.append(OPENERS[two])
            at += 1
        elif char == closers[-1]:
            closers.pop()
            if not closers:
                return at + 1
        elif char == '"' or (char == "(" and closers[-1] == ")"):
            closers.append('"' if char == '"' else ")")
        elif char == "'" and closers[-1] == ")":
            at = text.find("'", at + 1, limit)
            if at < 0:
                return None
        at += 1
    return None
