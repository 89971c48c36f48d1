"""What would the repository look like with every allowed fix made, and what is left?

Rounds: plan, choose, splice, relink, verify; then again on the result, until nothing can be chosen. Each round is a
new project; this module is the only one that sees more than one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

from autofix import link, plan, verify
from autofix.finding import Key, Reason, Safety
from autofix.node import Document, UnreadableError
from autofix.plan import ChangeSet, Finding, Why
from autofix.project import Project
from autofix.rule import Rule
from autofix.suppress import Suppression
from autofix.surfaces.app import document as app
from autofix.text import Edit, NewFile, Source, Span, compose, origin, splice

MOST_ROUNDS = 10


@dataclass(frozen=True)
class Round:
    """One verified step: the fixes made, as edits of the texts before it, each caused by the number of its finding."""

    before: Project
    after: Project
    applied: tuple[Finding, ...]
    edits: Mapping[str, tuple[Edit, ...]]
    files: tuple[NewFile, ...]


@dataclass(frozen=True)
class Result:
    """What became of one finding. Without a `why` it is fixed. `span` is a place of the original text."""

    number: int
    finding: Finding
    span: Span
    why: Why | None = None


@dataclass(frozen=True)
class Change:
    """What became of one file: `edits` are on the original text; a new file has no `before`."""

    path: str
    before: Source | None
    after: Source
    edits: tuple[Edit, ...]
    causes: frozenset[int]


@dataclass(frozen=True)
class Outcome:
    """A finished run. `fixed` are numbered from 0 in the order they were made; causes of edits are these numbers."""

    before: Project
    after: Project
    rounds: tuple[Round, ...]
    fixed: tuple[Result, ...]
    left: tuple[Result, ...]
    unused: tuple[Suppression, ...]
    converged: bool

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every file that is different now, by path."""
        edits, files = _history(self.rounds)
        changed = []
        for path in sorted(edits.keys() | files.keys()):
            old, new = self.before.sources.get(path), self.after.sources[path]
            if old is None or old.text != new.text:
                made = () if old is None else edits.get(path, ())
                causes = frozenset[int]().union(*(edit.causes for edit in edits.get(path, ())))
                causes |= files[path].causes if path in files else frozenset()
                changed.append(Change(path, old, new, made, causes))
        return tuple(changed)

    @property
    def results(self) -> tuple[Result, ...]:
        """Fixed and left together, by place."""
        return tuple(sorted(self.fixed + self.left, key=lambda one: (one.finding.path, one.span, one.finding.rule.id)))


def run(
    project: Project, rules: Sequence[Rule], allowed: Safety = Safety.SAFE, selected: Selection | None = None
) -> Outcome:
    """Fix what may be fixed at `allowed` or above; only findings that `selected` takes are looked at."""
    selected = selected or Selection()
    current, rounds, barred, seen = project, list[Round](), dict[Key, str](), {_print(project)}
    first = _found(project, rules, selected, allowed)
    found: Sequence[Finding] = first
    number = 0
    converged = False
    while len(rounds) < MOST_ROUNDS:
        chosen = plan.select(found, allowed, barred, current)
        if not chosen.applied:
            converged = not chosen.waiting
            break
        step, found = _settle(current, found, chosen, number, _Trial(rules, selected, barred, allowed))
        if step is None:
            continue
        if _print(step.after) in seen:
            break
        seen.add(_print(step.after))
        rounds.append(step)
        current, number = step.after, number + len(step.applied)
    else:
        converged = not plan.select(found, allowed, barred, current).applied
    return _outcome(
        first,
        found,
        rounds,
        _Ending(project, current, allowed, barred, converged, selected),
    )


@dataclass(frozen=True)
class Selection:
    """Which findings a run looks at: those whose primary file is one of `paths` or below one (empty: all).

    `silent` are the rules that exist and are not asked.
    """

    paths: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()

    def takes(self, path: str) -> bool:
        """Whether findings in this file are looked at."""
        return not self.paths or any(not top or path == top or path.startswith(f"{top}/") for top in self.paths)


