"""Does git make of a patch, byte for byte, what a write would make of the tree?"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from autofix.diff import NO_NEWLINE, FileDiff, check, file_diff, newfile_diff, render
from autofix.text import ClashError, Edit, NewFile, Source, Span, clash, compose, splice
from autofix.write import Change, write

Work = tuple[FileDiff, Change]

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
}


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of small files are what a disk is slowest at."""
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder).resolve()


@pytest.fixture(autouse=True)
def no_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test survives a power cut anyway. The folder comes first, so that it goes last."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def git(folder: Path, *arguments: str, patch: bytes = b"") -> bytes:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, input=patch, capture_output=True, check=False, env=ENVIRONMENT
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def changed(source: Source, *edits: Edit, mode: int | None = None) -> Work:
    after = Source(source.path, splice(source.text, edits), mode=source.mode if mode is None else mode)
    return file_diff(source, edits, mode), Change(source, after)


def created(path: str, text: str, mode: int = 0o644) -> Work:
    file = NewFile(path, text, mode)
    return newfile_diff(file), Change(None, file.source)


def edit(start: int, end: int, text: str, *causes: int, path: str = "file") -> Edit:
    return Edit(path, Span(start, end), text, causes=frozenset(causes))


def tree(root: Path) -> dict[str, tuple[bool, bytes]]:
    """Every file below the root with what git knows of it: whether it can be run, and its bytes."""
    found = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in files:
            file = Path(folder, name)
            found[os.path.relpath(file, root)] = (bool(file.stat().st_mode & 0o100), file.read_bytes())
    return found


def spread(root: Path, works: Sequence[Work]) -> None:
    """The tree before the work."""
    root.mkdir()
    for _, change in works:
        if change.before is not None:
            file = root / change.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(change.before.data)
            file.chmod(change.before.mode)


