"""Does an install find the files of its workspace that it reads beside the manifest?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.commands import calls_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage, Word
from autofix.surfaces.dockerfile.folders import target_of
from autofix.surfaces.dockerfile.installs import installs
from autofix.surfaces.dockerfile.layout import Installing, contexts, installing
from autofix.text import Edit, Span

WORKSPACE = "pnpm-workspace.yaml"
SETTINGS = ".npmrc"
PATCH = re.compile(r"['\"]?(?P<path>[\w./-]+\.patch)['\"]?\s*,?\s*$", re.MULTILINE)
WITHOUT_EFFECT = re.compile(  # on what an install lays out
    r"\s*(?:[#;].*|(?:save-exact|save-prefix|fund|audit|audit-level|update-notifier|loglevel|progress|color|provenance|access"
    r"|init-[\w-]+|tag-version-prefix|git-tag-version|sign-git-\w+|message)\s*=.*"
    r"|(?:package-lock|lockfile|auto-install-peers|hoist|strict-ssl|prefer-frozen-lockfile)\s*=\s*true\s*"
    r"|(?:engine-strict|shamefully-hoist|strict-peer-dependencies|legacy-peer-deps|ignore-scripts|link-workspace-packages)"
    r"\s*=\s*false\s*)?"
)
SECRET = re.compile(r"_auth|_password|\$\{", re.IGNORECASE)
MANIFESTS = re.compile(r"(?:^|/)(?:package\*?(?:-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|package\*)$")


@dataclass(frozen=True)
class MissingFacts:
    """What is missing, and who asks for it."""

    file: str
    manager: str


@dataclass(frozen=True)
class Lacking(Instruction):
    """The COPY that brings the manifest of an install: what lies beside it in the repository and is not brought."""

    origin: str = ""
    finds: Installing | None = field(default=None, repr=False)


def lacks_workspace_file(project: Project) -> Iterator[Match[Lacking, MissingFacts]]:
    """Installs whose workspace file, patches or settings exist in the repository and do not reach them."""
    for file in project.of(Dockerfile):
        for stage in file.stages:
            seen: set[str] = set()
            for one in installs(calls_of(file, stage), "npm", "pnpm", "yarn"):
                found = installing(project, file, stage, one) if one.of_project else None
                copy = _copy_of(file, stage, one.call.instruction.first, found.folder) if found else None
                if found is None or copy is None:
                    continue
                for origin in _needed(project, file, found, one.manager):
                    if origin not in seen:
                        seen.add(origin)
                        node = Lacking(
                            **{**copy.__dict__, "anchor": f"{stage.anchor}/{origin}", "origin": origin, "finds": found}
                        )
                        yield Match(
                            node, MissingFacts(origin, one.manager), (one.call.instruction.evidence("the install"),)
                        )


def bring_workspace_file(project: Project, match: Match[Lacking, MissingFacts]) -> Fix | Refusal:
    """The file beside the manifest in the same COPY; a folder of patches in one of its own."""
    copy, origin, found = match.node, match.node.origin, match.node.finds
    assert found is not None
    if copy.heredocs or copy.open_ended or copy.comments:
        return Refusal("the COPY of the manifest cannot be added to", f"COPY {origin} ./", reason=Reason.UNEDITABLE)
    top = f"{found.package.folder}/" if found.package.folder else ""
    name = origin.removeprefix(top)
    sources = [word for word in copy.words[:-1] if MANIFESTS.search(word.value)]
    if not sources or not copy.words[-1].value.endswith((".", "/")):
        return Refusal("the COPY of the manifest brings one file under a name", f"COPY {origin} ./")
    prefix = sources[-1].value.rpartition("/")[0]
    source = project.sources.get(origin)
    doubts: tuple[Evidence, ...] = ()
    if name == SETTINGS:
        if source is None or SECRET.search(source.text):
            return Refusal(
                ".npmrc holds credentials, which must not get into a layer", "RUN --mount=type=secret,id=npmrc"
            )
        doubts = (Evidence("the install did without these settings so far", origin),)
    if "/" in name:
        return Fix(
            f"Bring {name.rpartition('/')[0]} to the install", (_own_copy(copy, join(prefix, name.partition("/")[0])),)
        )
    edits = (_one_more(copy, sources[-1], join(prefix, name)), *_as_folder(copy))
    return Fix(f"Bring {name} to the install", edits, doubts=doubts)


def _copy_of(file: Dockerfile, stage: Stage, before: int, folder: str) -> Instruction | None:
    """The last COPY of manifests from the context to a folder before a line."""
    found = None
    for one in reversed(file.lineage(stage)):
        for copy in one.of("COPY"):
            earlier = one is not stage or copy.first < before
            if (
                earlier
                and target_of(copy, file.lineage(one)) == folder
                and not copy.flag("from")
                and any(MANIFESTS.search(word.value) for word in copy.words[:-1])
            ):
                found = copy
    return found


def _needed(project: Project, file: Dockerfile, found: Installing, manager: str) -> Iterator[str]:
    """What lies beside the manifest in the context, is read by the install, and is not there."""
    folder = found.package.folder
    top = f"{folder}/" if folder else ""
    given = {join(one.folder, path) for one in contexts(project, file) for path in one.files}
    workspace = f"{top}{WORKSPACE}"
    members = any(found.has(f"{one.removeprefix(top)}/package.json") for one in found.package.members[1:])
    if manager == "pnpm" and workspace in given and members and not found.has(WORKSPACE):
        yield workspace
    yield from _patches(project, found, top, given)
    settings = f"{top}{SETTINGS}"
    if settings in given and not found.has(SETTINGS) and manager != "yarn" and found.has("package.json"):
        source = project.sources.get(settings)
        if source is None or not all(map(WITHOUT_EFFECT.fullmatch, source.text.splitlines())):
            yield settings


def _patches(project: Project, found: Installing, top: str, given: set[str]) -> Iterator[str]:
    """The first patch that a manifest names and that is not brought; its folder is brought with it."""
    for path in (found.package.path, f"{top}{WORKSPACE}"):
        source = project.sources.get(path)
        if source is None or "patchedDependencies" not in source.text:
            continue
        part = source.text.partition("patchedDependencies")[2]
        for match in PATCH.finditer(part):
            if f"{top}{match['path']}" in given and not found.has(match["path"]):
                yield f"{top}{match['path']}"
                return


def _one_more(copy: Instruction, behind: Word, name: str) -> Edit:
    text = f", {json.dumps(name)}" if copy.json is not None else f" {name}"
    return Edit(copy.path, Span(behind.span.end, behind.span.end), text)


def _as_folder(copy: Instruction) -> Iterator[Edit]:
    """The slash that more than one source wants at the end of the target."""
    target = copy.words[-1]
    if not target.value.endswith("/"):
        end = target.span.end - (copy.json is not None)
        yield Edit(copy.path, Span(end, end), "/")


def _own_copy(copy: Instruction, name: str) -> Edit:
    keyword = copy.source.slice(copy.keyword_span)
    flags = "".join(f"{flag.text} " for flag in copy.flags)
    target = join(copy.words[-1].value, name.rpartition("/")[2])
    return placing.below(
        copy, [f"{keyword} {flags}{name} {target if target.startswith(('/', '.')) else f'./{target}'}"]
    )
