"""Is every golden case what its author says it is?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autofix.finding import Fix, Match, Safety, Severity
from autofix.node import Node
from autofix.project import Project
from autofix.rule import Rule
from autofix.text import Edit, Span
from tests import golden
from tests.toys import Toy

SHOP = """\
services:
  web:
    image: shop:1  # pinned
    restart: always
"""


@pytest.mark.parametrize("case", golden.cases(), ids=lambda case: case.name)
def test_case(case: golden.Case) -> None:
    assert golden.check(case) == []


def swapped(pattern: str, text: str) -> Rule:
    """A broken fixer: it puts `text` in the place of what its finder saw, wherever that leads."""

    def find(project: Project) -> Iterator[Match[Node, None]]:
        for path, source in project.sources.items():
            for match in re.finditer(pattern, source.text):
                yield Match(Node(source, Span(*match.span()), path), None)

    def fix(project: Project, match: Match[Node, None]) -> Fix:
        assert project
        return Fix("break it", (Edit(match.node.path, match.node.span, text),))

    find.__module__ = fix.__module__ = __name__
    return Rule("compose/broken", "", "", "", Severity.WARNING, Safety.SAFE, Toy("", made=find), Toy("", made=fix))


BROKEN = {
    "breaks YAML": (r"image: \S+", "image: [", "no longer reads"),
    "steals a sibling": (r"(?=    restart:)", "  extra:\n", "changed its meaning"),
    "drops a comment": (r"shop:1 .*pinned", "shop:2", "comment was dropped"),
    "changes the final newline": (r"always\n\Z", "no", "final newline"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_fixer_is_caught(tmp_path: Path, name: str) -> None:
    """Twice: the engine bars the fix and says why, and without the engine's eyes the harness sees the damage."""
    pattern, text, complaint = BROKEN[name]
    for part, content in (("before", SHOP), ("after", re.sub(pattern, text, SHOP))):
        (tmp_path / part).mkdir()
        (tmp_path / part / "compose.yaml").write_text(content)
    case = golden.Case("compose/broken/case", tmp_path)
    faults = golden.check(case, [swapped(pattern, text)])
    assert any(fault.startswith("missing: ") for fault in faults)
    assert any(complaint in fault for fault in faults)


@pytest.mark.parametrize("name", BROKEN)
def test_the_harness_sees_what_an_engine_without_eyes_lets_pass(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pattern, text, _ = BROKEN[name]
    monkeypatch.setattr("autofix.verify.objections", lambda *_: iter(()))
    monkeypatch.setattr("autofix.verify.finding_objections", lambda *_: iter(()))
    for part, content in (("before", SHOP), ("after", re.sub(pattern, text, SHOP))):
        (tmp_path / part).mkdir()
        (tmp_path / part / "compose.yaml").write_text(content)
    assert golden.check(golden.Case("compose/broken/case", tmp_path), [swapped(pattern, text)]) != []
