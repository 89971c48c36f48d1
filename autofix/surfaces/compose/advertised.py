"""Can the clients of a broker reach it where it tells them that it is?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, Pair
from autofix.surfaces.servers import server_of
from autofix.surfaces.yaml import Located
from autofix.text import Edit, Span

PREFIX = re.compile(r"^KAFKA_(?:CFG_)?")
ADDRESS = re.compile(r"\s*(?P<name>\w+)://(?P<host>[^:,]*):(?P<port>\d+)\s*")
PROTOCOL = re.compile(r"\s*(?P<name>\w+):\w+\s*")
OWN = frozenset({"localhost", "127.0.0.1"})
SHORT = re.compile(r"(?:(?P<ip>\d+(?:\.\d+){3}|\[[^\]]*\]):)?(?P<host>(?:\$\{[^}]*\}|[^:$])+):(?P<port>\d+)(?:/tcp)?")


@dataclass(frozen=True)
class Listener(Node):
    """A listener whose clients are sent to themselves: `only` where there is no other one, `port` where it is published."""

    file: ComposeFile
    service: ComposeService
    name: str
    only: bool
    port: Located | None


@dataclass(frozen=True)
class ListenerFacts:
    """Whose listener it is, and what it says."""

    service: str
    listener: str


def sends_clients_to_themselves(project: Project) -> Iterator[Match[Listener, ListenerFacts]]:
    """Kafka listeners that are advertised as localhost to clients in other containers, or on other hosts."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        server = server_of(linked)
        if not isinstance(file, ComposeFile) or service is None or server is None or server.name != "kafka":
            continue
        given = _given(service)
        told = given.get("ADVERTISED_LISTENERS")
        listeners = list(ADDRESS.finditer(told.value or "")) if told else []
        for one in listeners:
            port = _published(service, _bound(given, one["name"]) or one["port"])
            others = any(other["host"] not in OWN for other in listeners)
            reached = port is not None if others else bool(_clients(file, service))
            if told and one["host"] in OWN and reached and one["name"] not in _internal(given, alone=not others):
                node = Listener(file.source, told.at.value.span, f"{service.anchor}.listeners.{one['name']}", file, service, one["name"], not others, port)  # fmt: skip
                yield Match(node, ListenerFacts(service.name, one.group().strip()))


def advertise_right(project: Project, match: Match[Listener, ListenerFacts]) -> Fix | Refusal:
    """The only listener gets the name of the service; one for the host alone goes, with all its parts."""
    del project
    node = match.node
    given = _given(node.service)
    if node.only:
        edits = _renamed(node, given["ADVERTISED_LISTENERS"])
        doubt = Evidence("a program on the host may use the listener", node.path, node.span)
        return _answer(edits, f"Let {node.service.name} tell its clients its name", doubt)
    if asks := _asks(node, _bound(given, node.name)):
        return Refusal("nobody who asks this listener", evidence=(asks,))
    parts = [
        _without(node, given.get(key), pattern)
        for key, pattern in (("ADVERTISED_LISTENERS", ADDRESS), ("LISTENERS", ADDRESS), ("LISTENER_SECURITY_PROTOCOL_MAP", PROTOCOL))
    ]  # fmt: skip
    parts.append(_unpublished(node))
    edits = tuple(edit for edit in parts if edit)
    doubt = Evidence("a program on the host may use the listener", node.path, node.span)
    return _answer(edits if len(edits) == len(parts) else (), f"Remove the listener of {node.service.name} that sends its clients to themselves", doubt)  # fmt: skip


def _asks(node: Listener, port: str) -> Evidence | None:
    """A check or another service that asks the port of the listener."""
    check = node.service.healthcheck
    if check and not check.disabled and re.search(rf":{port}(?!\d)", " ".join(check.command)):
        return check.evidence("the health check asks it")
    named = re.compile(rf"(?<![\w.-]){re.escape(node.service.name)}:{port}(?!\d)")
    for other in node.file.services:
        texts = (*(pair.value or "" for pair in other.environment), *other.texts("command"), *other.texts("entrypoint"))
        if other.name != node.service.name and any(named.search(text) for text in texts):
            return other.evidence(f"{other.name} asks it")
    return None


