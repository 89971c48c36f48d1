"""Which packages does the repository hold, and which lock is theirs?  Read when somebody asks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import join

from autofix.link.names import parent
from autofix.node import UnreadableError
from autofix.project import LockFile, Package
from autofix.surfaces.package.locks import lock
from autofix.surfaces.package.manifest import Manifest, manifest, workspace
from autofix.surfaces.package.names import LOCKS
from autofix.surfaces.package.sync import agrees, lacks_peers
from autofix.text import Source

MANIFEST = "package.json"
WORKSPACE = "pnpm-workspace.yaml"


@dataclass(frozen=True)
class Packages(Mapping[str, Package]):
    """The packages by their folder."""

    sources: Mapping[str, Source]
    occupied: Collection[str]
    _read: dict[str, Package] = field(default_factory=dict)

    def __getitem__(self, folder: str) -> Package:
        if folder not in self._read:
            said = self._manifest(folder)
            if said is None:
                raise KeyError(folder)
            self._read[folder] = self._package(folder, said)
        return self._read[folder]

    def __iter__(self) -> Iterator[str]:
        return (folder for folder in self._folders if self._manifest(folder) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        return tuple(parent(path) for path in self.sources if path == MANIFEST or path.endswith(f"/{MANIFEST}"))

    @cached_property
    def _manifests(self) -> dict[str, Manifest | None]:
        return {}

    def _manifest(self, folder: str) -> Manifest | None:
        if folder not in self._manifests:
            source = self.sources.get(join(folder, MANIFEST))
            try:
                self._manifests[folder] = manifest(source) if source else None
            except UnreadableError:
                self._manifests[folder] = None
        return self._manifests[folder]

    def _package(self, folder: str, said: Manifest) -> Package:
        root = self._root(folder)
        locks = self._locks_at(folder) or self._locks_at(root)
        return Package(
            path=said.path,
            folder=folder,
            name=said.name,
            scripts=dict(said.scripts),
            dependencies=dict(said.dependencies),
            dev_dependencies=dict(said.dev_dependencies),
            optional_dependencies=dict(said.optional_dependencies),
            manager=said.manager,
            manager_version=said.manager_version,
            engines=dict(said.engines),
            root=root,
            members=self._members(folder),
            locks=locks,
        )

    def _root(self, folder: str) -> str:
        """The folder of the workspace a package is a member of, its own where it is none's."""
        above = folder
        while above:
            above = parent(above)
            if folder in self._members(above):
                return above
        return folder

    @cached_property
    def _known_members(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _members(self, folder: str) -> tuple[str, ...]:
        """The folders of the packages a workspace consists of, its own first; only its own where it is none."""
        if folder not in self._known_members:
            wanted = tuple(self._patterns(folder))
            top = f"{folder}/" if folder else ""
            found = [
                one
                for one in self._folders
                if one.startswith(top) and one != folder and _matches(wanted, one.removeprefix(top))
            ]
            self._known_members[folder] = (folder, *found)
        return self._known_members[folder]

    def _patterns(self, folder: str) -> Iterator[str]:
        source = self.sources.get(join(folder, WORKSPACE))
        if source:
            try:
                yield from workspace(source).packages
            except UnreadableError:
                return
        elif said := self._manifest(folder):
            yield from said.workspaces

    @cached_property
    def _known_locks(self) -> dict[str, tuple[LockFile, ...]]:
        return {}

    def _locks_at(self, folder: str) -> tuple[LockFile, ...]:
        if folder not in self._known_locks:
            self._known_locks[folder] = tuple(self._locks(folder, self._members(folder)))
        return self._known_locks[folder]

    def _locks(self, folder: str, members: tuple[str, ...]) -> Iterator[LockFile]:
        top = f"{folder}/" if folder else ""
        asked = {one.removeprefix(top) if one != folder else "": self._manifest(one) for one in members}
        manifests = {name: said for name, said in asked.items() if said is not None}
        for name, manager in LOCKS.items():
            path = join(folder, name)
            source = self.sources.get(path)
            if found := lock(source) if source else None:
                assert source is not None
                peerless = manager == "npm" and lacks_peers(source)
                yield LockFile(path, manager, found.version, found.berry, agrees(source, manifests), peerless)
            elif path in self.occupied:
                yield LockFile(path, manager)


def _matches(patterns: tuple[str, ...], folder: str) -> bool:
    """Whether the last pattern that speaks of a folder takes it in."""
    taken = False
    for pattern in patterns:
        plain = pattern.removeprefix("!").removeprefix("./").rstrip("/")
        if re.fullmatch(_expression(plain), folder):
            taken = not pattern.startswith("!")
    return taken


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*\*/?|\*|\?|\{[^}]*\})", pattern)
    return "".join(_piece(part) for part in parts)


def _piece(part: str) -> str:
    if part.startswith("**"):
        return r"(?:.*/)?" if part.endswith("/") else ".*"
    if part.startswith("{") and part.endswith("}"):
        return f"(?:{'|'.join(map(re.escape, part[1:-1].split(',')))})"
    return {"*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
