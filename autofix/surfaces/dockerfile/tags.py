"""Does the base image stay the one that was tested?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Refusal, Severity
from autofix.node import Evidence
from autofix.project import Fact, Project
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.images import Image
from autofix.text import Edit, Span

REGISTRY = re.compile(r"^(?:docker\.io/|index\.docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(?:library/)?")
NUMBER = {"node": r"\d+", "python": r"\d+\.\d+", "ruby": r"\d+\.\d+", "golang": r"\d+\.\d+", "php": r"\d+\.\d+"}
MOVING = re.compile(r"latest|lts|current|stable|mainline")
VERSION_FILES = {"node": (".nvmrc", ".node-version"), "python": (".python-version",), "ruby": (".ruby-version",)}
IN_WORKFLOW = {"node": "node", "python": "python", "golang": "go", "ruby": "ruby", "php": "php"}
NO_IMAGE = Image("", None, None)
ENGINE = re.compile(r"[\^~=]?\s*v?(\d+)(?:\.[\dx*]+){0,2}|(\d+)")


@dataclass(frozen=True)
class TagFacts:
    """What is said about the image."""

    what: str


@dataclass(frozen=True)
class Based(Instruction):
    """A FROM whose image moves, or differs from the other one of its file: the image, and its name in short."""

    image: Image = NO_IMAGE
    short: str = ""
    moves: bool = True


def floats(project: Project) -> Iterator[Match[Based, TagFacts]]:
    """Official images without a number in their tag, and two majors of one language in one file."""
    for file in project.of(Dockerfile):
        majors: dict[str, str] = {}
        for stage in file.stages:
            image, short = _official(stage)
            if image is None or image.digest or "$" in stage.image.text:
                continue
            number = _number(short, image.tag)
            moves = _moves(image.tag, language=short in NUMBER)
            node = Based(
                **{**stage.instructions[0].__dict__, "anchor": f"{stage.anchor}/image", "image": image, "short": short}
            )
            if moves:
                yield Match(node, TagFacts(f"{stage.image.text} is another image after each release"))
            elif number and majors.setdefault(short, number) != number and short in NUMBER:
                what = f"{short} is {majors[short]} in one stage and {number} in another"
                yield Match(Based(**{**node.__dict__, "moves": False}), TagFacts(what), severity=Severity.NOTE)


def pin_base(project: Project, match: Match[Based, TagFacts]) -> Fix | Refusal:
    """The version the repository names elsewhere, the variant kept."""
    based = match.node
    if not based.moves:
        return Refusal("which of the two is meant cannot be told")
    candidates = _candidates(project, based)
    if len({one.value for one in candidates}) != 1:
        seen = tuple(one.evidence for one in candidates[:3])
        return Refusal(
            "the repository names no version, or several" if seen else "the repository names no version", evidence=seen
        )
    version = candidates[0].value
    tag = _pinned(based.image.tag, version)
    word = based.words[0]
    end = word.span.start + len(based.image.name)
    if based.source.slice(Span(word.span.start, end)) != based.image.name:
        return Refusal("the image is written with quotes or a variable", f"{based.image.name}:{tag}")
    tested = next((one for one in candidates if "tested" in one.evidence.what), None)
    doubts = () if tested else (Evidence(f"nothing tests the image with {version}", candidates[0].evidence.path),)
    return Fix(
        f"Stay with {based.short} {version}", (Edit(based.path, Span(end, word.span.end), f":{tag}"),), doubts=doubts
    )


def _official(stage: Stage) -> tuple[Image | None, str]:
    image = stage.reference
    short = REGISTRY.sub("", image.name, count=1) if image else ""
    return (image, short) if image and short and "/" not in short and short != "scratch" else (None, "")


def _number(short: str, tag: str | None) -> str | None:
    found = re.match(rf"v?({NUMBER.get(short, r'[0-9]+(?:[.][0-9]+)?')})(?![\d])", tag or "")
    return found[1] if found else None


def _moves(tag: str | None, *, language: bool) -> bool:
    """Whether a tag has no number of the image itself: none, `latest`, `lts-alpine`, of a language also `slim`."""
    return tag is None or bool(MOVING.match(tag)) or (language and bool(VARIANT.fullmatch(tag)))


VARIANT = re.compile(r"(?:alpine|slim|bookworm|bullseye|trixie|buster|jammy|noble)[\w.-]*")


def _pinned(tag: str | None, version: str) -> str:
    variant = MOVING.sub("", tag or "", count=1).strip("-") if tag and MOVING.match(tag) else tag or ""
    return f"{version}-{variant}" if variant else version


def _candidates(project: Project, based: Based) -> list[Fact[str]]:
    """The versions that files for it, CI and the other Dockerfiles name; CI says that it is tested."""
    found = [*_tested(project, based.short), *_told(project, based.short)]
    for file in project.of(Dockerfile):
        for stage in file.stages:
            image, short = _official(stage)
            number = _number(short, image.tag) if image and short == based.short else None
            if number:
                found.append(Fact(number, stage.instructions[0].evidence("another stage")))
    return found


def _tested(project: Project, short: str) -> Iterator[Fact[str]]:
    """What CI sets up, every one of a list."""
    if short not in IN_WORKFLOW:
        return
    setting = re.compile(rf"\b{IN_WORKFLOW[short]}-version\s*:[^\n#]*")
    for seen in project.mentions(setting, "-version"):
        if seen.path.startswith((".github/", ".gitea/", ".forgejo/")):
            for number in re.findall(rf"(?<![\d.])({NUMBER[short]})(?!\d)", seen.what):
                yield Fact(number, Evidence("tested in CI", seen.path, seen.span))


def _told(project: Project, short: str) -> Iterator[Fact[str]]:
    for path, source in project.sources.items():
        if path.rpartition("/")[2] in VERSION_FILES.get(short, ()):
            number = _number(short, source.text.strip().split("\n")[0].strip())
            if number:
                yield Fact(number, Evidence("version file", path))
    for package in project.packages.values() if short == "node" else ():
        found = ENGINE.fullmatch(package.engines.get("node", "").strip())
        if found:
            yield Fact(found[1] or found[2], Evidence("engines", package.path))
