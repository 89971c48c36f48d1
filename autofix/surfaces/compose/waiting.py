"""May a service be waited for until its health check says yes?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.lasting import runs_on
from autofix.surfaces.compose.patience import ENOUGH, patience, seconds
from autofix.surfaces.servers import Server, server_of

QUICK = 15.0  # seconds within which anything else is expected to start
SLOW = frozenset({"database", "search", "broker", "storage", "tool"})
JVM = re.compile(r"\bjava\b|\.jar\b|\bgradlew?\b|\bmvnw?\b|\bsbt\b")
HEALTHY, STARTED = "service_healthy", "service_started"
FLAG = re.compile(r"--(interval|start-period|retries)=(\S+)")
ASKED = re.compile(r"https?://[^/\s'\"]+(?P<path>/[\w./~-]*)?(?=[\s'\"`),;?]|$)")
CLIENTS = {
    "postgres": "pg_isready|psql",
    "mysql": "mysqladmin|mysql|healthcheck.sh",
    "mariadb": "mysqladmin|mysql|mariadb-admin|healthcheck.sh",
    "mongo": "mongosh|mongo",
    "redis": "redis-cli",
    "valkey": "valkey-cli|redis-cli",
    "kafka": r"\S*kafka-[\w-]+(?:\.sh)?|nc|bash",
    "zookeeper": "nc|zkServer.sh|bash",
    "rabbitmq": "rabbitmq-diagnostics|rabbitmqctl",
    "elasticsearch": "curl",
    "opensearch": "curl",
    "clickhouse": "wget|clickhouse-client|clickhouse",
    "minio": "mc",
    "mssql": r"\S*sqlcmd",
    "cassandra": "cqlsh|nodetool",
}
TOGETHER = re.compile(r"\bcluster|\brs\.\w+\(|\breplica|replSet|\bquorum|isWritablePrimary|\bprimary\b", re.IGNORECASE)
ALWAYS = frozenset({"true", "test", "["})
CMD = re.compile(r"^(?:(?:ba|a|da)?sh\s+-\w*c\s+)?['\"(\s]*")


@dataclass(frozen=True)
class Waiting:
    """How a target is waited for: with the reason to believe in its check, why a person has to look, or why not."""

    condition: str
    evidence: tuple[Evidence, ...] = ()
    doubts: tuple[Evidence, ...] = ()
    against: Evidence | None = None


def waiting_for(project: Project, file: ComposeFile, target: ComposeService, linked: Service) -> Waiting:
    """The condition for a target: healthy where it has a check, else started as a list means it."""
    probe = linked.probe
    if probe is None or probe.command == "NONE":
        return Waiting(STARTED)
    if not runs_on(file, target, linked):
        return Waiting(
            HEALTHY,
            against=Evidence(
                f"{target.name} may end by itself, or run only when it is asked for", file.path, target.key
            ),
        )
    if missing := linked.tools.misses(probe.tool):
        lacks = Evidence(f"the check of {target.name} asks with {probe.tool}, which its image lacks", missing.evidence.path, missing.evidence.span)  # fmt: skip
        return Waiting(HEALTHY, against=lacks)
    if TOGETHER.search(probe.command):
        together = Evidence(f"the check of {target.name} may need the others to run", probe.evidence.path, probe.evidence.span)  # fmt: skip
        return Waiting(HEALTHY, against=together)
    doubts = (*_impatience(project, target, linked), *_unproven(project, file, target, linked))
    return Waiting(HEALTHY, (probe.evidence,), doubts)


def _impatience(project: Project, target: ComposeService, linked: Service) -> Iterator[Evidence]:
    """The check gives up before a slow start is over; what waits would then not start at all."""
    waits = _waits(project, target, linked)
    server = server_of(linked)
    needs = ENOUGH if _is_slow(server, linked) else QUICK
    if linked.probe and (waits is None or waits < needs):
        said = "a time that a variable decides" if waits is None else f"{waits:g} s"
        yield Evidence(f"{target.name} may need longer to start than its check waits ({said})", linked.probe.evidence.path, linked.probe.evidence.span)  # fmt: skip


def _is_slow(server: Server | None, linked: Service) -> bool:
    if server:
        return server.kind in SLOW or server.jvm
    return any(JVM.search(fact.value) for fact in linked.start)


def _waits(project: Project, target: ComposeService, linked: Service) -> float | None:
    check = target.healthcheck
    if check and check.form:
        return patience(check)
    at = linked.probe.evidence if linked.probe else None
    source = project.sources.get(at.path) if at else None
    flags = dict(FLAG.findall(source.slice(at.span))) if source and at and at.span else {}
    start, interval = seconds(flags.get("start-period", "0s")), seconds(flags.get("interval", "30s"))
    retries = flags.get("retries", "3")
    if start is None or interval is None or not retries.isdecimal():
        return None
    return start + interval * int(retries)


def _unproven(project: Project, file: ComposeFile, target: ComposeService, linked: Service) -> Iterator[Evidence]:
    """Nothing shows that the check can succeed: nobody waits for it, and what it asks with is not known to be there."""
    waited_for = any(
        one.name == target.name and one.condition == HEALTHY for other in file.services for one in other.depends_on
    )
    if linked.probe is None or waited_for:
        return
    at = linked.probe.evidence
    if not _has_client(linked, linked.probe.command, linked.probe.tool):
        yield Evidence(f"the image of {target.name} may lack what its check asks with", at.path, at.span)
    routes = project.application(linked).endpoints
    asked = ASKED.search(linked.probe.command)
    if routes and asked and not any(one.path == (asked["path"] or "/") for one in routes):
        yield Evidence(f"no route of {target.name} is known to answer its check", at.path, at.span)


def _has_client(linked: Service, command: str, tool: str) -> bool:
    server = server_of(linked)
    bare = CMD.sub("", command).strip()
    first = bare.split(maxsplit=1)[0] if bare else ""
    if first in ALWAYS or (tool and linked.tools.finds(tool, first)):
        return True
    return server is not None and bool(re.match(rf"(?:{CLIENTS.get(server.name, '(?!)')})(?:\s|$)", first + " "))
