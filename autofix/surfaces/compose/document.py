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
from autofix.surfaces.compose.parts import (
    Build,
    Dependency,
    Healthcheck,
    Mount,
    Pair,
    leaves,
    mount,
    pairs,
    probe,
    text_under,
)
from autofix.surfaces.yaml import Located, Reached, YamlFile
from autofix.text import Source, Span

__all__ = ["Build", "ComposeFile", "ComposeService", "Dependency", "Healthcheck", "Mount", "Pair", "pairs", "parse"]

TOP_LEVEL = frozenset({"include", "version", "name", "networks", "volumes", "configs", "secrets", "models"})


@dataclass(frozen=True)
class ComposeService(Reached, Node):
    """A service: `span` from its key to its last leaf, `key` where its name stands, `at` the mapping (or null)."""

    name: str
    key: Span
    at: Located
    file: YamlFile = field(repr=False, compare=False)

    def flag(self, key: str) -> bool:
        """Whether the key says true."""
        return (self.text_of(key) or "").lower() == "true"

    def texts(self, key: str) -> tuple[str, ...]:
        """What a leaf or a list of leaves says: `env_file`, `tmpfs`, `profiles`, `command` in a list…"""
        found = self.get(key)
        return found.texts() if found else ()

    def leaves(self, key: str) -> tuple[Located, ...]:
        """The leaf or the leaves of a list: `tmpfs`, `ports` and `volumes` in their short form."""
        return leaves(self.get(key))

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
        context = at.text if at.scalar else text_under(at, "context")
        args = pairs(at.get("args"))
        anchor = f"{self.anchor}.build"
        return Build(
            self.source,
            at.value.span,
            anchor,
            at,
            context,
            text_under(at, "dockerfile"),
            text_under(at, "target"),
            args,
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
        form, words = probe(at.under("test"))
        disabled = form == "NONE" or (text_under(at, "disable") or "").lower() == "true"
        span, anchor = at.entry.span if at.entry else at.value.span, f"{self.anchor}.healthcheck"
        return Healthcheck(self.source, span, anchor, at, form, words, disabled)

    @property
    def depends_on(self) -> tuple[Dependency, ...]:
        """What the service waits for, from a list or a mapping."""
        at = self.get("depends_on")
        if at is None:
            return ()
        named = [Dependency(item.text, None, item) for item in at.items() if item.text is not None]
        mapped = [Dependency(key.value, text_under(value, "condition"), value) for key, value in at.entries()]
        return (*named, *mapped)

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The volumes, short and long."""
        at = self.get("volumes")
        return tuple(mount(self.source, self.anchor, item) for item in at.items()) if at else ()

    @property
    def extends(self) -> tuple[str, str | None] | None:
        """The service this one extends, and the file it stands in (None: this one)."""
        at = self.get("extends")
        if at is None:
            return None
        name = at.text if at.scalar else text_under(at, "service")
        return (name, text_under(at, "file")) if name else None

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
