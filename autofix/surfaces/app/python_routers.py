"""On what are routes registered, and which prefix does this very file put before them?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.surfaces.app.nodes import Mount
from autofix.surfaces.app.python_tree import Tree, argument, dotted, keyword, spread
from autofix.surfaces.app.python_values import text

NO_PREFIX = ""
CLASSES = {
    "fastapi.FastAPI": ("fastapi", NO_PREFIX),
    "fastapi.applications.FastAPI": ("fastapi", NO_PREFIX),
    "fastapi.APIRouter": ("fastapi", "prefix"),
    "fastapi.routing.APIRouter": ("fastapi", "prefix"),
    "flask.Flask": ("flask", NO_PREFIX),
    "flask.Blueprint": ("flask", "url_prefix"),
    "flask.blueprints.Blueprint": ("flask", "url_prefix"),
    "flask_smorest.Blueprint": ("flask", "url_prefix"),
    "flask_restful.Api": ("flask", "prefix"),
    "flask_restx.Api": ("flask", "prefix"),
    "flask_restx.Namespace": ("flask", "path"),
    "apiflask.APIFlask": ("flask", NO_PREFIX),
    "apiflask.APIBlueprint": ("flask", "url_prefix"),
    "quart.Quart": ("quart", NO_PREFIX),
    "quart.Blueprint": ("quart", "url_prefix"),
    "sanic.Sanic": ("sanic", NO_PREFIX),
    "sanic.Blueprint": ("sanic", "url_prefix"),
    "bottle.Bottle": ("bottle", NO_PREFIX),
    "starlette.applications.Starlette": ("starlette", NO_PREFIX),
    "starlette.routing.Router": ("starlette", NO_PREFIX),
    "aiohttp.web.Application": ("aiohttp", NO_PREFIX),
    "aiohttp.web.RouteTableDef": ("aiohttp", NO_PREFIX),
    "ninja.NinjaAPI": ("ninja", NO_PREFIX),
    "ninja.Router": ("ninja", NO_PREFIX),
}
WRAPPERS = frozenset({"flask_restful.Api", "flask_restx.Api"})  # `Api(blueprint)` answers below the blueprint
MODULES = {"fastapi": "fastapi", "flask": "flask", "flask_restful": "flask", "flask_restx": "flask", "quart": "quart",
           "sanic": "sanic", "aiohttp": "aiohttp", "ninja": "ninja", "bottle": "bottle"}  # fmt: skip
ATTACHING = {"include_router": ("prefix", 9), "register_blueprint": ("url_prefix", 9), "add_router": ("", 0),
             "blueprint": ("url_prefix", 9), "mount": ("path", 0), "add_namespace": ("path", 1),
             "add_subapp": ("prefix", 0)}  # fmt: skip
DJANGO = frozenset({"django.urls.path", "django.urls.conf.path"})
DJANGO_PATTERN = frozenset({"django.urls.re_path", "django.urls.conf.re_path", "django.conf.urls.url"})
INCLUDE = frozenset({"django.urls.include", "django.conf.urls.include", "django.urls.conf.include"})


@dataclass(frozen=True)
class Router:
    """What a name routes are registered on stands for: `own` is the prefix it was made with, None when unknown.

    `below` names the router it answers below; `free` says that nothing else is asked before its routes answer.
    """

    framework: str
    own: str | None
    below: str = ""
    free: bool = True


@dataclass(frozen=True)
class Attached:
    """A router put under a prefix by this file, while it is looked at. `instead`: the prefix replaces its own."""

    call: ast.Call
    what: ast.expr
    on: str
    prefix: str | None
    instead: bool = False


def joined(framework: str, *pieces: str | None) -> str | None:
    """The prefixes and the path together, the way the framework does it."""
    path = ""
    for piece in pieces:
        if piece is None:
            return None
        if framework in {"flask", "quart"} and path and piece:
            piece = "/" + piece.lstrip("/")  # noqa: PLW2901 - Flask joins its pieces with one slash
            path = path.rstrip("/")
        path += piece
    return path


def below(piece: str | None) -> str | None:
    """The prefix a Django pattern like `api/` puts before what it includes."""
    if piece is None or (piece and not piece.endswith("/")):
        return None
    return f"/{piece}".rstrip("/")


class Routers:
    """The routers of one file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        imported = {MODULES.get(origin.lstrip(".").partition(".")[0], "") for origin in tree.names.values()} - {""}
        self.framework = imported.pop() if len(imported) == 1 else ""
        self._annotated = {one.arg: tree.origin(one.annotation) for one in tree.every(ast.arg)}
        self.attached = tuple(self._attachments())

    def router(self, name: str) -> Router:
        """What is known of the router a name stands for."""
        made = [call for call in self.tree.given.get(name, ()) if isinstance(call, ast.Call)]
        found = {self._made(call) for call in made}
        if len(found) == 1 and len(made) == len(self.tree.given[name]):
            return found.pop()
        framework, prefix = CLASSES.get(self._annotated.get(name, ""), ("", "?"))
        return Router(framework or self.framework, None if prefix else "", free=False)

    def known(self, name: str) -> bool:
        """Whether the name is given a router here."""
        return any(
            isinstance(call, ast.Call) and self.tree.origin(call.func) in CLASSES
            for call in self.tree.given.get(name, ())
        )

    def _made(self, call: ast.Call) -> Router:
        origin = self.tree.origin(call.func)
        if origin not in CLASSES:
            return Router(self.framework, None, free=False)
        framework, name = CLASSES[origin]
        value = keyword(call, name) if name else None
        own: str | None = "" if value is None or _none(value) else text(self.tree, value)
        if spread(call) or keyword(call, "version") is not None or (value is None and name == "path"):
            own = None  # Sanic puts the version before it, a namespace its own name
        if origin == "fastapi.FastAPI" or (
            framework != "sanic" and keyword(call, "version") is not None and name == ""
        ):
            own = ""
        on = dotted(call.args[0]) if origin in WRAPPERS and call.args else ""
        free = keyword(call, "dependencies", "auth", "decorators", "middleware", "middlewares") is None
        return Router(framework, own, on, free)

    def prefix(self, name: str, seen: frozenset[str] = frozenset()) -> str | None:
        """What this file puts before every route of a router."""
        if name in seen:
            return None
        router, seen = self.router(name), seen | {name}
        places = [one for one in self.attached if dotted(one.what) == name]
        if len({(one.on, one.prefix) for one in places}) > 1:
            return None
        if not places:
            return joined(router.framework, self.prefix(router.below, seen) if router.below else "", router.own)
        place = places[0]
        own = "" if place.instead else router.own
        return joined(router.framework, self.base(place.on, seen), place.prefix, own)

    def base(self, name: str, seen: frozenset[str] = frozenset()) -> str | None:
        """What this file puts before everything attached to `name`; of a name from elsewhere it puts nothing."""
        return self.prefix(name, seen) if name in self.tree.given and self.known(name) else ""

    def free(self, name: str) -> bool:
        """Whether neither the router nor where it is attached asks anything before a route answers."""
        places = [one for one in self.attached if dotted(one.what) == name]
        return self.router(name).free and all(keyword(one.call, "dependencies") is None for one in places)

    def _attachments(self) -> Iterator[Attached]:
        for call in self.tree.every(ast.Call):
            function = call.func
            if isinstance(function, ast.Attribute) and function.attr in ATTACHING and dotted(function.value):
                found = self._attachment(call, function)
                if found is not None:
                    yield found

    def _attachment(self, call: ast.Call, function: ast.Attribute) -> Attached | None:
        """A router attached by a method of another one."""
        name, place = ATTACHING[function.attr]
        if place == 0:  # the path comes first, the application second
            what, value = argument(call, 1, "app", "router", "subapp"), argument(call, 0, name or "prefix")
            if value is None:
                return None
        else:
            what, value = argument(call, 0, "router", "blueprint", "ns"), argument(call, place, name)
        loose = function.attr in {"mount", "blueprint", "add_router"}  # words that others use as well
        if what is None or (loose and not self.known(dotted(function.value)) and not self.framework):
            return None
        prefix = "" if value is None or _none(value) else text(self.tree, value)
        if spread(call):
            prefix = None
        instead = function.attr in {"register_blueprint", "add_namespace"} and value is not None
        return Attached(call, what, dotted(function.value), prefix, instead)

    def mounts(self) -> Iterator[Mount]:
        """The routers this file attaches."""
        for one in self.attached:
            framework = self.router(one.on).framework
            yield self.mount(one.call, joined(framework, self.base(one.on), one.prefix), one.what, one.on)

    def mount(self, call: ast.Call, prefix: str | None, what: ast.expr, on: str) -> Mount:
        """One fact of a router under a prefix."""
        written = self.tree.written(what)
        source, span = self.tree.source, self.tree.span(call)
        module = _home(self.tree.origin(what))
        return Mount(source, span, f"mount:{written}", prefix=prefix, router=written, module=module, on=on)


def _none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _home(origin: str) -> str:
    """The module of `.users.router`; that of `.router` is the package, `.`."""
    dots = len(origin) - len(origin.lstrip("."))
    return origin[:dots] + origin[dots:].rpartition(".")[0]
