"""Do rounds, order, verification and blame work as designed?  Toy rules force each mechanism."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from autofix import catalogue, engine, link
from autofix.engine import Outcome
from autofix.finding import Fix, Match, Reason, Safety, Severity
from autofix.node import Node
from autofix.project import Project
from autofix.rule import Rule
from autofix.text import Edit, NewFile, Source, Span, compose, splice
from autofix.usage import UsageError
from tests.toys import Toy

COMPOSE = "compose.yaml"
BEFORE = """\
# the shop
name: shop
services:
  web:
    image: shop:1   # pinned
    restart: always
  db:
    image: store:2
"""


def toy(
    name: str,
    pattern: str,
    fix: Callable[[Match[Node, None]], Fix],
    after: Sequence[str] = (),
    severity: Severity = Severity.WARNING,
) -> Rule:
    """A rule that finds a pattern in compose files; the anchor is the matched text."""

    def find(project: Project) -> Iterator[Match[Node, None]]:
        for path, source in project.sources.items():
            if path == COMPOSE:
                for match in re.finditer(pattern, source.text, re.MULTILINE):
                    yield Match(Node(source, Span(*match.span()), match.group()), None)

    def fixer(project: Project, match: Match[Node, None]) -> Fix:
        assert project
        return fix(match)

    rule_id = f"compose/{name}"
    found, fixed = Toy("toy", made=find), Toy("toy", made=fixer)
    return Rule(rule_id, name, "", name, severity, Safety.SAFE, found, fixed, frozenset(after))


def swap(text: str) -> Callable[[Match[Node, None]], Fix]:
    """A fixer that puts `text` in the place of the match."""
    return lambda match: Fix("swap", (Edit(match.node.path, match.node.span, text),))


def run(*rules: Rule, text: str = BEFORE, **others: str) -> Outcome:
    sources = {path: Source(path, content) for path, content in {COMPOSE: text, **others}.items()}
    project = Project(documents(sources), sources, frozenset(sources))
    return engine.run(project, catalogue.ordered(rules))


def documents(sources: dict[str, Source]) -> dict[str, Any]:
    project, broken = link.rebuild(Project({}, {}, frozenset()), sources)
    assert not broken
    return dict(project.documents)


def text_of(outcome: Outcome, path: str = COMPOSE) -> str:
    return outcome.after.sources[path].text


def reasons(outcome: Outcome) -> list[Reason]:
    return [result.why.reason for result in outcome.left if result.why]


def assert_composes(outcome: Outcome) -> None:
    """The edits on the original text give the final text."""
    for change in outcome.changes:
        if change.before:
            assert splice(change.before.text, change.edits) == change.after.text


def test_two_fixes_in_one_round() -> None:
    outcome = run(toy("a", "shop:1", swap("shop:2")), toy("b", "store:2", swap("store:3")))
    assert text_of(outcome) == BEFORE.replace("shop:1", "shop:2").replace("store:2", "store:3")
    assert len(outcome.rounds) == 1
    assert [sorted(edit.causes) for edit in outcome.changes[0].edits] == [[0], [1]]


def test_clashing_fixes_take_turns() -> None:
    outcome = run(toy("a", "shop:1(?= )", swap("shop:12")), toy("b", "p:1(?=2| )", swap("p:0")))
    assert len(outcome.rounds) == 2
    assert outcome.converged
    assert_composes(outcome)


def test_a_chain_takes_three_rounds() -> None:
    a = toy("a", "shop:1", swap("shop:2"))
    b = toy("b", "shop:2", swap("shop:3"), after=["compose/a"])
    c = toy("c", "shop:3", swap("shop:4"), after=["compose/b"])
    outcome = run(c, b, a)
    assert "shop:4" in text_of(outcome)
    assert [len(step.applied) for step in outcome.rounds] == [1, 1, 1]
    (edit,) = outcome.changes[0].edits
    assert sorted(edit.causes) == [0, 1, 2]
    assert edit.span == Span(BEFORE.index("shop:1"), BEFORE.index("shop:1") + 6)
    assert all(result.span.start == edit.span.start for result in outcome.fixed)


def test_waiting_for_an_earlier_rule_on_the_same_file() -> None:
    a = toy("a", "shop:1", swap("shop:2"))
    b = toy("b", "store:2", swap("store:3"), after=["compose/a"])
    outcome = run(a, b)
    assert [[one.rule.id for one in step.applied] for step in outcome.rounds] == [["compose/a"], ["compose/b"]]


def test_waiting_for_an_earlier_rule_on_another_file_of_the_service() -> None:
    text = "services:\n  web:\n    build: .\n    restart: always\n  db:\n    image: store:2\n    restart: always\n"

    def in_dockerfile(match: Match[Node, None]) -> Fix:
        return Fix("swap", (Edit("Dockerfile", Span(5, 9), "alder"),)) if match else Fix("")

    image = toy("image", r"build: \.$", in_dockerfile, severity=Severity.NOTE)
    image = replace(image, find=Toy("toy", made=once(image)))
    later = toy("later", "restart: always", swap("restart: no"), after=["compose/image"])
    outcome = run(image, later, text=text, Dockerfile="FROM birch\nCMD x\n")
    assert [[one.rule.id for one in step.applied] for step in outcome.rounds] == [
        ["compose/image"],
        ["compose/later"] * 2,
    ]


def test_waiting_for_the_file_that_a_new_one_is_made_after() -> None:
    def birches(project: Project) -> Iterator[Match[Node, None]]:
        source = project.sources["Dockerfile"]
        yield from (Match(Node(source, Span(5, 10), "birch"), None) for _ in re.findall("birch", source.text))

    def copied(*reads: str) -> Rule:
        new = NewFile("COPY", "FROM birch\n")
        return toy(
            "copy", "store:2", lambda one: replace(swap("store:3")(one), files=(new,), reads=reads), ["compose/tree"]
        )

    tree = replace(toy("tree", "", swap("alder")), find=Toy("toy", made=birches))
    assert len(run(tree, copied(), Dockerfile="FROM birch\n").rounds) == 1
    assert len(run(tree, copied("Dockerfile"), Dockerfile="FROM birch\n").rounds) == 2


def once(rule: Rule) -> Callable[[Project], Iterator[Match[Node, None]]]:
    """The rule's finder, silent once the Dockerfile is changed."""

    def find(project: Project) -> Iterator[Match[Node, None]]:
        return iter(()) if "alder" in project.sources["Dockerfile"].text else rule.matches(project)

    return find


