"""Do the scripts of the shell rules still do the same once they are edited?

Every script that a case of the shell rules, or of a rule that moves a command out of start scripts, edits is run before
and after its fix, by each shell that is installed, in a room of stubs:
programs that log how they were called and succeed. Once with every variable it reads set, once with none of them but those that its image and the engine set.
It must do the same, or stop earlier where a variable is unset; a command that moved into the image is no longer called.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autofix.surfaces import surface_of
from autofix.surfaces.dockerfile import document as dockerfile
from autofix.surfaces.shell.document import ShellScript, parse
from autofix.text import Source
from tests import golden

SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"]}
KEPT = ("dirname", "basename", "mkdir", "cat", "tr", "sed", "wc")
BUILTINS = frozenset({
    ".", ":", "[", "[[", "alias", "break", "cd", "command", "continue", "declare", "echo", "eval", "exec", "exit",
    "export", "false", "getopts", "kill", "let", "local", "mapfile", "printf", "pwd", "read", "readonly", "return",
    "set", "shift", "shopt", "source", "test", "trap", "true", "type", "typeset", "umask", "unset", "wait",
})  # fmt: skip
OLD_COMPOSE = "docker-compose"
STUB = """#!/bin/sh
line=${0##*/}
for one; do line="$line <$one>"; done
echo "$line" >> "$STUB_LOG"
cat > /dev/null
"""
MOVES = {"system/runtime-prisma-generate": re.compile(r"<?prisma:?>? ?<?generate|^Generating")}
ADDS = {"shell/unvalidated-deploy": re.compile(r"^(?:sudo <-E> <)?docker>? .*<?config> <-q>$")}
UNSET = re.compile(r"unbound variable|parameter not set|parameter null or not set|bad variable name")


@dataclass(frozen=True)
class Run:
    """What a script did: its calls (in no order: those of a pipe run at once), what it said, how it ended."""

    calls: Counter[str]
    said: str
    status: int
    complaint: str


@dataclass(frozen=True)
class Way:
    """How a script is run."""

    shell: str
    given: bool
    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.shell}-{'set' if self.given else 'unset'}-{len(self.arguments)}"


def scripts() -> Iterator[tuple[str, Path, Path]]:
    """Every script that a rule edits: its name, the file before and the file after."""
    for case in golden.cases(["shell/", *MOVES]):
        for part in ("after", "after-unsafe"):
            after = case.folder / part
            for path in sorted(after.rglob("*")) if after.is_dir() else ():
                before = case.folder / "before" / path.relative_to(after)
                changed = path.is_file() and before.is_file() and path.read_bytes() != before.read_bytes()
                if changed and surface_of(Source(path.name, path.read_bytes().decode())) == "shell":
                    yield f"{case.name}/{part}/{path.relative_to(after)}", before, path


def read(path: Path) -> ShellScript:
    return parse(Source(path.name, path.read_bytes().decode().replace("\r\n", "\n")))


def room(folder: Path, script: ShellScript, side: Path) -> Path:
    """A copy of the case's tree, its line ends those of a checkout on Linux, with stubs for all its scripts call."""
    tree = next(one for one in side.parents if one.name in {"before", "after", "after-unsafe"})
    shutil.copytree(tree, folder / "tree")
    scripts = [script]
    for copy in (folder / "tree").rglob("*"):
        if copy.is_file():
            copy.write_bytes(copy.read_bytes().replace(b"\r\n", b"\n"))
            scripts += [read(copy)] if copy.suffix == ".sh" else []
    stubs = folder / "stubs"
    stubs.mkdir()
    called = {
        word.value for one in scripts for command in one.commands for word in (command.words[0], command.effective)
    }
    own = {function.name for one in scripts for function in one.functions}
    for name in filter(None, (called | {"docker"}) - BUILTINS - own - set(KEPT)):
        if "/" not in name and "=" not in name:
            (stubs / name).write_text(STUB)
            (stubs / name).chmod(0o755)
    for name in KEPT:
        found = shutil.which(name)
        assert found
        (stubs / name).symlink_to(found)
    return folder / "tree" / side.relative_to(tree)


def image_gives(script: Path) -> frozenset[str]:
    """The variables that are set wherever the script is run: those of the image beside it that starts with it."""
    beside = script.parent / "Dockerfile"
    image = dockerfile.parse(Source("Dockerfile", beside.read_text())) if beside.is_file() else None
    if image is None or not any(script.name in one.text for one in image.stages[-1].of("ENTRYPOINT")):
        return frozenset()
    return frozenset({"HOME"}).union(name for one in image.stages[-1].of("ENV") for name, _, _ in one.pairs)


def run(way: Way, folder: Path, before: Path, side: Path) -> Run:
    script = read(before)
    path = room(folder, script, side)
    names = {one.name for one in script.expansions if one.kind == "variable" and one.name.isupper()}
    environment = {name: f"v{at}" for at, name in enumerate(sorted(names - {"PATH", "PWD", "IFS", "BASH_SOURCE"}))}
    log = folder / "log"
    log.touch()
    if not way.given:
        environment = {name: value for name, value in environment.items() if name in image_gives(before)}
    known = {"PATH": f"{folder / 'stubs'}", "STUB_LOG": str(log), "LC_ALL": "C"}
    flags = ["-e"] if script.shebang and "errexit" in script.shebang.options.on else []
    program = [shutil.which(SHELLS[way.shell][0]) or "", *SHELLS[way.shell][1:], *flags]
    done = subprocess.run(
        [*program, path.name, *way.arguments], cwd=path.parent, env={**environment, **known},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    calls = log.read_text().replace(str(folder), "")
    calls = calls.replace(f"<{OLD_COMPOSE}>", "<docker> <compose>").replace(f"{OLD_COMPOSE} ", "docker <compose> ")
    return Run(Counter(calls.splitlines()), done.stdout.replace(str(folder), ""), done.returncode, done.stderr)


def expected_deviation(side: Path) -> bool:
    """Whether the author of the case says that the edited script does something else."""
    case = next(one for one in side.parents if one.name in {"before", "after", "after-unsafe"}).parent
    why = case / "why.txt"
    return why.is_file() and "deviates:" in why.read_text()


def shells_for(script: ShellScript) -> list[str]:
    return ["bash"] if script.dialect == "bash" else list(SHELLS)


WAYS = [Way(shell, given, words) for shell in SHELLS for given in (True, False) for words in ((), ("one", "two"))]


def runs() -> list[Any]:
    """Every script in every way that a shell it is written for can run it."""
    return [
        pytest.param(way, *one, id=f"{one[0]}-{way}")
        for one in scripts()
        for way in WAYS
        if way.shell in shells_for(read(one[1]))
    ]


@pytest.mark.parametrize(("way", "name", "before", "after"), runs())
def test_same_run(tmp_path: Path, way: Way, name: str, before: Path, after: Path) -> None:
    """A safe fix never changes a run; an unsafe one may stop it at an unset variable, which it then names."""
    if shutil.which(SHELLS[way.shell][0]) is None:
        pytest.skip(f"{way.shell} is not installed")
    old, new = (run(way, _made(tmp_path / part), before, side) for part, side in (("old", before), ("new", after)))
    moved = next((pattern for rule, pattern in MOVES.items() if name.startswith(rule)), None)
    if moved is not None:
        assert any(map(moved.search, old.calls)), "nothing that moved was called before"
        assert not any(map(moved.search, new.calls)), "what moved is still called"
        old = without(old, moved)
    added = next((pattern for rule, pattern in ADDS.items() if name.startswith(rule)), None)
    if added is not None:
        assert any(map(added.search, new.calls)) or old.calls == new.calls, "what was added is not called"
        new = without(new, added)
    if (old.calls, old.said, old.status) == (new.calls, new.said, new.status):
        return
    assert "/after-unsafe/" in name, f"a safe fix changed the run: {old} {new}"
    stopped = UNSET.search(new.complaint) or expected_deviation(after)
    assert stopped, f"the run changed, and not at an unset variable: {old} {new}"
    assert new.status
    assert new.calls <= old.calls
    assert old.said.startswith(new.said)


def without(run: Run, pattern: re.Pattern[str]) -> Run:
    """A run as if what a pattern finds had not been called, nor announced."""
    calls = Counter({call: count for call, count in run.calls.items() if not pattern.search(call)})
    said = "".join(line for line in run.said.splitlines(keepends=True) if not pattern.search(line))
    return Run(calls, said, run.status, run.complaint)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_the_shells_that_ran() -> None:
    """bash and a POSIX shell are there at least, so that the comparison above is one."""
    there = [name for name, words in SHELLS.items() if shutil.which(words[0])]
    print("shells:", ", ".join(there))
    if not os.environ.get("CI") and len(there) < 2:
        pytest.skip(f"only {there} installed")
    assert there
