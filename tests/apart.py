"""Is production given the same variables, once it reads a file of its own, and are developers?

docker compose answers, in two trees: the one before the fix, and the one after it on a server where the file of development
was copied to the one of production, as the finding says. Files of variables that are not in the tree are made up.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

Given = dict[str, dict[str, str | None]]
CHOSEN = re.compile(r"(?P<file>[\w./-]*\.env)\.\$\{(?P<variable>\w+):-(?P<word>\w+)\}")
MISSING = re.compile(r"env file (\S+) not found")
DEMANDED = re.compile(r"\$\{(\w+):?\?")
OURS = re.compile(r"^(?P<stem>(?:docker-)?compose)\.(?P<word>override|dev)(?P<extension>\.ya?ml)$")
SECONDS = 60
MARK = "WHO={}\n"


def faults(composer: Path, before: Path, after: Path, path: str, scratch: Path) -> Iterator[str]:
    """What is not as it was: `before` and `after` are trees, `path` a compose file in them that the fix changed."""
    chosen = _chosen(before, after, path)
    if not chosen:
        return
    old, new = (Path(shutil.copytree(tree, scratch / name)) for tree, name in ((before, "old"), (after, "new")))
    said = _as_it_was(composer, old, new, path, chosen)
    if _given(composer, new, [path]) is not None:
        yield "starts without the file of production"
    for shared, own in chosen.items():
        (new / own).write_bytes((new / shared).read_bytes())
    if said is None or _given(composer, new, [path]) != said:
        yield "a server that copied the file gets something else"
    for own in chosen.values():
        (new / own).write_text(MARK.format("production"))
    other = _given(composer, new, [path]) or {}
    if not any("production" in one.values() for one in other.values()):
        yield "the file of production is not read"
    for own in chosen.values():
        (new / own).unlink()
    yield from _of_developers(composer, old, new, path)


def _as_it_was(composer: Path, old: Path, new: Path, path: str, chosen: Mapping[str, str]) -> Given | None:
    """What services were given before, with files of variables that are made up in both trees."""
    for file in (*old.rglob("*env*"), *new.rglob("*env*")):
        if file.is_file() and not file.stat().st_size:
            file.unlink()  # another comparison made it up
    asked = dict.fromkeys(DEMANDED.findall((old / path).read_text("utf-8")))
    for shared in chosen:
        (old / shared).write_text(MARK.format(Path(shared).name) + "".join(f"{name}=x\n" for name in asked))
    said = _given(composer, old, [path], made_up=True)
    for file in old.rglob("*"):
        other = new / file.relative_to(old)
        if file.is_file() and file.read_text("utf-8", "replace").startswith("WHO=") and not other.exists():
            other.parent.mkdir(parents=True, exist_ok=True)
            other.write_bytes(file.read_bytes())
    return said


SERVICE = "services:\n  api:\n    image: api\n    env_file: {}\n"
BROKEN = {
    "starts without the file of production": SERVICE.format("[{path: '.env.${ENV:-production}', required: false}]"),
    "a server that copied the file gets something else": SERVICE.format("['.env.${ENV:-production}', other.env]"),
    "the file of production is not read": SERVICE.format("['.env.${ENV:-production}', .env]"),
    "developers get something else with compose.override.yaml": SERVICE.format(".env.${ENV:-production}"),
}


def unnoticed(composer: Path, scratch: Path) -> Iterator[str]:
    """The faults of fixes that are wrong on purpose which nobody would see."""
    for number, (fault, text) in enumerate(BROKEN.items()):
        trees = [scratch / f"{part}{number}" for part in ("before", "after", "work")]
        for tree in trees:
            tree.mkdir()
        (trees[0] / "compose.yaml").write_text(SERVICE.format(".env"))
        (trees[1] / "compose.yaml").write_text(text)
        (trees[1] / "other.env").write_text(MARK.format("other"))
        (trees[1] / "compose.override.yaml").write_text(SERVICE.format(".env").replace("    image: api\n", ""))
        if fault not in set(faults(composer, trees[0], trees[1], "compose.yaml", trees[2])):
            yield f"nobody would notice: {fault}"


def _of_developers(composer: Path, old: Path, new: Path, path: str) -> Iterator[str]:
    """What they start has to give what it gave before, without the file of production."""
    folder = Path(path).parent
    for made in sorted(file.name for file in (new / folder).iterdir() if not (old / folder / file.name).exists()):
        found = OURS.match(made)
        if found is None or f"{found['stem']}{found['extension']}" != Path(path).name:
            continue
        files = [] if found["word"] == "override" else [path, str(folder / made)]
        if _given(composer, new, files, folder=folder) != _given(composer, old, [path]):
            yield f"developers get something else with {made}"


def _chosen(before: Path, after: Path, path: str) -> dict[str, str]:
    """The file of each that was read, and the one that is read now, from the root of the tree."""
    old = (before / path).read_text("utf-8") if (before / path).is_file() else ""
    found = [one for one in CHOSEN.finditer((after / path).read_text("utf-8")) if one[0] not in old]
    shared = [os.path.normpath(Path(path).parent / one["file"]) for one in found]
    return {file: f"{file}.{one['word']}" for file, one in zip(shared, found, strict=True)}


def _given(
    composer: Path, tree: Path, files: Sequence[str], *, made_up: bool = False, folder: Path = Path()
) -> Given | None:
    """What each service that reads such files is given, None where Compose starts nothing. Without files it takes those it finds in the folder."""
    named = [word for file in files for word in ("--file", file)]
    words = [str(composer), "--project-name", "golden", *named, "--profile", "*", "config", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tree)}
    at = tree if files else tree / folder
    for _ in range(8):
        ran = subprocess.run(
            words, cwd=at, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        missing = MISSING.search(ran.stderr)
        if ran.returncode == 0 or not missing or not made_up:
            break
        file = Path(missing[1])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(MARK.format(file.name))
    if ran.returncode:
        return None
    given = {name: one.get("environment") or {} for name, one in json.loads(ran.stdout)["services"].items()}
    return {name: variables for name, variables in given.items() if MARK.partition("=")[0] in variables}
