"""Where does a request go?  The addresses in `proxy_pass`, in an upstream, in `listen`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from autofix.surfaces.nginx.tree import Directive, Word
from autofix.text import Span

PASSES = frozenset({"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"})

_HOST = r"unix:[^:\s]+|\[[^\]]*\]|(?:\$\{\w+\}|[^/:\s])+"
_URL = re.compile(
    rf"(?:(?P<scheme>https?|grpcs?)://)?(?P<host>{_HOST})(?::(?P<port>\d+|\$\w+|\$\{{\w+\}}))?:?(?P<uri>/.*|\$.*)?"
)
_LISTEN = re.compile(rf"(?:(?P<host>\*|{_HOST}):)?(?P<port>\d+|\$\{{?\w+\}}?)|(?P<alone>{_HOST}|\*)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True)
class Target:
    """An address something is passed to. Spans are None where the part is not written, or not as it is meant.

    `host` may be a name, an address, an upstream, `unix:/path`, or hold variables: then `variable`. `port` is a number or
    a variable as written. `uri` is what replaces the part of the request that the location matched: None leaves the
    request as it is. `settled` says that variables were replaced by what `set` gives them: such a target has no spans.
    """

    directive: Directive
    word: Word
    scheme: str
    host: str
    port: str | None
    uri: str | None
    host_span: Span | None
    port_span: Span | None
    settled: bool = False

    @property
    def variable(self) -> bool:
        """Whether a variable decides the host."""
        return "$" in self.host


@dataclass(frozen=True)
class Listen:
    """An address a server answers on; `port` is a number or a variable as written, None for a socket file."""

    directive: Directive
    host: str | None
    port: str | None
    port_span: Span | None
    options: tuple[str, ...]

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return bool({"ssl", "quic"} & set(self.options))


def target(directive: Directive, values: Mapping[str, str]) -> Target | None:
    """The address in the first argument of a pass directive or of an upstream's `server`.

    `values` are the variables that are set to one text for certain. None when there is no argument.
    """
    if not directive.args:
        return None
    word = directive.args[0]
    text = _settled(word.text, values)
    found = _URL.fullmatch(text)
    if found is None:
        return Target(directive, word, "", text, None, None, None, None, text != word.text)
    same = text == word.text
    return Target(
        directive,
        word,
        found["scheme"] or "",
        found["host"],
        found["port"],
        found["uri"],
        word.part(*found.span("host")) if same else None,
        word.part(*found.span("port")) if same and found["port"] else None,
        not same,
    )


def listen(directive: Directive) -> Listen | None:
    """What a `listen` says; None when there is no argument."""
    if not directive.args:
        return None
    word, options = directive.args[0], directive.values[1:]
    found = _LISTEN.fullmatch(word.text)
    if found is None or word.text.startswith("unix:"):
        return Listen(directive, word.text, None, None, options)
    if found["alone"]:
        return Listen(directive, found["alone"], "80", None, options)
    return Listen(directive, found["host"], found["port"], word.part(*found.span("port")), options)


def _settled(text: str, values: Mapping[str, str]) -> str:
    """The text with the variables replaced that have one value, each of which may hold others."""
    for _ in range(4):
        replaced = _VARIABLE.sub(lambda match: values.get(match[1] or match[2], match[0]), text)
        if replaced == text:
            break
        text = replaced
    return text
