"""Do the fixes hold on a real container engine?

    python -m tests.containers [PART OF A PROOF NAME ...]

Needs root on a Debian machine with node and npm; installs docker.io where there is no dockerd. Exit status 0: every
check passed; 1: one did not; 77: this machine cannot prove it, and a line says why. With CI=true that is a failure too:
a proof that is silently left out proves nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from tests.containers import host, private
from tests.containers.proof import Proof, Result, play, table
from tests.containers.proofs import PROOFS

SKIPPED = 77


def main(words: Sequence[str]) -> int:
    """Play the proofs named (none: all) on one engine."""
    chosen = [proof for proof in PROOFS if not words or any(word in proof.name for word in words)]
    if not chosen:
        print(f"no such proof; there are {', '.join(proof.name for proof in PROOFS)}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the engine is stopped
    try:
        with host.timed("in all"):
            results = _play(chosen)
    except host.UnavailableError as error:
        print(f"skipped: {error}", file=sys.stderr)
        return _skip_status()
    except host.CommandError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    print(table(results))
    if any(not check.passed for result in results for check in result.checks):
        return 1
    return _skip_status() if any(result.skipped for result in results) else 0


def _play(proofs: Sequence[Proof]) -> list[Result]:
    results = []
    with private.engine() as engine:
        for proof in proofs:
            with host.timed(proof.name):
                results.append(play(proof, engine))
    return results


def _skip_status() -> int:
    if os.environ.get("CI") != "true":
        return SKIPPED
    print("failed: in CI nothing may be skipped", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
