"""What does a file mean, token by token?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.node import Atom
from autofix.surfaces.app.javascript.tree import Syntax
from autofix.text import Span

if TYPE_CHECKING:
    from tree_sitter import TreeCursor

CHAINED = "binary_expression"
SPELLED = frozenset({"template_string", "string", "regex", "jsx_element", "jsx_text"})


def atoms(syntax: Syntax) -> list[Atom]:
    """Every token with the kinds of what it stands in and its text; comments and blanks between tokens are none."""
    return list(_below(syntax, syntax.root.walk(), ()))


def _below(syntax: Syntax, cursor: TreeCursor, route: tuple[str, ...]) -> Iterator[Atom]:
    """The tokens under the cursor, without recursion: chains of calls nest deeper than Python does."""
    routes = [route]
    reached = [0]
    while True:
        node = cursor.node
        assert node is not None
        spelled = bool(routes[-1]) and routes[-1][-1] in SPELLED
        if spelled and reached[-1] < node.start_byte:
            yield _atom(syntax, reached[-1], node.start_byte, routes[-1])
        reached[-1] = node.end_byte
        if node.type != "comment" and node.child_count and cursor.goto_first_child():
            chained = routes[-1][-1:] == (CHAINED,) and node.type == CHAINED  # one more link moves no other token
            routes.append(routes[-1] if chained else (*routes[-1], node.type))
            reached.append(node.start_byte)
            continue
        if node.type not in ("comment", "html_comment") and node.end_byte > node.start_byte:
            yield _atom(syntax, node.start_byte, node.end_byte, routes[-1])
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            ended = cursor.node
            assert ended is not None
            if routes[-1][-1] in SPELLED and reached[-1] < ended.end_byte:
                yield _atom(syntax, reached[-1], ended.end_byte, routes[-1])
            routes.pop()
            reached.pop()


def _atom(syntax: Syntax, start: int, end: int, route: tuple[str, ...]) -> Atom:
    return Span(syntax.at(start), syntax.at(end)), (route, syntax.data[start:end].decode())
