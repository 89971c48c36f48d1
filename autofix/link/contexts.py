"""Which files of the repository reach a build?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import join

from autofix.project import Context
from autofix.surfaces.package.ignores import docker_ignore
from autofix.text import Source

IGNORE = ".dockerignore"


@dataclass(frozen=True)
class Contexts(Mapping[tuple[str, str], Context]):
    """The contexts of builds by Dockerfile and folder, each looked at when somebody asks for the first time."""

    sources: Mapping[str, Source]
    occupied: Collection[str]
    _known: dict[tuple[str, str], Context] = field(default_factory=dict)

    def __getitem__(self, key: tuple[str, str]) -> Context:
        if key not in self._known:
            self._known[key] = self._of(*key)
        return self._known[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _of(self, dockerfile: str, folder: str) -> Context:
        """The file beside the Dockerfile that has its name counts before the one at the top of the context."""
        top = f"{folder}/" if folder else ""
        inside = [path.removeprefix(top) for path in self.occupied if path.startswith(top)]
        ignore = next((path for path in (f"{dockerfile}{IGNORE}", join(folder, IGNORE)) if path in self.occupied), None)
        source = self.sources.get(ignore or "")
        rules = docker_ignore(source) if source else None
        files = frozenset(path for path in inside if rules is None or not rules.excludes(path))
        hides = rules.excludes if rules else lambda _: False
        return Context(folder, ignore, files, frozenset(inside) - files, hides)
