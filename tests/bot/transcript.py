"""What does the bot do, told as a story?  Printed by `python -m tests.numbers bot`.

Real git over HTTP, a stand-in for GitHub that has each request checked against GitHub's own description, and faults.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

from autofix.bot import command, told
from autofix.bot.told import Report
from autofix.bot.web import Patience
from tests.bot.githttp import Reply
from tests.bot.hub import git
from tests.bot.lab import Lab
from tests.bot.server import Fault, hang_up, say
from tests.bot.test_visit import FIXED, HEALTH, SCRIPT, VERSION
from tests.bot.world import COMPOSE, FILES, TOKEN, TOUCHING, World, world

PULLS = "POST /api/v3/repos/shop/web/pulls"
PUSH = "GET /shop/web.git/info/refs?service=git-receive-pack"

Act = Callable[[], Reply | None]


def main() -> None:
    """The story, the figures, the faults."""
    kinds: Counter[str] = Counter()
    for title, tell in (("GitHub", _story), ("two groups whose edits touch", _touching)):
        print(f"-- {title}")
        with world({**FILES, "compose.yaml": TOUCHING} if tell is _touching else FILES) as shop:
            tell(shop)
            kinds += shop.hub.kinds
    print("-- GitLab, the same contract on a stand-in")
    with world(forge=Lab) as shop:
        _short(shop)
    print("-- faults")
    for name, outcome, shop_kinds in _faults():
        print(f"{name}: {outcome}")
        kinds += shop_kinds
    print("-- requests, each checked against GitHub's description")
    for kind, count in sorted(kinds.items()):
        print(f"{count:5} {kind}")
    print(f"{sum(kinds.values()):5} in all, 0 not as described" if kinds else "the description could not be had")


def _run(shop: World, what: str, **options: object) -> Report:
    began = time.perf_counter()
    report = shop.run(**options)
    lines = told.human(report).replace(shop.server.url, "https://forge")
    print(f"{what} ({time.perf_counter() - began:.1f} s)")
    print("".join(f"    {line}\n" for line in lines.splitlines()), end="")
    return report


def _story(shop: World) -> None:
    shop.configure("bot: {labels: [ops], reviewers: [kim, shop/core], assignees: [sam]}\n")
    _run(shop, "dry run", dry_run=True)
    _run(shop, "first run")
    log = git(shop.hub.bare, "log", "--reverse", "--format=%s", f"main..autofix/{HEALTH}").splitlines()
    print(f"    commits of {HEALTH}: {log}")
    _run(shop, "rerun")
    shop.person.push("main", {"README.md": "# other\n"})
    _run(shop, "rerun after unrelated work")
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("shop/web:1", "shop/web:2")})
    _run(shop, "rerun after work on the same file")
    shop.person.push(f"autofix/{HEALTH}", {"notes.txt": "mine\n"})
    shop.person.push("main", {"compose.yaml": COMPOSE})
    _run(shop, f"a person pushed to autofix/{HEALTH}, and the base changed")
    shop.request(SCRIPT).state = "closed"
    _run(shop, f"a person closed the request of {SCRIPT}")
    shop.person.push("main", {"compose.yaml": FIXED, "agent/Dockerfile": None})
    _run(shop, "a person repaired the version key, and removed what needs a person")


def _touching(shop: World) -> None:
    _run(shop, "first run")
    print(f"    merge {VERSION}: {_merge(shop, VERSION)}; merge {HEALTH}: {_merge(shop, HEALTH)}")
    _run(shop, "rerun")
    print(f"    merge {HEALTH}: {_merge(shop, HEALTH)}")
    _run(shop, "rerun")


def _merge(shop: World, rule: str) -> str:
    return "done" if shop.person.merge(shop.request(rule)) else "conflict"


def _short(shop: World) -> None:
    _run(shop, "first run")
    _run(shop, "rerun")
    shop.person.push("main", {"compose.yaml": FIXED})
    _run(shop, "a person repaired the version key")


def _faults() -> Iterator[tuple[str, str, Counter[str]]]:
    for name, (where, act, after, times) in FAULTS.items():
        with world() as shop:
            shop.hub.faults = [Fault(where, act(shop), times, after=after)]
            first = shop.run()
            shop.hub.tokens.add(TOKEN)
            shop.hub.faults = []
            yield name, f"{_words(first)}; next run: {_words(shop.run())}; {_count(shop)}", shop.hub.kinds
    with world() as shop:
        yield "two bots at once", _two(shop), shop.hub.kinds


def _two(shop: World) -> str:
    options = command.Options(repository="shop/web", server=shop.server.url)
    patience = Patience(between_writes=0, first=0.05)
    bots = [threading.Thread(target=command.run, args=(options, shop.environment, patience)) for _ in range(2)]
    for one in bots:
        one.start()
    for one in bots:
        one.join()
    return f"next run: {_words(shop.run())}; {_count(shop)}"


def _words(report: Report) -> str:
    failed = [f"{entry.what}: {entry.words}" for entry in report.entries if entry.deed is told.Deed.FAILED]
    return told.human(report).splitlines()[-1].rstrip(".") + (f" ({'; '.join(failed)})" if failed else "")


def _count(shop: World) -> str:
    requests = [one.head for one in shop.hub.requests if one.state == "open"]
    issues = [one for one in shop.hub.issues if one.state == "open"]
    return f"open: {len(requests)} requests of {len(set(requests))} branches, {len(issues)} issue"


def _later(act: Callable[[World], object]) -> Callable[[World], Act]:
    """Something that somebody does in the very moment."""

    def make(shop: World) -> Act:
        def do() -> None:
            act(shop)

        return do

    return make


def _protect(shop: World) -> None:
    hook = shop.hub.bare / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'error: GH006: Protected branch update failed.' >&2\nexit 1\n")
    hook.chmod(0o755)


def _limited() -> Act:
    reset = str(int(time.time()) + 3000)
    return say(
        403, {"message": "API rate limit exceeded"}, **{"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    )


FAULTS: dict[str, tuple[str, Callable[[World], Act], bool, int]] = {
    "403, secondary limit": (PULLS, lambda _: say(403, {}, **{"retry-after": "7"}), False, 2),
    "403, limit for 50 minutes": (PULLS, lambda _: _limited(), False, 1),
    "403, no permission": (PULLS, lambda _: say(403, {"message": "Resource not accessible"}), False, 1),
    "422": (PULLS, lambda _: say(422, {"message": "Validation Failed", "errors": ["no"]}), False, 1),
    "500, three times": ("GET /api", lambda _: say(500), False, 3),
    "500, always": ("/pulls", lambda _: say(500), False, 99),
    "connection dropped before it was done": (PULLS, lambda _: hang_up, False, 1),
    "connection dropped after it was done": (PULLS, lambda _: hang_up, True, 1),
    "token expires": (PULLS, _later(lambda shop: shop.hub.tokens.clear()), False, 1),
    "branches are protected": (PUSH, _later(_protect), False, 1),
    "base is repaired between clone and push": (
        "GET /api/v3/repos/shop/web/pulls?state=open",
        _later(lambda shop: shop.person.push("main", {"compose.yaml": FIXED})), False, 1,
    ),
    "a person pushes to our branch while we push": (
        PULLS, _later(lambda shop: shop.person.push(f"autofix/{HEALTH}", {"notes.txt": "mine\n"})), False, 1,
    ),
}  # fmt: skip
