"""What does a server answer?  Its addresses, its names, its locations, and the upstreams behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autofix.surfaces.nginx.targets import PASSES, Listen, Target, listen, target
from autofix.surfaces.nginx.tree import Directive, Word

_GLUED = re.compile(r"(=|\^~|~\*|~)(.+)", re.DOTALL)


@dataclass(frozen=True)
class Header:
    """An `add_header`; `always` adds it to error answers as well."""

    name: str
    value: str
    always: bool
    directive: Directive


@dataclass(frozen=True)
class Upstream:
    """A named group of servers."""

    directive: Directive
    name: str
    servers: tuple[Target, ...]


@dataclass(frozen=True)
class Location:
    """A location: `modifier` is `=`, `~`, `~*`, `^~` or empty, `path` what follows, as the word means it.

    `passes` are the addresses it hands requests to, those in an `if` of it included.
    """

    directive: Directive
    modifier: str
    path: str
    passes: tuple[Target, ...]
    locations: tuple[Location, ...] = field(repr=False)

    @property
    def word(self) -> Word | None:
        """The argument that holds the path, with the modifier where no blank is between."""
        return self.directive.args[-1] if self.directive.args else None

    @property
    def rewrites(self) -> tuple[Directive, ...]:
        """The `rewrite` directives right in it."""
        return self.directive.all("rewrite")

    @property
    def returns(self) -> tuple[Directive, ...]:
        """The `return` directives right in it."""
        return self.directive.all("return")


@dataclass(frozen=True)
class Server:
    """A `server` block."""

    directive: Directive
    listens: tuple[Listen, ...]
    names: tuple[str, ...]
    locations: tuple[Location, ...] = field(repr=False)
    passes: tuple[Target, ...] = field(repr=False)

    @property
    def tls(self) -> bool:
        """Whether any of its addresses is encrypted."""
        old = any(one.values == ("on",) for one in self.directive.all("ssl"))
        return old or any(one.tls for one in self.listens)

    @property
    def all_locations(self) -> tuple[Location, ...]:
        """Its locations with those inside of them, in the order of the file."""
        return tuple(inner for one in self.locations for inner in _nested(one))


def upstream(directive: Directive) -> Upstream:
    """What an `upstream` block says."""
    servers = tuple(found for one in directive.all("server") if (found := target(one, {})))
    return Upstream(directive, directive.values[0] if directive.args else "", servers)


def server(directive: Directive, values: Mapping[str, str]) -> Server:
    """What a `server` block says; `values` are the variables that have one value."""
    listens = tuple(found for one in directive.all("listen") if (found := listen(one)))
    names = tuple(name for one in directive.all("server_name") for name in one.values)
    return Server(directive, listens, names, _locations(directive, values), _passes(directive, values))


def header(directive: Directive) -> Header | None:
    """What an `add_header` says; None when it says too little."""
    if len(directive.args) < 2:
        return None
    name, value, *rest = directive.values
    return Header(name, value, "always" in rest, directive)


def _locations(directive: Directive, values: Mapping[str, str]) -> tuple[Location, ...]:
    return tuple(_location(one, values) for one in directive.all("location"))


def _location(directive: Directive, values: Mapping[str, str]) -> Location:
    args = directive.values
    glued = _GLUED.fullmatch(args[0]) if len(args) == 1 else None
    modifier, path = (glued[1], glued[2]) if glued else (args[0] if len(args) > 1 else "", args[-1] if args else "")
    return Location(directive, modifier, path, _passes(directive, values), _locations(directive, values))


def _passes(directive: Directive, values: Mapping[str, str]) -> tuple[Target, ...]:
    """The addresses in a block, those of locations within left out: they are the locations' own."""
    found = (target(one, values) for one in directive.block if one.name in PASSES)
    inner = (one for block in directive.all("if", "limit_except") for one in _passes(block, values))
    return (*(one for one in found if one), *inner)


def _nested(location: Location) -> tuple[Location, ...]:
    return (location, *(inner for one in location.locations for inner in _nested(one)))
