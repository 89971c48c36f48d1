"""Which variables does a script read that may have no value at that moment?

The pieces of a script know what is around them. Read in the order in which a shell evaluates them, their frames nest
like the script does; each construct here says what is known behind it. Functions run where they are called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Assignment, Command
from autofix.surfaces.shell.strict_order import Event, bare, clause, grouped, ordered, swapped
from autofix.surfaces.shell.strict_reads import Reading, opened
from autofix.surfaces.shell.strict_state import Ends, Moment, State, join
from autofix.surfaces.shell.strict_steps import after_assignment, after_command
from autofix.text import Span

FOR = re.compile(r"(?:for|select)[ \t]+([A-Za-z_]\w*)\b")
SUBJECT = re.compile(r"case\s+[\"']?\$\{?([A-Za-z_]\w*|[1-9]\d*)(?:(?::?-))?\}?[\"']?\s+in\b")
EMPTY_ARM = re.compile(r"\)\s*;;")
ROUNDS = 6


@dataclass(frozen=True)
class Routine:
    """The body of a function, and the script it stands in."""

    flow: Flow
    events: tuple[Event, ...]
    depth: int
    born: State


@dataclass
class World:
    """What all scripts of one run share: functions by name, what was found, where `return` and `break` lead."""

    find: Callable[[ShellScript, Command], ShellScript | None]
    switch: Span | None
    routines: dict[str, Routine] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    active: list[str] = field(default_factory=list)
    readings: dict[tuple[str, Span], Reading] = field(default_factory=dict)
    known: dict[tuple[str, State], Moment] = field(default_factory=dict)
    returns: list[list[Moment]] = field(default_factory=lambda: [[]])
    breaks: list[list[Moment]] = field(default_factory=lambda: [[]])


@dataclass(frozen=True)
class Flow:
    """One script on its way through a run."""

    script: ShellScript
    world: World

    def start(self, state: State) -> Moment:
        """Run the whole script from a state."""
        return join(*self.run(ordered(self.script), 0, state))

    def run(self, events: Iterable[Event], depth: int, moment: Moment) -> Ends:
        """A list of statements, one after the other."""
        ends: Ends = (moment, moment)
        for (family, span), inner in grouped(events, depth):
            now = join(*ends)
            if now is None:
                return None, None
            ends = self._construct(family, span, inner, depth, now) if family else self._leaf(inner[0], now)
        return ends

    def _construct(self, family: str, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:
        special: Callable[[Span, Sequence[Event], int, State], Ends] | None = getattr(self, f"_{family}", None)
        if special is not None:
            return special(span, events, depth, state)
        return self.run(events, depth + 1, state)  # group, string, test, arithmetic, heredoc

    def _not(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:  # noqa: ARG002
        yes, no = self.run(events, depth + 1, state)
        return no, yes

    def _apart(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:  # noqa: ARG002
        """What runs in a process of its own sets nothing here."""
        world = self.world
        world.breaks.append([])
        world.returns.append([])
        for _, stage in groupby(events, key=lambda event: event.context[depth].detail):
            self.run(list(stage), depth + 1, state)
        world.breaks.pop()
        world.returns.pop()
        return state, state

    _subshell = _substitution = _process = _background = _pipeline = _apart

    def _expansion(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:
        """The word of `${X:-word}` is evaluated or not; that of `${X:+word}` only when X has a value."""
        outer = next((one for one in self.script.expansions if one.span == span), None)
        inner = state.knowing(outer.name) if outer and outer.form in (":+", "+") else state
        self.run(events, depth + 1, inner)
        return state, state

    def _chain(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:
        chain = next((one for one in self.script.chains if one.span == span), None)
        if chain is None:
            sure = [one for one in events if one.context[depth].detail == "left"]
            yes, no = self.run(sure, depth + 1, state)
            rest = [one for one in events if one.context[depth].detail != "left"]
            both = join(yes, no)
            after = join(both, *self.run(rest, depth + 1, both))
            return after, after
        yes, no = state, None
        for at, link in enumerate(chain.links):
            inside = [one for one in events if link.start <= one.span.start < link.end]
            below = depth + (2 if 0 < at < len(chain.links) - 1 else 1)
            if at == 0:
                yes, no = self.run(inside, below, state)
            elif chain.operators[at - 1].text == "&&":
                yes, failed = self.run(inside, below, yes)
                no = join(no, failed)
            else:
                passed, no = self.run(inside, below, no)
                yes = join(yes, passed)
        return yes, no

    def _if(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:
        if events[0].context[depth].detail in ("while", "until"):
            return self._while(span, events, depth, state)
        ends: list[Moment] = []
        yes: Moment = state
        no: Moment = state
        for (what, below), group in groupby(events, key=lambda event: clause(event, span, depth)):
            inside = list(group)
            if what == "condition":
                yes, no = self.run(inside, below, no)
            elif what == "then":
                ends.append(join(*self.run(inside, below, yes)))
            else:
                ends.append(join(*self.run(inside, below, no)))
                no = None
        after = join(*ends, no)
        return after, after

    def _while(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:  # noqa: ARG002
        asked = [one for one in events if one.context[depth].what == "condition"]
        body = [one for one in events if one.context[depth].what != "condition"]
        until = events[0].context[depth].detail == "until"
        return self._round(state, body, depth, lambda now: swapped(self.run(asked, depth + 1, now), really=until))

    def _loop(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:
        found = FOR.match(self.script.source.text, span.start)
        name = found[1] if found else ""
        return self._round(state, events, depth, lambda now: (now.knowing(name) if now and name else now, now))

    def _round(self, state: State, body: Sequence[Event], depth: int, ask: Callable[[Moment], Ends]) -> Ends:
        entry: Moment = state
        out: Moment = None
        for _ in range(ROUNDS):
            self.world.breaks.append([])
            yes, no = ask(entry)
            again = join(*self.run(body, depth + 1, yes), *self.world.breaks[-1])
            out = join(no, *self.world.breaks.pop())
            following = join(entry, again)
            if following == entry:
                break
            entry = following
        return out, out

    def _case(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:
        found = SUBJECT.match(self.script.source.text, span.start)
        ends: list[Moment] = []
        patterns: list[str] = []
        for pattern, group in groupby(events, key=lambda event: event.context[depth].detail):
            arm = self._in_arm(pattern, found[1] if found else "", span, state)
            ends.append(join(*self.run(list(group), depth + 1, arm)))
            patterns.append(pattern)
        whole = "*" in patterns and not EMPTY_ARM.search(bare(self.script, span))
        after = join(*ends, None if whole else state)
        return after, after

    def _in_arm(self, pattern: str, subject: str, span: Span, state: State) -> State:
        words = [one.strip() for one in pattern.split("|")]
        if subject and all(re.search(r"[\w./-]", one) for one in words):
            state = state.knowing(subject)
        asked = [one for one in self.script.running("getopts") if one.span.start < span.start]
        spec = asked[-1].arguments[0].value if asked and asked[-1].arguments else None
        letters = [one.strip("\\\"'") for one in words]
        if spec and all(f"{one}:" in spec if one.isalnum() else spec[0] == ":" for one in letters if one):
            state = state.knowing("OPTARG")
        return state

    def _function(self, span: Span, events: Sequence[Event], depth: int, state: State) -> Ends:  # noqa: ARG002
        name = events[0].context[depth].detail
        self.world.routines[name] = Routine(self, tuple(events), depth + 1, state)
        return state, state

    def call(self, name: str, state: State, args: int) -> Moment:
        """What is known when a function that was called with so many arguments is done."""
        world, routine = self.world, self.world.routines[name]
        world.called.add(name)
        entry = replace(state, args=args, own=frozenset())
        if name in world.active:
            return state
        if (name, entry) not in world.known:
            world.active.append(name)
            world.returns.append([])
            end = join(*routine.flow.run(routine.events, routine.depth, entry), *world.returns[-1])
            world.returns.pop()
            world.active.pop()
            world.known[name, entry] = end
        end = world.known[name, entry]
        if end is None:
            return None
        names = (end.names - end.own) | (end.own & state.names)
        return replace(state, names=names, strict=end.strict)

    def _leaf(self, event: Event, state: State) -> Ends:
        if isinstance(event, Command):
            return after_command(self, event, state)
        if isinstance(event, Assignment):
            state = after_assignment(event, state)
            return state, state
        why = opened(self.script, event, state)
        if why and state.strict:
            self.world.readings[event.path, event.span] = Reading(event, why)
        if event.form in (":=", "=", ":?", "?"):
            state = state.knowing(event.name)
        return state, state


def readings(
    script: ShellScript,
    switch: Span | None,
    find: Callable[[ShellScript, Command], ShellScript | None],
    given: frozenset[str] = frozenset(),
) -> tuple[Reading, ...]:
    """Every read of what may be unset once unset variables stop the script: from `switch` on, or from its start.

    `given` are the names that have a value before the script begins.
    """
    world = World(find, switch)
    flow = Flow(script, world)
    flow.start(State(given, strict=switch is None))
    for name in sorted(set(world.routines) - world.called):
        if world.routines[name].flow.script.path != script.path:
            continue
        flow.call(name, replace(world.routines[name].born, strict=True), 0)
    return tuple(sorted(world.readings.values(), key=lambda one: (one.node.path != script.path, one.node.span)))
