"""Is what a COPY names in the build context?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import join, normpath

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence
from autofix.project import Context, Project
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Word
from autofix.surfaces.dockerfile.lex import SPACE
from autofix.text import Edit

MADE = re.compile(
    r"(?:^|/)(?:dist|build|builds|out|output|target|bin|obj|publish|release|\.next|\.output|\.nuxt|\.svelte-kit|node_modules|vendor"
    r"|coverage|public|static|artifacts?|generated|gen|tmp|temp|cache|certs?|secrets?|keys?|data|\.git|_build|staging)(?:/|$)"
    r"|\.(?:jar|war|zip|whl|tgz|tar|gz|deb|rpm|pem|crt|key|env|exe|so|log|db|sqlite|map|wasm)$|(?:^|/)\.env"
)
GIVEN_BY_PIPE = re.compile(r"^.*\bdocker (?:buildx )?build\b.*\s-(?:\s.*)?$", re.MULTILINE)
VARIABLE = re.compile(r"[$*?\[]|^https?://|^git@|^<<")


@dataclass(frozen=True)
class SourceFacts:
    """What is asked for, and where it should be."""

    source: str
    context: str


@dataclass(frozen=True)
class Copying(Instruction):
    """A COPY with a source that is not there: the word, and what its builds are given."""

    word: Word | None = None
    given: Context | None = field(default=None, repr=False)
    left_out: bool = False


def asks_for_nothing(project: Project) -> Iterator[Match[Copying, SourceFacts]]:
    """COPY and ADD of a literal path that no context of the image has, what a build may make first left out."""
    for file in project.of(Dockerfile):
        builds = [service for service in project.built_from(file.path) if service.build and service.kind == "compose"]
        contexts = [project.contexts[file.path, one.build.context] for one in builds if one.build]
        if not contexts or _is_piped(project, file):
            continue
        for one in file.instructions:
            if one.keyword not in {"COPY", "ADD"} or one.flag("from") or one.heredocs or len(one.words) < 2:
                continue
            for word in one.words[:-1]:
                path = normpath(word.value.lstrip("/"))
                if (
                    VARIABLE.search(word.value)
                    or MADE.search(path)
                    or any(_has(context.files, path) for context in contexts)
                ):
                    continue
                left_out = any(_has(context.left_out, path) for context in contexts)
                if not left_out and _is_ignored(project, path):
                    continue
                node = Copying(**{**one.__dict__, "word": word, "given": contexts[0], "left_out": left_out})
                where = contexts[0].folder or "the repository's root"
                sure = left_out or _same_file(contexts[0], file.path, path) is not None
                severity = Severity.ERROR if sure else Severity.NOTE  # something else may fill the context before
                yield Match(node, SourceFacts(word.value, where), (builds[0].where,), severity)


def name_the_file(project: Project, match: Match[Copying, SourceFacts]) -> Fix | Refusal:
    """The one file of the context that can be meant."""
    copy, word, given = match.node, match.node.word, match.node.given
    assert word is not None
    assert given is not None
    if copy.left_out:
        ignore = Evidence("the .dockerignore leaves it out", given.ignore or "")
        return Refusal("the .dockerignore leaves it out", f"!{word.value}", (ignore,))
    wanted = normpath(word.value.lstrip("/"))
    exact = _same_file(given, copy.path, wanted)
    candidates = [exact] if exact else [path for path in sorted(given.files) if _alike(path, wanted)]
    if len(candidates) != 1:
        seen = tuple(Evidence("may be meant", join(given.folder, path)) for path in candidates[:3])
        return Refusal("no file can be meant" if not candidates else "several files can be meant", evidence=seen)
    found = candidates[0]
    file = project.documents[copy.path]
    assert isinstance(file, Dockerfile)
    if exact and (why := _other_context(file, given, wanted)):
        return Refusal("the context may be the one that is wrong", found, (why,))
    if copy.source.slice(word.span).strip("\"'") != word.value or any(char in found for char in SPACE):
        return Refusal("the path is written with escapes", found, reason=Reason.UNEDITABLE)
    written = f"./{found}" if word.value.startswith("./") else found
    text = f'"{written}"' if copy.json is not None else written
    doubts = () if exact else (Evidence("it only has the same name", join(given.folder, found)),)
    if word.value.endswith("/"):
        text = f"{text[:-1]}/{text[-1]}" if copy.json is not None else f"{text}/"
    return Fix(f"Copy {found}", (Edit(copy.path, word.span, text),), doubts=doubts)


def _is_piped(project: Project, file: Dockerfile) -> bool:
    """Whether a script makes up a context of its own for the Dockerfile, and gives it to the build through a pipe."""
    return any(file.path in seen.what for seen in project.mentions(GIVEN_BY_PIPE, "docker build", "docker buildx"))


def _has(files: frozenset[str], path: str) -> bool:
    """Whether a file or folder is there; what lies below a submodule or a link is not listed, and counts as there."""
    above = path
    while above:
        if above in files:
            return True
        above = above.rpartition("/")[0]
    return path in {".", ""} or any(one.startswith(f"{path}/") for one in files)


def _is_ignored(project: Project, path: str) -> bool:
    """Whether git leaves the path out, so that something makes it before the build."""
    name = path.rpartition("/")[2]
    for where, source in project.sources.items():
        if where.rpartition("/")[2] != ".gitignore":
            continue
        lines = {line.strip().strip("/").rpartition("/")[2] for line in source.text.splitlines()}
        if name in lines or path.partition("/")[0] in lines or f"*.{name.rpartition('.')[2]}" in lines:
            return True
    return False


def _same_file(given: Context, dockerfile: str, wanted: str) -> str | None:
    """The path as it is from the context, where it was written from another folder: one above, or the Dockerfile's own."""
    top = f"{given.folder}/" if given.folder else ""
    if top and wanted.startswith(top) and _has(given.files, wanted.removeprefix(top)):
        return wanted.removeprefix(top)
    beside = dockerfile.rpartition("/")[0].removeprefix(given.folder).strip("/")
    if beside and _has(given.files, join(beside, wanted)):
        return join(beside, wanted)
    return None


def _other_context(file: Dockerfile, given: Context, wanted: str) -> Evidence | None:
    """Why not this path but the context may be wrong: other sources are missing too, or all would be in both."""
    top = f"{given.folder}/" if given.folder else ""
    stripped = bool(top) and wanted.startswith(top)
    beside = file.path.rpartition("/")[0].removeprefix(given.folder).strip("/")
    proven = stripped
    for one, path in _literal(file):
        there = _has(given.files, path)
        if stripped:
            if not there and _same_file(given, file.path, path) is None:
                return one.evidence("this is not there either")
        elif not there and path != wanted:
            return one.evidence("this is not there either")
        elif there and path not in {".", ""} and not _has(given.files, join(beside, path)):
            proven = True
    return None if proven else Evidence("nothing else is copied from where the build starts", file.path)


def _literal(file: Dockerfile) -> Iterator[tuple[Instruction, str]]:
    """Every path of the context that the file names without variables, and that no build makes first."""
    for one in file.instructions:
        if one.keyword in {"COPY", "ADD"} and not one.flag("from") and not one.heredocs:
            for word in one.words[:-1]:
                path = normpath(word.value.lstrip("/"))
                if not VARIABLE.search(word.value) and not MADE.search(path):
                    yield one, path


def _alike(path: str, wanted: str) -> bool:
    """Whether a file has the same name in another folder, or in another case."""
    return path.rpartition("/")[2].lower() == wanted.rpartition("/")[2].lower()
