"""What does a reviewer read?  The title and the body of a request, from a finished run and nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autofix.bot import redact
from autofix.bot.marker import SECRETS, Marker
from autofix.bot.plans import Plan
from autofix.bot.redact import code, prose
from autofix.engine import Outcome, Result
from autofix.finding import Safety
from autofix.node import Evidence
from autofix.report.told import verification
from autofix.report.words import reason
from autofix.rule import Rule

MOST_ROWS = 25
MOST_EVIDENCE = 6
MOST_TITLE = 90
ROTATE = """> [!IMPORTANT]
> **Rotate the secret: it is in the history.** This change takes it out of the newest version only. It stays in every
> older commit, clone, cache and image, so it has to be replaced where it was issued, before or right after the merge."""
CHECKS = {
    "compose": "docker compose -f {path} config -q",
    "dockerfile": "docker build -f {path} {folder}",
    "shell": "{shell} -n {path}",
    "kubernetes": "kubectl apply --dry-run=client -f {path}",
    "env": "git diff --stat {base} -- {path}",
}


@dataclass(frozen=True)
class Facts:
    """What the words are about: a finished run of a group, and what git and the forge know of it."""

    plan: Plan
    base: str
    branch: str
    added: int
    removed: int
    commits: int
    touching: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """The run."""
        return self.plan.outcome

    @property
    def fixed(self) -> list[Result]:
        """What the request repairs, by place."""
        return sorted(self.plan.fixed, key=lambda one: (one.finding.path, one.span, one.finding.rule.id))

    @property
    def rules(self) -> list[Rule]:
        """The rules of what is repaired, by id."""
        rules = {one.finding.rule.id: one.finding.rule for one in self.plan.fixed}
        return [rules[name] for name in sorted(rules)]


def title(facts: Facts) -> str:
    """A line that says what merging does."""
    titles = list(dict.fromkeys(one.finding.fix.title for one in facts.fixed if one.finding.fix))
    places = {one.finding.path for one in facts.fixed}
    where = f" in {next(iter(places))}" if len(places) == 1 else f" in {len(places)} files"
    if facts.plan.group.by == "service":
        where = f" for {facts.plan.group.name or 'several services'}"
    what = titles[0] if len(titles) == 1 else f"{titles[0]} and {_count(len(titles) - 1, 'other fix', 'other fixes')}"
    line = redact.quiet(redact.mask(what + where, facts.plan.secrets))
    return line if len(line) <= MOST_TITLE else redact.quiet(redact.mask(what, facts.plan.secrets))[:MOST_TITLE]


def body(facts: Facts, marker: Marker) -> str:
    """The page, with the marker at its end. It holds no secret, calls nobody and closes nothing."""
    text = "\n\n".join(_sections(facts))
    return f"{redact.mask(text, facts.plan.secrets | _taken_out(facts.outcome))}\n\n{marker}\n"


def _sections(facts: Facts) -> Iterator[str]:
    for rule in facts.rules:
        yield f"**{redact.quiet(rule.title)}.** {redact.quiet(rule.why)}"
    if any(SECRETS.search(rule.id) for rule in facts.rules):
        yield ROTATE
    yield "### Where"
    yield listed([_found(facts.outcome, one) for one in facts.fixed])
    yield "### The change"
    yield _size(facts)
    yield "### Is it safe to merge?"
    yield _safety(facts)
    if facts.plan.left:
        yield "### Left as it is"
        yield listed([_left(facts.outcome, one) for one in facts.plan.left])
    yield "### How to verify"
    yield _verify(facts)
    yield "### Not wanted?"
    yield _ignore(facts)


def _size(facts: Facts) -> str:
    files = [change.path for change in facts.outcome.changes]
    new = sum(change.before is None for change in facts.outcome.changes)
    news = f" ({new} new)" if new else ""
    text = (
        f"{_count(len(files), 'file')}{news}, +{facts.added} −{facts.removed} lines, "
        f"{_count(facts.commits, 'commit')}{', one for each fix' * (facts.commits > 1)}. Every other byte stays as it is."
    )
    if facts.touching:
        others = ", ".join(code(name) for name in facts.touching)
        text += (
            f"\n\nThe requests of {others} change lines next to these. Merge them in any order: what is left over is "
            "made again on the new base at the next run."
        )
    return text


def _safety(facts: Facts) -> str:
    doubtful = [one for one in facts.fixed if one.finding.safety is not Safety.SAFE]
    if not doubtful:
        return (
            "**Merge after a glance.** In production only the problem goes away, and the evidence for that is in the "
            "repository. The result was read again and compared: outside of the edits nothing changed its meaning."
        )
    seen = [
        f"{code(_where(facts.outcome, one))}: {_evidence(facts.outcome, doubt)}"
        for one in doubtful
        for doubt in (one.finding.fix.doubts if one.finding.fix else ())
    ]
    some = "" if len(doubtful) == len(facts.fixed) else f" of {len(doubtful)} of the {len(facts.fixed)} places"
    text = f"**Review before merging{some}.** The edit is right in most repositories; this one decides it by:"
    return f"{text}\n\n{listed(list(dict.fromkeys(seen)))}" if seen else text.replace(" by:", ", not its files.")


def _verify(facts: Facts) -> str:
    fence = ["```sh", f"git fetch origin {shlex.quote(facts.branch)} && git switch --detach FETCH_HEAD"]
    fence.append(f"autofix --select {','.join(rule.id for rule in facts.rules)}    # lists nothing but what is left")
    told = [line for one in facts.fixed for line in verification(facts.outcome.before, one.finding)]
    lines = told or [line for change in facts.outcome.changes for line in _check(facts, change.path)]
    once = {line.partition("  #")[0]: line for line in reversed(lines)}
    fence += [line for line in reversed(once.values()) if line.isprintable() and "```" not in line]
    return "\n".join([*fence[: MOST_ROWS + 3], "```"])


def _check(facts: Facts, path: str) -> Iterator[str]:
    document = facts.outcome.after.documents.get(path)
    surface = type(document).__module__.split(".")[2] if document else ""
    if surface in CHECKS and path.isprintable() and "`" not in path:
        built = [one.build.context for one in facts.outcome.after.built_from(path) if one.build]
        folder = built[0] if built else str(PurePosixPath(path).parent)
        shell = "bash" if "bash" in facts.outcome.after.sources[path].text.partition("\n")[0] else "sh"
        names = {"path": path, "folder": folder or ".", "base": f"origin/{facts.base}", "shell": shell}
        yield CHECKS[surface].format(**{name: shlex.quote(value) for name, value in names.items()})


def _ignore(facts: Facts) -> str:
    rule = facts.rules[0].id
    mark = "//" if rule.startswith("app/") else "#"
    return (
        "Close this request: the findings in it are not proposed again until they change. To say no in the repository "
        "instead, with the reason for the next reader, put a comment above the place:\n\n"
        f"```\n{mark} autofix: ignore {rule} -- <the reason>\n```\n\n"
        f"or add the rule to `ignore:` in `.autofix.yaml`. A commit of yours on `{facts.branch}` makes the branch yours: "
        "autofix does not touch it again."
    )


def _found(outcome: Outcome, result: Result) -> str:
    row = f"{code(_where(outcome, result))} {prose(result.finding.message)}"
    grounds = [f"  - {_evidence(outcome, one)}" for one in result.finding.match.evidence[:MOST_EVIDENCE]]
    return "\n".join([row, *dict.fromkeys(grounds)])


def _left(outcome: Outcome, result: Result) -> str:
    grounds = result.finding.evidence[len(result.finding.match.evidence) :]
    seen = next((place(outcome, one.path, one.span.start if one.span else None) for one in grounds if one.path), "")
    words = f"{prose(reason(result))} ({code(seen)})" if seen else prose(reason(result))
    return f"{code(_where(outcome, result))} {prose(result.finding.message)}: {words}"


def _where(outcome: Outcome, result: Result) -> str:
    return place(outcome, result.finding.path, result.span.start)


def place(outcome: Outcome, path: str, offset: int | None) -> str:
    """A file and line of the base."""
    source = outcome.before.sources.get(path)
    return f"{path}:{source.position(offset)[0]}" if source and offset is not None else path


def _evidence(outcome: Outcome, one: Evidence) -> str:
    where = place(outcome, one.path, one.span.start if one.span else None) if one.path else ""
    return f"{prose(one.what)} ({code(where)})" if where else prose(one.what)


def listed(rows: Sequence[str]) -> str:
    """A list that stays readable: what is too much is counted."""
    shown = [f"- {row}" for row in rows[:MOST_ROWS]]
    more = len(rows) - len(shown)
    return "\n".join([*shown, f"- and {more} more"] if more else shown)


def _taken_out(outcome: Outcome) -> set[str]:
    """The words a fix about secrets takes out of the repository, whatever they look like."""
    gone: set[str] = set()
    about = {one.number for one in outcome.fixed if SECRETS.search(one.finding.rule.id)}
    for change in outcome.changes:
        kept = _words(change.after.text)
        for edit in change.edits:
            if change.before and about & edit.causes:
                gone |= _words(change.before.slice(edit.span)) - kept
    return {word for word in gone if len(word) > 3}


def _words(text: str) -> set[str]:
    for char in "\"'=:@/,;{}[]()":
        text = text.replace(char, " ")
    return set(text.split())


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
