"""How do the texts of a repository become one project?

Every file is parsed once; a later round parses again only what the round changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from autofix.discover import Skipped, Survey
from autofix.link.apps import Applications
from autofix.link.contexts import Contexts
from autofix.link.ignored import Ignored
from autofix.link.proxies import proxies
from autofix.link.services import Linker
from autofix.link.workspaces import Packages
from autofix.node import Document, UnreadableError
from autofix.project import Project
from autofix.surfaces import parse, surface_of
from autofix.surfaces.editable import why_uneditable
from autofix.text import Source

T = TypeVar("T")


def build(survey: Survey) -> tuple[Project, tuple[Skipped, ...]]:
    """The project of a survey, and the files nothing may edit, with the reason."""
    documents: dict[str, Document] = {}
    skipped = list(survey.skipped)
    for source in survey.sources.values():
        surface = surface_of(source)
        if surface is None:
            continue
        if reason := why_uneditable(source):
            skipped.append(Skipped(source.path, reason))
            continue
        try:
            documents[source.path] = parse(surface, source)
        except UnreadableError as error:
            skipped.append(Skipped(source.path, _located(source, error)))
    project = linked(documents, survey.sources, survey.occupied, survey.tracked)
    return project, tuple(sorted(skipped, key=lambda skip: skip.path))


def linked(
    documents: Mapping[str, Document],
    sources: Mapping[str, Source],
    occupied: frozenset[str],
    tracked: frozenset[str] = frozenset(),
) -> Project:
    """The project of documents and texts, both sorted by path."""
    services = Linker(documents, sources, occupied).services()
    handed = tuple(proxies(documents, services))
    applications = Applications(services, sources, occupied)
    packages, contexts = Packages(sources, occupied), Contexts(sources, occupied)
    ignored = Ignored(sources)
    return Project(
        documents, sources, occupied, services, handed, applications, tracked, packages, contexts, ignored=ignored
    )


def rebuild(project: Project, changed: Mapping[str, Source]) -> tuple[Project, dict[str, UnreadableError]]:
    """The project after some of its texts changed or came to be, and why a changed one no longer reads."""
    documents = dict(project.documents)
    broken: dict[str, UnreadableError] = {}
    for path, source in changed.items():
        documents.pop(path, None)
        surface = surface_of(source)
        if surface is None:
            continue
        try:
            documents[path] = parse(surface, source)
        except UnreadableError as error:
            broken[path] = error
    sources = _sorted({**project.sources, **changed}.items())
    occupied = project.occupied | changed.keys()
    built = linked(_sorted(documents.items()), sources, occupied, project.tracked)
    return replace(built, mentioned=project.mentioned_beside(changed)), broken


def _located(source: Source, error: UnreadableError) -> str:
    if not error.offset:
        return error.reason
    return f"{error.reason} (line {source.position(error.offset)[0]})"


def _sorted(items: Iterable[tuple[str, T]]) -> dict[str, T]:
    return dict(sorted(items, key=lambda item: item[0]))
