"""What does the audit say about one finding?"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from autofix.engine import Outcome, Result
from autofix.finding import Reason, Refusal, Severity
from autofix.plan import Finding
from autofix.project import Project, Service
from autofix.report.inventory import place
from autofix.report.words import reason, shown


class Status(StrEnum):
    """What has to become of a finding."""

    FIXED = "fixed"
    RECOMMENDED = "recommended"
    MANUAL = "manual"
    NON_ISSUE = "non-issue"
    UNDECIDABLE = "not decidable from files"


STATUS = {
    None: Status.FIXED,
    Reason.BELOW_SAFETY: Status.RECOMMENDED,
    Reason.SUPPRESSED: Status.NON_ISSUE,
    Reason.UNSURE: Status.UNDECIDABLE,
}


@dataclass(frozen=True)
class Told:
    """One finding as the audit tells it. `size` says how much the fix changes, empty where there is none."""

    rule: str
    title: str
    severity: str
    where: str
    message: str
    impact: str
    blocks_deployment: bool
    evidence: tuple[str, ...]
    status: Status
    reason: str
    fix: str
    size: str
    remedy: str
    verify: tuple[str, ...]


def findings(outcome: Outcome) -> tuple[Told, ...]:
    """All findings, the worst first, then by rule and place."""
    ordered = sorted(
        outcome.results, key=lambda one: (-one.finding.severity, one.finding.rule.id, one.finding.path, one.span)
    )
    return tuple(_told(outcome, result) for result in ordered)


def _told(outcome: Outcome, result: Result) -> Told:
    finding, rule = result.finding, result.finding.rule
    return Told(
        rule=rule.id,
        title=rule.title,
        severity=finding.severity.name.lower(),
        where=_where(outcome, result),
        message=finding.message,
        impact=rule.why,
        blocks_deployment=finding.severity is Severity.ERROR and not finding.suppression,
        evidence=tuple(_evidence(outcome, finding)),
        status=STATUS.get(result.why.reason if result.why else None, Status.MANUAL),
        reason=_reason(result),
        fix=finding.fix.title if finding.fix else "",
        size=_size(finding),
        remedy=_remedy(result),
        verify=tuple(verification(outcome.before, finding)),
    )


def _reason(result: Result) -> str:
    """Why a finding is left, without the words that its status says already."""
    said = result.why and result.why.reason in {Reason.BELOW_SAFETY, Reason.UNSURE, Reason.SUPPRESSED}
    return result.why.detail if result.why and said else reason(result)


def _evidence(outcome: Outcome, finding: Finding) -> Iterator[str]:
    for one in finding.evidence:
        where = place(outcome.before, one)
        yield f"{one.what} ({where})" if where else one.what


def _where(outcome: Outcome, result: Result) -> str:
    source = outcome.before.sources.get(result.finding.path)
    path = shown(result.finding.path)
    return f"{path}:{source.position(result.span.start)[0]}" if source else path


def _size(finding: Finding) -> str:
    """How much the fix writes, as an auditor would say how long it takes."""
    if finding.fix is None:
        return ""
    edits = len(finding.fix.edits)
    files = {edit.path for edit in finding.fix.edits} | {file.path for file in finding.fix.files}
    said = [_many(edits, "edit")] if edits else []
    said += [_many(len(finding.fix.files), "new file")] if finding.fix.files else []
    return f"{' and '.join(said)} in {_many(len(files), 'file')}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _remedy(result: Result) -> str:
    answer = result.finding.answer
    own = answer.remedy if isinstance(answer, Refusal) else ""
    return (own or result.finding.rule.remedy) if result.why else ""


def verification(project: Project, finding: Finding) -> Iterator[str]:
    """The commands of the rule with this place filled in, without those that name something this place has not."""
    places = _places(project, finding)
    for line in finding.rule.verify.splitlines():
        try:
            yield line.format_map(places)
        except KeyError:
            continue


def _places(project: Project, finding: Finding) -> dict[str, str]:
    """What a command may name, quoted for the shell; only what is known."""
    folder = finding.path.rpartition("/")[0] or "."
    found = {"path": finding.path, "folder": folder}
    service = _service(project, finding)
    if service and service.build:
        found |= {"dockerfile": service.build.dockerfile, "context": service.build.context or "."}
    if service and service.kind == "compose":
        found |= {"compose": service.path, "service": service.name}
    quoted = {name: shlex.quote(text) for name, text in found.items()}
    return quoted | {"target": _target(project, service)}


def _target(project: Project, service: Service | None) -> str:
    """The option that builds the stage that runs, empty for the last one."""
    from autofix.link.kinds import is_dockerfile

    file = project.documents.get(service.build.dockerfile) if service and service.build else None
    if not service or not service.build or not is_dockerfile(file):
        return ""
    stage = file.stages[service.build.stage]
    return f"--target {shlex.quote(stage.name)} " if stage.name and stage is not file.stages[-1] else ""


def _service(project: Project, finding: Finding) -> Service | None:
    """The service a finding is about: the one it stands in, else the first that its file is part of."""
    anchor = finding.match.node.anchor
    about = [one for one in project.services if finding.path in one.documents]
    inside = [one for one in about if one.path == finding.path and f"{anchor}.".startswith(f"{one.anchor}.")]
    alone = about if all(one.path != finding.path or one.kind == "image" for one in about) else []
    return next(iter((*inside, *alone)), None)
