"""What happens when things go wrong?  Nothing half done that the next run does not complete, and a line that says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autofix.bot import command
from autofix.bot.told import Deed
from autofix.bot.web import Patience
from tests.bot.hub import git
from tests.bot.server import Fault, hang_up, say
from tests.bot.test_visit import FIXED, HEALTH, ISSUE, SCRIPT, VERSION
from tests.bot.world import COMPOSE, FILES, TOKEN, World, world

OPENED = dict.fromkeys((HEALTH, VERSION, SCRIPT, ISSUE), Deed.OPENED)
PULLS = "/api/v3/repos/shop/web/pulls"


@pytest.fixture
def shop() -> Iterator[World]:
    with world() as made:
        yield made


def one_request_each(shop: World) -> bool:
    heads = [one.head for one in shop.hub.requests if one.state == "open"]
    return len(heads) == len(set(heads)) == 3 and len([one for one in shop.hub.issues if one.state == "open"]) == 1


ISSUES = "POST /api/v3/repos/shop/web/issues"


@pytest.mark.parametrize(
    ("where", "after"), [("GET /api", False), (f"POST {PULLS}", False), (f"POST {PULLS}", True), (ISSUES, True)]
)
def test_dropped_connections(shop: World, where: str, after: bool) -> None:  # noqa: FBT001
    shop.hub.faults = [Fault(where, hang_up, after=after)]
    assert shop.deeds() == OPENED
    assert one_request_each(shop)


@pytest.mark.parametrize("status", [500, 503])
def test_a_broken_forge_is_asked_again(shop: World, status: int) -> None:
    shop.hub.faults = [Fault("GET /api", say(status, {"message": "broken"}), 3), Fault(f"POST {PULLS}", say(status))]
    assert shop.deeds() == OPENED
    assert shop.naps[:3] == [1.0, 2.0, 4.0]
    assert one_request_each(shop)


def test_a_forge_that_stays_broken_is_left(shop: World) -> None:
    shop.hub.faults = [Fault("/pulls", say(500), 1000)]
    assert shop.deeds() == {"shop/web": Deed.FAILED}
    assert shop.entry("shop/web").words == "the forge is broken (500), 5 times"
    shop.hub.faults = []
    assert shop.deeds() == OPENED


LIMITS = {
    "primary": ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 40)}, range(10, 45)),
    "secondary": ({"retry-after": "7"}, range(7, 8)),
}


@pytest.mark.parametrize(("kind", "status"), [("primary", 403), ("secondary", 403), ("secondary", 429)])
def test_a_limit_is_waited_for(shop: World, kind: str, status: int) -> None:
    headers, expected = LIMITS[kind]
    reset = {"x-ratelimit-reset": str(int(time.time()) + 40)} if kind == "primary" else {}
    limited = say(status, {"message": "API rate limit exceeded"}, **{**headers, **reset})
    shop.hub.faults = [Fault(f"POST {PULLS}", limited, 2)]
    assert shop.deeds() == OPENED
    assert [int(nap) in expected for nap in shop.naps if nap] == [True, True]
    assert one_request_each(shop)


def test_a_limit_that_lasts_too_long_ends_the_run_and_the_next_one_goes_on(shop: World) -> None:
    far = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 3000)}
    shop.hub.faults = [Fault(f"POST {PULLS}", say(403, {}, **far))]
    assert shop.run().failed
    assert "the limit of requests is reached until" in shop.entry("shop/web").words
    shop.hub.faults = []
    shop.run()
    assert one_request_each(shop)


def test_a_403_that_is_no_limit_is_said(shop: World) -> None:
    shop.hub.faults = [Fault(f"POST {PULLS}", say(403, {"message": "Resource not accessible by integration"}))]
    deeds = shop.deeds()
    assert sorted(deeds.values()) == [Deed.FAILED, Deed.OPENED, Deed.OPENED, Deed.OPENED]
    (failed,) = [entry for entry in shop.reports[-1].entries if entry.deed is Deed.FAILED]
    assert failed.words == "the token may not do this (403): Resource not accessible by integration"
    assert shop.naps == []


def test_a_422_is_said_and_stops_nothing_else(shop: World) -> None:
    wrong = {
        "message": "Validation Failed",
        "errors": [{"resource": "PullRequest", "field": "base", "code": "invalid"}],
    }
    shop.hub.faults = [Fault(f"POST {PULLS}", say(422, wrong))]
    assert sorted(shop.deeds().values()) == [Deed.FAILED, Deed.OPENED, Deed.OPENED, Deed.OPENED]
    shop.run()
    assert one_request_each(shop)


def test_a_repository_without_issues_gets_its_requests(shop: World) -> None:
    shop.hub.faults = [Fault("/issues?", say(410, {"message": "Issues are disabled for this repo"}), 9)]
    assert shop.deeds() == {**OPENED, ISSUE: Deed.FAILED}
    assert shop.entry(ISSUE).words == "Issues are disabled for this repo (410)"
    shop.hub.faults = []
    shop.configure("bot: {issue: false}\n")
    assert shop.deeds() == dict.fromkeys((HEALTH, VERSION, SCRIPT), Deed.UNCHANGED)


def test_an_expired_token(shop: World) -> None:
    shop.hub.faults = [Fault(f"POST {PULLS}", shop.hub.tokens.clear)]
    assert shop.run().failed
    assert shop.entry("shop/web").words == "the token is not, or no longer, accepted (401)"
    shop.hub.tokens.add(TOKEN)
    shop.run()
    assert one_request_each(shop)


def test_a_token_that_expires_before_the_push(shop: World) -> None:
    shop.hub.faults = [Fault("GET /shop/web.git/info/refs?service=git-receive-pack", shop.hub.tokens.clear)]
    assert shop.run().failed
    assert "Authentication failed" in " ".join(entry.words for entry in shop.reports[-1].entries)
    assert shop.hub.requests == []


def test_a_protected_branch(shop: World) -> None:
    hook = shop.hub.bare / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\ncase $1 in *obsolete*) echo 'error: GH006: Protected branch update failed for '$1 >&2; exit 1;; esac\n"
    )
    hook.chmod(0o755)
    assert shop.deeds() == {**OPENED, VERSION: Deed.FAILED}
    assert "GH006: Protected branch update failed" in shop.entry(VERSION).words


def test_a_base_that_is_not_there(shop: World) -> None:
    assert shop.deeds(base="gone") == {"shop/web": Deed.FAILED}
    assert shop.entry("shop/web").words == "there is no branch gone"


def test_a_base_that_is_deleted_during_the_run(shop: World) -> None:
    git(shop.hub.bare, "branch", "release", "main")

    def delete() -> None:
        git(shop.hub.bare, "branch", "-D", "release")

    shop.hub.faults = [Fault("GET /api/v3/repos/shop/web/pulls", delete)]
    assert shop.deeds(base="release") == {"shop/web": Deed.FAILED}
    assert shop.entry("shop/web").words == "release is gone"
    assert shop.hub.requests == []


def test_files_that_change_between_clone_and_push(shop: World) -> None:
    def merge() -> None:
        shop.person.push("main", {"compose.yaml": FIXED})

    shop.hub.faults = [Fault("GET /api/v3/repos/shop/web/pulls?state=open", merge)]
    deeds = shop.deeds()
    assert VERSION not in deeds, "what somebody repaired meanwhile is not proposed"
    assert deeds[HEALTH] is Deed.OPENED
    assert git(shop.hub.bare, "merge-base", "main", f"autofix/{HEALTH}") == git(shop.hub.bare, "rev-parse", "main")


def test_a_base_that_never_rests(shop: World) -> None:
    count = iter(range(1000))

    def work() -> None:
        shop.person.push("main", {"README.md": f"{next(count)}\n"})

    shop.hub.faults = [Fault("GET /api/v3/repos/shop/web/pulls?state=open", work, 100)]
    assert shop.deeds() == OPENED
    assert next(count) == 3, "three starts, and then the request of the third"


def test_a_person_who_pushes_in_the_very_moment(shop: World) -> None:
    shop.run()
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("shop/web:1", "shop/web:2")})

    def push() -> None:
        shop.person.push(f"autofix/{VERSION}", {"notes.txt": "mine\n"})

    shop.hub.faults = [Fault("GET /shop/web.git/info/refs?service=git-receive-pack", push)]
    deeds = shop.deeds()
    assert Deed.LEFT in (deeds[VERSION], deeds[HEALTH])
    assert shop.person.text(f"autofix/{VERSION}", "notes.txt") == "mine\n"


def test_two_bots_at_once(shop: World) -> None:
    patience = Patience(between_writes=0, first=0.05)
    options = command.Options(repository="shop/web", server=shop.server.url)
    reports = []

    def bot() -> None:
        reports.append(command.run(options, shop.environment, patience))

    bots = [threading.Thread(target=bot) for _ in range(2)]
    for one in bots:
        one.start()
    for one in bots:
        one.join()
    assert len(reports) == 2
    shop.run()
    assert one_request_each(shop)


def test_two_bots_of_which_the_other_is_quicker(shop: World) -> None:
    """The other opens the same request between our push and our word, and the same issue."""

    def other() -> None:
        shop.hub.faults = []
        shop.run()

    shop.hub.faults = [Fault(f"POST {PULLS}", other)]
    shop.run()
    assert one_request_each(shop)

    first = shop.hub.issues[0]
    first.state, first.body = "closed", "gone"

    def late() -> None:
        shop.hub.faults = []
        shop.run()

    shop.hub.faults = [Fault("POST /api/v3/repos/shop/web/issues", late)]
    shop.run()
    assert [one.state for one in shop.hub.issues] == ["closed", "open", "closed"]
    assert "Opened twice" in shop.hub.issues[-1].comments[0]


def test_a_run_that_is_stopped_between_push_and_request(shop: World) -> None:
    shop.hub.faults = [Fault(f"POST {PULLS}", say(401, {"message": "Bad credentials"}), 9)]
    assert shop.run().failed
    assert len(shop.hub.branches()) == 2
    shop.hub.faults = []
    shop.run()
    assert one_request_each(shop)


def test_a_repository_that_cannot_be_seen(shop: World) -> None:
    assert shop.deeds(repository="shop/other") == {"shop/other": Deed.FAILED}
    assert shop.entry("shop/other").words == "shop/other does not exist, or this token may not see it"


def test_an_answer_that_is_not_of_github(shop: World) -> None:
    shop.hub.faults = [Fault("GET /api/v3/repos/shop/web", say(302, {}, location="https://sso.example.org/"), 99)]
    assert shop.run().failed


def test_line_endings_that_attributes_would_change(tmp_path: Path) -> None:
    files = {".gitattributes": "* text=auto\n", "compose.yaml": COMPOSE.replace("\n", "\r\n")}
    with world({**FILES, **files}) as shop:
        assert shop.deeds()[VERSION] is Deed.OPENED
        assert shop.person.text(f"autofix/{VERSION}", "compose.yaml").count("\n") == COMPOSE.count("\n") - 1
        assert git(shop.hub.bare, "diff", "--numstat", f"main...autofix/{VERSION}").split()[:2] == ["0", "1"]


def test_what_goes_wrong_is_told_without_the_token(shop: World) -> None:
    wrong = {"message": f"no such thing: {TOKEN}"}
    shop.hub.faults = [Fault(f"POST {PULLS}", say(404, wrong), 9)]
    shop.run()
    assert TOKEN not in repr(shop.reports)
