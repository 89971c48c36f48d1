"""How is the one issue kept, that lists what needs a person?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autofix.bot import marker, notice
from autofix.bot.desk import Desk
from autofix.bot.forge import DoubtfulError, Issue
from autofix.bot.marker import Marker
from autofix.bot.plans import Base
from autofix.bot.told import Deed, Entry
from autofix.engine import Result

WHAT = "the issue"


def keep(desk: Desk, base: Base, results: Sequence[Result]) -> Entry | None:
    """Open, update or close the issue; None when there is none and none is needed."""
    there = _ours(desk)
    known = marker.read(there.body) if there else None
    declined = set(known.declined if known else ())
    if there and known and not there.is_open and not known.ours:
        declined |= set(known.findings)
    shown = [one for one in results if not declined.intersection(notice.prints([one]))]
    mark = Marker(notice.GROUP, desk.scope.base, desk.scope.paths, (), notice.prints(shown), tuple(sorted(declined)))
    if not shown:
        return _close(desk, there, mark) if there and there.is_open else None
    page = notice.body(base.project, shown, mark, base.secrets)
    entry = Entry(
        Deed.UNCHANGED,
        WHAT,
        f"{len(shown)} {'finding needs' if len(shown) == 1 else 'findings need'} a person",
        "",
        there.url if there else "",
    )
    entry = replace(entry, title=notice.TITLE, page=page)
    if there is None:
        return entry.but(Deed.OPENED, entry.words, url="" if desk.dry_run else _open(desk, page).url)
    if there.is_open and _plain(there.body) == _plain(page):
        return entry
    if not desk.dry_run:
        desk.forge.change_issue(there.number, title=notice.TITLE, body=page, is_open=True)
    return entry.but(Deed.UPDATED, entry.words)


def _ours(desk: Desk) -> Issue | None:
    """Our issue of this scope: an open one first, then the one that was closed last."""
    found = [one for one in desk.forge.issues(notice.LABEL) if _of_scope(desk, one)]
    return min(found, key=lambda one: (not one.is_open, one.number if one.is_open else -one.number), default=None)


def _of_scope(desk: Desk, issue: Issue) -> bool:
    mark = marker.read(issue.body)
    return mark is not None and mark.group == notice.GROUP and desk.scope.holds(mark)


def _open(desk: Desk, page: str) -> Issue:
    """Open the issue once. Of two bots that open one at the same time, the later closes its own."""
    try:
        made = desk.forge.open_issue(notice.TITLE, page, notice.LABEL)
    except DoubtfulError:
        there = _ours(desk)
        made = there or desk.forge.open_issue(notice.TITLE, page, notice.LABEL)
    first = _ours(desk)
    if first and first.number != made.number:
        mark = marker.read(made.body)
        text = made.body.replace(str(mark), str(mark.closed())) if mark else made.body
        desk.forge.comment_issue(made.number, f"Opened twice at the same moment: {first.url} is the one. Closing.")
        desk.forge.change_issue(made.number, title=notice.TITLE, body=text, is_open=False)
        return first
    return made


def _close(desk: Desk, there: Issue, mark: Marker) -> Entry:
    if not desk.dry_run:
        desk.forge.comment_issue(there.number, notice.GONE)
        text = f"Nothing is left.\n\n{mark.closed()}\n"
        desk.forge.change_issue(there.number, title=there.title, body=text, is_open=False)
    return Entry(Deed.CLOSED, WHAT, "nothing needs a person any more", "", there.url)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
