"""Does a write land whole or not at all, and never outside the root?"""

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
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
            content = str(path.readlink())
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
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of small files are what a disk is slowest at."""
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder).resolve()


@pytest.fixture(autouse=True)
def no_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test survives a power cut anyway. The folder comes first, so that it goes last."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


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
            if not failing:
                return real(*args, **kwargs)
            if self.late:
                with suppress(OSError):
                    real(*args, **kwargs)
            raise self.error

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


def write_interrupted(root: Path, changes: list[Change], number: int) -> bool:
    """Whether the interrupt came through. In a thread, because a tracer that raises leaves its own in disorder."""
    interrupted = False

    def run() -> None:
        nonlocal interrupted
        sys.settrace(interrupted_at_line(number))
        try:
            write(root, changes)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return interrupted


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_at_any_line_leaves_one_tree_or_the_other(root: Path, many: list[Change]) -> None:
    """All but the last few lines take everything back; none of them leaves anything between."""
    several = [many[0], many[5]]
    before = tree(root)
    write(root, several)
    after = tree(root)
    undo(root, several)
    answers: list[str] = []
    while "written" not in answers:
        interrupted = write_interrupted(root, several, len(answers) + 1)
        answers.append("written" if not interrupted else "taken back" if tree(root) == before else "too late")
        assert tree(root) == (before if answers[-1] == "taken back" else after), f"line {len(answers)}"
        if answers[-1] == "too late":
            undo(root, several)
    assert answers.count("taken back") > 200
    assert answers.index("too late") == answers.count("taken back")


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("times", [1, 3])
def test_an_interrupt_in_any_call_leaves_one_tree_or_the_other(
    root: Path, many: list[Change], times: int, *, late: bool
) -> None:
    """However impatient: the next calls, those that put things back, are interrupted as well."""
    names = ("open", "mkdir", "fsync", "fchmod", "replace", "link", "unlink", "rmdir", "close")
    several = [many[0], many[4], many[5]]
    before = tree(root)
    total = count_calls(root, several, names)
    after = tree(root)
    undo(root, several)
    for number in range(1, total + 1):
        with pytest.MonkeyPatch.context() as patch:
            fault = Fault(patch, names, KeyboardInterrupt())
            fault.numbers = frozenset(range(number, number + times))
            fault.late = late
            with suppress(KeyboardInterrupt):
                write(root, several)
        assert tree(root) in (before, after), f"call {number}"
        if tree(root) == after:
            assert number > total - 4 * len(several), "only while tidying up is it too late"
            undo(root, several)


def test_what_cannot_be_put_back_is_kept_and_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = put(root, "a", "1\n"), put(root, "b", "2\n")
    fault = Fault(monkeypatch, ("replace",), OSError(errno.EIO, "broken"))
    fault.numbers = frozenset({2, 3})
    with pytest.raises(WriteError, match=r"a: is written and could not be taken back: broken; .* kept as") as caught:
        write(root, [to(first, "one\n"), to(second, "two\n"), new("c", "")])
    kept = root / caught.value.reason.rpartition(" ")[2]
    assert tree(root).keys() == {"a", "b", kept.name}
    assert ((root / "a").read_bytes(), (root / "b").read_bytes(), kept.read_bytes()) == (b"one\n", b"2\n", b"1\n")


def test_a_copy_that_cannot_be_removed_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = put(root, "a", "1\n")
    fault = Fault(monkeypatch, ("unlink",), OSError(errno.EIO, "broken"))
    fault.numbers = frozenset({2, 4})
    with pytest.raises(WriteError, match=r"a: \.autofix-\w+\.old could not be removed: broken"):
        write(root, [to(before, "2\n")])
    assert (root / "a").read_bytes() == b"2\n"


def to_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def to_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def to_link(file: Path) -> None:
    file.symlink_to(file.rename(file.with_name("real")))


CHANGED: dict[str, Callable[[Path], object]] = {
    "bytes": lambda file: file.write_bytes(b"FROM c\n"),
    "ending": lambda file: file.write_bytes(b"FROM a\r\n"),
    "mode": lambda file: file.chmod(0o755),
    "gone": Path.unlink,
    "folder": to_folder,
    "pipe": to_pipe,
    "link": to_link,
}


def after_preparing(monkeypatch: pytest.MonkeyPatch, root: Path, count: int, meddle: Callable[[], object]) -> Tree:
    """Meddle when `count` files are prepared; what the tree is then, our own preparations left out."""
    calls, found = 0, Tree()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal calls
        real(descriptor)
        calls += 1
        if calls == count:
            meddle()
            ours = (".autofix-", "scripts")
            found.update({path: entry for path, entry in tree(root).items() if not any(map(path.count, ours))})

    monkeypatch.setattr(os, "fsync", fsync)
    return found


@pytest.mark.parametrize("what", CHANGED)
@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_file_that_is_not_what_it_was_stops_everything(
    root: Path, many: list[Change], monkeypatch: pytest.MonkeyPatch, what: str, *, meanwhile: bool
) -> None:
    def meddle() -> None:
        CHANGED[what](root / "Dockerfile")

    if meanwhile:
        expected = after_preparing(monkeypatch, root, 10, meddle)
    else:
        meddle()
        expected = tree(root)
    with pytest.raises(WriteError, match=r"Dockerfile: (has changed|is gone|is not a plain file)"):
        write(root, many)
    assert tree(root) == expected != {}


@pytest.mark.parametrize("meanwhile", [False, True])
@pytest.mark.parametrize("path", [".dockerignore", "docs/new", "scripts/deep/note"])
def test_a_new_file_takes_nobodys_place(
    root: Path, many: list[Change], monkeypatch: pytest.MonkeyPatch, path: str, *, meanwhile: bool
) -> None:
    if meanwhile:
        expected = after_preparing(monkeypatch, root, 10, lambda: put(root, path, "theirs"))
    else:
        put(root, path, "theirs")
        expected = tree(root)
    with pytest.raises(WriteError, match=rf"{path}: exists already"):
        write(root, many)
    assert (root / path).read_text() == "theirs"
    found = tree(root)
    assert found == expected or (
        meanwhile and path.startswith("scripts") and found.keys() - expected == {"scripts", "scripts/deep", path}
    )


@pytest.mark.parametrize("links", [False, True])
def test_a_new_file_that_appears_at_the_last_moment_stays(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    """Between the last look and the exchange only the exchange itself can notice."""
    before = put(root, "a", "1\n")
    real = os.link

    def link(source: Path, target: Path) -> None:
        target.write_bytes(b"theirs")
        if not links:
            raise OSError(errno.ENOTSUP, "no links here")
        real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(WriteError, match=r"b: exists already"):
        write(root, [to(before, "2\n"), new("b", "ours")])
    assert {path: content for path, (_, content) in tree(root).items()} == {"a": b"1\n", "b": b"theirs"}


def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside, "file", "theirs\n")
    put(root, "inside/file", "ours\n")
    (root / "away").symlink_to(outside)
    (root / "near").symlink_to("inside")
    (root / "file").symlink_to(outside / "file")
    (root / "dangling").symlink_to(outside / "nothing")
    before, theirs = tree(root), tree(outside)
    for path, reason in {
        "away/file": "lies under away, which is a symbolic link",
        "near/file": "lies under near, which is a symbolic link",
        "inside/file/deeper": "lies under file, which is no folder",
        "file": "is not a plain file",
    }.items():
        with pytest.raises(WriteError, match=rf"^{path}: {reason}$"):
            write(root, [Change(Source(path, "theirs\n"), Source(path, "changed\n"))])
    for path, reason in {
        "away/new": "lies under away",
        "away/new/newer": "lies under away",
        "near/new": "lies under near",
        "dangling": "exists already",
        "dangling/new": "lies under dangling",
    }.items():
        with pytest.raises(WriteError, match=rf"^{path}: {reason}"):
            write(root, [new(path, "x")])
    assert (tree(root), tree(outside)) == (before, theirs)


def test_a_folder_that_becomes_a_link_is_noticed(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    before = put(root, "docs/a", "1\n")

    def meddle() -> None:
        (root / "docs").rename(root / "docs.old")
        (root / "docs").symlink_to(outside)

    after_preparing(monkeypatch, root, 2, meddle)
    with pytest.raises(WriteError, match="lies under docs, which is a symbolic link"):
        write(root, [to(before, "2\n")])
    assert not list(outside.iterdir())
    assert (root / "docs.old/a").read_bytes() == b"1\n"


@pytest.mark.parametrize(
    "path",
    ["", ".", "..", "/etc/passwd", "../x", "a/../x", "a/..", "./x", "a//x", "a/./x", "a/", "//x", "a\0b",
     ".git/hooks/pre-commit", "sub/.GIT/config"],
)  # fmt: skip
def test_paths_that_are_none_are_refused(root: Path, path: str) -> None:
    (root / "a").mkdir()
    before = tree(root)
    with pytest.raises(WriteError):
        write(root, [new("fine", "x"), new(path, "x")])
    assert tree(root) == before


def test_a_path_is_changed_once_and_keeps_its_name(root: Path) -> None:
    source = put(root, "a", "1")
    with pytest.raises(WriteError, match="a: is changed twice"):
        write(root, [to(source, "2"), to(source, "3")])
    with pytest.raises(WriteError, match="b: was a before"):
        write(root, [Change(source, Source("b", "2"))])
    assert list(tree(root)) == ["a"]


def test_what_does_not_change_is_not_touched(root: Path) -> None:
    source = put(root, "a", "1")
    status = (root / "a").stat()
    write(root, [Change(source, source), Change(Source("not there", ""), Source("not there", ""))])
    assert (root / "a").stat() == status
    write(root, [])


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o755, 0o700, 0o444, 0o4755, 0o2755])
def test_permissions_stay(root: Path, mode: int) -> None:
    source = put(root, "a", "1", mode)
    write(root, [Change(Source("a", "1", mode=mode & 0o777), Source("a", "2", mode=mode & 0o777))])
    assert stat.S_IMODE((root / "a").stat().st_mode) == mode
    assert source.mode == mode


def test_the_umask_has_a_say_in_a_new_file(root: Path) -> None:
    umask = os.umask(0o027)
    try:
        write(root, [new("a", ""), new("b", "", 0o755)])
    finally:
        os.umask(umask)
    assert [stat.S_IMODE((root / name).stat().st_mode) for name in "ab"] == [0o640, 0o750]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give files away")
def test_the_owner_stays(root: Path) -> None:
    source = put(root, "a", "1")
    os.chown(root / "a", 1234, 2345)
    write(root, [to(source, "2")])
    status = (root / "a").stat()
    assert (status.st_uid, status.st_gid) == (1234, 2345)


NAMES = ["a b", " lead", "trail ", "tab\tand\nline", "café", "日本", "𝄞", 'quo"te', "back\\slash", "sur\udcffrogate"]


@pytest.mark.parametrize("path", [*NAMES, "-dash", "~", "..dots", "x" * 255])
def test_any_name_will_do(root: Path, path: str) -> None:
    source = put(root, path, "1")
    write(root, [to(source, "2"), new(f"folder of {path[:200]}/{path}", "3")])
    assert [content for _, content in tree(root).values() if content] == [b"2", b"3"]


def test_a_folder_that_cannot_be_written_to_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(monkeypatch, ("open",), PermissionError(errno.EACCES, "Permission denied"))
    fault.numbers = frozenset({1})
    with pytest.raises(WriteError, match=r"^a: cannot be written: Permission denied$"):
        write(root, [new("a", "x")])


def test_contents_reach_the_disk_before_names_and_names_last(
    root: Path, many: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, tuple[int, int]]] = []

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        synced.append((stat.S_ISDIR(status.st_mode), (status.st_dev, status.st_ino)))

    monkeypatch.setattr(os, "fsync", fsync)
    write(root, many)
    assert [is_folder for is_folder, _ in synced] == [False] * 10 + [True] * 5
    contents, folders = {key for is_folder, key in synced if not is_folder}, synced[10:]
    for change in many:
        status = (root / change.path).stat()
        assert (status.st_dev, status.st_ino) in contents
    for folder in (".", "docs", "scripts", "scripts/deep", "scripts/deep/er"):
        status = (root / folder).stat()
        assert (True, (status.st_dev, status.st_ino)) in folders


def test_folders_that_cannot_be_synced_are_no_fault(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(monkeypatch, ("fsync",), OSError(errno.EINVAL, "Invalid argument"))
    fault.numbers = frozenset({2})
    write(root, [new("a", "x")])
    assert (root / "a").read_bytes() == b"x"
