"""Which paths does a Python file answer?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.surfaces.app.nodes import Mount, Route
from autofix.surfaces.app.python_handlers import VERBS, Answer, answer, plain, verbs
from autofix.surfaces.app.python_routers import DJANGO, DJANGO_PATTERN, INCLUDE, Routers, below, joined
from autofix.surfaces.app.python_tree import FUNCTIONS, Tree, argument, dotted, keyword, spread
from autofix.surfaces.app.python_values import text, texts
from autofix.text import Span

STARLETTE = frozenset({"starlette.routing.Route", "fastapi.routing.APIRoute"})
STARLETTE_MOUNT = "starlette.routing.Mount"
AIOHTTP = re.compile(r"aiohttp\.web\.(get|post|put|patch|delete|head)$")
CALLS = {"add_api_route": "fastapi", "add_url_rule": "flask", "add_resource": "flask"}
TEST = re.compile(r"(?:^|/)(?:tests?|testing|__tests__|e2e)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|conftest)\.py$")
LITERAL = re.compile(
    r"""(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"""|'|")(?P<inner>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""", re.DOTALL
)


@dataclass(frozen=True)
class Place:
    """Where a route is registered, while it is looked at. `prefix` is None when it cannot be told."""

    framework: str
    router: str
    prefix: str | None
    free: bool


def is_test(path: str) -> bool:
    """Whether a file is there to try the service and not to be it."""
    return bool(TEST.search(path))


