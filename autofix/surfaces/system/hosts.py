"""Which application answers at an address?  By the names of the network, by published ports, through a proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.project import Project, Proxied, Service
from autofix.surfaces.compose.document import ComposeFile
from autofix.surfaces.system.applications import App
from autofix.surfaces.system.spelling import Asked, last, same

LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker.internal"})  # noqa: S104 - an address asked
PUBLISHED = re.compile(r"(?:[\d.]+:)?(?:\$\{\w+:?-)?(?P<host>\d+)\}?:(?:\$\{\w+:?-)?(?P<inner>\d+)\}?(?:/tcp)?")


@dataclass(frozen=True)
class Reached:
    """Who answers a question, and with which path of his own. `kept` says that a proxy names the path itself, so that
    the question stays as it is when the application spells its path otherwise.
    """

    app: App
    path: str
    kept: bool = False


@dataclass(frozen=True)
class Network:
    """All that tells where an address leads."""

    project: Project
    apps: tuple[App, ...]

    def reached(self, asked: Asked, own: App | None = None) -> Reached | None:
        """The application behind a question; `own` is the one in whose container, or in whose tests, it is asked."""
        if asked.host is None or asked.host in LOCAL:
            if own:
                return Reached(own, asked.path)
            return self._local(asked) if asked.host else self._only(asked)
        service = self._named(asked.host)
        app = self.of(service) if service else None
        return Reached(app, asked.path) if app else self._through(service, asked) if service else None

    def foreign(self, asked: Asked) -> bool:
        """Whether a question is put to a container that is none of the applications."""
        service = self._named(asked.host or "")
        return service is not None and self.of(service) is None and not self._proxied(service)

    def of(self, service: Service) -> App | None:
        """The application a service runs."""
        return next((app for app in self.apps if service.id in {one.id for one in app.services}), None)

    def _named(self, host: str) -> Service | None:
        bare = host.partition(".")[0] if host not in LOCAL else ""
        names = (one for one in self.project.services if one.kind != "image" and bare in (one.name, *one.aliases))
        return next(names, None) if bare else None

    def _local(self, asked: Asked) -> Reached | None:
        """Who answers at a port of the machine."""
        port = int(asked.port) if asked.port.isdigit() else None
        if port is None and asked.port:
            return self._only(asked)
        found = [service for number, service in self._published if number == (port or 80)]
        for service in found:
            app = self.of(service)
            return Reached(app, asked.path) if app else self._through(service, asked)
        near = [app for app in self.apps if app.port == port and app.at(asked.path)]
        return Reached(near[0], asked.path) if len(near) == 1 else self._only(asked) if not self._published else None

    def _only(self, asked: Asked) -> Reached | None:
        """The one application that has such a health path."""
        found = [app for app in self.apps if any(same(one.path, asked.path) for one in app.health)]
        return Reached(found[0], asked.path) if len(found) == 1 else None

    @property
    def _published(self) -> Iterator[tuple[int, Service]]:
        for file in self.project.of(ComposeFile):
            for one in file.services:
                for leaf in one.leaves("ports"):
                    if found := PUBLISHED.fullmatch(leaf.text or ""):
                        yield from ((int(found["host"]), service) for service in self._composed(file.path, one.name))

    def _composed(self, path: str, name: str) -> list[Service]:
        return [one for one in self.project.services if (one.path, one.name) == (path, name)]

    def _proxied(self, service: Service) -> list[Proxied]:
        """What the proxy that a service runs hands on: its files are mounted there, or lie with its Dockerfile."""
        folder = service.folder if service.build else None
        origins = [one.origin.removeprefix("./") for one in service.mounts if one.kind == "bind"]
        top = service.path.rpartition("/")[0]
        return [
            one
            for one in self.project.proxied
            if any(one.evidence.path.startswith(f"{top}/{origin}".lstrip("/")) for origin in origins if origin)
            or (folder is not None and one.evidence.path.startswith(f"{folder}/".lstrip("/")))
        ]

    def _through(self, service: Service, asked: Asked) -> Reached | None:
        """Who answers behind the proxy that a service runs."""
        found = [one for one in self._proxied(service) if one.path is not None and _takes(one, asked.path)]
        best = max(found, key=lambda one: (one.modifier == "=", len(one.path or "")), default=None)
        if best is None or best.path is None or best.rewritten or best.modifier not in ("", "=", "^~"):
            return None
        inner = asked.path if best.uri is None else best.uri + asked.path[len(best.path) :]
        apps = [app for app in self.apps if {one.id for one in app.services} & set(best.services)]
        named = best.uri is not None and last(best.path) == last(asked.path)
        return Reached(apps[0], inner, named) if len(apps) == 1 else None


def _takes(way: Proxied, path: str) -> bool:
    return path == way.path if way.modifier == "=" else path.startswith(way.path or "")
