"""Which requests are no longer needed?  Ours, of this scope, that nothing is left to do for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from autofix.bot import marker
from autofix.bot.desk import Desk
from autofix.bot.forge import ForgeError, Request, UnreachableError
from autofix.bot.git import GitError
from autofix.bot.group import Group
from autofix.bot.marker import Marker
from autofix.bot.told import Deed, Entry

REPAIRED = "Nothing is left to fix here: the base no longer has these findings. Closing."
REGROUPED = "The fixes are grouped differently now and go into other requests. Closing."
UNWANTED = "The configuration no longer asks for these fixes. Closing."


def close(desk: Desk, groups: Collection[Group], asked: Collection[str], *, narrowed: bool) -> Iterator[Entry]:
    """Close what is stale. `groups` are those that still have something to say, `asked` the rules that ran; when the
    command line narrowed these, what was not asked stays.
    """
    wanted = {desk.branch(group) for group in groups}
    for request in list(desk.open.values()):
        mark = marker.read(request.body)
        if mark is None or request.branch in wanted or not desk.scope.holds(mark) or request.base != desk.scope.base:
            continue
        missing = set(mark.rules) - set(asked)
        if missing and narrowed:
            continue
        regrouped = not mark.group.startswith(f"{desk.bot.group}:")
        words = REGROUPED if regrouped else UNWANTED if missing else REPAIRED
        try:
            yield _close(desk, request, mark, words)
        except UnreachableError:
            raise
        except (ForgeError, GitError) as error:
            yield Entry(Deed.FAILED, request.title, str(error), request.branch, request.url)


def _close(desk: Desk, request: Request, mark: Marker, words: str) -> Entry:
    entry = Entry(Deed.CLOSED, request.title, words.partition(".")[0], request.branch, request.url)
    tip = desk.tip(request.branch)
    if tip and not desk.is_ours(request.branch):
        return entry.but(Deed.LEFT, "nothing is left to fix, but a person pushed to the branch: left alone")
    if not desk.dry_run:
        plain = request.body.replace("\r\n", "\n").replace(str(mark), str(mark.closed())).rstrip()
        desk.forge.comment(request.number, words)
        desk.forge.change(request.number, body=f"{plain}\n", close=True)
        if tip:
            desk.clone.delete(request.branch, tip)
    del desk.open[request.branch]
    return entry
