"""How far has the text of a YAML file been accounted for?"""

from __future__ import annotations

import re
from collections.abc import Sequence as Several
from dataclasses import dataclass, field

from autofix.node import UnreadableError
from autofix.surfaces.yaml.events import Event
from autofix.text import Span

BOM = "\ufeff"
MAX_LEAVES = 100_000

_BLANKS = re.compile(r"[ \t\r\n]*")
_COMMENT = re.compile(r"#[^\n]*")


@dataclass
class Cursor:
    """A place in `text` and in what the library saw there. `shown` is the text the events are of: the same length, with
    blanks for some tabs.
    """

    text: str
    shown: str
    events: Several[Event]
    comments: dict[int, Span] = field(default_factory=dict)
    cursor: int = 0
    step: int = 0
    leaves: int = 0
    depth: int = 0

    def close(self, bracket: str) -> None:
        self.skip()
        if self.text.startswith(",", self.cursor):
            self.cursor += 1
            self.skip()
        self.expect(bracket)

    def take(self, kind: str) -> Event:
        event = self.events[self.step]
        if event.kind != kind:
            raise self.lost(f"{kind} was expected, not {event.kind}")
        self.step += 1
        return event

    def skip(self) -> None:
        """Past blanks and comments."""
        while True:
            match = _BLANKS.match(self.text, self.cursor)
            self.cursor = match.end() if match else self.cursor
            comment = _COMMENT.match(self.text, self.cursor)
            if not comment:
                return
            end = comment.start() + len(comment[0].rstrip("\r"))
            self.comments[comment.start()] = Span(comment.start(), end)
            self.cursor = end

    def expect(self, what: str) -> None:
        if not self.text.startswith(what, self.cursor):
            raise self.lost(f"{what!r} was expected")
        self.cursor += len(what)

    def count(self, leaves: int) -> None:
        self.leaves += leaves
        if self.leaves > MAX_LEAVES:
            raise self.lost("aliases make too many values")

    def column(self, offset: int) -> int:
        start = self.text.rfind("\n", 0, offset) + 1
        return offset - start - self.text.startswith(BOM, start)

    def lost(self, reason: str) -> UnreadableError:
        return UnreadableError(reason, self.cursor)
