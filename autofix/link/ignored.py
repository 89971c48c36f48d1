"""Would git leave a path out?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autofix.link.names import parent
from autofix.text import Source

if TYPE_CHECKING:
    from autofix.surfaces.package.ignores import GitIgnore


@dataclass(frozen=True)
class Ignored:
    """What the `.gitignore` files of a repository say of its paths; each is read when a path below it is asked for."""

    sources: Mapping[str, Source]
    _read: dict[str, GitIgnore] = field(default_factory=dict)

    def __call__(self, path: str) -> bool:
        """Whether one of them leaves a path out."""
        folder = parent(path)
        while True:
            name = f"{folder}/.gitignore".lstrip("/")
            if name in self.sources and self._file(name).excludes(path):
                return True
            if not folder:
                return False
            folder = parent(folder)

    def _file(self, name: str) -> GitIgnore:
        if name not in self._read:
            from autofix.surfaces.package.ignores import git_ignore

            self._read[name] = git_ignore(self.sources[name])
        return self._read[name]
