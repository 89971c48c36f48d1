"""How is the path of a health check spelled, and how is it spelled otherwise?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.text import Span

COMMON = frozenset({"health", "healthz", "health-check", "healthcheck", "_health"})
_WORD = re.compile(
    r"(?:(?<=/)|(?<=[\"'`]))(?:healthz|health-check|healthcheck|_health|health)(?=/?(?:[^\w/\-.]|\.(?!\w)|$))"
)
_TOKEN = re.compile(r"[^\s\"'`()\[\],;|<>=]*$")
_URL = re.compile(
    r"(?:(?P<scheme>\w+)://)?(?:[^\s/@]*@)?(?P<host>\$\{[^}]*\}|[^/:]+|\[[^\]]*\])?(?::(?P<port>\$\{[^}]*\}|[^/]*))?(?P<path>/.*)?"
)


def last(path: str) -> str:
    """The last part of a path: `healthz` of `/api/healthz/`."""
    return path.rstrip("/").rpartition("/")[2]


def movable(path: str, target: str) -> bool:
    """Whether a path is a usual spelling of the health path, and another one than the target."""
    return last(path) in COMMON - {last(target)}


def moved(path: str, target: str) -> str:
    """The path with the target in the place of its last part; what stands before and a slash at the end stay."""
    bare = path.rstrip("/")
    return bare[: len(bare) - len(last(path))] + last(target) + path[len(bare) :]


def same(one: str, other: str) -> bool:
    """Whether two paths differ in nothing but a slash at the end."""
    return one.strip("/") == other.strip("/")


@dataclass(frozen=True)
class Asked:
    """A health path somewhere in a text: `word` is where its last part stands, `span` all of it with its host.

    `host` is None for a path alone, empty where nobody can tell; `port` is as written.
    """

    span: Span
    word: Span
    path: str
    host: str | None
    port: str
    scheme: str = ""


def asked(text: str, start: int = 0, end: int | None = None) -> Iterator[Asked]:
    """Every usual health path in a part of a text."""
    for found in _WORD.finditer(text, start, len(text) if end is None else end):
        before = _TOKEN.search(text, max(start, found.start() - 200), found.start())
        token = before.group() if before else ""
        slash = text[found.end() : found.end() + 1] == "/"
        yield _read(token, Span(*found.span()), found.group() + "/" * slash)


def _read(token: str, word: Span, written: str) -> Asked:
    span = Span(word.start - len(token), word.end)
    if token.startswith("/") or not token:
        return Asked(span, word, token + written, None, "")
    url = _URL.fullmatch(token)
    host = url["host"] if url else ""
    if url is None or (not url["scheme"] and not re.fullmatch(r"[\w.-]+", host or "")):
        return Asked(span, word, "/" + written, "", "")
    return Asked(span, word, (url["path"] or "/") + written, host or "", url["port"] or "", url["scheme"] or "")
