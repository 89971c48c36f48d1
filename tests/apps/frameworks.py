"""Where do the frameworks come from that the golden applications need?  From their registries, once, into a cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from tests.containers.host import CommandError, UnavailableError, call, timed

NODE = (
    "express@4.21.2",
    "fastify@5.2.1",
    "koa@2.16.0",
    "@koa/router@13.1.0",
    "hono@4.7.2",
    "@hono/node-server@1.13.8",
)
PYTHON = ("fastapi>=0.115,<1", "uvicorn>=0.34,<1", "flask>=3.1,<4")
OLDEST_NODE = 20
INSTALL_SECONDS = 240


def node_modules() -> Path:
    """A folder of Node packages."""
    program = shutil.which("node")
    if program is None or shutil.which("npm") is None:
        raise UnavailableError("there is no node with npm on this machine")
    version = call("node", "--version", seconds=20).out.strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST_NODE:
        raise UnavailableError(f"node {version} is older than {OLDEST_NODE}")
    return _cached("node", NODE, ("npm", "install", "--no-audit", "--no-fund", "--no-save", *NODE)) / "node_modules"


def python() -> Path:
    """An interpreter with the Python packages."""
    own = ".venv/bin/python"
    return _cached("python", PYTHON, (own, "-m", "pip", "install", "-q", *PYTHON), venv=True) / own


def _cached(name: str, packages: tuple[str, ...], install: tuple[str, ...], *, venv: bool = False) -> Path:
    """The folder that holds the packages, made when it is not there yet; half of one is never kept."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    mark = hashlib.sha256("\n".join((sys.version, *packages)).encode()).hexdigest()[:12]
    folder = Path(base, "autofix", "apps", f"{name}-{mark}")
    if (folder / "done").is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with timed(f"install {', '.join(packages)}"):
        try:
            if venv:
                call(sys.executable, "-m", "venv", ".venv", seconds=INSTALL_SECONDS, cwd=folder)
            program = folder / install[0] if venv else install[0]
            call(program, *install[1:], seconds=INSTALL_SECONDS, cwd=folder)
        except CommandError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise UnavailableError(f"the frameworks cannot be installed: {error}") from error
    (folder / "done").touch()
    return folder
