"""What does Debian's archive hold, without a change to what this machine has configured?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.containers import host

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
