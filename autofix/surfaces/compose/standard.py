"""Which check does a service of a well-known image get?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces import probing
from autofix.surfaces.compose.document import ComposeService
from autofix.surfaces.compose.known import KNOWN, NEWEST, Known, Version
from autofix.surfaces.compose.listeners import kafka_port
from autofix.surfaces.probing import Question

NUMBERS = re.compile(r"(?:v|pg|RELEASE\.)?(?P<major>\d+)(?:\.(?P<minor>\d+))?")
PLACE = re.compile(r"\{(?P<name>\w+)(?::(?P<default>\w+)|\|(?P<frame>[^{}]*))\}")
REQUIREPASS = re.compile(r"--requirepass[= ]+[\"']?(?P<password>[^\s\"']*)")
SETTINGS = re.compile(r"\.conf\b")
SPOILT_SETTINGS = re.compile(
    r"^\s*(?:requirepass\s|aclfile\s|user\s+default\s|tls-port\s|port\s+(?!6379\b)|bind\s+(?!.*(?:127\.0\.0\.1|0\.0\.0\.0|\*)))",
    re.MULTILINE,
)
REGISTRY = re.compile(r"^(?:docker\.io/|index\.docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(?:library/)?")


@dataclass(frozen=True)
class Standard:
    """A test, in the words of an exec form or as the one line of a shell, and why it may be the wrong one."""

    known: Known
    test: tuple[str, ...]
    line: bool
    doubts: tuple[Evidence, ...] = ()


def known_image(reference: str) -> tuple[Known, ...]:
    """The rows for the name of an image, whatever its version."""
    name = REGISTRY.sub("", _name(reference), count=1)
    return tuple(row for row in KNOWN if name in row.images)


def standard(project: Project, service: ComposeService, linked: Service) -> Standard | Refusal:
    """The check of a service whose image has a row."""
    assert linked.image is not None
    reference, at = linked.image.value, linked.image.evidence
    version = _version(reference)
    rows = known_image(reference)
    row = next((row for row in rows if row.since <= version < row.before), None)
    if row is None:
        return Refusal("a check for this version of the image", evidence=(at,))
    unsure = (*_unsure(reference, rows, at), *_started_otherwise(row, service))
    if not row.test:
        return _port_only(row, linked, unsure)
    if reason := _spoilt(row, service, linked):
        return reason
    test = tuple(_filled(word, service) for word in row.test)
    for name, fill in (("{kafka}", kafka_port), ("{REDISCLI_AUTH}", _password)):
        if any(name in word for word in test):
            found = fill(service)
            if isinstance(found, Refusal):
                return found
            test = tuple(word.replace(name, found) for word in test)
    doubts = (*unsure, *(_settings(project, service, linked) if "redis" in test[0] else ()))
    return Standard(row, test, row.line, doubts)


def _name(reference: str) -> str:
    head, slash, last = reference.partition("@")[0].rpartition("/")
    return head + slash + last.partition(":")[0]


def _version(reference: str) -> Version:
    tag = reference.partition("@")[0].rpartition("/")[2].partition(":")[2]
    found = NUMBERS.match(tag)
    return Version(int(found["major"]), int(found["minor"] or 0)) if found else NEWEST


def _unsure(reference: str, rows: tuple[Known, ...], at: Evidence) -> tuple[Evidence, ...]:
    """Where the version decides and nobody knows it."""
    unknown = "$" in reference and len(rows) > 1
    return (Evidence("which version this is depends on a variable", at.path, at.span),) if unknown else ()


def _started_otherwise(row: Known, service: ComposeService) -> Iterator[Evidence]:
    """A start that is not the image's own, so that what it listens to, and whom, is not known."""
    command = service.get("command")
    if at := service.get("entrypoint"):
        yield Evidence("another start than the image's own", service.path, at.value.span)
    elif command and row.starts and not re.search(row.starts, " ".join(command.texts())):
        yield Evidence("another start than the image's own", service.path, command.value.span)


