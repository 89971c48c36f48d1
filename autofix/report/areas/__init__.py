"""What does an auditor look at, area by area, and how does each service fare there?

An area is a table: a row a service or file, a column a question, a cell an answer with the line that gives it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from autofix.project import Project
from autofix.report.areas.table import Area, Cell, Row, State


@dataclass(frozen=True)
class Drift:
    """One answer that is not what most siblings have."""

    area: str
    subject: str
    column: str
    has: str
    usual: str
    siblings: int
    where: str


NAMES = ("images", "starts", "environment", "health", "orchestration", "proxies", "workflows", "scripts")


def of(project: Project) -> tuple[Area, ...]:
    """The areas the repository has anything of."""
    found = (import_module(f"autofix.report.areas.{name}").area(project) for name in NAMES)
    return tuple(area for area in found if area.rows)


def already_right(area: Area) -> Iterator[str]:
    """What every row of an area has right, as sentences."""
    for column, said in zip(area.columns, _by_column(area), strict=True):
        asked = [cell for _, cell in said if cell.state not in {State.NONE, State.TOLD}]
        if asked and all(cell.state is State.YES for cell in asked):
            many = f"all {len(asked)}" if len(asked) > 1 else "the one there is"
            names = dict.fromkeys(row.subject for row, cell in said if cell in asked)
            yield f"{column.good} ({many}: {', '.join(names)})"


def drift(area: Area) -> Iterator[Drift]:
    """Where one or few differ from what at least two thirds of three or more siblings do, and those are not wrong."""
    for column, said in zip(area.columns, _by_column(area), strict=True):
        known = [(row, cell) for row, cell in said if cell.state not in {State.NONE, State.UNKNOWN}]
        for kin in dict.fromkeys(cell.kin for _, cell in known) if column.same else ():
            alike = [(row, cell) for row, cell in known if cell.kin == kin]
            (state, usual), count = Counter(cell.usual for _, cell in alike).most_common(1)[0]
            if len(alike) < 3 or count * 3 < len(alike) * 2 or state is State.NO:
                continue
            yield from (
                Drift(
                    area.title,
                    row.subject,
                    column.title,
                    cell.value or cell.state.value,
                    usual or state.value,
                    count,
                    cell.where,
                )
                for row, cell in alike
                if cell.usual != (state, usual)
            )


def _by_column(area: Area) -> Iterator[list[tuple[Row, Cell]]]:
    for number in range(len(area.columns)):
        yield [(row, row.cells[number]) for row in area.rows]
