"""Does every golden case come out as its author said, and keep the promises no author writes down?

    python -m tests.golden [--update] [PART OF A CASE NAME ...]

A case says what it is by what lies beside `before/`: `after/` is what plain `--apply` makes of it, `after-unsafe/` what
`--unsafe-fixes` makes of it where that differs, `report.txt` what a plain run leaves and why, `report.md` what
`autofix report` writes about it. With only `before/` the
rule must be silent. `--update` rewrites what is there and never turns one kind into another: to make a new case an
edited one, create the folder `after/` first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autofix import catalogue, diff, discover, engine, link, settings, verify, write
from autofix.finding import Safety
from autofix.report import audit, human, markdown, pages
from autofix.report.words import Mode
from autofix.rule import Rule
from autofix.run import file_diff

ROOT = Path(__file__).parent.parent / "golden"
Tree = dict[str, tuple[bytes, bool]]


@dataclass(frozen=True)
class Case:
    """One folder with a `before/`. `name` is its path below golden/."""

    name: str
    folder: Path

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rule the case is about; a whole system is about all of them."""
        return () if self.is_system else ("/".join(self.name.split("/")[:2]),)

    @property
    def is_system(self) -> bool:
        """Whether it is a whole repository: then `after/` and `after-unsafe/` hold only what differs from the one before."""
        return self.name.startswith("_systems/")

    def tree(self, part: str) -> Tree | None:
        """The files of `before`, `after` or `after-unsafe`, None where the folder is not there."""
        folder = self.folder / part
        if not folder.is_dir():
            return None
        return (self.base(part) if self.is_system else {}) | read(folder)

    def base(self, part: str) -> Tree:
        """The tree that a part differs from."""
        before = {"after": "before", "after-unsafe": "after"}.get(part)
        return (self.tree(before) or self.base(before)) if before else {}

    @property
    def audit(self) -> str | None:
        """What `autofix report` writes about it, None where the case does not say."""
        path = self.folder / "report.md"
        return path.read_text("utf-8") if path.is_file() else None

    @property
    def report(self) -> str | None:
        """What a plain run must leave, None where nothing is said."""
        path = self.folder / "report.txt"
        return path.read_bytes().decode() if path.is_file() else None


@dataclass(frozen=True)
class Played:
    """What a run made of a case: the tree after it and what it left, as a person reads it."""

    outcome: engine.Outcome
    tree: Tree
    report: str
    audit: str = ""


def cases(words: Sequence[str] = ()) -> list[Case]:
    """All cases whose name holds one of the words (none: all)."""
    folders = sorted(before.parent for before in ROOT.glob("*/*/before")) + sorted(
        before.parent for before in ROOT.glob("*/*/*/before")
    )
    found = [Case(folder.relative_to(ROOT).as_posix(), folder) for folder in folders]
    return [case for case in found if not words or any(word in case.name for word in words)]