def said(service: ComposeService) -> dict[str, Evidence]:
    """Everything a service says about its image: commands, variables, the places of its mounts, its user."""
    lines: dict[str, Evidence] = {}
    for key in ("command", "entrypoint"):
        at = service.get(key)
        if at and (words := at.texts()):
            lines[" ".join(words)] = Evidence(key, service.path, at.value.span)
    for pair in service.environment:
        lines[f"{pair.name}={pair.value or ''}"] = Evidence(pair.name, service.path, pair.key_span)
    for mount in service.mounts:
        lines[mount.target] = Evidence("volumes", service.path, mount.span)
    for key in ("user", "read_only"):
        if (at := service.get(key)) and at.text:
            lines[f"{key}={at.text}"] = Evidence(key, service.path, at.value.span)
    return lines


def _spoilt(row: Known, service: ComposeService, linked: Service) -> Refusal | None:
    lines = said(service)
    for line, at in lines.items() if row.spoils else ():
        if re.search(row.spoils, line, re.MULTILINE):
            return Refusal("a check that fits these settings of the service", evidence=(at,))
    if row.wants and not any(re.search(row.wants, line, re.MULTILINE) for line in lines):
        assert linked.image is not None
        return Refusal("a way to ask it without a secret or a certificate", evidence=(linked.image.evidence,))
    return None


def _filled(word: str, service: ComposeService) -> str:
    """`{NAME:default}` is the container's own variable where the service has it; so is the `%` of `{NAME|frame}`, which
    goes as a whole where it has not.
    """

    def value(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        given = [pair for pair in service.environment if pair.name == name]
        if given and given[-1].value is not None:
            return (match["frame"] or "%").replace("%", f"$${{{name}}}")
        if default is None:
            return ""
        return f"$${{{name}:-{default}}}" if given or service.env_files else default

    return PLACE.sub(value, word)


def _password(service: ComposeService) -> str | Refusal:
    """How `redis-cli` gets the password without a word of it standing in the check."""
    for line, at in said(service).items():
        found = REQUIREPASS.search(line)
        if found is None or not found["password"]:
            continue
        password = found["password"]
        if inner := re.fullmatch(r"\$\$\{?(\w+)\}?", password):
            return f'REDISCLI_AUTH="$${{{inner[1]}}}" '
        if not re.fullmatch(r"\$\{?\w+.*", password):
            return Refusal("a variable that holds the password", evidence=(at,))
        same = [pair.name for pair in service.environment if pair.value == password]
        return f'REDISCLI_AUTH="$${{{same[0]}}}" ' if same else f'REDISCLI_AUTH="{password}" '
    return ""


def _settings(project: Project, service: ComposeService, linked: Service) -> tuple[Evidence, ...]:
    """A configuration file of Redis that may ask for a password, or another port."""
    found = []
    for mount in service.mounts:
        if not SETTINGS.search(mount.target):
            continue
        folder = linked.path.rpartition("/")[0]
        path = f"{folder}/{mount.origin.removeprefix('./')}".lstrip("/")
        source = project.sources.get(path)
        if source is None or SPOILT_SETTINGS.search(source.text):
            found.append(mount.evidence("its configuration may ask for a password or name another port"))
    return tuple(found)


def _port_only(row: Known, linked: Service, unsure: tuple[Evidence, ...]) -> Standard | Refusal:
    """A server whose answers depend on its configuration: only whether it listens can be asked."""
    ports = {fact.value for fact in linked.ports}
    port = 80 if 80 in ports else 8080 if 8080 in ports else min(ports, default=0)
    command = probing.ask(Question(port), linked.tools) if port else None
    assert linked.image is not None
    if command is None:
        return Refusal("a port that it listens on, and a tool to ask it with", evidence=(linked.image.evidence,))
    doubt = Evidence("the check only sees whether anybody listens", linked.path, linked.image.evidence.span)
    return Standard(row, command.words, False, (doubt, *unsure))
