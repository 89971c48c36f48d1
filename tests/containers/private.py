"""How does an engine of our own come up, and go away without a trace?

It shares nothing with an engine of this machine: own data, own socket, no bridge, no firewall rules.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.containers import host
from tests.containers.engine import Engine, client

START_SECONDS = 30
STOP_SECONDS = 20


@contextmanager
def engine() -> Iterator[Engine]:
    """An engine for the length of a block."""
    host.require_root()
    host.install("dockerd", "docker.io")
    scratch = Path(tempfile.mkdtemp(prefix="autofix-containers-"))
    try:
        (scratch / "client").mkdir()
        (scratch / "daemon.json").write_text("{}", "utf-8")
        made = Engine(client(), f"unix://{scratch}/socket", scratch)
        process = _start(scratch)
        try:
            with host.timed("start the engine"):
                _await(made, process)
            yield made
        finally:
            with host.timed("stop the engine"):
                _stop(made, process)
    finally:
        _unmount(scratch)
        shutil.rmtree(scratch, ignore_errors=True)


def _start(scratch: Path) -> subprocess.Popen[bytes]:
    command = ["dockerd", "--data-root", f"{scratch}/data", "--exec-root", f"{scratch}/run"]
    command += ["--host", f"unix://{scratch}/socket", "--pidfile", f"{scratch}/pid"]
    command += ["--config-file", f"{scratch}/daemon.json"]  # else this machine's would be read
    command += ["--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"]
    if shutil.which("setpriv"):  # it ends with us even when nobody can say goodbye
        command = ["setpriv", "--pdeathsig", "TERM", *command]
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{host.SYSTEM_PATH}"}
    with (scratch / "log").open("wb") as log:
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _await(made: Engine, process: subprocess.Popen[bytes]) -> None:
    def ready() -> bool:
        if process.poll() is not None:
            raise host.UnavailableError(f"the engine does not start: {_last(made.scratch / 'log')}")
        return made.ask("version", seconds=10, check=False).status == 0

    try:
        host.wait_until("the engine", START_SECONDS, ready)
    except host.CommandError as error:
        raise host.UnavailableError(str(error)) from error


def _last(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"


def _stop(made: Engine, process: subprocess.Popen[bytes]) -> None:
    """Containers first, so that nothing has to be killed; what is left after a while is."""
    with suppress(host.CommandError):
        if left := made.ask("ps", "--all", "--quiet", check=False).out.split():
            made.ask("rm", "--force", *left, check=False)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    for number in _processes(made.scratch):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    process.wait(STOP_SECONDS)


def _processes(scratch: Path) -> Iterator[int]:
    """The engine's processes that still run: each of them was told our folder on its command line."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().decode("utf-8", "replace").split("\0")
            engine_program = Path(words[0]).name.startswith(("dockerd", "containerd", "runc"))
            if engine_program and any(f"{scratch}/" in word for word in words):
                yield int(path.parent.name)


def _unmount(scratch: Path) -> None:
    """Deepest first; a busy one is detached and goes when its last user does."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    for place in sorted((one for one in mounts if one.startswith(f"{scratch}/")), reverse=True):
        with suppress(host.CommandError):  # the folder has to go all the same
            host.call("umount", "--lazy", place, seconds=10)