def read(folder: Path) -> Tree:
    """The files of a folder, each with whether it is executable."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def rules_of(case: Case, root: Path) -> tuple[Rule, ...]:
    """The rules a case runs with, tuned by its own configuration."""
    return settings.load(root, select=case.rule_ids).rules


def play(folder: Path, rules: Sequence[Rule], allowed: Safety) -> engine.Outcome:
    """One run on a folder, without writing."""
    project, _ = link.build(discover.survey(folder))
    return engine.run(project, rules, allowed)


def left(outcome: engine.Outcome) -> str:
    """What a run leaves, a line a finding."""
    lines = human.render(outcome, Mode.APPLY).splitlines(keepends=True)[:-1]
    return "".join(line for line in lines if not line.endswith("[fixed]\n") and "[fixed, also" not in line)


def check(case: Case, rules: Sequence[Rule] | None = None) -> list[str]:
    """Everything that is wrong with a case, one line each."""
    faults: list[str] = []
    plain = faults_of_run(case, Safety.SAFE, rules, faults)
    unsafe = faults_of_run(case, Safety.UNSAFE, rules, faults)
    before, after, after_unsafe = (case.tree(part) for part in ("before", "after", "after-unsafe"))
    if plain.tree != (before if after is None else after):
        faults.append("missing: after/ is not what --apply makes" if after else "noisy: --apply changes it")
    if unsafe.tree != (plain.tree if after_unsafe is None else after_unsafe):
        faults.append("--unsafe-fixes makes something else of it")
    if case.audit is not None and rules is None and case.audit != plain.audit:
        faults.append("report.md is not the audit")
    if plain.report != (case.report or ""):
        faults.append(f"the report differs: {plain.report!r}" if case.report else f"noisy: {plain.report!r}")
    if after == before or (after_unsafe is not None and after_unsafe == (after or before)):
        faults.append("after equals before: say nothing instead")
    return faults


def faults_of_run(case: Case, allowed: Safety, rules: Sequence[Rule] | None, faults: list[str]) -> Played:
    """One run of a case and the promises it broke."""
    with tempfile.TemporaryDirectory() as scratch:
        work, patched = Path(scratch, "work"), Path(scratch, "patched")
        for copy in (work, patched):
            shutil.copytree(case.folder / "before", copy, symlinks=True)
        used = rules_of(case, work) if rules is None else rules
        outcome = play(work, used, allowed)
        diffs = [file_diff(change) for change in outcome.changes]
        diff.check(diffs)
        write.write(work, [write.Change(change.before, change.after) for change in outcome.changes])
        git_apply(patched, diff.render(diffs))
        tree = read(work)
        label = f"at {allowed.name.lower()}: "
        faults += [label + fault for fault in _promises(outcome, tree, read(patched), play(work, used, allowed))]
        page = markdown.render(audit.of(outcome, [rule.id for rule in used])) if case.audit is not None else ""
    return Played(outcome, tree, left(outcome), page)


def git_apply(folder: Path, patch: bytes) -> None:
    """Raises CalledProcessError when git takes exception to the patch."""
    options = ["-c", "core.autocrlf=false", "-c", "core.safecrlf=false"]
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    command = ["git", *options, "-C", str(folder), "apply", "--allow-empty", "--whitespace=nowarn"]
    subprocess.run(command, input=patch, check=True, env=environment, capture_output=True)


def _promises(outcome: engine.Outcome, tree: Tree, patched: Tree, again: engine.Outcome) -> Iterator[str]:
    if not outcome.converged:
        yield "does not converge"
    if lost := set(outcome.before.documents) - set(outcome.after.documents):
        yield f"no longer reads: {sorted(lost)}"
    if patched != tree:
        yield "git apply makes another tree than --apply"
    if again.changes:
        yield f"a second run still changes {[change.path for change in again.changes]}"
    if left(again) != left(outcome) and not outcome.changes:
        yield "a second run says something else"
    yield from _meaning(outcome)


def _meaning(outcome: engine.Outcome) -> Iterator[str]:
    """What all rounds together did to files nobody asked about, seen from the original text."""
    for change in outcome.changes:
        if change.before is None:
            continue
        for what in verify.text_objections(change.before, change.after, change.edits):
            yield f"{change.path}: {what}"
        old, new = outcome.before.documents.get(change.path), outcome.after.documents.get(change.path)
        if old and new:
            yield from (f"{change.path}: {what}" for what in verify.document_objections(old, new, change.edits))


def update(case: Case) -> list[str]:
    """Rewrite what a case says; returns what cannot be said by rewriting."""
    faults: list[str] = []
    plain = faults_of_run(case, Safety.SAFE, None, faults)
    unsafe = faults_of_run(case, Safety.UNSAFE, None, faults)
    if case.audit is not None:
        (case.folder / "report.md").write_text(plain.audit, "utf-8")
    before = case.tree("before") or {}
    for part, made, base in (("after", plain.tree, before), ("after-unsafe", unsafe.tree, plain.tree)):
        if (case.folder / part).is_dir():
            known = base if case.is_system else {}
            _replace(case.folder / part, {name: file for name, file in made.items() if known.get(name) != file})
        elif made != base:
            faults.append(f"has no {part}/ but is edited")
    if plain.report and case.report is None and not (case.folder / "after").is_dir():
        faults.append(f"is silent but would say: {plain.report}")
    elif plain.report or case.report is not None:
        (case.folder / "report.txt").write_bytes(plain.report.encode())
    return faults


def _replace(folder: Path, tree: Tree) -> None:
    shutil.rmtree(folder)
    for name, (data, executable) in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o755 if executable else 0o644)


def example(rule: Rule) -> str:
    """The diff a page shows: of the first case, by name, that plain `--apply` edits; else that `--unsafe-fixes` does."""
    of_rule = [case for case in cases() if case.rule_ids == (rule.id,)]
    for part, allowed in (("after", Safety.SAFE), ("after-unsafe", Safety.UNSAFE)):
        for case in of_rule:
            if (case.folder / part).is_dir():
                outcome = play(case.folder / "before", [rule], allowed)
                return diff.render(map(file_diff, outcome.changes)).decode().replace("\r", "")
    return ""


def page_of(rule: Rule) -> Path:
    """Where the page of a rule is."""
    return ROOT.parent / "docs" / "rules" / f"{rule.id}.md"


def main(words: Sequence[str]) -> int:
    """Check, or with --update rewrite, the cases named; with --update the pages of all rules too."""
    rewriting = "--update" in words
    catalogue.write_index(catalogue.folder())
    status = 0
    for case in cases([word for word in words if not word.startswith("-")]):
        for fault in update(case) if rewriting else check(case):
            status = 1
            print(f"{case.name}: {fault}")
    if rewriting:
        for rule in catalogue.load():
            page_of(rule).parent.mkdir(parents=True, exist_ok=True)
            page_of(rule).write_text(pages.render(rule, example(rule)), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
