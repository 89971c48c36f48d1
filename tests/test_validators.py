"""Would the comparison with other people's tools notice a fix that breaks something?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests import golden, validators
from tests.validators import Count, Pair, changed

PAIR = Pair("dockerfile/x/y/after", "dockerfile/x", "Dockerfile", "dockerfile", Path("b"), Path("a"))


def test_a_complaint_is_new_where_it_comes_more_often() -> None:
    count = Count()
    count.add(PAIR, Counter({"A": 1, "B": 2}), Counter({"A": 2, "C": 1}))
    assert (count.files, count.before, count.after) == (1, 3, 3)
    assert count.new == ["dockerfile/x/y/after: Dockerfile: A", "dockerfile/x/y/after: Dockerfile: C"]


def test_what_means_something_else() -> None:
    old = {"name": "p", "x-a": 1, "services": {"api": {"image": "a", "tmpfs": ["/tmp"]}, "db": {}}}
    new = {"name": "p", "x-a": 2, "services": {"api": {"image": "b", "tmpfs": ["/tmp"]}, "db": {"restart": "always"}}}
    assert changed(old, new) == {"services.*.image", "services.*.restart"}
    assert changed(old, {**old, "services": {"api": old["services"]["api"]}, "volumes": {}}) == {"services"}  # type: ignore[index]
    assert changed(old, {**old, "volumes": {"data": None}}) == {"volumes"}


def test_every_file_that_a_case_changes_is_compared(tmp_path: Path) -> None:
    (case,) = golden.cases(["compose/root-owned-tmpfs/shared-by-equal-users"])
    (pair,) = validators.pairs(case, tmp_path)
    assert (pair.surface, pair.rule) == ("compose", "compose/root-owned-tmpfs")
    assert pair.before is not None
    assert pair.before.read_bytes() != pair.after.read_bytes()


def test_a_system_is_compared_with_what_no_fix_touched(tmp_path: Path) -> None:
    (case,) = golden.cases(["_systems/nomadnet"])
    found = list(validators.pairs(case, tmp_path))
    assert {pair.surface for pair in found} >= {"dockerfile", "compose", "shell"}
    assert all((tmp_path / case.name / part / "pnpm-lock.yaml").is_file() for part in ("before", "after"))


def test_the_rules_that_may_change_little_are_rules() -> None:
    """A name that is mistyped would allow a rule everything."""
    rules = {path.parent.name + "/" + path.stem for path in (Path(__file__).parent.parent / "rules").glob("*/*.yaml")}
    assert len(rules & validators.INTENDED.keys()) >= 5
