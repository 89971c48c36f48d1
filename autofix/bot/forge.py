"""What does the bot ask of a forge?  The same of each: GitHub, its Enterprise Server, GitLab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from autofix.bot.git import Credentials

PER_PAGE = 100
MOST_PAGES = 20
FEW_PAGES = 3  # where we look for an issue of ours that lost its label


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    CLOSED = "closed"  # unmerged
    MERGED = "merged"


@dataclass(frozen=True)
class Repository:
    """What the forge says about the repository."""

    clone_url: str
    default_branch: str


@dataclass(frozen=True)
class Request:
    """A pull request or merge request of the repository's own branches."""

    number: int
    url: str
    branch: str
    base: str
    title: str
    body: str
    state: State


@dataclass(frozen=True)
class Issue:
    """An issue."""

    number: int
    url: str
    title: str
    body: str
    is_open: bool


@dataclass(frozen=True)
class Decoration:
    """What a request is given when it is opened."""

    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


class ForgeError(Exception):
    """The forge did not do it; the words are one line and hold no secret."""


class RefusedError(ForgeError):
    """The forge said no; `status` is its code."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class UnreachableError(ForgeError):
    """The forge cannot be asked any more: no answer, no permission, or no patience. Going on makes no sense."""


class DoubtfulError(ForgeError):
    """The word was sent and no answer came: it may have been done."""


class ExistsError(ForgeError):
    """There is one already."""


class Forge(Protocol):
    """The protocol. Everything that fails raises ForgeError."""

    def repository(self) -> Repository:
        """The repository. Raises UnreachableError when it cannot be seen."""

    def credentials(self) -> Credentials:
        """What git shows to the forge, good for the next minutes."""

    def open_requests(self, prefix: str) -> Sequence[Request]:
        """The open requests of branches that begin so."""

    def requests_of(self, branch: str) -> Sequence[Request]:
        """Every request of one branch, the newest first."""

    def open(self, request: Request, *, draft: bool) -> tuple[Request, str]:
        """Open a request (its number and url are not known yet); and what it could not be given, in words.

        Raises ExistsError when its branch has an open one.
        """

    def decorate(self, number: int, decoration: Decoration) -> list[str]:
        """Give it labels, reviewers, assignees; answers what could not be given, in words."""

    def change(self, number: int, *, title: str | None = None, body: str | None = None, close: bool = False) -> None:
        """Change a request."""

    def comment(self, number: int, text: str) -> None:
        """Say something at a request."""

    def issues(self, label: str) -> Sequence[Issue]:
        """The issues that carry a label, and the newest open ones when none does."""

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue."""

    def change_issue(self, number: int, *, title: str, body: str, is_open: bool) -> None:
        """Change an issue."""

    def comment_issue(self, number: int, text: str) -> None:
        """Say something at an issue."""
