"""Which values of the repository must no output repeat?  The diff shows them where it takes them out, and nothing else may."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from autofix.project import Project
from autofix.surfaces import surface_by_name
from autofix.surfaces.secrets import PEM, judge
from autofix.text import Source

HOLDERS = frozenset({"env", "compose", "dockerfile"})
BINDING = re.compile(
    r"(?P<key>[A-Za-z_][\w.-]*)[\"']?[ \t]*(?:=|:[ \t])[ \t]*(?P<quote>[\"']?)(?P<value>[^\r\n]+?)(?P=quote)(?:[ \t]+#.*)?[ \t]*\r?$",
    re.MULTILINE,
)
WORD = re.compile(r"(?P<key>[A-Za-z_][\w.-]*)[\"']?(?:=|:[ \t]+)[\"']?(?P<value>[^\s\"',}]+)")
WORTH = 6


def values(sources: Mapping[str, Source]) -> frozenset[str]:
    """Every credential in files that hold variables, read line by line, so that no fault of a parser hides one."""
    return frozenset(value for source in sources.values() if _holds(source) for value in _in_text(source.text))


def defaults(project: Project) -> frozenset[str]:
    """Every credential that the source of a service falls back to."""
    read = (one for service in project.services for one in project.application(service).variables)
    return frozenset(value for one in read if one.default for value in _parts(one.name, one.default))


def _holds(source: Source) -> bool:
    return surface_by_name(source.path) in HOLDERS


@cache
def _in_text(text: str) -> tuple[str, ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[str]:
    for found in (*BINDING.finditer(text), *WORD.finditer(text)):
        yield from _parts(found["key"], found["value"])
    for key in PEM.finditer(text):
        yield from (line for line in re.split(r"\\n|\s+", key["body"]) if len(line) > WORTH)


def _parts(key: str, value: str) -> Iterator[str]:
    secret = judge(key, value)
    for part in secret.parts if secret else ():
        text = value[part.start : part.end]
        if part.role != "host" and len(text) >= WORTH:
            yield text
