"""Does an ADD do what a COPY does?  ADD also downloads, clones and unpacks, and hides which of these was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from posixpath import basename, join, normpath

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile import placing
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction
from autofix.text import Edit

REMOTE = re.compile(r"(?:https?|ftp|git|ssh)://|[\w.-]+@[\w.-]+:|github\.com/")
UNPACKS = re.compile(
    r"\.(?:tar(?:\.[^/]*)?|tgz|tbz2?|txz|tlz|tzst|gz|bz2?|xz|zst|lz\w*|Z|gem|box|ova|apk|crate|layer|rootfs)$"
)
PLAIN = re.compile(
    r"\.(?:jar|war|ear|zip|whl|deb|rpm|exe|dll|so|wasm|png|jpe?g|gif|svg|ico|pdf|ttf|woff2?|json|ya?ml|toml|ini|cfg|conf"
    r"|properties|xml|html?|css|scss|[cm]?[jt]sx?|py|rb|php|go|rs|java|kt|sh|bash|sql|csv|txt|md|rst|lock|env\w*|pem|crt|cer"
    r"|key|pub|repo|list|service|template|j2|mod|sum|gradle|csproj|sln|proto|graphql|prisma|r|pl|lua|npmrc|list|asc|gpg)$",
    re.IGNORECASE,
)
NAMES = re.compile(r"(?:^|/)(?:[A-Z]\w*file|LICENSE|VERSION|gradlew|mvnw)$")
OF_ADD = frozenset({"checksum", "keep-git-dir", "unpack"})


@dataclass(frozen=True)
class AddFacts:
    """What is added."""

    source: str


def adds_local_file(project: Project) -> Iterator[Match[Instruction, AddFacts]]:
    """ADD of files of the build context that are neither archives nor remote."""
    for file in project.of(Dockerfile):
        for stage in file.stages:
            for one in stage.of("ADD"):
                sources = [word.value for word in one.words[:-1]]
                if not sources or any(flag.name in OF_ADD for flag in one.flags):
                    continue
                if not any(REMOTE.match(source) or UNPACKS.search(source.rstrip("*?")) for source in sources):
                    # its place among the ADDs moves once another one is a COPY
                    named = replace(one, anchor=f"stage:{stage.index}/ADD {' '.join(sources)}")
                    yield Match(named, AddFacts(" ".join(sources)))


def copy_instead(project: Project, match: Match[Instruction, AddFacts]) -> Fix | Refusal:
    """COPY in the place of ADD; flags and words stay."""
    add = match.node
    file = project.documents[add.path]
    assert isinstance(file, Dockerfile)
    edit = Edit(add.path, add.keyword_span, placing.keyword(file.stages[add.stage or 0], "COPY"))
    doubts = [
        word.evidence(f"{word.value} may be an archive, which ADD unpacks")
        for word in add.words[:-1]
        if not _is_plain(project, add.path, word.value)
    ]
    archives = (one for word in add.words[:-1] for one in _archives(project, add.path, word.value))
    if archive := next(archives, None):
        return Refusal("ADD unpacks an archive here", evidence=(Evidence("archive", archive),))
    return Fix("Copy local files with COPY", (edit,), doubts=tuple(doubts))


def _is_plain(project: Project, path: str, source: str) -> bool:
    """Whether what an ADD names is certainly no archive: by its ending, as a folder, or because it is there as text."""
    if "$" in source:
        return False
    if (
        source.startswith("<<")
        or source.endswith("/")
        or source in {".", ".."}
        or PLAIN.search(source)
        or NAMES.search(source)
    ):
        return True
    for context in _contexts(project, path):
        there = normpath(join(context, source.lstrip("/")))
        if there == "." or there in project.sources or any(one.startswith(f"{there}/") for one in project.occupied):
            return True
        if re.search(r"[*?\[]", source) and _matching(project, there):
            return True
    return False


def _archives(project: Project, path: str, source: str) -> Iterator[str]:
    """The archives of the repository that a pattern matches."""
    if "$" not in source and re.search(r"[*?\[]", source):
        for context in _contexts(project, path):
            found = _matching(project, normpath(join(context, source.lstrip("/"))))
            yield from (one for one in found if UNPACKS.search(one))


def _matching(project: Project, pattern: str) -> list[str]:
    """The files a pattern of the last part of a path matches."""
    head = pattern.rpartition("/")[0]
    parts = (re.escape(part) if part not in "*?" else {"*": "[^/]*", "?": "[^/]"}[part] for part in basename(pattern))
    written = re.compile(f"{re.escape(head)}{'/' if head else ''}{''.join(parts)}")
    return [] if re.search(r"[*?\[]", head) else [one for one in project.occupied if written.fullmatch(one)]


def _contexts(project: Project, path: str) -> set[str]:
    """The folders the image is built from."""
    return {one.build.context for one in project.built_from(path) if one.build}
