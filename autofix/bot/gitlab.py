"""How is GitLab asked?  By the same protocol; tested against our own stand-in for its API, never against a server."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from autofix.bot import redact
from autofix.bot.forge import (
    FEW_PAGES,
    MOST_PAGES,
    PER_PAGE,
    Decoration,
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

DRAFT = "Draft: "
STATES = {"opened": State.OPEN, "locked": State.OPEN, "closed": State.CLOSED, "merged": State.MERGED}


@dataclass(frozen=True)
class GitLab:
    """One project on a server; `name` is its path with the groups."""

    web: Web
    server: str
    name: str
    secret: str = field(repr=False)

    def repository(self) -> Repository:
        """The project."""
        try:
            found = self._call("GET", "")
        except RefusedError as error:
            if error.status == 404:
                raise UnreachableError(f"{self.name} does not exist, or this token may not see it") from error
            raise
        return Repository(found["http_url_to_repo"], found["default_branch"])

    def credentials(self) -> Credentials:
        """GitLab takes any token as the password of this user."""
        return Credentials("oauth2", self.secret)

    def open_requests(self, prefix: str) -> Sequence[Request]:
        """The open requests of branches that begin so."""
        found = self._list("/merge_requests", state="opened")
        return [_request(one) for one in found if one["source_branch"].startswith(prefix) and _is_own(one)]

    def requests_of(self, branch: str) -> Sequence[Request]:
        """Every request of one branch, the newest first."""
        found = self._list("/merge_requests", state="all", source_branch=branch)
        return sorted((_request(one) for one in found if _is_own(one)), key=lambda one: -one.number)

    def open(self, request: Request, *, draft: bool) -> tuple[Request, str]:
        """Open a request."""
        data = {
            "title": f"{DRAFT}{request.title}" if draft else request.title,
            "source_branch": request.branch,
            "target_branch": request.base,
            "description": request.body,
        }
        try:
            return _request(self._call("POST", "/merge_requests", data)), ""
        except RefusedError as error:
            if error.status == 409:
                raise ExistsError(str(error)) from error
            raise

    def decorate(self, number: int, decoration: Decoration) -> list[str]:
        """Give it labels, reviewers, assignees. GitLab wants people by number."""
        data: dict[str, Any] = {"add_labels": ",".join(decoration.labels)} if decoration.labels else {}
        problems = []
        for key, names in (("reviewer_ids", decoration.reviewers), ("assignee_ids", decoration.assignees)):
            ids = {name: self._user(name) for name in names}
            problems += [f"{key} not set: there is no {name}" for name, id_ in ids.items() if id_ is None]
            if any(ids.values()):
                data[key] = [id_ for id_ in ids.values() if id_ is not None]
        try:
            if data:
                self._call("PUT", f"/merge_requests/{number}", data)
        except UnreachableError:
            raise
        except ForgeError as error:
            problems.append(str(error))
        return problems

    def change(self, number: int, *, title: str | None = None, body: str | None = None, close: bool = False) -> None:
        """Change a request; a draft stays one."""
        if title is not None and self._call("GET", f"/merge_requests/{number}").get("draft"):
            title = f"{DRAFT}{title}"
        wanted = {"title": title, "description": body, "state_event": "close" if close else None}
        self._call(
            "PUT", f"/merge_requests/{number}", {key: value for key, value in wanted.items() if value is not None}
        )

    def comment(self, number: int, text: str) -> None:
        """Say something at a request."""
        self._call("POST", f"/merge_requests/{number}/notes", {"body": text})

    def issues(self, label: str) -> Sequence[Issue]:
        """The issues that carry a label, and the newest open ones when none does."""
        found = self._list("/issues", labels=label, scope="all")
        found = found or self._list("/issues", few=FEW_PAGES, state="opened", scope="all")
        return [_issue(one) for one in found]

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue."""
        return _issue(self._call("POST", "/issues", {"title": title, "description": body, "labels": label}))

    def change_issue(self, number: int, *, title: str, body: str, is_open: bool) -> None:
        """Change an issue."""
        data = {"title": title, "description": body, "state_event": "reopen" if is_open else "close"}
        self._call("PUT", f"/issues/{number}", data)

    def comment_issue(self, number: int, text: str) -> None:
        """Say something at an issue."""
        self._call("POST", f"/issues/{number}/notes", {"body": text})

    def _user(self, name: str) -> int | None:
        found = _good(self._ask("GET", f"{self.server}/api/v4/users?{urlencode({'username': name})}"))
        return found[0]["id"] if found else None

    def _call(self, method: str, path: str, data: Any = None) -> Any:  # noqa: ANN401
        return _good(self._ask(method, self._project + path, data), self.web.secrets)

    def _list(self, path: str, few: int = 0, **filters: str) -> list[Any]:
        items: list[Any] = []
        page = "1"
        for _ in range(few or MOST_PAGES):
            query = urlencode({"per_page": str(PER_PAGE), **filters, "page": page})
            answer = self._ask("GET", f"{self._project}{path}?{query}")
            items += _good(answer, self.web.secrets)
            page = answer.headers.get("x-next-page", "")
            if not page:
                return items
        if few:
            return items
        raise UnreachableError(f"more than {MOST_PAGES} pages of {path}")

    @property
    def _project(self) -> str:
        return f"{self.server}/api/v4/projects/{quote(self.name, safe='')}"

    def _ask(self, method: str, url: str, data: Any = None) -> Answer:  # noqa: ANN401
        headers = {"private-token": self.secret, "user-agent": AGENT, "accept": "application/json"}
        body = None if data is None else json.dumps(data).encode()
        return self.web.ask(method, url, headers, body)


def _good(answer: Answer, secrets: Collection[str] = ()) -> Any:  # noqa: ANN401
    found = answer.json()
    if answer.status < 400 and found is not None:
        return found
    if answer.status == 401:
        raise UnreachableError("the token is not, or no longer, accepted (401)")
    if answer.status < 400:
        raise UnreachableError("what the server answers is not what GitLab would")
    words = found.get("message") or found.get("error") if isinstance(found, dict) else None
    told = redact.mask(" ".join(json.dumps(words or "refused").split()), secrets)
    raise RefusedError(answer.status, f"{told} ({answer.status})")


def _is_own(one: Mapping[str, Any]) -> bool:
    return bool(one["source_project_id"] == one["target_project_id"])


def _request(one: Mapping[str, Any]) -> Request:
    title = str(one["title"]).removeprefix(DRAFT)
    branch, base, body = one["source_branch"], one["target_branch"], one["description"] or ""
    return Request(one["iid"], one["web_url"], branch, base, title, body, STATES[one["state"]])


def _issue(one: Mapping[str, Any]) -> Issue:
    return Issue(one["iid"], one["web_url"], one["title"], one["description"] or "", one["state"] == "opened")
