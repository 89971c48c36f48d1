"""In which order does a shell evaluate the pieces of a script, and which of them belong to one construct?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Assignment, Command, Expansion, Frame
from autofix.surfaces.shell.strict_state import Ends
from autofix.text import Span

Event = Expansion | Assignment | Command
FAMILIES = {"condition": "if", "branch": "if", "and": "chain", "or": "chain", "loop": "loop"}


def ordered(script: ShellScript) -> list[Event]:
    """The pieces in the order in which they take effect: what a command or an assignment reads comes before it."""
    reads = ((one.span.start, 0, one) for one in script.expansions)
    sets = ((one.span.end, 1, one) for one in script.assignments)
    runs = ((one.span.end, 2, one) for one in script.commands)
    ordered: list[tuple[int, int, Event]] = [*reads, *sets, *runs]
    return [event for _, _, event in sorted(ordered, key=lambda one: one[:2])]


def grouped(events: Iterable[Event], depth: int) -> Iterator[tuple[tuple[str, Span], list[Event]]]:
    """The statements of a list: single pieces, and what one construct holds."""
    groups: dict[tuple[str, Span, int], list[Event]] = {}
    for at, event in enumerate(events):
        if len(event.context) <= depth:
            groups["", event.span, at] = [event]
        else:
            frame = event.context[depth]
            groups.setdefault((_family(frame), frame.span, -1), []).append(event)
    return (((family, span), inner) for (family, span, _), inner in groups.items())


def _family(frame: Frame) -> str:
    if frame.what == "loop" and frame.detail in ("while", "until"):
        return "if"
    return FAMILIES.get(frame.what, frame.what)


def clause(event: Event, span: Span, depth: int) -> tuple[str, int]:
    """Which part of an `if` a piece stands in; an `elif` stands in the `else` of the one before."""
    frame = event.context[depth]
    below = event.context[depth + 1] if len(event.context) > depth + 1 else None
    if frame.detail == "else" and below and below.span == span and below.what in ("condition", "branch"):
        return ("condition" if below.what == "condition" else "then"), depth + 2
    return ("condition" if frame.what == "condition" else frame.detail), depth + 1


def swapped(ends: Ends, *, really: bool) -> Ends:
    """Success and failure the other way round."""
    return (ends[1], ends[0]) if really else ends


def bare(script: ShellScript, span: Span) -> str:
    """The text of a span without its comments."""
    text = script.source.text
    for comment in reversed(script.comments()):
        if span.contains(comment):
            text = text[: comment.start] + " " * (comment.end - comment.start) + text[comment.end :]
    return text[span.start : span.end]
