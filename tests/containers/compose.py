"""What does Compose v2 make of a file on the engine?

Debian's stable release may only have Compose v1, which rejects modern files; a later one has v2. It is one static-like
program that runs on its own.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.containers import debian, host
from tests.containers.engine import Engine

SUITE = "trixie"
PLACE = "usr/libexec/docker/cli-plugins/docker-compose"
SECONDS = 90


def binary() -> Path:
    """A Compose v2: this machine's, else the one of a later Debian."""
    installed = Path("/", PLACE)
    if os.access(installed, os.X_OK):
        return installed
    host.codename()
    return host.cached(f"compose-{SUITE}-{platform.machine()}", _fetch)


def _fetch(scratch: Path) -> Path:
    found = debian.archive(scratch, SUITE).package("docker-compose") / PLACE
    host.call(found, "version", seconds=20)
    return found


@dataclass(frozen=True)
class Project:
    """A compose file on an engine, and others laid over it. Services need `network_mode: host`, as there is no bridge."""

    engine: Engine
    file: Path
    over: tuple[Path, ...] = ()

    def ask(self, *words: str, check: bool = True) -> host.Ran:
        """One command of Compose."""
        files = [word for file in (self.file, *self.over) for word in ("--file", file)]
        options = (*files, "--project-name", "autofix-proof")
        return host.call(binary(), *options, *words, seconds=SECONDS, check=check, env=self.engine.environment)

    def run(self, service: str, command: Sequence[str], *, check: bool = True) -> host.Ran:
        """What a command says in a container of a service, gone afterwards."""
        return self.ask("run", "--rm", "--no-TTY", service, *command, check=check)


def project(engine: Engine, text: str) -> Project:
    """A project of a compose file that stands in the proof."""
    file = engine.folder() / "compose.yaml"
    file.write_text(text, "utf-8")
    return Project(engine, file)
