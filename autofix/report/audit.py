"""What would an auditor have written down?  The inventory, the environment, the artifacts, the findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from autofix.engine import Outcome, Result
from autofix.finding import Refusal, Severity
from autofix.report import inventory
from autofix.report.inventory import Cell
from autofix.report.words import Mode, reason, status

VERSION = 1


def render_json(outcome: Outcome) -> str:
    """The audit as a document, with a final newline."""
    project = outcome.before
    document = {
        "version": VERSION,
        "services": [asdict(row) for row in inventory.rows(project)],
        "variables": [asdict(one) for one in inventory.variables(project)],
        "artifacts": [asdict(one) for one in inventory.artifacts(project)],
        "findings": [_finding(outcome, result) for result in by_severity(outcome.results)],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def render_markdown(outcome: Outcome) -> str:
    """The audit as a page, with a final newline."""
    return "\n\n".join(_sections(outcome)) + "\n"


def by_severity(results: Iterable[Result]) -> list[Result]:
    """The findings, the worst first, then by place."""
    return sorted(results, key=lambda one: (-one.finding.severity, one.finding.path, one.span))


def _finding(outcome: Outcome, result: Result) -> dict[str, Any]:
    finding = result.finding
    return {
        "rule": finding.rule.id,
        "severity": finding.severity.name.lower(),
        "where": _where(outcome, result),
        "message": finding.message,
        "impact": finding.rule.why,
        "evidence": [f"{one.what} ({inventory.place(outcome.before, one)})" for one in finding.evidence],
        "status": status(result, Mode.LIST),
        "reason": reason(result),
        "remedy": _remedy(result),
    }


def _sections(outcome: Outcome) -> Iterator[str]:
    project = outcome.before
    rows = inventory.rows(project)
    yield "# Production readiness"
    yield "## Services"
    yield _table(
        ("service", "kind", "Dockerfile", "entrypoint", "port", "health", "Prisma", "required", "check", "tool", "user"),
        [
            (
                _cell(row.service), row.kind, _cell(row.dockerfile), _cell(row.entrypoint), _cell(row.port),
                _cell(row.health), row.prisma.value, ", ".join(one.value for one in row.required) or "-",
                _cell(row.check), row.tool, _cell(row.user),
            )
            for row in rows
        ],
    )  # fmt: skip
    yield "## Deploy surface"
    yield _table(
        ("service", "image", "tag", "in"), [(r.service.value, r.image.value, r.tag, r.service.where) for r in rows]
    )
    yield "## Environment"
    yield _table(
        ("service", "variable", "required", "default", "set", "read"),
        [
            (
                one.service,
                f"`{one.name}`",
                "yes" if one.required else "no",
                one.default or "-",
                _cell(one.given),
                one.read,
            )
            for one in inventory.variables(project)
        ],
    )
    yield "## Artifacts"
    yield _table(
        ("service", "starts", "verdict", "said by"),
        [(one.service, f"`{one.path}`", one.verdict, one.where) for one in inventory.artifacts(project)],
    )
    yield "## Findings"
    yield from _findings(outcome)


def _findings(outcome: Outcome) -> Iterator[str]:
    found = by_severity(outcome.results)
    for severity in sorted(Severity, reverse=True):
        here = [result for result in found if result.finding.severity is severity]
        if here:
            yield f"### {severity.name.capitalize()}s ({len(here)})"
            yield "\n".join(_line(outcome, result) for result in here)
    if not found:
        yield "None."


def _line(outcome: Outcome, result: Result) -> str:
    what = "would be fixed" if result.why is None else reason(result)
    remedy = _remedy(result)
    tail = f"\n  - Remedy: {' '.join(remedy.split())}" if remedy else ""
    return f"- `{_where(outcome, result)}` **{result.finding.rule.id}**: {result.finding.message}. {what}.{tail}"


def _remedy(result: Result) -> str:
    answer = result.finding.answer
    own = answer.remedy if isinstance(answer, Refusal) else ""
    return (own or result.finding.rule.remedy) if result.why else ""


def _where(outcome: Outcome, result: Result) -> str:
    source = outcome.before.sources.get(result.finding.path)
    return f"{result.finding.path}:{source.position(result.span.start)[0]}" if source else result.finding.path


def _cell(cell: Cell) -> str:
    return f"{cell.value} ({cell.where})" if cell.where and cell.where != cell.value else cell.value


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(one.replace("|", "\\|").replace("\n", " ") for one in row) for row in body]
    return "\n".join(f"| {line} |" for line in lines) if len(lines) > 2 else "Nothing."
