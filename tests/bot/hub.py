"""What stands in for GitHub?  Its answers as its own description shows them, filled with what happened here; behind the
branches is a real repository.
"""

from __future__ import annotations

import copy
import json
import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from tests.bot.description import Asked, Description
from tests.bot.githttp import Reply
from tests.bot.server import Fault, reply

PREFIX = "/api/v3"
Answer = tuple[int, Any]


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Sam", "-c", "user.email=sam@example.org", "-c", "init.defaultBranch=main", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"git {' '.join(words)}: {done.stderr}")
    return done.stdout


@dataclass
class Thread:
    """An issue or a request."""

    number: int
    title: str
    body: str
    head: str = ""
    base: str = ""
    state: str = "open"
    merged: bool = False
    draft: bool = False
    fork: bool = False
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


@dataclass
class Hub:
    """One repository, its threads, who may come in, and what goes wrong."""

    root: Path
    name: str = "shop/web"
    tokens: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=lambda: {"sam", "kim"})
    drafts: bool = True
    threads: list[Thread] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    described: Description | None = None
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    url: str = ""
    app: Callable[[str], bool] | None = None
    minted: int = 0
    lifetime: float = 3600.0
    lock: Any = field(default_factory=threading.RLock, repr=False)

    @property
    def bare(self) -> Path:
        return self.root / f"{self.name}.git"

    @property
    def requests(self) -> list[Thread]:
        self._notice()
        return [one for one in self.threads if one.head]

    @property
    def issues(self) -> list[Thread]:
        return [one for one in self.threads if not one.head]

    def admits(self, password: str) -> bool:
        return password in self.tokens

    def branches(self) -> dict[str, str]:
        lines = git(self.bare, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").splitlines()
        return dict(line.split(" ") for line in lines)

    def api(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        with self.lock:  # of two who open the same at once, one is second
            return self._answer(method, target, headers, body)

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path, _, query = target.removeprefix(PREFIX).partition("?")
        self._check(Asked(method, path, query, headers, body))
        if not target.startswith(PREFIX):
            return reply(404, {"message": "Not Found"})
        if refusal := self._stranger(path, headers.get("authorization", "")):
            return refusal
        self._notice()
        values = json.loads(body) if body else {}
        for verb, pattern, act in self._routes():
            found = re.fullmatch(pattern, unquote(path))
            if verb == method and found:
                status, made = act(*found.groups(), **({"values": values} if method != "GET" else {"query": query}))
                return self._paged(made, target, query) if isinstance(made, list) else reply(status, made)
        return reply(404, {"message": "Not Found"})

    def _check(self, asked: Asked) -> None:
        if self.described:
            self.wrong += self.described.faults(asked)
            self.kinds[self.described.kind(asked)] += 1

    def _stranger(self, path: str, shown: str) -> Reply | None:
        kind, _, secret = shown.partition(" ")
        if kind.lower() == "bearer" and (path.endswith("/installation") or path.startswith("/app/")):
            if self.app and self.app(secret):
                return None
        elif secret in self.tokens:
            return None
        return reply(401, {"message": "Bad credentials"})

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        repo = re.escape(f"/repos/{self.name}")
        return [
            ("GET", repo, self._repository),
            ("GET", f"{repo}/installation", lambda query: (200, self._shown("installation", "200", id=7))),
            ("POST", "/app/installations/7/access_tokens", self._mint),
            ("GET", f"{repo}/pulls", self._list_requests),
            ("POST", f"{repo}/pulls", self._open),
            ("PATCH", rf"{repo}/pulls/(\d+)", self._change),
            ("POST", rf"{repo}/pulls/(\d+)/requested_reviewers", self._review),
            ("GET", f"{repo}/issues", self._list_issues),
            ("POST", f"{repo}/issues", self._open_issue),
            ("PATCH", rf"{repo}/issues/(\d+)", self._change),
            ("POST", rf"{repo}/issues/(\d+)/labels", self._label),
            ("POST", rf"{repo}/issues/(\d+)/assignees", self._assign),
            ("POST", rf"{repo}/issues/(\d+)/comments", self._comment),
        ]

    def _repository(self, query: str) -> Answer:
        return 200, self._shown(
            "", "200", full_name=self.name, default_branch="main", clone_url=f"{self.url}/{self.name}.git"
        )

    def _mint(self, values: Any) -> Answer:
        self.minted += 1
        token = f"ghs_{'minted' * 4}{self.minted}"
        self.tokens.add(token)
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.lifetime))
        kind = "POST /app/installations/{installation_id}/access_tokens"
        return 201, {**self._example(kind, "201"), "token": token, "expires_at": end}

    def _list_requests(self, query: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        found = [one for one in self.requests if asked.get("state", "open") in {"all", one.state}]
        if "head" in asked:
            owner, _, branch = asked["head"].partition(":")
            found = [one for one in found if one.head == branch and owner == self.name.split("/")[0] and not one.fork]
        return 200, [self._request(one) for one in reversed(found)]

    def _open(self, values: Any) -> Answer:
        branches = self.branches()
        for name in ("head", "base"):
            if values[name] not in branches:
                error = {"resource": "PullRequest", "field": name, "code": "invalid"}
                return 422, {"message": "Validation Failed", "errors": [error]}
        if any(
            one.head == values["head"] and one.base == values["base"] and one.state == "open" and not one.fork
            for one in self.requests
        ):
            words = f"A pull request already exists for {self.name.split('/')[0]}:{values['head']}."
            return 422, self._custom(words)
        if not git(self.bare, "rev-list", "-n1", f"{values['base']}..{values['head']}"):
            return 422, self._custom(f"No commits between {values['base']} and {values['head']}")
        if values.get("draft") and not self.drafts:
            return 422, {"message": "Draft pull requests are not supported in this repository."}
        made = self._thread(values["title"], values["body"], values["head"], values["base"])
        made.draft = bool(values.get("draft"))
        return 201, self._request(made)

    def _change(self, number: str, values: Any) -> Answer:
        thread = self.thread(int(number))
        for name in ("title", "body", "state"):
            setattr(thread, name, values.get(name, getattr(thread, name)))
        return 200, self._request(thread) if thread.head else self._issue(thread)

    def _review(self, number: str, values: Any) -> Answer:
        asked = [*values.get("reviewers", ()), *(f"team/{one}" for one in values.get("team_reviewers", ()))]
        if any("/" not in one and one not in self.people for one in asked):
            return 422, {"message": "Reviews may only be requested from collaborators."}
        self.thread(int(number)).reviewers += asked
        return 201, self._request(self.thread(int(number)))

    def _list_issues(self, query: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        found = [one for one in self.threads if asked.get("state", "open") in {"all", one.state}]
        if "labels" in asked:
            found = [one for one in found if asked["labels"] in one.labels]
        return 200, [self._issue(one) for one in reversed(found)]

    def _open_issue(self, values: Any) -> Answer:
        made = self._thread(values["title"], values["body"], "", "")
        made.labels = list(values.get("labels", ()))
        return 201, self._issue(made)

    def _label(self, number: str, values: Any) -> Answer:
        self.thread(int(number)).labels += values["labels"]
        return 200, [{"name": name} for name in self.thread(int(number)).labels]

    def _assign(self, number: str, values: Any) -> Answer:
        self.thread(int(number)).assignees += [one for one in values["assignees"] if one in self.people]
        return 201, self._issue(self.thread(int(number)))

    def _comment(self, number: str, values: Any) -> Answer:
        self.thread(int(number)).comments.append(values["body"])
        return 201, {"id": 1, "body": values["body"]}

    def thread(self, number: int) -> Thread:
        return next(one for one in self.threads if one.number == number)

    def _thread(self, title: str, body: str, head: str, base: str) -> Thread:
        self.threads.append(Thread(len(self.threads) + 1, title, body, head, base))
        return self.threads[-1]

    def _notice(self) -> None:
        """GitHub closes a request whose branch is gone."""
        branches = self.branches()
        for one in self.threads:
            if one.head and one.state == "open" and not one.fork and not {one.head, one.base} <= branches.keys():
                one.state = "closed"

    def _request(self, one: Thread) -> Any:
        made = self._shown("/pulls", "201", "POST")
        owner = "stranger" if one.fork else self.name.split("/")[0]
        repo = {"full_name": f"{owner}/{self.name.split('/')[1]}"}
        made |= {
            "number": one.number, "state": one.state, "title": one.title, "body": one.body.replace("\n", "\r\n"),
            "draft": one.draft, "html_url": f"{self.url}/{self.name}/pull/{one.number}",
            "merged_at": "2026-01-02T03:04:05Z" if one.merged else None,
        }  # fmt: skip
        made["head"] = {**made.get("head", {}), "ref": one.head, "label": f"{owner}:{one.head}", "repo": repo}
        made["base"] = {**made.get("base", {}), "ref": one.base}
        return made

    def _issue(self, one: Thread) -> Any:
        kind = "pull" if one.head else "issues"
        made = self._shown("/issues", "201", "POST")
        made |= {
            "number": one.number, "state": one.state, "title": one.title, "body": one.body,
            "html_url": f"{self.url}/{self.name}/{kind}/{one.number}",
        }  # fmt: skip
        made.pop("pull_request", None)
        return {**made, "pull_request": {"url": ""}} if one.head else made

    def _shown(self, path: str, status: str, method: str = "GET", **fields: Any) -> Any:
        path = path if path.startswith("/") or not path else f"/{path}"
        return {**self._example(f"{method} /repos/{{owner}}/{{repo}}{path}", status), **fields}

    def _example(self, kind: str, status: str) -> Any:
        return copy.deepcopy(self.described.example(kind, status)) if self.described else {}

    def _custom(self, words: str) -> Any:
        return {
            "message": "Validation Failed",
            "errors": [{"resource": "PullRequest", "code": "custom", "message": words}],
        }

    def _paged(self, items: list[Any], target: str, query: str) -> Reply:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        size, page = int(asked.get("per_page", 30)), int(asked.get("page", 1))
        more = len(items) > size * page
        following = f"{self.url}{target.partition('?')[0]}?{urlencode({**asked, 'page': page + 1})}"
        link = {"link": f'<{following}>; rel="next", <{self.url}>; rel="last"'} if more else {}
        return reply(200, items[size * (page - 1) : size * page], **link)
