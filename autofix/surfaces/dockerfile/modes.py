"""Does an instruction leave files that only root can read or run?"""

from __future__ import annotations

import re

from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Instruction

CHMOD = re.compile(r"\bchmod\s+(?:-\w+\s+)*(?P<mode>[0-7]{3,4}|[ugoa]*[-+=][\w,=+-]*)")
CHANGE = re.compile(r"(?P<who>[ugoa]*)(?P<how>[-+=])(?P<what>[rwxXst]*)")
READ_AND_RUN = 5


def is_private(one: Instruction) -> bool:
    """Whether a chmod of a RUN, or --chmod, gives the owner more of reading and running than everybody else."""
    flag = one.flag("chmod")
    modes = [flag.value or ""] if flag else [found["mode"] for found in CHMOD.finditer(words_of(one))]
    return any(map(_keeps, modes))


def _keeps(mode: str) -> bool:
    if mode.isdigit():
        return bool(int(mode[-3:][0]) & READ_AND_RUN & ~int(mode[-1]))
    return any(_keeps_by(found["who"], found["how"], found["what"]) for found in CHANGE.finditer(mode))


def _keeps_by(who: str, how: str, what: str) -> bool:
    everybody = not who or "o" in who or "a" in who
    if how == "+":
        return "x" in what and not everybody
    return everybody and ("r" in what or "x" in what if how == "-" else "r" not in what)