def _answer(edits: tuple[Edit, ...], title: str, doubt: Evidence) -> Fix | Refusal:
    if not edits:
        return Refusal("all parts of the listener in one piece each: where it listens, is told, mapped and published", reason=Reason.UNEDITABLE)  # fmt: skip
    return Fix(title, edits, doubts=(doubt,))


def _given(service: ComposeService) -> dict[str, Pair]:
    """The settings of the broker by their bare names."""
    return {PREFIX.sub("", pair.name): pair for pair in service.environment if PREFIX.match(pair.name)}


def _bound(given: dict[str, Pair], name: str) -> str:
    """The port a listener has in the container."""
    said = given.get("LISTENERS")
    found = (one for one in ADDRESS.finditer((said.value or "") if said else "") if one["name"] == name)
    return next((one["port"] for one in found), "")


def _internal(given: dict[str, Pair], *, alone: bool) -> frozenset[str]:
    """The listeners the brokers use among themselves."""
    names = ["CONTROLLER_LISTENER_NAMES"] if alone else ["CONTROLLER_LISTENER_NAMES", "INTER_BROKER_LISTENER_NAME"]
    return frozenset(name for key in names if key in given for name in (given[key].value or "").split(","))


def _published(service: ComposeService, port: str) -> Located | None:
    """The entry that publishes a port for more than the host itself."""
    at = service.get("ports")
    for item in at.items() if at else ():
        short = SHORT.fullmatch(item.text or "")
        ip, target = (short["ip"], short["port"]) if short else (_text(item, "host_ip"), _text(item, "target"))
        if target == port and ip not in {"127.0.0.1", "[::1]", "::1"}:
            return item
    return None


def _text(item: Located, key: str) -> str:
    found = item.under(key)
    return (found.text or "") if found else ""


def _clients(file: ComposeFile, service: ComposeService) -> list[str]:
    """The other services that depend on it, or name it with a port."""
    named = re.compile(rf"(?<![\w.-]){re.escape(service.name)}:\d")
    return [
        other.name
        for other in file.services
        if other.name != service.name
        and (
            any(one.name == service.name for one in other.depends_on)
            or any(named.search(pair.value or "") for pair in other.environment)
        )
    ]


def _renamed(node: Listener, told: Pair) -> tuple[Edit, ...]:
    found = next(one for one in ADDRESS.finditer(told.value or "") if one["name"] == node.name)
    edit = _edit(node, told, Span(*found.span("host")), node.service.name)
    return (edit,) if edit else ()


def _without(node: Listener, pair: Pair | None, pattern: re.Pattern[str]) -> Edit | None:
    """A list without the item of the listener, and without one comma."""
    value = (pair.value or "") if pair else ""
    for one in pattern.finditer(value):
        if one["name"] == node.name and pair:
            start, end = one.span()
            if value[max(start - 1, 0) : start] == ",":
                return _edit(node, pair, Span(start - 1, end), "")
            return _edit(node, pair, Span(start, end + 1), "") if value[end : end + 1] == "," else None
    return None


def _edit(node: Listener, pair: Pair, part: Span, text: str) -> Edit | None:
    """An edit of a part of the value, which in a list stands behind the name."""
    leaf = pair.at.scalar
    if leaf is None or not pair.at.editable or pair.value is None:
        return None
    offset = len(leaf.value) - len(pair.value)
    spot = yaml.within(node.file.yaml, leaf, offset + part.start, offset + part.end)
    return Edit(node.path, spot, text) if spot else None


def _unpublished(node: Listener) -> Edit | None:
    """The ports without the one that leads to the listener."""
    at, source = node.service.get("ports"), node.file.source
    if at is None or node.port is None or not at.editable:
        return None
    if len(at.items()) == 1:
        return yaml.delete_entry(node.file.yaml, node.service.at, "ports")
    lines = source.lines_around(node.port.value.extent)
    alone = re.fullmatch(r"\s*-\s+", source.text[lines.start : node.port.value.extent.start])
    behind = source.text[node.port.value.extent.end : lines.end].strip()
    return Edit(node.path, lines, "") if alone and not behind and source.text.endswith("\n", 0, lines.end) else None
