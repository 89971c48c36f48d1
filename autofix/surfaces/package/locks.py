"""Which package manager wrote the lock file, and which Node does the repository want?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from autofix.surfaces.package.names import LOCKS
from autofix.text import Source

HEAD = 8192  # lock files are huge, and each says its version at the top
JSON_VERSION = re.compile(r'^\s*"lockfileVersion"\s*:\s*(\d+)', re.MULTILINE)
PNPM_VERSION = re.compile(r"""^lockfileVersion:[ \t]*['"]?([\d.]+)""", re.MULTILINE)
BERRY_VERSION = re.compile(r"^__metadata:\s*\n\s+version:[ \t]*['\"]?(\d+)", re.MULTILINE)
NODE = re.compile(r"^v?(?P<version>(?P<major>\d+)(?:\.[\dx*]+){0,2})$")


@dataclass(frozen=True)
class Lock:
    """A lock file: who wrote it, and the version of its format as it is written, None when it cannot be told.

    yarn's `1` is the classic format; what starts with `__metadata` is berry's and has its version.
    """

    path: str
    manager: str
    version: str | None = None
    berry: bool = False


@dataclass(frozen=True)
class NodeVersion:
    """An .nvmrc or .node-version: what it asks for (`20.11.0`, `lts/iron`), and the major where that is a number."""

    path: str
    version: str
    major: int | None


def lock(source: Source) -> Lock | None:
    """The facts of a lock file, of which only the head is looked at."""
    manager = LOCKS.get(PurePosixPath(source.path).name)
    if manager is None:
        return None
    head = source.text[:HEAD].replace("\r\n", "\n")
    berry = BERRY_VERSION.search(head)
    if manager == "yarn":
        classic = "1" if "\n# yarn lockfile v1\n" in f"\n{head}" else None
        return Lock(source.path, manager, berry[1] if berry else classic, berry=berry is not None)
    found = (PNPM_VERSION if manager == "pnpm" else JSON_VERSION).search(head)
    return Lock(source.path, manager, found[1] if found else None)


def node_version(source: Source) -> NodeVersion | None:
    """What the file asks for; None when it is empty."""
    for line in source.text.removeprefix("\ufeff").split("\n"):
        version = line.partition("#")[0].strip()
        if version:
            match = NODE.match(version)
            return NodeVersion(
                source.path, match["version"] if match else version, int(match["major"]) if match else None
            )
    return None
