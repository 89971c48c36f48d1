"""Where and how does a script switch strict mode on?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.options import options
from autofix.text import Edit, Span

LETTERS = re.compile(r"-[A-Za-z]+")
KEPT = re.compile(r"#[ \t]*shellcheck[ \t]+\w+=")


@dataclass(frozen=True)
class Switch:
    """The `set` that stops the script at errors, if there is one, and whether it, or the first line, does so."""

    command: Command | None
    stops: bool


def strict_already(script: ShellScript) -> bool:
    """Whether somebody has decided about unset variables, one way or the other."""
    shebang = script.shebang.options.on if script.shebang else frozenset()
    switched = [said for _, said in script.sets if said]
    return "nounset" in shebang or any("nounset" in said.on | said.off for said in switched)


def switch_of(script: ShellScript) -> Switch:
    """What the script does today."""
    first = next((one for one, said in script.sets if said and "errexit" in said.on), None)
    shebang = script.shebang.options.on if script.shebang else frozenset()
    return Switch(first, first is not None or "errexit" in shebang)


def merged_into(command: Command, *, pipefail: bool) -> Edit | None:
    """The existing `set` with `u`, and pipefail on demand; None when it is written in a way that cannot be added to."""
    for at, word in enumerate(command.arguments):
        before = command.arguments[at - 1].text if at else ""
        if word.text == "errexit" and before == "-o":
            more = " -o nounset" + (" -o pipefail" if pipefail else "")
            return Edit(command.path, Span(word.span.end, word.span.end), more)
        if LETTERS.fullmatch(word.text) and "e" in word.text and not (before.endswith("o") and before[:1] == "-"):
            return Edit(command.path, word.span, _lettered(command, at, pipefail=pipefail))
    return None


def _lettered(command: Command, at: int, *, pipefail: bool) -> str:
    text = command.arguments[at].text.replace("e", "eu", 1)
    said = options([word.value for word in command.arguments])
    if (
        not pipefail
        or said is None
        or said.rest
        or "pipefail" in said.on
        or any("o" in word.text for word in command.arguments)
    ):
        return text
    return f"{text}o pipefail" if len(command.arguments) == 1 else text


def inserted(script: ShellScript, *, pipefail: bool) -> Edit:
    """A line of its own behind the first one and the comment that describes the file."""
    source = script.source
    at, place = 1, 1
    while at < len(source.line_starts) and source.slice(source.line_span(at)).startswith("#"):
        at += 1
        if KEPT.match(source.slice(source.line_span(at - 1))):
            place = at
    blank = at >= len(source.line_starts) or not source.slice(source.line_span(at)).strip()
    start = source.line_starts[at if blank else place]
    first = source.slice(source.line_span(0))
    ending = "\r\n" if first.endswith("\r\n") else "\n"
    line = "set -euo pipefail" if pipefail else "set -eu"
    return Edit(script.path, Span(start, start), line + ending)
