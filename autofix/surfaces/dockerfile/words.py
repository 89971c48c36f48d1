"""Which parts does one joined line have?  Keyword, flags, arguments, words; all as ranges of the joined text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, Never

from autofix.surfaces.dockerfile.lex import SPACE, LexError, Reading, value

_BLANK = re.compile(r"[\t\v\f\r ]+")
_GRAPHIC = re.compile(r"[^\t\v\f\r ]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
LATIN_BLANK = "a flag holds a letter that BuildKit takes for a blank"
_LATIN_SPACE = frozenset({0x85, 0xA0})

_LIST = frozenset({"FROM", "EXPOSE", "ADD", "COPY", "VOLUME"})
_JSON = frozenset({"ADD", "COPY", "VOLUME", "RUN", "CMD", "ENTRYPOINT", "SHELL", "HEALTHCHECK"})
_SHELL = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL", "HEALTHCHECK"})
_PAIRS = frozenset({"ENV", "LABEL"})
KEYWORDS = _LIST | _JSON | _PAIRS | {"ARG", "MAINTAINER", "ONBUILD", "STOPSIGNAL", "USER", "WORKDIR"}


class Range(NamedTuple):
    """Characters `start` to `end` of a joined line."""

    start: int
    end: int


class FlagAt(NamedTuple):
    """`--name=value`; `equals` is where the value starts, None for a flag without one."""

    at: Range
    name: str
    value: str | None
    equals: int | None


class WordAt(NamedTuple):
    """A word and what it says once quotes and escapes are gone."""

    at: Range
    value: str


@dataclass(frozen=True)
class Parts:
    """One instruction, taken apart. `inner` is what ONBUILD holds; flags and the rest are then of the inner one.

    `command` is where the text for a shell starts: past the CMD of a HEALTHCHECK, else where the arguments start.
    """

    keyword: str
    keyword_at: Range
    arguments: Range
    command: int
    flags: tuple[FlagAt, ...] = ()
    words: tuple[WordAt, ...] = ()
    json: tuple[str, ...] | None = None
    inner: str = ""
    inner_at: Range | None = None
    outer_flags: tuple[FlagAt, ...] = field(default=())

    @property
    def does(self) -> str:
        """The keyword that decides what the arguments mean."""
        return self.inner or self.keyword


class GrammarError(ValueError):
    """BuildKit refuses the line. `at` is the place in the joined text."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def take_apart(text: str, escape: str) -> Parts:
    """The parts of a joined line. Raises GrammarError."""
    keyword_at, flags, arguments = _head(text, _trimmed(text, 0, len(text)), escape)
    keyword = text[slice(*keyword_at)].upper()
    if keyword != "ONBUILD" or arguments.start == arguments.end:
        return _parts(text, escape, Parts(keyword, keyword_at, arguments, arguments.start, flags))
    inner_at, inner_flags, inner_arguments = _head(text, arguments, escape)
    inner = text[slice(*inner_at)].upper()
    start = inner_arguments.start
    outer = Parts(keyword, keyword_at, inner_arguments, start, inner_flags, (), None, inner, inner_at, flags)
    return _parts(text, escape, outer)


def _trimmed(text: str, start: int, end: int) -> Range:
    inside = text[start:end]
    left = len(inside) - len(inside.lstrip(SPACE))
    return Range(start + left, max(start + left, start + len(inside.rstrip(SPACE))))


def _head(text: str, at: Range, escape: str) -> tuple[Range, tuple[FlagAt, ...], Range]:
    """The keyword, the flags and what is left."""
    blank = _BLANK.search(text, *at)
    if blank is None:
        return at, (), Range(at.end, at.end)
    flags, rest = _flags(text, Range(blank.end(), at.end), escape)
    return Range(at.start, blank.start()), flags, _trimmed(text, rest, at.end)


@cache
def _flag_pattern(escape: str) -> re.Pattern[str]:
    esc = re.escape(escape)
    plain = rf"[^\s'\"{esc}]|{esc}(?:.|\Z)"
    quoted = rf"'(?:[^'{esc}]|{esc}(?:.|\Z))*+(?:'|\Z)|\"(?:[^\"{esc}]|{esc}(?:.|\Z))*+(?:\"|\Z)"
    return re.compile(rf"[\t\n\v\f\r ]*(--(?:{plain}|{quoted})*+)", re.DOTALL | re.ASCII)