@dataclass(frozen=True)
class _Trial:
    """What every attempt of a run shares. `barred` grows: a fix objected to is not tried again in this run."""

    rules: Sequence[Rule]
    selected: Selection
    barred: dict[Key, str]
    allowed: Safety


@dataclass(frozen=True)
class _Ending:
    """Where a run stands when nothing more can be chosen."""

    before: Project
    after: Project
    allowed: Safety
    barred: Mapping[Key, str]
    converged: bool
    selected: Selection

    def unused(self, used: Iterable[Suppression]) -> tuple[Suppression, ...]:
        """The ignore comments that silence nothing, where this run looked."""
        said = plan.comments(self.after).unused(used, self.selected.silent)
        return tuple(one for one in said if self.selected.takes(one.path))

    def why(self, finding: Finding) -> Why:
        """Why a finding is left."""
        why = plan.why_left(finding, self.allowed, self.barred)
        if why is None and not self.converged:
            return Why(Reason.NOT_CONVERGED)
        if why is None:
            return Why(Reason.UNEDITABLE, "a file of that name exists")
        return replace(why, detail=self.barred[finding.key]) if why.reason is Reason.OBJECTION else why


def _found(
    project: Project, rules: Iterable[Rule], selected: Selection, allowed: Safety = Safety.SAFE
) -> tuple[Finding, ...]:
    return tuple(one for one in plan.findings(project, rules, allowed) if selected.takes(one.path))


def _settle(
    project: Project, found: Sequence[Finding], chosen: ChangeSet, number: int, trial: _Trial
) -> tuple[Round | None, Sequence[Finding]]:
    """The largest part of the change set nobody objects to, and the findings after it; the rest is barred."""
    good: list[Finding] = []
    best: tuple[Round | None, Sequence[Finding]] = (None, found)

    def absorb(suspects: Sequence[Finding]) -> None:
        nonlocal good, best
        if not suspects:
            return
        step, after, wrong = _attempt(project, found, [*good, *suspects], number, trial)
        if not wrong:
            good, best = [*good, *suspects], (step, after)
            return
        if len(suspects) == 1:
            trial.barred[suspects[0].key] = wrong[0].what
            return
        blamed = _blamed(wrong, suspects)
        if blamed and len(blamed) < len(suspects):
            absorb([one for one in suspects if one not in blamed])
            absorb(blamed)
            return
        half = len(suspects) // 2
        absorb(suspects[:half])
        absorb(suspects[half:])

    absorb(chosen.applied)
    return best


def _blamed(wrong: Sequence[verify.Objection], suspects: Sequence[Finding]) -> list[Finding]:
    """Those of the suspects the objections can be about: the finding itself, else whoever touched the file."""
    keys = {objection.key for objection in wrong if objection.key}
    paths = {objection.path for objection in wrong if not objection.key}
    return [one for one in suspects if one.key in keys or not paths.isdisjoint(plan.touched(one))]


def _attempt(
    project: Project, found: Sequence[Finding], applied: Sequence[Finding], number: int, trial: _Trial
) -> tuple[Round, Sequence[Finding], list[verify.Objection]]:
    """Make the fixes on a copy of the project and look at the result."""
    numbers = {id(one): number + place for place, one in enumerate(applied)}
    chosen = ChangeSet(tuple(applied))
    edits = {path: tuple(chosen.edits(path, lambda one: numbers[id(one)])) for path in chosen.paths}
    files = tuple(chosen.files(lambda one: numbers[id(one)]))
    changed = {path: _edited(project.sources[path], made) for path, made in edits.items()}
    after, broken = link.rebuild(project, {**changed, **{file.path: file.source for file in files}})
    wrong = list(_wrong(project, after, broken, edits, files))
    now = _found(after, trial.rules, trial.selected, trial.allowed) if not wrong else ()
    if not wrong:
        wrong = list(verify.finding_objections(found, now, applied, [*edits, *(file.path for file in files)]))
    return Round(project, after, tuple(applied), edits, files), now, wrong


