"""What can a proof ask of a container engine?

A proof gets an `Engine` and knows nothing of how it was started. Builds and runs share the host's network, because the
private engine has no bridge: an application is told a free port.
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.containers import host

BUILD_SECONDS = 120
RUN_SECONDS = 60


@dataclass(frozen=True)
class Engine:
    """A running engine. `scratch` is a folder that is gone after the run."""

    docker: Path
    address: str
    scratch: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """How a client finds this engine, and nothing that the user of this machine has configured."""
        return {"DOCKER_HOST": self.address, "DOCKER_CONFIG": str(self.scratch / "client"), "DOCKER_BUILDKIT": "1"}

    def ask(self, *words: str | Path, seconds: float = RUN_SECONDS, check: bool = True) -> host.Ran:
        """One command of the client."""
        return host.call(self.docker, *words, seconds=seconds, check=check, env=self.environment)

    def folder(self) -> Path:
        """A new empty folder."""
        return Path(tempfile.mkdtemp(dir=self.scratch))

    def build(self, context: Path, tag: str, *, file: str = "Dockerfile", check: bool = True) -> host.Ran:
        """An image of a folder; nothing is pulled, so every base must have been imported."""
        words = ("build", "--network", "host", "--progress", "plain", "--tag", tag, "--file", context / file, context)
        return self.ask(*words, seconds=BUILD_SECONDS, check=check)

    def build_text(self, dockerfile: str, tag: str, files: Mapping[str, str] | None = None) -> host.Ran:
        """An image of a Dockerfile that stands in the proof."""
        context = self.folder()
        for name, text in {"Dockerfile": dockerfile, **(files or {})}.items():
            path = context / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return self.build(context, tag)

    def run(self, image: str, *command: str, options: Sequence[str] = (), check: bool = True) -> host.Ran:
        """What a command says in a container that is gone afterwards."""
        return self.ask("run", "--rm", "--network", "host", *options, image, *command, check=check)

    @contextmanager
    def start(self, image: str, *command: str, options: Sequence[str] = ()) -> Iterator[Container]:
        """A container that runs on; it is removed at the end, whatever happens."""
        name = self.ask("run", "--detach", "--network", "host", *options, image, *command).out.strip()
        try:
            yield Container(self, name)
        finally:
            self.ask("rm", "--force", "--volumes", name, check=False)

    def owners(self, image: str, folder: str) -> dict[str, str]:
        """`uid:gid` of every path of a folder, the folder itself included."""
        listing = self.run(image, "-c", f"find {folder} -print0 | xargs -0 stat -c '%u:%g %n'", options=AS_ROOT).out
        return {path: owner for owner, _, path in (line.partition(" ") for line in listing.splitlines())}


AS_ROOT = ("--user", "0:0", "--entrypoint", "/bin/sh")  # one sees folders that the image's own user may not


@dataclass(frozen=True)
class Container:
    """A container that runs."""

    engine: Engine
    name: str

    def execute(self, *command: str, check: bool = True) -> host.Ran:
        """What a command says inside of it."""
        return self.engine.ask("exec", self.name, *command, check=check)

    def inspect(self) -> dict[str, object]:
        """The engine's own view of it."""
        found: dict[str, object] = json.loads(self.engine.ask("inspect", self.name).out)[0]
        return found

    def wait_for(self, port: int, seconds: float = 60) -> None:
        """Return when it answers on a port; an application that ended says why."""

        def ready() -> bool:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return True
            if self.engine.ask("inspect", "--format", "{{.State.Running}}", self.name).out.strip() != "true":
                raise host.CommandError(f"the application ended: {self.engine.ask('logs', self.name).last}")
            return False

        host.wait_until(f"port {port}", seconds, ready)


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(port: int, path: str) -> str:
    """What an application answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text
    except OSError as error:
        raise host.CommandError(f"GET {path}: {error}") from error


def client() -> Path:
    """The client that belongs to the engine: one from elsewhere may lack what builds with BuildKit."""
    for folder in ("/usr/bin", *os.environ.get("PATH", "").split(":")):
        if os.access(Path(folder, "docker"), os.X_OK):
            return Path(folder, "docker")
    raise host.UnavailableError("there is no docker command")