def _flags(text: str, at: Range, escape: str) -> tuple[tuple[FlagAt, ...], int]:
    """The flags that open the arguments, and where they end."""
    found: list[FlagAt] = []
    where = at.start
    while match := _flag_pattern(escape).match(text, where, at.end):
        where = match.end()
        written = match[1]
        if not _LATIN_SPACE.isdisjoint(written.encode(errors="replace")):
            raise GrammarError(LATIN_BLANK, match.start(1))
        plain = _without_quotes(written, escape)
        if plain == "--":
            break
        name, equals, given = plain[2:].partition("=")
        begins = match.start(1) + written.index("=") + 1 if equals else None
        found.append(FlagAt(Range(*match.span(1)), name, given if equals else None, begins))
    return tuple(found), where


def _without_quotes(written: str, escape: str) -> str:
    """A flag's text: both kinds of quotes vanish, an escape keeps what follows, inside quotes and outside."""
    kept: list[str] = []
    quote = ""
    at = 0
    while at < len(written):
        char = written[at]
        if char == escape:
            at += 1
            kept.append(written[at : at + 1])
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        else:
            kept.append(char)
        at += 1
    return "".join(kept)


@cache
def _word_pattern(escape: str) -> re.Pattern[str]:
    """What ENV, ARG and LABEL call a word."""
    esc = re.escape(escape)
    space = re.escape(SPACE)
    quoted = rf"'[^']*+(?:'|\Z)|\"(?:[^\"{esc}]|{esc}(?:.|\Z))*+(?:\"|\Z)"
    return re.compile(rf"(?:[^{space}'\"{esc}]|{esc}(?:.|\Z)|{quoted})++", re.DOTALL)


def _parts(text: str, escape: str, parts: Parts) -> Parts:
    """The parts with words and exec form filled in."""
    command = _command(text, parts)
    elements = _exec_form(text, parts, command)
    if elements is not None:
        words = tuple(
            WordAt(Range(*match.span()), element)
            for match, element in zip(_STRING.finditer(text, command, parts.arguments.end), elements, strict=True)
        )
    else:
        ranges = _ranges(text, escape, parts, command)
        words = tuple(WordAt(at, _plain(text[slice(*at)], escape)) for at in ranges)
    return Parts(**{**parts.__dict__, "command": command, "words": words, "json": elements})


def _plain(written: str, escape: str) -> str:
    """What the word says; a quote that is never closed stays, as nobody can say what was meant."""
    if escape not in written and "'" not in written and '"' not in written:
        return written
    try:
        return value(written, Reading(escape))
    except LexError:
        return written


def _command(text: str, parts: Parts) -> int:
    if parts.does != "HEALTHCHECK":
        return parts.arguments.start
    opening = _GRAPHIC.match(text, *parts.arguments)
    if opening is None or opening[0].upper() != "CMD":
        return parts.arguments.end
    return _trimmed(text, opening.end(), parts.arguments.end).start


def _exec_form(text: str, parts: Parts, command: int) -> tuple[str, ...] | None:
    """The elements of a valid array of strings. Anything else in an array of valid JSON is BuildKit's error."""
    if parts.does not in _JSON or not text.startswith("[", command):
        return None
    try:
        array = json.loads(text[command : parts.arguments.end], parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    if all(isinstance(element, str) for element in array):
        return tuple(_scalar(element) for element in array)
    raise GrammarError("an exec form holds something that is not a string", command)


def _scalar(element: str) -> str:
    """Half a surrogate pair is a replacement character to Go."""
    return element.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _no_constant(name: str) -> Never:
    raise ValueError(name)


def _ranges(text: str, escape: str, parts: Parts, command: int) -> list[Range]:
    start, end = parts.arguments
    keyword = parts.does
    if keyword in _LIST:
        return [Range(*match.span()) for match in _GRAPHIC.finditer(text, start, end)]
    if keyword in _PAIRS:
        return _pairs(text, escape, parts)
    if keyword == "ARG":
        return [Range(*match.span()) for match in _word_pattern(escape).finditer(text, start, end)]
    if keyword in _SHELL:
        return [Range(*match.span()) for match in _word_pattern(escape).finditer(text, command, end)]
    return [Range(start, end)] if start < end else []


def _pairs(text: str, escape: str, parts: Parts) -> list[Range]:
    """`NAME=value …`, or the old `NAME the rest`. Raises GrammarError."""
    start, end = parts.arguments
    found = [Range(*match.span()) for match in _word_pattern(escape).finditer(text, start, end)]
    if found and "=" not in text[slice(*found[0])]:
        blank = _BLANK.search(text, start, end)
        if blank is None:
            raise GrammarError(f"{parts.does} names no value", start)
        return [Range(start, blank.start()), Range(blank.end(), end)]
    for at in found:
        if "=" not in text[slice(*at)]:
            raise GrammarError(f"{parts.does} has a word without =", at.start)
    return found
