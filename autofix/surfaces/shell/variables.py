"""Which variables does a piece of script read or set?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.words import Word
from autofix.text import Span

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PARAMETER = re.compile(
    r"""\$\{ (?P<before>[#!](?=[\w@*?!$\#-]))?
        (?P<name>[A-Za-z_][A-Za-z0-9_]* | [0-9]+ | [@*\#?!$-])
        (?:\[(?P<subscript>(?:[^\[\]]|\[[^\]]*\])*)\])?
        (?P<form>:[-=?+] | [-=?+:*] | %%? | \#\#? | /[/\#%]? | \^\^? | ,,? | @)?
        (?P<operand>.*) \}""",
    re.VERBOSE | re.DOTALL,
)
VALUED = {"read": "adinNptu", "mapfile": "dnOsuCc", "readarray": "dnOsuCc"}


def set_by(command: Command) -> Iterator[tuple[Span, str]]:
    """Where a command names variables it sets, and what sets them."""
    name, words = command.effective.value, command.arguments
    if name == "read":
        yield from ((one.span, name) for one in _named(name, words) if NAME.fullmatch(one.text))
        arrays = (other for one, other in pairwise(words) if re.fullmatch(r"-\w*a", one.text))
        yield from ((one.span, name) for one in arrays if NAME.fullmatch(one.text))
    elif name in ("mapfile", "readarray"):
        yield from ((one.span, "mapfile") for one in _named(name, words)[:1] if NAME.fullmatch(one.text))
    elif name == "getopts" or (name == "printf" and len(words) > 1 and words[0].value == "-v"):
        yield from ((one.span, name) for one in words[1:2] if NAME.fullmatch(one.text))
    elif name == "let":
        for one in words:
            found = re.match(r"['\"]?\s*([A-Za-z_]\w*)\s*=(?!=)", one.text)
            if found:
                yield Span(one.span.start + found.start(1), one.span.start + found.end(1)), name


def _named(name: str, words: Sequence[Word]) -> Sequence[Word]:
    """The words behind the options."""
    at = 0
    while at < len(words) and words[at].text.startswith("-"):
        letters = words[at].text[1:]
        if letters == "-":
            return words[at + 1 :]
        at += 1 + (letters[-1:] in VALUED[name])
    return words[at:]
