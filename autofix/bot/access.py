"""Who is the bot to GitHub?  A token, or an App that gets a new one for the repository every hour."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from autofix.bot.forge import UnreachableError

if TYPE_CHECKING:
    from autofix.bot.github import Caller

EARLY = 300.0  # an hour's token is exchanged this many seconds before its end


class Access(Protocol):
    """Where tokens come from."""

    def token(self, caller: Caller) -> str:
        """A token that is good for some minutes."""

    def renew(self) -> bool:
        """The token was refused; whether another one can be had."""


@dataclass(frozen=True)
class Token:
    """One token, for as long as it is good."""

    value: str = field(repr=False)

    def token(self, caller: Caller) -> str:  # noqa: ARG002
        """The token."""
        return self.value

    def renew(self) -> bool:
        """There is no other."""
        return False


@dataclass
class App:
    """A GitHub App: its key signs a statement, the statement is exchanged for a token of its installation."""

    id: str
    key: str = field(repr=False)
    repository: str
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _renewed: int = 0

    def token(self, caller: Caller) -> str:
        """The token of the installation, a new one when the old one ends soon."""
        if not self._token or time.time() > self._until - EARLY:
            self._exchange(caller)
        return self._token

    def renew(self) -> bool:
        """Forget the token. Twice in a run is a problem that a third would not solve."""
        self._token, self._renewed = "", self._renewed + 1
        return self._renewed <= 2

    def _exchange(self, caller: Caller) -> None:
        owner, name = self.repository.split("/")
        where = {"owner": owner, "repo": name}
        found = caller.call("GET", "/repos/{owner}/{repo}/installation", where, jwt=self._statement())
        made = caller.call(
            "POST",
            "/app/installations/{installation_id}/access_tokens",
            {"installation_id": str(found["id"])},
            {"repositories": [name]},
            jwt=self._statement(),
            again=True,
        )
        self._token, self._until = made["token"], datetime.fromisoformat(made["expires_at"]).timestamp()
        caller.web.secrets.add(self._token)

    def _statement(self) -> str:
        from gidgethub.apps import get_jwt
        from jwt import PyJWTError

        try:
            return get_jwt(app_id=self.id, private_key=self.key, expiration=540)
        except (ValueError, TypeError, PyJWTError) as error:
            raise UnreachableError(f"the App's private key cannot be read: {type(error).__name__}") from None
