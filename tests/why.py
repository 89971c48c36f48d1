"""Does each finding of an audit get the answer that `why.txt` of its system promises?

A line of `why.txt` reads `subject: what is wrong -> rule ids [safety]`. The subject names files, services, or both; the
safety says what becomes of the rule there: `safe` is edited by plain `--apply`, `unsafe` with `--unsafe-fixes`, `manual` is
reported, `silent` is not even that. `at most` allows less. Without a safety any answer but silence will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from autofix.engine import Outcome, Result
from autofix.finding import Safety
from tests import golden

STRENGTH = ("silent", "manual", "unsafe", "safe")
SURFACES = "dockerfile|compose|shell|env|system|kubernetes|app|workflow|nginx|package"
ID = rf"(?:{SURFACES})/(?:[a-z0-9]+(?:-[a-z0-9]+)*|\*)"
LIST = re.compile(rf"(?<![\w/.-]){ID}(?:(?:, | and )(?:{ID}|[a-z]+(?:-[a-z]+)+)(?![\w/.]))*")
BRACKET = re.compile(r"\[(?:-\w+ )?(?:safe|unsafe|manual|silent)\b[^\]]*\]")
TOKEN = re.compile(
    rf"(?P<bracket>{BRACKET.pattern})|(?P<ids>{LIST.pattern})|(?P<arrow>->)|(?P<silent>\bsilent\b)"
    r"|(?P<most>\bat most\b)|(?P<end>;)"
)
HEAD = re.compile(r"^[A-Z][A-Z ]+(?:$|[,(: ])")
RIGHT = "entirely right"


@dataclass(frozen=True)
class Subject:
    """Where a line looks: patterns of paths, names of services; both empty for the whole repository."""

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[Subject, ...]:
        """Each place that has to have the answer."""
        if self.names:
            return tuple(Subject(self.paths, (name,)) for name in self.names)
        return tuple(Subject((path,)) for path in self.paths) or (self,)


@dataclass(frozen=True)
class Promise:
    """One rule of one line, and the answers that keep it; `besides` are those that other lines promise for the same file."""

    system: str
    section: str
    line: int
    subject: Subject
    written: str
    rule: str
    allowed: frozenset[str]
    besides: frozenset[str] = frozenset()

    @property
    def wanted(self) -> str:
        """The strongest answer that is allowed."""
        return "any" if self.allowed == {"manual", "unsafe", "safe"} else max(self.allowed, key=STRENGTH.index)


@dataclass(frozen=True)
class Answer:
    """What became of a promise: the answer of each of its places. `known`: the catalogue has the rule."""

    promise: Promise
    given: tuple[str, ...]
    known: bool

    @property
    def met(self) -> bool:
        """Whether every place has an answer that is allowed."""
        return self.known and all(one in self.promise.allowed | self.promise.besides for one in self.given)

    @property
    def said(self) -> str:
        """The answers with how often they were given."""
        if not self.known:
            return "no such rule yet"
        counts = [(one, self.given.count(one)) for one in reversed(STRENGTH) if one in self.given]
        return ", ".join(
            one if len(self.given) == 1 else f"{one} {count} of {len(self.given)}" for one, count in counts
        )


@dataclass(frozen=True)
class Ran:
    """What both runs on a system said."""

    plain: Outcome
    unsafe: Outcome

    def answer(self, rule: str, place: Subject) -> str:
        """The strongest answer a rule gives at a place."""
        if any(_about(one, rule, place) for one in self.plain.fixed):
            return "safe"
        if any(_about(one, rule, place) for one in self.unsafe.fixed):
            return "unsafe"
        left = any(_about(one, rule, place) for one in (*self.plain.left, *self.unsafe.left))
        return "manual" if left else "silent"


def answers(case: golden.Case, known: Iterable[str]) -> Iterator[Answer]:
    """Every promise of a system and what became of it."""
    ids = set(known)
    ran = Ran(*(golden.faults_of_run(case, safety, None, []).outcome for safety in (Safety.SAFE, Safety.UNSAFE)))
    promised = list(promises(case.name.rpartition("/")[2], (case.folder / "why.txt").read_text("utf-8")))
    for promise in (_apart(one, promised) for one in promised):
        given = tuple(ran.answer(promise.rule, place) for place in promise.subject.items)
        exists = promise.rule == "*" or any(fnmatchcase(one, promise.rule) for one in ids)
        yield Answer(promise, given, exists)


def _apart(promise: Promise, others: Iterable[Promise]) -> Promise:
    """A promise of silence that other lines break on purpose: in the same file they promise more for other places of it."""
    if promise.wanted != "silent":
        return promise
    here = [one for one in others if one.rule == promise.rule and set(one.subject.paths) & set(promise.subject.paths)]
    more = (
        one.allowed for one in here if not promise.subject.names or set(one.subject.names) & set(promise.subject.names)
    )
    return replace(promise, besides=frozenset().union(*more))


def promises(system: str, text: str) -> Iterator[Promise]:
    """What the lines of a `why.txt` say."""
    section, subject = "", Subject()
    for number, line in enumerate(text.splitlines(), 1):
        if number <= 3 or not line.strip():
            continue
        if HEAD.match(line) and ": " not in line.partition("(")[0]:
            section = line
            continue
        written, colon, rest = line.partition(": ")
        if not colon:
            written, rest = "repository", line
        subject = _subject(written, section, subject)
        for rule, allowed in _said(rest, entire=RIGHT in line):
            yield Promise(system, section, number, subject, written, rule, allowed)


def _subject(written: str, section: str, before: Subject) -> Subject:
    """The files and services a line is about."""
    if written.startswith(("same files", "the same")):
        return before
    paths: list[str] = []
    names: list[str] = []
    for part in re.split(r", (?![^{]*\})|; | \.\.\. ", re.sub(r"\s*\([^)]*\)", "", written)):
        first, _, more = part.strip().partition(" ")
        if more and not more.replace(" ", "").isdigit():
            continue
        if re.search(r"[/*]|\w\.\w|^\.\w", first):
            paths += _expanded(first.rstrip("/") + "/**" if first.endswith("/") else first)
        elif first not in {"repository", ".", "whole"}:
            names.append(first)
    file = re.search(r"[\w./-]+\.ya?ml", section)
    return Subject(tuple(paths) or ((file[0],) if file else ()), tuple(names))


def _expanded(pattern: str) -> list[str]:
    found = re.search(r"\{([^}]*)\}", pattern)
    if not found:
        return [pattern]
    return [one for part in found[1].split(",") for one in _expanded(pattern.replace(found[0], part, 1))]


def _said(text: str, *, entire: bool) -> Iterator[tuple[str, frozenset[str]]]:
    """The rules of a line, each with the answers that are allowed."""
    pending: list[str] = []
    arrow = False
    tokens = list(TOKEN.finditer(text))
    for number, token in enumerate(tokens):
        if token["ids"]:
            pending += _ids(token["ids"])
        elif token["arrow"]:
            pending, arrow = [], True  # what stands before it without a safety only explains
        elif token["bracket"] or (token["silent"] and pending and token.start() - tokens[number - 1].end() < 6):
            less = re.match(r"[ +]*at most", text[token.end() :]) is not None
            yield from ((rule, _allowed(token.group(), less=less)) for rule in pending or (["*"] if entire else []))
            pending, arrow, entire = [], False, False
        elif token["most"] and pending and token.start() - tokens[number - 1].end() < 6:
            yield from ((rule, frozenset({"silent", "manual"})) for rule in pending)
            pending, arrow = [], False
        elif token["end"]:
            yield from ((rule, frozenset({"manual", "unsafe", "safe"})) for rule in pending if arrow)
            pending, arrow = [], False
    yield from ((rule, frozenset({"manual", "unsafe", "safe"})) for rule in pending if arrow)


def _ids(text: str) -> Iterator[str]:
    """The ids of a list in which a later one may leave out its surface."""
    surface = ""
    for part in re.split(r", | and ", text):
        surface = part.partition("/")[0] if "/" in part else surface
        yield part if "/" in part else f"{surface}/{part}"


def _allowed(bracket: str, *, less: bool) -> frozenset[str]:
    """`[safe: …; unsafe: …]` promises the edit of a plain run, `[silent, at most manual]` allows the report."""
    found = re.findall(r"\bunsafe\b|\bsafe\b|\bmanual\b|\bsilent\b", re.sub(r"\w+/[\w-]+", "", bracket))
    allowed = {"safe"} if "safe" in found else set(found)
    if "at most a note" in bracket or "at most a manual" in bracket:
        allowed.add("manual")
    if less or "manual at most" in bracket:
        allowed |= set(STRENGTH[: 1 + max(STRENGTH.index(one) for one in allowed)])
    return frozenset(allowed)


def _about(result: Result, rule: str, place: Subject) -> bool:
    """Whether a result is one of the rule at the place: it stands there, edits there, or names what is there."""
    finding = result.finding
    if rule != "*" and not fnmatchcase(finding.rule.id, rule):
        return False
    fix = finding.fix
    touched = {finding.path, *(one.path for one in finding.evidence)}
    touched |= {edit.path for edit in fix.edits} | {file.path for file in fix.files} if fix else set()
    if rule == "*":
        touched = {finding.path}
    if place.paths and not any(
        fnmatchcase(path, form) for path in touched for one in place.paths for form in (one, f"{one}/*")
    ):
        return False
    words = " ".join((finding.match.node.anchor, finding.message, *(one.what for one in finding.evidence), *touched))
    return all(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words) for name in place.names)


def table(found: Sequence[Answer]) -> Iterator[str]:
    """Under each section of an audit a line for each promise: where it stands, the rule, what is promised and what came."""
    section = ""
    for one in found:
        promise = one.promise
        if (here := f"{promise.system}, {promise.section or 'general'}") != section:
            section = here
            yield f"-- {section}"
        mark = "met" if one.met else "NOT MET"
        if one.met and not set(one.given) <= promise.allowed:
            mark = "met: another line promises that for the same file"
        yield f"{promise.system}:{promise.line} {promise.rule} {promise.wanted} -> {one.said}: {mark}"


def systems() -> list[golden.Case]:
    """The systems that have a `why.txt`."""
    return [case for case in golden.cases(["_systems/"]) if Path(case.folder, "why.txt").is_file()]
