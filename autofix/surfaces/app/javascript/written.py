"""Which paths does an expression name, and where do they stand?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.tree import bare
from autofix.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node


class Written(NamedTuple):
    """A path as it stands in the source; `span` is None when it stands elsewhere, `text` when it is not literal."""

    text: str | None
    span: Span | None


def paths(file: File, node: Node) -> list[Written]:
    """Every path an argument names: a literal, a constant, several in an array."""
    literal = bare(node) or node
    if (text := file.syntax.literal(literal)) is not None:
        return [Written(text, file.syntax.inside(literal))]
    value = _looped_over(file, literal) or file.names.value(node)
    if value is not None and value.type == "array":
        found = [paths(file, one)[0] for one in file.syntax.elements(value)]
        here = value.start_byte == literal.start_byte or _looped_over(file, literal) is value
        return [one if here else one._replace(span=None) for one in found] or [Written(None, None)]
    return [Written(file.syntax.literal(value), None)]


def _looped_over(file: File, node: Node) -> Node | None:
    """The list in `for (const path of [...])` where the node is that name."""
    bound = file.names.binding(node) if node.type == "identifier" else None
    if bound is None or bound.how != "loop" or bound.node is None or bound.node.parent is None:
        return None
    operator = bound.node.parent.child_by_field_name("operator")
    return bound.node if operator is not None and operator.type == "of" and bound.node.type == "array" else None
