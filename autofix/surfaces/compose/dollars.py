"""Which variables of a container does compose replace before a shell in it can read them?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from posixpath import basename, dirname, join

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project, Service
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.scripts import Script, of_check, of_start
from autofix.surfaces.yaml import Located
from autofix.text import Edit, Span

RUN = frozenset({"test", "command", "entrypoint"})
OF_THE_HOST = frozenset(
    {"HOME", "HOSTNAME", "LANG", "PATH", "PWD", "SHELL", "TERM", "USER", "UID", "GID", "DOCKER_HOST"}
)
ENV_FILE = re.compile(r"(?:^|[._-])env(?:$|[._-])")
GIVES = (".sh", ".bash", ".md", ".mk", ".yml", ".yaml", ".toml", ".txt", ".rst", "makefile", "justfile", "envrc")
WORDS = "words of the health check"
BARE = re.compile(r"(?<!\$)\$(?:\{(?P<braced>[A-Za-z_]\w*)\}|(?P<plain>[A-Za-z_]\w*))")


@dataclass(frozen=True)
class Replaced(Node):
    """One leaf with the places of the variables; `read_by_shell` says that a shell would read them."""

    file: ComposeFile
    leaf: Located
    places: tuple[Span, ...]
    names: tuple[str, ...]
    read_by_shell: bool


@dataclass(frozen=True)
class ReplacedFacts:
    """Whose variables are lost, and where."""

    service: str
    names: str
    where: str


def replaced_by_compose(project: Project) -> Iterator[Match[Replaced, ReplacedFacts]]:
    """Variables in the checks and commands of a service that only its container has."""
    for service in project.services:
        file = project.documents.get(service.path)
        found = file.service(service.name) if isinstance(file, ComposeFile) else None
        if isinstance(file, ComposeFile) and found and "$" in file.source.text:
            for where, leaf, seen in _seen(project, file, found, service):
                names = tuple(dict.fromkeys(name for _, name, _ in seen))
                places = tuple(dict.fromkeys(place for place, _, _ in seen))
                at = tuple(dict.fromkeys(reason for _, _, reason in seen))
                shell = where != WORDS
                node = Replaced(
                    file.source, leaf.value.span, f"{found.anchor}.{where}", file, leaf, places, names, shell
                )
                yield Match(node, ReplacedFacts(service.name, ", ".join(names), where), at)


def double_dollar(project: Project, match: Match[Replaced, ReplacedFacts]) -> Fix | Refusal:
    """`$$X`, which compose hands on as `$X`."""
    node = match.node
    if not node.read_by_shell:
        return Refusal("no shell reads this form, so that $$X would stay as it is", "use the form CMD-SHELL, with $$X")
    if not node.leaf.editable or node.leaf.scalar is None:
        return Refusal("it comes through an alias or a merge", reason=Reason.UNEDITABLE)
    spots = [yaml.within(node.file.yaml, node.leaf.scalar, *place) for place in node.places]
    edits = tuple(Edit(node.path, Span(spot.start, spot.start), "$") for spot in spots if spot)
    if len(edits) < len(spots):
        return Refusal("it is written in a way that no single place holds", reason=Reason.UNEDITABLE)
    doubts = tuple(seen for name in node.names for seen in _given(project, name))
    return Fix(f"Leave {', '.join(f'${name}' for name in node.names)} to the container", edits, doubts=doubts[:3])


_Seen = tuple[Span, str, Evidence]


def _seen(
    project: Project, file: ComposeFile, found: ComposeService, service: Service
) -> Iterator[tuple[str, Located, list[_Seen]]]:
    """Where, in which leaf, and each variable with its place and the reason to believe that the container has it."""
    known = _inside(project, found, service)
    check = found.healthcheck
    live = check and not check.disabled
    for where, scripts in (("health check", of_check(check) if check and live else ()), ("command", of_start(found))):
        leaves: dict[Span, tuple[Located, list[_Seen]]] = {}
        for script in scripts:
            said = [one for one in _lost(script, known) if not _outside(project, file, service, one[1])]
            leaves.setdefault(script.leaf.value.span, (script.leaf, []))[1].extend(said)
        yield from ((where, leaf, seen) for leaf, seen in leaves.values() if seen)
    if check and live and check.form == "CMD" and not any(of_check(check)):
        for leaf in check.words:
            seen = [
                (Span(*one.span()), name, known[name])
                for one in BARE.finditer(leaf.text or "")
                if (name := one["braced"] or one["plain"]) in known and not _outside(project, file, service, name)
            ]
            if seen:
                yield WORDS, leaf, seen


def _lost(script: Script, known: Mapping[str, Evidence]) -> Iterator[_Seen]:
    """What the shell would read if compose had left it."""
    for read in script.read.expansions:
        start = read.span.start
        if read.form not in {"$", "${}"} or read.kind != "variable" or script.text[max(start - 1, 0) : start] == "$":
            continue
        if not read.sound or not BARE.fullmatch(script.slice(read.span)):
            continue
        place = Span(script.offset + start, script.offset + read.span.end)
        if read.name in known:
            yield place, read.name, known[read.name]
        elif _assigned(script, read.name, start):
            yield place, read.name, Evidence("the script itself sets it")


def _assigned(script: Script, name: str, before: int) -> bool:
    """Whether the script itself gives the variable its value, and not from what compose puts there."""
    of_name = [one for one in script.read.assignments if one.name == name and one.sets and one.how != "prefix"]
    first = min(of_name, key=lambda one: one.span.start, default=None)
    if first is None or first.span.end > before:
        return False
    return not any(_reads(script.slice(one.value), name) for one in of_name if one.value)


def _inside(project: Project, found: ComposeService, service: Service) -> dict[str, Evidence]:
    """The variables that the container gets a value for, which is not the very variable compose would put there."""
    known = {
        name: fact.evidence for name, fact in service.environment if fact.evidence.path != service.path and fact.value
    }
    for path in service.env_files:
        source = project.sources.get(path)
        for line in re.finditer(r"^(?:export\s+)?(\w+)\s*=.", source.text, re.MULTILINE) if source else ():
            known[line[1]] = Evidence(f"{basename(path)} gives it to the container", path, Span(*line.span(1)))
    for pair in found.environment:
        if pair.value is None or _reads(pair.value, pair.name):
            known.pop(pair.name, None)
        elif pair.value:
            known[pair.name] = Evidence("the environment of the service sets it", found.path, pair.key_span)
    return known


def _outside(project: Project, file: ComposeFile, service: Service, name: str) -> bool:
    """Whether compose is given the variable as well: by the file it reads by itself, or by what else relies on it."""
    if name in OF_THE_HOST or name.startswith("COMPOSE_"):
        return True
    own = {path for path in service.env_files if path != join(dirname(service.path), ".env")}
    line = re.compile(rf"^\s*(?:export\s+)?{name}\s*=", re.MULTILINE)
    if any(
        ENV_FILE.search(basename(path)) and path not in own and line.search(source.text)
        for path, source in project.sources.items()
    ):
        return True
    files = chain((file,), (other for other in project.of(ComposeFile) if other is not file))
    return any(
        RUN.isdisjoint(meaning[0]) and isinstance(meaning[2], str) and _reads(meaning[2], name)
        for one in files
        for _, meaning in one.atoms()
        if isinstance(meaning, tuple)
    )


def _reads(text: str, name: str) -> bool:
    """Whether compose would put the variable into the text."""
    return any(found[1] == name for found in re.finditer(r"\$\$|\$\{?([A-Za-z_]\w*)", text) if found[1])


def _given(project: Project, name: str) -> Iterator[Evidence]:
    """Scripts, workflows and guides that may set the variable for compose."""
    for seen in project.mentions(re.compile(rf"(?<![\w$.{{-])(?:export\s+)?{name}\s*\??[:=](?!=)"), name):
        path = seen.path.lower()
        if path.endswith(GIVES) and not isinstance(project.documents.get(seen.path), ComposeFile):
            yield Evidence("compose may be given the variable", seen.path, seen.span)
