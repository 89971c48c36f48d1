"""How is a problem stated, and how is its repair?

A finder yields matches, a fixer answers each with a fix or a refusal. All of it is frozen and none of it writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Generic, NamedTuple, TypeVar

from autofix.node import Evidence, Node
from autofix.text import Edit, NewFile

N = TypeVar("N", bound=Node, covariant=True)
F = TypeVar("F", covariant=True)


class Severity(IntEnum):
    """How bad it is to ship the problem."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


class Safety(IntEnum):
    """How far a fix may be trusted.

    SAFE: in production only the problem goes away, and the evidence for that is in the repository.
    UNSAFE: right in most repositories, but a person has to look.
    MANUAL: reported, with a remedy a person can paste.
    """

    MANUAL = 0
    UNSAFE = 1
    SAFE = 2


class Reason(StrEnum):
    """Why a finding is left."""

    NO_FIXER = "no-fixer"
    BELOW_SAFETY = "below-safety"
    CLASH = "clash"
    WAITING_FOR = "waiting-for"
    OBJECTION = "objection"
    SUPPRESSED = "suppressed"
    UNEDITABLE = "uneditable"
    UNSURE = "unsure"
    NOT_CONVERGED = "not-converged"


@dataclass(frozen=True)
class Match(Generic[N, F]):
    """A node with the problem. `facts` is a frozen dataclass (or None) whose fields the rule's message may name;
    `evidence` says what else was seen that makes it a problem. `severity` lowers the rule's where less is at stake.
    """

    node: N
    facts: F
    evidence: tuple[Evidence, ...] = ()
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class Fix:
    """One transaction: all edits and files land, or none. `title` reads as a commit subject.

    `doubts` are what a person has to look at before the fix can be trusted; with any of them the fix is unsafe.
    `instead` is what is made in its place where unsafe fixes are allowed: it goes further and trusts more. `reads` are
    the files that a new one was made after: a fix of theirs that goes first has to be made before.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    files: tuple[NewFile, ...] = ()
    doubts: tuple[Evidence, ...] = field(default=())
    instead: Fix | None = field(default=None, repr=False)
    reads: tuple[str, ...] = ()

    @property
    def safety(self) -> Safety:
        """What was seen at the site; the rule's ceiling comes on top."""
        return Safety.UNSAFE if self.doubts else Safety.SAFE


@dataclass(frozen=True)
class Refusal:
    """Why this site is not edited: `needs` says which evidence is missing, `remedy` what a person could write."""

    needs: str
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()
    reason: Reason = Reason.UNSURE


class Key(NamedTuple):
    """What makes two findings of different rounds the same one. Several may share a key: they are counted."""

    rule: str
    path: str
    anchor: str
