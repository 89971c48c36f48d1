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
from autofix.surfaces.compose.wanted import rest
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.lines import line_edits
from autofix.surfaces.env.templates import shown, templates_for
from autofix.surfaces.env.wants import Need, Want, configures
from autofix.surfaces.servers import server_of
from autofix.text import Edit

KEYS = ("environment", "env_file")
BUILT_IN = re.compile(
    r"(?:NEXT_PUBLIC|NUXT_PUBLIC|EXPO_PUBLIC|PUBLIC|VITE|REACT_APP|VUE_APP|GATSBY|MIX)_"
)  # by the build
ASIDE = re.compile(r"(?:^|[/_-])(?:docs?|examples?|samples?|demos?|templates?|\.[\w-]+)/", re.IGNORECASE)
SETS = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Z]\w+)=|\$\{(?P<default>[A-Z]\w+):?=", re.MULTILINE)
LOADS = re.compile(
    r"\bdotenv\b|\bload_dotenv\b|\bread_env\b|\benv_file\b|\benvFilePath\b|\bConfigModule\b|\bloadEnv\w*|\bdecouple\b|\benviron\.Env\b|\bimport environ\b|\bfrom environs\b"
    r"|--env-file|\bnext/|[\"']\$env/|\bprisma\b"
)
FILES = re.compile(r"(?:^|/)\.env[^/]*$")


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
    """Services whose code fails without variables that neither the compose file nor the image nor a file gives."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        if not isinstance(file, ComposeFile) or service is None or for_tests(file.path) or ASIDE.search(file.path):
            continue
        if server_of(linked):
            continue  # a well-known server runs none of the code around it
        given = _given(project, linked, service)
        if given is None or given_elsewhere(project, file, service, *KEYS):
            continue
        found = tuple(one for one in project.application(linked).variables if one.strict and _asked(one.name, given))
        if found and not _loaded(project, linked):
            node = Lacking(
                service.source, service.span, service.anchor, service.name, service.key, service.at, file.yaml, found
            )
            names = ", ".join(one.name for one in found)
            yield Match(node, LackingFacts(service.name, names), tuple(one.evidence for one in found))


def hand_on(project: Project, match: Match[Lacking, LackingFacts]) -> Fix | Refusal:
    """Each of them from the environment of whoever starts the deployment, in the form the service has, and a line in the
    template that the compose file is deployed with.
    """
    service = match.node
    file = project.documents[service.path]
    assert isinstance(file, ComposeFile)
    edits = _edits(project, file, service)
    if edits is None:
        return Refusal("the environment of the service is not written here in one piece", reason=Reason.UNEDITABLE)
    empty = any("${" in edit.text and ":?" not in edit.text for edit in edits)
    what = (
        "a variable that is not set becomes an empty one" if empty else "somebody has to set them before the next start"
    )
    unset = Evidence(what, service.path, service.key)
    return Fix(f"Give {service.name} the variables it needs", (*edits, *_shown(project, service)), doubts=(unset,))


def _given(project: Project, linked: Service, service: ComposeService) -> frozenset[str] | None:
    """What the deployment and the image give, None where a file nobody can read here may give more."""
    names = {name for name, _ in linked.environment}
    if len(service.env_files) != len(linked.env_files):
        return None
    for path in linked.env_files:
        file = project.documents.get(path)
        if not isinstance(file, EnvFile):
            return None
        names.update(entry.key for entry in file.entries)
    live = (file for file in project.of(EnvFile) if not file.template)
    names.update(entry.key for file in live for entry in file.entries)
    starts = (project.sources[path].text for path in linked.scripts if path in project.sources)
    texts = (*starts, *(fact.value for fact in linked.start))
    names.update(found["name"] or found["default"] for text in texts for found in SETS.finditer(text))
    return frozenset(names)


def _loaded(project: Project, linked: Service) -> bool:
    """Whether the code reads a `.env` of its own, which nobody sees here, and which may come with the image or a mount."""
    if any(mount.kind == "bind" and FILES.search(mount.origin) for mount in linked.mounts):
        return True
    build = linked.build
    inner = f"{linked.folder}/.env".lstrip("/")
    if build is None or project.contexts[build.dockerfile, build.context].hides(
        inner.removeprefix(f"{build.context}/" if build.context else "")
    ):
        mounted = any(mount.kind == "bind" and mount.origin.startswith(".") for mount in linked.mounts)
        if not mounted:
            return False
    texts = (project.sources[path].text for path in project.application(linked).modules if path in project.sources)
    return any(LOADS.search(text) for text in texts)


def _asked(name: str, given: frozenset[str]) -> bool:
    known = name in given or f"{name}_FILE" in given
    return configures(name) and not known and not BUILT_IN.match(name)


def _edits(project: Project, file: ComposeFile, service: Lacking) -> tuple[Edit, ...] | None:
    said = {one.name: f"${{{one.name}{rest(project, file.path, one.name)}}}" for one in service.lacks}
    at = service.get("environment")
    if at is None:
        after, before = place(file, service, "environment")
        content = [f"{name}={value}" for name, value in said.items()] if _in_lists(file) else said
        edit = yaml.insert_entries(
            file.yaml, service.at, {"environment": content}, after=after, before="" if after else before
        )
        return (edit,) if edit else None
    if not at.open(shared=False):
        return None
    if isinstance(at.value, yaml.Sequence):
        bare = sum("=" not in text for text in at.texts()) * 2 > len(at.texts())
        edits = [yaml.append_item(file.yaml, at, name if bare else f"{name}={value}") for name, value in said.items()]
        return tuple(edit for edit in edits if edit) if all(edits) else None
    edit = yaml.insert_entries(file.yaml, at, said)
    return (edit,) if edit else None


def _shown(project: Project, service: Lacking) -> Iterator[Edit]:
    """The lines that the template lacks, where there is one that can be read."""
    folder = service.path.rpartition("/")[0]
    needs = [Need(one.name, folder, Want.NEEDED, None, one.evidence, folder, composed=True) for one in service.lacks]
    near = templates_for(project, needs[0])
    if near and not near[0].bad:
        yield from line_edits(near[0], *(need for need in needs if not shown(project, need, near)))


def _in_lists(file: ComposeFile) -> bool:
    """Whether more services of the file write their environment as a list than as a mapping."""
    written = (at for service in file.services if (at := service.get("environment")))
    forms = Counter(isinstance(at.value, yaml.Sequence) for at in written)
    return forms[True] > forms[False]
