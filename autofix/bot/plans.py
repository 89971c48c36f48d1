"""What would the bot propose for a base?  Groups, each with a verified run of its own; nothing here asks a forge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autofix import discover, engine, link, plan
from autofix.bot.group import Group, fixable, gated, partition, waiting
from autofix.bot.marker import fingerprint
from autofix.engine import Outcome, Result, Selection
from autofix.finding import Reason
from autofix.plan import Finding
from autofix.project import Project
from autofix.report import credentials
from autofix.report.words import reason
from autofix.settings import Settings


@dataclass(frozen=True)
class Plan:
    """What one group comes to. `lines` are the stretches of lines it changes, by path."""

    group: Group
    outcome: Outcome
    waits: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def fixed(self) -> list[Result]:
        """What the group repairs; what else goes away with it is not its own."""
        return [one for one in self.outcome.fixed if self._mine(one.finding)]

    @property
    def left(self) -> list[Result]:
        """What belongs to the group and stays."""
        return [one for one in self.outcome.left if self._mine(one.finding)]

    @property
    def prints(self) -> tuple[str, ...]:
        """The fingerprints of what the group repairs."""
        return tuple(sorted({fingerprint(one.finding.rule.id, one.finding.match) for one in self.fixed}))

    @property
    def worth(self) -> bool:
        """Whether there is anything to propose."""
        return self.outcome.converged and bool(self.outcome.changes)

    @property
    def why_not(self) -> str:
        """Why there is nothing to propose."""
        if not self.outcome.converged:
            return "the fixes did not settle"
        reasons = [reason(one) for one in self.left if one.why and one.why.reason is not Reason.NO_FIXER]
        return "; ".join(dict.fromkeys(reasons))[:300]

    @cached_property
    def lines(self) -> dict[str, list[tuple[int, int]]]:
        """The first and last line of each edit."""
        stretches: dict[str, list[tuple[int, int]]] = {}
        for change in self.outcome.changes:
            stretches[change.path] = []
            for edit in change.edits:
                if change.before:
                    first, last = change.before.line_of(edit.span.start), change.before.line_of(edit.span.end)
                    stretches[change.path].append((first, last))
        return stretches

    def touches(self, other: Plan) -> bool:
        """Whether merging one may leave a conflict in the other: the same line, or the next one, or one new file."""
        return any(
            path in other.lines and (not mine or _near(mine, other.lines[path])) for path, mine in self.lines.items()
        )

    def _mine(self, finding: Finding) -> bool:
        return self.group.takes(self.outcome.before, finding.rule.id, finding.path, finding.match.node.anchor)


@dataclass(frozen=True)
class Base:
    """A base that was read: its problems, and the groups of those that can be fixed."""

    project: Project
    settings: Settings
    selection: Selection
    found: tuple[Finding, ...]
    groups: Mapping[Group, Sequence[Finding]]

    @cached_property
    def secrets(self) -> frozenset[str]:
        """The credentials of the repository, which nothing may repeat."""
        return credentials.values(self.project.sources) | credentials.defaults(self.project)

    def plan(self, group: Group, declined: Sequence[str]) -> Plan:
        """The run of one group, without what was declined."""
        waits = waiting(group, self.groups, self.project)
        rules = gated(self.settings.rules, group, waits, frozenset(declined))
        outcome = engine.run(self.project, rules, self.settings.allowed, self.selection)
        return Plan(group, outcome, tuple(sorted(set(waits.values()))), self.secrets)

    def manual(self, plans: Sequence[Plan]) -> list[Result]:
        """What no request will repair: what cannot be fixed, and what a run could not."""
        rest = [one for made in plans for one in made.left if one.why and one.why.reason is Reason.OBJECTION]
        whys = ((one, plan.why_left(one, self.settings.allowed)) for one in self.found)
        results = [Result(-1, one, one.span, why) for one, why in whys if why and why.reason is not Reason.SUPPRESSED]
        return results + rest


def read(root: Path, settings: Settings, paths: tuple[str, ...]) -> Base:
    """Read a base and group what can be fixed."""
    project, _ = link.build(discover.survey(root, settings.exclude))
    selection = Selection(paths, settings.silent)
    found = tuple(one for one in plan.findings(project, settings.rules) if selection.takes(one.path))
    groups = partition(settings.bot.group, project, fixable(found, settings.allowed))
    return Base(project, settings, selection, found, groups)


def _near(mine: Sequence[tuple[int, int]], theirs: Sequence[tuple[int, int]]) -> bool:
    return any(first <= end + 1 and begin <= last + 1 for first, last in mine for begin, end in theirs)
