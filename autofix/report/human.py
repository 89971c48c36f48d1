"""How does a person read an outcome in a terminal?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from autofix import plan
from autofix.engine import Outcome, Result
from autofix.finding import Reason, Refusal, Severity
from autofix.node import Evidence
from autofix.report.words import Mode, reason, shown
from autofix.text import Source

COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


def render(outcome: Outcome, mode: Mode, *, colour: bool = False, verbose: bool = False) -> str:
    """One line a finding, then a line of totals with the command to type next."""
    paint = _colour if colour else _plain
    lines: list[str] = []
    for result in outcome.results:
        lines.append(_line(outcome, result, mode, paint))
        if verbose:
            lines += [f"    {line}" for line in _details(outcome, result)]
    lines += [_note(outcome, one.path, one.span.start) for one in outcome.unused]
    lines.append(totals(outcome, mode))
    return "\n".join(lines) + "\n"


def totals(outcome: Outcome, mode: Mode) -> str:
    """What there is, what is fixed, what to type next."""
    if not outcome.results:
        return "No findings."
    done = "fixed" if mode is Mode.APPLY else "fixable"
    left = Counter(result.why.reason for result in outcome.left if result.why)
    unsafe = left[Reason.BELOW_SAFETY]
    words = [f"{len(outcome.results)} finding{'s' * (len(outcome.results) != 1)}: {len(outcome.fixed)} {done}"]
    words += [f"{unsafe} more with --unsafe-fixes"] if unsafe else []
    rest = sum(left.values()) - unsafe
    words += [f"{rest} left to you"] if rest else []
    return f"{', '.join(words)}. {_next(outcome, mode, unsafe)}".rstrip()


def _next(outcome: Outcome, mode: Mode, unsafe: int) -> str:
    if mode is Mode.LIST and outcome.fixed:
        return "Next: autofix --dry-run"
    if mode is Mode.DRY_RUN and outcome.fixed:
        return "Next: autofix --apply"
    if mode is Mode.APPLY and outcome.fixed:
        return "Next: git diff"
    return "Next: autofix --dry-run --unsafe-fixes" if unsafe else ""


def _line(outcome: Outcome, result: Result, mode: Mode, paint: Callable[[str, str], str]) -> str:
    finding = result.finding
    source = outcome.before.sources.get(finding.path) or outcome.after.sources[finding.path]
    line, column = source.position(result.span.start)
    where = paint(f"{shown(finding.path)}:{line}:{column}:", "1")
    rule = paint(finding.rule.id, COLOURS[finding.severity])
    return (
        f"{where} {rule} {finding.message} [{paint(_verdict(outcome, result, mode), '32' if not result.why else '2')}]"
    )


def _verdict(outcome: Outcome, result: Result, mode: Mode) -> str:
    if result.why:
        seen = next((_place(outcome, one) for one in _grounds(result) if one.path), "")
        return f"{reason(result)} ({seen})" if seen else reason(result)
    elsewhere = sorted(plan.touched(result.finding) - {result.finding.path})
    also = f", also edits {', '.join(map(shown, elsewhere))}" if elsewhere else ""
    return ("fixed" if mode is Mode.APPLY else "will be fixed") + also


def _details(outcome: Outcome, result: Result) -> Iterator[str]:
    for evidence in result.finding.evidence:
        place = _place(outcome, evidence)
        yield f"{evidence.what} ({place})" if place else evidence.what
    remedy = getattr(result.finding.answer, "remedy", "") or result.finding.rule.remedy
    if result.why and remedy:
        yield from remedy.splitlines()


def _grounds(result: Result) -> tuple[Evidence, ...]:
    """What the fixer names for leaving the finding."""
    answer = result.finding.answer
    return answer.evidence if isinstance(answer, Refusal) else answer.doubts if answer else ()


def _place(outcome: Outcome, evidence: Evidence) -> str:
    source = outcome.before.sources.get(evidence.path)
    path = shown(evidence.path)
    return f"{path}:{source.position(evidence.span.start)[0]}" if source and evidence.span else path


def _note(outcome: Outcome, path: str, offset: int) -> str:
    source: Source = outcome.after.sources[path]
    return f"{shown(path)}:{source.position(offset)[0]}: note: this ignore comment silences nothing or gives no reason"


def _colour(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m"


def _plain(text: str, code: str) -> str:  # noqa: ARG001
    return text
