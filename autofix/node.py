"""What is a document made of, as far as a rule may see?

Frozen values only: no parser object outlives `parse`, so documents compare, pickle and can be asked from anywhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from autofix.text import Source, Span

Atom = tuple[Span | None, Hashable]


@dataclass(frozen=True)
class Evidence:
    """One reason to believe something: `what` was seen, and where. Without a span it is the file as a whole."""

    what: str
    path: str = ""
    span: Span | None = None


@dataclass(frozen=True)
class Node:
    """A part of a document. `anchor` names it by meaning (`stage:runner`, `services.api.healthcheck`), so that it is
    the same node in the next round although it moved.
    """

    source: Source = field(repr=False)
    span: Span
    anchor: str

    @property
    def path(self) -> str:
        """The file the node stands in."""
        return self.source.path

    @property
    def text(self) -> str:
        """The node as it is written."""
        return self.source.slice(self.span)

    def evidence(self, what: str) -> Evidence:
        """This node as a reason to believe `what`."""
        return Evidence(what, self.path, self.span)


@dataclass(frozen=True)
class Document(ABC):
    """A file that was understood. `surfaces/<kind>/document.py` has one subclass each and a `parse(source)`."""

    source: Source

    @property
    def path(self) -> str:
        """The file the document was read from."""
        return self.source.path

    @property
    def surface(self) -> str:
        """The kind of file it is: the name of the folder below `surfaces` that its class lives in."""
        return type(self).__module__.split(".")[2]

    @abstractmethod
    def atoms(self) -> Sequence[Atom]:
        """Everything the file means, in order, each with the place that says it.

        An atom that no single place says has no span. An edit that leaves the places of two equal sequences of
        atoms alone did not change what they mean.
        """

    @abstractmethod
    def comments(self) -> Sequence[Span]:
        """The comments, each without its line ending."""

    def scopes(self) -> Sequence[Span]:
        """The parts a suppression comment may stand over: stages, services."""
        return ()


class UnreadableError(ValueError):
    """The file cannot be read exactly, so nothing in it may be edited. `offset` is where it stopped making sense."""

    def __init__(self, reason: str, offset: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
