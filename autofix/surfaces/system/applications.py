"""Which applications of the repository answer a health path, and which services run each?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import join

from autofix.project import Project, Service
from autofix.surfaces.app import ENDINGS
from autofix.surfaces.app.document import module_of
from autofix.surfaces.app.nodes import AppModule, Mount, Route
from autofix.surfaces.system.spelling import COMMON, last, same

NAMED = re.compile(rf"\b(?:{'|'.join(map(re.escape, COMMON - {'_health'}))})\b|_health\b")
SERVED_BY_OTHERS = re.compile(
    r"terminus|lightship|express-actuator|fastify-healthcheck|under-pressure|health-check|healthcheck|http-proxy|http-terminator"
    r"|@fastify/static|actuator"
)
FRONTS = re.compile(r"\b(?:nginx|caddy|httpd|haproxy|traefik|openresty)\b")
ASKING = frozenset({"GET", "ANY", "HEAD", ""})


@dataclass(frozen=True)
class Answer:
    """A path that an application answers, and the registration that makes it. `mount` is what brings the last part of
    the path, and the file it stands in, where the route itself does not hold it. `placed` says that nothing else may stand before the path.
    """

    path: str
    route: Route
    module: AppModule = field(repr=False)
    mount: tuple[AppModule, Mount] | None = field(repr=False, default=None)
    placed: bool = True


@dataclass(frozen=True)
class App:
    """The source in one folder, and the services that run it. `answers` are all paths it answers; `sure` says that
    there is no other one that cannot be seen. `packages` are what its source imports.
    """

    folder: str
    services: tuple[Service, ...]
    answers: tuple[Answer, ...] = field(repr=False)
    sure: bool
    port: int | None = None
    packages: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def name(self) -> str:
        """How people call it."""
        named = sorted(self.services, key=lambda one: (one.kind == "image", one.path, one.name))
        return named[0].name

    @property
    def health(self) -> tuple[Answer, ...]:
        """The answers whose path is a usual spelling of the health path."""
        return tuple(one for one in self.answers if last(one.path) in COMMON and one.route.method in ASKING)

    def at(self, path: str) -> tuple[Answer, ...]:
        """The registrations that answer a path."""
        return tuple(one for one in self.answers if same(one.path, path))

    def lacks(self, path: str) -> bool:
        """Whether nothing here answers a path, for sure; one with parameters may answer anything."""
        return self.sure and not any(_may_be(one.path, path) for one in self.answers if one.route.method in ASKING)

    def holds(self, path: str) -> bool:
        """Whether a file stands in its folder."""
        return not self.folder or path.startswith(f"{self.folder}/")


def applications(project: Project) -> tuple[App, ...]:
    """Every application that answers a usual health path, by its folder."""
    folders: dict[str, list[Service]] = {}
    for service in project.services:
        if service.build:
            folders.setdefault(service.folder, []).append(service)
    found = (_app(project, folder, tuple(folders[folder])) for folder in sorted(folders) if _named(project, folder))
    return tuple(app for app in found if app.health)


def owner(apps: tuple[App, ...], path: str) -> App | None:
    """The application whose source a file is, the innermost one."""
    return max((app for app in apps if app.holds(path)), key=lambda app: len(app.folder), default=None)


def _named(project: Project, folder: str) -> bool:
    """Whether any source in a folder names a usual health path, in its text or by where it lies."""
    top = f"{folder}/" if folder else ""
    return any(
        path.startswith(top) and path.endswith(ENDINGS) and (NAMED.search(source.text) or NAMED.search(path))
        for path, source in project.sources.items()
    )


def _app(project: Project, folder: str, services: tuple[Service, ...]) -> App:
    answers: list[Answer] = []
    sure = not any(SERVED_BY_OTHERS.search(text) for text in _manifests(project, folder))
    application = project.application(services[0])
    modules = {path: module_of(project.sources[path]) for path in application.modules}
    for point in application.endpoints:
        module = modules.get(point.evidence.path)
        routes = [one for one in module.routes if one.span == point.evidence.span] if module else []
        route = next((one for one in routes if one.method == point.method and _ends(point.path, one)), None)
        if module and route:
            mount = _bringing(modules.values(), point.path, route)
            answers.append(Answer(point.path, route, module, mount, point.placed))
    sure = sure and all(_told(module) for module in modules.values() if module) and all(one.placed for one in answers)
    sure = sure and not any(FRONTS.search(one.image.value) for one in services if one.image and not one.build)
    port = application.port.value if application.port else None
    packages = frozenset(one.module for module in modules.values() if module for one in module.imports)
    return App(folder, services, tuple(answers), sure, port, packages)


def _bringing(modules: Iterable[AppModule | None], path: str, route: Route) -> tuple[AppModule, Mount] | None:
    """The mount whose prefix ends with the last part of a path that its route says nothing of."""
    if (route.full_path or "").strip("/"):
        return None
    mounts = [(module, one) for module in modules if module for one in module.mounts]
    found = [(module, one) for module, one in mounts if one.prefix and last(one.prefix) == last(path)]
    return found[0] if len(found) == 1 else None


def _ends(path: str, route: Route) -> bool:
    full = (route.full_path or "").strip("/")
    return path.strip("/").endswith(full) if full else True


def _told(module: AppModule) -> bool:
    """Whether every path that a file answers can be told."""
    mounted = all(one.prefix is not None for one in module.mounts)
    return mounted and all(one.full_path is not None for one in module.routes if one.method in ASKING)


def _manifests(project: Project, folder: str) -> Iterator[str]:
    """What says which packages an application uses, and how Next rewrites its paths."""
    for name in ("package.json", "requirements.txt", "pyproject.toml"):
        if source := project.sources.get(join(folder, name)):
            yield source.text
    for ending in ("js", "mjs", "ts", "cjs"):
        if (source := project.sources.get(join(folder, f"next.config.{ending}"))) and re.search(
            r"basePath|rewrites|output: ?['\"]export", source.text
        ):
            yield "http-proxy"


def _may_be(pattern: str, path: str) -> bool:
    """Whether a registered path may answer another one: parameters and wildcards stand for anything."""
    if same(pattern, path):
        return True
    if re.search(r"[*(\[]", pattern) or "<path:" in pattern or ":path}" in pattern:
        head = re.split(r"[*(\[<{]", pattern)[0]
        return path.startswith(head.rstrip("/")) or head in ("/", "")
    ours, theirs = pattern.strip("/").split("/"), path.strip("/").split("/")
    return len(ours) == len(theirs) and all(
        one == two or one.startswith((":", "{", "<")) for one, two in zip(ours, theirs, strict=True)
    )
