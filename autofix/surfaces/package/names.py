"""Which names say something about a package?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

Kind = Literal["manifest", "workspace", "lock", "node-version", "prisma", "prisma-config", "dockerignore", "gitignore"]

LOCKS = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
KINDS: dict[str, Kind] = {
    "package.json": "manifest",
    "pnpm-workspace.yaml": "workspace",
    ".nvmrc": "node-version",
    ".node-version": "node-version",
    ".gitignore": "gitignore",
    **dict.fromkeys(LOCKS, "lock"),
}
PRISMA_CONFIG = re.compile(r"(?:^|/)(?:prisma\.config|\.config/prisma)\.[mc]?[jt]s$")


def package_kind(path: str) -> Kind | None:
    """What kind of facts a file holds. Of a lock the head is enough, and `bun.lockb` is no text."""
    name = PurePosixPath(path).name
    if name in KINDS:
        return KINDS[name]
    if name.endswith(".prisma"):
        return "prisma"
    if name == ".dockerignore" or name.endswith(".dockerignore"):
        return "dockerignore"
    return "prisma-config" if PRISMA_CONFIG.search(path) else None
