"""Does a service get the variables that its code cannot do without?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Needed, Project, Service
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.lasting import given_elsewhere
from autofix.surfaces.compose.places import place
from autofix.surfaces.compose.restarting import for_tests
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.needs import configures
from autofix.text import Edit

KEYS = ("environment", "env_file")
BUILT_IN = re.compile(r"(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|PUBLIC|VITE|REACT_APP|VUE_APP|GATSBY)_")  # by the build


@dataclass(frozen=True)
class Lacking(ComposeService):
    """A service and the variables nobody gives to it."""

    lacks: tuple[Needed, ...]


@dataclass(frozen=True)
class LackingFacts:
    """Which service lacks what."""

    service: str
    names: str


def lacks(project: Project) -> Iterator[Match[Lacking, LackingFacts]]:
    """Services whose code reads variables without a default that neither the compose file nor the image gives."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        if not isinstance(file, ComposeFile) or service is None or for_tests(file.path):
            continue
        given = _given(project, linked)
        if given is None or given_elsewhere(project, file, service, *KEYS):
            continue
        found = tuple(one for one in project.application(linked).variables if one.required and _asked(one.name, given))
        if found:
            node = Lacking(
                service.source, service.span, service.anchor, service.name, service.key, service.at, file.yaml, found
            )
            names = ", ".join(one.name for one in found)
            yield Match(node, LackingFacts(service.name, names), tuple(one.evidence for one in found))


def hand_on(project: Project, match: Match[Lacking, LackingFacts]) -> Fix | Refusal:
    """Each of them from the environment of whoever starts the deployment, in the form the service has."""
    service = match.node
    file = project.documents[service.path]
    assert isinstance(file, ComposeFile)
    edits = _edits(file, service)
    if edits is None:
        return Refusal("the environment of the service is not written here in one piece", reason=Reason.UNEDITABLE)
    unset = Evidence("a variable that is not set becomes an empty one", service.path, service.key)
    return Fix(f"Give {service.name} the variables it needs", edits, doubts=(unset,))


def _given(project: Project, service: Service) -> frozenset[str] | None:
    """What the deployment and the image give, None where a file nobody can read here may give more."""
    names = {name for name, _ in service.environment}
    for path in service.env_files:
        file = project.documents.get(path)
        if not isinstance(file, EnvFile):
            return None
        names.update(entry.key for entry in file.entries)
    live = (file for file in project.of(EnvFile) if not file.template)
    names.update(entry.key for file in live for entry in file.entries)
    return frozenset(names)


def _asked(name: str, given: frozenset[str]) -> bool:
    known = name in given or f"{name}_FILE" in given
    return configures(name) and not known and not BUILT_IN.match(name)


def _edits(file: ComposeFile, service: Lacking) -> tuple[Edit, ...] | None:
    names = [one.name for one in service.lacks]
    at = service.get("environment")
    if at is None:
        after, before = place(file, service, "environment")
        content = [_listed(name) for name in names] if _in_lists(file) else {name: f"${{{name}}}" for name in names}
        edit = yaml.insert_entries(
            file.yaml, service.at, {"environment": content}, after=after, before="" if after else before
        )
        return (edit,) if edit else None
    if not at.open(shared=False):
        return None
    if isinstance(at.value, yaml.Sequence):
        edits = [yaml.append_item(file.yaml, at, _listed(name)) for name in names]
        return tuple(edit for edit in edits if edit) if all(edits) else None
    edit = yaml.insert_entries(file.yaml, at, {name: f"${{{name}}}" for name in names})
    return (edit,) if edit else None


def _listed(name: str) -> str:
    return f"{name}=${{{name}}}"


def _in_lists(file: ComposeFile) -> bool:
    """Whether more services of the file write their environment as a list than as a mapping."""
    written = (at for service in file.services if (at := service.get("environment")))
    forms = Counter(isinstance(at.value, yaml.Sequence) for at in written)
    return forms[True] > forms[False]
