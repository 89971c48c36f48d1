"""What happens when the bot visits a repository?

It clones the base, finds, groups, and makes each group a run of its own. Then it looks at what is there (branches,
requests, their markers) and does the least: open, update, leave alone, close. A second visit finds everything done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autofix.bot import issue, plans, redact, stale
from autofix.bot.desk import Desk, MovedError, Scope
from autofix.bot.forge import Forge, ForgeError, UnreachableError
from autofix.bot.git import GitError, GoneError, clone
from autofix.bot.plans import Base, Plan
from autofix.bot.told import Deed, Entry, Report
from autofix.settings import Settings

MOST_STARTS = 3


@dataclass(frozen=True)
class Wish:
    """What was asked for. `settings` reads the configuration of the base; `narrowed` tells that the command line chose
    among the rules, so that what it left out is not gone.
    """

    repository: str
    settings: Callable[[Path], Settings]
    base: str = ""
    paths: tuple[str, ...] = ()
    narrowed: bool = False
    dry_run: bool = False


def visit(forge: Forge, wish: Wish) -> Report:
    """Bring the requests of a repository up to date. What fails for one request is told and does not stop the others."""
    report = Report(wish.repository, wish.base, wish.dry_run)
    try:
        _visit(forge, wish, report)
    except (ForgeError, GitError) as error:
        report.note(Entry(Deed.FAILED, wish.repository, str(error)))
    return report


def _visit(forge: Forge, wish: Wish, report: Report) -> None:
    known = forge.repository()
    report.base = wish.base or known.default_branch
    for start in range(1, MOST_STARTS + 1):
        with clone(known.clone_url, report.base, forge.credentials) as here:
            settings = wish.settings(here.folder)
            scope = Scope(report.base, known.default_branch, wish.paths)
            desk = Desk(forge, here, settings.bot, scope, dry_run=wish.dry_run, insist=start == MOST_STARTS)
            try:
                for entry in _work(desk, plans.read(here.folder, settings, wish.paths), wish):
                    report.note(entry)
            except MovedError:
                continue  # somebody merged meanwhile: what was found may be gone, so look again
            return


def _work(desk: Desk, base: Base, wish: Wish) -> Iterator[Entry]:
    """Every group, then what is stale, then the issue."""
    made: list[Plan] = []
    for group in base.groups:
        prints, silenced = desk.declined(desk.branch(group))
        if silenced:
            yield Entry(Deed.LEFT, group.label, silenced)
            continue
        plan = base.plan(group, prints)
        made.append(plan)
        if not plan.worth:
            yield Entry(Deed.LEFT, group.label, redact.mask(plan.why_not, base.secrets))
    worth = [plan for plan in made if plan.worth]
    for plan in worth:
        yield _presented(desk, plan, worth)
    asked = {rule.id for rule in base.settings.rules}
    active = {plan.group for plan in made if plan.worth or plan.waits}
    yield from stale.close(desk, active, asked, narrowed=wish.narrowed)
    if desk.bot.issue and not wish.narrowed:
        yield from _issue(desk, base, made)


def _issue(desk: Desk, base: Base, made: list[Plan]) -> Iterator[Entry]:
    try:
        kept = issue.keep(desk, base, base.manual(made))
    except UnreachableError:
        raise
    except ForgeError as error:
        kept = Entry(Deed.FAILED, issue.WHAT, str(error))
    if kept:
        yield kept


def _presented(desk: Desk, plan: Plan, others: list[Plan]) -> Entry:
    try:
        return desk.present(plan, others)
    except (UnreachableError, GoneError):
        raise
    except (ForgeError, GitError) as error:
        return Entry(Deed.FAILED, plan.group.label, str(error), desk.branch(plan.group))