def applied_by_all(tmp_path: Path, works: Sequence[Work]) -> bytes:
    """Write, `git apply` and `patch` make one tree; unidiff reads the patch as it was meant."""
    diffs, changes = [diff for diff, _ in works], [change for _, change in works]
    check(diffs)
    data = render(diffs)
    for name in ("written", "git", "patch"):
        spread(tmp_path / name, works)
    write(tmp_path / "written", changes)
    expected = tree(tmp_path / "written")
    git(tmp_path / "git", "init", "-q")
    git(tmp_path / "git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "--allow-empty", patch=data)
    assert tree(tmp_path / "git") == expected
    if shutil.which("patch") and data:
        subprocess.run(["patch", "-p1", "--binary", "-s"], cwd=tmp_path / "patch", input=data, check=True)
        assert tree(tmp_path / "patch") == expected
    return data


# The bytes of a patch


def test_a_patch_reads_like_gits() -> None:
    source = Source("app/Dockerfile", "".join(f"line {number}\n" for number in range(1, 13)))
    diff = file_diff(source, [edit(21, 21, "new\n", 1), edit(63, 71, "", 2)])
    assert (
        render([diff]).decode()
        == """\
diff --git a/app/Dockerfile b/app/Dockerfile
--- a/app/Dockerfile
+++ b/app/Dockerfile
@@ -1,12 +1,12 @@
 line 1
 line 2
 line 3
+new
 line 4
 line 5
 line 6
 line 7
 line 8
 line 9
-line 10
 line 11
 line 12
"""
    )


LINES = "one\ntwo\nthree\n"
NAMED = {
    "first line": (LINES, edit(0, 3, "ONE")),
    "last line": (LINES, edit(8, 13, "THREE")),
    "before everything": (LINES, edit(0, 0, "zero\n")),
    "after everything": (LINES, edit(14, 14, "four\n")),
    "everything goes": (LINES, edit(0, 14, "")),
    "everything changes": (LINES, edit(0, 14, "x")),
    "from nothing": ("", edit(0, 0, "one\n")),
    "from nothing, unfinished": ("", edit(0, 0, "one")),
    "to nothing, unfinished": ("one", edit(0, 3, "")),
    "one line feed goes": ("\n", edit(0, 1, "")),
    "one line feed comes": ("", edit(0, 0, "\n")),
    "a line feed at the end comes": ("one\ntwo", edit(7, 7, "\n")),
    "a line feed at the end goes": ("one\ntwo\n", edit(7, 8, "")),
    "unfinished stays, last line": ("one\ntwo", edit(4, 7, "TWO")),
    "unfinished stays, far away": ("one\n" * 9 + "end", edit(0, 0, "zero\n")),
    "unfinished stays, as context": ("one\ntwo\nend", edit(0, 3, "ONE")),
    "appended after an unfinished line": ("one\ntwo", edit(7, 7, "\nthree")),
    "appended and finished": ("one\ntwo", edit(7, 7, "\nthree\n")),
    "appended to the unfinished line": ("one\ntwo", edit(7, 7, " more")),
    "the unfinished line goes": ("one\ntwo", edit(4, 7, "")),
    "the unfinished line goes with the end before it": ("one\ntwo", edit(3, 7, "")),
    "before the unfinished line": ("one\ntwo", edit(4, 4, "one and a half\n")),
    "CRLF stays": ("one\r\ntwo\r\nthree\r\n", edit(5, 8, "TWO")),
    "CRLF comes": ("one\ntwo\n", edit(3, 3, "\r")),
    "CRLF goes": ("one\r\ntwo\r\n", edit(3, 4, "")),
    "CRLF, unfinished": ("one\r\ntwo", edit(5, 8, "TWO")),
    "a lone CR at the end": ("one\rtwo\r", edit(3, 4, "")),
    "a byte order mark stays": ("\ufeffone\ntwo\n", edit(5, 8, "TWO")),
    "a byte order mark goes": ("\ufeffone\n", edit(0, 1, "")),
    "other line ends": ("a\fb\u2028c\x85d\x1ce\ntwo\u2029\n", edit(2, 3, "B\f")),
    "astral": ("𝄞𝄞\n𝄞\n", edit(1, 2, "é\n𝄞")),
    "lines that look like a patch": (
        "-- a\n++ b\n@@ -1 +1 @@\n\\ No newline\ndiff --git\n",
        edit(5, 10, "-- c\n+++ d\n"),
    ),
    "blank lines": ("\n\n\n\n", edit(1, 1, "\n\n")),
    "lines that repeat": ("a\n" * 20, edit(8, 12, "")),
    "lines joined": (LINES, edit(3, 4, " and ")),
    "a line split": (LINES, edit(5, 5, "\n")),
}


def test_every_named_case_is_applied_by_all(tmp_path: Path) -> None:
    works = [changed(Source(name, text), Edit(name, one.span, one.text)) for name, (text, one) in sorted(NAMED.items())]
    applied_by_all(tmp_path, works)


@pytest.mark.parametrize(
    ("text", "one", "expected"),
    [
        ("a", edit(1, 1, "\n"), ["@@ -1 +1 @@", "-a", NO_NEWLINE, "+a\n"]),
        ("a\n", edit(1, 2, ""), ["@@ -1 +1 @@", "-a\n", "+a", NO_NEWLINE]),
        ("a", edit(0, 1, "b"), ["@@ -1 +1 @@", "-a", NO_NEWLINE, "+b", NO_NEWLINE]),
        ("a\nb", edit(0, 1, "A"), ["@@ -1,2 +1,2 @@", "-a\n", "+A\n", " b", NO_NEWLINE]),
        ("a\nb", edit(3, 3, "\nc"), ["@@ -1,2 +1,3 @@", " a\n", "-b", NO_NEWLINE, "+b\n", "+c", NO_NEWLINE]),
        ("", edit(0, 0, "a\nb"), ["@@ -0,0 +1,2 @@", "+a\n", "+b", NO_NEWLINE]),
        ("a\n", edit(0, 2, ""), ["@@ -1 +0,0 @@", "-a\n"]),
        ("a\r\n", edit(0, 1, "b"), ["@@ -1 +1 @@", "-a\r\n", "+b\r\n"]),
    ],
)
def test_an_unfinished_last_line_is_marked(text: str, one: Edit, expected: list[str]) -> None:
    (hunk,) = file_diff(Source("file", text), [one]).hunks
    assert [hunk.header, *hunk.lines] == expected


NAMES = [
    "plain",
    "a name with blanks",
    " lead",
    "trail ",
    "folder /file",
    "b b/b",
    "a/b/a/b",
    "café",
    "日本/𝄞.yml",
    'quo"te',
    "back\\slash",
    "tab\there",
    "all \a\b\v\f\r\x01\x7f\x1f",
    "sur\udcffrogate \udc80",
    "apo'strophe",
    "-dash",
    "x -> y",
    "timestamp\t2024-01-01 00:00:00",
    "dollar$HOME",
]
NAMES_PATCH_CANNOT = ["line\nfeed", "dev\nnull "]


def works_for(names: Sequence[str]) -> list[Work]:
    """For each name a change, a change of mode, both, a new file and a new empty one."""
    works = []
    for name in names:
        for prefix in ("", "in a folder/", "é/"):
            text = "one\ntwo\n"
            works.append(changed(Source(f"{prefix}{name}", text), edit(0, 3, "1", path=f"{prefix}{name}")))
        works.append(changed(Source(f"{name}.mode", "x"), mode=0o755))
        works.append(changed(Source(f"{name}.both", "x", mode=0o755), edit(0, 1, "", path=f"{name}.both"), mode=0o644))
        works.append(created(f"new/{name}", "one\n"))
        works.append(created(f"new and empty/{name}", "", 0o755))
    return works


def test_every_name_is_applied_by_all(tmp_path: Path) -> None:
    applied_by_all(tmp_path, works_for(NAMES))


def test_a_line_feed_in_a_name_is_no_trouble_for_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    applied_by_all(tmp_path, works_for(NAMES_PATCH_CANNOT))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a b", "diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n"),
        ("a ", 'diff --git "a/a\\040" "b/a\\040"\n--- "a/a\\040"\t\n+++ "b/a\\040"\t\n'),
        ("é", 'diff --git "a/\\303\\251" "b/\\303\\251"\n--- "a/\\303\\251"\n+++ "b/\\303\\251"\n'),
        ('"\\\t', 'diff --git "a/\\"\\\\\\t" "b/\\"\\\\\\t"\n--- "a/\\"\\\\\\t"\n+++ "b/\\"\\\\\\t"\n'),
        ("\udcff\x01", 'diff --git "a/\\377\\001" "b/\\377\\001"\n--- "a/\\377\\001"\n+++ "b/\\377\\001"\n'),
    ],
)
def test_names_are_written_as_git_writes_them(path: str, expected: str) -> None:
    diff, _ = changed(Source(path, "x"), edit(0, 1, "y", path=path))
    assert render([diff]).decode().partition("@@")[0] == expected


