"""What would an auditor have written down?  Everything both formats tell, from the model and the findings alone."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

from autofix.engine import Outcome
from autofix.project import Project
from autofix.report import areas, checklist, inventory, notyet, surface, told
from autofix.report.areas import Drift
from autofix.report.areas.table import Area
from autofix.report.checklist import Ticked
from autofix.report.inventory import Artifact, Variable
from autofix.report.mask import masked_in, masked_value
from autofix.report.notyet import Wait
from autofix.report.surface import Deployed, Upstream
from autofix.report.told import Told

VERSION = 2


@dataclass(frozen=True)
class Audit:
    """The whole audit as values. The names of its parts are those of the JSON document."""

    deployed: tuple[Deployed, ...]
    upstreams: tuple[Upstream, ...]
    services: tuple[inventory.Row, ...]
    areas: tuple[Area, ...]
    drift: tuple[Drift, ...]
    variables: tuple[Variable, ...]
    artifacts: tuple[Artifact, ...]
    findings: tuple[Told, ...]
    correct: tuple[str, ...]
    not_yet: tuple[Wait, ...]
    checklist: tuple[Ticked, ...]


def of(outcome: Outcome, ran: Collection[str]) -> Audit:
    """The audit of a finished run; `ran` are the ids of its rules."""
    project = outcome.before
    tables = areas.of(project)
    findings = told.findings(outcome)
    return Audit(
        deployed=tuple(surface.deployed(project)),
        upstreams=surface.upstreams(project),
        services=inventory.rows(project),
        areas=tables,
        drift=tuple(one for table in tables for one in areas.drift(table)),
        variables=_variables(project),
        artifacts=tuple(inventory.artifacts(project)),
        findings=findings,
        correct=tuple(one for table in tables for one in areas.already_right(table)),
        not_yet=tuple(notyet.waits(project, findings)),
        checklist=tuple(checklist.ticked(project, tables, findings, ran)),
    )


def render_json(audit: Audit) -> str:
    """The audit as a document, described in docs/json.md, with a final newline."""
    document = {"version": VERSION, **asdict(audit)}
    return json.dumps(masked_in(document), indent=2, ensure_ascii=False) + "\n"


def _variables(project: Project) -> tuple[Variable, ...]:
    """The environment matrix, without the defaults that are secrets."""
    return tuple(replace(one, default=masked_value(one.name, one.default)) for one in inventory.variables(project))
