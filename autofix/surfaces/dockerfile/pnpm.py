"""Which pnpm does a build install, the one the repository names or whichever is newest?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Fact, Package, Project
from autofix.surfaces.dockerfile.commands import Call, Said, calls_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction
from autofix.surfaces.dockerfile.frozen import PNPM_READS
from autofix.surfaces.dockerfile.installs import installs
from autofix.surfaces.dockerfile.layout import contexts

FLOATING = re.compile(r"pnpm(?:@(?:latest|next|\*|x)?)?")
EXACT = re.compile(r"\d+\.\d+\.\d+[\w.-]*")
PINNED = re.compile(r"\bpnpm@(\d+\.\d+\.\d+)\b")


@dataclass(frozen=True)
class PnpmFacts:
    """How it is written."""

    written: str


@dataclass(frozen=True)
class Floating(Instruction):
    """A RUN that installs pnpm without a version: the call and its word for pnpm."""

    call: Call | None = field(default=None, repr=False)
    word: Said | None = None


def installs_any_pnpm(project: Project) -> Iterator[Match[Floating, PnpmFacts]]:
    """`npm install -g pnpm` and `corepack prepare pnpm` without a version, or with one that moves."""
    for file in project.of(Dockerfile):
        if "pnpm" not in file.source.text:
            continue
        for stage in file.stages:
            found = list(calls_of(file, stage))
            words = [
                (one.call, word)
                for one in installs(found, "npm", "yarn", "pnpm")
                if one.is_global
                for word in one.names
            ]
            words += [
                (call, word)
                for call in found
                if call.program == "corepack" and call.said[:1] in {("prepare",), ("install",), ("use",)}
                for word in call.arguments[1:]
            ]
            for call, word in words:
                if FLOATING.fullmatch(word.value or ""):
                    anchor = f"{stage.anchor}/pnpm"
                    node = Floating(**{**call.instruction.__dict__, "anchor": anchor, "call": call, "word": word})
                    yield Match(node, PnpmFacts(word.value or ""))


def pin_pnpm(project: Project, match: Match[Floating, PnpmFacts]) -> Fix | Refusal:
    """The version that `packageManager` names, else the one the other builds of the repository agree on."""
    run = match.node
    assert run.call is not None
    assert run.word is not None
    file = project.documents[run.path]
    assert isinstance(file, Dockerfile)
    package = _package(project, file)
    version = _named(package) if package else None
    doubts: tuple[Evidence, ...] = ()
    if version is None:
        version = _of_siblings(project, file)
        doubts = (
            (Evidence("only other builds of the repository name a version", version.evidence.path),) if version else ()
        )
    if version is None:
        return Refusal("nothing in the repository names one version of pnpm", "packageManager in package.json")
    lock = package.lock("pnpm") if package else None
    if lock and lock.version in PNPM_READS and int(version.value.partition(".")[0]) not in PNPM_READS[lock.version]:
        seen = Evidence(f"the lock file has the format {lock.version}", lock.path)
        return Refusal(f"pnpm {version.value} does not agree with the lock file", evidence=(version.evidence, seen))
    edit = run.call.with_other(run.word, f"pnpm@{version.value}") if run.call.sound else None
    if edit is None:
        return Refusal("the line cannot be edited", f"pnpm@{version.value}", reason=Reason.UNEDITABLE)
    return Fix(f"Install pnpm {version.value}", (edit,), doubts=doubts)


def _package(project: Project, file: Dockerfile) -> Package | None:
    """The package an image is built of: that of the context, else the nearest above the Dockerfile."""
    folders = [context.folder for context in contexts(project, file)]
    above = file.path
    while above:
        above = above.rpartition("/")[0]
        folders.append(above)
    packages = [project.packages[folder] for folder in folders if folder in project.packages]
    return next((one for one in packages if _named(one)), packages[0] if packages else None)


def _named(package: Package) -> Fact[str] | None:
    exact = package.manager == "pnpm" and EXACT.fullmatch(package.manager_version)
    return Fact(package.manager_version, Evidence("packageManager", package.path)) if exact else None


def _of_siblings(project: Project, file: Dockerfile) -> Fact[str] | None:
    """The one exact version that all other Dockerfiles and workflows say, if they agree."""
    found: dict[str, Evidence] = {}
    for seen in project.mentions(PINNED, "pnpm@"):
        other = seen.path != file.path and (seen.path in project.documents or seen.path.endswith("package.json"))
        if other:
            found.setdefault(seen.what.partition("@")[2], seen)
    return Fact(*next(iter(found.items()))) if len(found) == 1 else None
