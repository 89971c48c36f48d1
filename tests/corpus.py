"""What does the tool do to repositories nobody here has written?

    python -m tests.corpus FOLDER [--hunks N --seed S] [--jobs J]

FOLDER holds one git work tree per repository, named `owner+name`; `tests/corpus.tsv` lists those that count, each with
the commit it is pinned to. Every promise is checked on a copy: nothing in FOLDER is changed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from autofix import catalogue, diff, discover, engine, link, write
from autofix.finding import Safety
from autofix.run import file_diff

LARGEST = 2 << 20
LIST = Path(__file__).parent / "corpus.tsv"


@dataclass
class Seen:
    """What happened in one repository: promises broken, findings by rule and what became of them, hunks."""

    name: str
    broken: list[str] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    hunks: list[str] = field(default_factory=list)
    files: int = 0
    seconds: float = 0.0


def pinned() -> list[tuple[str, str]]:
    """Name and commit of every repository that counts."""
    rows = (line.split("\t") for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return [(row[0], row[1]) for row in rows]


def look(folder: Path, name: str, commit: str, allowed: Safety) -> Seen:
    """Run on a copy of one repository and keep every promise in view."""
    seen = Seen(name)
    head = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    if head.stdout.strip() != commit:
        seen.broken.append(f"stands at {head.stdout.strip()}, not at {commit}")
        return seen
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch, "work")
        _copy(folder, work)
        try:
            _run(work, seen, allowed)
        except Exception as error:  # noqa: BLE001  a crash is what is looked for
            seen.broken.append(f"crash: {error!r}\n{traceback.format_exc()}")
    return seen


def _copy(folder: Path, work: Path) -> None:
    """The tracked files a run may read, as a repository of their own."""
    listed = subprocess.run(["git", "-C", str(folder), "ls-files", "-z"], check=True, capture_output=True).stdout
    for name in filter(None, os.fsdecode(listed).split("\0")):
        path = folder / name
        if path.is_symlink() or (path.is_file() and path.stat().st_size <= LARGEST):
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, work / name, follow_symlinks=False)
    work.mkdir(exist_ok=True)
    subprocess.run(["git", "init", "-q", str(work)], check=True)


def _run(work: Path, seen: Seen, allowed: Safety) -> None:
    rules = catalogue.load()
    began = time.perf_counter()
    survey = discover.survey(work)
    project, skipped = link.build(survey)
    outcome = engine.run(project, rules, allowed)
    seen.seconds = time.perf_counter() - began
    seen.files = len(project.documents)
    seen.skipped = Counter(skip.reason.partition(" (")[0] for skip in skipped)
    for result in outcome.results:
        seen.counts[result.finding.rule.id, result.why.reason.value if result.why else "fixed"] += 1
    if not outcome.converged:
        seen.broken.append("does not converge")
    diffs = [file_diff(change) for change in outcome.changes]
    try:
        diff.check(diffs)
    except ValueError as error:
        seen.broken.append(f"unidiff: {error}")
    seen.hunks = list(_hunks(diffs, outcome))
    patched = Path(work.parent, "patched")
    for change in outcome.changes:
        if change.before:
            (patched / change.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(work / change.path, patched / change.path)
    patched.mkdir(exist_ok=True)
    applied = subprocess.run(
        ["git", "-c", "core.autocrlf=false", "-C", str(patched), "apply", "--allow-empty", "--whitespace=nowarn"],
        input=diff.render(diffs), capture_output=True, check=False,
    )  # fmt: skip
    if applied.returncode:
        seen.broken.append(f"git apply: {applied.stderr.decode()}")
    write.write(work, [write.Change(change.before, change.after) for change in outcome.changes])
    for change in outcome.changes:
        if not applied.returncode and (patched / change.path).read_bytes() != (work / change.path).read_bytes():
            seen.broken.append(f"git apply makes another file: {change.path}")
    again = engine.run(link.build(discover.survey(work))[0], rules, allowed)
    if again.changes:
        seen.broken.append(f"a second run changes {[change.path for change in again.changes]}")


def _hunks(diffs: Sequence[diff.FileDiff], outcome: engine.Outcome) -> Iterator[str]:
    for one in diffs:
        for hunk in one.hunks:
            causes = [int(str(cause)) for cause in hunk.causes]
            ids = sorted({outcome.fixed[cause].finding.rule.id for cause in causes})
            yield f"{one.path}  {', '.join(ids)}\n{hunk.header}\n{''.join(hunk.lines)}"


def main(words: Sequence[str]) -> int:
    """Print the table, then randomly drawn hunks; status 1 when a promise was broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hunks", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args(words)
    allowed = Safety.UNSAFE if options.unsafe else Safety.SAFE
    there = [
        (options.folder / name.replace("/", "+"), name, commit)
        for name, commit in pinned()
        if (options.folder / name.replace("/", "+")).is_dir() and options.only in name
    ]
    with ProcessPoolExecutor(options.jobs) as pool:
        all_seen = list(pool.map(look, *zip(*there, strict=True), [allowed] * len(there))) if there else []
    _tell(all_seen, options.hunks, options.seed)
    return int(any(seen.broken for seen in all_seen))


def _tell(all_seen: Sequence[Seen], hunks: int, seed: int) -> None:
    counts = sum((seen.counts for seen in all_seen), Counter[tuple[str, str]]())
    for (rule, what), count in sorted(counts.items()):
        print(f"{rule:36} {what:16} {count:6}")
    skipped = sum((seen.skipped for seen in all_seen), Counter[str]())
    print("left out:", ", ".join(f"{reason} {count}" for reason, count in skipped.most_common()))
    changed = sum(bool(seen.hunks) for seen in all_seen)
    drawn = [(seen.name, hunk) for seen in all_seen for hunk in seen.hunks]
    print(
        f"repositories {len(all_seen)}, documents {sum(seen.files for seen in all_seen)}, changed {changed}, "
        f"hunks {len(drawn)}, seconds {sum(seen.seconds for seen in all_seen):.1f}, "
        f"promises broken {sum(len(seen.broken) for seen in all_seen)}"
    )
    for seen in all_seen:
        for broken in seen.broken:
            print(f"BROKEN {seen.name}: {broken}")
    for name, hunk in random.Random(seed).sample(drawn, min(hunks, len(drawn))):
        print(f"\n--- {name}: {hunk}", end="")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
