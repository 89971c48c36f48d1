"""What does a health probe ask, and would the same question to another address get the same answer?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from autofix.finding import Fix, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.text import Edit, Span

LOCALHOST = re.compile(
    r"""(?:
        (?<=://)(?:[^\s/@'"]*@)?(?P<url>localhost)(?=[:/?\s'"`\\),;]|$)   # http://localhost:3000/health
      | (?<![\w.\-/@:])(?P<port>localhost)(?=:\d)                          # localhost:9092
      | (?<=[\s'"])-{1,2}(?:h|H|host|hostname|bootstrap-server|brokers?)(?:[ =]|['"],\s*['"])(?P<option>localhost)(?![\w.\-:])
      | \bnc\s(?:-\S+\s(?:\d+\s)?)*(?P<nc>localhost)(?=\s+\$?\{?\w)        # nc -z localhost 5432
      | \b(?:connect|createConnection)\(\s*[\w.]+\s*,\s*['"](?P<connect>localhost)['"]
      | \bHTTPS?Connection\(\s*['"](?P<python>localhost)['"]
      | \b(?:host|hostname)\s*:\s*['"](?P<field>localhost)['"]
    )""",
    re.VERBOSE,
)
HEADER = re.compile(
    r"(?:-H|--header)[ =]?['\"]?[\w-]+:\s*\S*$|\b(?:origin|referer)['\"]?\s*[:=]\s*['\"]?\S*$"
    r"|(?:\n|\\n|\\012)host:\s*$",  # within a request that is written out
    re.IGNORECASE,
)
MESSAGE = re.compile(r"\b(?:echo|printf)\b[^;&|\n]*$")
NEXT_STANDALONE = re.compile(r"^[^#\n]*\.next/standalone.*$", re.MULTILINE)
OPEN_HOSTNAME = re.compile(r"\bHOSTNAME\b['\"]?\s*[=:]?\s*['\"]?(?:0\.0\.0\.0|::)")
SOCKET_CLIENT = re.compile(r"\b(?:mysql|mysqladmin|mariadb|mariadb-admin|mysqlshow)\b")
ENCRYPTED = re.compile(
    r"(?:https|wss|rediss|amqps|grpcs)://(?:[^\s/@'\"]*@)?localhost|--(?:tls|ssl|cacert|certs-dir)\b|\btls=true\b|verify-full"
)
ALLOW_LIST = re.compile(
    r"^[^#\n]*?(?:\ballowed_?hosts\b|\bTrustedHostMiddleware\b|\bHostAuthorization\b|\bconfig\.hosts\b"
    r"|\bserver_name\b[^;\n]*\blocalhost\b).*$",
    re.MULTILINE | re.IGNORECASE,
)
BOUND_TO_LOCALHOST = re.compile(
    r"""(?:\.listen\([^()]*?['"](?:localhost|::1)['"]|(?:--(?:host|bind|hostname)|start\s+-H)[ =]['"]?(?:localhost|\[?::1\]?)\b
        |\b(?:HOST|HOSTNAME|BIND|LISTEN)(?:_?ADDR(?:ESS)?)?\s*[=:]\s*['"]?(?:localhost|\[?::1\]?)['"]?\s*$)""",
    re.MULTILINE | re.VERBOSE,
)
CLIENT = re.compile(
    r"(?:^|[\s'\"/;&|(=\[])(?:pg_isready|psql|pg_dump(?:all)?|mysql(?:admin|dump|show)?|mariadb(?:-admin|-dump)?|redis-cli|valkey-cli"
    r"|mongo(?:sh|dump|restore)?|curl|wget|nc|ncat|telnet|cqlsh|clickhouse-client|influx|rabbitmqadmin|grpc_health_probe|etcdctl"
    r"|kafka-[\w-]+(?:\.sh)?|mosquitto_(?:pub|sub)|ldapsearch|rethinkdb|wait-for[\w.-]*)(?=['\"]?[\s,])[^;&|]*$"
)
BUNDLERS = re.compile(r"(?:^|/)(?:vite|vitest|webpack|rspack|rsbuild|vue|craco|astro)\.config[\w.-]*\.[cm]?[jt]s$")
CONTINUED = re.compile(r"\\[ \t]*\r?\n")
FAR = 300
ADDRESS = "127.0.0.1"


def asks_localhost(text: str) -> tuple[Span, ...]:
    """Every place of a probe's text where it asks `localhost`; messages and comments that name it are none."""
    spans = (Span(*match.span(match.lastgroup or 0)) for match in LOCALHOST.finditer(text))
    return tuple(dict.fromkeys(span for span in spans if not _is_told(text[: span.start])))


def _is_told(before: str) -> bool:
    """Whether what stands before a word makes it part of a header or of a message, which asks nobody."""
    return bool(HEADER.search(before) or MESSAGE.search(before))


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


def _by_client(project: Project, seen: Evidence) -> bool:
    """Whether it is an option of a program that asks a server, a probe's own one among them."""
    if seen.span is None or not seen.what.startswith("--"):
        return False
    text = project.sources[seen.path].text
    before = CONTINUED.sub(" ", text[max(0, seen.span.start - FAR) : seen.span.start])
    return bool(CLIENT.search(before.rpartition("\n")[2]))


def _only_server(project: Project, seen: Evidence) -> bool:
    """Whether it is the name of the only server in an nginx file, which then answers to every other name as well."""
    return "server_name" in seen.what and len(re.findall(r"\bserver\s*\{", project.sources[seen.path].text)) == 1


def _takes_addresses(seen: Evidence) -> bool:
    """Whether it is the list of a bundler's own server, which lets every address in."""
    return bool(BUNDLERS.search(seen.path))


def ask_address(
    project: Project,
    path: str,
    places: Sequence[Span | None],
    text: str,
    title: str,
    about: Callable[[Evidence], bool] = lambda _: True,
) -> Fix | Refusal:
    """The address in the place of every `localhost` that the probe `text` of the file `path` asks.

    A place is None where the file writes the name in a way that no single span holds. `about` says which places of the
    repository may speak of the server that is asked.
    """
    if asks_by_socket(text):
        return Refusal("to this client localhost is a socket file and 127.0.0.1 is TCP, with other grants")
    if ENCRYPTED.search(text):
        return Refusal("a certificate is made for a name, which may be localhost and is not 127.0.0.1")
    spans = [span for span in places if span]
    if len(spans) < len(places):
        return Refusal("the address is written with escapes or over lines", reason=Reason.UNEDITABLE)
    return Fix(title, tuple(Edit(path, span, ADDRESS) for span in spans), doubts=doubts(project, about))


def doubts(project: Project, about: Callable[[Evidence], bool] = lambda _: True) -> tuple[Evidence, ...]:
    """Why the address might get another answer than the name: allow-lists, the listener."""
    lists = project.mentions(ALLOW_LIST, "llowed", "ALLOWED", "TrustedHost", "HostAuth", "config.hosts", "server_name")
    found = [
        Evidence("a list of allowed hosts may not hold 127.0.0.1", seen.path, seen.span)
        for seen in lists
        if ADDRESS not in seen.what
        and "*" not in seen.what
        and not _only_server(project, seen)
        and not _takes_addresses(seen)
    ]
    found += [
        Evidence("a server may listen on localhost only", seen.path, seen.span)
        for seen in project.mentions(BOUND_TO_LOCALHOST, "localhost", "::1")
        if not _by_client(project, seen)
    ]
    if not any(project.mentions(OPEN_HOSTNAME, "HOSTNAME")):
        found += [
            Evidence("Next may listen on the address of the container only", seen.path, seen.span)
            for seen in project.mentions(NEXT_STANDALONE, ".next/standalone")
        ]
    return tuple([one for one in found if about(one)][:3])
