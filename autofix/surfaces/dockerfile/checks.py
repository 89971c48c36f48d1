"""What would BuildKit refuse although its line parser takes it, and what do we refuse although BuildKit would not?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.node import UnreadableError
from autofix.surfaces.dockerfile.lines import Logical, Scan
from autofix.surfaces.dockerfile.words import KEYWORDS, Parts
from autofix.text import Source

_NAME = re.compile(r"[A-Za-z]+")
_STAGE = re.compile(r"[a-z][a-z0-9\-_.]*")
_LONG = 20  # characters of a name that is none; it may be a whole line
_FEWEST = {"ADD": 2, "COPY": 2, "RUN": 0, "CMD": 0, "ENTRYPOINT": 0, "HEALTHCHECK": 0}
_FLAGGED = frozenset({"FROM", "RUN", "COPY", "ADD", "HEALTHCHECK"})
SPLIT = "an instruction's name is split by a continuation"
DANGLING = "a line before the instruction continues nothing"

_NO_TRIGGER = frozenset({"ONBUILD", "FROM", "MAINTAINER"})


def check(source: Source, scan: Scan) -> None:
    """Raises UnreadableError for the first thing that is no Dockerfile."""
    started = False
    for line in scan.lines:
        at = line.joined.offset(line.parts.keyword_at.start)
        for reason in _complaints(source, line, started=started):
            raise UnreadableError(reason, at)
        started = started or line.parts.keyword == "FROM"
    if not started:
        raise UnreadableError("no FROM", 0)


def _complaints(source: Source, line: Logical, *, started: bool) -> Iterator[str]:
    parts = line.parts
    at = line.joined.exact(*parts.keyword_at)
    if not _NAME.fullmatch(line.joined.text, *parts.keyword_at) or parts.keyword not in KEYWORDS:
        yield f"no instruction is called {parts.keyword[:_LONG] or 'nothing'}"
    if parts.inner and parts.inner not in KEYWORDS:
        yield f"no instruction is called {parts.inner[:_LONG]}"
    if not started and parts.keyword not in {"ARG", "FROM"}:
        yield f"{parts.keyword} stands before the first FROM"
    yield from _shape(parts)
    yield from _special(line.joined.text, parts)
    if at is None:
        yield SPLIT
    elif at.start >= source.line_span(line.first).end:
        yield DANGLING


def _shape(parts: Parts) -> Iterator[str]:
    """Flags where none may be, and too few arguments."""
    if parts.outer_flags or (parts.flags and parts.does not in _FLAGGED):
        yield f"{parts.keyword} takes no flags"
    if parts.keyword == "ONBUILD" and (not parts.inner or parts.inner in _NO_TRIGGER):
        yield "ONBUILD needs an instruction that it can hold"
    if len(parts.words) < _FEWEST.get(parts.does, 1):
        yield f"{parts.does} has too few arguments"


def _special(text: str, parts: Parts) -> Iterator[str]:
    words = [text[slice(*word.at)] for word in parts.words]
    arguments = text[slice(*parts.arguments)].split()
    if parts.does == "SHELL" and parts.json is None:
        yield "SHELL is not in exec form"
    if parts.does == "FROM" and not (
        len(words) == 1 or (len(words) == 3 and words[1].upper() == "AS" and _STAGE.fullmatch(words[2].lower()))
    ):
        yield "FROM is not `image [AS name]`"
    if parts.does == "HEALTHCHECK" and not (
        [word.upper() for word in arguments] == ["NONE"] or (arguments[:1] and arguments[0].upper() == "CMD" and words)
    ):
        yield "HEALTHCHECK is neither NONE nor CMD with a command"
    legacy = parts.does != "ARG" and "=" not in "".join(words[:1])
    if parts.does in {"ENV", "LABEL", "ARG"} and not legacy and any(word.startswith("=") for word in words):
        yield f"{parts.does} has a value without a name"
