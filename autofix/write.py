"""How does a change reach the disk, whole or not at all?

The only module that writes to a repository. Every file is prepared beside its target, every target is looked at
once more, and only then are names exchanged; whatever goes wrong until the last one, the tree is put back.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autofix.text import Source


@dataclass(frozen=True)
class Change:
    """A file that is to be `after` where it was `before`; None for a file that is not there yet."""

    before: Source | None
    after: Source

    @property
    def path(self) -> str:
        """The file, relative to the root."""
        return self.after.path


class WriteError(Exception):
    """Nothing was written, and `reason` says why; if something is left to put right, it names that instead."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def write(root: Path, changes: Sequence[Change]) -> None:
    """Make all changes under `root`, or none.

    Raises WriteError when a file is not what it was when it was read, is not a plain file inside the root, or cannot
    be written. Any exception leaves the tree as it was, but for an interrupt that comes when all is done already.
    """
    attempt = _Attempt(_targets(root, [change for change in changes if change.before != change.after]))
    for target in attempt.targets:
        _look(root, target)
    try:
        try:
            _try(root, attempt)
        finally:
            _settle(attempt)
    finally:
        # Again, because an interrupt may come before the first has begun. Settling what is settled does nothing.
        _settle(attempt)
        if attempt.failures:
            (path, reason), *others = attempt.failures.items()
            raise WriteError(path, "; ".join([reason, *map(": ".join, others)]))


@dataclass(frozen=True)
class _Target:
    """Where a change goes: `file`, its content `new` to be, and a copy `old` of what it was."""

    change: Change
    file: Path
    new: Path
    old: Path


@dataclass
class _Attempt:
    """How far a write has come: folders made, targets whose exchange was begun, what cannot be put right."""

    targets: list[_Target]
    made: list[Path] = field(default_factory=list)
    begun: list[_Target] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    done: bool = False


def _targets(root: Path, changes: Sequence[Change]) -> list[_Target]:
    """Where the changes go, by path. Raises WriteError for a path that is no path inside the root."""
    targets: dict[str, _Target] = {}
    for change in sorted(changes, key=lambda change: change.path):
        path = change.path
        parts = PurePosixPath(path).parts
        if not parts or "/".join(parts) != path or path.startswith("/") or ".." in parts or "\0" in path:
            raise WriteError(path, "is not a path inside the root")
        if any(part.lower() == ".git" for part in parts):
            raise WriteError(path, "belongs to git")
        if change.before is not None and change.before.path != path:
            raise WriteError(path, f"was {change.before.path} before")
        if path in targets:
            raise WriteError(path, "is changed twice")
        file = root.joinpath(*parts)
        stem = f".autofix-{secrets.token_hex(8)}"
        targets[path] = _Target(change, file, file.with_name(f"{stem}.new"), file.with_name(f"{stem}.old"))
    return list(targets.values())


def _try(root: Path, attempt: _Attempt) -> None:
    """Write everything, in the order in which it can be taken back."""
    for target in attempt.targets:
        _prepare(root, target, attempt.made)
    for target in attempt.targets:
        _look(root, target)
    for target in attempt.targets:
        attempt.begun.append(target)
        _exchange(target)
    _sync_folders(attempt.targets, attempt.made)
    attempt.done = True


@contextmanager
def _naming(target: _Target) -> Iterator[None]:
    """Says of which file the system complained."""
    try:
        yield
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}"
        raise WriteError(
            target.change.path, "exists already" if isinstance(error, FileExistsError) else reason
        ) from error


def _look(root: Path, target: _Target) -> None:
    """Raises WriteError unless the target is, byte for byte, what the change starts from."""
    path, before = target.change.path, target.change.before
    with _naming(target):
        for folder in reversed(target.file.relative_to(root).parents[:-1]):
            if not _is_folder(root / folder, path):
                break
        found = _status(target.file)
        if before is None:
            if found is not None:
                raise WriteError(path, "exists already")
            return
        if found is None:
            raise WriteError(path, "is gone since it was read")
        if not stat.S_ISREG(found.st_mode):
            raise WriteError(path, "is not a plain file")
        if target.file.read_bytes() != before.data or (found.st_mode ^ before.mode) & 0o777:
            raise WriteError(path, "has changed since it was read")


