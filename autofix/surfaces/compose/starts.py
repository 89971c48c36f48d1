"""Who starts the services of a compose file, with which words, and is it to deploy them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from posixpath import basename, dirname

from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.shell.deploy import DEPLOYS, ELSEWHERE
from autofix.text import Source

GAP = r"(?:[ \t]|\\\r?\n)+"
VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|\$\{\{[^}\n]*\}\}|(?!-)[^\s\"']+)"
CALL = re.compile(
    rf"\bdocker(?:-|[ \t]+)compose(?P<options>(?:{GAP}-{{1,2}}[a-zA-Z][\w-]*(?:(?:=|{GAP}){VALUE})?)*)"
    rf"{GAP}(?P<verb>up|run|create|start|restart|pull)\b"
)
FILES = re.compile(rf"(?:^|\s)(?:-f|--file)(?:=|{GAP})?({VALUE})")
CHOSEN = re.compile(r"\bCOMPOSE_FILE\b\s*(?::?=|:)\s*[\"']?(?P<names>[^\s\"']+)")
USUAL = re.compile(r"(?:^|/)(?:docker-)?compose\.ya?ml$")
PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc")
PIPELINES = re.compile(r"^\.(?:github|gitea|forgejo)/workflows/|(?:^|/)(?:\.gitlab-ci|azure-pipelines|bitbucket-pipelines|\.travis|appveyor)\.ya?ml$|^\.circleci/|(?:^|/)Jenkinsfile$")  # fmt: skip
REACHES_OUT = re.compile(r"\b(?:appleboy/|ssh-action|ssh|scp|rsync|self-hosted|ansible-playbook)\b")
FETCHES = re.compile(r"\bgit\s+(?:-C\s+\S+\s+)?(?:pull|fetch|reset)\b|\bdocker(?:-|\s+)compose\b[^\n]*\spull\b")
HEADING = re.compile(r"^(?P<marks>#{1,6})[ \t]+(?P<title>.*)$", re.MULTILINE)
FOR_PEOPLE = re.compile(
    r"\b(?:develop\w*|dev|local\w*|contribut\w*|tests?|testing|debug\w*|getting[ -]started|quick[ -]?start)\b",
    re.IGNORECASE,
)
FOR_SERVERS = re.compile(r"\b(?:deploy\w*|prod(?:uction)?|server|hosting|releas\w*|roll ?out|staging)\b", re.IGNORECASE)
TARGET = re.compile(r"^(?P<name>[\w.-]+)[ \t]*:(?!=)|\"(?P<key>[\w:.-]+)\"[ \t]*:", re.MULTILINE)


class Purpose(Enum):
    """What services are started for."""

    DEPLOY = "deploy"
    DEVELOP = "develop"
    UNKNOWN = ""


@dataclass(frozen=True)
class Start:
    """One call of Compose that reads the files of variables. `names` are the compose files it is given, `named` says that
    it is given any: then Compose lays nothing over them on its own.
    """

    names: tuple[str, ...]
    named: bool
    purpose: Purpose
    evidence: Evidence


def starts(project: Project) -> Iterator[Start]:
    """Every call in scripts, workflows, task files and prose."""
    for seen in project.mentions(CALL, "compose"):
        source, call = project.sources[seen.path], CALL.match(seen.what)
        if call is None or seen.span is None:
            continue
        given = [name.strip("\"'") for name in FILES.findall(call["options"])]
        chosen = [name for found in CHOSEN.finditer(source.text) for name in re.split(r"[:;]", found["names"])]
        if any("$" in name for name in given) or (chosen and not given):
            given += [basename(path) for path in _compose_files(project) if basename(path) in source.text]
        yield Start(tuple(given), bool(given or chosen), purpose_at(source, seen.span.start), seen)


def starts_of(project: Project, path: str) -> list[Start]:
    """Those that start the services of one compose file."""
    return [one for one in starts(project) if _is_about(project, one, path)]


def _is_about(project: Project, start: Start, path: str) -> bool:
    """Without a name Compose takes the file of the usual name, which scripts and prose at other places mean as well when it
    is the only one.
    """
    if start.named:
        return any(basename(name) == basename(path) for name in start.names)
    usual = [one for one in _compose_files(project) if USUAL.search(one)]
    return path in usual and (usual == [path] or dirname(path) in {"", dirname(start.evidence.path)})


def _compose_files(project: Project) -> Iterator[str]:
    return (path for path, document in project.documents.items() if document.surface == "compose")


def purpose_at(source: Source, offset: int) -> Purpose:
    """What the commands at a place of a text are for."""
    path = source.path
    if path.lower().endswith(PROSE):
        return _purpose_of_prose(source, offset)
    if PIPELINES.search(path):
        out = DEPLOYS.search(path) or REACHES_OUT.search(source.text)
        return Purpose.DEPLOY if out else Purpose.DEVELOP
    target = _target(source, offset)
    for said in (target, path):
        if ELSEWHERE.search(said):
            return Purpose.DEVELOP
        if DEPLOYS.search(said):
            return Purpose.DEPLOY
    script = "." not in basename(path) or path.endswith(".sh")
    return Purpose.DEPLOY if script and not target and FETCHES.search(source.text) else Purpose.UNKNOWN


def _target(source: Source, offset: int) -> str:
    """The task that the call belongs to, in a file of tasks."""
    name = basename(source.path).lower()
    if name not in {"makefile", "gnumakefile", "justfile", "package.json", "taskfile.yml", "taskfile.yaml"} and not name.endswith(".mk"):  # fmt: skip
        return ""
    found = [one["name"] or one["key"] for one in TARGET.finditer(source.text, 0, offset)]
    return found[-1].replace(":", "-") if found else ""


def _purpose_of_prose(source: Source, offset: int) -> Purpose:
    """What the nearest heading above says, else the one that it stands below, else the name of the page."""
    level = 7
    for heading in reversed(list(HEADING.finditer(source.text, 0, offset))):
        if len(heading["marks"]) >= level:
            continue
        level = len(heading["marks"])
        if FOR_SERVERS.search(heading["title"]):
            return Purpose.DEPLOY
        if FOR_PEOPLE.search(heading["title"]):
            return Purpose.DEVELOP
    named = basename(source.path).replace("_", "-")
    if FOR_SERVERS.search(named):
        return Purpose.DEPLOY
    return Purpose.DEVELOP if FOR_PEOPLE.search(named) else Purpose.UNKNOWN
