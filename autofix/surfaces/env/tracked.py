"""Does git keep a file that only one deployment should have?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.ignoring import IGNORES, add_line, ignore_files
from autofix.surfaces.secrets import judge
from autofix.text import NewFile, Span

LOCAL = re.compile(r"\.env(?:\.\w+)?\.local$|\.env\.local$")
TEMPLATES = re.compile(r"\.?env[._-]?(?:example|sample|template|dist)", re.IGNORECASE)
DECIDED = re.compile(r"^\s*!\.env\s*$|^\s*(?:/|\*\*/)?\.env(?:\.\*|\*)?\.local\b", re.MULTILINE)
COPIED = frozenset({".env"})


@dataclass(frozen=True)
class Kept(Node):
    """A file of one deployment; `ignored` when only the index still has it."""

    ignored: bool


@dataclass(frozen=True)
class KeptFacts:
    """What is wrong with it."""

    what: str


def is_kept(project: Project) -> Iterator[Match[Kept, KeptFacts]]:
    """Live files that git tracks, and of them those that nothing keeps from being added again."""
    for file in project.of(EnvFile):
        reason = _reason(project, file) if not file.template and file.path in project.tracked else None
        if reason is None:
            continue
        yield Match(Kept(file.source, Span(0, 0), "tracked", True), KeptFacts("is tracked by git"), (reason,))
        if not _ignored(project, file.path):
            yield Match(
                Kept(file.source, Span(0, 0), "unignored", False), KeptFacts("is not ignored by git"), (reason,)
            )


def ignore(project: Project, match: Match[Kept, KeptFacts]) -> Fix | Refusal:
    """Its name in the .gitignore nearest above; out of the index only a person takes it."""
    path = match.node.path
    if match.node.ignored:
        remedy = f"git rm --cached {path}\n# then replace every credential it holds: the history keeps them"
        return Refusal("taking it out of the index is for git", remedy, reason=Reason.NO_FIXER)
    near = ignore_files(project, path)
    line = _pattern(project, path, near[-1] if near else IGNORES)
    title = f"Keep {path} out of git"
    if not near:
        return Fix(title, files=(NewFile(IGNORES, f"{line}\n"),))
    return Fix(title, (add_line(project.sources[near[-1]], line),))


def _reason(project: Project, file: EnvFile) -> Evidence | None:
    """Why the file is one deployment's: its name, a template beside it, a credential in it."""
    name = PurePosixPath(file.path).name
    if LOCAL.search(name):
        return Evidence("its name says that it is for one machine", file.path)
    if name not in COPIED or _on_purpose(project, file.path):
        return None
    for other in project.of(EnvFile):
        if TEMPLATES.fullmatch(other.path.rpartition("/")[2]) and _folder(other.path) == _folder(file.path):
            return Evidence("it is a copy of the template", other.path)
    for entry in file.entries:
        secret = judge(entry.key, entry.written)
        if secret and secret.sure:
            return Evidence(f"{entry.key} is a credential", file.path, entry.key_span)
    return None


def _on_purpose(project: Project, path: str) -> bool:
    """Whether a .gitignore leaves out `.env.local` and not `.env`: then one is for all, the other for a machine."""
    return not _ignored(project, path) and any(
        DECIDED.search(project.sources[one].text) for one in ignore_files(project, path)
    )


def _ignored(project: Project, path: str) -> bool:
    """Whether the last pattern that is about the path leaves it out."""
    from pathspec import GitIgnoreSpec

    said = False
    for one in ignore_files(project, path):
        below = PurePosixPath(path).relative_to(PurePosixPath(one).parent).as_posix()
        spec = GitIgnoreSpec.from_lines(project.sources[one].text.splitlines())
        found = spec.check_file(below).include
        said = said if found is None else found
    return said


def _pattern(project: Project, path: str, ignores: str) -> str:
    """The bare name, where every file of that name is one to leave out; else this one alone."""
    name = PurePosixPath(path).name
    below = [
        file for file in project.of(EnvFile) if PurePosixPath(file.path).name == name and file.path in project.tracked
    ]
    if all(_reason(project, file) for file in below):
        return name
    return "/" + PurePosixPath(path).relative_to(PurePosixPath(ignores).parent).as_posix()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
