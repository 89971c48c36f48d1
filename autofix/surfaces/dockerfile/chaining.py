"""How is one more command put behind another one, so that a failure still stops the build?

In a chain the next link says `&&`. Where `set -e` is in force a command of its own must not become the left side of
one, because then it may fail unnoticed: there the new command stands for itself.
"""

from __future__ import annotations

import re

from autofix.finding import Reason, Refusal
from autofix.surfaces.dockerfile.commands import Call
from autofix.surfaces.dockerfile.document import Instruction, Stage
from autofix.surfaces.shell.nodes import Chain
from autofix.text import Edit, Span

REDIRECTED = re.compile(r"(?:\s*(?:\d*>&\d|\d*&?>>?\s*[^\s;&|]+))*")
LEADING = re.compile(r"\n([ \t]*)&&[ \t]")
TRAILING = re.compile(r"&&[ \t]*\\\r?\n([ \t]*)")
PARTED = re.compile(r";[ \t]*\\\r?\n([ \t]*)")
ERREXIT = re.compile(r"-[a-zA-Z]*e[a-zA-Z]*")


def command_behind(call: Call, stage: Stage, text: str) -> Edit | Refusal:
    """The command `text` right behind a call, in the style of the instruction."""
    part = call.part
    if part is None or call.command is None:
        return Refusal("the exec form runs one command only", reason=Reason.UNEDITABLE)
    if not call.sound:
        return Refusal("the line is not fully understood", reason=Reason.UNEDITABLE)
    if any(frame.what != "and" for frame in call.context):
        return Refusal("the command stands inside of others", reason=Reason.UNEDITABLE)
    redirected = REDIRECTED.match(part.joined.text, call.command.span.end)
    end = redirected.end() if redirected else call.command.span.end
    at = part.joined.span(call.command.span.start, end).end
    alone = _stops_at_errors(call, stage) and _last_of_statement(call, end)
    return Edit(call.path, Span(at, at), _written(call, text, at, alone=alone))


def _written(call: Call, text: str, at: int, *, alone: bool) -> str:
    one, source = call.instruction, call.source
    if one.heredocs and any(body.span.contains(Span(at, at)) for body in one.heredocs):
        return f"{source.newline}{source.indent_at(at)}{text}" if alone else f" && {text}"
    if one.first == one.text_last:
        return f"; {text}" if alone else f" && {text}"
    written = source.text[one.span.start : one.arguments.end]
    if alone:
        found = PARTED.search(written)
        return f"; \\{source.newline}{found[1] if found else _indent(one)}{text}"
    if (trailing := TRAILING.search(written)) and not LEADING.search(written):
        return f" && \\{source.newline}{trailing[1]}{text}"
    leading = LEADING.search(written)
    return f" \\{source.newline}{leading[1] if leading else _indent(one)}&& {text}"


def _indent(one: Instruction) -> str:
    """The blanks before the second line, or those of a line that goes on."""
    source = one.source
    return source.indent_at(source.line_starts[one.first + 1]) if one.text_last > one.first else "    "


def _last_of_statement(call: Call, end: int) -> bool:
    """Whether nothing is chained to a command that something else follows, or that is no chain at all."""
    assert call.part is not None
    assert call.command is not None
    chain = _chain(call)
    if chain is None:
        return True
    rest = call.part.joined.text[chain.span.end :].strip(" \t\r\n;")
    return bool(rest) and chain.links[-1].end <= end


def _chain(call: Call) -> Chain | None:
    """The whole chain a command is a link of."""
    if call.part is None or call.command is None:
        return None
    around = [one for one in call.part.script.chains if one.span.contains(call.command.span)]
    return min(around, key=lambda one: one.span.start, default=None)


def _stops_at_errors(call: Call, stage: Stage) -> bool:
    """Whether `set -e` is in force, from the script, its first line or the SHELL of the stage."""
    assert call.part is not None
    assert call.command is not None
    script = call.part.script
    for one, _ in script.sets:
        options = [word.value or "" for word in one.arguments]
        switched = any(ERREXIT.fullmatch(word) for word in options) or "errexit" in options
        if one.span.start < call.command.span.start and switched:
            return True
    first = script.source.text.partition("\n")[0]
    shells = [one for one in stage.of("SHELL") if one.first < call.instruction.first]
    words = shells[-1].json or () if shells else ()
    return (first.startswith("#!") and bool(re.search(r"\s-[a-z]*e", first))) or any(map(ERREXIT.match, words))
