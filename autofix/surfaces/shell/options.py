"""Which options does a shell start with or switch?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LETTERS = {
    "a": "allexport",
    "b": "notify",
    "B": "braceexpand",
    "C": "noclobber",
    "e": "errexit",
    "E": "errtrace",
    "f": "noglob",
    "h": "hashall",
    "m": "monitor",
    "n": "noexec",
    "T": "functrace",
    "u": "nounset",
    "v": "verbose",
    "x": "xtrace",
}


@dataclass(frozen=True)
class Options:
    """What a `set`, or the words behind the interpreter of a shebang, turns on and off, by long names.

    `rest` is how many words at the end are no options: new positional parameters or, in a shebang, a script.
    """

    on: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    rest: int = 0


def options(words: Sequence[str | None]) -> Options | None:
    """The options among the literal words behind `set`; None when a word that may be one is not literal."""
    on: set[str] = set()
    off: set[str] = set()
    at = 0
    while at < len(words):
        word = words[at]
        if word is None:
            return None
        if word in ("--", "-") or word[:1] not in ("-", "+") or len(word) < 2:
            at += word in ("--", "-")
            break
        names, used = _named(word, words[at + 1 :])
        if names is None:
            return None
        on, off = (on | names, off - names) if word[0] == "-" else (on - names, off | names)
        at += 1 + used
    return Options(frozenset(on), frozenset(off), len(words) - at)


def _named(word: str, following: Sequence[str | None]) -> tuple[set[str] | None, int]:
    """The options of one word like `-euo`, and how many of the following words it takes along."""
    names = {LETTERS.get(letter, letter) for letter in word[1:] if letter != "o"}
    if "o" not in word[1:] or not following:
        return names, 0
    name = following[0]
    return (None, 1) if name is None else (names | {name}, 1)
