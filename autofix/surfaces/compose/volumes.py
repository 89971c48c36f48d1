"""Does what a database holds survive its container?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.lasting import given_elsewhere, runs_on
from autofix.surfaces.compose.places import place
from autofix.surfaces.compose.restarting import for_tests
from autofix.surfaces.servers import Server, server_of
from autofix.surfaces.yaml import Content
from autofix.text import Edit, Span

MOVED = (18,)  # from this version on, postgres keeps its data in a folder of the version below that of the volume
ELSEWHERE = re.compile(r"--(?:dbpath|datadir|data-dir)\b|\bdata_directory\b|--store=type=mem|:memory:|--inmemory", re.IGNORECASE)  # fmt: skip
THROWN_AWAY = re.compile(r"ephemeral|throw-?away|disposable|nothing to keep|not persist|no persist|without persist|non-?persist", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Forgetful(ComposeService):
    """A database without a volume, and where it keeps its data: empty where that cannot be told."""

    folder: str


@dataclass(frozen=True)
class ForgetfulFacts:
    """Which database it is."""

    service: str
    database: str


def forgets(project: Project) -> Iterator[Match[Forgetful, ForgetfulFacts]]:
    """Databases that run on, with nothing mounted where they keep their data."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        server = server_of(linked)
        if not isinstance(file, ComposeFile) or service is None or server is None or server.kind != "database":
            continue
        if for_tests(file.path) or not runs_on(file, service, linked) or _kept(linked, server):
            continue
        if service.get("volumes_from") or given_elsewhere(project, file, service, "volumes") or _meant(file, service):
            continue
        node = Forgetful(
            service.source, service.span, f"{service.anchor}.volumes", service.name, service.key, service.at, service.file,
            folder=_folder(linked, server),
        )  # fmt: skip
        yield Match(node, ForgetfulFacts(service.name, server.name), (linked.where,))


def keep(project: Project, match: Match[Forgetful, ForgetfulFacts]) -> Fix | Refusal:
    """A named volume where the data is, named as the others of the file are."""
    service = match.node
    file = project.documents[service.path]
    assert isinstance(file, ComposeFile)
    if not service.folder:
        return Refusal("the folder of the data; which it is depends on the version", "pin the version of the image")
    name = _name(file, service.name)
    mounted, declared = _mounted(file, service, f"{name}:{service.folder}"), _declared(file, name)
    if mounted is None or declared is None:
        return Refusal("the file is written in a way that takes no further volume", reason=Reason.UNEDITABLE)
    today = Evidence("what the database holds today stays in an anonymous volume, unless somebody copies it", service.path, service.key)  # fmt: skip
    both: tuple[Edit, ...] = (mounted, declared)
    if mounted.span == declared.span:
        both = (Edit(file.path, mounted.span, mounted.text + declared.text),)
    return Fix(f"Keep what {service.name} holds in a volume", both, doubts=(today,))


def _kept(linked: Service, server: Server) -> bool:
    """Whether something is mounted there, above or below; a tmpfs is a decision."""
    if any(ELSEWHERE.search(fact.value) for fact in linked.start):
        return True
    given = linked.variable("PGDATA")
    told = replace(server, data=(*server.data, given.value)) if given and given.value else server
    return not told.data or any(told.keeps(mount.target) for mount in linked.mounts)


def _folder(linked: Service, server: Server) -> str:
    given = linked.variable("PGDATA")
    if given:
        return given.value if given.value and "$" not in given.value else ""
    if server.name == "postgres":
        return "" if not server.version else "/var/lib/postgresql" if server.version >= MOVED else server.data[0]
    return server.data[0] if len(server.data) == 1 else ""


def _meant(file: ComposeFile, service: ComposeService) -> bool:
    """Whether a comment of the service says that nothing has to survive."""
    start = file.source.line_starts[max(file.source.line_of(service.span.start) - 2, 0)]
    around = Span(start, service.span.end)
    said = (file.source.slice(comment) for comment in file.comments() if around.contains(comment))
    return any(THROWN_AWAY.search(text) for text in said)


def _name(file: ComposeFile, service: str) -> str:
    """As the other volumes of the file are named: with `_data`, `-data`, or `data` behind."""
    at = file.get("volumes")
    taken = at.keys() if at else ()
    joints = [found[1] for name in taken if (found := re.search(r"([-_]?)data$", name))]
    joint = max(joints, key=joints.count, default="_")
    name = f"{service}{joint}data"
    return name if name not in taken else f"{service}{joint}storage"


def _mounted(file: ComposeFile, service: ComposeService, volume: str) -> Edit | None:
    at = service.get("volumes")
    if at:
        styles = {leaf.scalar.style for leaf in at.items() if leaf.scalar}
        style = styles.pop() if len(styles) == 1 else ""
        return yaml.append_item(file.yaml, at, yaml.spell(volume, style if style in {"'", '"'} else "", keep=True))
    after, before = place(file, service, "volumes")
    return yaml.insert_entries(
        file.yaml, service.at, {"volumes": [volume]}, after=after, before="" if after else before
    )


def _declared(file: ComposeFile, name: str) -> Edit | None:
    """The volume among those of the file, or the first of them: before the networks, else at the end."""
    at = file.get("volumes")
    if at:
        return yaml.insert_entries(file.yaml, at, {name: _usual(file)}) if at.entries() else None
    source, newline = file.source, file.source.newline
    lines = f"volumes:{newline}{' ' * yaml.layout_of(file.yaml, file.root.value).step}{name}:" if isinstance(file.root.value, yaml.Mapping) else ""  # fmt: skip
    networks = file.get("networks")
    if not lines or file.root.flow or (isinstance(file.root.value, yaml.Mapping) and file.root.value.flow):
        return None
    if networks and networks.entry:
        line = source.line_of(networks.entry.span.start)
        while line and source.text.startswith("#", source.line_starts[line - 1]):
            line -= 1
        start = source.line_starts[line]
        return Edit(file.path, Span(start, start), f"{lines}{newline}{newline}")
    end = len(source.text)
    if not source.text.endswith("\n"):
        return Edit(file.path, Span(end, end), f"{newline}{newline}{lines}")
    blank = "" if source.text.endswith(newline * 2) else newline
    return Edit(file.path, Span(end, end), f"{blank}{lines}{newline}")


def _usual(file: ComposeFile) -> Content:
    """What the other volumes say: nothing, an empty mapping, or the driver alone."""
    at = file.get("volumes")
    said = [file.source.slice(value.value.span) for _, value in at.entries()] if at else []
    common = max(said, key=said.count, default="")
    if common == "{}":
        return "{}"
    driver = re.fullmatch(r"driver: (\S+)", common)
    return {"driver": driver[1]} if driver else ""