def test_an_oscillating_pair_is_objected_to() -> None:
    """Each of two warnings would bring the other: neither lands."""
    outcome = run(toy("a", "shop:1", swap("shop:2")), toy("b", "shop:2", swap("shop:1")))
    assert text_of(outcome) == BEFORE
    assert outcome.converged
    assert reasons(outcome) == [Reason.OBJECTION]


def test_an_oscillating_pair_of_notes_does_not_converge() -> None:
    outcome = run(
        toy("a", "shop:1", swap("shop:2"), severity=Severity.NOTE),
        toy("b", "shop:2", swap("shop:1"), severity=Severity.NOTE),
    )
    assert not outcome.converged
    assert reasons(outcome) == [Reason.NOT_CONVERGED]


def test_a_rule_that_never_ends_stops() -> None:
    def grow(match: Match[Node, None]) -> Fix:
        end = match.node.span.end
        return Fix("grow", (Edit(COMPOSE, Span(end, end), "1"),))

    outcome = run(toy("a", r"shop:\d+", grow, severity=Severity.NOTE))
    assert len(outcome.rounds) == engine.MOST_ROUNDS
    assert not outcome.converged


BROKEN = {
    "breaks YAML": ("restart: always", swap("restart: [always"), "no longer reads"),
    "steals a sibling": (r"(?=    restart)", swap("  extra:\n"), "changed its meaning"),
    "drops a comment": ("shop:1   # pinned", swap("shop:2"), "comment was dropped"),
    "changes the final newline": ("store:2\n", swap("store:3"), "final newline"),
    "brings a foreign line ending": ("always\n", swap("always\r\n"), "line ending"),
    "fixes nothing": ("shop:1", swap("shop:1 "), "still there"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_fixer_is_caught_and_the_others_land(name: str) -> None:
    pattern, fix, complaint = BROKEN[name]
    good = toy("good", "name: shop", swap("name: store"))
    outcome = run(toy("bad", pattern, fix), good)
    assert text_of(outcome) == BEFORE.replace("name: shop", "name: store")
    (result,) = outcome.left
    assert result.why
    assert result.why.reason is Reason.OBJECTION
    assert complaint in result.why.detail


def test_bisection_finds_the_two_bad_among_many() -> None:
    lines = "".join(f"  s{n}:\n    image: i{n}\n" for n in range(12))
    text = f"services:\n{lines}"
    rule = toy("bump", r"image: i\d+", lambda m: Fix("bump", (Edit(COMPOSE, m.node.span, bump(m.node.text)),)))
    outcome = run(rule, text=text)
    assert [result.finding.match.node.text for result in outcome.left] == ["image: i3", "image: i7"]
    assert len(outcome.fixed) == 10


def bump(text: str) -> str:
    return text.replace("image: i", "image: [i" if text.endswith(("i3", "i7")) else "image: j")


def test_twelve_stacked_appends_keep_their_order() -> None:
    lines = "".join(f"  s{n:02}:\n    image: i\n" for n in range(12))
    text = f"services:\n{lines}x-list:\n  - z\n"

    def append(match: Match[Node, None]) -> Fix:
        line = f"  - {match.node.text.strip(' :')}\n"
        return Fix("append", (Edit(COMPOSE, Span(len(text), len(text)), line, stack=True),))

    outcome = run(toy("list", r"  s\d\d:(?!(?s:.*)- s\d\d\n(?!.*- s))", append), text=text)
    assert text_of(outcome) == text + "".join(f"  - s{n:02}\n" for n in range(12))
    assert len(outcome.rounds) == 1


def test_three_findings_make_one_new_file() -> None:
    def make(match: Match[Node, None]) -> Fix:
        edit = Edit(COMPOSE, match.node.span, "image: j")
        return Fix("make", (edit,), (NewFile("made.txt", "made\n"),))

    text = "services:\n" + "".join(f"  s{n}:\n    image: i\n" for n in range(3))
    outcome = run(toy("make", r"image: i$", make), text=text)
    (made,) = [change for change in outcome.changes if change.before is None]
    assert made.after.text == "made\n"
    assert made.causes == {0, 1, 2}


def test_a_new_file_never_overwrites() -> None:
    rule = toy("make", "shop:1", lambda _: Fix("make", (), (NewFile("kept.txt", "new\n"),)))
    outcome = run(rule, **{"kept.txt": "old\n"})
    assert not outcome.changes
    assert reasons(outcome) == [Reason.UNEDITABLE]


def test_a_finding_that_goes_with_another_fix_is_told() -> None:
    outcome = run(
        toy("a", "image: shop:1 ", swap("build: . ")), toy("b", "shop:1", swap("shop:2"), after=["compose/a"])
    )
    assert sorted(result.finding.rule.id for result in outcome.fixed) == ["compose/a", "compose/b"]
    assert not outcome.left


def test_a_finding_whose_words_another_fix_changed_is_told_once() -> None:
    """It is named by what stands there, `shop:1` before and `shop:2` after the fix it waits for."""
    renames = toy("a", "shop:1", swap("shop:2"))
    outcome = run(renames, toy("b", r"shop:\d", swap("store:9"), after=["compose/a"]))
    assert sorted(result.finding.rule.id for result in outcome.fixed) == ["compose/a", "compose/b"]


def test_rules_that_wait_for_each_other_are_refused() -> None:
    a, b = toy("a", "x", swap(""), after=["compose/b"]), toy("b", "x", swap(""), after=["compose/a"])
    with pytest.raises(UsageError, match="wait for each other"):
        catalogue.ordered([a, b])


def test_a_chain_of_more_than_six_is_refused() -> None:
    rules = [toy(f"r{n}", "x", swap(""), after=[f"compose/r{n - 1}"] if n else []) for n in range(7)]
    with pytest.raises(UsageError, match="waits behind"):
        catalogue.ordered(rules)


def test_rounds_compose_to_the_original() -> None:
    grow = toy("grow", r"store:2(?!\n  )", swap("store:2\n    user: grown"))
    outcome = run(grow, toy("then", "grown", swap("grew"), after=["compose/grow"]))
    first, second = outcome.rounds
    text = BEFORE
    assert splice(text, compose(text, first.edits[COMPOSE], second.edits[COMPOSE])) == text_of(outcome)
