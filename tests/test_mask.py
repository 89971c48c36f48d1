"""Does a credential of the repository show up anywhere but where a diff takes it out?"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from autofix import engine
from autofix.cli import main
from autofix.project import Project
from autofix.report import credentials, mask
from autofix.surfaces import surface_by_name
from autofix.text import Source
from tests import golden

# A piece of every credential in the golden cases and systems, written down by hand: what no rule recognises is not hidden.
PIECES = (
    "Velv3tHarb0r", "Th1stleM3adow", "Qu1etLant3rn", "M0ssyBridg3", "c0ffee5badcafe", "kX9!mp2Vr", "dGhlIHF1aWV0",
    "nY7IPM65VVh", "OpV43iUkF7J", "CyRW4wJlYH",
)  # fmt: skip
NAMED = (
    "env/real-secret/",
    "compose/hardcoded-secret/",
    "env/undocumented-variable/",
    "env/tracked-env-file/",
    "_systems/",
)
CASES = [case for case in golden.cases() if case.name.startswith(NAMED) and "near-misses" not in case.name]
HOLDING = [case for case in CASES if any(piece.encode() in data for data, _ in golden.read(case.folder / "before").values() for piece in PIECES)]  # fmt: skip
RUNS = (
    ("--verbose",),
    ("--format", "json"),
    ("--format", "json", "--unsafe-fixes"),
    ("--apply", "--unsafe-fixes", "--verbose"),
    ("report",),
    ("report", "--format", "json"),
)


@pytest.fixture(params=HOLDING, ids=lambda case: case.name)
def repo(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A golden case as a repository that tracks everything, as the current folder."""
    case: golden.Case = request.param
    shutil.copytree(case.folder / "before", tmp_path, dirs_exist_ok=True)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "-Af"], check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capfdbinary: pytest.CaptureFixture[bytes], *words: str) -> tuple[str, str]:
    with pytest.raises(SystemExit):
        main(words)
    out, err = capfdbinary.readouterr()
    return out.decode(), err.decode()


def shown(text: str) -> list[str]:
    return [line for line in text.splitlines() if any(piece in line for piece in PIECES)]


def test_no_output_repeats_a_credential(repo: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for words in RUNS:
        out, err = told(capfdbinary, *words)
        assert out
        assert not shown(out + err), words


def test_a_diff_shows_a_credential_only_where_it_stands_today(
    repo: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    diff, told_ = told(capfdbinary, "--dry-run", "--unsafe-fixes")
    assert not shown(told_)
    assert not [line for line in shown(diff) if line.startswith("+")]


def test_a_fault_does_not_tell(
    repo: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(project: Project, *_: object) -> engine.Outcome:
        raise KeyError(*(source.text for source in project.sources.values() if surface_by_name(source.path)))

    monkeypatch.setattr("autofix.engine.run", broken)
    for traceback in ("", "1"):
        monkeypatch.setenv("AUTOFIX_TRACEBACK", traceback)
        _, err = told(capfdbinary)
        assert "internal error: KeyError" in err
        assert mask.HIDDEN in err
        assert not shown(err)


def test_a_value_is_masked_however_it_is_spelled() -> None:
    sources = {".env": Source(".env", 'DB_PASSWORD="kX9|mp2Vr4qQ7"\n')}
    assert credentials.values(sources) == {"kX9|mp2Vr4qQ7"}
    assert mask.without("a kX9|mp2Vr4qQ7 b kX9\\|mp2Vr4qQ7", credentials.values(sources)) == "a *** b ***"
    assert credentials.values({"a.md": Source("a.md", "DB_PASSWORD=kX9mp2Vr4qQ7")}) == set()
