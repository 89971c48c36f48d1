"""Does the model say of the bundled systems what a person read in them?

Each `inventory.tsv` was written by hand. A cell is right when the model says the same; what a person called `CMD` is a
start without a script.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autofix import discover, link
from autofix.report import inventory
from tests import golden

COLUMNS = (
    "dockerfile",
    "port",
    "health route",
    "entrypoint",
    "prisma",
    "required variables",
    "healthcheck",
    "probe tool",
    "user",
)


@dataclass(frozen=True)
class Difference:
    """One cell the model says otherwise."""

    system: str
    service: str
    column: str
    expected: str
    said: str


def tables() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The hand-made tables, by system."""
    for path in sorted((golden.ROOT / "_systems").glob("*/inventory.tsv")):
        with path.open(newline="", encoding="utf-8") as file:
            yield path.parent.name, list(csv.DictReader(file, delimiter="\t"))


def compare(system: str, table: list[dict[str, str]]) -> tuple[int, list[Difference]]:
    """How many cells there are, and which of them the model says otherwise."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(golden.ROOT / "_systems" / system / "before", Path(scratch, "copy"), symlinks=True)
        project, _ = link.build(discover.survey(Path(scratch, "copy")))
    rows = inventory.rows(project)
    differences = []
    for expected in table:
        name = expected["service"]
        candidates = [said(row) for row in rows if row.service.value == name]
        if not candidates:
            differences += [Difference(system, name, column, expected[column], "no such service") for column in COLUMNS]
            continue
        best = min(candidates, key=lambda cells: sum(cells[column] != expected[column] for column in COLUMNS))
        differences += [
            Difference(system, name, column, expected[column], best[column])
            for column in COLUMNS
            if best[column] != normal(column, expected[column])
        ]
    return len(table) * len(COLUMNS), differences


def said(row: inventory.Row) -> dict[str, str]:
    """A row of the model in the words of the tables."""
    return {
        "dockerfile": row.dockerfile.value,
        "port": row.port.value,
        "health route": row.health.value,
        "entrypoint": script(row),
        "prisma": row.prisma.value,
        "required variables": ",".join(sorted(cell.value for cell in row.required)) or "-",
        "healthcheck": row.check.value,
        "probe tool": row.tool,
        "user": row.user.value.partition("/")[0] if row.dockerfile.value != "-" else row.user.value,
    }


def script(row: inventory.Row) -> str:
    """The script's name, CMD where the image starts a program, nothing for an image of somebody else."""
    if row.entrypoint.value == row.entrypoint.where:
        return row.entrypoint.value.rpartition("/")[2]
    return "CMD" if row.dockerfile.value != "-" else "-"


def normal(column: str, value: str) -> str:
    """A cell of a table as the model would write it."""
    if column == "required variables" and value != "-":
        return ",".join(sorted(part.strip() for part in value.split(",")))
    return value


if __name__ == "__main__":
    for system, table in tables():
        cells, differences = compare(system, table)
        print(f"{system}: {cells - len(differences)} of {cells} cells")
        for one in differences:
            print(f"  {one.service} {one.column}: {one.expected!r} but {one.said!r}")
