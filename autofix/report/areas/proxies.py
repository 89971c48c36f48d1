"""Do the reverse proxies hand requests to services that listen there, and with what every server should say?"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.link.kinds import is_nginx
from autofix.project import Project, Proxied, Service
from autofix.report import inventory
from autofix.report.areas.table import NOT_ASKED, UNKNOWN, Area, Cell, Column, Row, State, no, place, yes
from autofix.surfaces.nginx.document import NginxFile
from autofix.surfaces.nginx.servers import Server

COLUMNS = (
    Column("upstreams", "Proxies hand requests to ports that services listen on"),
    Column("security headers", "Proxies add the usual security headers"),
    Column("body limit", "Proxies limit the size of requests"),
    Column("timeouts", "Proxies give upstreams a time to answer"),
    Column("upgrade", ""),
    Column("TLS", ""),
)
HEADERS = ("X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy")


def area(project: Project) -> Area:
    """A row for each server that passes requests on."""
    return Area("Reverse proxies", "server", COLUMNS, tuple(_rows(project)))


def _rows(project: Project) -> Iterator[Row]:
    for file in filter(is_nginx, project.documents.values()):
        for server in file.servers:
            handed = [one for one in project.proxied if _within(one, server)]
            if handed:
                name = " ".join(server.names) or "default"
                where = place(project, server.directive.evidence("server"))
                yield Row(name, where, _cells(project, file, server, handed))


def _within(handed: Proxied, server: Server) -> bool:
    span = handed.target.span
    directive = server.directive
    inside = handed.evidence.span
    return bool(span and inside and handed.evidence.path == directive.path and directive.span.contains(inside))


def _cells(project: Project, file: NginxFile, server: Server, handed: list[Proxied]) -> tuple[Cell, ...]:
    block = server.directive
    return (
        _upstreams(project, handed),
        _headers(project, file, server),
        _directive(project, file, server, "client_max_body_size"),
        _directive(project, file, server, "proxy_read_timeout", "proxy_connect_timeout"),
        Cell(State.TOLD, "yes" if any("pgrade" in one for one in _forwarded(server)) else "no"),
        Cell(State.TOLD, "yes" if server.tls else "no", place(project, block.evidence("server")) if server.tls else ""),
    )


def _forwarded(server: Server) -> Iterator[str]:
    return (" ".join(one.values) for one in server.directive.walk() if one.name == "proxy_set_header")


def _upstreams(project: Project, handed: list[Proxied]) -> Cell:
    """Every address leads to a service, at the port that one listens on."""
    for one in handed:
        listening = {port for service in _services(project, one) for port in inventory.ports(project, service)}
        if one.services and one.port and listening and one.port not in listening:
            return no(
                project, f"{one.host}:{one.port}, which listens on {', '.join(map(str, sorted(listening)))}", one.target
            )
    lost = next((one for one in handed if not one.services), None)
    if lost:
        return Cell(State.UNKNOWN, f"{lost.host} is no service of this repository", place(project, lost.target))
    return yes(
        project,
        ", ".join(dict.fromkeys(f"{one.host}:{one.port}" if one.port else one.host for one in handed)),
        handed[0].target,
    )


def _services(project: Project, handed: Proxied) -> Iterator[Service]:
    return (service for service in project.services if service.id in handed.services)


def _headers(project: Project, file: NginxFile, server: Server) -> Cell:
    found = {one.name.lower() for one in file.headers(server.directive)}
    found |= {one.name.lower() for location in server.all_locations for one in file.headers(location.directive)}
    missing = [name for name in HEADERS if name.lower() not in found]
    at = server.directive.evidence("server")
    return no(project, f"no {', '.join(missing)}", at) if missing else yes(project, "", at)


def _directive(project: Project, file: NginxFile, server: Server, *names: str) -> Cell:
    for name in names:
        if found := file.effective(server.directive, name):
            return yes(project, " ".join(found[0].values), found[0].evidence(name))
    if any(one.name in names for one in server.directive.walk()):
        return NOT_ASKED
    if any(one.name == "include" for one in server.directive.walk()):
        return UNKNOWN
    return Cell(State.NO, "not set")
