"""Which folder is an instruction of a stage carried out in?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from posixpath import join, normpath

from autofix.surfaces.dockerfile.document import Instruction, Stage

SYSTEM = re.compile(
    r"/(?:usr/(?:local/)?(?:s?bin|lib(?:32|64|exec)?|include|share)|etc|s?bin|lib(?:64)?|boot)(?:/|$)"
    r"|/(?:usr(?:/local)?)?/?$"
)


def work_folder(lineage: Sequence[Stage], before: int | None = None) -> str | None:
    """The folder a stage works in at its end, or at line `before`; None when no WORKDIR says so or a variable does.

    `lineage` is the stage and those it builds on, nearest first.
    """
    path: str | None = None
    for stage in reversed(lineage):
        for one in stage.of("WORKDIR"):
            if stage is not lineage[0] or before is None or one.first < before:
                path = entered(path, one)
    return path


def entered(path: str | None, workdir: Instruction) -> str | None:
    """The folder behind a WORKDIR that stands in `path`."""
    written = workdir.words[0].value if workdir.words else ""
    return None if "$" in written else normpath(join(path or "/", written))


def target_of(copy: Instruction, lineage: Sequence[Stage]) -> str | None:
    """The absolute path a COPY or ADD writes to, None where a variable decides."""
    written = copy.words[-1].value if copy.words else ""
    folder = work_folder(lineage, copy.first)
    if "$" in written or (folder is None and any(stage.of("WORKDIR") for stage in lineage)):
        return None
    return normpath(join(folder or "/", written))