def _wrong(
    before: Project,
    after: Project,
    broken: Mapping[str, UnreadableError],
    edits: Mapping[str, Sequence[Edit]],
    files: Iterable[NewFile],
) -> Iterator[verify.Objection]:
    old = {path: (before.sources[path], before.documents.get(path) or _module(before, path)) for path in edits}
    new = {path: (after.sources[path], broken.get(path) or after.documents.get(path)) for path in edits}
    for path, (_, known) in old.items():
        if known and new[path][1] is None:
            new[path] = after.sources[path], _module(after, path) or UnreadableError("its syntax")
    yield from verify.objections(edits, old, new)
    for file in files:
        if file.path in broken:
            yield verify.Objection(f"the new file does not read: {broken[file.path].reason}", file.path)


def _module(project: Project, path: str) -> Document | None:
    """The source of an application, which is read only when somebody asks."""
    return app.module_of(project.sources[path]) if path not in project.documents else None


def _edited(source: Source, edits: Iterable[Edit]) -> Source:
    return Source(source.path, splice(source.text, edits), source.encoding, source.mode)


def _print(project: Project) -> int:
    """A fingerprint of all texts: the same twice means going in circles."""
    return hash(tuple((path, source.text) for path, source in project.sources.items()))


def _history(rounds: Sequence[Round]) -> tuple[dict[str, tuple[Edit, ...]], dict[str, NewFile]]:
    """The edits of all rounds on the original texts, and the files that are new."""
    edits: dict[str, tuple[Edit, ...]] = {}
    files: dict[str, NewFile] = {}
    for step in rounds:
        for path, made in step.edits.items():
            text = step.before.sources[path].text
            edits[path] = made if path not in edits else compose(_original(rounds, path), edits[path], made)
            if path in files:
                causes = files[path].causes.union(*(edit.causes for edit in made))
                files[path] = replace(files[path], text=splice(text, made), causes=causes)
        files |= {file.path: file for file in step.files}
    return edits, files


def _original(rounds: Sequence[Round], path: str) -> str:
    return next(step.before.sources[path].text for step in rounds if path in step.before.sources)


def _outcome(first: Sequence[Finding], found: Sequence[Finding], rounds: Sequence[Round], end: _Ending) -> Outcome:
    fixed = [_place(rounds[:n], one) for n, step in enumerate(rounds) for one in step.applied]
    left = [_place(rounds, one) for one in found]
    fixed += [(one, one.span) for one in _gone(first, fixed, left)]
    used = [one.suppression for one in found if one.suppression]
    return Outcome(
        end.before,
        end.after,
        tuple(rounds),
        tuple(Result(number, one, span) for number, (one, span) in enumerate(fixed)),
        tuple(Result(-1, one, span, end.why(one)) for one, span in left),
        end.unused(used),
        end.converged,
    )


def _gone(
    first: Iterable[Finding], fixed: Iterable[tuple[Finding, Span]], left: Iterable[tuple[Finding, Span]]
) -> Iterator[Finding]:
    """Findings of the first round that nobody fixed and that are not left: another's fix took them along.

    One that stands at its old place under another name, because a fix changed the words it is named by, is not gone.
    """
    known = [*fixed, *left]
    places = {(one.rule.id, one.path, span.start) for one, span in known}
    gone = Counter(one.key for one in first) - Counter(one.key for one, _ in known)
    for one in first:
        if gone[one.key] > 0:
            gone[one.key] -= 1
            if (one.rule.id, one.path, one.span.start) not in places:
                yield one


def _place(rounds: Sequence[Round], finding: Finding) -> tuple[Finding, Span]:
    """The finding and its place in the original text, seen back through the rounds before it."""

    def back(span: Span, step: Round) -> Span:
        edits = step.edits.get(finding.path)
        return origin(edits, span) if edits else span

    return finding, reduce(back, reversed(rounds), finding.span)
