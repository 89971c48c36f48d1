"""Where does a value stand, and what is put there instead?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.env.document import Entry, EnvFile
from autofix.surfaces.secrets import Part, judge, kebab, snake
from autofix.text import Edit, Span

MADE = "base64:"
ADDRESS = re.compile(r"_(?:UR[LI]|DSN|CONN(?:ECTION)?(?:_STRING|_STR)?|ADDR(?:ESS)?|ENDPOINT|SERVERS?|BROKERS?)$")


@dataclass(frozen=True)
class Place:
    """A part of the value of a template's entry."""

    entry: Entry
    part: Part

    @property
    def span(self) -> Span:
        """Where it stands in the file."""
        start = self.entry.value_span.start
        return Span(start + self.part.start, start + self.part.end)

    @property
    def text(self) -> str:
        """What stands there."""
        return self.entry.written[self.part.start : self.part.end]

    @property
    def whole(self) -> bool:
        """Whether it is all of the value."""
        return len(self.text) == len(self.entry.written)

    @property
    def evidence(self) -> Evidence:
        """The key, as the place that shares a value; never the value."""
        return Evidence(f"{self.entry.key} has the same value", self.entry.path, self.entry.key_span)


def templates(project: Project) -> Iterator[EnvFile]:
    """The files that show which variables there are."""
    return (file for file in project.of(EnvFile) if file.template)


def repetitions(project: Project, text: str) -> Iterator[Place]:
    """Every place in a template's values that holds the text, whole words only."""
    pattern = _pattern(text)
    for file in templates(project):
        if text in file.source.text:
            for entry in file.entries:
                for found in pattern.finditer(entry.written):
                    yield Place(entry, Part(*found.span(), _role(entry, found)))


def strangers(project: Project, text: str) -> Iterator[Evidence]:
    """Every other place: live files, compose files, scripts, prose, comments. A file that git does not keep is not ours."""
    pattern = _pattern(text)
    for source in project.sources.values():
        if text not in source.text:
            continue
        file = project.documents.get(source.path)
        known = file.entries if isinstance(file, EnvFile) and file.template else ()
        if isinstance(file, EnvFile) and not file.template and source.path not in project.tracked:
            continue
        for found in pattern.finditer(source.text):
            span = Span(*found.span())
            if not any(entry.value_span.contains(span) for entry in known):
                yield Evidence("the same value stands here", source.path, span)


def put(project: Project, place: Place) -> Edit:
    """The placeholder in its place: of the key where it is the whole value, else of who holds the value first.

    Nothing where a framework makes the value itself once none is there, as Laravel does its key.
    """
    text = kebab(place.entry.key) if place.whole else f"YOUR_{_name(project, place)}"
    if place.whole and place.text.startswith(MADE):
        text = ""
    return Edit(place.entry.path, place.span, text)


def _name(project: Project, place: Place) -> str:
    holders = list(repetitions(project, place.text))
    first = next((one for one in holders if one.whole), None)
    if first:
        return snake(first.entry.key)
    first = holders[0] if holders else place
    base = ADDRESS.sub("", f"_{snake(first.entry.key)}").strip("_")
    role = snake(place.part.role)
    return base if base.endswith(role) else f"{base}_{role}" if base else role


def _role(entry: Entry, found: re.Match[str]) -> str:
    secret = judge(entry.key, entry.written)
    for part in secret.parts if secret else ():
        if (part.start, part.end) == found.span():
            return part.role
    before = entry.written[: found.start()]
    return "password" if before.endswith(":") and "://" in before else "value" if not before else "secret"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])")
