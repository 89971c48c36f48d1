"""How does a stage get one more package of its distribution?"""

from __future__ import annotations

import re

from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Stage
from autofix.surfaces.dockerfile.families import Distribution
from autofix.text import Edit, Span

ADDS = re.compile(
    r"\b(?:apk\s+(?:-\S+\s+)*add|apt(?:-get)?\s+(?:-\S+\s+)*install)\b(?:\s+-\S+)*(?:\s+(?!-)[\w.+~=<>-]+)*?"
    r"\s+(?P<last>(?!-)[\w.+~=<>-]+)(?=\s*(?:&&|;|\||$)|\s+-)"
)
FOR_A_WHILE = re.compile(
    r"--virtual\b|\s-t\s|\bapk\s+(?:-\S+\s+)*del\b|\bapt(?:-get)?\s+(?:-\S+\s+)*(?:purge|remove)\b"
)
NEW = {
    Distribution.ALPINE: "apk add --no-cache {}",
    Distribution.DEBIAN: "apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*",
}


def one_more_package(stage: Stage, distribution: Distribution, package: str) -> Edit:
    """Behind the last package of a list that stays, in the form the list has, else in a RUN below the FROM."""
    for run in stage.of("RUN"):
        plain = run.json is None and not run.heredocs and not FOR_A_WHILE.search(words_of(run))
        found = ADDS.search(run.command.text) if plain else None
        at = run.source_span(*found.span("last")) if found else None
        if at is not None:
            line = run.source.slice(run.source.line_span(run.source.line_of(at.start))).strip()
            alone = line.rstrip("\\ \t") == run.source.slice(at)
            apart = f" \\{run.source.newline}{run.source.indent_at(at.start)}" if alone else " "
            return Edit(run.path, Span(at.end, at.end), f"{apart}{package}")
    line = f"{placing.keyword(stage, 'RUN')} {NEW[distribution].format(package)}"
    return placing.below(stage.instructions[0], [line])
