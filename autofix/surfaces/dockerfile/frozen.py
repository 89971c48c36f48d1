"""Does the build install what the lock file says, or what the registry says that day?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import LockFile, Project
from autofix.surfaces.dockerfile.commands import calls_of
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.installs import NPM, Install, installs
from autofix.surfaces.dockerfile.layout import Installing, changes_manifest, installing
from autofix.surfaces.dockerfile.locked import missing, shares_settings
from autofix.text import Edit, Source

KEPT = re.compile(
    r"--(?:no-)?(?:frozen-lockfile|prefer-frozen-lockfile|immutable|pure-lockfile|lockfile-only|fix-lockfile|lockfile"
    r"|package-lock|package-lock-only|shrinkwrap)(?:=.*)?|--mode=update-lockfile|--save(?:-\w+)?|--no-save|--help"
)
UNDECIDED = {
    ".npmrc": re.compile(r"^\s*(?:package-lock|frozen-lockfile|lockfile|shrinkwrap)\s*=\s*false", re.MULTILINE),
    ".yarnrc.yml": re.compile(r"^\s*enableImmutableInstalls\s*:\s*false", re.MULTILINE),
    "bunfig.toml": re.compile(r"^\s*save\s*=\s*false", re.MULTILINE),
}
FROZEN_BUN = re.compile(r"^\s*frozenLockfile\s*=\s*true", re.MULTILINE)
BERRY_WRITES = {"2": ("4", "5"), "3": ("5", "6"), "4": ("8",)}
OLD_BUN = re.compile(r"(?:0|1\.[01])(?:\.\d+)*(?:-|$)")  # before the lock was a text
IN_CI = {"pnpm": ("CI",), "yarn": ("CI", "YARN_ENABLE_IMMUTABLE_INSTALLS")}
PNPM_READS = {"5.3": (6, 7), "5.4": (6, 7), "6.0": (8,), "6.1": (8,), "9.0": (9, 10, 11)}
LATEST_READS = "9.0"
FIRST_NODE_OF_NPM_7 = 15
MOVING_NODE = re.compile(r"(?:latest|current|lts|alpine|slim|trixie|bookworm|bullseye)(?![a-z])")
OLDEST_MOVING = 20  # what such a tag was when this was written, and it only grows


@dataclass(frozen=True)
class UnfrozenFacts:
    """What is called, and which lock it does not keep to."""

    command: str
    lock: str


@dataclass(frozen=True)
class Unfrozen(Instruction):
    """A RUN with an install that may change what its lock says."""

    install: Install | None = field(default=None, repr=False)
    finds: Installing | None = field(default=None, repr=False)
    lock: LockFile | None = field(default=None, repr=False)


def ignores_lock(project: Project) -> Iterator[Match[Unfrozen, UnfrozenFacts]]:
    """Installs of a package with a lock file that do not keep to it."""
    for file in project.of(Dockerfile):
        for stage in file.stages:
            for one in installs(calls_of(file, stage), "npm", "pnpm", "yarn", "bun"):
                if not one.of_project or one.does not in _plain_verbs(one) or _decided(file, stage, one):
                    continue
                found = installing(project, file, stage, one)
                lock = found.package.lock(one.manager) if found else None
                if found is None or lock is None or _is_immutable_in_ci(file, stage, one, lock):
                    continue
                if any(FROZEN_BUN.search(one.text) for one in _settings(project, found, "bunfig.toml")):
                    continue
                run = one.call.instruction
                anchor = f"{stage.anchor}/{one.manager}"
                node = Unfrozen(**{**run.__dict__, "anchor": anchor, "install": one, "finds": found, "lock": lock})
                command = f"{one.manager} {one.does}" if one.does != one.manager else one.manager
                evidence = (Evidence("the lock file", lock.path),)
                yield Match(node, UnfrozenFacts(command, lock.path), evidence)


def keep_to_lock(project: Project, match: Match[Unfrozen, UnfrozenFacts]) -> Fix | Refusal:
    """`npm ci`, `--frozen-lockfile` or `--immutable`, whichever the manager has."""
    run = match.node
    one, found, lock = run.install, run.finds, run.lock
    assert one is not None
    assert found is not None
    assert lock is not None
    file = project.documents[run.path]
    assert isinstance(file, Dockerfile)
    stage = file.stages[run.stage or 0]
    remedy = "npm ci" if one.manager == "npm" else f"{one.manager} install {_option(one, lock)}"
    if why := next(_obstacles(project, file, stage, run), None):
        return Refusal(why.what, remedy, (why,))
    if not one.call.sound:
        return Refusal("the line is not fully understood", remedy, reason=Reason.UNEDITABLE)
    edit = _edit(one, lock)
    if edit is None:
        return Refusal("the word is written over two lines", remedy, reason=Reason.UNEDITABLE)
    return Fix("Install what the lock file says", (edit,), doubts=tuple(_doubts(project, file, stage, run)))


def _plain_verbs(one: Install) -> frozenset[str]:
    return NPM if one.manager == "npm" else frozenset({"install", "i", one.manager})


def _decided(file: Dockerfile, stage: Stage, one: Install) -> bool:
    """Whether an option says what becomes of the lock."""
    return any(KEPT.fullmatch(word) for word in one.call.said) or not file.lineage(stage)


def _is_immutable_in_ci(file: Dockerfile, stage: Stage, one: Install, lock: LockFile) -> bool:
    """Whether a variable of the build makes the manager keep to its lock already."""
    names = IN_CI.get(one.manager, ()) if one.manager != "yarn" or lock.berry else ()
    run = one.call.instruction
    set_before = (
        name
        for line in file.lineage(stage)
        for env in line.of("ENV", "ARG")
        if line is not stage or env.first < run.first
        for name, _, _ in env.pairs
    )
    return any(name in names for name in set_before) or any(f"{name}=" in run.command.text for name in names)


def _edit(one: Install, lock: LockFile) -> Edit | None:
    if one.manager == "npm":
        return one.call.with_other(one.verb, "ci")
    return one.call.with_word(one.verb, _option(one, lock))


def _option(one: Install, lock: LockFile) -> str:
    return "--immutable" if one.manager == "yarn" and lock.berry else "--frozen-lockfile"


def _obstacles(project: Project, file: Dockerfile, stage: Stage, run: Unfrozen) -> Iterator[Evidence]:
    """Why an install that keeps to the lock would stop the build."""
    one, found, lock = run.install, run.finds, run.lock
    assert one is not None
    assert found is not None
    assert lock is not None
    name = lock.path.rpartition("/")[2]
    if not found.reaches(name):
        yield Evidence(f"{name} is not copied before the install", lock.path)
    if lock.agrees is not True:
        known = "does not agree with its manifests" if lock.agrees is False else "does not say whether it is current"
        yield Evidence(f"the lock file {known}", lock.path)
    if lacking := missing(project, file.lineage(stage), one, found, lock):
        yield lacking
    if changed := changes_manifest(file.lineage(stage), run.first):
        yield changed.evidence("the manifest is changed in the build")
    for name, pattern in UNDECIDED.items():
        settings = (one for one in _settings(project, found, name) if pattern.search(one.text))
        yield from (Evidence("a setting switches the lock file off", one.path) for one in settings)
    if one.manager == "npm" and (before := _installed_before(file, stage, run)):
        yield before.evidence("npm ci would remove what this installs")


def _settings(project: Project, found: Installing, name: str) -> Iterator[Source]:
    """The files of settings of a name that are there."""
    paths = (path for path in found.there.values() if path.endswith(name) and path in project.sources)
    return (project.sources[path] for path in paths)


def _installed_before(file: Dockerfile, stage: Stage, run: Unfrozen) -> Instruction | None:
    """What fills node_modules before the install, or keeps it in a mount that cannot be removed."""
    if any("node_modules" in (flag.value or "") for flag in run.flags if flag.name == "mount"):
        return run
    for line in file.lineage(stage):
        for one in installs(calls_of(file, line), "npm"):
            earlier = line is not stage or one.call.span.start < (run.install.call.span.start if run.install else 0)
            if earlier and not one.is_global and one.names:
                return one.call.instruction
        for copy in line.of("COPY", "ADD"):
            if (line is not stage or copy.first < run.first) and any("node_modules" in w.value for w in copy.words):
                return copy
    return None


def _doubts(project: Project, file: Dockerfile, stage: Stage, run: Unfrozen) -> Iterator[Evidence]:
    one, found, lock = run.install, run.finds, run.lock
    assert one is not None
    assert found is not None
    assert lock is not None
    there = set(found.there.values())
    for member in found.package.members[1:]:
        path = f"{member}/package.json"
        if path not in there and one.manager == "yarn":
            yield Evidence("a manifest of the workspace is not copied before the install", path)
            break
    lineage = file.lineage(stage)
    if one.manager == "pnpm":
        yield from _pnpm_doubts(project, lineage, run, found, lock)
    elif one.manager == "yarn" and lock.berry:
        major = found.package.manager_version.partition(".")[0] if found.package.manager == "yarn" else ""
        if not (major.isdigit() and int(major) > 1) and not found.reaches(".yarnrc.yml"):
            yield Evidence("the lock is of a newer yarn than an image usually has", lock.path)
        elif lock.version not in BERRY_WRITES.get(major, (lock.version,)):
            yield Evidence(f"yarn {major} writes its lock in another format than {lock.version}", lock.path)
    elif one.manager == "bun" and (opening := _old_bun(lineage)):
        yield opening.evidence("its bun may not read a lock that is a text")
    elif one.manager == "npm" and lock.version == "3" and (node := node_major(lineage)) and node < FIRST_NODE_OF_NPM_7:
        yield lineage[-1].instructions[0].evidence("its npm may not read the format of the lock file")
    services = project.built_from(file.path)
    folder = file.path.rpartition("/")[0]
    twice = {"package.json", f"{folder}/package.json"} <= project.occupied
    if folder and twice and all(service.kind == "image" for service in services):
        yield Evidence("nothing says which folder the image is built from", file.path)


def _old_bun(lineage: Sequence[Stage]) -> Instruction | None:
    """The FROM of an official image whose bun is too old."""
    image = lineage[-1].reference
    name = image.name.rpartition("/")[2] if image else ""
    return lineage[-1].instructions[0] if name == "bun" and image and OLD_BUN.match(image.tag or "") else None


def _pnpm_doubts(
    project: Project, lineage: Sequence[Stage], run: Unfrozen, found: Installing, lock: LockFile
) -> Iterator[Evidence]:
    installed = pnpm_major(lineage, run.last)
    wanted = found.package.manager_version.partition(".")[0] if found.package.manager == "pnpm" else ""
    major = installed or wanted
    reads = PNPM_READS.get(lock.version or "", ())
    if (major and int(major) not in reads) or (not major and lock.version != LATEST_READS):
        yield Evidence(f"pnpm {major or 'of any version'} may not read a lock of the format {lock.version}", lock.path)
    elif installed and wanted and installed != wanted and shares_settings(project, lock):
        yield Evidence(f"pnpm {wanted} wrote what pnpm {installed} compares in another way", lock.path)


def pnpm_major(lineage: Sequence[Stage], before: int) -> str:
    """The major of pnpm that RUNs before a line install, empty where none says it."""
    found = ""
    for stage in reversed(lineage):
        for run in stage.of("RUN"):
            if stage is not lineage[0] or run.first <= before:
                for said in re.finditer(r"\bpnpm@(\d+)", words_of(run)):
                    found = said[1]
    return found


def node_major(lineage: Sequence[Stage]) -> int | None:
    """The major of Node of an official image, at least that where its tag moves on; None where nothing says it."""
    image = lineage[-1].reference
    if image is None or image.name.rpartition("/")[2] != "node":
        return None
    if (image.tag is None and image.digest is None) or MOVING_NODE.match(image.tag or ""):
        return OLDEST_MOVING
    tag = re.match(r"(\d+)", image.tag or "")
    return int(tag[1]) if tag else None
