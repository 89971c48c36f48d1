"""Which problems does the project have, and which of their fixes can be made together?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autofix.finding import Fix, Key, Match, Reason, Refusal, Safety, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.rule import Rule
from autofix.suppress import Suppression, Suppressions, collect
from autofix.surfaces.app.document import module_of
from autofix.text import Edit, NewFile, Span, clash


@dataclass(frozen=True)
class Finding:
    """One problem at one place, and what its rule's fixer said to it (None: the rule has none)."""

    rule: Rule
    match: Match[Node, Any]
    message: str
    answer: Fix | Refusal | None
    suppression: Suppression | None = None

    @property
    def path(self) -> str:
        """The file of the primary location."""
        return self.match.node.path

    @property
    def span(self) -> Span:
        """The primary location."""
        return self.match.node.span

    @property
    def severity(self) -> Severity:
        """How bad it is: what the rule says, or less at this place."""
        return min(self.rule.severity, self.match.severity)

    @property
    def key(self) -> Key:
        """What makes it the same finding in another round."""
        return Key(self.rule.id, self.path, self.match.node.anchor)

    @property
    def fix(self) -> Fix | None:
        """The fix, if the fixer wrote one."""
        return self.answer if isinstance(self.answer, Fix) else None

    @property
    def safety(self) -> Safety:
        """How far the fix may be trusted: what was seen at the site, under the rule's ceiling."""
        return min(self.fix.safety, self.rule.safety) if self.fix else Safety.MANUAL

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was seen, the doubts about the fix included."""
        extra = self.fix.doubts if self.fix else self.answer.evidence if isinstance(self.answer, Refusal) else ()
        return self.match.evidence + extra


@dataclass(frozen=True)
class Why:
    """Why a finding is left for now: the reason, and the words that go with it."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class ChangeSet:
    """The findings fixed together in one round, and those that have to wait for the next."""

    applied: tuple[Finding, ...]
    waiting: tuple[tuple[Finding, Why], ...] = ()

    def edits(self, path: str, cause: Callable[[Finding], int]) -> list[Edit]:
        """The edits of one file, each caused by the number of its finding."""
        return [edit.caused_by(cause(one)) for one in self.applied for edit in _fix(one).edits if edit.path == path]

    def files(self, cause: Callable[[Finding], int]) -> list[NewFile]:
        """The new files, identical ones once."""
        files: dict[NewFile, NewFile] = {}
        for one in self.applied:
            for file in _fix(one).files:
                known = files.get(file, file)
                files[file] = known.caused_by(cause(one))
        return list(files.values())

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that exist and are edited."""
        return tuple(sorted({edit.path for one in self.applied for edit in _fix(one).edits}))


def findings(project: Project, rules: Iterable[Rule], allowed: Safety = Safety.SAFE) -> tuple[Finding, ...]:
    """Every problem the rules see, in rule order, then by place, each with the fix that goes as far as is allowed."""
    suppressions = comments(project)
    found: list[Finding] = []
    order: dict[str, int] = {}
    for rule in rules:
        order[rule.id] = len(order)
        for match in rule.matches(project):
            node = match.node
            said_no = suppressions.silencing(rule.id, node.path, node.span)
            answer = None if said_no else rule.answer(project, match)
            if isinstance(answer, Fix) and answer.instead and allowed < Safety.SAFE:
                answer = answer.instead
            answer = _kept(project, answer)
            found.append(Finding(rule, match, _message(rule, match), answer, said_no))
    return tuple(sorted(found, key=lambda one: (order[one.rule.id], one.path, one.span)))


def _kept(project: Project, answer: Fix | Refusal | None) -> Fix | Refusal | None:
    """The answer, as long as git would keep the files it makes: one that git leaves out is no part of the repository."""
    if not isinstance(answer, Fix):
        return answer
    lost = next((file.path for file in answer.files if project.ignored(file.path)), None)
    return answer if lost is None else Refusal(f"git leaves out {lost}, so the file would stay on this machine")


def comments(project: Project) -> Suppressions:
    """Every comment by which a person said no, those in the source of applications included."""
    marked = (source for source in project.sources.values() if "autofix:" in source.text)
    modules = (module_of(source) for source in marked if source.path not in project.documents)
    return collect((*project.documents.values(), *(module for module in modules if module)))


def why_left(finding: Finding, allowed: Safety, barred: Collection[Key] = ()) -> Why | None:
    """Why a finding cannot be fixed in any round, or None when it can."""
    if finding.suppression:
        return Why(Reason.SUPPRESSED, finding.suppression.reason)
    if finding.answer is None:
        return Why(Reason.NO_FIXER)
    if isinstance(finding.answer, Refusal):
        return Why(finding.answer.reason, finding.answer.needs)
    if finding.safety < allowed:
        doubts = "; ".join(dict.fromkeys(doubt.what for doubt in finding.answer.doubts))
        manual = finding.safety is Safety.MANUAL
        return Why(Reason.NO_FIXER if manual else Reason.BELOW_SAFETY, doubts)
    if finding.key in barred:
        return Why(Reason.OBJECTION)
    return None


def select(found: Sequence[Finding], allowed: Safety, barred: Collection[Key], project: Project) -> ChangeSet:
    """The fixes of this round: in order, each that neither waits for an earlier rule nor clashes with an earlier fix.

    A fix that would write a new file where one stands is never chosen.
    """
    chosen: list[Finding] = []
    waiting: list[tuple[Finding, Why]] = []
    for finding in found:
        if why_left(finding, allowed, barred):
            continue
        before = next((one for one in (*chosen, *(w for w, _ in waiting)) if goes_first(one, finding, project)), None)
        if before:
            waiting.append((finding, Why(Reason.WAITING_FOR, before.rule.id)))
        elif other := next((one for one in chosen if _clash(one, finding)), None):
            waiting.append((finding, Why(Reason.CLASH, other.rule.id)))
        elif not any(file.path in project.occupied for file in _fix(finding).files):
            chosen.append(finding)
    return ChangeSet(tuple(chosen), tuple(waiting))


def touched(finding: Finding) -> frozenset[str]:
    """The files a finding stands in or its fix writes to."""
    fix = finding.fix
    writes = [*(edit.path for edit in fix.edits), *(file.path for file in fix.files)] if fix else []
    return frozenset((finding.path, *writes))


def goes_first(one: Finding, finding: Finding, project: Project) -> bool:
    """Whether a finding has to wait for one of an earlier rule on the same files, or on files of the same service."""
    if one.rule.id not in finding.rule.after:
        return False
    mine, theirs = touched(finding) | frozenset(finding.fix.reads if finding.fix else ()), touched(one)
    return not mine.isdisjoint(theirs) or any(
        not mine.isdisjoint(service.documents) and not theirs.isdisjoint(service.documents)
        for service in project.services
    )


def _clash(one: Finding, other: Finding) -> bool:
    mine, theirs = _fix(one), _fix(other)
    if any(clash(a, b) for a in mine.edits for b in theirs.edits):
        return True
    return any(a.path == b.path and a != b for a in mine.files for b in theirs.files)


def _fix(finding: Finding) -> Fix:
    if finding.fix is None:
        raise ValueError(f"{finding.key} has no fix")
    return finding.fix


def _message(rule: Rule, match: Match[Node, Any]) -> str:
    facts = vars(match.facts) if hasattr(match.facts, "__dict__") else {}
    return rule.message.format_map({**facts, "path": match.node.path})
