"""Does GitLab's side keep the same contract?  The main stories again, on a stand-in that python-gitlab gets along with.

It was never tried on a server of GitLab's.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autofix.bot.told import Deed
from tests.bot.lab import Lab
from tests.bot.server import Fault, hang_up, say
from tests.bot.test_visit import FIXED, HEALTH, ISSUE, SCRIPT, VERSION
from tests.bot.world import COMPOSE, TOKEN, World, world


@pytest.fixture
def shop() -> Iterator[World]:
    with world(forge=Lab) as made:
        yield made


def test_the_stand_in_speaks_as_a_client_of_others_expects(shop: World) -> None:
    import gitlab

    shop.run()
    with gitlab.Gitlab(shop.server.url, private_token=TOKEN) as client:
        project = client.projects.get("shop/web")
        assert project.default_branch == "main"
        requests = project.mergerequests.list(state="opened", get_all=True)
        assert {one.source_branch for one in requests} == {f"autofix/{name}" for name in (HEALTH, VERSION, SCRIPT)}
        one = project.mergerequests.get(requests[0].iid)
        one.notes.create({"body": "Thanks"})
        one.state_event = "close"
        one.save()
        issue = project.issues.list(labels=["autofix"], get_all=True)[0]
        assert "agent/Dockerfile" in issue.description
        made = project.issues.create({"title": "Other", "description": "x", "labels": "a,b"})
        assert made.state == "opened"
    assert shop.hub.thread(requests[0].iid).state == "closed"
    assert shop.hub.thread(requests[0].iid).comments == ["Thanks"]


def test_the_main_story(shop: World) -> None:
    assert shop.deeds() == dict.fromkeys((HEALTH, VERSION, SCRIPT, ISSUE), Deed.OPENED)
    shop.writes()
    assert set(shop.deeds().values()) == {Deed.UNCHANGED}
    assert shop.writes() == []
    shop.person.push(f"autofix/{HEALTH}", {"notes.txt": "mine\n"})
    shop.request(SCRIPT).state = "closed"
    shop.person.push("main", {"compose.yaml": FIXED, "agent/Dockerfile": None})
    deeds = shop.deeds()
    assert deeds == {
        HEALTH: Deed.LEFT, SCRIPT: Deed.LEFT, shop.request(VERSION).title: Deed.CLOSED, ISSUE: Deed.CLOSED,
    }  # fmt: skip
    assert shop.request(VERSION).state == "closed"
    shop.person.push("main", {"compose.yaml": COMPOSE})
    assert shop.deeds()[VERSION] is Deed.OPENED
    assert shop.person.merge(shop.request(VERSION))
    assert VERSION not in shop.deeds()


def test_drafts_stay_drafts_and_people_are_found_by_name(shop: World) -> None:
    shop.configure("bot: {draft: true, reviewers: [kim, nobody], assignees: [sam], labels: [ops]}\n")
    shop.run()
    one = shop.request(VERSION)
    assert (one.title[:7], one.labels, one.reviewers, one.assignees) == ("Draft: ", ["ops"], ["kim"], ["sam"])
    assert "there is no nobody" in shop.entry(VERSION).words
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("shop/web:1", "shop/web:2")})
    assert shop.deeds()[VERSION] is Deed.UPDATED
    one.title = "Draft: Other"
    assert shop.deeds()[VERSION] is Deed.UPDATED
    assert one.title == "Draft: Remove the obsolete version key in compose.yaml"


def test_faults(shop: World) -> None:
    shop.hub.faults = [
        Fault("GET /api", say(502), 2),
        Fault("POST /api/v4/projects/shop%2Fweb/merge_requests", hang_up, after=True),
        Fault("POST /api/v4/projects/shop%2Fweb/issues", say(429, {}, **{"retry-after": "3"})),
    ]
    assert shop.deeds() == dict.fromkeys((HEALTH, VERSION, SCRIPT, ISSUE), Deed.OPENED)
    assert shop.naps == [1.0, 2.0, 3.0]
    assert len(shop.hub.threads) == 4
    shop.hub.tokens.clear()
    assert shop.run().failed
    assert "no longer, accepted" in shop.entry("shop/web").words


def test_a_project_that_cannot_be_seen(shop: World) -> None:
    assert shop.deeds(repository="shop/deep/other") == {"shop/deep/other": Deed.FAILED}
    assert "does not exist" in shop.entry("shop/deep/other").words
