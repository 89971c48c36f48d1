"""Does the image that runs hold the tools it was built with?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.finding import Match, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile import accounts
from autofix.surfaces.dockerfile.creating import base_below
from autofix.surfaces.dockerfile.dangers import DEVELOPMENT, start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Distribution
from autofix.surfaces.dockerfile.folders import work_folder

DEVELOPED = re.compile(
    r"(?:^|[/._-])(?:dev|development|test|tests|ci|debug|local|devcontainer|builder)(?:[/._-]|$)", re.IGNORECASE
)
COMPILES = re.compile(
    r"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|-\S+\s+)*build\b|(?<![\w./-])(?:npx\s+)?(?:tsc|webpack|vite build|ng build|next build|nest build)\b"
    r"|\bgo (?:build|install)\b|\bcargo (?:build|install)\b|\bmvnw?\b[^&|;]*\b(?:package|install)\b|\bgradlew?\b[^&|;]*\b(?:build|bootJar|assemble)\b"
    r"|\bdotnet (?:publish|build)\b|\bmake\b|\bcmake\b|\bmix release\b"
)
SLIM = {"node": "slim", "python": "slim", "ruby": "slim", "php": "cli"}
INSTALLS = re.compile(r"\b(?:npm|pnpm|yarn|bun|pip3?|poetry|bundle|composer|uv)\b")


@dataclass(frozen=True)
class StageFacts:
    """What of the build is left in the image."""

    what: str


def ships_build_tools(project: Project) -> Iterator[Match[Stage, StageFacts]]:
    """Deployed Dockerfiles of one stage that compile in it, or install on the full image of a language."""
    for file in project.of(Dockerfile):
        stage = file.stages[-1]
        if len(file.stages) > 1 or DEVELOPED.search(file.path) or not start_of([stage]):
            continue
        base = base_below([stage])
        text = " ".join(words_of(one) for one in start_of([stage]))
        if (
            base is None
            or not base.language
            or DEVELOPMENT.search(text)
            or any(_copies_image(one) for one in stage.of("COPY"))
        ):
            continue
        if what := _left(stage, base.distribution, base.language):
            yield Match(stage, StageFacts(what[0]), (what[1],))


def propose_stages(project: Project, match: Match[Stage, StageFacts]) -> Refusal:  # noqa: ARG001
    """Two stages to start from; what the program needs while it runs is for a person to say."""
    stage = match.node
    return Refusal("a person has to say what the program needs while it runs", "\n".join(_proposal(stage)))


def _copies_image(copy: Instruction) -> bool:
    return copy.flag("from") is not None


def _left(stage: Stage, distribution: Distribution, language: str) -> tuple[str, Evidence] | None:
    opening = stage.instructions[0]
    for run in stage.of("RUN"):
        if found := COMPILES.search(words_of(run)):
            return f"{found[0].strip()} leaves its tools and sources in the image that runs", run.evidence("RUN")
    tag = (stage.reference.tag or "") if stage.reference else ""
    full = (
        distribution is Distribution.DEBIAN and language in SLIM and not re.search(r"slim|cli|fpm|apache|alpine", tag)
    )
    if full and any(INSTALLS.search(words_of(run)) for run in stage.of("RUN")):
        return f"{stage.image.text} brings compilers that nothing needs while it runs", opening.evidence("base image")
    return None


def _proposal(stage: Stage) -> Iterator[str]:
    """The instructions up to the last that fills the image as a stage of its own, and one that takes the result."""
    ends = [number for number, one in enumerate(stage.instructions) if one.keyword in {"RUN", "COPY", "ADD"}]
    cut = ends[-1] + 1 if ends else 1
    opening = stage.instructions[0]
    yield f"{opening.text} AS build" if stage.name is None else opening.text
    yield from (one.text for one in stage.instructions[1:cut])
    folder = work_folder([stage]) or "/app"
    base = base_below([stage])
    yield ""
    yield f"FROM {_slim(stage.image.text, base.language if base else '')}"
    yield f"WORKDIR {folder}"
    filled = stage.instructions[1:cut]
    yield from (one.text for one in filled if one.keyword in {"ENV", "ARG"} or _creates_user(one))
    yield f"COPY --from={stage.name or 'build'} {folder} ./"
    yield from [one.text for one in filled if one.keyword == "USER"][-1:]
    yield from (one.text for one in _rest(stage.instructions[cut:]))


def _creates_user(instruction: Instruction) -> bool:
    """Whether it makes an account; numbers are what a copy keeps, and names have to be known in both stages."""
    return instruction.keyword == "RUN" and accounts.TOOLS.search(words_of(instruction)) is not None


def _rest(instructions: Sequence[Instruction]) -> Iterator[Instruction]:
    return (one for one in instructions if one.keyword != "WORKDIR")


def _slim(image: str, language: str) -> str:
    """The image without compilers, where its publisher has one."""
    variant = SLIM.get(language)
    if variant is None or "@" in image or "$" in image or re.search(r"slim|alpine|cli|fpm|apache", image):
        return image
    name, colon, tag = image.rpartition(":")
    return f"{name}:{tag}-{variant}" if colon else f"{image}:{variant}"
