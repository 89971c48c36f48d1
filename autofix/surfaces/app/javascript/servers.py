"""What is this expression: an application, a router, a server, or nothing that answers requests?

Only what comes from a framework is one: made by it, annotated with its types, or handed to a plugin of it. A name
alone proves nothing; where it is all there is, the thing is only `supposed` and its routes need more evidence.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.bindings import Binding
from autofix.surfaces.app.javascript.frameworks import (
    CHAINS,
    CLIENTS,
    FACTORIES,
    MADE,
    MAKERS,
    PLUGIN,
    SAME,
    SUPPOSED,
    TYPES,
    UNKNOWN,
    WRAPPERS,
)
from autofix.surfaces.app.javascript.names import Names
from autofix.surfaces.app.javascript.tree import Syntax, arguments, bare, covers, receiver

if TYPE_CHECKING:
    from tree_sitter import Node


LONGEST_CHAIN = 150


@dataclass(frozen=True)
class Server:
    """An application, a router or a server.

    `key` says which one it is, `name` the variable that holds it. `prefix` is what it was made with or what the
    expression puts before it, None when that is not literal. `supposed` things have nothing but a name.
    """

    framework: str
    role: str
    name: str = ""
    key: Hashable = None
    prefix: str | None = ""
    supposed: bool = False


class Servers:
    """Tells for any expression of a file whether it is a server."""

    def __init__(self, syntax: Syntax, names: Names) -> None:
        self.syntax = syntax
        self.names = names
        self._known: dict[tuple[int, int], Server | None] = {}
        self._plugins = self._registered()

    def of(self, node: Node | None, depth: int = 0) -> Server | None:
        """The server an expression is; None when nothing shows that it is one."""
        node = bare(node)
        if node is None or depth > LONGEST_CHAIN:
            return None
        place = node.start_byte, node.end_byte
        if place not in self._known:
            self._known[place] = None
            self._known[place] = self._of(node, depth)
        return self._known[place]

    def typed(self, kind: str) -> Server | None:
        """The server an annotation promises."""
        root, _, member = kind.partition(".")
        bound = self.names.imported(root)
        if bound is None:
            return None
        made = TYPES.get((bound.module, member or bound.member or root))
        if made is None and bound.module in ("@koa/router", "koa-router", "koa"):
            made = TYPES.get((bound.module, bound.member))
        return Server(*made) if made else None

    def _of(self, node: Node, depth: int) -> Server | None:
        if node.type == "identifier":
            bound = self.names.binding(node)
            return self._bound(bound, depth) if bound is not None else None
        if node.type == "member_expression":
            return self._member(node, depth)
        if node.type in ("call_expression", "new_expression"):
            return self._made(node, depth)
        if node.type == "assignment_expression":
            return self.of(node.child_by_field_name("right"), depth + 1)
        return None

    def _bound(self, bound: Binding, depth: int) -> Server | None:
        key = bound.name, bound.at, bound.start
        supposed = Server("", "app", bound.name, key, supposed=True) if SUPPOSED.fullmatch(bound.name) else None
        if bound.how == "parameter":
            return self._parameter(bound, key) or (supposed if bound.member == "0" or bound.kind == "" else None)
        if bound.how == "import":
            return supposed if bound.origin is not None and bound.origin.module not in CLIENTS else None
        if bound.how != "value":
            return supposed if bound.how == "property" and self._unknown(bound.node) else None
        if bound.node is None:
            made = self.typed(bound.kind)
            return made and replace(made, name=bound.name, key=key)
        made = self.of(bound.node, depth + 1)
        if made is None:
            return supposed if self._unknown(bound.node) else None
        return replace(made, name=made.name or bound.name, key=made.key or key)

    def _unknown(self, node: Node | None) -> bool:
        """Whether a value can be anything: it is not written here, and no client of a server gives it."""
        node = bare(node)
        if node is None or node.type not in UNKNOWN:
            return False
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        origin = self.names.origin(node) or self.names.origin(function)
        return origin is None or origin.module not in CLIENTS

    def _parameter(self, bound: Binding, key: Hashable) -> Server | None:
        made = self.typed(bound.kind) if bound.kind else None
        function = bound.node
        if made is None and function is not None and bound.member == "0" and self._is_plugin(function):
            made = Server("fastify", "app")
        return made and replace(made, name=self.name_of(function) or bound.name, key=self.key_of(function) or key)

    def _is_plugin(self, function: Node) -> bool:
        """Whether a function is handed to `register`, or typed as something that is."""
        parent = function.parent
        annotated = parent is not None and parent.type == "variable_declarator"
        kind = self.names.bindings.kind_of(parent) if annotated and parent is not None else ""
        return (function.start_byte, function.end_byte) in self._plugins or bool(PLUGIN.fullmatch(kind))

    def name_of(self, function: Node | None) -> str:
        """The name a function has or is assigned to."""
        if function is None:
            return ""
        name = function.child_by_field_name("name")
        parent = function.parent
        if name is None and parent is not None and parent.type == "variable_declarator":
            name = parent.child_by_field_name("name")
        return self.syntax.text(name)

    def key_of(self, function: Node | None) -> Hashable:
        """What a function stands for as the place routes are registered in."""
        return None if function is None else ("function", function.start_byte)

    def _registered(self) -> frozenset[tuple[int, int]]:
        """The functions of this file that are given to `register`."""
        found = set()
        for call in self.syntax.found.get("call", []):
            if self.syntax.callee(call) == "register" and (given := arguments(call)):
                function = self.names.function(self.unwrapped(given[0]))
                if function is not None:
                    found.add((function.start_byte, function.end_byte))
        return frozenset(found)

    def unwrapped(self, node: Node) -> Node:
        """The plugin inside of `fp(plugin)`."""
        node = bare(node) or node
        given = arguments(node) if node.type == "call_expression" else []
        origin = self.names.origin(node.child_by_field_name("function")) if given else None
        return given[0] if origin is not None and origin.module == "fastify-plugin" else node

    def _member(self, node: Node, depth: int) -> Server | None:
        """A field of the class around: `this.app`."""
        inner = node.child_by_field_name("object")
        name = self.syntax.text(node.child_by_field_name("property"))
        if inner is None or inner.type != "this":
            return None
        around = next((one for one in reversed(self.syntax.found.get("class", [])) if covers(one, node)), None)
        key = "this", name, around.start_byte if around is not None else 0
        for where, value, kind in self.names.fields.get(name, []):
            if around is not None and covers(around, where):
                made = self.of(value, depth + 1) if value is not None else None
                made = made or (self.typed(kind) if kind else None)
                if made is not None:
                    return replace(made, name=f"this.{name}", key=key)
        return Server("", "app", f"this.{name}", key, supposed=True) if SUPPOSED.fullmatch(name) else None

    def _made(self, node: Node, depth: int) -> Server | None:
        function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        origin = self.names.origin(function)
        made = MADE.get((origin.module, origin.member)) if origin is not None else None
        if made is not None:
            return self._held(node, Server(*made, prefix=self._own_prefix(made, node)))
        if origin is not None and origin.module in WRAPPERS and arguments(node):
            return self.of(arguments(node)[0], depth + 1)
        if origin is None and (own := self.names.function(function)) is not None:
            returned = self._returned(own, depth)
            return returned and replace(returned, name="")
        inner, method = receiver(node), self.syntax.callee(node)
        on = self.of(inner, depth + 1) if inner is not None else None
        if on is not None:
            return self._chained(on, method, node)
        if method == "createApp" and self._is_factory(inner):
            return self._held(node, Server("hono", "app"))
        made_here = MAKERS.fullmatch(method) and self._unknown(node)
        return Server("", "app", supposed=True) if made_here else None

    def _is_factory(self, node: Node | None) -> bool:
        """Whether an expression makes applications: `createFactory()` of Hono."""
        node = self.names.value(node)
        if node is None or node.type not in ("call_expression", "new_expression"):
            return False
        origin = self.names.origin(node.child_by_field_name("function") or node.child_by_field_name("constructor"))
        return origin is not None and (origin.module, origin.member) in FACTORIES

    def _held(self, node: Node, made: Server) -> Server:
        """The same server with the name of the constant that a chain of calls on it ends in."""
        around = node.parent
        while around is not None and (around.type in CHAINS or self._is_link(around)):
            around = around.parent
        name = (
            around.child_by_field_name("name") if around is not None and around.type == "variable_declarator" else None
        )
        bound = self.names.binding(name) if name is not None and name.type == "identifier" else None
        return made if bound is None else replace(made, name=bound.name, key=(bound.name, bound.at, bound.start))

    def _is_link(self, node: Node) -> bool:
        return node.type == "call_expression" and self.syntax.callee(node) in SAME | {"route", "basePath"}

    def _returned(self, function: Node, depth: int) -> Server | None:
        """The server a function of this file makes and gives back."""
        body = function.child_by_field_name("body")
        if body is None or body.type != "statement_block":
            return self.of(body, depth + 1)
        last = next((one for one in reversed(body.named_children) if one.type == "return_statement"), None)
        return self.of(last.named_children[0], depth + 1) if last is not None and last.named_children else None

    def _own_prefix(self, made: tuple[str, str], node: Node) -> str | None:
        given = arguments(node)
        if made != ("koa", "router") or not given:
            return ""
        prefix = self.syntax.entry(given[0], "prefix")
        return "" if prefix is None else self.syntax.literal(self.names.value(prefix))

    def _chained(self, on: Server, method: str, node: Node) -> Server | None:
        """What a method of a server gives: itself, the socket it listens on, or a part of it under a path."""
        given = arguments(node)
        if method == "listen":
            return Server("http", "server") if on.framework in ("express", "koa") else replace(on, role="server")
        if method == "basePath" and on.framework == "hono":
            path = self.syntax.literal(self.names.value(given[0])) if given else None
            return replace(on, prefix=joined(on.prefix, path))
        if method == "route" and on.framework != "hono" and len(given) == 1:
            return replace(on, role="route")
        if method == "getHttpServer":
            return Server("http", "server")
        return on if method in SAME or (method == "route" and on.framework == "hono") else None


def joined(prefix: str | None, path: str | None) -> str | None:
    """The path under a prefix, None when either is unknown: `/api` and `users/` are `/api/users/`."""
    if prefix is None or path is None:
        return None
    before, after = prefix.strip("/"), path.lstrip("/")
    if not before:
        return f"/{after}" if after or path else ""
    return f"/{before}/{after}" if after else f"/{before}"
