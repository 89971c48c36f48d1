"""How does the grammar nest what the shell reads in a row?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autofix.surfaces.shell.faults import parts_of_command
from autofix.surfaces.shell.finds import Context
from autofix.surfaces.shell.nodes import Frame
from autofix.surfaces.shell.part import Part

SYNTAX = frozenset(
    {"test_command", "unary_expression", "binary_expression", "parenthesized_expression", "ternary_expression"}
)


class Link(NamedTuple):
    """One link of a chain, and the redirections the grammar gives to all links before it too."""

    part: Part
    redirects: tuple[Part, ...] = ()

    @property
    def end(self) -> int:
        """Where it ends, with its redirections."""
        return max(self.part.span.end, *(one.span.end for one in self.redirects), 0)

    def walk(self) -> Iterator[Part]:
        """All parts of it."""
        for part in (self.part, *self.redirects):
            yield from part.walk()


def flattened(part: Part) -> tuple[list[Link], list[Part]]:
    """The links and the operators of a list, which the grammar nests."""
    links: list[Link] = []
    operators: list[Part] = []
    for child in part.children:
        inner = child.children[0] if child.kind == "redirected_statement" else child
        if inner.kind == "list":
            inner_links, inner_operators = flattened(inner)
            redirects = child.children[1:] if inner is not child else ()
            links += [*inner_links[:-1], inner_links[-1]._replace(redirects=inner_links[-1].redirects + redirects)]
            operators += inner_operators
        elif child.kind in ("&&", "||"):
            operators.append(child)
        elif child.kind != "comment":
            links.append(Link(child))
    return links, operators


def stages(part: Part) -> Iterator[Part]:
    """The stages of a pipeline; behind a here-document the grammar nests them."""
    for child in part.children:
        if child.kind == "pipeline":
            yield from stages(child)
        else:
            yield child


def operands(part: Part) -> Iterator[Part]:
    """The words of a test."""
    for child in part.children:
        if child.kind in SYNTAX:
            yield from operands(child)
        elif child.kind != "comment":
            yield child


def start_of(text: str, part: Part) -> int:
    """Where a link starts, without assignments of the lines before that the grammar takes for a part of it."""
    if part.kind == "command":
        own = parts_of_command(text, part)[1]
        return min((child.span.start for child in own), default=part.span.start)
    if part.kind in ("list", "pipeline", "redirected_statement"):
        return start_of(text, part.children[0])
    return part.span.start


def frames_of_heredoc(part: Part, heredoc: Part | None) -> Context:
    """What the rest of its line makes of the command that reads a here-document."""
    if heredoc is None:
        return ()
    pipeline = heredoc.child("pipeline")
    if pipeline is not None:
        behind = sum(child.named for child in stages(pipeline))
        return (Frame("pipeline", f"1/{behind + 1}", part.span),)
    if any(child.role == "right" for child in heredoc.children):
        return (Frame("or" if heredoc.child("||") else "and", "left", part.span),)
    return ()
