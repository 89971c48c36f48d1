"""Which words do all formats share?"""

from __future__ import annotations

from enum import StrEnum

from autofix.engine import Result
from autofix.finding import Reason


class Mode(StrEnum):
    """What the run does with the edits."""

    LIST = "list"
    DRY_RUN = "dry-run"
    APPLY = "apply"


REASONS = {
    Reason.NO_FIXER: "no automatic fix",
    Reason.BELOW_SAFETY: "needs --unsafe-fixes",
    Reason.CLASH: "clashes with another fix",
    Reason.WAITING_FOR: "waits for another fix",
    Reason.OBJECTION: "the fix did not pass verification",
    Reason.SUPPRESSED: "ignored",
    Reason.UNEDITABLE: "cannot be edited here",
    Reason.UNSURE: "not sure",
    Reason.NOT_CONVERGED: "the fixes did not settle",
}


def status(result: Result, mode: Mode) -> str:
    """`fixed`, `fixable` (nothing was written yet) or `left`."""
    if result.why:
        return "left"
    return "fixed" if mode is Mode.APPLY else "fixable"


def shown(path: str) -> str:
    """A path on one line: a line break or another control character in it is written as an escape."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in path)


def reason(result: Result) -> str:
    """Why a finding is left, in words; empty for a fixed one."""
    if result.why is None:
        return ""
    words = REASONS[result.why.reason]
    return f"{words}: {result.why.detail}" if result.why.detail else words
