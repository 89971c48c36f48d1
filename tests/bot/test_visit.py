"""Does the bot do the least, tell what it did, and leave alone what is a person's?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autofix.bot import marker
from autofix.bot.told import Deed
from tests.bot.hub import git
from tests.bot.world import COMPOSE, FILES, TOUCHING, World, world

VERSION, HEALTH, SCRIPT = "compose/obsolete-version", "compose/localhost-healthcheck", "shell/unset-variables"
ISSUE = "the issue"
FIXED = COMPOSE.replace('version: "3.8"\n', "")


@pytest.fixture
def shop() -> Iterator[World]:
    with world() as made:
        yield made


def test_first_run_opens_one_request_for_each_rule_and_one_issue(shop: World) -> None:
    assert shop.deeds() == dict.fromkeys((HEALTH, VERSION, SCRIPT, ISSUE), Deed.OPENED)
    assert {one.head for one in shop.hub.requests} == {f"autofix/{name}" for name in (HEALTH, VERSION, SCRIPT)}
    (issue,) = shop.hub.issues
    assert issue.labels == ["autofix"]
    assert "agent/Dockerfile:1" in issue.body
    assert shop.person.text("autofix/" + VERSION, "compose.yaml") == FIXED


def test_one_commit_for_each_fix_says_what_and_why(shop: World) -> None:
    shop.run()
    log = git(shop.hub.bare, "log", "--reverse", "--format=%s%n%b%x00", f"main..autofix/{HEALTH}").split("\0")[:-1]
    assert len(log) == 2
    for text, line in zip(log, (6, 11), strict=True):
        assert text.strip().startswith(f"Ask 127.0.0.1 in the health check in compose.yaml:{line}\n")
        assert f"compose.yaml:{line}: " in text
        assert "::1 first" in text
        assert f"Autofix-Rule: {HEALTH}\n" in text
    assert git(shop.hub.bare, "diff", "--stat", f"main...autofix/{HEALTH}").count("\n") == 2


def test_a_rerun_changes_nothing(shop: World) -> None:
    shop.run()
    shop.writes()
    assert set(shop.deeds().values()) == {Deed.UNCHANGED}
    assert shop.writes() == []


def test_a_rerun_after_unrelated_work_changes_nothing(shop: World) -> None:
    shop.run()
    shop.person.push("main", {"README.md": "# other\n"})
    shop.writes()
    assert set(shop.deeds().values()) == {Deed.UNCHANGED}
    assert shop.writes() == []


def test_a_rerun_after_work_on_the_same_file_updates_its_own_request(shop: World) -> None:
    shop.run()
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("shop/web:1", "shop/web:2")})
    assert shop.deeds() == {HEALTH: Deed.UPDATED, VERSION: Deed.UPDATED, SCRIPT: Deed.UNCHANGED, ISSUE: Deed.UNCHANGED}
    assert len(shop.hub.requests) == 3
    assert shop.person.text("autofix/" + VERSION, "compose.yaml") == FIXED.replace("shop/web:1", "shop/web:2")


def test_a_branch_that_a_person_pushed_to_is_left_alone(shop: World) -> None:
    shop.run()
    tip = shop.person.push(f"autofix/{VERSION}", {"notes.txt": "mine\n"})
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("shop/web:1", "shop/web:2")})
    assert shop.deeds()[VERSION] is Deed.LEFT
    assert "a person pushed" in shop.entry(VERSION).words
    assert shop.hub.branches()[f"autofix/{VERSION}"] == tip


@pytest.mark.parametrize("how", ["amended", "rebased", "dropped"])
def test_a_commit_that_a_person_changed_is_theirs(shop: World, how: str) -> None:
    shop.run()
    person = shop.person.folder
    shop.person.push("main", {"README.md": "# new\n"})
    git(person, "fetch", "-q", "origin")
    git(person, "checkout", "-q", "-B", "work", f"origin/autofix/{HEALTH}")
    if how == "amended":
        git(person, "commit", "-q", "--amend", "-m", "Mine now")
    elif how == "rebased":
        git(person, "rebase", "-q", "origin/main")
    else:
        git(person, "reset", "-q", "--hard", "HEAD^")
    git(person, "push", "-q", "-f", "origin", f"HEAD:autofix/{HEALTH}")
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("shop/web:1", "shop/web:2")})
    assert shop.deeds()[HEALTH] is Deed.LEFT
    assert shop.hub.branches()[f"autofix/{HEALTH}"] == git(person, "rev-parse", f"origin/autofix/{HEALTH}").strip()


def test_a_branch_of_that_name_which_was_never_ours_is_left_alone(shop: World) -> None:
    tip = shop.person.push("main", {"README.md": "# mine\n"})
    git(shop.hub.bare, "branch", f"autofix/{VERSION}", tip)
    assert shop.deeds()[VERSION] is Deed.LEFT
    assert [one.head for one in shop.hub.requests if VERSION in one.head] == []


def test_a_request_that_a_person_closed_is_respected_until_the_finding_changes(shop: World) -> None:
    shop.run()
    shop.request(VERSION).state = "closed"
    assert shop.deeds()[VERSION] is Deed.LEFT
    assert "declined" in shop.entry(VERSION).words
    shop.person.push("main", {"compose.yaml": COMPOSE.replace("3.8", "3.9")})
    assert shop.deeds()[VERSION] is Deed.OPENED
    assert shop.request(VERSION).number != 2


def test_only_what_was_declined_stays_away(shop: World) -> None:
    shop.run()
    shop.request(HEALTH).state = "closed"
    more = COMPOSE + '  job:\n    image: shop/job:1\n    healthcheck: {test: "curl -f http://localhost:9/health"}\n'
    shop.person.push("main", {"compose.yaml": more})
    assert shop.deeds()[HEALTH] is Deed.OPENED
    opened = shop.request(HEALTH)
    assert shop.person.text(opened.head, "compose.yaml").count("localhost") == 2
    assert "declined in a closed request" in opened.body
    assert shop.deeds()[HEALTH] is Deed.UNCHANGED


def test_a_closed_request_that_lost_its_marker_is_respected(shop: World) -> None:
    shop.run()
    closed = shop.request(VERSION)
    closed.state, closed.body = "closed", "no"
    assert shop.deeds()[VERSION] is Deed.LEFT
    assert "no longer tells" in shop.entry(VERSION).words


def test_what_a_person_repaired_closes_our_request(shop: World) -> None:
    shop.run()
    shop.person.push("main", {"compose.yaml": FIXED})
    deeds = shop.deeds()
    assert deeds[shop.request(VERSION).title] is Deed.CLOSED
    closed = shop.request(VERSION)
    assert closed.state == "closed"
    assert closed.comments == ["Nothing is left to fix here: the base no longer has these findings. Closing."]
    assert f"autofix/{VERSION}" not in shop.hub.branches()
    shop.person.push("main", {"compose.yaml": COMPOSE})
    assert shop.deeds()[VERSION] is Deed.OPENED, "closed by us is not declined"


def test_a_stale_request_that_a_person_works_on_is_left_alone(shop: World) -> None:
    shop.run()
    shop.person.push(f"autofix/{VERSION}", {"notes.txt": "mine\n"})
    shop.person.push("main", {"compose.yaml": FIXED})
    shop.run()
    assert shop.request(VERSION).state == "open"
    assert "a person pushed" in shop.entry(shop.request(VERSION).title).words


def test_a_merged_request_is_done_and_comes_again_with_its_finding(shop: World) -> None:
    shop.run()
    assert shop.person.merge(shop.request(VERSION))
    deeds = shop.deeds()
    assert VERSION not in deeds
    shop.person.push("main", {"compose.yaml": 'version: "3.8"\n' + shop.person.text("main", "compose.yaml")})
    assert shop.deeds()[VERSION] is Deed.OPENED


def test_two_groups_whose_edits_touch_are_merged_one_after_the_other() -> None:
    with world({**FILES, "compose.yaml": TOUCHING}) as shop:
        shop.run()
        assert f"`{HEALTH}` change lines next to these" in shop.request(VERSION).body
        assert f"`{VERSION}` change lines next to these" in shop.request(HEALTH).body
        assert shop.person.merge(shop.request(VERSION))
        assert not shop.person.merge(shop.request(HEALTH)), "the edits touch, or this test shows nothing"
        assert shop.deeds()[HEALTH] is Deed.UPDATED
        assert shop.person.merge(shop.request(HEALTH))
        assert shop.person.text("main", "compose.yaml") == TOUCHING.replace("localhost", "127.0.0.1").replace(
            'version: "3.8"\n', ""
        )


def test_grouped_by_service(shop: World) -> None:
    deeds = shop.deeds(group="service")
    assert {what for what, deed in deeds.items() if deed is Deed.OPENED} == {
        "service api", "service web", "several services", ISSUE,
    }  # fmt: skip
    assert shop.request("service-api").title == "Ask 127.0.0.1 in the health check for api"
    assert shop.person.text("autofix/service-api", "compose.yaml").count("localhost") == 1
    assert set(shop.deeds(group="service").values()) == {Deed.UNCHANGED}


def test_another_grouping_replaces_the_requests(shop: World) -> None:
    shop.run()
    deeds = shop.deeds(group="all")
    assert deeds["all fixes"] is Deed.OPENED
    assert [one.head for one in shop.hub.requests if one.state == "open"] == ["autofix/all"]
    assert "grouped differently" in shop.request(VERSION).comments[0]
    assert shop.person.text("autofix/all", "compose.yaml") == FIXED.replace("localhost", "127.0.0.1")


def test_a_dry_run_reads_and_writes_nothing(shop: World) -> None:
    assert set(shop.deeds(dry_run=True).values()) == {Deed.OPENED}
    assert shop.writes() == []
    assert shop.hub.threads == []
    shop.run()
    shop.writes()
    shop.person.push("main", {"compose.yaml": FIXED.replace("shop/web:1", "shop/web:2")})
    deeds = shop.deeds(dry_run=True)
    assert deeds[HEALTH] is Deed.UPDATED
    assert deeds[shop.request(VERSION).title] is Deed.CLOSED
    assert shop.writes() == []


def test_options_of_the_configuration(shop: World) -> None:
    shop.configure(
        "bot:\n  draft: true\n  labels: [ops]\n  reviewers: [kim, shop/core]\n  assignees: [sam]\n  limit: 2\n"
        "  issue: false\n  branch-prefix: fix/\n  author: Shop Bot <bot@example.org>\n"
    )
    deeds = shop.deeds()
    assert sorted(deeds.values()) == [Deed.LEFT, Deed.OPENED, Deed.OPENED]
    assert "2 requests are open, which is the limit" in [entry.words for entry in shop.reports[-1].entries]
    for one in shop.hub.requests:
        assert (one.draft, one.labels, one.reviewers, one.assignees) == (True, ["ops"], ["kim", "team/core"], ["sam"])
        assert one.head.startswith("fix/")
        assert git(shop.hub.bare, "log", "-1", "--format=%an %ae %cn", one.head).strip() == (
            "Shop Bot bot@example.org Shop Bot"
        )
    assert shop.hub.issues == []


def test_what_a_request_cannot_be_given_is_said_and_stops_nothing(shop: World) -> None:
    shop.hub.drafts = False
    shop.configure("bot: {draft: true, reviewers: [nobody], labels: [ops]}\n")
    assert shop.deeds()[VERSION] is Deed.OPENED
    assert "drafts are not available" in shop.entry(VERSION).words
    assert "reviewers not set: Reviews may only be requested from collaborators. (422)" in shop.entry(VERSION).words
    assert shop.request(VERSION).labels == ["ops"]


def test_a_part_of_the_repository_has_requests_of_its_own(shop: World) -> None:
    shop.run()
    assert shop.deeds(paths=("deploy.sh",))[SCRIPT] is Deed.OPENED
    heads = [one.head for one in shop.hub.requests if one.state == "open"]
    assert heads[-1] == f"autofix/deploy.sh/{SCRIPT}"
    assert len(heads) == 4, "requests of the whole are none of its business"


def test_another_base_has_requests_of_its_own(shop: World) -> None:
    git(shop.hub.bare, "branch", "release/1", "main")
    shop.run()
    assert shop.deeds(base="release/1")[VERSION] is Deed.OPENED
    head = shop.hub.requests[-1].head
    assert head.startswith("autofix/release-1-")
    assert {one.base for one in shop.hub.requests} == {"main", "release/1"}
    assert shop.deeds()[VERSION] is Deed.UNCHANGED


def test_words_of_the_command_line_close_nothing(shop: World) -> None:
    shop.run()
    shop.person.push("main", {"compose.yaml": FIXED})
    assert shop.deeds(select=[SCRIPT]) == {SCRIPT: Deed.UNCHANGED}
    shop.configure(f"ignore: [{SCRIPT}]\n")
    shop.run()
    assert "no longer asks" in shop.request(SCRIPT).comments[0]


def test_a_fork_with_a_branch_of_that_name_is_somebody_else(shop: World) -> None:
    shop.run()
    ours = shop.request(VERSION)
    ours.fork = True
    git(shop.hub.bare, "branch", "-D", ours.head)
    assert shop.deeds()[VERSION] is Deed.OPENED


def test_more_requests_than_fit_on_a_page(shop: World) -> None:
    shop.run()
    for number in range(120):
        git(shop.hub.bare, "branch", f"work/{number}", "main")
        shop.hub._thread("Work", "", f"work/{number}", "main")
    assert set(shop.deeds().values()) == {Deed.UNCHANGED}
    assert any("page=2" in line for line in shop.server.log)


def test_an_issue_that_lost_its_label_is_found_among_many(shop: World) -> None:
    shop.run()
    shop.hub.issues[0].labels.clear()
    for _ in range(150):
        shop.hub._thread("Question", "", "", "")
    assert shop.deeds()[ISSUE] is Deed.UNCHANGED
    shop.hub.issues[0].labels.append("autofix")
    shop.server.log.clear()
    assert shop.deeds()[ISSUE] is Deed.UNCHANGED
    assert len([line for line in shop.server.log if "/issues?" in line]) == 1


def test_the_issue_is_kept_up_to_date_and_closed(shop: World) -> None:
    shop.run()
    (issue,) = shop.hub.issues
    shop.person.push(
        "main",
        {
            "agent/Dockerfile": "# autofix: ignore dockerfile/root-user -- needs the socket\n"
            + FILES["agent/Dockerfile"]
        },
    )
    deeds = shop.deeds()
    assert deeds[ISSUE] in {Deed.CLOSED, Deed.UPDATED}
    shop.person.push("main", {"agent/Dockerfile": None})
    shop.run()
    assert (issue.state, issue.comments) == ("closed", ["Nothing on this list is left. Closing."])
    shop.person.push("main", {"agent/Dockerfile": FILES["agent/Dockerfile"]})
    assert shop.deeds()[ISSUE] is Deed.UPDATED
    assert issue.state == "open"
    assert len(shop.hub.issues) == 1


def test_an_issue_that_a_person_closed_stays_closed_until_there_is_another_finding(shop: World) -> None:
    shop.run()
    (issue,) = shop.hub.issues
    issue.state = "closed"
    assert ISSUE not in shop.deeds()
    assert issue.state == "closed"
    shop.person.push("main", {"other/Dockerfile": FILES["agent/Dockerfile"]})
    assert shop.deeds()[ISSUE] is Deed.UPDATED
    assert issue.state == "open"
    assert "agent/Dockerfile" not in issue.body
    mark = marker.read(issue.body)
    assert mark
    assert mark.declined


def test_the_token_is_nowhere(shop: World, capfd: pytest.CaptureFixture[str]) -> None:
    from autofix.bot import told
    from tests.bot.world import TOKEN

    report = shop.run()
    said = told.human(report, pages=True) + told.markdown(report) + told.document(report) + told.outputs(report)
    threads = repr(shop.hub.threads)
    objects = git(shop.hub.bare, "log", "--all", "-p")
    assert TOKEN not in said + threads + objects + "".join(shop.server.log) + "".join(capfd.readouterr())
