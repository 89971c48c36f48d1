"""What is left before the repository is ready, in the groups an auditor works through?

A box is decided by rules (no: one of them finds something; yes: they ran and found nothing), by columns of the areas,
or by files of a name. What none of them can decide is said to be so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autofix.project import Project
from autofix.report.areas.table import Area, State, place
from autofix.report.told import Status, Told


class Answer(StrEnum):
    """The three states of a box."""

    YES = "yes"
    NO = "no"
    UNDECIDABLE = "not decidable from files"


@dataclass(frozen=True)
class Box:
    """One thing to tick off, and what it is decided by: ids of rules, `area/column`, a pattern of file names, a pattern of
    commands that are run somewhere. `alike` columns have to have the same answer in every row.
    """

    text: str
    rules: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    files: str = ""
    runs: str = ""
    alike: bool = False


@dataclass(frozen=True)
class Ticked:
    """A box with its state and what that rests on."""

    group: str
    text: str
    answer: Answer
    because: str


def _box(text: str, *deciders: str, files: str = "", runs: str = "", alike: bool = False) -> Box:
    columns = tuple(one for one in deciders if one[0].isupper())
    return Box(text, tuple(one for one in deciders if one not in columns), columns, files, runs, alike)


GROUPS: dict[str, tuple[Box, ...]] = {
    "Environment and configuration": (
        _box("All secrets are out of version control", "env/real-secret", "compose/hardcoded-secret", "env/tracked-env-file"),
        _box("Each environment has its own configuration", "compose/shared-env-file"),
        _box("There is a compose file for development", files=r"(?:^|/)(?:docker-)?compose[.-](?:override|dev|development|local)\.ya?ml$"),
        _box("All hardcoded values are environment variables"),
        _box("Allowed origins are demanded in production", "app/localhost-cors"),
        _box("Production code assumes no localhost", "app/localhost-default"),
    ),
    "Health checks and readiness": (
        _box("All services answer the same health route", "system/inconsistent-health-path", "Applications/health route", alike=True),
        _box("All services answer a readiness route", "app/missing-ready-route", "Applications/ready route"),
        _box("Health checks ask 127.0.0.1", "dockerfile/localhost-healthcheck", "compose/localhost-healthcheck", "Health checks/by address"),
        _box("Health checks verify that the service works"),
        _box("Readiness asks the database"),
        _box("Liveness is cheap"),
    ),
    "Logging": (
        _box("Everything is logged by the logger", "app/console-logging"),
        _box("Logs go to stdout and stderr only", "app/file-log-transport"),
        _box("Logs are structured in production"),
        _box("The environment sets the log level"),
        _box("Logs hold nothing sensitive"),
        _box("Stack traces show in development only"),
    ),
    "Resilience": (
        _box("A lost database connection is handled", "app/unretried-connection", "app/fatal-database"),
        _box("Services can start degraded"),
        _box("Connections are retried with backoff", "app/unretried-connection"),
        _box("Services shut down gracefully", "app/abrupt-shutdown", "Applications/stops on signals"),
        _box("No promise rejection is unhandled", "app/unhandled-rejection"),
        _box("Error responses leak nothing internal"),
    ),
    "Independence of services": (
        _box("Each service can start without the others"),
        _box("There are no hidden dependencies at run time"),
        _box("Services do without what is missing"),
        _box("Health checks depend on no other service"),
        _box("Services can be scaled one by one"),
    ),
    "Security": (
        _box("No secrets are in code or configuration", "env/real-secret", "compose/hardcoded-secret"),
        _box("Secrets come from the environment or a secret manager", "compose/hardcoded-secret"),
        _box("Cross-origin requests are limited in production", "app/localhost-cors"),
        _box("All input is validated"),
        _box("Requests are rate limited"),
        _box("SQL injection is ruled out"),
    ),
    "Docker and deployment": (
        _box("All images run as a user other than root", "dockerfile/root-user", "Images/user"),
        _box("All services have a health check", "compose/missing-healthcheck", "dockerfile/missing-healthcheck", "Health checks/check"),
        _box("Images hold no build tools", "dockerfile/single-stage-build", "Images/stages"),
        _box("Images hold no development dependencies and no caches", "dockerfile/dev-dependencies", "dockerfile/uncleaned-package-cache"),
        _box("Resource limits are set", "compose/unbounded-resources", "Orchestration/limits"),
        _box("The compose files are ready for production", "compose/"),
    ),
    "Databases": (
        _box("Connections are pooled"),
        _box("Connections are retried", "app/unretried-connection"),
        _box("Transactions are rolled back on errors"),
        _box("Connections time out"),
        _box("Migrations run by themselves", runs=r"\b(?:prisma migrate deploy|alembic upgrade|sequelize(?:-cli)? db:migrate|knex migrate:latest|typeorm migration:run|manage\.py migrate|flyway migrate|liquibase update)\b"),
        _box("There is a strategy for backups", files=r"(?i)(?:^|/)[^/]*backups?[^/]*\.(?:md|sh|ya?ml)$"),
    ),
    "Testing": (
        _box("Tested without the database"),
        _box("Tested without the cache"),
        _box("Tested without the message broker"),
        _box("Health checks are tested alone"),
        _box("Graceful shutdown is tested"),
        _box("Load is tested", files=r"(?i)(?:^|/)(?:k6|artillery|locust|gatling|jmeter|load-?tests?)[^/]*(?:/[^/]*)?\.\w+$"),
    ),
    "Documentation": (
        _box("Environment variables are documented", "env/undocumented-variable"),
        _box("Deployment is documented", files=r"(?i)(?:^|/)[^/]*deploy[^/]*\.(?:md|rst|adoc)$"),
        _box("There is a guide for trouble", files=r"(?i)(?:^|/)[^/]*troubleshoot[^/]*\.(?:md|rst|adoc)$"),
        _box("There are runbooks", files=r"(?i)(?:^|/)[^/]*runbook[^/]*(?:/[^/]*)?\.(?:md|rst|adoc)$"),
        _box("Architecture diagrams are up to date"),
    ),
}  # fmt: skip


def ticked(project: Project, areas: Sequence[Area], told: Sequence[Told], ran: Collection[str]) -> Iterator[Ticked]:
    """Every box with its state; `ran` are the ids of the rules of the run."""
    for group, boxes in GROUPS.items():
        for box in boxes:
            found = [
                *_by_rules(project, box, told, ran),
                *_by_columns(box, areas),
                *_by_files(project, box),
                *_by_runs(project, box),
            ]
            yield Ticked(group, box.text, *_joined(found))


def _joined(found: Sequence[tuple[Answer, str]]) -> tuple[Answer, str]:
    """No where anything says no, yes where everything says yes."""
    for answer in (Answer.NO, Answer.UNDECIDABLE, Answer.YES):
        because = [said for one, said in found if one is answer and said]
        if any(one is answer for one, _ in found):
            return answer, "; ".join(dict.fromkeys(because))
    return Answer.UNDECIDABLE, ""


def _by_rules(project: Project, box: Box, told: Sequence[Told], ran: Collection[str]) -> Iterator[tuple[Answer, str]]:
    """No rule of those that ran may have found anything; one that had no files to look at says nothing."""
    for rule in box.rules:
        asked = [one for one in ran if one == rule or (rule.endswith("/") and one.startswith(rule))]
        found = [one for one in told if one.rule in asked and one.status is not Status.NON_ISSUE]
        surface = rule.partition("/")[0]
        if found:
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            yield Answer.NO, f"{found[0].rule} at {found[0].where}{more}"
        elif asked and surface in project.surfaces:
            yield Answer.YES, f"nothing found by {rule if len(asked) == 1 else f'{len(asked)} rules of {surface}'}"


def _by_columns(box: Box, areas: Iterable[Area]) -> Iterator[tuple[Answer, str]]:
    for area in areas:
        for number, column in enumerate(area.columns):
            if f"{area.title}/{column.title}" in box.columns:
                yield from _by_column(area, number, alike=box.alike)


def _by_column(area: Area, number: int, *, alike: bool) -> Iterator[tuple[Answer, str]]:
    said = [(row.subject, row.cells[number]) for row in area.rows]
    wrong = [f"{subject}{f' ({cell.where})' if cell.where else ''}" for subject, cell in said if cell.state is State.NO]
    unknown = [subject for subject, cell in said if cell.state is State.UNKNOWN]
    right = [subject for subject, cell in said if cell.state is State.YES]
    title = area.columns[number].title
    different = Counter(cell.value for _, cell in said if cell.state is State.YES)
    if alike and len(different) > 1:
        yield Answer.NO, f"{title}: {', '.join(f'{value} in {count}' for value, count in different.most_common())}"
    elif wrong:
        yield Answer.NO, f"{title}: not {_short(wrong)}"
    elif unknown:
        yield Answer.UNDECIDABLE, f"{title}: nobody can tell for {_short(unknown)}"
    elif right:
        yield Answer.YES, f"{title}: {_short(right)}"


def _short(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} and {len(names) - 1} more"


def _by_files(project: Project, box: Box) -> Iterator[tuple[Answer, str]]:
    if box.files:
        found = next((path for path in sorted(project.occupied) if re.search(box.files, path)), None)
        yield (Answer.YES, found) if found else (Answer.UNDECIDABLE, "no file of such a name")


def _by_runs(project: Project, box: Box) -> Iterator[tuple[Answer, str]]:
    """Whether a start, a script or a workflow runs such a command."""
    if not box.runs:
        return
    starts = (fact for service in project.services for fact in service.start)
    found = next((place(project, fact.evidence) for fact in starts if re.search(box.runs, fact.value)), None)
    for document in project.documents.values() if found is None else ():
        match = re.search(rf"(?m)^[^#\n]*?{box.runs}", document.source.text)
        if document.surface in {"shell", "workflow"} and match:
            found = f"{document.path}:{document.source.position(match.end())[0]}"
            break
    yield (Answer.YES, found) if found else (Answer.UNDECIDABLE, "nothing here runs them")
