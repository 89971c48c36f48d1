"""How does one group become a branch and a request, with what is there already?

The branch goes first, so a request never shows what is not there. A run that is stopped between the two is completed by
the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autofix.bot import commits, marker, words
from autofix.bot.forge import Decoration, DoubtfulError, ExistsError, Forge, Request, State
from autofix.bot.git import Clone, GoneError, LeaseError
from autofix.bot.group import Group, branch
from autofix.bot.marker import Marker
from autofix.bot.plans import Plan
from autofix.bot.told import Deed, Entry
from autofix.bot.words import Facts
from autofix.settings import Bot


class MovedError(Exception):
    """The base is no longer the commit that was read."""


@dataclass(frozen=True)
class Scope:
    """What a visit is about; requests of other scopes are none of its business."""

    base: str
    default: str
    paths: tuple[str, ...] = ()

    def holds(self, mark: Marker) -> bool:
        """Whether a request was made in this scope."""
        return (mark.base, mark.paths) == (self.base, self.paths)


@dataclass
class Desk:
    """What is needed to work on the requests of a repository. With `insist` a base that moves does not stop it."""

    forge: Forge
    clone: Clone
    bot: Bot
    scope: Scope
    dry_run: bool
    insist: bool
    _moved: dict[str, str] = field(default_factory=dict)

    @cached_property
    def open(self) -> dict[str, Request]:
        """The open requests of our branches, by branch."""
        return {one.branch: one for one in self.forge.open_requests(self.bot.branch_prefix)}

    @cached_property
    def _tips(self) -> dict[str, str]:
        return self.clone.tips(f"refs/heads/{self.bot.branch_prefix}*")

    def tip(self, name: str) -> str:
        """Where a branch is on the forge, as far as we know; empty for none."""
        return self._moved.get(name, self._tips.get(name, ""))

    def branch(self, group: Group) -> str:
        """The branch of a group."""
        return branch(self.bot.branch_prefix, group, self.scope.base, self.scope.default, self.scope.paths)

    def declined(self, name: str) -> tuple[list[str], str]:
        """The fingerprints a person said no to by closing a request of the branch; and why nothing at all may be
        proposed, if a closed request no longer tells what it was about.
        """
        prints: list[str] = []
        for request in self.forge.requests_of(name):
            mark = marker.read(request.body)
            if request.state is State.CLOSED and mark is None:
                return [], f"{request.url} was closed, and no longer tells what it was about"
            if request.state is State.CLOSED and mark and not mark.ours:
                prints += mark.findings
        return prints, ""

    def is_ours(self, name: str) -> bool:
        """Whether every commit of a branch is as we made it."""
        return self.clone.ours(name, self.tip(name)) is not None

    def present(self, plan: Plan, others: Sequence[Plan]) -> Entry:
        """Bring the branch and the request of a plan to where they belong."""
        name = self.branch(plan.group)
        there = self.open.get(name)
        if there is None and len(self.open) >= self.bot.limit:
            return Entry(Deed.LEFT, plan.group.label, f"{self.bot.limit} requests are open, which is the limit", name)
        steps = commits.steps(plan.outcome, plan.secrets)
        tip = self.clone.commit(steps, self.bot.author)
        page = self._page(plan, others, name, tip, len(steps))
        heads = tuple(step.message.partition("\n")[0] for step in steps)
        entry = Entry(
            Deed.UNCHANGED, plan.group.label, "", name, there.url if there else "", page.title, heads, page.body
        )
        try:
            pushed = self._push(name, tip, is_open=there is not None)
        except _TheirsError as theirs:
            return entry.but(Deed.LEFT, str(theirs))
        if there is None:
            return self._open(page, entry)
        if (there.title, _plain(there.body)) != (page.title, _plain(page.body)):
            if not self.dry_run:
                self.forge.change(there.number, title=page.title, body=page.body)
            return entry.but(Deed.UPDATED, "")
        return entry.but(Deed.UPDATED, "") if pushed else entry

    def _page(self, plan: Plan, others: Sequence[Plan], name: str, tip: str, count: int) -> Request:
        added, removed = self.clone.size(tip)
        touching = tuple(sorted(other.group.label for other in others if other is not plan and plan.touches(other)))
        facts = Facts(plan, self.scope.base, name, added, removed, count, touching)
        rules = tuple(rule.id for rule in facts.rules)
        mark = Marker(plan.group.id, self.scope.base, self.scope.paths, rules, plan.prints)
        return Request(0, "", name, self.scope.base, words.title(facts), words.body(facts, mark), State.OPEN)

    def _push(self, name: str, tip: str, *, is_open: bool) -> bool:
        """Bring the branch to the tip, if it is not there; whether it had to be moved."""
        there = self.tip(name)
        try:
            if there == tip or (there and self._says_the_same(name, tip, is_open=is_open)):
                return False
            if not self.dry_run:
                self._check_base()
                self.clone.push(name, tip, there)
        except LeaseError:
            self._moved[name] = self.clone.tips(f"refs/heads/{name}").get(name, "")
            if self._moved[name] != tip:
                raise _TheirsError("somebody else is at work on the branch: left for the next run") from None
        self._moved[name] = tip
        return True

    def _says_the_same(self, name: str, tip: str, *, is_open: bool) -> bool:
        """Whether what is there is good as it is. Without an open request it may have been merged, and is made anew."""
        old = self.clone.ours(name, self.tip(name))
        if old is None:
            raise _TheirsError("a person pushed to the branch: left alone")
        return is_open and self.clone.same_change(old, tip)

    def _check_base(self) -> None:
        base = self.clone.tips(f"refs/heads/{self.scope.base}").get(self.scope.base)
        if base is None:
            raise GoneError(f"{self.scope.base} is gone")
        if base != self.clone.tip and not self.insist:
            raise MovedError

    def _open(self, page: Request, entry: Entry) -> Entry:
        if self.dry_run:
            self.open[page.branch] = page
            return entry.but(Deed.OPENED, "")
        request, problem = self._opened(page)
        self.open[page.branch] = request
        wishes = Decoration(self.bot.labels, self.bot.reviewers, self.bot.assignees)
        problems = [problem, *self.forge.decorate(request.number, wishes)]
        return entry.but(Deed.OPENED, "; ".join(filter(None, problems)), url=request.url)

    def _opened(self, page: Request) -> tuple[Request, str]:
        """The request, opened once: by us, by us without our hearing of it, or by another bot a moment ago."""
        for _ in range(2):
            try:
                return self.forge.open(page, draft=self.bot.draft)
            except (ExistsError, DoubtfulError) as error:
                last = error
                found = [one for one in self.forge.requests_of(page.branch) if one.state is State.OPEN]
                if found:
                    return found[0], ""
        raise last


class _TheirsError(Exception):
    """The branch is not ours to move."""


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
