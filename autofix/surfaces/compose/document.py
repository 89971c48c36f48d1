"""What does a compose file say about each service?

As compose sees it within this file: aliases and merges are followed, `extends` is only noted, and nothing is
interpolated: `${X}` and `$$` stand as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autofix.node import Atom, Document, Node, UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.yaml import Located, YamlFile
from autofix.text import Source, Span

TOP_LEVEL = frozenset({"include", "version", "name", "networks", "volumes", "configs", "secrets", "models"})


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


@dataclass(frozen=True)
class ComposeService(Node):
    """A service: `span` from its key to its last leaf, `key` where its name stands, `at` the mapping (or null)."""

    name: str
    key: Span
    at: Located
    file: YamlFile = field(repr=False, compare=False)

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions of the service, merges applied."""
        return self.at.get(*route)

    def text_of(self, *route: str | int) -> str | None:
        """What the leaf at the route says, None when there is no leaf or null."""
        found = self.get(*route)
        return found.text if found else None

    def flag(self, key: str) -> bool:
        """Whether the key says true."""
        return (self.text_of(key) or "").lower() == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """What a leaf or a list of leaves says: `env_file`, `tmpfs`, `profiles`, `command` in a list…"""
        found = self.get(key)
        return found.texts() if found else ()

    def leaves(self, key: str) -> tuple[Located, ...]:
        """The leaf or the leaves of a list: `tmpfs`, `ports` and `volumes` in their short form."""
        return _leaves(self.get(key))

    @property
    def image(self) -> str | None:
        """The image as it is written."""
        return self.text_of("image")

    @property
    def user(self) -> str | None:
        """The user as it is written."""
        return self.text_of("user")

    @property
    def restart(self) -> str | None:
        """The restart policy; a bare `no` is the text `no`."""
        return self.text_of("restart")

    @property
    def build(self) -> Build | None:
        """The build, from a string or a mapping."""
        at = self.get("build")
        if at is None or (at.scalar and at.text is None):
            return None
        context = at.text if at.scalar else _text(at, "context")
        args = pairs(at.get("args"))
        anchor = f"{self.anchor}.build"
        return Build(
            self.source, at.value.span, anchor, at, context, _text(at, "dockerfile"), _text(at, "target"), args
        )

    @property
    def environment(self) -> tuple[Pair, ...]:
        """The variables, from a list or a mapping."""
        return pairs(self.get("environment"))

    @property
    def labels(self) -> tuple[Pair, ...]:
        """The labels, from a list or a mapping."""
        return pairs(self.get("labels"))

    @property
    def env_files(self) -> tuple[Located, ...]:
        """The leaves that name files, from a string, a list, or a list of mappings with a `path`."""
        at = self.get("env_file")
        named = at.items() if at and not at.scalar else (at,) if at else ()
        leaves = (item if item.scalar else item.under("path") for item in named)
        return tuple(leaf for leaf in leaves if leaf and leaf.text is not None)

    @property
    def healthcheck(self) -> Healthcheck | None:
        """The check, disabled ones included."""
        at = self.get("healthcheck")
        if at is None or at.scalar:
            return None
        form, words = _test(at.under("test"))
        disabled = form == "NONE" or (_text(at, "disable") or "").lower() == "true"
        span, anchor = at.entry.span if at.entry else at.value.span, f"{self.anchor}.healthcheck"
        return Healthcheck(self.source, span, anchor, at, form, words, disabled)

    @property
    def depends_on(self) -> tuple[Dependency, ...]:
        """What the service waits for, from a list or a mapping."""
        at = self.get("depends_on")
        if at is None:
            return ()
        named = [Dependency(item.text, None, item) for item in at.items() if item.text is not None]
        mapped = [Dependency(key.value, _text(value, "condition"), value) for key, value in at.entries()]
        return (*named, *mapped)

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The volumes, short and long."""
        at = self.get("volumes")
        return tuple(_mount(self, item) for item in at.items()) if at else ()

    @property
    def extends(self) -> tuple[str, str | None] | None:
        """The service this one extends, and the file it stands in (None: this one)."""
        at = self.get("extends")
        if at is None:
            return None
        name = at.text if at.scalar else _text(at, "service")
        return (name, _text(at, "file")) if name else None

    @property
    def overlay(self) -> bool:
        """Whether the service only changes one of another file: neither image nor build nor extends."""
        return not any(self.get(key) for key in ("image", "build", "extends"))


@dataclass(frozen=True)
class ComposeFile(Document):
    """A compose file. Whatever has no property is reached with `get`."""

    yaml: YamlFile = field(repr=False)
    services: tuple[ComposeService, ...] = field(repr=False)

    @property
    def root(self) -> Located:
        """The whole file."""
        root = self.yaml.root
        assert root is not None  # parse made sure
        return root

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions: `version`, `name`, `include`, `networks`, `volumes`, `x-…`."""
        return self.root.get(*route)

    def service(self, name: str) -> ComposeService | None:
        """The service of that name."""
        return next((service for service in self.services if service.name == name), None)

    @property
    def version(self) -> Node | None:
        """The `version` entry."""
        at = self.root.under("version")
        return Node(self.source, at.entry.span, "version") if at and at.entry and not at.via_alias else None

    @property
    def extensions(self) -> tuple[str, ...]:
        """The top-level keys `x-…`."""
        return tuple(filter(re.compile("x-").match, self.root.keys()))

    @property
    def overlay(self) -> bool:
        """Whether there are services and all of them only change those of another file."""
        return bool(self.services) and all(service.overlay for service in self.services)

    def atoms(self) -> Sequence[Atom]:
        """The leaves of the file."""
        return self.yaml.atoms()

    def comments(self) -> Sequence[Span]:
        """The comments of the file."""
        return self.yaml.comments()

    def scopes(self) -> Sequence[Span]:
        """Each service from its key to its last leaf."""
        return tuple(service.span for service in self.services)


