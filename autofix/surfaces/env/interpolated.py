"""Which variables does a compose file ask for of the machine it is started on?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autofix.node import Document, Evidence
from autofix.project import Project
from autofix.surfaces import surface_by_name
from autofix.surfaces.env.wants import SECRET, Need, Want, configures, graded, kept
from autofix.text import Span

USED = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<operator>:?[-?+])(?P<word>[^{}]*))?\}|\$(?P<bare>[A-Za-z_]\w*)")
OF_A_RUN = r"(?<!-e )(?<!-e[\"'])(?<!-e [\"'])(?<!--env )(?<!--env=)"  # what one `docker run` is given is no one else's
PLAIN = re.compile(r"(?:^|/)(?:docker-)?compose(?:[._-]prod(?:uction)?)?\.ya?ml$")
ASSIGNING = (".sh", ".bash", ".mk", ".yml", ".yaml")
ASSIGNING_NAMES = frozenset({"makefile", "gnumakefile", "justfile"})
PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc")


def interpolated(project: Project, document: Document) -> Iterator[Need]:
    """What a compose file asks for; one that only changes other files asks for less."""
    folder = _parent(document.path)
    known = kept(project, folder)
    comments = document.comments()
    least = Want.NEEDED if _is_started(project, document.path) else Want.USED
    for found in USED.finditer(document.source.text):
        name = found["name"] or found["bare"]
        span = Span(*found.span())
        if not name or name in known or not configures(name) or any(comment.contains(span) for comment in comments):
            continue
        operator = found["operator"] or ""
        if "+" in operator or _assigned(project, name):
            continue
        default = found["word"] if "-" in operator else None
        if default is not None and "$" in default:
            continue
        if default and document.source.text.endswith(".env.", 0, span.start):
            continue  # who starts the services chooses the file, not the file itself
        want = least if default is None else min(least, graded(name, default, Want.DEFAULTED))
        if not operator and not SECRET.search(name):
            default = ""  # which is what compose puts there, with a warning
        evidence = Evidence(f"{name} is asked for", document.path, span)
        yield Need(name, folder, want, default, evidence, folder, composed=True)


def _is_started(project: Project, path: str) -> bool:
    """Whether a compose file deploys something, and is the one of its folder that is started without naming it."""
    plain = [one for one in project.documents if _parent(one) == _parent(path) and PLAIN.search(one)]
    return any(one.path == path for one in project.services) and (path in plain or not plain)


def _assigned(project: Project, name: str) -> bool:
    """Whether a script, a Makefile, a workflow or a person who reads the manual sets it before the deployment starts."""
    pattern = re.compile(rf"(?<![\w$]){OF_A_RUN}{name}\s*(?:[:?]?=)|^\s*{name}:\s*\S", re.MULTILINE)
    return any(
        pattern.search(source.text)
        for source in project.sources.values()
        if name in source.text and surface_by_name(source.path) != "compose" and _assigns(source.path)
    )


def _assigns(path: str) -> bool:
    return path.endswith((*ASSIGNING, *PROSE)) or PurePosixPath(path).name.lower() in ASSIGNING_NAMES


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
