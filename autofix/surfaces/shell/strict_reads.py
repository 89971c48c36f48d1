"""Which reads of a variable may meet an unset one, and which of them may be given an empty default?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autofix.node import Evidence, Node
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Expansion
from autofix.surfaces.shell.strict_state import BASH, CLOSES, EMPTY_TESTS, EQUALITY, OPENS, POSIX, State
from autofix.text import Edit, Span

ALL = frozenset({"@", "*"})
BASH_ARRAYS = frozenset({"BASH_SOURCE", "BASH_VERSINFO", "FUNCNAME", "PIPESTATUS"})
CASE = re.compile(r"\bcase[ \t]+[\"']?$")
BEFORE = 40
PLAIN = frozenset({"$", "${}"})


@dataclass(frozen=True)
class Reading:
    """A read of something that may be unset, and why that is so."""

    node: Node
    why: str

    @property
    def name(self) -> str:
        """The variable that is read."""
        return self.node.name if isinstance(self.node, Expansion) else self.node.anchor

    @property
    def evidence(self) -> Evidence:
        """The read as something a person has to look at."""
        return self.node.evidence(self.why)


def opened(script: ShellScript, read: Expansion, state: State) -> str:
    """Why a read may meet an unset variable; empty when it cannot."""
    if read.defaulted or read.kind in ("special", "workflow"):
        return ""
    if read.form == "!":
        listing = read.subscript in ALL or read.text.endswith(("*}", "@}"))
        return "" if listing else f"{read.text} reads a variable whose name only a run can tell"
    if read.subscript is not None:
        return _element(read, state)
    if state.has(read.name) or read.name in (BASH if script.dialect == "bash" else POSIX):
        return ""
    name, kind = read.name, read.kind
    said = f"${name} may be missing" if kind == "positional" else f"{name} may be unset"
    return f"{said}: ${{{name}:?}} where it is required, ${{{name}:-}} where it is optional"


def _element(read: Expansion, state: State) -> str:
    filled = f"{read.name}[]" in state.names or read.name in BASH_ARRAYS
    if read.subscript in ALL:
        return "" if filled else f"{read.name} may be empty, which bash before 4.4 takes for unset"
    known = filled and (read.subscript == "0" or read.name in ("BASH_VERSINFO", "PIPESTATUS"))
    return "" if known else f"{read.text} may have no such element"


def softened(script: ShellScript, reading: Reading) -> Edit | None:
    """The read with an empty default, where that says what the line already means: the script asks whether the value
    is there, or takes an argument that may be missing. None anywhere else.
    """
    read = reading.node
    if not isinstance(read, Expansion) or read.path != script.path:
        return None
    if read.form not in PLAIN or read.subscript is not None or not read.sound:
        return None
    if not (_asked(script, read) or _dispatched(read) or _taken(script, read)):
        return None
    if read.form == "$":
        return Edit(read.path, read.span, f"${{{read.name}:-}}")
    return Edit(read.path, Span(read.span.end - 1, read.span.end - 1), ":-")


def _asked(script: ShellScript, read: Expansion) -> bool:
    """Whether a test asks if it is empty, or compares it with something."""
    if not read.in_test:
        return False
    tests = [one for one in script.running("[", "[[", "test") if one.span.contains(read.span)]
    if not tests:
        return False
    words = tests[-1].words
    at = next((at for at, word in enumerate(words) if word.span.contains(read.span)), 0)
    if not re.fullmatch(r"[\"']?[\w.]?" + re.escape(read.text) + r"[\w.]?[\"']?", words[at].text):
        return False
    before = words[at - 1].text
    after = words[at + 1].text if at + 1 < len(words) else "]"
    return before in EMPTY_TESTS | EQUALITY or after in EQUALITY or (before in OPENS and after in CLOSES)


def _dispatched(read: Expansion) -> bool:
    """Whether a `case` chooses by it."""
    start = read.span.start
    return bool(CASE.search(read.source.text, max(0, start - BEFORE), start))


def _taken(script: ShellScript, read: Expansion) -> bool:
    """Whether it is the old value that a new one is added to (`PATH=/x:$PATH`), or an argument that may be left out."""
    for one in script.assignments:
        if one.value is not None and one.how != "prefix" and one.value.contains(read.span):
            whole = script.source.slice(one.value).strip("\"'") == read.text
            if read.kind == "positional":
                return whole and _optional(script, read, one.name)
            return one.name == read.name and not whole
    return False


def _optional(script: ShellScript, argument: Expansion, name: str) -> bool:
    """Whether the script can do without an argument: it counts its arguments, asks for this one, or lets it vanish."""
    uses = [one for one in script.expansions if one.name in (name, argument.name) and one.span != argument.span]
    counted = any(one.name == "#" and (one.in_test or one.within("arithmetic")) for one in script.expansions)
    if counted or any(one.defaulted or _asked(script, one) or _dispatched(one) for one in uses):
        return True
    words = {word.span for command in script.commands for word in command.words[1:]}
    return bool(uses) and all(one.span in words for one in uses)
