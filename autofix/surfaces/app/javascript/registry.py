"""Which of the routes and mounts a file seems to have does it have, and what does it put before each?"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.plain import is_plain, parameters
from autofix.surfaces.app.javascript.servers import Server, joined
from autofix.surfaces.app.javascript.tree import bare, items
from autofix.surfaces.app.javascript.written import Written
from autofix.surfaces.app.nodes import Mount, Route, Use

if TYPE_CHECKING:
    from tree_sitter import Node

HANDLERS = (
    (re.compile(r"_?(?:request|req)"), re.compile(r"_?reply"), "fastify"),
    (re.compile(r"_*(?:request|req)?"), re.compile(r"_*(?:response|resp|res)"), "express"),
    (re.compile(r"_?(?:ctx|context)"), None, "koa"),
    (re.compile(r"c"), None, "hono"),
)
HARMLESS_OPTIONS = frozenset({"schema", "logLevel", "config", "handler", "method", "url", "path", "exposeHeadRoute"})


@dataclass(frozen=True)
class Draft:
    """A route before it is known what the file puts before it."""

    route: Route
    on: Server
    certain: bool


@dataclass(frozen=True)
class Mounted:
    """A mount before it is known what the file puts before it. `public` says that another file may be meant."""

    mount: Mount
    on: Server
    target: Hashable
    public: bool
    certain: bool


class Registry:
    """What was found so far, and what of it is certain once the whole file was read."""

    def __init__(self, file: File) -> None:
        self.file = file
        self._drafts: list[Draft] = []
        self._mounts: list[Mounted] = []
        self._middleware: list[tuple[Use, Server]] = []

    @cached_property
    def _sure(self) -> frozenset[Hashable]:
        """The things whose use shows that they are servers."""
        every: list[Draft | Mounted] = [*self._drafts, *self._mounts]
        return frozenset(one.on.key for one in every if one.certain)

    @cached_property
    def _framework(self) -> dict[Hashable, str]:
        return {one.on.key: one.route.framework for one in reversed(self._drafts) if one.route.framework}

    @property
    def routes(self) -> list[Route]:
        """The routes, in the order of the text."""
        return [self._placed(one) for one in self._drafts if self._is_sure(one.on)]

    @property
    def mounts(self) -> list[Mount]:
        """The routers that are put somewhere, in the order of the text."""
        return [
            replace(one.mount, prefix=joined(self._before(one.on), one.mount.prefix))
            for one in self._mounts
            if one.public and self._is_sure(one.on)
        ]

    @property
    def middleware(self) -> list[Use]:
        """What runs before the routes."""
        return [use for use, on in self._middleware if self._is_sure(on)]

    def _is_sure(self, on: Server) -> bool:
        return not on.supposed or on.key in self._sure

    def _placed(self, draft: Draft) -> Route:
        route, prefix = draft.route, self._before(draft.on)
        known = None if route.full_path is None else joined(prefix, route.full_path)
        framework = route.framework or self._framework.get(draft.on.key, self.file.framework)
        return replace(route, framework=framework, prefix=prefix, full_path=known if known != "" else "/")

    def _before(self, on: Server, depth: int = 0) -> str | None:
        """Everything this file puts before what is registered on a server."""
        above = [one for one in self._mounts if one.target == on.key and on.key is not None]
        if len(above) > 1 or depth > 8:
            return None
        outer = joined(self._before(above[0].on, depth + 1), above[0].mount.prefix) if above else ""
        return joined(outer, on.prefix)

    def _add(self, call: Node, on: Server, methods: list[str], found: list[Written], rest: list[Node]) -> None:
        function = self.file.names.function(rest[-1]) if rest else None
        evidence = self._evidence(on, function, found, rest)
        if evidence is None:
            return
        framework, certain = evidence
        plain = self._unguarded(rest) and is_plain(self.file.syntax, function)
        span = self.file.syntax.span(call)
        for method in methods:
            for written in found:
                route = Route(
                    self.file.source,
                    span,
                    f"route:{method} {written.text or '?'}",
                    framework=framework,
                    method=method,
                    written=written.text or "",
                    path_span=written.span,
                    prefix=None,
                    full_path=written.text,
                    router=on.name,
                    handler=self.file.syntax.span(function) if function is not None else None,
                    plain=plain,
                )
                self._drafts.append(Draft(route, on, certain))

    def _evidence(
        self, on: Server, function: Node | None, found: list[Written], rest: list[Node]
    ) -> tuple[str, bool] | None:
        """The framework, and whether that is sure. A thing that is only supposed needs a handler to show it."""
        if not on.supposed:
            return on.framework, True
        if not rest or not (found[0].text or "").startswith(("/", "*")):
            return None
        framework = framework_of(parameters(self.file.syntax, function)) if function is not None else ""
        if framework:
            return framework, True
        referred = bare(rest[-1])
        refers = referred is not None and referred.type in ("identifier", "member_expression", "call_expression")
        return ("", on.key is not None and self._parameter(on)) if refers else None

    def _parameter(self, on: Server) -> bool:
        """Whether a supposed thing is handed to a function of this file, as routers are in plain JavaScript."""
        return isinstance(on.key, tuple) and on.name in ("app", "router", "fastify") and on.key in self.file.handed

    def _unguarded(self, rest: list[Node]) -> bool:
        """Whether nothing of the route's own stands before its handler."""
        for node in rest[:-1]:
            if node.type != "object":
                return False
            if any(self.file.syntax.key(child) not in HARMLESS_OPTIONS for child in items(node)):
                return False
        return True


def framework_of(names: list[str]) -> str:
    """The framework whose handlers have such parameters."""
    for first, second, framework in HANDLERS:
        fits = first.fullmatch(names[0]) if names else None
        if fits and ((second is None and len(names) < 3) or (second and len(names) > 1 and second.fullmatch(names[1]))):
            return framework
    return ""
