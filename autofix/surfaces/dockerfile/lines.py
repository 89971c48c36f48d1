"""Which lines make up which instruction?  A reading of BuildKit's rules that knows lines and nothing of stages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from autofix.node import UnreadableError
from autofix.surfaces.dockerfile.heredocs import Opening, openings
from autofix.surfaces.dockerfile.joined import Joined, join
from autofix.surfaces.dockerfile.lex import SPACE
from autofix.surfaces.dockerfile.words import GrammarError, Parts, take_apart
from autofix.text import Source, Span

BOM = "\ufeff"
LONGEST = 65536  # bytes of one line, its line feed included; Go's scanner stops there

_DIRECTIVE = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*", re.DOTALL)
_DIRECTIVES = frozenset({"syntax", "escape", "check"})


class Kind(Enum):
    """What a physical line is to the instruction it belongs to, if any."""

    BLANK = auto()
    NOTE = auto()
    MORE = auto()  # text, and the next line continues it
    SKIP = auto()  # a blank or a comment between continued lines
    TEXT = auto()  # the end of an instruction's own text
    BODY = auto()  # of a heredoc, or its terminator


@dataclass(frozen=True)
class Directive:
    """`# name=value` at the top of the file."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True)
class Body:
    """What a heredoc holds: whole lines, the terminator not included."""

    opening: Opening
    span: Span


@dataclass(frozen=True)
class Logical:
    """One instruction: lines `first` to `last`, its own text ends on `text_last`; all 0-based."""

    first: int
    text_last: int
    last: int
    joined: Joined
    parts: Parts
    comments: tuple[Span, ...]
    bodies: tuple[Body, ...]
    open_ended: bool


@dataclass(frozen=True)
class Scan:
    """The file in lines: `kinds` has one entry per line, `comments` all comments in order."""

    escape: str
    directives: tuple[Directive, ...]
    lines: tuple[Logical, ...]
    comments: tuple[Span, ...]
    kinds: tuple[Kind, ...]


def scan(source: Source) -> Scan:
    """The instructions of a file and their lines. Raises UnreadableError for what BuildKit's parser refuses."""
    return _Scanner(source).run()


class _Scanner:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.starts = source.line_starts
        self.count = len(self.starts) - (self.starts[-1] == len(source.text))
        self.at = 0
        self.escape = "\\"
        self.directives: list[Directive] | None = []  # None once no further one can come
        self.seen: list[Directive] = []
        self.comments: list[Span] = []
        self.kinds: list[Kind] = []

    def run(self) -> Scan:
        lines = tuple(self.instructions())
        if not lines:
            raise UnreadableError("no instruction", 0)
        return Scan(self.escape, tuple(self.seen), lines, tuple(self.comments), tuple(self.kinds))

    def line(self) -> Span:
        """The next line without its line ending. Raises UnreadableError for one that is too long."""
        span = self.source.line_span(self.at)
        text = self.source.slice(span)
        if len(text) * 4 > LONGEST and len(text.encode(errors="replace")) + (not text.endswith("\n")) > LONGEST:
            raise UnreadableError("a line is longer than BuildKit reads", span.start)
        skipped = len(BOM) if self.at == 0 and text.startswith(BOM) else 0
        self.at += 1
        return Span(span.start + skipped, span.start + max(skipped, len(text.rstrip("\r\n"))))

    def trimmed(self, span: Span) -> Span:
        """The line without the blanks that open it."""
        text = self.source.slice(span)
        return Span(span.start + len(text) - len(text.lstrip(SPACE)), span.end)

    def instructions(self) -> Iterator[Logical]:
        while self.at < self.count:
            line = self.trimmed(self.line())
            if self.source.text.startswith("#", line.start, line.end):
                self.kinds.append(Kind.NOTE)
                self.comments.append(line)
                self.directive(line)
                continue
            self.directives = None
            if line.start == line.end:
                self.kinds.append(Kind.BLANK)
                continue
            yield self.instruction(line)

    def directive(self, line: Span) -> None:
        if self.directives is None:
            return
        match = _DIRECTIVE.fullmatch(self.source.slice(line))
        name = match[1].lower() if match else ""
        if match is None or name not in _DIRECTIVES:
            self.directives = None
            return
        if any(name == known.name for known in self.seen):
            raise UnreadableError(f"a second {name} directive", line.start)
        if name == "escape":
            if match[2] not in ("\\", "`"):
                raise UnreadableError("an escape directive with another character", line.start)
            self.escape = match[2]
        self.seen.append(Directive(name, match[2], line))

    def instruction(self, line: Span) -> Logical:
        first, noted = self.at - 1, len(self.comments)
        pieces = list(self.pieces(line))
        text_last = self.at - 1
        joined = join(self.source.text, pieces, line.start)
        try:
            parts = take_apart(joined.text, self.escape)
            opened = openings(joined.text, parts)
        except GrammarError as error:
            raise UnreadableError(error.reason, joined.offset(error.at)) from None
        comments = tuple(self.comments[noted:])
        bodies = tuple(self.body(opening, joined.place) for opening in opened)
        open_ended = self.kinds[-1] in {Kind.MORE, Kind.SKIP}
        return Logical(first, text_last, self.at - 1, joined, parts, comments, bodies, open_ended)

    def pieces(self, line: Span) -> Iterator[Span]:
        """The instruction's own text, line by line."""
        piece, ends = self.cut(line)
        yield piece
        while not ends and self.at < self.count:
            line = self.line()
            inside = self.trimmed(line)
            if inside.start == inside.end or self.source.text[inside.start] == "#":
                self.kinds.append(Kind.SKIP)
                self.comments += [inside] if inside.end > inside.start else []
                continue
            piece, ends = self.cut(line)
            yield piece

    def cut(self, line: Span) -> tuple[Span, bool]:
        """The line without what continues it, and whether the instruction ends here."""
        text = self.source.slice(line).rstrip("\t ")
        more = text.endswith(self.escape) and not text.endswith(self.escape * 2)
        self.kinds.append(Kind.MORE if more else Kind.TEXT)
        return (Span(line.start, line.start + len(text) - 1), False) if more else (line, True)

    def body(self, opening: Opening, place: int) -> Body:
        start = self.starts[self.at] if self.at < self.count else len(self.source.text)
        while self.at < self.count:
            begins = self.starts[self.at]
            text = self.source.slice(self.line())
            self.kinds.append(Kind.BODY)
            if (text.lstrip("\t") if opening.dash else text) == opening.name:
                return Body(opening, Span(start, begins))
        raise UnreadableError(f"no line ends the heredoc {opening.name}", place)
