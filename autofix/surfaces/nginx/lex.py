r"""Which words does nginx read, and where do they stand?

Its own rules: a word ends at a blank, `;` or `{`; a brace after `$` and any `}` within a word are part of it; a quote
counts at the start of a word only; a blank is a space, a tab or a line ending.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from autofix.node import UnreadableError
from autofix.text import Span

Kind: TypeAlias = Literal["word", "comment", ";", "{", "}"]

BOM = "\ufeff"

_BLANKS = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"#[^\n]*")
_PLAIN = re.compile(r"(?:\\[\s\S]|\$\{+|[^ \t\r\n;{\\])+")
_QUOTED = re.compile(r'"(?:\\[\s\S]|[^"\\])*"|' + r"'(?:\\[\s\S]|[^'\\])*'")
_AFTER_QUOTE = re.compile(r"[ \t\r\n;{)]")
_ESCAPE = re.compile(r"\\([\s\S])")
_ESCAPED = {'"': '"', "'": "'", "\\": "\\", "t": "\t", "r": "\r", "n": "\n"}


class Token(NamedTuple):
    """A piece of the text. `value` is what a word means, `quote` the quote around it, `span` holds both quotes."""

    kind: Kind
    span: Span
    value: str
    quote: str = ""


def tokens(text: str) -> Iterator[Token]:
    """All words, punctuation and comments in order. Raises UnreadableError where nginx stops."""
    alone = re.search(r"\r(?!\n)", text)
    if alone:
        raise UnreadableError("a carriage return that ends a line alone", alone.start())
    at = len(BOM) if text.startswith(BOM) else 0
    while (at := _end(_BLANKS, text, at)) < len(text):
        token = _token(text, at)
        yield token
        at = token.span.end


def _token(text: str, at: int) -> Token:
    char = text[at]
    if char in ";{}":
        return Token(char, Span(at, at + 1), char)  # type: ignore[arg-type]  # three of the kinds
    if char == "#":
        comment = text[at : _end(_COMMENT, text, at)].removesuffix("\r")
        return Token("comment", Span(at, at + len(comment)), comment)
    quote = char if char in {'"', "'"} else ""
    end = _end(_QUOTED if quote else _PLAIN, text, at)
    if end == at:
        raise UnreadableError("a quote that is not closed" if quote else "a lone backslash", at)
    if quote and not _AFTER_QUOTE.match(text, end):
        raise UnreadableError("a quote has to end its word", end)
    inner = text[at + len(quote) : end - len(quote)]
    return Token("word", Span(at, end), _ESCAPE.sub(_meant, inner.replace("\r\n", "\n")), quote)


def _meant(escape: re.Match[str]) -> str:
    return _ESCAPED.get(escape[1], escape[0])


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
