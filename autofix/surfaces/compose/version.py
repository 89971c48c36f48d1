"""Does a compose file still say which old format it has?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile

STACK = re.compile(
    r"\bdocker\b[^\n;|&#]*?\sstack\s+(?:deploy|up)\b|^\s*-?\s*(?:[\w.]+\.)?docker_stack\s*:|\becs-cli\s+compose\b",
    re.MULTILINE,
)
V1 = re.compile(
    r"^(?!\s*(?:#|//|\*))[^\n]*?\bdocker-compose(?:\s+-{1,2}[\w-]+(?:[= ][^\s-]\S*)?)*\s+"
    r"(?:up|down|build|pull|push|run|exec|start|stop|restart|rm|ps|logs|config)\b"
    r"|^\s*(?:export\s+)?\w+\s*[:?]?=\s*[\"']?docker-compose(?![\w.-])|[\"']docker-compose[\"']\s*,|^[^#\n]*\bdocker-compose==1\.",
    re.MULTILINE,
)
NAMED = re.compile(r"[\w.-]+\.ya?ml\b")
PROSE = (".md", ".rst", ".txt", ".adoc")


def stacked(project: Project, path: str) -> Evidence | None:
    """Where somebody deploys a file as a stack, prose left out."""
    for seen in project.mentions(STACK, "stack", "ecs-cli"):
        named = NAMED.findall(project.sources[seen.path].text)
        if not seen.path.lower().endswith(PROSE) and (not named or path.rpartition("/")[2] in named):
            return Evidence(seen.what, seen.path, seen.span)
    return None


def declares_version(project: Project) -> Iterator[Match[Node, None]]:
    """Compose files with a top-level `version:` of their own."""
    for file in project.of(ComposeFile):
        if file.version:
            yield Match(file.version, None)


def remove(project: Project, match: Match[Node, None]) -> Fix | Refusal:
    """The key goes, with the blank line it leaves, unless something still reads it."""
    stack = next(project.mentions(STACK, "stack", "ecs-cli"), None)
    if stack:
        used = Evidence(stack.what, stack.path, stack.span)
        return Refusal("what deploys the file wants the key", evidence=(used,))
    file = project.documents[match.node.path]
    assert isinstance(file, ComposeFile)
    edit = yaml.delete_entry(file.yaml, file.root, "version")
    if edit is None:
        return Refusal("the key does not stand alone on its lines, or a comment explains it", reason=Reason.UNEDITABLE)
    if _explained(match.node):
        return Refusal("the comment above explains it", reason=Reason.UNEDITABLE)
    return Fix("Remove the obsolete version key", (edit,), doubts=tuple(_compose_v1(project)))


def _explained(version: Node) -> bool:
    """Whether the comment right above speaks of the version, and would speak of nothing without it."""
    above = version.source.text[: version.span.start].rstrip("\r\n").split("\n")
    block = [
        line
        for line in takewhile(lambda line: line.lstrip().startswith("#"), reversed(above))
        if "autofix:" not in line
    ]
    blank = version.source.text[: version.span.start].replace("\r", "").endswith("\n\n")
    number = re.escape(version.text.partition(":")[2].strip().strip("\"'"))
    return not blank and any(
        re.search(rf"\bversion\b|\bformat\b|(?<![\w.])[23]\.x\b|(?<![\d.]){number}(?![\d.])", line) for line in block
    )


def _compose_v1(project: Project) -> Iterator[Evidence]:
    """Compose v1 before 1.27 takes a file without the key for the oldest format."""
    for seen in project.mentions(V1, "docker-compose"):
        if not seen.path.lower().endswith(PROSE):
            yield Evidence("compose v1 may be in use", seen.path, seen.span)
            return
