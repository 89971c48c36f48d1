"""Which variables does the repository ask for, and how badly?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.project import Needed, Project, Service
from autofix.surfaces import surface_by_name
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.interpolated import PROSE, interpolated
from autofix.surfaces.env.wants import ADDRESS, Need, Want, configures, graded, kept

FOLDERS = re.compile(
    r"(?:^|[/_-])(?:docs?|examples?|samples?|demos?|tests?|testing|e2e[\w-]*|fixtures?|tools|benchmarks?|contrib|\.?devcontainer|\.github|\.ci)/",
    re.IGNORECASE,
)
STAGES = re.compile(
    r"(?:^|[._/-])(?:tests?|testing|ci|e2e|dev|develop|development|local|debug|override|example|sample|build|benchmark|sail)[._-]",
    re.IGNORECASE,
)
BUILT = re.compile(r"(?!\w*API_VERSION)(?:\w+_)?VERSION")  # what a build knows of itself
SET = re.compile(r"^\s*(?:export\s+)?([A-Z]\w+)=", re.MULTILINE)


def needs(project: Project) -> Iterator[Need]:
    """What source and compose files ask for and neither they nor an image nor the platform gives."""
    for service in project.services:
        if FOLDERS.search(f"{service.folder}/") or project.application(service).variables == ():
            continue
        given = _given(project, service)
        for one in project.application(service).variables:
            want = _want(one)
            if want is not None and one.name not in given and configures(one.name) and not BUILT.fullmatch(one.name):
                default = one.fallbacks[0] if one.fallbacks else None
                yield Need(
                    one.name,
                    service.folder,
                    want,
                    default,
                    one.evidence,
                    _parent(service.path),
                    service.env_files,
                    alone=service.kind == "image",
                )
    for path, document in project.documents.items():
        if surface_by_name(path) == "compose" and not FOLDERS.search(path) and not STAGES.search(path):
            yield from interpolated(project, document)


def _want(one: Needed) -> Want | None:
    """None for one that something stands in for which cannot be written down.

    A credential or an address that has a default has one for a machine at home.
    """
    if one.strict:
        return Want.NEEDED
    if one.required:
        return Want.OPTIONAL if one.branched else Want.USED
    if not one.fallbacks:
        return Want.OPTIONAL
    if len(one.fallbacks) > 1 or one.fallbacks[0] is None:
        return None
    if one.branched:
        return Want.DEFAULTED
    return graded(one.name, one.fallbacks[0], Want.USED if ADDRESS.search(one.name) else Want.DEFAULTED)


def _given(project: Project, service: Service) -> frozenset[str]:
    """What any deployment of the same source sets, what its start scripts set, and what files say that git keeps."""
    same = [one for one in project.services if one.id == service.id or (one.build and one.folder == service.folder)]
    files = (project.documents.get(path) for one in same for path in one.env_files if path in project.tracked)
    loaded = (entry.key for file in files if isinstance(file, EnvFile) and not file.template for entry in file.entries)
    told = (name for one in same for name, _ in one.environment)
    return frozenset((*told, *loaded, *_set_by_scripts(project, service))) | kept(project, service.folder)


def _set_by_scripts(project: Project, service: Service) -> Iterator[str]:
    texts = (project.sources[path].text for path in service.scripts if path in project.sources)
    return (found for text in texts for found in SET.findall(text))


def told(project: Project, name: str) -> bool:
    """Whether prose speaks of a variable."""
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(
        pattern.search(source.text)
        for source in project.sources.values()
        if name in source.text and source.path.lower().endswith(PROSE)
    )


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
