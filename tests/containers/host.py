"""How does a command run on this machine, bounded in time, and what may be put on it?"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"  # where runc and dockerd are, which a user's PATH may leave out
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


class UnavailableError(Exception):
    """This machine cannot prove it: a part is missing that nobody here can provide."""


class CommandError(Exception):
    """A command failed or took too long; the text is one line."""


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    status: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line it said, errors first: what a person needs to hear."""
        lines = [line.strip() for text in (self.out, self.err) for line in text.splitlines() if line.strip()]
        return lines[-1] if lines else ""


def call(
    *command: str | Path,
    seconds: float,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    check: bool = True,
) -> Ran:
    """Run a command to its end. Nothing of it outlives `seconds`, its children included."""
    words = [str(word) for word in command]
    surroundings = {**os.environ, **(env or {}), "PATH": f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}"}
    process = _begin(words, surroundings, cwd)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise CommandError(f"{_named(words)} took more than {seconds:.0f} s") from None
    finally:
        _end(process)
    ran = Ran(process.returncode, out, err)
    if check and ran.status:
        raise CommandError(f"{_named(words)} ended with {ran.status}: {ran.last}")
    return ran


def _begin(words: list[str], env: Mapping[str, str], cwd: Path | None) -> subprocess.Popen[str]:
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    try:
        return subprocess.Popen(
            words,
            env=env,
            cwd=cwd,
            stdin=null,
            stdout=pipe,
            stderr=pipe,
            text=True,
            errors="replace",
            start_new_session=True,  # so that its children can be ended with it
        )
    except OSError as error:
        raise CommandError(f"{words[0]} does not start: {error.strerror}") from error


def _named(words: list[str]) -> str:
    return " ".join([Path(words[0]).name, *words[1:2]])


def _end(process: subprocess.Popen[str]) -> None:
    """A command that was interrupted leaves nobody behind."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_until(what: str, seconds: float, ready: Callable[[], bool]) -> None:
    """Ask again and again; an answer that never comes is an error."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise CommandError(f"{what} is not ready after {seconds:.0f} s")
        time.sleep(0.1)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long a step took."""
    start = time.monotonic()
    try:
        yield
    finally:
        print(f"{time.monotonic() - start:6.1f} s  {what}", file=sys.stderr, flush=True)


def codename() -> str:
    """The release of Debian this is."""
    path = Path("/etc/os-release")
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    release = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
    if release.get("ID") != "debian" or not shutil.which("apt-get"):
        raise UnavailableError("the parts come from Debian's archive, and this is no Debian with apt-get")
    return release.get("VERSION_CODENAME", "stable")


def require_root() -> None:
    """An engine mounts, and a base image holds files of several owners."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise UnavailableError("a container engine of our own has to be started as root")


def install(program: str, *packages: str) -> None:
    """Have a program on this machine."""
    if shutil.which(program, path=f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}"):
        return
    codename()
    apt = ("apt-get", "-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=2", "-q", "-y")
    with timed(f"install {' '.join(packages)}"):
        try:
            call(*apt, "install", "--no-install-recommends", *packages, seconds=300, env=QUIET)
        except CommandError:  # the lists may be old or missing, as in a fresh container
            try:
                call(*apt, "update", seconds=120, env=QUIET)
                call(*apt, "install", "--no-install-recommends", *packages, seconds=300, env=QUIET)
            except CommandError as error:
                raise UnavailableError(f"{program} cannot be installed: {error}") from error


def cached(name: str, make: Callable[[Path], Path]) -> Path:
    """A file that is expensive to make, kept outside of the repository; `make` gets a scratch folder."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(base, "autofix", "containers", name)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        with timed(f"make {name}"), tempfile.TemporaryDirectory(prefix="autofix-containers-") as scratch:
            made = make(Path(scratch))
            beside = path.with_name(f".{name}.{os.getpid()}")
            shutil.copy2(made, beside)
            beside.replace(path)  # another run may make the same one: the last whole file wins
    return path
