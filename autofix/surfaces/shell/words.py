"""What does a word say once its quotes are gone, and which command stands behind `sudo`?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autofix.text import Span

ASSIGNS = re.compile(r"[A-Za-z_]\w*=")
SUDO = re.compile(r"\"?\$\{?_?sudo(?:_cmd|_prefix)?(?::?-)?\}?\"?", re.IGNORECASE)
PIECE = re.compile(
    r"""\\\r?\n | \\(?P<escaped>.) | '(?P<single>[^']*)' | "(?P<double>(?:[^"\\]|\\.)*)" | (?P<plain>[^\\'"])""",
    re.VERBOSE | re.DOTALL,
)
IN_DOUBLE = re.compile(r"\\(?:\r?\n|([$`\"\\]))")
OPENS = re.compile(r"`|\$[\w{(\[@*#?!$'\"-]|[<>]\(|\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")
OPENS_IN_DOUBLE = re.compile(r"(?<!\\)(?:\\\\)*(?:`|\$[\w{(\[@*#?!$-])")


@dataclass(frozen=True)
class Word:
    """One word: where, as written, and what it says. `value` is None when it says what only a run can tell.

    A pattern (`*.sh`) keeps its stars in `value`; `quoted` says whether any part of it is in quotes.
    """

    span: Span
    text: str
    value: str | None
    quoted: bool


def word(span: Span, text: str) -> Word:
    """The word that stands at `span` and is written `text`."""
    return Word(span, text, literal(text), any(quote in text for quote in "'\""))


def literal(text: str) -> str | None:
    """What the shell makes of a word; None when it expands something."""
    said: list[str] = []
    at = 0
    while at < len(text):
        piece = PIECE.match(text, at)
        if piece is None or OPENS.match(text, at) or (at == 0 and text[0] == "~"):
            return None
        if piece["double"] is None:
            said.append(piece["escaped"] or piece["single"] or piece["plain"] or "")
        elif OPENS_IN_DOUBLE.search(piece["double"]):
            return None
        else:
            said.append(IN_DOUBLE.sub(lambda found: found[1] or "", piece["double"]))
        at = piece.end()
    return "".join(said)


@dataclass(frozen=True)
class Wrapper:
    """How a program that runs another one reads its words: options that take a value, options after which it runs
    nothing, words of its own before the command, whether assignments may stand there.
    """

    valued: str = ""
    long_valued: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    operands: int = 0
    assigns: bool = False


WRAPPERS: dict[str, Wrapper] = {
    "builtin": Wrapper(),
    "command": Wrapper(ends=frozenset("vV")),
    "doas": Wrapper("uC", ends=frozenset("sL")),
    "dumb-init": Wrapper("r", frozenset({"rewrite"}), frozenset("hV")),
    "env": Wrapper("uC", frozenset({"unset", "chdir"}), frozenset({"S", "split-string", "help"}), assigns=True),
    "exec": Wrapper("a"),
    "flock": Wrapper("wE", frozenset({"timeout", "wait"}), frozenset("cuhV"), operands=1),
    "gosu": Wrapper(operands=1),
    "ionice": Wrapper("cn", frozenset({"class", "classdata"}), frozenset("pPu")),
    "nice": Wrapper("n", frozenset({"adjustment"})),
    "nohup": Wrapper(),
    "setsid": Wrapper(ends=frozenset("hV")),
    "stdbuf": Wrapper("ioe", frozenset({"input", "output", "error"})),
    "su-exec": Wrapper(operands=1),
    "sudo": Wrapper(
        "ughpCTRDrt",
        frozenset({"user", "group", "host", "prompt", "chdir", "chroot", "close-from", "command-timeout"}),
        frozenset("vlKeV") | {"validate", "list", "edit", "login", "shell", "version", "help", "remove-timestamp"},
        assigns=True,
    ),
    "time": Wrapper("fo", frozenset({"format", "output"})),
    "timeout": Wrapper("sk", frozenset({"signal", "kill-after"}), operands=1),
    "tini": Wrapper("peg", ends=frozenset("hl")),
    "unbuffer": Wrapper(),
    "xargs": Wrapper(
        "aEdILnPs",
        frozenset({"arg-file", "delimiter", "max-lines", "max-args", "max-procs", "max-chars", "replace"}),
    ),
}  # fmt: skip


def behind(words: Sequence[Word]) -> int:
    """The index of the word that names the command behind all wrappers; a wrapper that runs nothing is the command."""
    at = 0
    while True:
        inner = _inner(words, at)
        if inner is None:
            return at
        at = inner


def _inner(words: Sequence[Word], at: int) -> int | None:
    """Where the command starts that the word at `at` runs; None when it runs none."""
    name = words[at].value
    if name is None:
        return at + 1 if SUDO.fullmatch(words[at].text) and at + 1 < len(words) else None
    wrapper = WRAPPERS.get(name.rpartition("/")[2])
    if wrapper is None:
        return None
    at = _after_options(wrapper, words, at + 1)
    while wrapper.assigns and at < len(words) and ASSIGNS.match(words[at].text):
        at += 1
    at += wrapper.operands
    return at if at < len(words) else None


def _after_options(wrapper: Wrapper, words: Sequence[Word], at: int) -> int:
    """Where the options of a wrapper end; behind all words when one of them makes it run nothing."""
    while at < len(words):
        said = words[at].value
        if said is None or not said.startswith("-") or said == "-":
            return at
        if said == "--":
            return at + 1
        taken = _option(wrapper, said)
        if taken is None:
            return len(words)
        at += 1 + taken
    return at


def _option(wrapper: Wrapper, said: str) -> int | None:
    """How many further words an option takes; None when nothing is run after it."""
    if said.startswith("--"):
        name, equals, _ = said[2:].partition("=")
        return None if name in wrapper.ends else int(name in wrapper.long_valued and not equals)
    for at, letter in enumerate(said[1:], 2):
        if letter in wrapper.ends:
            return None
        if letter in wrapper.valued:
            return int(at == len(said))
    return 0
