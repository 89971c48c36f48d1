"""Where does each deployed image come from, and who reaches it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.link.kinds import is_compose
from autofix.link.names import interpolated
from autofix.node import Evidence
from autofix.project import Project, Proxied, Service
from autofix.report import inventory
from autofix.report.inventory import Cell, place


@dataclass(frozen=True)
class Deployed:
    """One service as it is deployed. `published` are the ports of the host, `inside` those of the container."""

    service: str
    image: Cell
    tag: str
    builder: Cell
    deployer: Cell
    published: tuple[Cell, ...]
    inside: tuple[int, ...]


@dataclass(frozen=True)
class Upstream:
    """An address that a proxy hands requests to. `reaches` are services, none where it is no service of the repository."""

    proxy: str
    route: str
    target: str
    reaches: tuple[str, ...]
    where: str


def deployed(project: Project) -> Iterator[Deployed]:
    """What compose files and manifests deploy, and the images that nothing here deploys."""
    for service in project.services:
        build, image = service.build, service.image
        yield (
            Deployed(
                service.name,
                Cell(image.value, place(project, image.evidence)) if image else Cell(inventory.NOWHERE),
                inventory.tag(service),
                _builder(project, service),
                Cell(
                    "nothing here deploys it" if service.kind == "image" else service.path,
                    place(project, service.where),
                ),
                tuple(_published(project, service)),
                inventory.ports(project, service),
            )
            if build or image
            else _unknown(project, service)
        )


def upstreams(project: Project) -> tuple[Upstream, ...]:
    """Where proxies hand requests to, each address of a file once."""
    found: dict[tuple[str, str], Upstream] = {}
    for one in project.proxied:
        target = f"{one.host}:{one.port}" if one.port else one.host
        route = one.path or "/"
        known = found.get((one.target.path, target))
        route = (
            f"{known.route}, {route}"
            if known and route not in known.route.split(", ")
            else known.route
            if known
            else route
        )
        found[one.target.path, target] = Upstream(
            one.target.path, route, target, _reached(one), place(project, one.target)
        )
    return tuple(found.values())


def _reached(handed: Proxied) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.rpartition("#")[2] for one in handed.services))


def _unknown(project: Project, service: Service) -> Deployed:
    """A service that says neither what its image is nor how to build it."""
    nowhere = Cell(inventory.NOWHERE)
    return Deployed(
        service.name, nowhere, nowhere.value, nowhere, Cell(service.path, place(project, service.where)), (), ()
    )


def _builder(project: Project, service: Service) -> Cell:
    """What builds the image here."""
    if service.build is None:
        return Cell("somebody else")
    first = service.build.evidence[0] if service.build.evidence else Evidence("", service.build.dockerfile)
    return Cell(service.build.dockerfile, place(project, first))


def _published(project: Project, service: Service) -> Iterator[Cell]:
    """The ports of the host that a compose file opens."""
    file = project.documents.get(service.path)
    written = file.service(service.name) if is_compose(file) else None
    at = written.get("ports") if written else None
    for item in at.items() if at else ():
        found = item if item.scalar else item.under("published")
        text = (interpolated(found.text or "") or found.text or "") if found else ""
        host = text.partition("/")[0].rpartition(":")[0] if item.scalar else text
        if found and host:
            yield Cell(host, place(project, Evidence("ports", service.path, found.value.span)))
