"""Is a request one that GitHub describes?  Asked of its own OpenAPI document with openapi-core, and a little stricter:
names of the query and of the body that the document does not know are wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

PATHS = [
    "/app/installations/{installation_id}/access_tokens",
    "/repos/{owner}/{repo}",
    "/repos/{owner}/{repo}/installation",
    "/repos/{owner}/{repo}/issues",
    "/repos/{owner}/{repo}/issues/{issue_number}",
    "/repos/{owner}/{repo}/issues/{issue_number}/assignees",
    "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    "/repos/{owner}/{repo}/pulls",
    "/repos/{owner}/{repo}/pulls/{pull_number}",
    "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
]
ADDRESS = "https://api.github.com"


def cut(whole: bytes) -> str:
    """The description with these paths only, and every component they lead to."""
    document = json.loads(whole)
    small = {key: value for key, value in document.items() if key not in {"paths", "components", "x-webhooks"}}
    small["paths"] = {path: document["paths"][path] for path in PATHS}
    small["components"] = components = dict[str, dict[str, Any]]()
    todo = [small["paths"]]
    while todo:
        for reference in _references(todo.pop()):
            _, _, kind, name = reference.split("/", 3)
            if name not in components.setdefault(kind, {}):
                components[kind][name] = document["components"][kind][name]
                todo.append(components[kind][name])
    return json.dumps(small)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


@dataclass(frozen=True)
class Asked:
    """A request as openapi-core wants to see it; `path` begins after the address of the API."""

    verb: str
    path: str
    query: str
    headers: Mapping[str, str]
    sent: bytes

    @property
    def host_url(self) -> str:
        return ADDRESS

    @property
    def method(self) -> str:
        return self.verb.lower()

    @cached_property
    def parameters(self) -> Any:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        return RequestParameters(
            query=ImmutableMultiDict(parse_qsl(self.query)),
            header=Headers(dict(self.headers)),
            cookie=ImmutableMultiDict(),
        )

    @property
    def body(self) -> bytes | None:
        return self.sent or None

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "application/json").partition(";")[0]


@dataclass(frozen=True)
class Description:
    """The document, read."""

    path: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return found

    @cached_property
    def _openapi(self) -> Any:
        from openapi_core import OpenAPI

        return OpenAPI.from_dict(self.document)

    def kind(self, asked: Asked) -> str:
        """What kind of request it is: its method and the path as the document writes it; empty for none of it."""
        for path in self.document["paths"]:
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))
            if re.fullmatch(pattern, asked.path) and asked.method in self.document["paths"][path]:
                return f"{asked.verb} {path}"
        return ""

    def faults(self, asked: Asked) -> list[str]:
        """What is wrong with a request."""
        kind = self.kind(asked)
        if not kind:
            return [f"{asked.verb} {asked.path} is not described"]
        from openapi_core.exceptions import OpenAPIError

        found = list(self._unknown(asked, self.document["paths"][kind.partition(" ")[2]][asked.method]))
        try:
            self._openapi.validate_request(asked)
        except OpenAPIError as error:
            found.append(f"{kind}: {error} {error.__cause__ or ''}")
        return found

    def example(self, kind: str, status: str) -> Any:
        """What GitHub shows as its answer."""
        method, _, path = kind.partition(" ")
        content = self.document["paths"][path][method.lower()]["responses"][status]["content"]["application/json"]
        shown: dict[str, Any] = next(iter(content.get("examples", {}).values()), {})
        return self._followed(shown).get("value") or {}

    def _unknown(self, asked: Asked, operation: Mapping[str, Any]) -> Iterator[str]:
        known = {self._followed(one)["name"] for one in operation.get("parameters", ())}
        yield from (f"no parameter {name}" for name, _ in parse_qsl(asked.query) if name not in known)
        if asked.sent:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            wide = [self._followed(one) for one in (schema, *schema.get("oneOf", ()), *schema.get("anyOf", ()))]
            names = {name for one in wide for name in one.get("properties", {})}
            yield from (f"no field {name}" for name in json.loads(asked.sent) if name not in names)

    def _followed(self, value: Any) -> Any:
        while "$ref" in value:
            _, _, kind, name = value["$ref"].split("/", 3)
            value = self.document["components"][kind][name]
        return value
