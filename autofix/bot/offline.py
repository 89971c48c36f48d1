"""What would be opened, when there is no token to ask the forge with?  A dry run on the checkout at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autofix.bot.forge import Decoration, ForgeError, Issue, Repository, Request
from autofix.bot.git import Credentials, git


@dataclass(frozen=True)
class Offline:
    """The commits of a local repository, and no requests."""

    root: Path

    def repository(self) -> Repository:
        """The checkout; its branch is the base."""
        head = git("rev-parse", "--abbrev-ref", "HEAD", folder=self.root).strip()
        return Repository(self.root.resolve().as_uri(), head)

    def credentials(self) -> Credentials:
        """None are needed."""
        return Credentials()

    def open_requests(self, prefix: str) -> Sequence[Request]:  # noqa: ARG002
        """Nobody knows."""
        return ()

    def requests_of(self, branch: str) -> Sequence[Request]:  # noqa: ARG002
        """Nobody knows."""
        return ()

    def issues(self, label: str) -> Sequence[Issue]:  # noqa: ARG002
        """Nobody knows."""
        return ()

    def open(self, request: Request, *, draft: bool) -> tuple[Request, str]:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")

    def decorate(self, number: int, decoration: Decoration) -> list[str]:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")

    def change(self, number: int, *, title: str | None = None, body: str | None = None, close: bool = False) -> None:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")

    def comment(self, number: int, text: str) -> None:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")

    def open_issue(self, title: str, body: str, label: str) -> Issue:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")

    def change_issue(self, number: int, *, title: str, body: str, is_open: bool) -> None:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")

    def comment_issue(self, number: int, text: str) -> None:  # noqa: ARG002
        """Not from here."""
        raise ForgeError("there is no forge")
