"""What did a proof expect, and what did it see?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.containers.engine import Engine
from tests.containers.host import CommandError, UnavailableError

WIDTH = 48


@dataclass(frozen=True)
class Check:
    """One named observation."""

    name: str
    expected: str
    seen: str

    @property
    def passed(self) -> bool:
        """Whether it is what was expected."""
        return self.expected == self.seen


@dataclass(frozen=True)
class Proof:
    """A function that looks at a real engine. It yields checks as it goes, so that those before a fault count."""

    name: str
    prove: Callable[[Engine], Iterator[Check]]


@dataclass(frozen=True)
class Result:
    """What became of a proof. `skipped` says what was missing for it."""

    proof: Proof
    checks: tuple[Check, ...]
    skipped: str = ""


def play(proof: Proof, engine: Engine) -> Result:
    """Every check of a proof. A command that fails where none should is a failed check."""
    checks: list[Check] = []
    try:
        for check in proof.prove(engine):
            checks.append(check)  # noqa: PERF402 - those before a fault count
    except (CommandError, OSError, LookupError, ValueError) as error:
        checks.append(Check("runs to its end", "yes", f"{type(error).__name__}: {error}"))
    except UnavailableError as error:
        return Result(proof, tuple(checks), str(error))
    return Result(proof, tuple(checks))


def table(results: Sequence[Result]) -> str:
    """All checks, a line each; the last line counts them. What was seen is told in full where it is wrong."""
    lines = []
    for result in results:
        for check in result.checks:
            expected, seen = _cut(check.expected), _cut(check.seen) if check.passed else check.seen
            verdict = "ok  " if check.passed else "FAIL"
            lines.append(
                f"{verdict}  {result.proof.name:<14}  {_cut(check.name):<{WIDTH}}  {expected:<{WIDTH}}  {seen}"
            )
        if result.skipped:
            lines.append(f"skip  {result.proof.name:<14}  {result.skipped}")
    head = f"{'':4}  {'proof':<14}  {'check':<{WIDTH}}  {'expected':<{WIDTH}}  seen"
    checks = [check for result in results for check in result.checks]
    good = sum(check.passed for check in checks)
    return "\n".join([head, *(line.rstrip() for line in lines), f"{good} passed, {len(checks) - good} failed"])


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
