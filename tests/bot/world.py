"""Where do the stories of the tests play?  A repository on a stand-in forge, a person who works in it, and the bot."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autofix.bot import command
from autofix.bot.told import Deed, Entry, Report
from autofix.bot.web import Patience
from tests.bot import parts
from tests.bot.description import Description
from tests.bot.hub import Hub, Thread, git
from tests.bot.server import Server, running

TOKEN = "ghp_" + "this1is2no3real4token5at6all" + "x" * 8  # of the right form, so that the masks are tested too
COMPOSE = """\
version: "3.8"
services:
  api:
    image: shop/api:1
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:3000/health"]
      interval: 30s
  web:
    image: shop/web:1
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8080/health"]
"""
DEPLOY = """\
#!/bin/sh
set -e
TAG=${1:-latest}
echo "deploying $TAG"
"""
MANUAL = """\
FROM node:20-alpine
WORKDIR /app
# starts as root: writes to the engine's socket
COPY . .
CMD ["node", "server.js"]
"""
TOUCHING = """\
services:
  web:
    image: shop/web:1
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:8080/health"]
version: "3.8"
"""
SELECT = (
    "select: [compose/obsolete-version, compose/localhost-healthcheck, shell/unset-variables, dockerfile/root-user]\n"
)
FILES = {
    ".autofix.yaml": SELECT,
    "compose.yaml": COMPOSE,
    "deploy.sh": DEPLOY,
    "agent/Dockerfile": MANUAL,
    "README.md": "# shop\n",
}


@dataclass
class Person:
    """Somebody with a clone and a browser."""

    hub: Hub
    folder: Path

    def push(self, branch: str, files: Mapping[str, str | None], message: str = "Work") -> str:
        """Commit on top of a branch as it is on the forge. None removes a file."""
        git(self.folder, "fetch", "-q", "origin")
        git(self.folder, "checkout", "-q", "-B", "work", f"origin/{branch}")
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", message)
        git(self.folder, "push", "-q", "origin", f"HEAD:{branch}")
        return git(self.folder, "rev-parse", "HEAD").strip()

    def merge(self, thread: Thread) -> bool:
        """Press the button; whether there was no conflict."""
        git(self.folder, "fetch", "-q", "origin")
        git(self.folder, "checkout", "-q", "-B", "work", f"origin/{thread.base}")
        try:
            git(self.folder, "merge", "-q", "--no-ff", "-m", f"Merge {thread.head}", f"origin/{thread.head}")
        except AssertionError:
            git(self.folder, "merge", "--abort")
            return False
        git(self.folder, "push", "-q", "origin", f"HEAD:{thread.base}")
        thread.state, thread.merged = "closed", True
        return True

    def text(self, branch: str, path: str) -> str:
        return git(self.hub.bare, "show", f"{branch}:{path}")


@dataclass
class World:
    """Everything."""

    hub: Hub
    server: Server
    person: Person
    kind: str = "github"
    environment: dict[str, str] = field(default_factory=lambda: {"AUTOFIX_TOKEN": TOKEN})
    naps: list[float] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)

    def run(self, **options: Any) -> Report:
        """`autofix pr --repo shop/web --url …`, in this process and without waiting."""
        patience = Patience(sleep=self.naps.append, between_writes=0, timeout=10)
        wanted = command.Options(
            **{"repository": self.hub.name, "server": self.server.url, "forge": self.kind, **options}
        )
        self.reports.append(command.run(wanted, self.environment, patience))
        return self.reports[-1]

    def deeds(self, **options: Any) -> dict[str, Deed]:
        """What a run did, by what it was done to."""
        return {entry.what: entry.deed for entry in self.run(**options).entries}

    def entry(self, what: str) -> Entry:
        """What the last run said of something."""
        return next(one for one in self.reports[-1].entries if one.what == what)

    def request(self, branch: str) -> Thread:
        """The newest request of a branch."""
        return next(one for one in reversed(self.hub.requests) if one.head == f"autofix/{branch}")

    def configure(self, text: str) -> None:
        """Commit a configuration to the base."""
        self.person.push("main", {".autofix.yaml": SELECT + text}, "Configure")

    def writes(self) -> list[str]:
        """Every request that changed something, pushes included, since the last time this was asked."""
        changed = [one for one in self.server.log if not one.startswith("GET") and "git-upload-pack" not in one]
        self.server.log.clear()
        return changed


@contextmanager
def world(files: Mapping[str, str] = FILES, forge: type[Hub] = Hub) -> Iterator[World]:
    """A world of its own."""
    with tempfile.TemporaryDirectory(prefix="autofix-world-", ignore_cleanup_errors=True) as scratch:
        hub = forge(Path(scratch, "forge"), tokens={TOKEN})
        hub.bare.mkdir(parents=True)
        git(hub.bare, "init", "-q", "--bare", "-b", "main")
        git(hub.bare, "config", "receive.autogc", "false")
        folder = Path(scratch, "person")
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")
        git(folder, "commit", "-q", "--allow-empty", "-m", "Begin")
        git(folder, "remote", "add", "origin", str(hub.bare))
        git(folder, "push", "-q", "origin", "main")
        person = Person(hub, folder)
        person.push("main", files, "Write a shop")
        hub.described = _description() if forge is Hub else None
        with running(hub) as server:
            hub.url = server.url
            yield World(hub, server, person, "github" if forge is Hub else "gitlab")
        assert not server.errors
        assert not hub.wrong


_READ: list[Description] = []


def _description() -> Description | None:
    """GitHub's description, read once; without it requests are not validated, and a test says so."""
    if not _READ:
        try:
            _READ.append(Description(parts.description()))
        except parts.MissingError:
            return None
    return _READ[0]
