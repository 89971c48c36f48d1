"""How does a program read an outcome?  A versioned document, described in docs/json.md.

Places are 1-based lines and code-point columns of the original text; secrets are the removed line's business alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from autofix.engine import Outcome, Result
from autofix.node import Evidence
from autofix.project import Project
from autofix.report.words import Mode, status
from autofix.text import Edit, NewFile, Span

VERSION = 1


def render(outcome: Outcome, mode: Mode) -> str:
    """The document, with a final newline."""
    findings = [_finding(outcome, result, mode) for result in outcome.results]
    document = {"version": VERSION, "findings": findings, "summary": _summary(outcome, mode)}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(outcome: Outcome, result: Result, mode: Mode) -> dict[str, Any]:
    finding = result.finding
    return {
        "rule": finding.rule.id,
        "severity": finding.severity.name.lower(),
        "safety": finding.safety.name.lower(),
        "path": finding.path,
        **_range(outcome.before, finding.path, result.span),
        "message": finding.message,
        "status": status(result, mode),
        "reason": result.why and result.why.reason.value,
        "detail": result.why.detail if result.why else "",
        "evidence": [_evidence(outcome.before, one) for one in finding.evidence],
        "fix": _fix(outcome, result),
    }


def _fix(outcome: Outcome, result: Result) -> dict[str, Any] | None:
    """The fix: as it lands for a fixed finding, as it was proposed for one that is left."""
    fix = result.finding.fix
    if fix is None:
        return None
    edits: Iterable[Edit] = fix.edits
    files: Iterable[NewFile] = fix.files
    if result.why is None:
        edits = [edit for change in outcome.changes for edit in change.edits if result.number in edit.causes]
        files = [
            NewFile(change.path, change.after.text, change.after.mode)
            for change in outcome.changes
            if change.before is None and result.number in change.causes
        ]
    return {
        "title": fix.title,
        "edits": [_edit(outcome.before, edit) for edit in edits],
        "files": [{"path": file.path, "mode": f"{file.mode:04o}", "text": file.text} for file in files],
    }


def _edit(before: Project, edit: Edit) -> dict[str, Any]:
    return {"path": edit.path, **_range(before, edit.path, edit.span), "text": edit.text}


def _evidence(before: Project, evidence: Evidence) -> dict[str, Any]:
    place = _range(before, evidence.path, evidence.span) if evidence.span and evidence.path else {}
    return {"what": evidence.what, "path": evidence.path or None, **place}


def _range(before: Project, path: str, span: Span) -> dict[str, int]:
    source = before.sources.get(path)
    if source is None:
        return {}
    (line, column), (end_line, end_column) = source.position(span.start), source.position(span.end)
    return {"line": line, "column": column, "endLine": end_line, "endColumn": end_column}


def _summary(outcome: Outcome, mode: Mode) -> dict[str, Any]:
    reasons = [result.why.reason.value for result in outcome.left if result.why]
    return {
        "mode": mode.value,
        "findings": len(outcome.results),
        "fixed": len(outcome.fixed),
        "left": {reason: reasons.count(reason) for reason in sorted(set(reasons))},
        "files": len(outcome.changes),
        "rounds": len(outcome.rounds),
        "converged": outcome.converged,
    }
