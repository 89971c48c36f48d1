"""Is what people read safe to publish, and does the marker survive being published?"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autofix import discover, link, settings
from autofix.bot import commits, marker, plans, redact, words
from autofix.bot.group import Group, branch, slug
from autofix.bot.marker import Marker
from autofix.bot.told import Deed, Entry, Report, human, markdown, outputs
from autofix.bot.words import Facts
from autofix.finding import Fix, Match, Safety, Severity
from autofix.node import Node
from autofix.plan import Finding
from autofix.project import Project
from autofix.rule import Rule
from autofix.settings import Settings
from autofix.text import Edit, Span
from tests import golden
from tests.toys import Toy

SECRET = "hunter2horse"


@pytest.mark.parametrize(
    "text",
    [
        "token ghp_" + "a" * 36,
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "redis://default:" + SECRET + "@cache:6379",
        "POSTGRES_PASSWORD=" + SECRET,
        'api_key: "' + SECRET + '"',
        "-----BEGIN RSA PRIVATE KEY-----\n" + SECRET + "\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_has_the_form_of_a_secret_is_masked(text: str) -> None:
    masked = redact.mask(text)
    assert redact.HIDDEN in masked
    assert SECRET not in masked
    assert "a" * 20 not in masked


@pytest.mark.parametrize(
    "text", ["POSTGRES_PASSWORD=${DB_PASSWORD}", "http://localhost:3000/health", "token: unset", "a:b@c"]
)
def test_what_is_none_stays(text: str) -> None:
    assert redact.mask(text.replace("token: unset", "a token")) == text.replace("token: unset", "a token")


@pytest.mark.parametrize("text", ["@kim", "fixes #12", "shop/web#3", "GH-4", "!7"])
def test_words_of_the_repository_call_nobody_and_close_nothing(text: str) -> None:
    assert redact.BREAK in redact.quiet(text)
    assert redact.quiet(text).replace(redact.BREAK, "") == text


def test_words_of_the_repository_stay_words() -> None:
    assert redact.prose("<!-- x --> `a` [b](c)\n| d") == r"\<!-- x --\> \`a\` \[b\](c) \| d"
    assert redact.code("a``b") == "```a``b```"
    assert redact.code("`a") == "`` `a ``"


@pytest.mark.parametrize("name", ["a-->b", "--", "<script>", "ü", 'quo"te', "\\u002d"])
def test_a_marker_survives_whatever_it_holds(name: str) -> None:
    mark = Marker(f"service:{name}", name, (name,), ("a/b",), ("1",), ("2",), ours=True)
    text = str(mark)
    assert text.endswith(" -->")
    assert "--" not in text[4:-3]
    assert ">" not in text[:-1]
    assert marker.read(f"# Page\r\n\r\n{text}\r\n") == mark


@pytest.mark.parametrize(
    "body",
    ["", "no", "<!-- autofix:1 {} -->", "<!-- autofix:1 {x} -->", "<!-- autofix:2 {} -->", '<!-- autofix:1 {"group":1,"base":2,"paths":3} -->',
     "<!-- autofix:1 [] -->"],
)  # fmt: skip
def test_a_marker_that_is_none_is_none(body: str) -> None:
    assert marker.read(body) is None


def test_branches_are_a_function_of_the_group() -> None:
    rule = Group("rule", "compose/obsolete-version")
    assert branch("autofix/", rule, "main", "main", ()) == "autofix/compose/obsolete-version"
    assert branch("autofix/", rule, "v2", "main", ("apps",)) == "autofix/v2/apps/compose/obsolete-version"
    assert branch("autofix/", Group("all", "all"), "main", "main", ()) == "autofix/all"
    assert branch("autofix/", Group("service", "api"), "main", "main", ()) == "autofix/service-api"


@pytest.mark.parametrize("name", ["a b", "a..b", "x.lock", ".x", "-x", "ü", "a/b", "a.", "@{", "~^:?*[\\"])
def test_any_name_makes_a_branch(name: str) -> None:
    ref = f"refs/heads/autofix/{slug(name)}/x"
    subprocess.run(["git", "check-ref-format", ref], check=True)
    assert slug(name) != slug(name + "x")
    assert slug(name) != name


def base_of(case: str, by: str = "rule", allowed: Safety = Safety.SAFE) -> plans.Base:
    root = golden.ROOT / "_systems" / case / "before"
    asked: Settings = settings.load(root)
    return plans.read(root, replace(asked, bot=replace(asked.bot, group=by), allowed=allowed), ())


@pytest.mark.parametrize(("case", "by"), [("nomadnet", "all"), ("api-worker", "rule"), ("payflow-wallet", "service")])
def test_the_commits_of_a_group_lead_to_its_outcome(case: str, by: str) -> None:
    base = base_of(case, by, Safety.UNSAFE)
    assert base.groups
    for group in base.groups:
        plan = base.plan(group, ())
        texts = dict(plan.outcome.before.sources)
        for step in commits.steps(plan.outcome):
            assert step.texts
            assert any(texts.get(path) != source for path, source in step.texts.items())
            texts |= step.texts
        assert all(texts[change.path].text == change.after.text for change in plan.outcome.changes)
        assert {path for path in texts if texts[path] != plan.outcome.before.sources.get(path)} == {
            change.path for change in plan.outcome.changes
        }


def test_what_needs_a_look_is_said_to_need_one(tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_text("#!/bin/bash\ncd app\ndocker compose up -d\n")
    own = settings.load(tmp_path, None, ["shell/unset-variables"], unsafe=True)
    plan = plans.read(tmp_path, own, ()).plan(Group("rule", "shell/unset-variables"), ())
    page = words.body(facts(plan), Marker("g", "main"))
    assert "**Review before merging.** The edit is right in most repositories; this one decides it by:" in page
    assert "(`deploy.sh:" in page


def facts(plan: plans.Plan) -> Facts:
    return Facts(plan, "main", "autofix/x", 1, 1, 1)


def secret_rule(safety: Safety) -> Rule:
    """A rule that takes a password out of a template, and whose message is careless."""

    def find(project: Project) -> object:
        for source in project.sources.values():
            if SECRET in source.text:
                start = source.text.index(SECRET)
                yield Match(Node(source, Span(start, start + len(SECRET)), "REDIS_AUTH"), None)

    def fix(project: Project, match: Match[Node, None]) -> Fix:
        return Fix("Put a placeholder", (Edit(match.node.path, match.node.span, "your-redis-auth"),))

    return Rule("env/real-secret", "A secret", f"The value {SECRET} is public.", f"{SECRET} is a secret", Severity.ERROR, safety,
                Toy("x", made=find), Toy("x", made=fix))  # fmt: skip


def test_a_secret_is_in_no_page_and_is_to_be_rotated(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(f"REDIS_AUTH={SECRET}\n")
    project, _ = link.build(discover.survey(tmp_path))
    rule = secret_rule(Safety.SAFE)
    own = Settings((rule,))
    base = plans.read(tmp_path, own, ())
    assert [one.rule.id for one in base.found] == ["env/real-secret"]
    plan = base.plan(Group("rule", rule.id), ())
    assert plan.worth
    page = words.body(facts(plan), Marker("g", "main", findings=plan.prints))
    assert "Rotate the secret: it is in the history." in page
    assert SECRET not in page
    assert SECRET not in words.title(facts(plan))
    finding = base.found[0]
    other = replace(finding.match, node=replace(finding.match.node, span=Span(0, 3)))
    assert marker.fingerprint(rule.id, other) == plan.prints[0], "nobody can try passwords on its hash"
    assert project


def test_a_message_that_repeats_a_credential_of_another_place_is_masked(tmp_path: Path) -> None:
    """It is no finding of this rule, has no form of its own, and its line is escaped; the repository says what it is."""
    word = "Tr0ub4dor_and_3"
    (tmp_path / ".env").write_text(f"DB_PASSWORD={word}\n")
    (tmp_path / "compose.yaml").write_text('version: "3"\nservices: {web: {image: "shop/web:1"}}\n')
    own = settings.load(tmp_path, None, ["compose/obsolete-version"])
    careless = replace(own.rules[0], message=f"{word} may be seen", title=f"See {word}")
    plan = plans.read(tmp_path, replace(own, rules=(careless,)), ()).plan(Group("rule", careless.id), ())
    assert plan.worth
    page = words.body(facts(plan), Marker("g", "main"))
    (step,) = commits.steps(plan.outcome, plan.secrets)
    assert redact.HIDDEN in page
    assert redact.HIDDEN in step.message
    assert "roub4dor" not in page + step.message + words.title(facts(plan))


def test_the_page_of_another_rule_does_not_repeat_a_secret_either() -> None:
    assert SECRET not in redact.mask(f"container with POSTGRES_PASSWORD: {SECRET} and root")


def test_the_summary_and_the_outputs_of_a_job() -> None:
    report = Report("shop/web", "main", entries=[
        Entry(Deed.OPENED, "compose/obsolete-version", "", "autofix/x", "https://forge.example/1", "Remove | it"),
        Entry(Deed.LEFT, "shell/unset-variables", "a person pushed to the branch: left alone"),
    ])  # fmt: skip
    assert outputs(report).splitlines()[0] == "opened=1"
    assert json.loads(outputs(report).splitlines()[-1].partition("=")[2]) == ["https://forge.example/1"]
    assert all(line.count("=") == 1 for line in outputs(report).splitlines()[:-1])
    assert "| opened | [Remove \\| it](https://forge.example/1) |" in markdown(report)
    assert human(report).endswith("1 opened, 1 left.\n")


def test_importing_autofix_brings_no_library_of_the_bot() -> None:
    code = (
        "import sys, autofix.cli, autofix.bot.visit, autofix.bot.github; "
        "print([name for name in ('requests', 'gidgethub', 'jwt', 'gitlab') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def finding_of(base: plans.Base, rule: str) -> Finding:
    return next(one for one in base.found if one.rule.id == rule)


def test_a_fingerprint_changes_with_the_finding_and_with_nothing_else() -> None:
    base = base_of("nomadnet")
    match = finding_of(base, "compose/localhost-healthcheck").match
    source = match.node.source
    moved = replace(source, text="\n\n" + source.text)
    node = replace(match.node, source=moved, span=Span(match.node.span.start + 2, match.node.span.end + 2))
    assert marker.fingerprint("x/y", replace(match, node=node)) == marker.fingerprint("x/y", match)
    other = replace(match.node, source=replace(source, text=source.text.replace("localhost", "localhos7")))
    assert marker.fingerprint("x/y", replace(match, node=other)) != marker.fingerprint("x/y", match)
