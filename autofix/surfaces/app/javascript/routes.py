"""Which paths do the calls on servers and routers of this file answer?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.frameworks import METHODS, ROUTED
from autofix.surfaces.app.javascript.mounting import Mounting
from autofix.surfaces.app.javascript.registry import Mounted
from autofix.surfaces.app.javascript.servers import Server
from autofix.surfaces.app.javascript.tree import arguments, bare, receiver
from autofix.surfaces.app.javascript.written import paths

if TYPE_CHECKING:
    from tree_sitter import Node


class Registrations(Mounting):
    """The calls of a file that register something: `routes`, `mounts` and the `middleware` among them."""

    def __init__(self, file: File) -> None:
        super().__init__(file)
        for call in file.calls("use", "register", "route", "openapi", "on", "prefix", *METHODS):
            self._call(call)
        for call in file.calls():
            self._handed_on(call)

    def _call(self, call: Node) -> None:
        name, on = self.file.syntax.callee(call), self.file.servers.of(receiver(call))
        given = arguments(call)
        if on is None or on.framework not in ROUTED or not given or on.role == "server":
            return
        if name == "use":
            self._use(call, on, given)
        elif name == "register" and on.framework in ("fastify", ""):
            self._register(call, on, given)
        elif name == "prefix" and on.framework == "koa":
            path = paths(self.file, given[0])[0].text
            self._mounts.append(
                Mounted(self._mount(call, path, "", "", on), replace(on, key=None), on.key, False, True)
            )
        elif name == "route":
            self._route(call, on, given)
        elif name == "openapi" and on.framework == "hono":
            self._openapi(call, on, given)
        elif name == "on" and on.framework == "hono" and len(given) > 2:
            self._add(call, on, self._methods(given[0]), paths(self.file, given[1]), given[2:])
        elif name in METHODS:
            self._method(call, on, METHODS[name], given)

    def _method(self, call: Node, on: Server, method: str, given: list[Node]) -> None:
        if on.role == "route":
            inner = self._route_of(call)
            if inner is not None:
                self._add(call, on, [method], paths(self.file, arguments(inner)[0]), given)
            return
        found = paths(self.file, given[0])
        rest = given[1:]
        named = on.framework == "koa" and len(given) > 2 and found[0].text is not None
        if named and (second := paths(self.file, given[1]))[0].text is not None:
            found, rest = second, given[2:]
        if rest and (found[0].text is not None or self._function(rest[-1])):
            self._add(call, on, [method], found, rest)

    def _route(self, call: Node, on: Server, given: list[Node]) -> None:
        entry = self.file.syntax.entry
        if on.framework == "hono":
            if len(given) == 2:
                self._mounted(call, on, paths(self.file, given[0])[0].text, given[1])
        elif (url := entry(given[0], "url", "path")) is not None:
            handler = entry(given[0], "handler")
            rest = [given[0]] if handler is None else [given[0], handler]
            methods = self._methods(entry(given[0], "method"))
            self._add(call, on, methods, paths(self.file, url), rest)

    def _openapi(self, call: Node, on: Server, given: list[Node]) -> None:
        made = self.file.names.value(given[0])
        spec = arguments(made)[0] if made is not None and made.type == "call_expression" and arguments(made) else None
        path = self.file.syntax.entry(spec, "path")
        if path is not None:
            methods = self._methods(self.file.syntax.entry(spec, "method"))
            self._add(call, on, methods, paths(self.file, path), given[1:])

    def _route_of(self, call: Node) -> Node | None:
        """The `route('/x')` a chain began with."""
        node = receiver(call)
        while node is not None and self.file.syntax.callee(node) != "route":
            node = receiver(node) if node.type == "call_expression" else None
        return node if node is not None and arguments(node) else None

    def _methods(self, node: Node | None) -> list[str]:
        """The methods an option names, empty for one that is not literal."""
        if node is None:
            return ["ANY"]
        said = [self.file.syntax.literal(bare(one)) for one in self.file.syntax.elements(node) or [node]]
        return [(one or "").upper() for one in said]

    def _function(self, node: Node) -> bool:
        return self.file.names.function(node) is not None
