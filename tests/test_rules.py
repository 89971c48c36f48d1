"""Is every rule of the catalogue whole: named well, backed by functions that agree, and shown by golden cases?"""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from autofix import catalogue
from autofix.report import pages
from autofix.rule import Rule
from autofix.usage import UsageError
from tests import golden

RULES = catalogue.load()
ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule(rule: Rule) -> None:
    assert (catalogue.folder() / f"{rule.id}.yaml").is_file()
    assert re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+){0,4}", rule.id)
    assert not re.match(r"[a-z]+/(?:add-(?!for-)|use-|no-|disallow-)", rule.id), "name the problem, not the remedy"
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    catalogue.check(rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_has_golden_cases_and_a_silent_one(rule: Rule) -> None:
    cases = [case for case in golden.cases() if case.rule_ids == (rule.id,)]
    assert any((case.folder / "after").is_dir() or case.report is not None for case in cases)
    assert any(
        case.report is None and not (case.folder / "after").is_dir() and not (case.folder / "after-unsafe").is_dir()
        for case in cases
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_page_is_fresh(rule: Rule) -> None:
    assert golden.page_of(rule).read_text("utf-8") == pages.render(rule, golden.example(rule)), "run make golden"


def test_no_page_is_left_over() -> None:
    there = {
        path.relative_to(ROOT / "docs" / "rules").with_suffix("").as_posix() for path in pages.folder().rglob("*.md")
    }
    assert there == {rule.id for rule in RULES}


USERS = """\
id: mine/obsolete-version
title: Ours
why: Because.
message: ours
severity: note
safety: safe
find: {use: compose.version.declares_version}
"""
BROKEN = {
    USERS.replace(
        "find: {use: compose.version.declares_version}", "find: {use: compose.version.nothing}"
    ): "no function",
    USERS.replace("version}", "version, colour: red}"): "unknown parameter",
    USERS.replace("title: Ours\n", ""): "missing title",
    USERS + "verify: echo {nothing}\n": "unknown place of verify",
    USERS + "extra: 1\n": "unknown key: extra",
    USERS.replace("id: mine", "id: theirs"): "the id of this file is mine/obsolete-version",
    USERS.replace("severity: note", "severity: nota"): "did you mean note",
    USERS + "fix: {use: compose.health.ask_loopback_address}\n": "yields",
    USERS + "fix: [\n": ":9:",
}


def test_a_users_own_rule(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "obsolete-version.yaml").write_text(USERS)
    assert "mine/obsolete-version" in {rule.id for rule in catalogue.load([tmp_path])}


@pytest.mark.parametrize("text", BROKEN, ids=BROKEN.values())
def test_a_users_broken_rule_names_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine" / "obsolete-version.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=re.escape(BROKEN[text])) as error:
        catalogue.load([tmp_path])
    assert str(error.value).startswith(f"{path}:")


def test_the_wheel_ships_the_rules(tmp_path: Path) -> None:
    """Built, installed without its dependencies and asked for its ids: the same as the checkout's."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "clean", with_pip=True, system_site_packages=False)
    python = tmp_path / "clean" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "--disable-pip-version-check", "-q", "install", str(wheel)], check=True)
    shown = subprocess.run(
        [str(python), "-m", "autofix", "rules"], check=True, cwd=tmp_path, text=True, capture_output=True
    )
    assert [line.split()[0] for line in shown.stdout.splitlines()] == sorted(rule.id for rule in RULES)
