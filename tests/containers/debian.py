"""What does Debian's archive hold, without a change to what this machine has configured?"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.containers import host

MINIMAL = ("base-files", "base-passwd", "dash", "coreutils", "findutils", "grep", "sed", "login", "passwd")
LEFT_OUT = ("/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/info")
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


@dataclass(frozen=True)
class Archive:
    """An apt of its own: lists, cache and sources below `folder`."""

    folder: Path

    def apt(self, *words: str, seconds: float = 120) -> host.Ran:
        """One apt-get command; what it fetches lands in the folder."""
        environment = {**host.QUIET, "APT_CONFIG": str(self.folder / "apt.conf")}
        try:
            return host.call("apt-get", "-q", *words, seconds=seconds, cwd=self.folder, env=environment)
        except host.CommandError as error:
            raise host.UnavailableError(f"Debian's archive gives nothing: {error}") from error

    def source(self, package: str) -> Path:
        """The unpacked and patched source of a package."""
        self.apt("source", package)
        return next(path for path in self.folder.glob(f"{package}-*") if path.is_dir())

    def package(self, name: str) -> Path:
        """The files of a package, unpacked and not installed."""
        self.apt("download", name)
        unpacked = self.folder / "unpacked" / name
        host.call("dpkg-deb", "-x", next(self.folder.glob(f"{name}_*.deb")), unpacked, seconds=60)
        return unpacked


def archive(scratch: Path, suite: str, kind: str = "deb") -> Archive:
    """The archive of a release, from the mirror this machine uses. `kind` is deb or deb-src."""
    folder = scratch / f"apt-{suite}"
    for part in ("lists/partial", "cache/archives/partial", "unpacked"):
        (folder / part).mkdir(parents=True)
    (folder / "sources.list").write_text(f"{kind} [signed-by={KEYS}] {_mirror()} {suite} main\n", "utf-8")
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State": folder,
        "Dir::State::status": os.devnull,
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",  # _apt may not enter the scratch folder
    }
    text = "".join(f'{name} "{value}";\n' for name, value in settings.items())
    (folder / "apt.conf").write_text(text, "utf-8")
    made = Archive(folder)
    made.apt("update")
    return made


def _mirror() -> str:
    wanted = ("indextargets", "--format", "$(REPO_URI)", "Created-By: Packages")
    found = host.call("apt-get", *wanted, "Origin: Debian", seconds=30).out.split()
    if not found:  # the lists were never fetched: then the first source is as good a guess as any
        found = host.call("apt-get", *wanted, seconds=30).out.split()
    if not found or not KEYS.is_file():
        raise host.UnavailableError("this machine knows no mirror of Debian's archive")
    return found[0]


def copy_installed(root: Path, *packages: str) -> None:
    """The files of a minimal Debian and of more packages, as this machine has them; accounts as in a new system."""
    found = host.call(
        "apt-cache", "depends", "--recurse", "--important", "--installed", *MINIMAL, *packages, seconds=30
    )
    names = [line for line in found.out.splitlines() if line and not line.startswith((" ", "<", "|"))]
    listed = host.call("dpkg-query", "--listfiles", *names, seconds=30, check=False).out.splitlines()
    files = (Path(line) for line in listed if line.startswith("/") and line != "/.")
    paths = {file.parent.resolve() / file.name for file in files}  # /bin/sh is /usr/bin/sh, and /bin a link
    wanted = sorted(f"{path}" for path in paths if os.path.lexists(path) and not str(path).startswith(LEFT_OUT))
    (root / "list").write_text("".join(f".{path}\n" for path in wanted), "utf-8")
    script = 'tar -C / --no-recursion -T "$0/list" -cf - | tar -C "$0" -xpf - && rm "$0/list" && ldconfig -r "$0"'
    host.call("sh", "-c", script, root, seconds=60)
    for name in ("passwd", "group"):
        shutil.copy(root / f"usr/share/base-passwd/{name}.master", root / "etc" / name)
    for name in ("shadow", "gshadow"):
        (root / "etc" / name).touch(0o640)