MODES = [(old, new) for old in (0o644, 0o755, 0o600, 0o664, 0o744, 0o444) for new in (0o644, 0o755, None)]


def test_modes_are_applied_by_all(tmp_path: Path) -> None:
    works = []
    for old, new in MODES:
        works.append(changed(Source(f"{old:o} {new}", "one\n", mode=old), mode=new))
        works.append(
            changed(Source(f"{old:o} {new} x", "one\n", mode=old), edit(0, 1, "O", path=f"{old:o} {new} x"), mode=new)
        )
    works += [created("plain", "x\n"), created("run.sh", "x\n", 0o755), created("empty", ""), created("y", "", 0o755)]
    applied_by_all(tmp_path, works)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (0o644, 0o755, b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n"),
        (0o775, 0o664, b"diff --git a/f b/f\nold mode 100755\nnew mode 100644\n"),
        (0o600, 0o644, b""),
        (0o611, 0o644, b""),
        (0o700, 0o755, b""),
        (0o644, None, b""),
    ],
)
def test_git_keeps_one_bit_of_a_mode(old: int, new: int | None, expected: bytes) -> None:
    diff = file_diff(Source("f", "x", mode=old), [], new)
    assert render([diff]) == expected
    assert diff.is_empty == (not expected)


def test_new_files() -> None:
    assert render([newfile_diff(NewFile("f", "a\nb", 0o755))]) == (
        b"diff --git a/f b/f\nnew file mode 100755\n--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n"
        b"\\ No newline at end of file\n"
    )
    assert render([newfile_diff(NewFile("f", ""))]) == b"diff --git a/f b/f\nnew file mode 100644\n"


