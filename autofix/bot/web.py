"""How is a forge asked, and when again?

Again: when it says that it has no time now (429, 403 with a limit), when it is broken (5xx), when no answer came. A
question may be asked any number of times. A word that makes something new is repeated only when it surely was not
heard; else the caller is told to look (DoubtfulError).
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autofix import __version__
from autofix.bot import redact
from autofix.bot.forge import DoubtfulError, UnreachableError

AGENT = f"autofix/{__version__}"
BROKEN = 500
TOO_MANY = (403, 429)


@dataclass(frozen=True)
class Patience:
    """How often something is tried, how long the first pause is (it doubles), the longest one, and the pause that keeps
    writes apart, as GitHub asks for.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 300.0
    between_writes: float = 1.0
    timeout: float = 30.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass(frozen=True)
class Answer:
    """What came back: the headers by small names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401
        """The body as a value, None when it is none."""
        with contextlib.suppress(ValueError):
            return json.loads(self.body)
        return None

    @property
    def wait(self) -> float | None:
        """How long the forge wants to be left alone; None when that is not why it said no."""
        if self.status not in TOO_MANY:
            return None
        with contextlib.suppress(ValueError):
            if "retry-after" in self.headers:
                return float(self.headers["retry-after"])
            for limit in ("x-ratelimit", "ratelimit"):
                if self.headers.get(f"{limit}-remaining") == "0" and f"{limit}-reset" in self.headers:
                    return max(0.0, float(self.headers[f"{limit}-reset"]) - time.time()) + 1
        secondary = self.status == TOO_MANY[1] or b"rate limit" in self.body
        return 60.0 if secondary else None


@dataclass
class Web:
    """A connection that is kept, and how patient it is. `secrets` are cut out of everything it says."""

    patience: Patience = field(default_factory=Patience)
    secrets: set[str] = field(default_factory=set, repr=False)
    _session: Any = field(default=None, repr=False)

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """The answer, whatever its status, once it is one to us. Raises UnreachableError or DoubtfulError."""
        if method != "GET" and self.patience.between_writes:
            self.patience.sleep(self.patience.between_writes)
        problem = ""
        for attempt in range(self.patience.tries):
            pause = self.patience.first * 2**attempt
            try:
                answer = self._once(method, url, headers, body)
            except OSError as error:  # requests' own errors are of this kind
                problem = self._words(error)
                if method == "POST":
                    raise DoubtfulError(f"no answer: {problem}") from None
            else:
                if answer.wait is not None:
                    problem, pause = f"the limit of requests is reached ({answer.status})", answer.wait
                    self._check_patience(answer.wait)
                elif answer.status < BROKEN:
                    return answer
                else:
                    problem = f"the forge is broken ({answer.status})"
                    if method == "POST":
                        raise DoubtfulError(problem)
            if attempt + 1 < self.patience.tries:
                self.patience.sleep(min(pause, self.patience.longest))
        raise UnreachableError(f"{problem}, {self.patience.tries} times")

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if self._session is None:
            import requests

            self._session = requests.Session()
            self._session.auth = _keep  # else a .netrc would speak for us
        sent = dict(headers)
        if body is not None:
            sent["content-type"] = "application/json; charset=utf-8"
        with self._session.request(
            method, url, data=body, headers=sent, timeout=self.patience.timeout, allow_redirects=method == "GET"
        ) as came:
            small = {name.lower(): value for name, value in came.headers.items()}
            return Answer(came.status_code, small, came.content)

    def _check_patience(self, wait: float) -> None:
        if wait > self.patience.longest:
            when = time.strftime("%H:%M UTC", time.gmtime(time.time() + wait))
            raise UnreachableError(f"the limit of requests is reached until {when}; a later run goes on from here")

    def _words(self, error: Exception) -> str:
        inner = getattr(error, "args", None) or (error,)
        reason = getattr(inner[0], "reason", None) or inner[0]
        words = " ".join(f"{type(error).__name__}: {reason}".split())
        return redact.mask(words[:200], self.secrets)


def _keep(request: Any) -> Any:  # noqa: ANN401
    return request
