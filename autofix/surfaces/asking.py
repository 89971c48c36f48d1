"""What can be asked of a service to see that it works, and how sure is the answer?

The source decides: the port it listens on, a route that answers everybody, the address it binds. What only the
deployment says, or nobody, becomes a doubt; what contradicts another statement is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Refusal
from autofix.node import Evidence
from autofix.project import HEALTH, Application, Endpoint, Fact, Project, Service
from autofix.surfaces.probes import ADDRESS, ALLOW_LIST, NEXT_STANDALONE
from autofix.surfaces.probing import Question
from autofix.text import Span

ANYWHERE = frozenset({"0.0.0.0", "::", "[::]", "*", "", ADDRESS, "::0"})  # noqa: S104 - read, not bound
OWN_NAME = frozenset({"localhost", "::1", "[::1]"})
LITERAL = re.compile(r"/(?:[\w.~-]+(?:/[\w.~-]+)*/?)?")
MOST_READ = 400  # files of one application that are looked at
UDP = re.compile(r"/udp\b|\budp$")
PUBLISHED = frozenset({"ports", "expose"})
ENCRYPTED = re.compile(
    r"--ssl[-_](?:keyfile|certfile)|--certfile|\bssl_(?:keyfile|certfile|context)\s*=|\bhttps\.createServer\("
    r"|createSecureServer\(|ListenAndServeTLS|experimental-https"
)
BY_SOCKET = re.compile(r"\bunix:|--uds\b|\.sock\b")
DEVELOPMENT = re.compile(
    r"\bnodemon\b|--reload\b|--watch\b|\bnext dev\b|\bvite\b(?! preview)|\bwebpack(?:-dev-server| serve)|\bts-node-dev\b"
    r"|\btsx watch\b|\brunserver\b|\brun dev\b|\bstart:dev\b|\byarn dev\b|\bpnpm dev\b|\bair\b|\bng serve\b"
)
SET_PORT = re.compile(r"^[ \t]*(?:export[ \t]+)?PORT[ \t]*=[ \t]*[\"']?(?P<port>\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """A question, what leads to it, and what may make the answer another one."""

    question: Question
    evidence: tuple[Evidence, ...]
    doubts: tuple[Evidence, ...] = ()


def question_for(project: Project, service: Service) -> Asked | Refusal | None:
    """What to ask of a service; None where nothing shows that it listens."""
    app = project.application(service)
    port = app.port or _own_port(project, service)
    if port is None:
        named = [fact for fact in service.ports if fact.evidence.what in PUBLISHED]
        return Refusal("one port that the service listens on", evidence=(named[0].evidence,)) if named else None
    if UDP.search(_written(project, port.evidence)):
        return None
    if reason := _contradiction(project, service, app, port):
        return reason
    route, unsure = _route(app)
    found = tuple(_doubts(project, service, app, port))
    if route is None:
        only = Evidence("no route is known, so the check only sees whether anybody listens")
        return Asked(Question(port.value), (port.evidence,), (only, *found))
    return Asked(Question(port.value, route.path), (port.evidence, route.evidence), (*unsure, *found))


def next_without_address(project: Project, service: Service) -> Evidence | None:
    """The line that shows a Next server which binds the name of its container, where nobody answers on 127.0.0.1."""
    given = service.variable("HOSTNAME")
    source = project.sources.get(service.build.dockerfile) if service.build else None
    if source is None or (given and given.value in ANYWHERE):
        return None
    found = NEXT_STANDALONE.search(source.text)
    starts = any(re.search(r"\bserver\.js\b", fact.value) for fact in service.start)
    return Evidence("Next listens on the address of the container only", source.path, Span(*found.span())) if found and starts else None  # fmt: skip


def behind_database(project: Project, service: Service) -> bool:
    """Whether the service may have to wait for a database before it answers."""
    app = project.application(service)
    return bool(app.databases or app.prisma)


def _own_port(project: Project, service: Service) -> Fact[int] | None:
    """The port of an application that several files of its source could listen on, where an env file decides."""
    for path in service.env_files:
        source = project.sources.get(path)
        if source and (found := SET_PORT.search(source.text)):
            number = int(found["port"])
            if any(fact.value == number for fact in service.ports):
                return Fact(number, Evidence("PORT", path, Span(*found.span())))
    return None


def _contradiction(project: Project, service: Service, app: Application, port: Fact[int]) -> Refusal | None:
    published = [fact for fact in service.ports if fact.evidence.what in PUBLISHED]
    if published and port.value not in {fact.value for fact in published}:
        return Refusal(
            f"one port: the service listens on {port.value}, its deployment publishes {published[0].value}",
            evidence=(port.evidence, published[0].evidence),
        )
    for path in service.env_files:
        source = project.sources.get(path)
        found = SET_PORT.search(source.text) if source else None
        if found and int(found["port"]) != port.value and not service.variable("PORT"):
            said = Evidence("PORT", path, Span(*found.span()))
            return Refusal(f"one port: {port.value}, or the {found['port']} of an env file", evidence=(said,))
    if app.host and app.host.value not in ANYWHERE | OWN_NAME | {"?"}:
        return Refusal(f"a server that answers on {ADDRESS}; this one binds {app.host.value}", evidence=(app.host.evidence,))  # fmt: skip
    for fact in service.start:
        if BY_SOCKET.search(fact.value):
            return Refusal("a server that listens on a port; this one has a socket file", evidence=(fact.evidence,))
    return None


def _route(app: Application) -> tuple[Endpoint | None, tuple[Evidence, ...]]:
    """The route to ask, the surest first, and why it may not say 200."""
    literal = [one for one in app.endpoints if one.method in {"GET", "ANY"} and LITERAL.fullmatch(one.path)]
    named = sorted((one for one in literal if HEALTH.search(one.path)), key=lambda one: (len(one.path), one.path))
    first = [one for one in literal if one.path == "/"]
    best = app.health if app.health in literal else None
    for one in (*named, *first):
        if one.plain and not one.guards:
            return one, ()
    if best is None:
        return None, ()
    asks_more = Evidence("the route may ask more than the process itself", best.evidence.path, best.evidence.span)
    own = () if best.plain else (asks_more,)
    return best, (*own, *best.guards)


def _doubts(project: Project, service: Service, app: Application, port: Fact[int]) -> Iterator[Evidence]:
    stated = {fact.value for fact in service.ports} if port.evidence.what not in PUBLISHED | {"EXPOSE"} else set()
    if port.evidence.what == "EXPOSE":
        yield Evidence("only EXPOSE names the port", port.evidence.path, port.evidence.span)
    if service.env_files and port.evidence.path != service.path and port.value not in stated:
        yield Evidence("the env file may say another port", port.evidence.path, port.evidence.span)
    if app.host and app.host.value in OWN_NAME | {"?"}:
        yield Evidence(f"the server may not answer on {ADDRESS}", app.host.evidence.path, app.host.evidence.span)
    if len(app.modules) >= MOST_READ:
        yield Evidence("the source is larger than what was read", port.evidence.path, port.evidence.span)
    yield from _developing(project, service)
    if pinned := _pinned(service):
        yield pinned
    yield from _in_texts(project, service, app)


def _developing(project: Project, service: Service) -> Iterator[Evidence]:
    """A start that runs a development server, in its own words or in a script of the repository."""
    starts = [(fact.value, fact.evidence) for fact in service.start]
    scripts = [project.sources[path] for path in service.scripts if path in project.sources]
    for text, at in (*starts, *((one.text, Evidence("start script", one.path)) for one in scripts)):
        if DEVELOPMENT.search(text):
            yield Evidence("a development server may take long to answer", at.path, at.span)
            return


def _pinned(service: Service) -> Evidence | None:
    """An image of a certain release, which may be older than the source that was read."""
    if service.kind != "compose" or service.image is None or service.build is None:
        return None
    if any(seen.path == service.path for seen in service.build.evidence):
        return None  # this file builds it
    tag = service.image.value.partition("@")[2] or service.image.value.rpartition("/")[2].partition(":")[2]
    fixed = bool(re.match(r"v?\d|sha256:", tag))
    at = service.image.evidence
    return Evidence("this release of the image may not have the route yet", at.path, at.span) if fixed else None


def _written(project: Project, at: Evidence) -> str:
    """What stands at a place."""
    source = project.sources.get(at.path)
    return source.slice(at.span) if source and at.span else ""


def _in_texts(project: Project, service: Service, app: Application) -> Iterator[Evidence]:
    """Lists of allowed hosts without the address, and servers that speak TLS."""
    for fact in service.start:
        if ENCRYPTED.search(fact.value):
            yield Evidence("the server may speak TLS", fact.evidence.path, fact.evidence.span)
    top = f"{service.folder}/" if service.folder else ""
    settings = [path for path in project.sources if path.startswith(top) and re.search(r"settings[\w/]*\.py$", path)]
    for path in dict.fromkeys((*app.modules, *settings)):
        text = project.sources[path].text
        for found in ALLOW_LIST.finditer(text):
            if ADDRESS not in found.group() and "*" not in found.group() and "server_name" not in found.group():
                yield Evidence("a list of allowed hosts may not hold 127.0.0.1", path, Span(*found.span()))
                break
        if found_tls := ENCRYPTED.search(text):
            yield Evidence("the server may speak TLS", path, Span(*found_tls.span()))
