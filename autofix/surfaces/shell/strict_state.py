"""What is known about the variables at one moment of a run, and what does a test add to it?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.words import Word

EMPTY_TESTS = frozenset({"-z", "-n"})
EQUALITY = frozenset({"=", "==", "!="})
OPENS = frozenset({"[", "[[", "test", "!", "-a", "-o", "&&", "||", "("})
CLOSES = frozenset({"]", "]]", "-a", "-o", "&&", "||", ")"})
WHOLE = re.compile(r"""["']?\$\{?([A-Za-z_]\w*|[1-9]\d*)(?:(?::?-|:?\+[^}]+))?\}?["']?""")
COUNT = re.compile(r"[\"']?\$\{?#\}?[\"']?")

POSIX = frozenset({"IFS", "OPTIND", "PATH", "PPID", "PS4", "PWD"})
BASH = POSIX | {
    "BASH", "BASHPID", "BASH_COMMAND", "BASH_LINENO", "BASH_SOURCE", "BASH_SUBSHELL", "BASH_VERSINFO", "BASH_VERSION",
    "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS", "EUID", "FUNCNAME", "GROUPS", "HOSTNAME", "HOSTTYPE", "LINENO",
    "MACHTYPE", "OSTYPE", "PIPESTATUS", "RANDOM", "SECONDS", "SHELLOPTS", "SHLVL", "SRANDOM", "UID",
}  # fmt: skip


@dataclass(frozen=True)
class State:
    """The names that have a value for sure, how many positional parameters there are at least, whether an unset
    variable already stops the script, and which names belong to the function that runs.
    """

    names: frozenset[str] = frozenset()
    args: int = 0
    strict: bool = False
    own: frozenset[str] = frozenset()

    def knowing(self, name: str) -> State:
        """With a value for `name`; a positional parameter brings those before it along."""
        if name.isdecimal():
            return replace(self, args=max(self.args, int(name)))
        return replace(self, names=self.names | {name})

    def without(self, name: str) -> State:
        """With nothing known of `name`."""
        return replace(self, names=self.names - {name, f"{name}[]"})

    def has(self, name: str) -> bool:
        """Whether a name or a positional parameter has a value for sure."""
        return int(name) <= self.args if name.isdecimal() else name in self.names


Moment = State | None  # None: no run gets here
Ends = tuple[Moment, Moment]  # after success, after failure


def join(*moments: Moment) -> Moment:
    """What is known where several ways meet."""
    alive = [one for one in moments if one is not None]
    if not alive:
        return None
    return State(
        frozenset.intersection(*(one.names for one in alive)),
        min(one.args for one in alive),
        any(one.strict for one in alive),
        frozenset.union(*(one.own for one in alive)),
    )


def judged(command: Command, state: State) -> Ends:
    """What is known after a test that succeeded, and after one that failed."""
    words = [word for word in command.words[1:] if word.text not in ("]", "]]")]
    said = [word.text for word in words]
    loose, tight = {"-o", "||"}, {"-a", "&&"}
    if loose.isdisjoint(said) and not ({"(", ")"} & set(said)):
        both = [_fact(part) for part in _parts(words, tight)]
        return _with(state, [yes for yes, _ in both]), _with(state, [both[0][1]] if len(both) == 1 else [])
    if tight.isdisjoint(said) and not ({"(", ")"} & set(said)):
        return state, _with(state, [no for _, no in (_fact(part) for part in _parts(words, loose))])
    return state, state


def _with(state: State, facts: Sequence[str]) -> State:
    for name in filter(None, facts):
        state = state.knowing(name)
    return state


def _parts(words: Sequence[Word], between: set[str]) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    for word in words:
        if word.text in between:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _fact(words: Sequence[Word]) -> tuple[str, str]:
    """Which name has a value when the test is true, and which one when it is false; empty for none."""
    if words and words[0].text == "!":
        yes, no = _fact(words[1:])
        return no, yes
    said = [word.text for word in words]
    if len(said) == 1:
        return _name(said[0]), ""
    if len(said) == 2:
        return {"-n": (_name(said[1]), ""), "-z": ("", _name(said[1]))}.get(said[0], ("", ""))
    return _compared(words) if len(said) == 3 else ("", "")


def _compared(words: Sequence[Word]) -> tuple[str, str]:
    left, operator, right = words
    if COUNT.fullmatch(left.text) and right.value is not None and right.value.strip("0123456789") == "":
        return _counted(operator.text, int(right.value or 0))
    name = _name(left.text)
    if operator.text == "!=":
        return (name, "") if right.value == "" else ("", name if right.value and "*" not in right.value else "")
    filled = bool(right.value) and (right.quoted or not set(right.value or "") & set("*?["))
    if operator.text in EQUALITY:
        return (name if filled else ""), (name if right.value == "" else "")
    return "", ""


def _counted(operator: str, number: int) -> tuple[str, str]:
    """`$1` when there is at least one argument, and so on."""
    least = {"-ge": (number, 0), "-gt": (number + 1, 0), "-eq": (number, int(number == 0)), "-lt": (0, number),
             "-le": (0, number + 1), "-ne": (int(number == 0), number),
             "=": (number, int(number == 0)), "==": (number, int(number == 0)), "!=": (int(number == 0), number),
             }.get(operator, (0, 0))  # fmt: skip
    return str(least[0] or ""), str(least[1] or "")


def _name(text: str) -> str:
    """The one variable a word reads, so that the word is empty when it is not set."""
    found = WHOLE.fullmatch(text)
    return found[1] if found else ""
