"""Does the command line say, print and return what its help promises?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from autofix import __version__, engine
from autofix.cli import main

VERSION = 'version: "3.8"\n\nservices:\n  web:\n    image: shop:1\n    restart: always\n'
FIXED = "services:\n  web:\n    image: shop:1\n    restart: always\n"


class Ran(NamedTuple):
    """What came back of a run."""

    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with one finding, as the current folder."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "compose.yaml").write_text(VERSION)
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """`autofix …` in this process."""

    def call(*words: str) -> Ran:
        with pytest.raises(SystemExit) as exit_:
            main(words)
        out, err = capfdbinary.readouterr()
        return Ran(int(exit_.value.code or 0), out.decode(), err.decode())

    return call


def test_lists_findings_and_says_what_to_type_next(repo: Path, run: Run) -> None:
    ran = run()
    assert ran.status == 0
    assert ran.out.startswith("compose.yaml:1:1: compose/obsolete-version ")
    assert "[will be fixed]" in ran.out
    assert ran.out.endswith("1 finding: 1 fixable. Next: autofix --dry-run\n")
    assert (repo / "compose.yaml").read_text() == VERSION


def test_dry_run_prints_the_diff_alone_on_stdout(repo: Path, run: Run) -> None:
    ran = run("--dry-run")
    assert ran.status == 0
    assert ran.out.startswith("diff --git a/compose.yaml b/compose.yaml\n")
    assert "Next: autofix --apply" in ran.err
    assert (repo / "compose.yaml").read_text() == VERSION
    subprocess.run(["git", "apply"], input=ran.out.encode(), check=True)
    assert (repo / "compose.yaml").read_text() == FIXED


def test_apply_makes_the_edits_and_a_second_run_has_nothing_to_do(repo: Path, run: Run) -> None:
    assert "[fixed]" in run("--apply").out
    assert (repo / "compose.yaml").read_text() == FIXED
    assert run().out == "No findings.\n"
    assert run("--dry-run").out == ""


def test_from_a_sub_directory_with_paths(repo: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repo / "sub")
    assert run().out == "No findings.\n"
    assert run("..").out.startswith("compose.yaml:1:1:")
    assert run("../compose.yaml", "--apply").status == 0
    assert (repo / "compose.yaml").read_text() == FIXED


def test_a_diff_taken_below_the_root_says_how_to_apply_it(
    repo: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo / "sub")
    ran = run("--dry-run", "..")
    assert f"git -C {repo} apply --allow-empty" in ran.err
    subprocess.run(["git", "-C", str(repo), "apply", "--allow-empty"], input=ran.out.encode(), check=True)
    assert (repo / "compose.yaml").read_text() == FIXED


def test_a_file_that_changes_under_the_run_is_not_written(
    repo: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repo / "compose.yaml"
    whole = engine.run

    def late(*words: Any, **named: Any) -> engine.Outcome:
        outcome = whole(*words, **named)
        path.write_text(VERSION + "# late\n")
        return outcome

    monkeypatch.setattr("autofix.engine.run", late)
    ran = run("--apply")
    assert ran.status == 3
    assert ran.err.startswith("autofix: compose.yaml: ")
    assert ran.err.count("\n") == 1
    assert path.read_text() == VERSION + "# late\n"


def test_json_is_versioned_and_goes_to_a_file_beside_the_diff(repo: Path, run: Run) -> None:
    document = json.loads(run("--format", "json").out)
    assert document["version"] == 1
    (finding,) = document["findings"]
    assert finding["rule"] == "compose/obsolete-version"
    assert finding["status"] == "fixable"
    assert (finding["line"], finding["column"]) == (1, 1)
    assert finding["fix"]["edits"][0]["text"] == ""
    assert document["summary"] == {
        "mode": "list", "findings": 1, "fixed": 1, "left": {}, "files": 1, "rounds": 1, "converged": True,
    }  # fmt: skip
    ran = run("--dry-run", "--format", "json", "--output", "found.json")
    assert ran.out.startswith("diff --git")
    assert json.loads((repo / "found.json").read_text())["summary"]["mode"] == "dry-run"


def test_exit_code(repo: Path, run: Run) -> None:
    assert run("--exit-code").status == 1
    assert run("--exit-code", "--apply").status == 1
    assert run("--exit-code").status == 0
    assert (repo / "compose.yaml").exists()


def test_select_and_ignore(repo: Path, run: Run) -> None:
    assert repo
    assert "obsolete" in run("--select", "compose").out
    assert run("--select", "dockerfile").out == "No findings.\n"
    assert run("--ignore", "compose/obsolete-version,shell").out == "No findings.\n"


WRONG = {
    "missing path": (["nowhere"], "autofix: no such path: nowhere"),
    "unknown id": (["--select", "compose/obsolete-versoin"], "did you mean compose/obsolete-version?"),
    "empty id": (["--select", ""], "an empty word is none"),
    "both modes": (["--dry-run", "--apply"], "autofix: --dry-run and --apply exclude each other"),
    "diff and document": (["--dry-run", "--format", "json"], "needs --output"),
    "unknown option": (["--dri-run"], "--dri-run"),
    "unknown format": (["--format", "xml"], "xml"),
    "explain nothing": (["explain", "compose/obsolete"], "did you mean compose/obsolete-version?"),
    "no configuration": (["--config", "none.yaml"], "autofix: none.yaml: cannot be read"),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_one_line_and_status_2(repo: Path, run: Run, name: str) -> None:
    assert repo
    words, says = WRONG[name]
    ran = run(*words)
    assert ran.status == 2
    assert ran.out == ""
    assert says in ran.err
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("autofix: ")


CONFIGURATIONS = {
    "selects: [compose]": "3: unknown key: selects; did you mean select?",
    "select: compose": "3: select takes a list",
    "select:\n  - shell\n  - compse": "5: unknown rule: compse; did you mean compose?",
    "with: {compose/obsolete-version: {color: red}}": "3: unknown option of compose/obsolete-version: color",
    "severity: {compose/obsolete-version: fatal}": "3: unknown severity: fatal",
    "severity: {compose/obsolete: note}": "3: unknown rule: compose/obsolete",
    "rules: [mine]": "3: no such folder",
    "select: [1]": "3: select takes names, not 1",
    "ignore: [[a]]": "3: ignore takes names, not ['a']",
    "severity: {1: note}": "3: severity takes names, not 1",
    "with: {compose/obsolete-version: 4}": "3: the options of compose/obsolete-version are a mapping",
    "select: [": ":",
    "- a": "3: a configuration is a mapping",
}


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_a_broken_configuration_names_file_and_line(repo: Path, run: Run, text: str) -> None:
    (repo / ".autofix.yaml").write_text(f"# ours\n\n{text}\n")
    ran = run()
    assert ran.status == 2
    assert ".autofix.yaml:" + CONFIGURATIONS[text].lstrip(":") in ran.err
    assert ran.err.count("\n") == 1


def test_configuration_changes_severity_and_rules(repo: Path, run: Run) -> None:
    (repo / ".autofix.yaml").write_text("severity:\n  compose/obsolete-version: note\n")
    assert json.loads(run("--format", "json").out)["findings"][0]["severity"] == "note"
    (repo / ".autofix.yaml").write_text("ignore: [compose]\n")
    assert run().out == "No findings.\n"
    (repo / ".autofix.yaml").write_text("exclude: ['*.yaml']\n")
    assert run().out == "No findings.\n"


def test_an_ignore_comment_needs_a_reason(repo: Path, run: Run) -> None:
    path = repo / "compose.yaml"
    path.write_text(f"# autofix: ignore compose/obsolete-version -- an old deploy reads it\n{VERSION}")
    assert "[ignored: an old deploy reads it]" in run().out
    assert run("--exit-code").status == 0
    path.write_text(f"# autofix: ignore compose/obsolete-version\n{VERSION}")
    ran = run()
    assert "[will be fixed]" in ran.out
    assert "compose.yaml:1: note: this ignore comment" in ran.out
    assert "note:" not in run("--select", "shell").out
    assert "note:" not in run("sub").out
    path.write_text(f"# autofix: ignore compose/obsolete-versoin -- mistyped\n{VERSION}")
    assert "compose.yaml:1: note:" in run().out
    assert "compose.yaml:1: note:" in run("--select", "shell").out


def test_one_broken_file_never_stops_the_others(repo: Path, run: Run) -> None:
    (repo / "docker-compose.yml").write_text("services: [\n")
    (repo / "other.compose.yml").write_bytes(b"services: \xff\n")
    ran = run("--verbose")
    assert ran.status == 0
    assert "compose.yaml:1:1:" in ran.out
    assert "left out: docker-compose.yml: " in ran.err
    assert "left out: other.compose.yml: not UTF-8" in ran.err


def test_a_line_break_in_a_path_breaks_no_line(repo: Path, run: Run) -> None:
    (repo / "compose.yaml").unlink()
    (repo / "a\nb").mkdir()
    (repo / "a\nb" / "compose.yaml").write_text(VERSION)
    ran = run("--verbose")
    assert ran.out.splitlines()[0].startswith("a\\nb/compose.yaml:1:1: compose/obsolete-version")
    with pytest.raises(SystemExit):
        main(["report", "--output", "audit.md"])
    assert "`a\\nb/compose.yaml:1`" in (repo / "audit.md").read_text()


def test_rules_and_explain(run: Run) -> None:
    listed = run("rules")
    assert listed.status == 0
    assert "compose/obsolete-version" in listed.out
    page = run("explain", "compose/obsolete-version")
    assert page.status == 0
    assert "# autofix: ignore compose/obsolete-version --" in page.out


def test_a_path_named_like_a_command(repo: Path, run: Run) -> None:
    (repo / "rules").mkdir()
    (repo / "rules" / "compose.yaml").write_text(VERSION)
    assert "rules/compose.yaml:1:1:" in run("./rules").out


def test_a_working_directory_that_is_gone(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    ran = run()
    assert (ran.status, ran.err) == (2, "autofix: the working directory is gone\n")
    monkeypatch.chdir(tmp_path)


def test_version_and_help(run: Run) -> None:
    assert run("--version").out == f"autofix {__version__}\n"
    text = run("--help").out
    assert "Examples:" in text
    assert "--unsafe-fixes" in text


def test_a_reader_that_goes_away_is_no_fault(repo: Path) -> None:
    assert repo
    line = f"{sys.executable} -m autofix rules | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"0", "141"}
    assert done.stderr == ""


def test_colours_only_where_people_look(repo: Path) -> None:
    def out(**environment: str) -> str:
        command = [sys.executable, "-m", "autofix", str(repo)]
        clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
        return subprocess.run(command, capture_output=True, text=True, check=True, env=clean | environment).stdout

    assert "\033[" not in out()
    assert "\033[" in out(FORCE_COLOR="1")
    assert "\033[" not in out(FORCE_COLOR="1", NO_COLOR="1")


def test_a_fault_of_ours_is_one_line_and_writes_nothing(repo: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object, **__: object) -> None:
        raise RuntimeError("boom\nsecond line")

    monkeypatch.setattr("autofix.plan.findings", burst)
    ran = run("--apply")
    assert ran.status == 3
    assert ran.err == "autofix: internal error: RuntimeError: boom second line\n"
    assert (repo / "compose.yaml").read_text() == VERSION
