"""Does another reader of nginx files see the same words?

That reader is crossplane. It is shown the text in a form that keeps it from three known slips: it joins what follows
`${X}` to the word, takes a backslash at the end of a comment for a continuation, and loses a comment at an open end.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from autofix.node import UnreadableError
from autofix.surfaces.nginx.lex import BOM, Token

_BRACES = re.compile(r"\$\{([^{}\s;\\]*)\}")
_PAIR = re.compile(r"\\([\s\S])")


class Seen(NamedTuple):
    """A token as the other reader states it."""

    value: str
    line: int
    quoted: bool


def refuse_disagreement(text: str, tokens: Sequence[Token]) -> None:
    """Raises UnreadableError at the first token the other reader does not see."""
    shown = list(_shown(text, tokens))
    seen = _seen("".join(shown) + "\n")
    for token, expected, other in zip_longest(tokens, _expected(shown, tokens), seen):
        if expected != other:
            raise UnreadableError("two readers see different words", token.span.start if token else len(text))


def _seen(shown: str) -> Iterator[Seen]:
    """Its lexer only: its parser opens files."""
    from crossplane.lexer import _lex_file_object

    for value, line, quoted in _lex_file_object(io.StringIO(shown)):
        yield Seen(value, line, quoted)


def _shown(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    """Gap, token, gap, token… with line feeds alone and without the slips."""
    at = len(BOM) if text.startswith(BOM) else 0
    for token in tokens:
        yield text[at : token.span.start].replace("\r\n", "\n")
        written = text[token.span.start : token.span.end].replace("\r\n", "\n")
        if token.kind == "comment":
            written = written.replace("\\", "/")
        yield written if token.quote else _BRACES.sub(r"$_\1_", written)
        at = token.span.end
    yield text[at:].replace("\r\n", "\n")


def _expected(shown: Sequence[str], tokens: Sequence[Token]) -> Iterator[Seen]:
    line = 1
    for number, token in enumerate(tokens):
        gap, written = shown[2 * number], shown[2 * number + 1]
        line += gap.count("\n")
        yield Seen(_unquoted(written, token.quote) if token.quote else written, line, bool(token.quote))
        line += written.count("\n")


def _unquoted(written: str, quote: str) -> str:
    """It drops the backslash before the quote and keeps all others."""
    return _PAIR.sub(lambda pair: quote if pair[1] == quote else pair[0], written[1:-1])
