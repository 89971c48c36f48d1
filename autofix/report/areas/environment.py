"""Does each application get the variables it cannot do without, and does it say at once which are missing?"""

from __future__ import annotations

from autofix.project import Application, Needed, Project, Service
from autofix.report import inventory
from autofix.report.areas.table import NOT_ASKED, UNKNOWN, Area, Cell, Column, Row, State, no, place, yes

COLUMNS = (
    Column("required", ""),
    Column("checked at start", "Applications check their required variables when they start"),
    Column("given", "The deployment gives every required variable"),
    Column("health route", "Applications that listen answer a health route", same=True),
    Column("ready route", "Applications with a database say when they are ready"),
    Column("stops on signals", "Applications handle the signal to stop"),
)
BUILT_IN = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "PUBLIC_", "NUXT_PUBLIC_")  # the build puts their values in
BY_SERVER = ".py"  # uvicorn, gunicorn and their kin stop on signals themselves


def area(project: Project) -> Area:
    """A row for each application whose source was read."""
    services: dict[str, Service] = {}
    for service in project.services:
        services.setdefault(service.name, service)
    found = [(one, project.application(one)) for one in services.values()]
    return Area("Applications", "service", COLUMNS, tuple(_row(project, *one) for one in found if one[1].modules))


def _row(project: Project, service: Service, app: Application) -> Row:
    required = [one for one in app.variables if one.required and one.name not in inventory.GIVEN]
    asked = [one for one in required if not one.name.startswith(BUILT_IN)]
    cells = (
        Cell(State.TOLD, ", ".join(one.name for one in required) or "none"),
        _checked(project, asked),
        _given(project, service, asked),
        _health(project, app),
        _ready(project, app),
        _signals(project, app),
    )
    return Row(service.name, service.folder, cells)


def _checked(project: Project, required: list[Needed]) -> Cell:
    if not required:
        return NOT_ASKED
    loose = [one for one in required if not one.checked]
    if loose:
        return no(project, f"not {_names(loose)}", loose[0].evidence)
    return yes(project, "", required[0].evidence)


def _given(project: Project, service: Service, required: list[Needed]) -> Cell:
    """A file that is not in the repository may give anything."""
    if not required:
        return NOT_ASKED
    missing = [one for one in required if inventory.given(project, service, one.name).value == inventory.NOWHERE]
    if not missing:
        unread = next((path for path in service.env_files if path not in project.sources), None)
        return (
            Cell(State.UNKNOWN, f"by {unread}", "")
            if unread and _relies(project, service, required)
            else yes(project, "", None)
        )
    if service.kind == "image":
        return UNKNOWN
    return no(project, f"not {_names(missing)}", missing[0].evidence)


def _relies(project: Project, service: Service, required: list[Needed]) -> bool:
    return any(inventory.given(project, service, one.name).value.startswith("from ") for one in required)


def _names(variables: list[Needed]) -> str:
    return ", ".join(one.name for one in variables)


def _health(project: Project, app: Application) -> Cell:
    if app.health:
        return yes(project, app.health.path, app.health.evidence)
    return no(project, "none", app.port.evidence) if app.port and app.endpoints else UNKNOWN if app.port else NOT_ASKED


def _ready(project: Project, app: Application) -> Cell:
    if app.ready:
        return yes(project, app.ready.path, app.ready.evidence)
    return no(project, "none", app.databases[0].evidence) if app.databases and app.endpoints else NOT_ASKED


def _signals(project: Project, app: Application) -> Cell:
    if app.signals:
        return Cell(
            State.YES,
            ", ".join(dict.fromkeys(one.value for one in app.signals)),
            place(project, app.signals[0].evidence),
        )
    serves = [one for one in app.endpoints if one.evidence.span and not one.evidence.path.endswith(BY_SERVER)]
    return no(project, "none", serves[0].evidence) if serves else NOT_ASKED
