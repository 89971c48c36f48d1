"""Does the compose file keep each service running, within limits, and in order?"""

from __future__ import annotations

from autofix.link.kinds import is_compose
from autofix.link.names import image_name
from autofix.project import Project
from autofix.report.areas.table import NOT_ASKED, Area, Cell, Column, Row, State, no, place, runs_once, yes
from autofix.surfaces.compose.document import ComposeFile, ComposeService

COLUMNS = (
    Column("restart", "Services come back after a crash", same=True),
    Column("limits", "Services have resource limits"),
    Column("waits for", "Services wait until what they depend on is healthy"),
    Column("data", "Databases keep their data in a volume"),
)
DATA = {
    "postgres": "/var/lib/postgresql", "mysql": "/var/lib/mysql", "mariadb": "/var/lib/mysql", "mongo": "/data/db",
    "opensearch": "/usr/share/opensearch/data", "elasticsearch": "/usr/share/elasticsearch/data",
    "cassandra": "/var/lib/cassandra", "influxdb": "/var/lib/influxdb", "clickhouse-server": "/var/lib/clickhouse",
}  # fmt: skip
ONCE = frozenset({"service_completed_successfully"})


def area(project: Project) -> Area:
    """A row for each service of a compose file that deploys it."""
    files = filter(is_compose, project.documents.values())
    rows = (_row(project, file, one) for file in files for one in file.services if not one.overlay)
    return Area("Orchestration", "service", COLUMNS, tuple(rows))


def _row(project: Project, file: ComposeFile, service: ComposeService) -> Row:
    cells = (
        _restart(project, service),
        _limits(project, service),
        _waits(project, file, service),
        _data(project, service),
    )
    return Row(service.name, service.path, cells)


def _restart(project: Project, service: ComposeService) -> Cell:
    if policy := service.get("deploy", "restart_policy", "condition"):
        return yes(project, policy.text or "", service.evidence("restart_policy"))
    said = service.get("restart")
    if said is None:
        return NOT_ASKED if service.texts("profiles") else no(project, "none")
    where = f"{service.path}:{service.source.position(said.value.span.start)[0]}"
    return Cell(State.TOLD if said.text == "no" else State.YES, said.text or "", where)


def _limits(project: Project, service: ComposeService) -> Cell:
    linked = next((one for one in project.services if one.path == service.path and one.name == service.name), None)
    for route in (("deploy", "resources", "limits"), ("mem_limit",), ("cpus",)):
        if found := service.get(*route):
            where = f"{service.path}:{service.source.position(found.value.span.start)[0]}"
            return Cell(State.YES, "", where)
    if linked is None or linked.build is None or runs_once(project, linked):
        return Cell(State.TOLD, "none")  # how much somebody else's program needs, nobody can tell from here
    return no(project, "none")


def _waits(project: Project, file: ComposeFile, service: ComposeService) -> Cell:
    """Waiting for a start is wrong only for what has a check that could be waited for."""
    loose = []
    for one in service.depends_on:
        target = file.service(one.name)
        checked = target is not None and target.healthcheck is not None and not target.healthcheck.disabled
        if checked and one.condition in {None, "service_started"}:
            loose.append(one)
    if loose:
        at = f"{service.path}:{service.source.position(loose[0].at.value.span.start)[0]}"
        return Cell(State.NO, f"only the start of {', '.join(one.name for one in loose)}", at)
    waited = [one for one in service.depends_on if one.condition in {"service_healthy"} | ONCE]
    return yes(project, ", ".join(one.name for one in waited), None) if waited else NOT_ASKED


def _data(project: Project, service: ComposeService) -> Cell:
    """Whether what a database writes outlives its container; a cache may lose it."""
    folder = DATA.get(image_name(service.image or ""))
    if folder is None or service.restart == "no":
        return NOT_ASKED
    for mount in service.mounts:
        if mount.kind != "tmpfs" and f"{mount.target}/".startswith(f"{folder}/"):
            return Cell(State.YES, mount.origin, place(project, mount.evidence("volume")))
    return no(project, "lost with the container")
