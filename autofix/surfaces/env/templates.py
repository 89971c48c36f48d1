"""Which template would show a variable, and does one?"""

from __future__ import annotations

import re

from autofix.project import Project
from autofix.surfaces import surface_by_name
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.wants import Need, above

ASIDE = re.compile(
    r"(?:^|/)(?:docs?|examples?|samples?|demos?|tests?|testing|e2e[\w-]*|fixtures?|tools)/", re.IGNORECASE
)
ELSEWHERE = re.compile(r"\bcompose\b[^\n]*--(?:env-file|project-directory)\b")
NARROW = re.compile(r"(?<![a-z])(?:dev\w*|tests?|testing|local|e2e|ci|build)(?![a-z])", re.IGNORECASE)


def templates_for(project: Project, need: Need) -> list[EnvFile]:
    """The templates of the files the deployment reads, of the folder and those above it, then those of the deployment.

    The nearest come first. What a compose file asks for is read from beside it, unless somebody says otherwise.
    """
    files = sorted(
        (file for file in project.of(EnvFile) if file.template and not ASIDE.search(file.path)), key=_distance
    )
    named = (file for path in need.files for file in files if file.path.startswith(path))
    found = {file.path: file for file in named}
    for folder in (need.folder, need.deployed):
        for file in files:
            if above(_parent(file.path), folder) and _serves(project, _parent(file.path), folder, need):
                found.setdefault(file.path, file)
    return list(found.values())


def _serves(project: Project, upper: str, folder: str, need: Need) -> bool:
    """Whether a template of a folder above is meant for what stands in this one."""
    if need.alone and upper != folder:
        return not any(surface_by_name(path) == "compose" and _parent(path) == upper for path in project.documents)
    return not need.composed or _reads(project, folder, upper)


def _reads(project: Project, folder: str, upper: str) -> bool:
    """Whether compose files of a folder read the `.env` of one above: it is the same, or a command or a service says so."""
    if folder == upper or any(project.mentions(ELSEWHERE, "compose")):
        return True
    deployed = (one for one in project.services if _parent(one.path) == folder)
    return any(_parent(path) == upper for one in deployed for path in one.env_files)


def _distance(file: EnvFile) -> tuple[int, bool, int, str]:
    """The deepest folder first; in one, the template for no stage of its own, the shortest name."""
    name = file.path.rpartition("/")[2]
    return -len(_parent(file.path)), bool(NARROW.search(name)), len(name), file.path


def shown(project: Project, need: Need, near: list[EnvFile]) -> bool:
    """Whether a template of the deployment speaks of a variable; what compose asks for may be shown by any of its services."""
    below = (file for file in project.of(EnvFile) if file.template and need.composed)
    inner = (file for file in below if above(need.folder, _parent(file.path)))
    return any(shows(file, need.name) for file in (*near, *inner))


def shows(file: EnvFile, name: str) -> bool:
    """Whether a template speaks of a variable, as an entry or in a comment."""
    if file.get(name):
        return True
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(word.search(file.source.slice(remark)) for remark in file.comments())


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
