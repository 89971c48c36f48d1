"""Does the check of a database say yes only when others can use the database?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project, Service
from autofix.surfaces.compose import pong
from autofix.surfaces.compose.calls import Call, calls
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.patience import ENOUGH, patience
from autofix.surfaces.compose.told import told
from autofix.surfaces.servers import server_of
from autofix.text import Edit

POSTGRES = ("pg_isready",)
MYSQL = ("mysqladmin", "mariadb-admin")
REDIS = ("redis-cli", "valkey-cli")
INITIALISING = "while the database is still being initialised"
ANY_ANSWER = "even when the server refuses or is still loading"
SOME_HOST = re.compile(r"(?:-h|--host)(?:[= ]?(?P<host>.*))?", re.DOTALL)
BY_SOCKET = re.compile(r"-S|--socket\b|--protocol=(?i:socket|pipe|memory)")
LOCALHOST = "localhost"
ADDRESS = "127.0.0.1"
ONLY_ELSEWHERE = re.compile(
    r"listen_addresses\s*=\s*['\"]*(?![^\n]*(?:\*|localhost|127\.0\.0\.1|0\.0\.0\.0|::))[^\n'\"]*"
)
NO_NETWORK = re.compile(
    r"skip[-_]networking(?!\s*=\s*(?:0|off|false)\b)|bind[-_]address\s*[= ]\s*(?!\*|0\.0\.0\.0|::|127\.0\.0\.1|localhost)\S+"
)
OTHER_PORT = re.compile(r"(?:^|[\s-])port\s*[= ]\s*(?!3306\b)\d+", re.MULTILINE)
SCRIPTS = "/docker-entrypoint-initdb.d"


@dataclass(frozen=True)
class Early(Node):
    """One call of a client whose yes comes too early, and the service whose check it is."""

    service: Service
    call: Call


@dataclass(frozen=True)
class EarlyFacts:
    """Whose check says yes, and when."""

    service: str
    when: str


def says_ready_early(project: Project) -> Iterator[Match[Early, EarlyFacts]]:
    """Checks of official database images that a server which is not ready yet satisfies."""
    for service in project.services:
        file = project.documents.get(service.path)
        found = file.service(service.name) if isinstance(file, ComposeFile) else None
        if isinstance(file, ComposeFile) and found:
            for call, when in _early(file, found, service):
                yield Match(Early(file.source, call.leaf.value.span, call.check.anchor, service, call), EarlyFacts(service.name, when))  # fmt: skip


def wait_for_network(project: Project, match: Match[Early, EarlyFacts]) -> Fix | Refusal:
    """The same question over TCP, or with a look at the answer."""
    call = match.node.call
    if call.leaf.via_alias or call.leaf.shared:
        return Refusal("the check comes through an alias or a merge", reason=Reason.UNEDITABLE)
    answers: dict[str, Callable[[Project, Service, Call], Fix | Refusal]] = dict.fromkeys(POSTGRES, _postgres)
    answers |= dict.fromkeys(MYSQL, _mysql) | dict.fromkeys(REDIS, pong.expect_pong)
    return answers[call.words[0].rpartition("/")[2]](project, match.node.service, call)


def _early(file: ComposeFile, found: ComposeService, service: Service) -> Iterator[tuple[Call, str]]:
    check, server = found.healthcheck, server_of(service)
    if check is None or check.disabled or server is None or not server.official:
        return
    if server.name == "postgres" and not service.variable("PGHOST"):
        yield from ((call, INITIALISING) for call in calls(file.yaml, check, *POSTGRES) if _socket(call))
    if server.name in {"mysql", "mariadb"}:
        yield from ((call, INITIALISING) for call in calls(file.yaml, check, *MYSQL) if _pings(call))
    if server.name in {"redis", "valkey"}:
        yield from ((call, ANY_ANSWER) for call in calls(file.yaml, check, *REDIS) if pong.takes_any_answer(call))


def _socket(call: Call) -> bool:
    """Whether `pg_isready` asks the socket because nothing names a host, a service or a connection string."""
    text = " ".join(call.words[1:])
    named = any(SOME_HOST.fullmatch(word) for word in call.words[1:])
    return not named and not re.search(r"://|\bhost(?:addr)?=", text) and "PGHOST" not in " ".join(call.check.command)


def _pings(call: Call) -> bool:
    """Whether the client pings the socket: no host, or `localhost`, which is the socket to it."""
    host = _host(call)
    return "ping" in call.words[1:] and (host is None or host[1] == LOCALHOST) and "--protocol=tcp" not in [word.lower() for word in call.words]  # fmt: skip


def _host(call: Call) -> tuple[int, str] | None:
    """The word that names the host and what it says: `-h x`, `-hx`, `--host=x`, `--host x`."""
    for number, word in enumerate(call.words[1:], 1):
        option = SOME_HOST.fullmatch(word)
        if option and word != "--help":
            apart = not option["host"]
            if apart and number + 1 < len(call.words):
                return number + 1, call.words[number + 1]
            return number, option["host"] or ""
    return None


def _postgres(project: Project, service: Service, call: Call) -> Fix | Refusal:
    if elsewhere := told(project, service).find(ONLY_ELSEWHERE):
        return Refusal("the server may not listen on 127.0.0.1", evidence=(elsewhere[1],))
    edit = call.add(0, *_option(call, short=("-h", ADDRESS)))
    return _asked_by_tcp(service, call, edit)


def _mysql(project: Project, service: Service, call: Call) -> Fix | Refusal:
    if any(BY_SOCKET.match(word) for word in call.words):
        return Refusal("the check names the socket itself")
    said = told(project, service)
    if elsewhere := said.find(NO_NETWORK) or (None if _port(call) else said.find(OTHER_PORT)):
        return Refusal("the server may not listen on port 3306 of 127.0.0.1", evidence=(elsewhere[1],))
    host = _host(call)
    if host:
        edit = call.change(host[0], LOCALHOST, ADDRESS)
    else:
        edit = call.add(call.words.index("ping"), *_option(call, short=("-h", ADDRESS)))
    return _asked_by_tcp(service, call, edit, *said.unread)


def _option(call: Call, short: tuple[str, str]) -> tuple[str, ...]:
    """The option as the others of the call are written: short unless all of them are long."""
    options = [word for word in call.words[1:] if word.startswith("-")]
    long = bool(options) and all(re.match(r"--\w+=", word) for word in options)
    return (f"--host={short[1]}",) if long else short


def _port(call: Call) -> bool:
    return any(re.match(r"-P|--port\b", word) for word in call.words)


def _asked_by_tcp(service: Service, call: Call, edit: Edit | None, *unread: Evidence) -> Fix | Refusal:
    if edit is None:
        return Refusal("the command is written in a way that no single place holds", reason=Reason.UNEDITABLE)
    doubts = [Evidence("the configuration that is mounted may keep the server from the network", one.path, one.span) for one in unread]  # fmt: skip
    return Fix("Ask over TCP whether the database is ready", (edit,), doubts=(*doubts, *_impatient(service, call)))


def _impatient(service: Service, call: Call) -> Iterator[Evidence]:
    """Scripts of the first start may take longer than the check waits, now that it waits for them."""
    waits = patience(call.check)
    scripts = next((mount for mount in service.mounts if mount.target.startswith(SCRIPTS)), None)
    if scripts and (waits is None or waits < ENOUGH):
        yield Evidence("the scripts of the first start may take longer than the check waits", scripts.evidence.path, scripts.evidence.span)  # fmt: skip