def inner(tree: Tree, node: ast.expr) -> Span | None:
    """The place between the quotes of a string that is one literal."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    span = tree.span(node)
    match = LITERAL.fullmatch(tree.source.text, span.start, span.end)
    if match is None or ast.literal_eval(match.group()) != node.value:
        return None
    return Span(*match.span("inner"))


class Routes:
    """The registrations of one file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.routers = Routers(tree)
        self._including = [
            call for call in tree.every(ast.Call) if self._included(call, tree.origin(call.func)) is not None
        ]
        self.asked_before = any(one.attr == "before_request" for one in tree.every(ast.Attribute))

    def routes(self) -> Iterator[Route]:
        """Every route, one for each method."""
        for call in self.tree.every(ast.Call):
            origin = self.tree.origin(call.func)
            if origin in DJANGO or origin in DJANGO_PATTERN:
                yield from self._django(call, origin)
            elif origin in STARLETTE:
                yield from self._starlette(call)
            elif match := AIOHTTP.match(origin):
                place = Place("aiohttp", "", "", free=True)
                yield from self._made(call, place, argument(call, 0), argument(call, 1), (match[1].upper(),))
            elif isinstance(call.func, ast.Attribute):
                yield from self._method(call, call.func)

    def mounts(self) -> Iterator[Mount]:
        """Every router under a prefix."""
        yield from self.routers.mounts()
        for call in self._including:
            origin = self.tree.origin(call.func)
            what = self._included(call, origin)
            if what is not None and not isinstance(what, (ast.List, ast.Tuple)):  # what stands there has its prefix
                name, outer = self._around(call)
                yield self._mount(call, joined("", outer, self._piece(call, origin)), what, name)

    def _mount(self, call: ast.Call, prefix: str | None, what: ast.expr, name: str) -> Mount:
        module = text(self.tree, what)
        mount = self.routers.mount(call, prefix, what, name)
        return Mount(**{**mount.__dict__, "module": module}) if module else mount

    # a method of a router, as a decorator or called

    def _method(self, call: ast.Call, function: ast.Attribute) -> Iterator[Route]:
        name, attribute = dotted(function.value), function.attr
        if attribute in CALLS and name:
            yield from self._called(call, function, name)
        elif name.endswith(".router") and attribute in {f"add_{verb}" for verb in VERBS}:
            place = self._place(name.removesuffix(".router"), "aiohttp")
            verb = attribute.removeprefix("add_").upper()
            yield from self._made(call, place, argument(call, 0), argument(call, 1), (verb,))
        elif name and attribute in {*VERBS, "route", "api_route"}:
            view = self._decorated(call)
            path = argument(call, 0, "path", "rule", "uri")
            if view is None or (not self.routers.known(name) and not self._looks_like_path(path)):
                return
            place = self._place(name)
            methods = (attribute.upper(),) if attribute in VERBS else verbs(view) or self._methods(call)
            yield from self._made(call, place, path, view, methods)

    def _called(self, call: ast.Call, function: ast.Attribute, name: str) -> Iterator[Route]:
        """`add_api_route(path, f)`, `add_url_rule(rule, endpoint, f)`, `add_resource(Class, *paths)`."""
        place = self._place(name, CALLS[function.attr])
        if function.attr == "add_resource":
            for path in call.args[1:]:
                view = answer(self.tree, argument(call, 0))
                yield from self._made(call, place, path, view, verbs(view) or ("ANY",))
            return
        at = 1 if function.attr == "add_api_route" else 2
        view = answer(self.tree, argument(call, at, "endpoint" if at == 1 else "view_func"))
        yield from self._made(call, place, argument(call, 0, "path", "rule"), view, verbs(view) or self._methods(call))

    def _decorated(self, call: ast.Call) -> Answer | None:
        """What the registration stands over, or is called with."""
        outer = self.tree.parents.get(call)
        if isinstance(outer, (*FUNCTIONS, ast.ClassDef)) and call in outer.decorator_list:
            return outer
        if isinstance(outer, ast.Call) and outer.func is call and len(outer.args) == 1:
            return answer(self.tree, outer.args[0])
        return None

    def _looks_like_path(self, node: ast.expr | None) -> bool:
        path = text(self.tree, node)
        return path is not None and path.startswith("/")

    def _methods(self, call: ast.Call) -> tuple[str, ...]:
        given = keyword(call, "methods", "method")
        if given is None:
            return ("",) if spread(call) else ("GET",)
        found = texts(self.tree, given)
        return tuple(method.upper() for method in found) if found else ("",)

    def _place(self, name: str, framework: str = "") -> Place:
        router = self.routers.router(name)
        known = router.framework or framework
        free = self.routers.free(name) and not (self.asked_before and known in {"flask", "quart"})
        return Place(known, name, self.routers.prefix(name), free)

    # lists of routes

    def _django(self, call: ast.Call, origin: str) -> Iterator[Route]:
        view = argument(call, 1, "view")
        if view is None or self._included(call, origin) is not None:
            return
        name, prefix = self._around(call)
        place = Place("django", name, prefix, free=True)
        yield from self._made(call, place, argument(call, 0, "route", "regex"), view, ("ANY",))

    def _starlette(self, call: ast.Call) -> Iterator[Route]:
        name, prefix = self._around(call)
        view = argument(call, 1, "endpoint")
        methods = verbs(answer(self.tree, view)) or self._methods(call)
        yield from self._made(
            call, Place("starlette", name, prefix, free=True), argument(call, 0, "path"), view, methods
        )

    def _included(self, call: ast.Call, origin: str) -> ast.expr | None:
        """What stands below the pattern instead of one view."""
        if origin == STARLETTE_MOUNT:
            return argument(call, 1, "app", "routes")
        if origin not in DJANGO and origin not in DJANGO_PATTERN:
            return None
        view = argument(call, 1, "view")
        if isinstance(view, ast.Call) and self.tree.origin(view.func) in INCLUDE and view.args:
            what = view.args[0]
            return what.elts[0] if isinstance(what, ast.Tuple) and what.elts else what
        return view if isinstance(view, ast.Attribute) and view.attr == "urls" else None

    def _piece(self, call: ast.Call, origin: str) -> str | None:
        """The prefix one including pattern adds."""
        written = text(self.tree, argument(call, 0, "route", "path", "regex"))
        if origin == STARLETTE_MOUNT:
            return written.rstrip("/") if written is not None else None
        return below(written) if origin in DJANGO else None

    def _around(self, call: ast.Call, seen: frozenset[str] = frozenset()) -> tuple[str, str | None]:
        """The list a registration stands in, and what this file puts before it."""
        prefix: str | None = ""
        for outer in self.tree.ancestors(call):
            if isinstance(outer, ast.Call):
                origin = self.tree.origin(outer.func)
                if self._included(outer, origin) is not None:
                    prefix = joined("", self._piece(outer, origin), prefix)
                elif origin.endswith("i18n_patterns"):
                    prefix = None  # the language comes first
            elif isinstance(outer, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
                target = outer.targets[0] if isinstance(outer, ast.Assign) else outer.target
                name = dotted(target)
                return name, joined("", self._list_prefix(name, seen), prefix)
            elif isinstance(outer, ast.stmt):
                break
        return "", prefix

    def _list_prefix(self, name: str, seen: frozenset[str]) -> str | None:
        """What this file puts before the patterns of a list by including it."""
        if name in seen:
            return None
        places = [
            joined("", self._around(call, seen | {name})[1], self._piece(call, self.tree.origin(call.func)))
            for call in self._including
            if dotted(self._included(call, self.tree.origin(call.func))) == name
        ]
        return places[0] if len(places) == 1 else None if places else ""

    # the fact

    def _made(
        self, call: ast.Call, place: Place, path: ast.expr | None, view: ast.AST | None, methods: tuple[str, ...]
    ) -> Iterator[Route]:
        value = text(self.tree, path)
        span = inner(self.tree, path) if path is not None else None
        written = self.tree.source.slice(span) if span is not None else value or ""
        pattern = self.tree.origin(call.func) in DJANGO_PATTERN
        full = None if pattern or value is None else "/" + value if place.framework == "django" else value
        full = joined(place.framework, place.prefix, full)
        found = answer(self.tree, view) if isinstance(view, ast.expr) else view
        where = self.tree.span(found) if isinstance(found, (*FUNCTIONS, ast.ClassDef, ast.Lambda)) else None
        for method in dict.fromkeys(methods):
            yield Route(
                self.tree.source,
                self._registration(call),
                f"route:{method}:{place.router}:{value if value is not None else '?'}",
                framework=place.framework,
                method=method,
                written=written,
                path_span=span,
                prefix=place.prefix,
                full_path=full,
                router=place.router,
                handler=where,
                plain=place.free and self._plain(call, found),
            )

    def _plain(self, call: ast.Call, found: ast.AST | None) -> bool:
        """Whether the answer is plain and no decorator but routes stands over it."""
        if not isinstance(found, FUNCTIONS) or not plain(found):
            return False
        if keyword(call, "dependencies", "status_code", "auth") is not None:
            return False
        decorators = [one.func if isinstance(one, ast.Call) else one for one in found.decorator_list]
        return all(isinstance(one, ast.Attribute) and one.attr in {*VERBS, "route", "api_route"} for one in decorators)

    def _registration(self, call: ast.Call) -> Span:
        """The whole registration, the `@` of a decorator included."""
        span, outer = self.tree.span(call), self.tree.parents.get(call)
        if isinstance(outer, (*FUNCTIONS, ast.ClassDef)):
            at = len(self.tree.source.text[: span.start].rstrip(" \t\\\r\n")) - 1
            if at >= 0 and self.tree.source.text[at] == "@":
                return Span(at, span.end)
        return span
