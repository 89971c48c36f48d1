"""Which files does the repository consist of, and which of them may be read?

The only module that reads a repository. Names decide first, because reading is what costs; a file that looks like one
of ours and is not taken says why.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from autofix.surfaces import FACTS_LIMIT, LOCKED, interesting, named_text, surface_by_name, told_in_json
from autofix.text import Source

SIZE_LIMIT = 1 << 20
LOCK_LIMIT = 1 << 23  # what a lock says is a fact, and none is ever edited
UNLISTED = frozenset({".git", "node_modules", ".venv", "__pycache__", ".tox", ".mypy_cache"})
STAGED = re.compile(r"[0-7]{6} [0-9a-f]+ [0-3]\t")  # what git says of a tracked file before its name


@dataclass(frozen=True)
class Skipped:
    """A file that could have been edited and is not: `reason` is a short phrase."""

    path: str
    reason: str


@dataclass(frozen=True)
class Survey:
    """What a repository holds: texts by path, the files left out, every path that exists, and what git keeps of it.

    Without git every file counts as kept: what is not ignored will be.
    """

    root: Path
    sources: dict[str, Source]
    skipped: tuple[Skipped, ...]
    occupied: frozenset[str]
    tracked: frozenset[str] = frozenset()


def root_of(path: Path) -> Path:
    """The git top level that holds `path`, else the directory it names or lies in."""
    start = path.resolve()
    start = start if start.is_dir() else start.parent
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    return start


def survey(root: Path, exclude: Sequence[str] = ()) -> Survey:
    """Read what a rule may need to know. `exclude` holds gitignore patterns."""
    listed = _git_files(root) if (root / ".git").exists() else None
    found = dict.fromkeys(_walk(root), True) if listed is None else listed
    names = sorted(found)
    excluded = _matcher(exclude)
    sources: dict[str, Source] = {}
    skipped: list[Skipped] = []
    for name in names:
        if excluded(name) or not interesting(name):
            continue
        read = _read(root, name)
        if isinstance(read, Source):
            sources[name] = read
        elif read and surface_by_name(name):
            skipped.append(read)
    tracked = frozenset(name for name, kept in found.items() if kept)
    return Survey(root, sources, tuple(skipped), frozenset(names), tracked)


def _read(root: Path, name: str) -> Source | Skipped | None:
    """The file's text, why it is left out, or None when there is nothing to read."""
    path = root / name
    try:
        status = path.lstat()
        limit = LOCK_LIMIT if path.name in LOCKED else FACTS_LIMIT if told_in_json(name) else SIZE_LIMIT
        if stat.S_ISLNK(status.st_mode) or status.st_size > limit:
            return Skipped(name, "symlink" if stat.S_ISLNK(status.st_mode) else "over 1 MiB")
        if not stat.S_ISREG(status.st_mode):
            return None
        data = _content(path, whole=bool(PurePosixPath(name).suffix or named_text(name)))
        return Source(name, data.decode("utf-8"), mode=stat.S_IMODE(status.st_mode)) if data is not None else None
    except FileNotFoundError:
        return None  # listed by git, deleted in the work tree
    except UnicodeDecodeError:
        return Skipped(name, "not UTF-8")
    except OSError as error:
        return Skipped(name, f"unreadable ({error.strerror})")


def _content(path: Path, *, whole: bool) -> bytes | None:
    """The bytes of a file; of one whose name says nothing only if it is a script."""
    with path.open("rb") as file:
        head = b"" if whole else file.read(5)
        if not whole and b"#!" not in head:
            return None
        return head + file.read()


def _git_files(root: Path) -> dict[str, bool] | None:
    """Every file that git does not ignore, and whether it is tracked; submodules and nested repositories are not entered.

    None where there is no git, or where it distrusts the folder's owner.
    """
    command = ["git", "-c", "core.fsmonitor=false", "-C", os.fspath(root), "ls-files", "-z"]
    command += ["--stage", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found: dict[str, bool] = {}
    for line in map(os.fsdecode, listed.split(b"\0")):
        staged = STAGED.match(line)
        name = line[staged.end() :] if staged else line
        if name and not name.endswith("/"):
            found[name] = bool(staged)
    return found


def _walk(root: Path) -> Iterator[str]:
    """Every file below a folder that git does not know, what `.gitignore` files name left out."""
    folders: list[tuple[str, tuple[tuple[str, _Matcher], ...]]] = [("", ())]
    while folders:
        folder, ignores = folders.pop()
        ignore_file = root / folder / ".gitignore"
        if ignore_file.is_file():
            lines = ignore_file.read_text("utf-8", "replace").split("\n")
            ignores = (*ignores, (folder, _matcher(lines)))
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            name = f"{folder}{entry.name}"
            is_folder = entry.is_dir(follow_symlinks=False)
            if any(ignored(name[len(base) :] + "/" * is_folder) for base, ignored in ignores):
                continue
            if not is_folder:
                yield name
            elif entry.name not in UNLISTED and not (root / name / ".git").exists():
                folders.append((f"{name}/", ignores))


class _Matcher:
    """Whether a path matches gitignore patterns; pathspec is imported only when there are any."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._spec = None
        if any(line.strip() and not line.startswith("#") for line in patterns):
            from pathspec import GitIgnoreSpec

            self._spec = GitIgnoreSpec.from_lines(patterns)

    def __call__(self, path: str) -> bool:
        return self._spec is not None and self._spec.match_file(path)


def _matcher(patterns: Sequence[str]) -> _Matcher:
    return _Matcher(patterns)
