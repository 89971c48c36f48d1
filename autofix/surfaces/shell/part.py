"""What is a script made of, before anyone asks what it means?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.text import Span


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of syntax: what kind, where, what it consists of, its role in the whole, and whether it is sound.

    `kind` is the grammar's name for it; a token without a name is its own kind.
    """

    kind: str
    span: Span
    children: tuple[Part, ...] = ()
    role: str = ""
    named: bool = True
    broken: bool = False

    def walk(self) -> Iterator[Part]:
        """The part itself and all below it, in order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting += reversed(part.children)

    def child(self, *kinds: str) -> Part | None:
        """The first child of one of the kinds."""
        return next((part for part in self.children if part.kind in kinds), None)
