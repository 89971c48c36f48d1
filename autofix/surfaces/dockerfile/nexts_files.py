"""Does the standalone server of Next have the files it hands out?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import join

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.project import Project
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.nexts import standalone_copy
from autofix.surfaces.dockerfile.users import deployed

SERVER = re.compile(r"(?:^|[\s\"'])(?:\./)?(?P<folder>(?:[\w.@-]+/)*)server\.js\b")
WHOLE = re.compile(r"(?:^|/)\.next/?$")
PARTS = {"static": re.compile(r"(?:^|/)\.next/static(?:/|$)"), "public": re.compile(r"(?:^|/)public(?:/|$)")}
BROUGHT = {"static": re.compile(r"\.next/static\b"), "public": re.compile(r"(?<![\w-])public\b")}


@dataclass(frozen=True)
class PartFacts:
    """What is missing."""

    part: str


@dataclass(frozen=True)
class Standing(Instruction):
    """The COPY of the standalone server: the folder its server.js is in, and which part does not come with it."""

    below: str = ""
    part: str = ""


def lacks_files(project: Project) -> Iterator[Match[Standing, PartFacts]]:
    """Deployed stages with the standalone server and without `.next/static`, or without a `public` there is."""
    for file in project.of(Dockerfile):
        if ".next/standalone" not in file.source.text:
            continue
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            copy = standalone_copy(lineage)
            start = SERVER.search(" ".join(map(words_of, start_of(lineage))))
            if copy is None or start is None:
                continue
            for part in PARTS:
                if not _is_brought(file, lineage, part) and (part == "static" or _has_public(project, file, stage)):
                    node = Standing(
                        **{**copy.__dict__, "anchor": f"{stage.anchor}/{part}", "below": start["folder"], "part": part}
                    )
                    name = ".next/static" if part == "static" else part
                    yield Match(node, PartFacts(name), (copy.evidence("COPY"),))


def bring_files(project: Project, match: Match[Standing, PartFacts]) -> Fix | Refusal:  # noqa: ARG001
    """A COPY of its own, written as the one of the server."""
    copy = match.node
    if len(copy.words) != 2 or copy.json is not None or copy.open_ended or copy.words[0].text != copy.words[0].value:
        return Refusal("the COPY of the server is written in another way", reason=Reason.UNEDITABLE)
    origin = copy.words[0].value.rpartition(".next/standalone")[0]
    inside = ".next/static" if copy.part == "static" else "public"
    target = join(copy.words[1].value, copy.below, inside)
    keyword = copy.source.slice(copy.keyword_span)
    flags = "".join(f"{flag.text} " for flag in copy.flags)
    return Fix(f"Bring {inside} to Next", (placing.below(copy, [f"{keyword} {flags}{origin}{inside} {target}"]),))


def _is_brought(file: Dockerfile, lineage: Sequence[Stage], part: str) -> bool:
    """Whether a COPY brings it, with the whole folder or by its name, or a RUN puts it beside the server."""
    for stage in lineage:
        for one in stage.of("COPY", "ADD"):
            if any(PARTS[part].search(word.value) for word in one.words):
                return True
            if part == "static" and any(WHOLE.search(word.value) for word in one.words[:-1]):
                return True
    return any(BROUGHT[part].search(words_of(run)) for stage in file.stages for run in stage.of("RUN"))


def _has_public(project: Project, file: Dockerfile, stage: Stage) -> bool:
    folders = {service.folder for service in project.built_from(file.path, stage.index)}
    return any(
        path.startswith(f"{join(folder, 'public')}/") and not path.endswith((".gitkeep", ".keep"))
        for folder in folders
        for path in project.occupied
    )
