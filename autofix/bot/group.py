"""Which fixes go into one request?  A group is a run of its own from the base, in which only its findings are fixed.

The other rules run along and look: a fix that would bring one of their findings is objected to, as in any run.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autofix import plan
from autofix.bot.marker import fingerprint
from autofix.finding import Fix, Key, Match, Reason, Refusal, Safety
from autofix.node import Node
from autofix.plan import Finding
from autofix.project import Project, Service
from autofix.rule import Call, Rule

SHARED = ""  # the name no service has


@dataclass(frozen=True)
class Group:
    """`by` rule, service or all; `name` is the rule's id or the service's name."""

    by: str
    name: str

    @property
    def id(self) -> str:
        """What the marker of its request says."""
        return f"{self.by}:{self.name}"

    @property
    def label(self) -> str:
        """How people are told of it."""
        service = f"service {self.name}" if self.name else "several services"
        return {"rule": self.name, "service": service, "all": "all fixes"}[self.by]

    def takes(self, project: Project, rule: str, path: str, anchor: str) -> bool:
        """Whether a finding belongs here."""
        return self == group_of(self.by, project, rule, path, anchor)


def group_of(by: str, project: Project, rule: str, path: str, anchor: str) -> Group:
    """The group a finding belongs to: what several services share has one of its own."""
    if by == "all":
        return Group("all", "all")
    if by == "rule":
        return Group("rule", rule)
    names = {service.name for service in project.services if _about(service, path, anchor)}
    return Group("service", names.pop() if len(names) == 1 else SHARED)


def branch(prefix: str, group: Group, base: str, default: str, paths: Iterable[str]) -> str:
    """The branch of a group: the same each time, and another one for another base or another part of the repository."""
    scope = [slug(base)] if base != default else []
    scope += [slug("+".join(sorted(paths)))] if any(paths) else []
    service = f"service-{slug(group.name)}" if group.name else "several-services"
    names = {"all": "all", "service": service, "rule": "/".join(map(slug, group.name.split("/")))}
    return prefix + "/".join((*scope, names[group.by]))


def slug(name: str) -> str:
    """A name as a part of a branch name, which may not hold everything; what had to change is told apart by a hash."""
    clean = re.sub(r"\.lock$|^[.-]+|\.+$|\.(?=\.)", "", re.sub(r"[^\w.+-]+", "-", name, flags=re.ASCII))
    return clean if clean == name else f"{clean or 'x'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def partition(by: str, project: Project, fixable: Sequence[Finding]) -> dict[Group, list[Finding]]:
    """The groups of what could be fixed, the worst first."""
    groups: dict[Group, list[Finding]] = {}
    for one in sorted(fixable, key=lambda one: -one.severity):
        group = group_of(by, project, one.rule.id, one.path, one.match.node.anchor)
        groups.setdefault(group, []).append(one)
    return groups


def waiting(group: Group, groups: Mapping[Group, Sequence[Finding]], project: Project) -> dict[Key, str]:
    """The findings of a group that have to wait until another group is merged, and the rule they wait for."""
    others = [one for other, found in groups.items() if other != group for one in found]
    waits: dict[Key, str] = {}
    for one in groups[group]:
        before = next((other for other in others if plan.goes_first(other, one, project)), None)
        if before:
            waits[one.key] = before.rule.id
    return waits


def gated(rules: Iterable[Rule], group: Group, waits: Mapping[Key, str], declined: Collection[str]) -> list[Rule]:
    """The same rules, of which only those fixes are made that belong to the group, wait for nothing, and were not
    declined.
    """
    return [
        replace(rule, fix=rule.fix and Gate(rule.fix.use, rule.fix.params, rule.fix, rule.id, group, waits, declined))
        for rule in rules
    ]


@dataclass(frozen=True)
class Gate(Call):
    """A fixer that refuses what is not for this run."""

    inner: Call = field(default_factory=lambda: Call(""))
    rule: str = ""
    group: Group = field(default_factory=lambda: Group("all", "all"))
    waits: Mapping[Key, str] = field(default_factory=dict)
    declined: Collection[str] = ()

    def function(self) -> Callable[..., Any]:
        """The fixer behind the gate."""
        inner = self.inner.function()

        def fix(project: Project, match: Match[Node, Any], **params: Any) -> Fix | Refusal:  # noqa: ANN401
            answer: Fix | Refusal = self._no(project, match) or inner(project, match, **params)
            return answer

        return fix

    def _no(self, project: Project, match: Match[Node, Any]) -> Refusal | None:
        node = match.node
        if not self.group.takes(project, self.rule, node.path, node.anchor):
            return Refusal("another request")
        before = self.waits.get(Key(self.rule, node.path, node.anchor))
        if before:
            return Refusal(f"{before}, whose request comes first", reason=Reason.WAITING_FOR)
        if fingerprint(self.rule, match) in self.declined:
            return Refusal("declined in a closed request", reason=Reason.SUPPRESSED)
        return None


def fixable(found: Iterable[Finding], allowed: Safety) -> list[Finding]:
    """The findings a run could fix."""
    return [one for one in found if plan.why_left(one, allowed) is None]


def _about(service: Service, path: str, anchor: str) -> bool:
    if path == service.path:
        return anchor == service.anchor or anchor.startswith((f"{service.anchor}.", f"{service.anchor}["))
    return path in service.documents
