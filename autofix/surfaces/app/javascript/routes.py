"""Which paths do the calls on servers and routers of this file answer, and which routers do they put where?"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.names import Origin
from autofix.surfaces.app.javascript.plain import is_plain, parameters
from autofix.surfaces.app.javascript.servers import METHODS, Server, joined
from autofix.surfaces.app.javascript.tree import FUNCTIONS, arguments, bare, items, receiver
from autofix.surfaces.app.nodes import Mount, Route, Use
from autofix.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

ROUTED = frozenset({"express", "fastify", "koa", "hono", "restify", ""})
HANDLERS = (
    (re.compile(r"_?(?:request|req)"), re.compile(r"_?reply"), "fastify"),
    (re.compile(r"_*(?:request|req)?"), re.compile(r"_*(?:response|resp|res)"), "express"),
    (re.compile(r"_?(?:ctx|context)"), None, "koa"),
    (re.compile(r"c"), None, "hono"),
)
HARMLESS_OPTIONS = frozenset({"schema", "logLevel", "config", "handler", "method", "url", "path", "exposeHeadRoute"})


class Written(NamedTuple):
    """A path as it stands in the source; `span` is None when it stands elsewhere, `text` when it is not literal."""

    text: str | None
    span: Span | None


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


class Registrations:
    """The calls of a file that register something: `routes`, `mounts` and the `middleware` among them."""

    def __init__(self, file: File) -> None:
        self.file = file
        self._drafts: list[Draft] = []
        self._mounts: list[Mounted] = []
        self._middleware: list[tuple[Use, Server]] = []
        for call in file.calls("use", "register", "route", "openapi", "on", "prefix", *METHODS):
            self._call(call)
        for call in file.calls():
            self._handed_on(call)
        keys = {one.on.key for one in self._drafts if one.certain} | {one.on.key for one in self._mounts if one.certain}
        self._sure = keys
        self._framework = {one.on.key: one.route.framework for one in reversed(self._drafts) if one.route.framework}

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
            path = self._paths(given[0])[0].text
            self._mounts.append(
                Mounted(self._mount(call, path, "", "", on), replace(on, key=None), on.key, False, True)
            )
        elif name == "route":
            self._route(call, on, given)
        elif name == "openapi" and on.framework == "hono":
            self._openapi(call, on, given)
        elif name == "on" and on.framework == "hono" and len(given) > 2:
            self._add(call, on, self._methods(given[0]), self._paths(given[1]), given[2:])
        elif name in METHODS:
            self._method(call, on, METHODS[name], given)

    def _method(self, call: Node, on: Server, method: str, given: list[Node]) -> None:
        if on.role == "route":
            inner = self._route_of(call)
            if inner is not None:
                self._add(call, on, [method], self._paths(arguments(inner)[0]), given)
            return
        paths = self._paths(given[0])
        rest = given[1:]
        named = on.framework == "koa" and len(given) > 2 and paths[0].text is not None
        if named and (second := self._paths(given[1]))[0].text is not None:
            paths, rest = second, given[2:]
        if rest and (paths[0].text is not None or self._function(rest[-1])):
            self._add(call, on, [method], paths, rest)

    def _route(self, call: Node, on: Server, given: list[Node]) -> None:
        entry = self.file.syntax.entry
        if on.framework == "hono":
            if len(given) == 2:
                self._mounted(call, on, self._paths(given[0])[0].text, given[1])
        elif (url := entry(given[0], "url", "path")) is not None:
            handler = entry(given[0], "handler")
            rest = [given[0]] if handler is None else [given[0], handler]
            methods = self._methods(entry(given[0], "method"))
            self._add(call, on, methods, self._paths(url), rest)

    def _openapi(self, call: Node, on: Server, given: list[Node]) -> None:
        made = self.file.names.value(given[0])
        spec = arguments(made)[0] if made is not None and made.type == "call_expression" and arguments(made) else None
        path = self.file.syntax.entry(spec, "path")
        if path is not None:
            methods = self._methods(self.file.syntax.entry(spec, "method"))
            self._add(call, on, methods, self._paths(path), given[1:])

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

    def _paths(self, node: Node) -> list[Written]:
        """Every path an argument names: a literal, a constant, several in an array."""
        syntax = self.file.syntax
        literal = bare(node) or node
        if (text := syntax.literal(literal)) is not None:
            return [Written(text, syntax.inside(literal))]
        value = self.file.names.value(node)
        if value is not None and value.type == "array":
            paths = [self._paths(one)[0] for one in syntax.elements(value)]
            here = value.start_byte == literal.start_byte
            return [one if here else one._replace(span=None) for one in paths] or [Written(None, None)]
        return [Written(syntax.literal(value), None)]

    def _add(self, call: Node, on: Server, methods: list[str], paths: list[Written], rest: list[Node]) -> None:
        function = self.file.names.function(rest[-1]) if rest else None
        evidence = self._evidence(on, function, paths, rest)
        if evidence is None:
            return
        framework, certain = evidence
        plain = self._unguarded(rest) and is_plain(self.file.syntax, function)
        span = self.file.syntax.span(call)
        for method in methods:
            for written in paths:
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
        self, on: Server, function: Node | None, paths: list[Written], rest: list[Node]
    ) -> tuple[str, bool] | None:
        """The framework, and whether that is sure. A thing that is only supposed needs a handler to show it."""
        if not on.supposed:
            return on.framework, True
        if not rest or not (paths[0].text or "").startswith(("/", "*")):
            return None
        framework = _framework_of(parameters(self.file.syntax, function)) if function is not None else ""
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

    def _use(self, call: Node, on: Server, given: list[Node]) -> None:
        first = bare(given[0])
        paths = [Written("", None)]
        rest = given
        if first is not None and (self._is_path(first) or (len(given) > 1 and self._is_unknown(first))):
            paths, rest = self._paths(given[0]), given[1:]
        function = self.file.names.function(rest[-1]) if rest else None
        handles = parameters(self.file.syntax, function) if function is not None else []
        if paths[0].text and len(handles) == 2 and _framework_of(handles) == "express" and on.framework != "koa":
            self._add(call, on, ["ANY"], paths, rest)
            return
        for node in rest:
            last = node == rest[-1] or self._is_router(node)
            mounted = [last and self._mounted(call, on, path.text, node) for path in paths]
            if not any(mounted) or (paths[0].text == "" and not self._is_router(node)):
                self._runs_before(node, on)

    def _is_router(self, node: Node) -> bool:
        """Whether an argument is a router for sure, or called one."""
        server = self.file.servers.of(self._target(node))
        certain = server is not None and not server.supposed
        return certain or _routers_name(self.file.syntax.text(node)[:80].partition("(")[0])

    def _is_path(self, node: Node) -> bool:
        value = self.file.names.value(node)
        return value is not None and (value.type in ("string", "template_string", "array", "binary_expression"))

    def _is_unknown(self, node: Node) -> bool:
        """Whether a first argument may be a path as well as a function."""
        return node.type in ("identifier", "member_expression") and self.file.names.function(node) is None

    def _register(self, call: Node, on: Server, given: list[Node]) -> None:
        prefix = self.file.syntax.entry(given[1], "prefix") if len(given) > 1 else None
        opaque = len(given) > 1 and (bare(given[1]) or given[1]).type != "object"
        path = None if opaque else "" if prefix is None else self._paths(prefix)[0].text
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

    def _runs_before(self, node: Node, on: Server) -> None:
        node = bare(node) or node
        called = node.child_by_field_name("function") if node.type == "call_expression" else node
        what = "" if node.type in FUNCTIONS else self.file.syntax.text(called)
        self._middleware.append((self.file.use("middleware", node, what), on))

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

    def _function(self, node: Node) -> bool:
        return self.file.names.function(node) is not None


def _framework_of(names: list[str]) -> str:
    """The framework whose handlers have such parameters."""
    for first, second, framework in HANDLERS:
        fits = first.fullmatch(names[0]) if names else None
        if fits and ((second is None and len(names) < 3) or (second and len(names) > 1 and second.fullmatch(names[1]))):
            return framework
    return ""


def _routers_name(name: str) -> bool:
    return "rout" in name.lower() or name.startswith("require")


def ordered(routes: list[Route]) -> Iterator[Route]:
    """The routes in the order of the text."""
    yield from sorted(routes, key=lambda route: (route.path_span or route.span, route.method))