def parse(source: Source) -> ComposeFile:
    """The file as services. Raises UnreadableError for what is no compose file or cannot be read exactly."""
    file = yaml.parse(source)
    root = yaml.require_root(file)
    services = root.under("services")
    if services is None:
        if not TOP_LEVEL & set(root.keys()):
            raise UnreadableError("not a compose file: no services")
        return ComposeFile(source, file, ())
    if not isinstance(services.value, yaml.Mapping) and services.value.tag != "null":
        raise UnreadableError("services is not a mapping", services.value.span.start)
    return ComposeFile(source, file, tuple(_services(file, services)))


def _services(file: YamlFile, services: Located) -> Iterator[ComposeService]:
    for key, at in services.entries():
        if isinstance(at.value, yaml.Sequence) or (at.text is not None and not at.value.tag.startswith("!")):
            raise UnreadableError("a service is not a mapping", at.value.span.start)
        span = at.entry.span if at.entry else key.span
        yield ComposeService(file.source, span, f"services.{key.value}", key.value, key.span, at, file)


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


def _text(at: Located, key: str) -> str | None:
    found = at.under(key)
    return found.text if found else None


def _leaves(at: Located | None) -> tuple[Located, ...]:
    if at is None:
        return ()
    return tuple(leaf for leaf in ([at] if at.scalar else at.items()) if leaf.text is not None)


def _test(at: Located | None) -> tuple[str, tuple[Located, ...]]:
    leaves = _leaves(at)
    if at is None or not leaves:
        return "", ()
    if at.scalar:
        return "string", leaves
    return leaves[0].text or "", leaves[1:]


_PART = r"(?:\$\{[^}]*\}|[^:$]|\$)+"
_SHORT = re.compile(rf"(?:(?P<origin>(?:[A-Za-z]:(?=[\\/]))?{_PART}):)?(?P<target>{_PART})(?::(?P<options>.*))?")


def _mount(service: ComposeService, item: Located) -> Mount:
    span = item.value.extent
    short = _SHORT.fullmatch(item.text or "")
    if item.scalar and short:
        origin, target = short["origin"] or "", short["target"]
        kind = "bind" if re.match(r"[./~]|[A-Za-z]:[\\/]", origin) else "" if origin.startswith("$") else "volume"
        return Mount(
            service.source,
            span,
            f"{service.anchor}.volumes.{target}",
            item,
            kind,
            origin,
            target,
            short["options"] or "",
        )
    kind, origin, target = (_text(item, key) or "" for key in ("type", "source", "target"))
    return Mount(service.source, span, f"{service.anchor}.volumes.{target}", item, kind, origin, target)
