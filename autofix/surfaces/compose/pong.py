"""Does a check of redis look at what redis answers?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autofix.finding import Fix, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces import yaml
from autofix.surfaces.compose.calls import Call
from autofix.surfaces.compose.told import told
from autofix.surfaces.servers import server_of
from autofix.text import Edit, Span

EXITS_ON_ERROR = (6, 2)
NEWEST = frozenset({"", "latest", "alpine", "bookworm", "trixie"})
TO_A_FILE = re.compile(r"(?<![2-9])>(?!&)")
AUTHENTICATED = re.compile(r"(?:^|\s)(?:-a|--pass|--askpass|-u|--user)(?=\s|$|=)|REDISCLI_AUTH")
PASSWORD = re.compile(
    r"(?:^|\s)(?:--)?requirepass(?:\s+|=)(?P<quote>['\"]?)(?P<password>\$?\$\{[^}]*\}|[^\s'\"]*)(?P=quote)",
    re.MULTILINE,
)
USERS = re.compile(r"(?:^|\s)(?:--)?aclfile\s+\S|^\s*user\s+\S", re.MULTILINE)
INTERPOLATED = re.compile(r"\$\{\w+(?::?\?[^}]*|:?-[^}]+)?\}|\$[A-Za-z_]\w*")
INSIDE = re.compile(r"\$\$\{?(?P<name>\w+)\}?")
VALUED = re.compile(r"-[hpsaunriIdDX]|--(?:user|pass|cacert|cacertdir|cert|key|sni|tls-\w+)")
PLAIN = re.compile(r"[\w./:@%+=-]+")
GREP = " | grep -q PONG"


def takes_any_answer(call: Call) -> bool:
    """Whether the check is content with any answer to `ping`: the client exits with 0 for an error too."""
    if _asked(call.words[1:]) != "ping" or "-e" in call.words:
        return False
    if call.command is None:
        return True
    return {"pipeline", "substitution", "not"}.isdisjoint(frame.what for frame in call.command.context)


def _asked(arguments: Sequence[str]) -> str:
    """What the client asks, its options taken away."""
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        del rest[: 2 if VALUED.fullmatch(rest[0]) else 1]
    return " ".join(rest).lower()


def expect_pong(project: Project, service: Service, call: Call) -> Fix | Refusal:
    """The answer has to be PONG; with the password the server asks for."""
    said = told(project, service)
    if TO_A_FILE.search(_shell(call)):
        return Refusal("the answer goes to a file")
    authenticated = AUTHENTICATED.search(" ".join(call.check.command)) or service.variable("REDISCLI_AUTH")
    doubts = [Evidence("the configuration that is mounted may ask for a password", one.path, one.span) for one in said.unread]  # fmt: skip
    if authenticated:
        return _fix(service, call, (), ())
    if users := said.find(USERS):
        return Refusal("redis has users of its own, and the check is none of them", evidence=(users[1],))
    if found := said.find(PASSWORD):
        return _authenticate(service, call, *found)
    return _fix(service, call, (), tuple(doubts))


def _authenticate(service: Service, call: Call, found: re.Match[str], at: Evidence) -> Fix | Refusal:
    """With the password as the command writes it; one that stands there as it is would only be repeated."""
    password = found["password"]
    if not password:
        return _fix(service, call, (), ())
    inside = INSIDE.fullmatch(password)
    known = (
        inside["name"] if inside else next((pair for pair, fact in service.environment if fact.value == password), "")
    )
    if call.command and known and service.variable(known):
        password = f"$${known}"
    elif not INTERPOLATED.fullmatch(password):
        remedy = 'redis-cli -a "$$REDIS_PASSWORD" ping | grep -q PONG, with REDIS_PASSWORD in the environment'
        return Refusal("redis wants a password that the check does not give", remedy, evidence=(at,))
    doubt = Evidence("the check now gives the password of the command", at.path, at.span)
    return _fix(service, call, ("-a", password), (doubt,))


def _fix(service: Service, call: Call, password: tuple[str, ...], doubts: tuple[Evidence, ...]) -> Fix | Refusal:
    edits = _shell_form(call, password) if call.command else _exec_form(service, call, password)
    if not edits:
        return Refusal("the command is written in a way that no single place holds", reason=Reason.UNEDITABLE)
    return Fix("Let the check of redis look at the answer", edits, doubts=doubts)


def _shell_form(call: Call, password: tuple[str, ...]) -> tuple[Edit, ...]:
    found = (call.add(0, password[0], f'"{password[1]}"') if password else None, call.pipe(GREP))
    edits = tuple(edit for edit in found if edit)
    return edits if len(edits) == 1 + bool(password) else ()


def _exec_form(service: Service, call: Call, password: tuple[str, ...]) -> tuple[Edit, ...]:
    """`-e` lets the client exit with an error for an error; an older client needs a shell and grep."""
    if _knows_e(service):
        edit = call.add(0, *password, "-e")
        return (edit,) if edit else ()
    return () if password else _to_shell(call)


def _knows_e(service: Service) -> bool:
    server = server_of(service)
    if server is None or "$" in server.tag:
        return False
    if server.name == "valkey" or server.tag in NEWEST:
        return True
    return server.version + (99,) * (len(server.version) == 1) >= EXITS_ON_ERROR


def _to_shell(call: Call) -> tuple[Edit, ...]:
    """`[CMD, redis-cli, ping]` as one command for the shell, with the quotes of the last word."""
    test = call.check.at.under("test")
    leaves = [leaf.scalar for leaf in call.check.words if leaf.scalar]
    region = Span(leaves[0].extent.start, leaves[-1].extent.end)
    remarks = any(region.overlaps(comment) for comment in call.file.comments())
    form = test.items()[0] if test else None
    if remarks or form is None or not form.editable or not all(PLAIN.fullmatch(word) for word in call.words):
        return ()
    style = leaves[-1].style
    command = yaml.spell(" ".join(call.words) + GREP, style if style in {"'", '"'} else "", flow=form.flow)
    changed = yaml.replace_scalar(call.file, form, "CMD-SHELL")
    return (changed, Edit(call.file.path, region, command)) if changed else ()


def _shell(call: Call) -> str:
    return call.command.source.text if call.command else ""
