"""Does a write land whole or not at all, and never outside the root?"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from autofix import write as module
from autofix.text import Source
from autofix.write import Change, WriteError, write

Tree = dict[str, tuple[int, bytes | str | None]]
Before = list[Change]


def tree(root: Path) -> Tree:
    """Everything below the root: the full mode, and the bytes, the link's aim, or nothing for a folder."""
    found: Tree = {}
    for path in root.rglob("*"):
        status = path.lstat()
        content: bytes | str | None = None
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(path)
        elif stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
        found[path.relative_to(root).as_posix()] = (status.st_mode, content)
    return found


def put(root: Path, path: str, text: str, mode: int = 0o644) -> Source:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    source = Source(path, text, mode=mode)
    file.write_bytes(source.data)
    file.chmod(mode)
    return source


def to(before: Source, text: str, mode: int | None = None) -> Change:
    return Change(before, Source(before.path, text, mode=before.mode if mode is None else mode))


def new(path: str, text: str, mode: int = 0o644) -> Change:
    return Change(None, Source(path, text, mode=mode))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def many(root: Path) -> list[Change]:
    """Three files that change, one of them only its mode, and four new ones, two in folders that are not there."""
    put(root, "untouched", "as it was\n", 0o604)
    return [
        to(put(root, "Dockerfile", "FROM a\n", 0o640), "FROM b\n"),
        to(put(root, "docs/café menu.yml", "\ufeffa: 1\r\nb: 2"), "\ufeffa: 1\r\nb: 3"),
        to(put(root, "run.sh", "#!/bin/sh\n", 0o644), "#!/bin/sh\n", 0o755),
        new(".dockerignore", ".git\n"),
        new("docs/new", ""),
        new("scripts/deep/er/health check.sh", "#!/bin/sh\n", 0o755),
        new("scripts/deep/note", "x"),
    ]


def test_a_write_lands_whole(root: Path, many: list[Change]) -> None:
    before = tree(root)
    write(root, many)
    regular = stat.S_IFREG
    folder = (root / "docs").stat().st_mode
    assert tree(root) == before | {
        "Dockerfile": (regular | 0o640, b"FROM b\n"),
        "docs/café menu.yml": (regular | 0o644, "\ufeffa: 1\r\nb: 3".encode()),
        "run.sh": (regular | 0o755, b"#!/bin/sh\n"),
        ".dockerignore": (regular | 0o644, b".git\n"),
        "docs/new": (regular | 0o644, b""),
        "scripts": (folder, None),
        "scripts/deep": (folder, None),
        "scripts/deep/er": (folder, None),
        "scripts/deep/er/health check.sh": (regular | 0o755, b"#!/bin/sh\n"),
        "scripts/deep/note": (regular | 0o644, b"x"),
    }


CALLS = ("open", "mkdir", "fsync", "fstat", "fchmod", "replace", "rename", "link", "close", "lstat")


class Fault:
    """Lets calls into `os` fail: every one whose number is in `numbers`, counted over all the functions broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], error: BaseException) -> None:
        self.calls = 0
        self.numbers: frozenset[int] = frozenset()
        self.error = error
        self.late = False
        for name in names:
            monkeypatch.setattr(os, name, self.breaking(getattr(os, name)))

    def breaking(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            failing = self.calls in self.numbers
            if failing and not self.late:
                raise self.error
            result = real(*args, **kwargs)
            if failing:
                raise self.error
            return result

        return call


def count_calls(root: Path, changes: list[Change], names: tuple[str, ...]) -> int:
    """How many calls a write that succeeds makes; the tree is put back afterwards by hand."""
    with pytest.MonkeyPatch.context() as patch:
        fault = Fault(patch, names, OSError())
        write(root, changes)
        return fault.calls


def undo(root: Path, changes: list[Change]) -> None:
    for change in changes:
        file = root / change.path
        if change.before is None:
            file.unlink()
        else:
            file.write_bytes(change.before.data)
            file.chmod(change.before.mode)
    for folder in ("scripts/deep/er", "scripts/deep", "scripts"):
        (root / folder).rmdir()


def failing_at_every_call(root: Path, changes: list[Change], names: tuple[str, ...], error: BaseException) -> int:
    """Break each call in turn; whatever the write answers, the tree is the old one or the new one. Counts failures."""
    before = tree(root)
    total = count_calls(root, changes, names)
    after = tree(root)
    undo(root, changes)
    assert tree(root) == before
    failures = 0
    for number in range(1, total + 1):
        with pytest.MonkeyPatch.context() as patch:
            fault = Fault(patch, names, error)
            fault.numbers = frozenset({number})
            try:
                write(root, changes)
            except (WriteError, KeyboardInterrupt):
                failures += 1
                failed = True
            else:
                failed = False
        assert tree(root) == (before if failed else after), f"call {number} of {total} of {names}"
        if not failed:
            undo(root, changes)
    return failures


@pytest.mark.parametrize("name", ["open", "mkdir", "fsync", "fchmod", "replace"])
def test_any_failing_call_leaves_the_tree_as_it_was(root: Path, many: list[Change], name: str) -> None:
    total = count_calls(root, many, (name,))
    undo(root, many)
    assert failing_at_every_call(root, many, (name,), OSError(errno.EIO, "broken")) == total > 0


def test_where_there_are_no_links_the_name_is_taken_another_way(root: Path, many: list[Change]) -> None:
    """A link that fails is no failure yet: each time the write goes on without it."""
    assert failing_at_every_call(root, many, ("link",), OSError(errno.EPERM, "no links here")) == 0


def test_without_links_any_failing_call_leaves_the_tree_as_it_was(
    root: Path, many: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTSUP, "no links here")

    monkeypatch.setattr(os, "link", unable)
    for name in ("open", "replace"):
        assert failing_at_every_call(root, many, (name,), OSError(errno.EIO, "broken")) >= len(many)


def interrupted_at_line(number: int) -> Callable[[FrameType, str, object], Any]:
    """A tracer that interrupts the `number`-th line run in the module, once."""
    left = number

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if frame.f_code.co_filename != module.__file__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    return trace


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_at_any_line_leaves_one_tree_or_the_other(root: Path, many: list[Change]) -> None:
    before = tree(root)
    write(root, many)
    after = tree(root)
    undo(root, many)
    number = interrupted = 0
    bad = []
    while interrupted == number:
        number += 1
        tracing = sys.gettrace()
        sys.settrace(interrupted_at_line(number))
        try:
            write(root, many)
        except KeyboardInterrupt as e:
            interrupted += 1
            if tree(root)!=before:
                bad.append((number, e.__traceback__.tb_next.tb_lineno, [ (f.lineno) for f in __import__("traceback").extract_tb(e.__traceback__)]))
                return print(bad)
        finally:
            sys.settrace(tracing)
        if interrupted == number: continue
    print(number)