def test_nothing_changed_says_nothing(tmp_path: Path) -> None:
    source = Source("file", LINES)
    diffs = [file_diff(source, []), file_diff(source, [edit(0, 3, "one"), edit(4, 4, "")])]
    assert all(diff.is_empty for diff in diffs)
    assert render(diffs) == b""
    check(diffs)
    git(tmp_path, "init", "-q")
    git(tmp_path, "apply", "--allow-empty", patch=b"")


# Hunks


def numbered(count: int) -> Source:
    return Source("file", "".join(f"{number}\n" for number in range(1, count + 1)))


def at_line(source: Source, line: int, text: str, *causes: int) -> Edit:
    """Another text for a 1-based line."""
    return Edit("file", source.line_span(line - 1), text, causes=frozenset(causes))


@pytest.mark.parametrize(("other", "hunks"), [(11, 2), (12, 2), (17, 1), (18, 2)])
def test_hunks_join_when_their_contexts_meet(other: int, hunks: int) -> None:
    source = numbered(30)
    first = 10 if other > 12 else 3
    diff = file_diff(source, [at_line(source, first, "x\n", 1), at_line(source, other, "y\n", 2)])
    assert len(diff.hunks) == hunks
    assert [set(hunk.causes) for hunk in diff.hunks] == ([{1}, {2}] if hunks == 2 else [{1, 2}])
    assert diff.causes == {1, 2}
    check([diff])


def test_a_line_replaced_within_a_replaced_stretch_is_all_that_changes() -> None:
    source = numbered(40)
    span = Span(source.line_span(4).start, source.line_span(34).end)
    text = source.slice(span).replace("8\n9\n", "8\n8b\n9\n", 1).replace("31\n", "")
    diff = file_diff(source, [Edit("file", span, text, causes=frozenset({7}))])
    assert [hunk.header for hunk in diff.hunks] == ["@@ -6,6 +6,7 @@", "@@ -28,7 +29,6 @@"]
    assert all(hunk.causes == {7} for hunk in diff.hunks)
    assert [line for hunk in diff.hunks for line in hunk.lines if line[0] != " "] == ["+8b\n", "-31\n"]


def test_edits_on_one_line_are_one_change() -> None:
    diff = file_diff(Source("file", "one two three\n"), [edit(0, 3, "1", 1), edit(4, 7, "2", 2), edit(13, 13, "!", 3)])
    (hunk,) = diff.hunks
    assert hunk.lines == ("-one two three\n", "+1 2 three!\n")
    assert hunk.causes == {1, 2, 3}


def test_stacked_appends_keep_their_order() -> None:
    edits = [Edit("file", Span(4, 4), f"{n}\n", stack=True, causes=frozenset({n})) for n in range(12)]
    (hunk,) = file_diff(Source("file", "top\nend\n"), edits).hunks
    assert hunk.lines == (" top\n", *(f"+{n}\n" for n in range(12)), " end\n")
    assert hunk.causes == set(range(12))


def test_what_cannot_be_spliced_has_no_diff() -> None:
    source = Source("file", "one\n")
    with pytest.raises(ClashError):
        file_diff(source, [edit(0, 2, "x"), edit(1, 3, "y")])
    for span in ((0, 5), (5, 5), (-1, 1)):
        with pytest.raises(IndexError):
            file_diff(source, [edit(*span, "x")])


def test_one_line_in_a_long_repetitive_file_is_one_line() -> None:
    source = Source("file", "".join(f"{number % 40}\n" for number in range(20_000)))
    whole = Edit("file", Span(0, len(source.text)), source.text.replace("39\n0\n", "39\nzero\n", 1))
    (hunk,) = file_diff(source, [whole]).hunks
    assert (hunk.count_old, hunk.count_new) == (7, 7)
    unique = numbered(20_000)
    mixed = unique.text.replace("\n7", "\nx", 3).replace("19000\n", "")
    assert len(file_diff(unique, [Edit("file", Span(0, len(unique.text)), mixed)]).hunks) < 10


def test_the_check_notices_a_wrong_patch() -> None:
    source = Source("file", LINES)
    diff = file_diff(source, [edit(0, 3, "1")])
    (hunk,) = diff.hunks
    for wrong in (
        replace(hunk, count_old=hunk.count_old + 1),
        replace(hunk, count_new=hunk.count_new - 1),
        replace(hunk, lines=hunk.lines[:-1]),
        replace(hunk, lines=("?what\n", *hunk.lines[1:])),
    ):
        with pytest.raises(ValueError, match="patch"):
            check([replace(diff, hunks=(wrong,))])
    check([diff])


