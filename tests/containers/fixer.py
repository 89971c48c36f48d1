"""What does autofix make of a repository, as a user runs it?"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests.containers import host
from tests.containers.engine import Engine

APPS = Path(__file__).parent / "apps"


def copy_of(engine: Engine, app: str) -> Path:
    """A copy of one of our small applications."""
    return Path(shutil.copytree(APPS / app, engine.folder() / app))


def fix(folder: Path, rule: str, *, unsafe: bool = True) -> None:
    """Apply a rule, with unsafe fixes unless told otherwise: whether it is right is what the proof finds out."""
    options = ("--apply", *(("--unsafe-fixes",) if unsafe else ()), "--select", rule)
    host.call(sys.executable, "-m", "autofix", *options, folder, seconds=60, cwd=Path(__file__).parent.parent.parent)