def _is_folder(folder: Path, path: str) -> bool:
    """Whether the folder is there. Raises WriteError for a link, which may lead anywhere, and for a file."""
    found = _status(folder)
    if found is not None and not stat.S_ISDIR(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no folder"
        raise WriteError(path, f"lies under {folder.name}, which is {kind}")
    return found is not None


def _status(path: Path) -> os.stat_result | None:
    """What stands at the path itself, or None."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _prepare(root: Path, target: _Target, made: list[Path]) -> None:
    """Write the new content, and a copy of the old, beside the target; `made` receives the folders it took."""
    before, after = target.change.before, target.change.after
    with _naming(target):
        for folder in reversed(target.file.relative_to(root).parents[:-1]):
            _make_folder(root / folder, made)
        if before is None:
            # The caller's umask has a say in the permissions of a file that is new.
            _put(target.new, after.data, after.mode, None)
            return
        found = target.file.lstat()
        _put(target.new, after.data, after.mode, found)
        _put(target.old, before.data, before.mode, found)


def _make_folder(folder: Path, made: list[Path]) -> None:
    made.append(folder)
    try:
        folder.mkdir()
    except FileExistsError:
        made.pop()


def _put(file: Path, data: bytes, mode: int, like: os.stat_result | None) -> None:
    """Write a file that must not be there, down to the disk, with the owner and the special bits of `like`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(file, flags, mode), "wb") as stream:
        stream.write(data)
        stream.flush()
        if like is not None:
            _make_like(stream.fileno(), mode, like)
        os.fsync(stream.fileno())


def _make_like(descriptor: int, mode: int, like: os.stat_result) -> None:
    if os.name == "nt":
        return
    own = os.fstat(descriptor)
    if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
        # Run as root, the file stays its owner's; run as anyone else, it can only become ours.
        with suppress(PermissionError):
            os.fchown(descriptor, like.st_uid, like.st_gid)
    os.fchmod(descriptor, mode & 0o777 | stat.S_IMODE(like.st_mode) & ~0o777)


def _exchange(target: _Target) -> None:
    """Give the new content its name."""
    with _naming(target):
        if target.change.before is not None:
            target.new.replace(target.file)
            return
        try:
            # Unlike a rename, a link never takes the place of a file; nor does a claim.
            os.link(target.new, target.file)
        except OSError:
            _claim(target)


def _claim(target: _Target) -> None:
    """Take the name where the file system has no links."""
    descriptor = os.open(target.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        os.close(descriptor)
        target.new.replace(target.file)
    except BaseException:
        target.file.unlink()
        raise


def _sync_folders(targets: Sequence[_Target], made: Sequence[Path]) -> None:
    """Bring the names down to the disk."""
    folders = {folder.parent: targets[0] for folder in made} | {target.file.parent: target for target in targets}
    for folder, target in folders.items():
        with _naming(target):
            _sync(folder)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some file systems cannot do this for folders, and say so.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _settle(attempt: _Attempt) -> None:
    """Put everything back unless all is done, and leave nothing of ours behind; impatience does not stop it."""
    while True:
        try:
            if not attempt.done:
                _restore(attempt.begun, attempt.failures)
            _tidy(attempt)
        except KeyboardInterrupt:
            continue
        return


def _restore(begun: list[_Target], failures: dict[str, str]) -> None:
    """Put back what was begun, the last first; `begun` and `failures` say how far that went."""
    while begun:
        target = begun[-1]
        try:
            _restore_one(target)
        except OSError as error:
            reason = error.strerror or str(error)
            kept = "" if target.change.before is None else f"; what it was is kept as {target.old.name}"
            failures[target.change.path] = f"is written and could not be taken back: {reason}{kept}"
        begun.pop()


def _restore_one(target: _Target) -> None:
    """Put one target back, if its name was exchanged at all: the disk knows better than we whether it was."""
    if target.change.before is not None:
        if not os.path.lexists(target.new) and os.path.lexists(target.old):
            target.old.replace(target.file)
        return
    new, file = _status(target.new), _status(target.file)
    if file is not None and (new is None or os.path.samestat(new, file)):
        target.file.unlink()


def _tidy(attempt: _Attempt) -> None:
    """Remove what nobody needs any more; a copy that could not be put back stays."""
    failures = attempt.failures
    for target in attempt.targets:
        for leftover in () if target.change.path in failures else (target.new, target.old):
            try:
                leftover.unlink(missing_ok=True)
            except OSError as error:
                failures[target.change.path] = f"{leftover.name} could not be removed: {error.strerror or error}"
    while attempt.made and not attempt.done:
        with suppress(OSError):
            attempt.made[-1].rmdir()
        attempt.made.pop()
