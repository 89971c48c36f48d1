"""Which file of the repository stands at a path of an image?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from posixpath import basename, join, normpath

from autofix.project import Build
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.folders import entered, work_folder

DEEPEST = 5


@dataclass(frozen=True)
class Files:
    """The files of one build: `occupied` are all paths of the repository."""

    file: Dockerfile
    build: Build
    occupied: Collection[str]

    def at(self, path: str) -> str | None:
        """The repository's file that the deployed stage has at a path (absolute, or seen from its work folder)."""
        stage = self.file.stages[self.build.stage]
        return self.in_stage(stage, normpath(join(work_folder(self.file.lineage(stage)) or "/", path)))

    def in_stage(self, stage: Stage, path: str) -> str | None:
        """The repository's file that a stage has at an absolute path."""
        return self._at(stage, path, 0)

    def brought(self, stage: Stage, name: str) -> Iterator[tuple[str, Instruction]]:
        """The absolute paths at which a stage has a file of the repository, each with its own COPY that brings it."""
        for copy, folder in copies(self.file, stage):
            for path in self._landing(copy, folder, name, 0):
                yield path, copy

    def _landing(self, copy: Instruction, folder: str, name: str, depth: int) -> Iterator[str]:
        """Where a COPY puts a file of the repository."""
        if depth > DEEPEST:
            return
        source_stage = copy.flag("from")
        if source_stage is None:
            top = f"{self.build.context}/" if self.build.context else ""
            if name.startswith(top):
                yield from landing(copy, folder, "/" + name.removeprefix(top))
            return
        stage = self.file.stage(source_stage.value or "")
        earlier = [one for level in self.file.lineage(stage) for one in copies(self.file, level)] if stage else []
        for inner, below in earlier:
            for path in self._landing(inner, below, name, depth + 1):
                yield from landing(copy, folder, path)

    def _at(self, stage: Stage, path: str, depth: int) -> str | None:
        if depth > DEEPEST:
            return None
        for one in self.file.lineage(stage):
            for copy, folder in reversed(list(copies(self.file, one))):
                if found := self._through(copy, folder, path, depth):
                    return found
        return None

    def _through(self, copy: Instruction, folder: str, path: str, depth: int) -> str | None:
        """Where a COPY has the file from, None when it does not bring it."""
        source_stage = copy.flag("from")
        for inner in inside(copy, folder, path):
            if source_stage is None:
                name = normpath(join(self.build.context, inner.lstrip("/")))
                if name in self.occupied:
                    return name
                continue
            stage = self.file.stage(source_stage.value or "") if inner.startswith("/") else None
            if stage and (found := self._at(stage, inner, depth + 1)):
                return found
        return None


def copies(file: Dockerfile, stage: Stage) -> Iterator[tuple[Instruction, str]]:
    """The COPY and ADD of a stage, each with the work folder at that place."""
    path = work_folder(file.lineage(stage)[1:])
    for one in stage.instructions:
        if one.keyword == "WORKDIR":
            path = entered(path, one)
        elif one.keyword in {"COPY", "ADD"} and len(one.words) > 1:
            yield one, path or "/"


def inside(copy: Instruction, folder: str, path: str) -> Iterator[str]:
    """The paths in the source of a COPY that may land at a path of the image."""
    *sources, target = (word.value for word in copy.words)
    into = normpath(join(folder, target))
    is_folder = target.endswith("/") or len(sources) > 1 or target in {".", "./"}
    for source in sources:
        whole = source.rstrip("/")
        if re.search(r"[*?\[]", source):
            if path.startswith(f"{into}/") or into == "/":
                rest = path.removeprefix(into).lstrip("/")
                if fnmatch(rest.partition("/")[0], basename(whole)):
                    yield join(whole.rpartition("/")[0], rest)
        else:
            if path == into and not is_folder:
                yield whole
            if path == normpath(join(into, basename(whole))):
                yield whole
            if path.startswith(f"{into.rstrip('/')}/"):
                yield join(whole, path.removeprefix(into).lstrip("/"))


def landing(copy: Instruction, folder: str, path: str) -> Iterator[str]:
    """Where a COPY puts what its source has at an absolute path."""
    *sources, target = (word.value for word in copy.words)
    into = normpath(join(folder, target))
    is_folder = target.endswith("/") or len(sources) > 1 or target in {".", "./"}
    for source in sources:
        whole = normpath(join("/", source))
        if re.search(r"[*?\[]", source):
            first = path.removeprefix(f"{whole.rpartition('/')[0]}/").partition("/")
            if path.startswith(f"{whole.rpartition('/')[0]}/") and fnmatch(first[0], basename(whole)):
                yield join(into, first[2] or first[0])
        elif path == whole:
            yield join(into, basename(path)) if is_folder else into
        elif path.startswith(f"{whole.rstrip('/')}/"):
            yield normpath(join(into, path.removeprefix(whole).lstrip("/")))
