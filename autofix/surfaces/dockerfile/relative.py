"""Does a stage work in a folder that depends on where its base image happens to start?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.finding import Fix, Refusal
from autofix.project import Project
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction
from autofix.surfaces.dockerfile.families import starts_in_root
from autofix.text import Edit, Span

ANYWHERE = re.compile(r"[/\\$]|[A-Za-z]:")  # absolute, also on Windows, or only a build can tell
PLAIN = re.compile(r"(?:\./)*(?P<path>(?!\.\.?(?:/|$))\w[\w./-]*(?:\$[\w{}./-]*)?)")


def relative_folders(file: Dockerfile) -> Iterator[tuple[Instruction, str]]:
    """The first WORKDIR of a stage and of all it builds on, where it names a folder without its root."""
    for stage in file.stages:
        first, *others = file.lineage(stage)
        found = first.of("WORKDIR")
        if not found or any(one.of("WORKDIR") for one in others):
            continue
        written = found[0].words[0].value if found[0].words else "/"
        if not ANYWHERE.match(written):
            yield found[0], f"WORKDIR {written} is relative to wherever the base image works"


def absolute(project: Project, workdir: Instruction) -> Fix | Refusal:
    """The same folder from the root on, where the base image is known to start there."""
    file = project.documents[workdir.path]
    assert isinstance(file, Dockerfile)
    word = workdir.words[0]
    if word.value.startswith("~"):
        return Refusal("~ is no home folder here, but a folder of that name", "WORKDIR with the whole path")
    plain = PLAIN.fullmatch(word.text)
    lowest = file.lineage(file.stages[workdir.stage or 0])[-1]
    named = "$" not in lowest.image.text.partition(":")[0]
    if plain is None or ".." in word.text.split("/"):
        return Refusal("the path is not a plain one", "WORKDIR with the whole path")
    if not named or lowest.reference is None or not starts_in_root(lowest.reference):
        return Refusal("the folder the base image works in is not known", "WORKDIR with the whole path")
    begins = Span(word.span.start, word.span.start + plain.start("path"))
    return Fix("Name the folder from the root on", (Edit(workdir.path, begins, "/"),))
