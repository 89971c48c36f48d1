"""Which routers does a file put where, and what does it run before them?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.bindings import Origin
from autofix.surfaces.app.javascript.frameworks import ROUTED
from autofix.surfaces.app.javascript.plain import parameters
from autofix.surfaces.app.javascript.registry import Mounted, Registry, framework_of
from autofix.surfaces.app.javascript.servers import Server
from autofix.surfaces.app.javascript.tree import FUNCTIONS, arguments, bare, receiver
from autofix.surfaces.app.javascript.written import Written, paths
from autofix.surfaces.app.nodes import Mount

if TYPE_CHECKING:
    from tree_sitter import Node


class Mounting(Registry):
    """Takes in the calls that put something under a path."""

    def _use(self, call: Node, on: Server, given: list[Node]) -> None:
        first = bare(given[0])
        found = [Written("", None)]
        rest = given
        if first is not None and (self._is_path(first) or (len(given) > 1 and self._is_unknown(first))):
            found, rest = paths(self.file, given[0]), given[1:]
        function = self.file.names.function(rest[-1]) if rest else None
        handles = parameters(self.file.syntax, function) if function is not None else []
        if found[0].text and len(handles) == 2 and framework_of(handles) == "express" and on.framework != "koa":
            self._add(call, on, ["ANY"], found, rest)
            return
        for node in rest:
            last = node == rest[-1] or self._is_router(node)
            last = last and on.framework != "hono"
            mounted = [last and self._mounted(call, on, path.text, node) for path in found]
            if not any(mounted) or (found[0].text == "" and not self._is_router(node)):
                self._runs_before(node, on, found[0].text or "")

    def _is_router(self, node: Node) -> bool:
        """Whether an argument is a router for sure, or called one."""
        server = self.file.servers.of(self._target(node))
        text = self.file.syntax.text(node)
        if (server is not None and not server.supposed) or text.startswith("require("):
            return True
        return _routers_name(text.partition("(")[0])

    def _is_path(self, node: Node) -> bool:
        value = self.file.names.value(node)
        return value is not None and (value.type in ("string", "template_string", "array", "binary_expression"))

    def _is_unknown(self, node: Node) -> bool:
        """Whether a first argument may be a path as well as a function."""
        return node.type in ("identifier", "member_expression") and self.file.names.function(node) is None

    def _register(self, call: Node, on: Server, given: list[Node]) -> None:
        prefix = self.file.syntax.entry(given[1], "prefix") if len(given) > 1 else None
        opaque = len(given) > 1 and (bare(given[1]) or given[1]).type != "object"
        path = None if opaque else "" if prefix is None else paths(self.file, prefix)[0].text
        plugin = self.file.servers.unwrapped(given[0])
        function = self.file.names.function(plugin)
        if function is not None:
            name = self.file.servers.name_of(function)
            mount = self._mount(call, path, name, "", on)
            key = self.file.servers.key_of(function)
            self._mounts.append(Mounted(mount, on, key, public=bool(name), certain=not on.supposed))
        else:
            self._mounted(call, on, path, plugin)

    def _mounted(self, call: Node, on: Server, path: str | None, node: Node) -> bool:
        """Take in a router that is put under a path; False when it is none."""
        target = self._target(node)
        server = self.file.servers.of(target)
        if server is not None and server.supposed and not _routers_name(server.name):
            server = None
        origin = self.file.names.origin(target) or self._origin_of_root(target)
        ours = origin is not None and origin.relative
        if origin is not None and origin.module == "@fastify/autoload":
            path, ours = None, True
        if (server is None or server.role == "server") and not ours:
            return False
        module = origin.module if origin is not None and ours else ""
        written = self.file.syntax.text(node)
        mount = self._mount(call, path, written, module, on)
        certain = not on.supposed or (bool(path) and ours)
        key = server.key if server is not None else None
        self._mounts.append(Mounted(mount, on, key, public=True, certain=certain))
        return True

    def _target(self, node: Node) -> Node:
        """The router in `router.routes()` or in `fp(plugin)`."""
        node = bare(node) or node
        if node.type == "call_expression" and self.file.syntax.callee(node) in ("routes", "middleware"):
            return receiver(node) or node
        return node

    def _origin_of_root(self, node: Node) -> Origin | None:
        """Where the function comes from that makes a router: `createRouter(pool)`."""
        if node.type not in ("call_expression", "new_expression", "member_expression"):
            return None
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        inner = bare(function or node.child_by_field_name("object"))
        return self.file.names.origin(inner) or (self._origin_of_root(inner) if inner is not None else None)

    def _mount(self, call: Node, path: str | None, router: str, module: str, on: Server) -> Mount:
        span = self.file.syntax.span(call)
        anchor = f"mount:{path if path is not None else '?'} {router[:60]}"
        return Mount(self.file.source, span, anchor, prefix=path, router=router, module=module, on=on.name)

    def _runs_before(self, node: Node, on: Server, path: str) -> None:
        node = bare(node) or node
        called = node.child_by_field_name("function") if node.type == "call_expression" else node
        what = "" if node.type in FUNCTIONS else self.file.syntax.text(called)
        self._middleware.append((replace(self.file.use("middleware", node, what), below=path), on))

    def _handed_on(self, call: Node) -> None:
        """A known server given to another file's function: `require('./routes')(app)`."""
        function = bare(call.child_by_field_name("function"))
        if function is None or function.type not in ("identifier", "call_expression", "member_expression"):
            return
        for node in arguments(call)[:1]:
            on = self.file.servers.of(node) if node.type == "identifier" else None
            origin = self.file.names.origin(function) if on is not None else None
            if on is not None and not on.supposed and on.framework in ROUTED and origin is not None and origin.relative:
                mount = self._mount(call, "", self.file.syntax.text(function), origin.module, on)
                self._mounts.append(Mounted(mount, on, None, public=True, certain=True))


def _routers_name(name: str) -> bool:
    return "rout" in name.lower()
