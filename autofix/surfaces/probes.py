"""What does a health probe ask, and would the same question to another address get the same answer?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autofix.node import Evidence
from autofix.project import Project
from autofix.text import Span

LOCALHOST = re.compile(
    r"""(?:
        (?<=://)(?:[^\s/@'"]*@)?(?P<url>localhost)(?=[:/?\s'"`\\),;]|$)   # http://localhost:3000/health
      | (?<![\w.\-/@:])(?P<port>localhost)(?=:\d)                          # localhost:9092
      | (?<=[\s'"])-{1,2}(?:h|H|host|hostname|bootstrap-server|brokers?)(?:[ =]|['"],\s*['"])(?P<option>localhost)(?![\w.\-:])
      | \bnc\s(?:-\S+\s(?:\d+\s)?)*(?P<nc>localhost)(?=\s+\$?\{?\w)        # nc -z localhost 5432
      | \b(?:connect|createConnection)\(\s*[\w.]+\s*,\s*['"](?P<connect>localhost)['"]
      | \b(?:host|hostname)\s*:\s*['"](?P<field>localhost)['"]
    )""",
    re.VERBOSE,
)
SOCKET_CLIENT = re.compile(r"\b(?:mysql|mysqladmin|mariadb|mariadb-admin|mysqlshow)\b")
HTTPS = re.compile(r"https://(?:[^\s/@'\"]*@)?localhost")
ALLOW_LIST = re.compile(
    r"^[^#\n]*?(?:\bALLOWED_HOSTS\b|\ballowed_hosts\b|\bTrustedHostMiddleware\b|\bHostAuthorization\b|\bconfig\.hosts\b).*$",
    re.MULTILINE,
)
BOUND_TO_LOCALHOST = re.compile(
    r"""(?:\.listen\([^()\n]*['"](?:localhost|::1)['"]|--(?:host|bind|hostname)[ =]['"]?(?:localhost|\[?::1\]?)\b
        |\b(?:HOST|HOSTNAME|BIND|LISTEN)(?:_?ADDR(?:ESS)?)?\s*[=:]\s*['"]?(?:localhost|\[?::1\]?)['"]?\s*$)""",
    re.MULTILINE | re.VERBOSE,
)
ADDRESS = "127.0.0.1"


def asks_localhost(text: str) -> tuple[Span, ...]:
    """Every place of a probe's text where it asks `localhost`; messages and comments that name it are none."""
    spans = (Span(*match.span(match.lastgroup or 0)) for match in LOCALHOST.finditer(text))
    return tuple(dict.fromkeys(spans))


def asks_localhost_in_words(words: Sequence[str]) -> Iterator[tuple[int, Span]]:
    """The same for an exec form: the number of the word and the place in it."""
    client = words[0].rpartition("/")[2] if words else ""
    for number, word in enumerate(words):
        before = words[number - 1] if number else ""
        if word == "localhost" and (
            client == "nc" or re.fullmatch(r"-h|-H|--?host(?:name)?|--bootstrap-server", before)
        ):
            yield number, Span(0, len(word))
        else:
            yield from ((number, span) for span in asks_localhost(word))


def asks_by_socket(text: str) -> bool:
    """Whether `localhost` means a socket file to this client, so that the address would be another question."""
    return bool(SOCKET_CLIENT.search(text))


def doubts(project: Project, text: str) -> tuple[Evidence, ...]:
    """Why the address might get another answer than the name: certificates, allow-lists, the listener."""
    found = [Evidence("the certificate may not name 127.0.0.1")] if HTTPS.search(text) else []
    lists = project.mentions(ALLOW_LIST, "llowed", "ALLOWED_HOSTS", "TrustedHost", "HostAuth", "config.hosts")
    found += [
        Evidence("a list of allowed hosts may not hold 127.0.0.1", seen.path, seen.span)
        for seen in lists
        if ADDRESS not in seen.what and "*" not in seen.what
    ]
    found += [
        Evidence("a server may listen on localhost only", seen.path, seen.span)
        for seen in project.mentions(BOUND_TO_LOCALHOST, "localhost", "::1")
    ]
    return tuple(found[:3])
