"""Where in an image are the files of the repository that a package manager reads, when it installs?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from posixpath import basename, dirname, join, normpath

from autofix.project import Context, Package, Project
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.folders import entered, work_folder
from autofix.surfaces.dockerfile.installs import Install

READ = re.compile(
    r"(?:^|/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock"
    r"|bun\.lockb?|bunfig\.toml|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs)$|(?:^|/)(?:patches|\.yarn)/"
)
OPTIONS = ("--prefix", "--cwd", "-C", "--dir")
CHANGES_FOLDER = re.compile(r"(?:^|[\s;&|(])(?:cd|pushd)\s+(?P<to>[^\s;&|)]+)")
DEEPEST = 6
Places = Mapping[str, str]


@dataclass(frozen=True)
class Installing:
    """What an install finds: the package of the folder it works in, and the files there by their path in the image."""

    folder: str
    package: Package
    there: Places

    def has(self, name: str) -> bool:
        """Whether a file of the folder, or of one below, is there."""
        return join(self.folder, name) in self.there

    def reaches(self, name: str) -> bool:
        """Whether a file is in the folder or in one above, where managers look for those of a workspace."""
        folder = self.folder
        while join(folder, name) not in self.there:
            if folder in {"/", ""}:
                return False
            folder = dirname(folder)
        return True


def installing(project: Project, file: Dockerfile, stage: Stage, install: Install) -> Installing | None:
    """What an install finds, None where the package or the folder cannot be told."""
    run = install.call.instruction
    folder = work_folder(file.lineage(stage), run.first)
    if folder is None and any(one.of("WORKDIR") for one in file.lineage(stage)):
        return None
    folder = _entered_by(install, folder or "/")
    if folder is None:
        return None
    for context in contexts(project, file):
        there = {**_places(file, context, stage, run.first, 0), **_mounted(run, context, folder)}
        found = there.get(join(folder, "package.json"))
        package = project.packages.get(found.rpartition("/")[0]) if found else None
        if package:
            return Installing(folder, package, there)
    return None


def contexts(project: Project, file: Dockerfile) -> Iterator[Context]:
    """What the builds of a Dockerfile are given."""
    for folder in dict.fromkeys(one.build.context for one in project.built_from(file.path) if one.build):
        yield project.contexts[file.path, folder]


def _entered_by(install: Install, folder: str) -> str | None:
    """The folder an install works in: `cd` before it and its own option count; None where a variable decides."""
    part, command = install.call.part, install.call.command
    before = part.script.source.text[: command.span.start] if part and command else ""
    steps = [found["to"].strip("\"'") for found in CHANGES_FOLDER.finditer(before)]
    if option := install.option(*OPTIONS):
        steps.append(install.value(option.value.partition("=")[0] if option.value else "") or "$")
    for step in steps:
        if "$" in step or step in {"-", "~"}:
            return None
        folder = normpath(join(folder, step))
    return folder


def _places(file: Dockerfile, context: Context, stage: Stage, before: int, depth: int) -> dict[str, str]:
    """The files at the beginning of a line of a stage, by their path in the image."""
    found: dict[str, str] = {}
    if depth > DEEPEST:
        return found
    for one in reversed(file.lineage(stage)):
        folder = work_folder(file.lineage(one)[1:])
        for step in one.instructions:
            if one is stage and step.first >= before:
                break
            if step.keyword == "WORKDIR":
                folder = entered(folder, step)
            elif step.keyword in {"COPY", "ADD"} and len(step.words) > 1 and not step.heredocs:
                found |= _brought(file, context, step, folder or "/", depth)
    return found


def _brought(file: Dockerfile, context: Context, copy: Instruction, folder: str, depth: int) -> dict[str, str]:
    source = copy.flag("from")
    *sources, target = (word.value for word in copy.words)
    if source is None:
        top = f"{context.folder}/" if context.folder else ""
        given = {f"/{path}": f"{top}{path}" for path in context.files if READ.search(path)}
    else:
        other = file.stage(source.value or "")
        if other is None or other.index >= (copy.stage or 0):
            return {}
        given = _places(file, context, other, other.instructions[-1].last + 1, depth + 1)
    into = normpath(join(folder, target))
    is_folder = target.endswith(("/", "/.")) or target in {".", "./", ".."} or len(sources) > 1
    return {
        landed: origin
        for wanted in sources
        for path, origin in given.items()
        if (landed := _lands(path, normpath(join("/", wanted)), into, is_folder=is_folder))
    }


def _lands(path: str, wanted: str, into: str, *, is_folder: bool) -> str | None:
    """Where a COPY of `wanted` puts a file, None when it does not bring it."""
    if wanted == "/":
        return join(into, path.lstrip("/"))
    parts, pattern = path.split("/"), wanted.split("/")
    head = parts[: len(pattern)]
    if len(head) < len(pattern) or not all(map(_matches, head, pattern)):
        return None
    rest = parts[len(pattern) :]
    if rest:
        return join(into, *rest)
    return join(into, basename(path)) if is_folder or re.search(r"[*?\[]", wanted) else into


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern.replace("[^", "[!"))


def _mounted(run: Instruction, context: Context, folder: str) -> dict[str, str]:
    """What a RUN binds from the context for itself."""
    found: dict[str, str] = {}
    top = f"{context.folder}/" if context.folder else ""
    for flag in run.flags:
        options = dict(part.partition("=")[::2] for part in (flag.value or "").split(","))
        if flag.name != "mount" or options.get("type") != "bind" or "from" in options:
            continue
        wanted = normpath(join("/", options.get("source") or options.get("src") or "/"))
        target = options.get("target") or options.get("dst") or options.get("destination") or ""
        into = normpath(join(folder, target))
        for path in context.files:
            if READ.search(path) and (landed := _lands(f"/{path}", wanted, into, is_folder=False)):
                found[landed] = f"{top}{path}"
    return found


def changes_manifest(lineage: Sequence[Stage], before: int) -> Instruction | None:
    """A RUN that writes to a manifest before a line of the nearest stage."""
    pattern = re.compile(
        r"(?:sed|jq|>|tee|mv|cp|rm|node -e)[^&;|\n]*package\.json|\bnpm pkg\b|\bnpm version\b|\bnpm init\b"
    )
    for stage in lineage:
        for run in stage.of("RUN"):
            if (stage is not lineage[0] or run.first <= before) and pattern.search(words_of(run)):
                return run
    return None
