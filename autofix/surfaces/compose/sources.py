"""Is what a service mounts from the host where the compose file looks for it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename, dirname, join, normpath

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, Mount
from autofix.surfaces.servers import server_of
from autofix.text import Edit, NewFile

FILE = re.compile(r"\.\w{1,12}$|^\.\w|(?:file|hosts|passwd|sock|crontab|htpasswd)$", re.IGNORECASE)
# where images keep what they make themselves: some of them refuse to start on a folder that holds a file
DATA = re.compile(
    r"^/(?:var/(?:lib|opt|log)|bitnami|etc|root|home|opt|srv|app|usr)(?:/|$)|(?:^|[/_-])(?:data|db|config|certs?|logs?"
    r"|storage|cache|state|vault)(?:/|$)"
)
FEW = 2  # folders of one file that somebody may have forgotten
ELSEWHERE = re.compile(r"--project-directory\b[^\n]*|\bCOMPOSE_FILE=[^\n]*")
FILES = re.compile(r"\bdocker[ -]compose\b(?:[^\n]|\\\n)*?(?:-f|--file)[ =]\S+(?:[^\n]|\\\n)*?(?:-f|--file)[ =]\S+")


@dataclass(frozen=True)
class Missing(Node):
    """A mount whose source is not there. `wanted` is the path compose looks at, `above` the one a folder higher up
    that is there, relative to the root both. `built` says that the repository builds the service.
    """

    mount: Mount
    wanted: str
    above: str | None
    built: bool


@dataclass(frozen=True)
class MissingFacts:
    """Who mounts what, as it is written."""

    service: str
    source: str
    wanted: str


def misses_source(project: Project) -> Iterator[Match[Missing, MissingFacts]]:
    """Folders that a service mounts and nobody made, which the engine then makes as root."""
    servers = {service.id: server_of(service) for service in project.services}
    for match in _missing(project):
        missing = match.node
        server = servers.get(f"{missing.path}#{match.facts.service}")
        if server and server.keeps(missing.mount.target):
            continue  # a database does not begin in a folder that holds a file
        folder = not FILE.search(basename(missing.wanted))
        if missing.above is None and folder and (missing.built or not DATA.search(missing.mount.target)):
            yield match


def make_folder(project: Project, match: Match[Missing, MissingFacts]) -> Fix | Refusal:
    """An empty file that lets git keep the folder."""
    missing = match.node
    if reason := _used_from_elsewhere(project, missing):
        return reason
    twin = next((path for path in project.occupied if path.lower() == missing.wanted.lower()), None)
    if twin is not None:
        return Refusal("a path that differs in case alone is there", evidence=(Evidence("is there", twin),))
    if maker := next(project.mentions(_made(missing), basename(missing.wanted)), None):
        return Refusal("something makes the folder before the start", evidence=(maker,))
    return Fix("Create the folder that is mounted", files=(NewFile(join(missing.wanted, ".gitkeep"), ""),))


def looks_too_low(project: Project) -> Iterator[Match[Missing, MissingFacts]]:
    """Mounts whose source is missing from the folder of the compose file, and there one level up."""
    for match in _missing(project):
        if match.node.above is not None:
            yield match


def look_one_up(project: Project, match: Match[Missing, MissingFacts]) -> Fix | Refusal:
    """`../` in the place of `./`."""
    missing = match.node
    file = project.documents[missing.path]
    assert isinstance(file, ComposeFile)
    written = missing.mount.origin
    if reason := _used_from_elsewhere(project, missing):
        return reason
    item = missing.mount.at
    leaf = item if item.scalar else item.under("source")
    at = yaml.within(file.yaml, leaf.scalar, 0, len(written)) if leaf and leaf.scalar else None
    if leaf is None or at is None or not leaf.editable:
        return Refusal("the path is not written here in one piece", reason=Reason.UNEDITABLE)
    edit = Edit(file.path, at, f".{written}")
    return Fix("Look for the source one folder up", (edit,), doubts=tuple(_doubts(project, missing)))


def _missing(project: Project) -> Iterator[Match[Missing, MissingFacts]]:
    """Bind mounts of paths in the repository that are not there and that git would not leave out."""
    for file in project.of(ComposeFile):
        for service in file.services:
            for mount in service.mounts:
                if found := _source(project, file, service, mount):
                    yield found


def _source(
    project: Project, file: ComposeFile, service: ComposeService, mount: Mount
) -> Match[Missing, MissingFacts] | None:
    if mount.kind != "bind" or not re.match(r"\.{1,2}/\w", mount.origin) or "$" in mount.origin + mount.target:
        return None
    folder = dirname(file.path)
    wanted = normpath(join(folder, mount.origin))
    if wanted.startswith("..") or wanted == "." or project.exists(wanted):
        return None
    if any(project.ignored(one) for one in (wanted, f"{wanted}/", f"{wanted}/.gitkeep")):
        return None
    above = normpath(join(folder, "..", mount.origin)) if folder and mount.origin.startswith("./") else None
    found = above if above and not above.startswith("..") and project.exists(above) else None
    node = Missing(file.source, mount.span, mount.anchor, mount, wanted, found, service.build is not None)
    return Match(node, MissingFacts(service.name, mount.origin, wanted))


def _made(missing: Missing) -> re.Pattern[str]:
    """A command that makes the folder or something in it."""
    name = re.escape(basename(missing.wanted))
    return re.compile(rf"\b(?:mkdir|install -d|cp|tar|unzip|git clone|rsync|touch)\b[^\n]*\b{name}\b[^\n]*")


def _used_from_elsewhere(project: Project, missing: Missing) -> Refusal | None:
    """Why compose may look for the paths of this file from another folder than its own."""
    file = project.documents[missing.path]
    assert isinstance(file, ComposeFile)
    if other := next(project.mentions(ELSEWHERE, "--project-directory", "COMPOSE_FILE"), None):
        return Refusal("compose is told to look from another folder", evidence=(other,))
    for one in project.of(ComposeFile):
        if (includes := one.get("include")) and one.path != file.path:
            seen = Evidence("include", one.path, includes.value.span)
            return Refusal("another file may take this one in", evidence=(seen,))
    lost = [one.node for one in _missing(project) if one.node.path == missing.path]
    if "/" in file.path and not any(_is_found(project, file, path) for path in _paths(file)):
        return Refusal("no path of this file is found from its folder, so it may be used from another one")
    if len(lost) > FEW and missing.above is None:
        more = tuple(one.mount.evidence("is not there either") for one in lost if one != missing)
        return Refusal("so many paths of this file lead nowhere that it may be used from another folder", evidence=more)
    return None


def _doubts(project: Project, missing: Missing) -> Iterator[Evidence]:
    """What leaves open from which folder compose looks, and whether the path above is the one that is meant."""
    if several := next(project.mentions(FILES, "-f ", "--file"), None):
        yield Evidence("paths count from the folder of the first file that is named", several.path, several.span)
    if "/" not in missing.mount.origin.removeprefix("./").strip("/"):
        yield Evidence("a folder of this name one level up may be another one", missing.above or "")


def _paths(file: ComposeFile) -> Iterator[str]:
    """The relative paths that the services of a file name."""
    for service in file.services:
        yield from (mount.origin for mount in service.mounts if mount.kind == "bind")
        yield from (leaf.text or "" for leaf in service.env_files)
        if service.build and service.build.context:
            yield service.build.context


def _is_found(project: Project, file: ComposeFile, path: str) -> bool:
    """Whether a relative path is there as seen from the folder of the file, and not as seen from one level up."""
    folder = dirname(file.path)
    here, above = (normpath(join(folder, up, path)) for up in (".", ".."))
    if "$" in path or "://" in path or path.startswith(("/", "~")) or here == ".":
        return False
    return project.exists(here) and (above.startswith("..") or not project.exists(above))