# From a sub-directory


def repository(root: Path) -> bytes:
    """A repository with a file here, there and in `sub`, and a patch that changes all three and adds one in `sub`."""
    works = [changed(Source(path, "one\n"), edit(0, 3, "1", path=path)) for path in ("top", "sub/in", "other/out")]
    spread(root, works)
    git(root, "init", "-q")
    return render([diff for diff, _ in [*works, created("sub/new", "x\n")]])


def status(root: Path) -> str:
    return git(root, "status", "--short", "--untracked-files=all").decode()


def test_git_apply_in_a_sub_directory_keeps_to_it_in_silence(tmp_path: Path) -> None:
    """Paths from the root are right there, too, but git leaves out every file elsewhere and calls that success."""
    root = tmp_path / "root"
    patch = repository(root)
    git(root / "sub", "apply", patch=patch)
    assert tree(root) == {
        "top": (False, b"one\n"),
        "other/out": (False, b"one\n"),
        "sub/in": (False, b"1\n"),
        "sub/new": (False, b"x\n"),
    }


def test_git_apply_at_the_top_level_works_from_anywhere(tmp_path: Path) -> None:
    root = tmp_path / "root"
    patch = repository(root)
    top = git(root / "sub", "rev-parse", "--show-toplevel").decode().removesuffix("\n")
    git(root / "sub", "-C", top, "apply", "--allow-empty", patch=patch)
    assert {path: data for path, (_, data) in tree(root).items()} == {
        "top": b"1\n",
        "other/out": b"1\n",
        "sub/in": b"1\n",
        "sub/new": b"x\n",
    }


# Fuzz

PIECES = [
    "a",
    "b",
    "c",
    "a\n",
    "b\n",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "\ufeff",
    "\f",
    "\u2028",
    "\x85",
    "𝄞",
    "é",
]
LETTERS = ["a", "b", " ", "é", '"', "\\", "\t", "𝄞", "\udcfe", ".", "-", "'", "\x01"]


def random_text(seed: random.Random, most: int) -> str:
    return "".join(seed.choice(PIECES) for _ in range(seed.randint(0, most)))


def random_edits(seed: random.Random, path: str, text: str) -> tuple[Edit, ...]:
    chosen: list[Edit] = []
    for cause in range(seed.randint(1, 5)):
        start = seed.choice([0, len(text), *[seed.randint(0, len(text))] * 4])
        end = seed.choice([start, start, len(text), *[min(len(text), start + seed.randint(0, 12))] * 3])
        one = Edit(path, Span(start, end), random_text(seed, 6), seed.random() < 0.3, frozenset({cause}))
        if not any(clash(one, other) for other in chosen):
            chosen.append(one)
    return tuple(chosen)


def random_work(seed: random.Random, number: int) -> Work:
    """A new file one time in six; else one or two rounds of edits, and now and then another mode."""
    name = "".join(seed.choice(LETTERS) for _ in range(seed.randint(0, 5)))
    path = seed.choice(["", "sub/", "a folder/é/"]) + f"{number}{name}"
    mode = seed.choice([0o644, 0o644, 0o755])
    text = random_text(seed, seed.choice([2, 10, 60, 200]))
    if seed.random() < 0.16:
        return created(path, text, mode)
    edits = random_edits(seed, path, text)
    if seed.random() < 0.5:
        edits = compose(text, edits, random_edits(seed, path, splice(text, edits)))
    return changed(Source(path, text, mode=mode), *edits, mode=seed.choice([None, None, None, 0o644, 0o755]))


@pytest.mark.parametrize("block", range(4))
def test_three_hundred_random_files_are_applied_by_all(tmp_path: Path, block: int) -> None:
    works = [random_work(random.Random(number), number) for number in range(block * 300, block * 300 + 300)]
    applied_by_all(tmp_path, works)
    for diff, _ in works:
        hunks = diff.hunks
        assert all(hunk.causes <= diff.causes for hunk in hunks)
        assert all(one.start_old + one.count_old < other.start_old for one, other in pairwise(hunks))
        assert all(any(line[0] in "+-" for line in hunk.lines) for hunk in hunks)
