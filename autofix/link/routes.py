"""Which paths does an application answer, with all that its files put before a route?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import join, normpath
from typing import TYPE_CHECKING

from autofix.link import guards
from autofix.link.names import parent
from autofix.project import Endpoint
from autofix.text import Span

if TYPE_CHECKING:
    from autofix.surfaces.app.nodes import AppModule, Mount, Route

DEEPEST = 4
STEM = re.compile(r"(?:/index)?(?:\.[cm]?[jt]sx?)?$")
MAKES_SERVER = re.compile(
    r"\bexpress\(\)|\b[fF]astify\(|\bnew (?:Koa|Elysia|Hono|OpenAPIHono|Application)\b|\bcreateServer\(|\bBun\.serve\(|\bNestFactory\b"
    r"|\b(?:FastAPI|Flask|Quart|Sanic|Starlette|Litestar|Bottle|Falcon|APIFlask|ThreadingHTTPServer|HTTPServer)\("
    r"|\bfalcon\.(?:asgi\.)?App\(|\bweb\.Application\(|\btornado\b"
)
SERVERS_NAME = frozenset({"app", "server", "application", "self.app", "this.app"})
ROOTED = frozenset({"nest", "nestjs", "http", "django", "next", "node"})  # frameworks whose routes need no mounting


@dataclass(frozen=True)
class Way:
    """How a request gets to the routers of a file: what is put before them, through which calls, and whether the way
    begins at a server.
    """

    prefix: str | None
    through: tuple[tuple[AppModule, Span], ...] = ()
    sure: bool = True


def endpoints(modules: Sequence[AppModule]) -> Iterator[Endpoint]:
    """Every route with what other files put before it; one whose prefix cannot be told is left out."""
    always = guards.everywhere(modules)
    for module in modules:
        ways = list(_ways(module, modules, ())) if module.routes else []
        for route in module.routes:
            for way in ways:
                for path in _paths(route, way, modules):
                    before = (
                        *guards.before(module, (route.span, route.full_path or "/", path), way.through, modules, leads),
                        *always,
                    )
                    lost = (
                        ()
                        if way.sure or _on_server(route)
                        else (route.evidence("nothing shows where its router is mounted"),)
                    )
                    yield Endpoint(
                        route.method, path, route.plain, route.evidence("route"), (*lost, *before), placed=not lost
                    )


def _on_server(route: Route) -> bool:
    """Whether a route is registered on what other files call their server, or needs no mounting."""
    return route.router in SERVERS_NAME or route.framework in ROOTED


def _ways(module: AppModule, modules: Sequence[AppModule], seen: tuple[str, ...]) -> Iterator[Way]:
    above = [
        (other, mount)
        for other in modules
        for mount in other.mounts
        if mount.router != "*" and leads(other, mount, module) and other.path not in seen
    ]
    if not above or len(seen) > DEEPEST:
        prefix = None if _handed_in(module, modules) else ""
        yield Way(prefix, (), sure=bool(MAKES_SERVER.search(module.source.text)))
    for other, mount in above if len(seen) <= DEEPEST else ():
        for way in _ways(other, modules, (*seen, module.path)):
            known = mount.prefix is not None and way.prefix is not None
            prefix = (
                f"{(way.prefix or '').rstrip('/')}/{(mount.prefix or '').strip('/')}".rstrip("/") if known else None
            )
            yield Way(prefix, (*way.through, (other, mount.span)), way.sure)


def _handed_in(module: AppModule, modules: Sequence[AppModule]) -> bool:
    """Whether another file puts what this one exports under something, in a way that was not understood."""
    for other in modules:
        for one in other.imports if other is not module and other.language != "python" else ():
            target = normpath(join(parent(other.path), one.module)) if one.module.startswith(".") else one.module
            if not f"/{STEM.sub('', module.path)}".endswith(f"/{STEM.sub('', target.lstrip('@~#/'))}"):
                continue
            names = "|".join(re.escape(here) for here, _ in one.names)
            taken = rf"\.(?:route|use|mount|register|group)\((?:[^()]|\([^()]*\))*(?<![\w.'\"])(?:{names})(?![\w'\"])"
            if names and re.search(taken, other.source.text):
                return True
    return False


def _paths(route: Route, way: Way, modules: Sequence[AppModule]) -> Iterator[str]:
    """The path of a route by one way, behind the prefixes that a framework puts before all of them."""
    if route.full_path is None or way.prefix is None:
        return
    inner = route.full_path if not way.prefix else _joined(way.prefix, route.full_path)
    everywhere = [mount for module in modules for mount in module.mounts if mount.router == "*"]
    if not everywhere:
        yield inner or "/"
    for mount in everywhere:
        if mount.prefix is not None:
            yield inner if inner.strip("/") in mount.exclude else _joined(mount.prefix, inner)


def _joined(prefix: str, path: str) -> str:
    return normpath("/" + join(prefix.strip("/"), path.strip("/"))).replace("//", "/")


def leads(other: AppModule, mount: Mount, module: AppModule) -> bool:
    """Whether a mount of one file is about the routers of another."""
    if mount.router == "*":
        return True
    if other is module:
        return False
    ours = re.sub(r"(?:/__init__)?\.py$", "", module.path)
    if other.language == "python" and mount.module.startswith("."):
        dots = len(mount.module) - len(mount.module.lstrip("."))
        folder = parent(other.path)
        for _ in range(dots - 1):
            folder = parent(folder)
        return ours == join(folder, mount.module[dots:].replace(".", "/")).rstrip("/")
    if not mount.module.startswith("."):
        dotted = mount.module.replace(".", "/")
        return bool(dotted) and f"/{ours}".endswith(f"/{dotted}")
    target = normpath(join(parent(other.path), mount.module))
    return re.sub(r"(?:/index)?\.[cm]?[jt]s$", "", module.path) == re.sub(r"(?:/index)?(?:\.[cm]?[jt]s)?$", "", target)
