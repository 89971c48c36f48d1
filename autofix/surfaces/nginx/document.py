"""What does an nginx file say?

As it is written, includes only noted: a fragment says what it says, in whatever block it is included. A template for
envsubst reads like any other file, since `${NAME}` is a word of nginx; other templates do not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autofix.node import Atom, Document
from autofix.surfaces.nginx.check import refuse_disagreement
from autofix.surfaces.nginx.lex import tokens
from autofix.surfaces.nginx.servers import Header, Location, Server, Upstream, header, server, upstream
from autofix.surfaces.nginx.targets import PASSES, Listen, Target, target
from autofix.surfaces.nginx.tree import Directive, Word, grow
from autofix.text import Source, Span

__all__ = ["Directive", "Header", "Listen", "Location", "NginxFile", "Server", "Target", "Upstream", "Word", "parse"]

SCOPES = frozenset({"server", "location", "upstream"})
GIVERS = {"map": 2, "geo": 2, "split_clients": 2, "auth_request_set": 1, "js_set": 1, "js_var": 1, "perl_set": 1}
"""What gives a variable its value at run time, and in how many arguments its name may stand."""

_VARIABLE = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class NginxFile(Document):
    """An nginx file or a fragment of one."""

    directives: tuple[Directive, ...] = field(repr=False)
    comment_spans: tuple[Span, ...] = field(repr=False)

    def walk(self) -> Iterator[Directive]:
        """All directives in the order of the file, a block before what is in it."""
        for one in self.directives:
            yield from one.walk()

    def all(self, *names: str) -> tuple[Directive, ...]:
        """The directives of these names, wherever they stand."""
        return tuple(one for one in self.walk() if one.name in names)

    def around(self, directive: Directive) -> tuple[Directive, ...]:
        """The blocks a directive stands in, the innermost first."""
        found, level = list[Directive](), self.directives
        while inner := next((one for one in level if _within(directive, one)), None):
            found.insert(0, inner)
            level = inner.block
        return tuple(found)

    @property
    def upstreams(self) -> tuple[Upstream, ...]:
        """The named groups of servers."""
        return tuple(upstream(one) for one in self.all("upstream") if one.braces)

    @property
    def servers(self) -> tuple[Server, ...]:
        """The server blocks."""
        values = self.settled
        return tuple(server(one, values) for one in self.all("server") if one.braces)

    @property
    def passes(self) -> tuple[Target, ...]:
        """Every address something is passed to, in the order of the file."""
        values = self.settled
        return tuple(found for one in self.all(*PASSES) if (found := target(one, values)))

    @property
    def includes(self) -> tuple[Directive, ...]:
        """The `include` directives, each a hole in what this file can say about the block around it."""
        return self.all("include")

    @property
    def settled(self) -> Mapping[str, str]:
        """The variables that the file gives one value for certain, with that value."""
        elsewhere = {
            name for one in self.all(*GIVERS) for name in _VARIABLE.findall(" ".join(one.values[: GIVERS[one.name]]))
        }
        given: dict[str, set[str]] = {}
        for one in self.all("set"):
            if len(one.args) == 2:
                sure = all(block.name != "if" for block in self.around(one))
                given.setdefault(one.values[0].removeprefix("$"), set()).update((one.values[1],) if sure else ("", "?"))
        return {name: next(iter(found)) for name, found in given.items() if len(found) == 1 and name not in elsewhere}

    def effective(self, block: Directive, name: str) -> tuple[Directive, ...]:
        """The directives `name` that hold in a block: its own, or else those of the nearest block that has any.

        So it is for most directives, `add_header` and `proxy_set_header` among them: one of its own hides all of those
        around. Includes may bring others.
        """
        for level in (block.block, *(one.block for one in self.around(block)), self.directives):
            found = tuple(one for one in level if one.name == name)
            if found:
                return found
        return ()

    def headers(self, block: Directive) -> tuple[Header, ...]:
        """The headers added to answers of a block, inherited ones included."""
        return tuple(found for one in self.effective(block, "add_header") if (found := header(one)))

    def hidden_headers(self, block: Directive) -> tuple[Header, ...]:
        """The headers that would hold here if the block had none of its own, those it repeats left out."""
        own = {one.name.lower() for one in self.headers(block)}
        around = self.around(block)
        outer = self.headers(around[0]) if around and block.all("add_header") else ()
        return tuple(one for one in outer if one.name.lower() not in own)

    def atoms(self) -> Sequence[Atom]:
        """The words, each with the blocks around it, its place in the directive, and what ends that."""
        return [atom for one in self.directives for atom in one.atoms()]

    def comments(self) -> Sequence[Span]:
        """The comments, each from its `#` to the end of its line."""
        return self.comment_spans

    def scopes(self) -> Sequence[Span]:
        """The servers, locations and upstreams."""
        return tuple(one.span for one in self.walk() if one.braces and one.name in SCOPES)


def parse(source: Source) -> NginxFile:
    """The file as directives. Raises UnreadableError where nginx would stop, and where another reader disagrees."""
    found = tuple(tokens(source.text))
    directives = grow(source, found)
    refuse_disagreement(source.text, found)
    return NginxFile(source, directives, tuple(token.span for token in found if token.kind == "comment"))


def _within(directive: Directive, block: Directive) -> bool:
    return block.braces is not None and block.braces.contains(directive.span)
