"""Does a line open heredocs?  Only RUN, COPY and ADD do, by words that BuildKit versions do not all read alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from autofix.surfaces.dockerfile.lex import LexError, Reading, words
from autofix.surfaces.dockerfile.words import GrammarError, Parts

_WORD = re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)")
DISPUTED = "BuildKit versions disagree on whether this opens a heredoc"
NAMED_BY_VARIABLE = "a heredoc's name holds a substitution"

_OPENERS = frozenset({"RUN", "COPY", "ADD"})


@dataclass(frozen=True)
class Opening:
    """`<<NAME`: `expand` is whether variables in the body are replaced, `dash` whether its leading tabs go."""

    name: str
    expand: bool
    dash: bool
    descriptor: int


def openings(text: str, parts: Parts) -> tuple[Opening, ...]:
    """The heredocs of a joined line, in order.

    Raises GrammarError for a name that cannot be read, and for a line that old and new versions read differently.
    """
    if "<<" not in text or parts.does not in _OPENERS or parts.json is not None:
        return ()
    new, old = _openings(text, parts, modern=True), _openings(text, parts, modern=False)
    if new != old or (new and _once_exec_form(text, parts)):
        raise GrammarError(DISPUTED, parts.keyword_at.start)
    return new


def _once_exec_form(text: str, parts: Parts) -> bool:
    """Old versions read an array and did not look at what follows it."""
    try:
        json.JSONDecoder().raw_decode(text, parts.arguments.start)
    except (ValueError, RecursionError):
        return False
    return text.startswith("[", parts.arguments.start)


def _openings(text: str, parts: Parts, *, modern: bool) -> tuple[Opening, ...]:
    try:
        found = words(text, Reading(raw=True, modern=modern))
    except LexError:
        return ()  # BuildKit does not look further either
    opened = (_opening(match, parts) for word in found if (match := _WORD.fullmatch(word)))
    return tuple(opening for opening in opened if opening)


def _opening(match: re.Match[str], parts: Parts) -> Opening | None:
    descriptor, dash, written = match.groups()
    if "${" in written:
        raise GrammarError(NAMED_BY_VARIABLE, parts.keyword_at.start)
    try:
        plain, quoted = words(written, Reading()), words(written, Reading(raw=True))
    except LexError:
        raise GrammarError("a heredoc's name cannot be read", parts.keyword_at.start) from None
    if len(plain) != 1:
        return None
    expand = _quotes(plain[0]) == _quotes("".join(quoted))
    return Opening(plain[0], expand, bool(dash), int(descriptor or 0))


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')
