"""What stands in for GitLab?  The few routes the bot uses, over the same threads and the same real git.

GitLab publishes no description we can be held to; `test_gitlab` has a client that others keep (python-gitlab) use the
stand-in, so that it at least speaks as that client expects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from tests.bot.githttp import Reply
from tests.bot.hub import Answer, Hub, Thread, git
from tests.bot.server import reply

PREFIX = "/api/v4"
EVENTS = {"close": "closed", "reopen": "open"}


@dataclass
class Lab(Hub):
    """A project."""

    def _answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        path, _, query = target.removeprefix(PREFIX).partition("?")
        if headers.get("private-token") not in self.tokens:
            return reply(401, {"message": "401 Unauthorized"})
        self._notice()
        values = json.loads(body) if body else {}
        for verb, pattern, act in self._routes():
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                self.kinds[f"{verb} {pattern}"] += 1
                given = {} if method == "GET" and found.groups() else {"values": values}
                given = given if method != "GET" or found.groups() else {"query": query}
                status, made = act(*found.groups(), **given)
                return self._pages(made, query) if isinstance(made, list) else reply(status, made)
        return reply(404, {"message": "404 Not Found"})

    def _routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        project = f"/projects/(?:{self.name.replace('/', '%2F')}|9)"
        merge, issue = rf"{project}/merge_requests", rf"{project}/issues"
        return [
            ("GET", project, self._repository),
            ("GET", "/users", self._users),
            ("GET", merge, self._list_requests),
            ("POST", merge, self._open),
            ("GET", rf"{merge}/(\d+)", lambda number: (200, self._request(self.thread(int(number))))),
            ("PUT", rf"{merge}/(\d+)", self._change),
            ("POST", rf"{merge}/(\d+)/notes", self._comment),
            ("GET", issue, self._list_issues),
            ("POST", issue, self._open_issue),
            ("PUT", rf"{issue}/(\d+)", self._change),
            ("POST", rf"{issue}/(\d+)/notes", self._comment),
        ]

    def _repository(self, query: str) -> Answer:
        url = f"{self.url}/{self.name}.git"
        return 200, {"id": 9, "path_with_namespace": self.name, "default_branch": "main", "http_url_to_repo": url}

    def _users(self, query: str) -> Answer:
        name = parse_qs(query)["username"][0]
        return 200, [{"id": 40 + sorted(self.people).index(name), "username": name}] if name in self.people else []

    def _list_requests(self, query: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        made = [self._request(one) for one in reversed(self.requests)]
        made = [one for one in made if asked.get("state", "all") in {"all", one["state"]}]
        return 200, [one for one in made if asked.get("source_branch", one["source_branch"]) == one["source_branch"]]

    def _open(self, values: Any) -> Answer:
        branches = self.branches()
        if not {values["source_branch"], values["target_branch"]} <= branches.keys():
            return 400, {"message": {"base": ["branch does not exist"]}}
        if any(one.head == values["source_branch"] and one.state == "open" for one in self.requests):
            return 409, {"message": ["Another open merge request already exists for this source branch: !1"]}
        assert git(self.bare, "rev-list", "-n1", f"{values['target_branch']}..{values['source_branch']}")
        title = values["title"]
        return 201, self._request(
            self._thread(title, values["description"], values["source_branch"], values["target_branch"])
        )

    def _change(self, number: str, values: Any) -> Answer:
        thread = self.thread(int(number))
        thread.title, thread.body = values.get("title", thread.title), values.get("description", thread.body)
        thread.state = EVENTS.get(values.get("state_event", ""), thread.state)
        thread.labels += [one for one in values.get("add_labels", "").split(",") if one]
        names = sorted(self.people)
        thread.reviewers += [names[one - 40] for one in values.get("reviewer_ids", ())]
        thread.assignees += [names[one - 40] for one in values.get("assignee_ids", ())]
        return 200, self._request(thread) if thread.head else self._issue(thread)

    def _list_issues(self, query: str) -> Answer:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        found = [self._issue(one) for one in reversed(self.issues)]
        found = [one for one in found if asked.get("state", one["state"]) == one["state"]]
        return 200, [one for one in found if asked.get("labels", "") in {"", *one["labels"]}]

    def _open_issue(self, values: Any) -> Answer:
        made = self._thread(values["title"], values["description"], "", "")
        made.labels = values["labels"].split(",")
        return 201, self._issue(made)

    def _request(self, one: Thread) -> Any:
        state = "merged" if one.merged else "opened" if one.state == "open" else "closed"
        return {
            "iid": one.number, "id": 1000 + one.number, "state": state, "title": one.title, "description": one.body,
            "source_branch": one.head, "target_branch": one.base, "source_project_id": 3 if one.fork else 9,
            "target_project_id": 9, "draft": one.title.startswith("Draft: "),
            "web_url": f"{self.url}/{self.name}/-/merge_requests/{one.number}",
        }  # fmt: skip

    def _issue(self, one: Thread) -> Any:
        state = "opened" if one.state == "open" else "closed"
        return {
            "iid": one.number, "id": 2000 + one.number, "state": state, "title": one.title, "description": one.body,
            "labels": one.labels, "web_url": f"{self.url}/{self.name}/-/issues/{one.number}",
        }  # fmt: skip

    def _pages(self, items: list[Any], query: str) -> Reply:
        asked = {name: values[0] for name, values in parse_qs(unquote(query)).items()}
        size, page = int(asked.get("per_page", 20)), int(asked.get("page", 1))
        following = str(page + 1) if len(items) > size * page else ""
        return reply(200, items[size * (page - 1) : size * page], **{"x-next-page": following})
