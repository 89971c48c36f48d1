"""What does each fix change on its own?  One commit per fix, in the order the fixes were made.

Within a round the edits of different fixes do not clash, so any first few of them can be made; the rounds follow one
another. The last step is the outcome, to the byte.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from autofix.bot import redact
from autofix.engine import Outcome, Result, Round
from autofix.text import Source, splice

WIDTH = 72


@dataclass(frozen=True)
class Step:
    """One commit: the texts it changes, as they are after it, and what is said about it."""

    message: str
    texts: Mapping[str, Source]


def steps(outcome: Outcome, secrets: Collection[str] = ()) -> list[Step]:
    """The commits of an outcome. A fix another one had made already has none; no message holds a secret."""
    results = {result.number: result for result in outcome.fixed}
    subjects = Counter(_subject(result) for result in outcome.fixed)
    made: list[Step] = []
    number = 0
    for round_ in outcome.rounds:
        for done, texts in enumerate(_texts(round_, number), start=number):
            if texts:
                again = subjects[_subject(results[done])] > 1
                text = message(outcome, results[done], place=again)
                made.append(Step(redact.mask(text, secrets), texts))
        number += len(round_.applied)
    return made


def message(outcome: Outcome, result: Result, *, place: bool = False) -> str:
    """What a commit does and why, in git's form; its first line names the `place` where others do the same. It mentions
    nobody and closes nothing.
    """
    finding = result.finding
    source = outcome.before.sources.get(finding.path) or outcome.after.sources[finding.path]
    line = source.position(result.span.start)[0]
    parts = [
        redact.quiet(f"{_subject(result)}:{line}" if place else _subject(result)),
        _wrapped(f"{finding.path}:{line}: {finding.message}. {finding.rule.why}"),
        f"Autofix-Rule: {finding.rule.id}",
    ]
    return "\n\n".join(parts) + "\n"


def _subject(result: Result) -> str:
    finding = result.finding
    return f"{finding.fix.title if finding.fix else finding.rule.title} in {finding.path}"


def _texts(round_: Round, first: int) -> Iterator[dict[str, Source]]:
    """For each fix of a round, whose numbers begin at `first`, the texts that differ from those before it."""
    last: dict[str, Source] = {}
    for number in range(first, first + len(round_.applied)):
        now = dict(_upto(round_, number))
        yield {path: source for path, source in now.items() if last.get(path) != source}
        last = now


def _upto(round_: Round, number: int) -> Iterator[tuple[str, Source]]:
    """The texts with all fixes up to one made, those that are still as they were left out."""
    for path, edits in round_.edits.items():
        before = round_.before.sources[path]
        text = splice(before.text, [edit for edit in edits if min(edit.causes) <= number])
        if text != before.text:
            yield path, replace(before, text=text)
    for file in round_.files:
        if min(file.causes) <= number:
            yield file.path, file.source


def _wrapped(text: str) -> str:
    return textwrap.fill(redact.quiet(text), WIDTH, break_long_words=False, break_on_hyphens=False)
