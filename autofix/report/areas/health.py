"""Is each service asked whether it works, by a program it has, at an address and a route that answer?"""

from __future__ import annotations

from autofix.project import HEALTH, Probe, Project, Service
from autofix.report import inventory
from autofix.report.areas.table import NOT_ASKED, UNKNOWN, Area, Cell, Column, Row, State, no, runs_once, yes
from autofix.surfaces.probes import asks_by_socket, asks_localhost

COLUMNS = (
    Column("check", "Every service that listens has a health check"),
    Column("asks with", "", same=True),
    Column("in the image", "Health checks use programs that their images have"),
    Column("by address", "Health checks ask 127.0.0.1, not localhost"),
    Column("route is served", "Health checks ask a route that the source serves"),
)
SHELLS = frozenset({"sh", "bash", "test"})


def area(project: Project) -> Area:
    """A row for each service that is deployed."""
    return Area("Health checks", "service", COLUMNS, tuple(_row(project, one) for one in project.services))


def _row(project: Project, service: Service) -> Row:
    probe = service.probe
    if probe is None or probe.command == "NONE":
        return Row(service.name, service.path, (_missing(project, service), *[NOT_ASKED] * 4))
    cells = (
        yes(project, "", probe.evidence),
        Cell(State.TOLD, probe.tool, kin="built here" if service.build else service.name) if probe.tool else UNKNOWN,
        _there(project, service, probe),
        _address(project, probe),
        _route(project, service, probe),
    )
    return Row(service.name, service.path, cells)


def _missing(project: Project, service: Service) -> Cell:
    """A service that listens needs a check; whether others do, nobody can tell."""
    if runs_once(project, service):
        return Cell(State.TOLD, "none, runs once")
    if service.probe:
        return Cell(State.TOLD, "switched off", inventory.place(project, service.probe.evidence))
    listens = inventory.port(project, service).value != inventory.NOWHERE
    return no(project, "missing", service.where) if listens else Cell(State.TOLD, "none, listens to nothing known")


def _there(project: Project, service: Service, probe: Probe) -> Cell:
    if not probe.tool:
        return UNKNOWN
    if probe.tool in SHELLS or probe.tool.startswith("http") or service.kind == "kubernetes":
        return NOT_ASKED
    if found := service.tools.finds(probe.tool):
        return yes(project, "", found.evidence)
    lacking = next((fact for fact in service.tools.lacks if fact.value == probe.tool), None)
    return no(project, f"no {probe.tool}", lacking.evidence) if lacking else UNKNOWN


def _address(project: Project, probe: Probe) -> Cell:
    if asks_by_socket(probe.command) or not asks_localhost(probe.command):
        return yes(project, "", None) if "127.0.0.1" in probe.command else NOT_ASKED
    return no(project, "localhost", probe.evidence)


def _route(project: Project, service: Service, probe: Probe) -> Cell:
    asked = inventory.URL.search(probe.command)
    known = project.application(service).endpoints
    if not asked or service.build is None:
        return NOT_ASKED
    path = (asked["path"] or "/").rstrip("/") or "/"
    served = next((one for one in known if one.path == path), None)
    if served:
        return yes(project, path, served.evidence)
    health = project.application(service).health
    if health and HEALTH.search(health.path) and HEALTH.search(path):
        return no(project, f"{path}, the source serves {health.path}", health.evidence)
    return Cell(State.UNKNOWN, path)
