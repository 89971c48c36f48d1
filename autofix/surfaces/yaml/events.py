"""What does the library see in a YAML text?  Its parser's steps, as values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from autofix.node import UnreadableError
from autofix.surfaces.yaml.tree import Style

_LEADING = re.compile(r"(?m)^[ \t]+(?=[^ \t\r\n])")


class Event(NamedTuple):
    """One step of the parser; `end` is an offset in the text, `kind` the library's name for it."""

    kind: str
    end: int
    value: str = ""
    style: Style = ""
    anchor: str = ""
    tag: str = ""
    flow: bool = False
    explicit: bool = False


def events_of(text: str) -> tuple[str, tuple[Event, ...]]:
    """The text the library could read, and what it saw in it. Raises UnreadableError.

    The library takes no tab between tokens though YAML does. It is then shown blanks in the place of tabs, except in
    an indentation, where a tab is wrong and stays so. Offsets hold, since nothing changes its length.
    """
    try:
        return text, _parse(text)
    except UnreadableError:
        if "\t" not in text:
            raise
        shown = _without_tabs(text)
        return shown, _parse(shown)


def _without_tabs(text: str) -> str:
    parts, at = list[str](), 0
    for match in _LEADING.finditer(text):
        parts += (text[at : match.start()].replace("\t", " "), match[0])
        at = match.end()
    return "".join((*parts, text[at:].replace("\t", " ")))


def _parse(text: str) -> tuple[Event, ...]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return tuple(_event(event) for event in YAML(typ="safe", pure=True).parse(text))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        raise UnreadableError(str(reason), mark.index if mark else getattr(error, "position", 0)) from error
    except (OverflowError, ValueError) as error:
        raise UnreadableError("an escape of no character") from error


def _event(event: object) -> Event:
    tag = getattr(event, "tag", None)
    return Event(
        type(event).__name__.removesuffix("Event"),
        event.end_mark.index,  # type: ignore[attr-defined]
        getattr(event, "value", None) or "",
        getattr(event, "style", None) or "",
        getattr(event, "anchor", None) or "",
        str(tag) if tag else "",
        bool(getattr(event, "flow_style", None)),
        bool(getattr(event, "explicit", None)),
    )


def aliased(events: Sequence[Event]) -> frozenset[int]:
    """The numbers of the events whose anchors an alias uses."""
    latest: dict[str, int] = {}
    used = set()
    for number, event in enumerate(events):
        if event.kind == "DocumentStart":
            latest.clear()
        elif event.kind != "Alias" and event.anchor:
            latest[event.anchor] = number
        elif event.anchor in latest:
            used.add(latest[event.anchor])
    return frozenset(used)
