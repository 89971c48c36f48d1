"""What does one command or one assignment change about what is known?"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from autofix.surfaces.shell.nodes import Assignment, Command
from autofix.surfaces.shell.options import options
from autofix.surfaces.shell.strict_reads import Reading
from autofix.surfaces.shell.strict_state import BASH, Ends, State, join, judged
from autofix.surfaces.shell.words import Word

if TYPE_CHECKING:
    from autofix.surfaces.shell.strict_flow import Flow

FILLED = re.compile(r"\(\s*(?:[\"'][^\"'$]|[^\s()\"'$*?\[]|\[[^\]]+\]=)")
IN_TRAP = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)[}%#/^,])")
DECLARES = frozenset({"local", "declare", "typeset"})
ENDS = frozenset({"exit", "return", "break", "continue"})


def after_assignment(one: Assignment, state: State) -> State:
    """The name has a value afterwards; one that is only declared in a function has none."""
    if one.how in {"prefix", "for", "select"}:
        return state
    if one.how in DECLARES and one.function:
        state = replace(state, own=state.own | {one.name})
    if not one.sets:
        return state.without(one.name) if one.how == "local" else state
    value = one.source.slice(one.value) if one.value else ""
    if one.how == "mapfile" or (value.startswith("(") and not FILLED.match(value)):
        return state if one.operator == "+=" else state.without(one.name)
    if value.startswith("("):
        return state.knowing(f"{one.name}[]").knowing(one.name)
    return state.knowing(one.name)


def after_command(flow: Flow, command: Command, state: State) -> Ends:
    """What is known when a command succeeded, and when it failed."""
    name = command.effective.value
    if name in flow.world.routines and not command.wrappers:
        end = flow.call(name, state, _sure(command.words[1:], state))
        return end, end
    _lent(flow, command, state)
    if command.runs("[", "[[", "test"):
        return judged(command, state)
    if name in ENDS or (command.name == "exec" and len(command.words) > 1):
        _leave(flow, name or "", state)
        return None, None
    if name in ("true", ":", "false"):
        return (None, state) if name == "false" else (state, None)
    step = STEPS.get(name or "")
    end = step(flow, command, state) if step else state
    return end, end


def _leave(flow: Flow, name: str, state: State) -> None:
    if name == "return":
        flow.world.returns[-1].append(state)
    elif name in ("break", "continue"):
        flow.world.breaks[-1].append(state)


def _lent(flow: Flow, command: Command, state: State) -> None:
    """Functions whose names are given to other programs run at some time."""
    for word in command.words[1:]:
        if word.value in flow.world.routines:
            flow.call(word.value, state, 0)


def _sure(words: tuple[Word, ...], state: State) -> int:
    """How many arguments there are at least."""
    count = 0
    for word in words:
        if word.text == '"$@"':
            count += state.args
        elif word.value is not None or (word.text[:1] == '"' and not re.search(r"\$@|\[@\]|\$\{@", word.text)):
            count += 1
    return count


def _shift(flow: Flow, command: Command, state: State) -> State:  # noqa: ARG001
    said = command.arguments[0].value if command.arguments else "1"
    number = int(said) if said and said.isdecimal() else state.args
    return replace(state, args=max(0, state.args - number))


def _set(flow: Flow, command: Command, state: State) -> State:
    if command.span == flow.world.switch:
        state = replace(state, strict=True)
    said = options([word.value for word in command.arguments])
    opened = any(word.text == "--" for word in command.arguments)
    if said is None or said.rest or opened:
        rest = command.arguments[-said.rest :] if said and said.rest else ()
        return replace(state, args=_sure(rest, state))
    return state


def _unset(flow: Flow, command: Command, state: State) -> State:  # noqa: ARG001
    for word in command.arguments:
        state = state.without(word.text)
    return state


def _cd(flow: Flow, command: Command, state: State) -> State:  # noqa: ARG001
    return state.knowing("OLDPWD")


def _read(flow: Flow, command: Command, state: State) -> State:  # noqa: ARG001
    return state.knowing("REPLY")


def _source(flow: Flow, command: Command, state: State) -> State:
    script = flow.world.find(flow.script, command)
    if script is None or f". {script.path}" in flow.world.active:
        return state
    flow.world.active.append(f". {script.path}")
    flow.world.returns.append([])
    inner = type(flow)(script, flow.world)
    end = join(inner.start(state), *flow.world.returns.pop())
    flow.world.active.pop()
    return end or state


def _trap(flow: Flow, command: Command, state: State) -> State:
    """The commands of a trap run when it is caught, at the earliest now."""
    if not command.arguments:
        return state
    word = command.arguments[0]
    for name in re.findall(r"[\w-]+", word.text):
        if name in flow.world.routines:
            flow.call(name, state, 0)
    for found in IN_TRAP.finditer(word.text) if word.text[:1] == "'" else ():
        name = found[1] or found[2]
        if state.strict and not state.has(name) and name not in BASH:
            why = f"{name} may be unset when the trap runs"
            flow.world.readings[command.path, command.span] = Reading(command, why)
    return state


STEPS = {"shift": _shift, "set": _set, "unset": _unset, "cd": _cd, "pushd": _cd, "read": _read, "source": _source,
         ".": _source, "trap": _trap}  # fmt: skip
