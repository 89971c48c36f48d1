"""What does an application answer once it has started?"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.apps import frameworks
from tests.containers.host import CommandError

ROOT = Path(__file__).parent.parent.parent / "golden" / "system" / "inconsistent-health-path"
START_SECONDS = 20


@dataclass(frozen=True)
class App:
    """A golden case that can be started: by which command, and the two paths it is about.

    `{port}` in the command stands for the port; the environment has it as well.
    """

    case: str
    command: tuple[str, ...]
    old: str
    new: str = "/health"

    def answers(self, tree: str) -> tuple[bool, bool]:
        """Whether the old path and the new one are answered with status 200 by one tree of the case."""
        with tempfile.TemporaryDirectory(prefix="autofix-apps-") as scratch:
            work = Path(scratch, "work")
            shutil.copytree(ROOT / self.case / tree, work)
            if self.command[0] == "node":
                (work / "node_modules").symlink_to(frameworks.node_modules())
            with _started(self.command, work) as port:
                return _asks(port, self.old) == 200, _asks(port, self.new) == 200


@contextmanager
def _started(command: Sequence[str], work: Path) -> Iterator[int]:
    """The port of a process that is ended with everything it started."""
    port = _free_port()
    program = str(frameworks.python()) if command[0] == "python" else command[0]
    words = [program, *(word.format(port=port) for word in command[1:])]
    with Path(work, "log").open("wb") as log:
        process = subprocess.Popen(
            words,
            cwd=work,
            env={**os.environ, "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            _await(process, port, Path(work, "log"))
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise CommandError(f"the application does not start: {log.read_text('utf-8', 'replace')[-400:].strip()}")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _asks(port: int, path: str) -> int:
    """The status of the answer, asked as a probe asks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()
