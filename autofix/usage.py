"""What did the user get wrong?  One line that says so, with the file and line when there is one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class UsageError(Exception):
    """Wrong usage or configuration; the message is shown as it is and the run ends with status 2."""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence for a name that is not known, with the nearest one that is."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"unknown {what}: {name}{hint}"
