"""What does a rule know about the repository?  Everything that was read, linked and frozen before it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from autofix.node import Document, Evidence
from autofix.text import Source, Span

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Service:
    """A thing that is deployed; its id is the compose path and the name. What it links to arrives with the linker."""

    path: str
    name: str


@dataclass(frozen=True)
class Project:
    """One repository at one moment.

    `documents` are the files that were understood, `sources` every text that was read (documents included), both by
    path; `occupied` is every path that exists, read or not.
    """

    documents: Mapping[str, Document]
    sources: Mapping[str, Source] = field(repr=False)
    occupied: frozenset[str] = field(repr=False)
    services: tuple[Service, ...] = ()

    @cached_property
    def surfaces(self) -> frozenset[str]:
        """The kinds of document there are."""
        return frozenset(type(document).__module__.split(".")[2] for document in self.documents.values())

    def of(self, kind: type[D]) -> Iterator[D]:
        """The documents of one kind, by path."""
        return (document for document in self.documents.values() if isinstance(document, kind))

    def mentions(self, pattern: re.Pattern[str], *needles: str) -> Iterator[Evidence]:
        """Every place in any text that matches, prose included; only texts that hold one of the needles are searched.

        For facts, never for edits.
        """
        for source in self.sources.values():
            if any(needle in source.text for needle in needles):
                for match in pattern.finditer(source.text):
                    yield Evidence(match.group().strip(), source.path, Span(*match.span()))
