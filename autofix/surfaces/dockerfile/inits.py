"""Is Node the first process of its container?  That process gets no signal it does not ask for, and has to bury the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.project import Project, Service
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.init_programs import INIT, as_siblings
from autofix.surfaces.dockerfile.runtimes import entrypoint_of
from autofix.text import Edit, Source

if TYPE_CHECKING:
    from autofix.surfaces import yaml

NODE = re.compile(r"(?:exec\s+)?(?:/\S*/)?node(?:js)?(?=\s|$)")
HANDS_OVER = re.compile(r"^\s*exec\s+(?:(?:/\S*/)?node\b|\"?\$@)", re.MULTILINE)
KEY = "init"


@dataclass(frozen=True)
class InitFacts:
    """Which services they are."""

    services: str


@dataclass(frozen=True)
class First(Instruction):
    """What starts Node as the first process, and the services it is started for: all of compose files, or none."""

    services: tuple[Service, ...] = field(default=(), repr=False)


def is_first_process(project: Project) -> Iterator[Match[First, InitFacts]]:
    """Starts of images that are Node itself, without an init of the image or of the engine."""
    starting: dict[tuple[str, int, bool], list[tuple[Instruction, Service]]] = {}
    for service in project.services:
        file = project.documents.get(service.build.dockerfile) if service.build else None
        if not isinstance(file, Dockerfile) or service.build is None:
            continue
        lineage = file.lineage(file.stages[service.build.stage])
        starts = start_of(lineage)
        if starts and _is_node(project, service, lineage) and not _has_init(project, service):
            key = (file.path, starts[-1].span.start, service.kind == "compose")
            starting.setdefault(key, []).append((starts[-1], service))
    for (_, _, composed), found in starting.items():
        start, services = found[0][0], tuple(service for _, service in found)
        anchor = f"init:{start.anchor}{'' if composed else '/image'}"
        names = " and ".join(dict.fromkeys(service.name for service in services))
        node = First(**{**start.__dict__, "anchor": anchor, "services": services})
        severity = Severity.WARNING if composed else Severity.NOTE
        yield Match(node, InitFacts(names), tuple(service.where for service in services), severity)


def give_init(project: Project, match: Match[First, InitFacts]) -> Fix | Refusal:
    """`init: true` where a compose file says what the service is, and the image stays as it is; else what siblings do."""
    services = match.node.services
    if services[0].kind != "compose":
        return as_siblings(project, match.node, services)
    from autofix.surfaces import yaml

    edits: list[Edit] = []
    for service in services:
        file = _compose(project.sources[service.path])
        at = file.locate("services", service.name)
        edit = yaml.insert_entries(file, at, {KEY: "true"}, after=_place(file, at)) if at else None
        if edit is None:
            needs = f"{service.name} of {service.path} is not written in one place"
            return Refusal(needs, f"{KEY}: true", reason=Reason.UNEDITABLE)
        edits.append(edit)
    return Fix(f"Start {match.facts.services} behind an init", tuple(edits))


def _is_node(project: Project, service: Service, lineage: Sequence[Stage]) -> bool:
    """Whether the first process is Node: the start itself, or a script that hands over to it."""
    texts = [fact.value for fact in service.start] or [words_of(one) for one in start_of(lineage)]
    scripts = [project.sources[path].text for path in service.scripts if path in project.sources]
    if any(INIT.search(text) for text in (*texts, *scripts, *map(words_of, start_of(lineage)))):
        return False
    own = next((one for one in start_of(lineage) if one.keyword == "ENTRYPOINT"), None)
    if own is None and entrypoint_of(lineage)[0] == ("node",):
        return True
    first = words_of(own) if own else texts[0] if texts else ""
    if NODE.match(first):
        return True
    handed = any(map(HANDS_OVER.search, scripts)) and any(map(NODE.match, (*texts, *(_handed(scripts)))))
    return own is not None and handed


def _handed(scripts: Sequence[str]) -> Iterator[str]:
    for script in scripts:
        yield from (line.strip() for line in script.split("\n") if line.strip().startswith("exec "))


def _has_init(project: Project, service: Service) -> bool:
    """Whether the compose file says something about an init, be it that there shall be none, or it is no lasting service.

    What extends another service gets its init with the rest.
    """
    if service.kind != "compose":
        return False
    at = _compose(project.sources[service.path]).locate("services", service.name)
    return at is None or any(at.under(key) is not None for key in (KEY, "profiles", "extends"))


@lru_cache(maxsize=64)
def _compose(source: Source) -> yaml.YamlFile:
    """The file of a service; all services of it ask."""
    from autofix.surfaces import yaml

    return yaml.parse(source)


def _place(file: yaml.YamlFile, at: yaml.Located) -> str:
    """The key to put it behind: the one a sibling has before it, else what says where the image comes from."""
    own = _keys(at)
    services = file.locate("services")
    for name in _keys(services) if services else ():
        keys = _keys(services.under(name)) if services else []
        if KEY in keys and keys.index(KEY) and keys[keys.index(KEY) - 1] in own:
            return keys[keys.index(KEY) - 1]
    return next((key for key in ("build", "image") if key in own), "")


def _keys(at: yaml.Located | None) -> list[str]:
    from autofix.surfaces import yaml

    value = at.value if at else None
    return [entry.key.value for entry in value.entries] if isinstance(value, yaml.Mapping) else []
