"""How is GitHub asked?  github.com and Enterprise Server alike; only the address of the API differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autofix.bot import redact
from autofix.bot.access import Access
from autofix.bot.forge import (
    FEW_PAGES,
    MOST_PAGES,
    PER_PAGE,
    Decoration,
    DoubtfulError,
    ExistsError,
    ForgeError,
    Issue,
    RefusedError,
    Repository,
    Request,
    State,
    UnreachableError,
)
from autofix.bot.git import Credentials
from autofix.bot.web import AGENT, Answer, Web


def api_of(server: str) -> str:
    """The address of the API of a server."""
    server = server.rstrip("/")
    return "https://api.github.com" if server in {"", "https://github.com"} else f"{server}/api/v3"


@dataclass(frozen=True)
class Caller:
    """One request after the other, signed."""

    web: Web
    api: str
    access: Access

    def call(
        self,
        method: str,
        path: str,
        names: Mapping[str, str],
        data: Any = None,  # noqa: ANN401
        *,
        jwt: str = "",
        again: bool = False,
    ) -> Any:  # noqa: ANN401
        """What GitHub answers. `again` repeats a word that may be said twice. Raises ForgeError."""
        return self._page(method, path, names, data, jwt=jwt, again=again)[0]

    def pages(self, path: str, names: Mapping[str, str], few: int = 0) -> Iterator[Any]:
        """The items of a list, page by page; with `few` those of the first pages only."""
        at = path
        for _ in range(few or MOST_PAGES):
            items, more = self._page("GET", at, names, None)
            yield from items
            if not more:
                return
            at, names = more, {}
        if few:
            return
        raise UnreachableError(f"more than {MOST_PAGES} pages of {path.partition('{?')[0]}")

    def _page(
        self,
        method: str,
        path: str,
        names: Mapping[str, str],
        data: Any,  # noqa: ANN401
        *,
        jwt: str = "",
        again: bool = False,
    ) -> tuple[Any, str | None]:
        from gidgethub import HTTPException, sansio

        url = path if path.startswith(("http:", "https:")) else sansio.format_url(path, names, base_url=self.api)
        body = None if data is None else json.dumps(data).encode()
        answer = self._signed(method, url, body, jwt, again=again)
        try:
            found, _, more = sansio.decipher_response(answer.status, answer.headers, answer.body)
        except HTTPException as error:
            raise _refused(answer, redact.mask(" ".join(str(error).split()), self.web.secrets)) from None
        except ValueError:
            raise UnreachableError(f"what {self.api} answers is not what GitHub would") from None
        return found, more

    def _signed(self, method: str, url: str, body: bytes | None, jwt: str, *, again: bool) -> Answer:
        from gidgethub import sansio

        while True:
            signed = {"jwt": jwt} if jwt else {"oauth_token": self.access.token(self)}
            headers = sansio.create_headers(AGENT, accept="application/vnd.github+json", **signed)
            try:
                answer = self.web.ask(method, url, headers, body)
            except DoubtfulError:
                if not again:
                    raise
                again = False
                continue
            if answer.status != 401 or jwt or not self.access.renew():
                return answer


@dataclass(frozen=True)
class GitHub:
    """One repository there."""

    caller: Caller
    name: str

    def repository(self) -> Repository:
        """The repository."""
        try:
            found = self._call("GET", "")
        except RefusedError as error:
            if error.status == 404:
                raise UnreachableError(f"{self.name} does not exist, or this token may not see it") from error
            raise
        return Repository(found["clone_url"], found["default_branch"])

    def credentials(self) -> Credentials:
        """GitHub takes any token as the password of this user."""
        return Credentials("x-access-token", self.caller.access.token(self.caller))

    def open_requests(self, prefix: str) -> Sequence[Request]:
        """The open requests of branches that begin so."""
        found = self._list("/pulls{?state,per_page}", state="open")
        return [_request(one) for one in found if one["head"]["ref"].startswith(prefix) and self._is_own(one)]

    def requests_of(self, branch: str) -> Sequence[Request]:
        """Every request of one branch, the newest first."""
        head = f"{self.name.split('/')[0]}:{branch}"
        found = self._list("/pulls{?state,head,per_page}", state="all", head=head)
        own = [_request(one) for one in found if one["head"]["ref"] == branch and self._is_own(one)]
        return sorted(own, key=lambda one: -one.number)

    def open(self, request: Request, *, draft: bool) -> tuple[Request, str]:
        """Open a request; where drafts are not to be had, a plain one."""
        data = {"title": request.title, "head": request.branch, "base": request.base, "body": request.body}
        try:
            return _request(self._call("POST", "/pulls", data={**data, "draft": draft})), ""
        except RefusedError as error:
            if error.status == 422 and draft and "draft" in str(error).lower():
                return _request(self._call("POST", "/pulls", data=data)), "drafts are not available in this repository"
            if error.status == 422 and "already exists" in str(error):
                raise ExistsError(str(error)) from error
            raise

    def decorate(self, number: int, decoration: Decoration) -> list[str]:
        """Give it labels, reviewers, assignees."""
        people = [one for one in decoration.reviewers if "/" not in one]
        teams = [one.partition("/")[2] for one in decoration.reviewers if "/" in one]
        asked = {"reviewers": people, "team_reviewers": teams}
        wishes = (
            ("labels", f"/issues/{number}/labels", {"labels": list(decoration.labels)}, decoration.labels),
            (
                "assignees",
                f"/issues/{number}/assignees",
                {"assignees": list(decoration.assignees)},
                decoration.assignees,
            ),
            ("reviewers", f"/pulls/{number}/requested_reviewers", asked, decoration.reviewers),
        )
        problems = []
        for what, path, data, wanted in wishes:
            if wanted:
                try:
                    self._call("POST", path, data=data, again=True)
                except UnreachableError:
                    raise
                except ForgeError as error:
                    problems.append(f"{what} not set: {error}")
        return problems

    def change(self, number: int, *, title: str | None = None, body: str | None = None, close: bool = False) -> None:
        """Change a request."""
        wanted = {"title": title, "body": body, "state": "closed" if close else None}
        data = {key: value for key, value in wanted.items() if value is not None}
        self._call("PATCH", f"/pulls/{number}", data=data)

    def comment(self, number: int, text: str) -> None:
        """Say something at a request, which is an issue as well."""
        self._call("POST", f"/issues/{number}/comments", data={"body": text})

    def issues(self, label: str) -> Sequence[Issue]:
        """The issues that carry a label, and the newest open ones when none does."""
        found = self._list("/issues{?state,labels,per_page}", state="all", labels=label)
        found = found or self._list("/issues{?state,per_page}", few=FEW_PAGES, state="open")
        return [_issue(one) for one in found if "pull_request" not in one]

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue."""
        return _issue(self._call("POST", "/issues", data={"title": title, "body": body, "labels": [label]}))

    def change_issue(self, number: int, *, title: str, body: str, is_open: bool) -> None:
        """Change an issue."""
        data = {"title": title, "body": body, "state": "open" if is_open else "closed"}
        self._call("PATCH", f"/issues/{number}", data=data)

    def comment_issue(self, number: int, text: str) -> None:
        """Say something at an issue."""
        self.comment(number, text)

    def _is_own(self, one: Mapping[str, Any]) -> bool:
        """Whether the request is of a branch of this repository: a fork may have one of the same name."""
        return bool(one["head"]["repo"]) and one["head"]["repo"]["full_name"].lower() == self.name.lower()

    def _call(self, method: str, path: str, data: Any = None, *, again: bool = False) -> Any:  # noqa: ANN401
        return self.caller.call(method, f"/repos/{{owner}}/{{repo}}{path}", self._names(), data, again=again)

    def _list(self, path: str, few: int = 0, **names: str) -> list[Any]:
        names = {"per_page": str(PER_PAGE), **names, **self._names()}
        return list(self.caller.pages(f"/repos/{{owner}}/{{repo}}{path}", names, few))

    def _names(self) -> dict[str, str]:
        owner, _, name = self.name.partition("/")
        return {"owner": owner, "repo": name}


def _refused(answer: Answer, words: str) -> ForgeError:
    if answer.status == 401:
        return UnreachableError("the token is not, or no longer, accepted (401)")
    if answer.status == 403:
        return RefusedError(403, f"the token may not do this (403): {words}")
    return RefusedError(answer.status, f"{words} ({answer.status})")


def _request(one: Mapping[str, Any]) -> Request:
    state = State.OPEN if one["state"] == "open" else State.MERGED if one["merged_at"] else State.CLOSED
    head, base = one["head"]["ref"], one["base"]["ref"]
    return Request(one["number"], one["html_url"], head, base, one["title"], one["body"] or "", state)


def _issue(one: Mapping[str, Any]) -> Issue:
    return Issue(one["number"], one["html_url"], one["title"], one["body"] or "", one["state"] == "open")
