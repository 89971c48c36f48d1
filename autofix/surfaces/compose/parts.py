"""What is a service of a compose file made of?  Forms that mean the same, long or short, read as one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autofix.node import Node
from autofix.surfaces.yaml import Located
from autofix.text import Source, Span


@dataclass(frozen=True)
class Pair:
    """One variable, label or argument. `value` is None when only the name is given (it comes from outside).

    `key_span` is where the name stands. `value_span` is the value without its quotes, None where there is no value or
    where it is not written as one piece (a block, escapes in a list). `at` is the leaf that holds the value: the whole
    `NAME=value` in a list.
    """

    name: str
    value: str | None
    key_span: Span
    value_span: Span | None
    at: Located


@dataclass(frozen=True)
class Dependency:
    """A service this one waits for; `condition` is None in a list and where none is written."""

    name: str
    condition: str | None
    at: Located


@dataclass(frozen=True)
class Healthcheck(Node):
    """`form` is `CMD`, `CMD-SHELL`, `NONE`, `string`, or empty without a test; `words` are the test's leaves after
    that word, each as it was located (one for `CMD-SHELL` and a string).
    """

    at: Located
    form: str
    words: tuple[Located, ...]
    disabled: bool

    def get(self, key: str) -> str | None:
        """What `interval`, `timeout`, `retries`, `start_period`… says, as written."""
        found = self.at.under(key)
        return found.text if found else None

    @property
    def command(self) -> tuple[str, ...]:
        """The words of the test, as written."""
        return tuple(word.text or "" for word in self.words)


@dataclass(frozen=True)
class Mount(Node):
    """One volume of a service. `kind` is `bind`, `volume`, `tmpfs`… or empty where a variable decides it."""

    at: Located
    kind: str
    origin: str
    target: str
    options: str = ""


@dataclass(frozen=True)
class Build(Node):
    """How the image of a service is built, as written; `context` is None where the file gives none."""

    at: Located
    context: str | None
    dockerfile: str | None
    target: str | None
    args: tuple[Pair, ...]


def pairs(at: Located | None) -> tuple[Pair, ...]:
    """Names with values, from a list of `NAME=value` or a mapping."""
    if at is None:
        return ()
    mapped = [
        Pair(key.value, value.text, key.span, None if value.text is None else _inner(value), value)
        for key, value in at.entries()
        if value.scalar
    ]
    return (*mapped, *(_listed(item) for item in at.items() if item.text is not None))


def _listed(item: Located) -> Pair:
    inner, text = _inner(item), item.text or ""
    name, equals, value = text.partition("=")
    exact = inner is not None and inner.end - inner.start == len(text)
    if inner is None or not exact:
        return Pair(name, value if equals else None, item.value.span, None, item)
    middle = inner.start + len(name)
    if not equals:
        return Pair(name, None, inner, None, item)
    return Pair(name, value, Span(inner.start, middle), Span(middle + 1, inner.end), item)


def _inner(at: Located) -> Span | None:
    """A leaf without its quotes; None for a block."""
    leaf = at.scalar
    if leaf is None or leaf.style in {"|", ">"}:
        return None
    return Span(leaf.span.start + 1, leaf.span.end - 1) if leaf.style else leaf.span


def text_under(at: Located, key: str) -> str | None:
    """What the leaf under a key says."""
    found = at.under(key)
    return found.text if found else None


def leaves(at: Located | None) -> tuple[Located, ...]:
    """The leaf itself, or the leaves of a list; those that say nothing are left out."""
    if at is None:
        return ()
    return tuple(leaf for leaf in ([at] if at.scalar else at.items()) if leaf.text is not None)


def probe(at: Located | None) -> tuple[str, tuple[Located, ...]]:
    """The form of a healthcheck's test, and the leaves after the word that says it."""
    words = leaves(at)
    if at is None or not words:
        return "", ()
    return ("string", words) if at.scalar else (words[0].text or "", words[1:])


_PART = r"(?:\$\{[^}]*\}|[^:$]|\$(?!\{))+"
_SHORT = re.compile(rf"(?:(?P<origin>(?:[A-Za-z]:(?=[\\/]))?{_PART}):)?(?P<target>{_PART})(?::(?P<options>.*))?")


def mount(source: Source, anchor: str, item: Located) -> Mount:
    """An item of `volumes`: `origin:target:options`, `target`, or the long form; `anchor` is the service's."""
    short = _SHORT.fullmatch(item.text or "")
    if item.scalar and short:
        origin, target, options = short["origin"] or "", short["target"], short["options"] or ""
        kind = "bind" if re.match(r"[./~]|[A-Za-z]:[\\/]", origin) else "" if origin.startswith("$") else "volume"
    else:
        kind, origin, target = (text_under(item, key) or "" for key in ("type", "source", "target"))
        options = ""
    return Mount(source, item.value.extent, f"{anchor}.volumes.{target}", item, kind, origin, target, options)
