"""Where are the strings of a file, and what is each of them part of?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.tree import WRAPPERS, Syntax, bare
from autofix.surfaces.app.literals import Text

if TYPE_CHECKING:
    from tree_sitter import Node

SAYS = re.compile(
    r"(?:this\.)?(?:console|\w*[lL]og(?:ger)?|app\.log|fastify\.log|server\.log|req(?:uest)?\.log|debug)(?:\.\w+)?|(?:new )?\w*Error"
    r"|describe|it|test|expect\S*"
)
LISTING = frozenset({"exclude", "forRoutes"})
CLOSED = frozenset({
    "arguments", "arrow_function", "assignment_expression", "if_statement", "pair", "parenthesized_expression",
    "return_statement", "variable_declarator",
})  # fmt: skip


def texts(syntax: Syntax) -> Iterator[Text]:
    """Every string, template and regular expression of the file, in its order."""
    waiting = [syntax.root]
    while waiting:
        node = waiting.pop()
        if node.type in ("string", "template_string"):
            yield _text(syntax, node)
        elif node.type == "regex":
            span = syntax.span(node)
            yield Text(span, span, "pattern", span, whole=False)
        waiting += reversed(node.named_children)


def _text(syntax: Syntax, node: Node) -> Text:
    whole = syntax.literal(node) is not None
    role, around, detail = _role(syntax, node)
    closed = around.parent is None or around.parent.type in CLOSED
    closed = closed or (around.parent is not None and _in_or(around.parent) and not detail.startswith("!"))
    if not whole and any(child.type == "template_substitution" for child in node.named_children) and role != "message":
        role = "joined"
    return Text(syntax.span(node), syntax.inside(node), role, syntax.span(around), detail, whole, closed)


def _in_or(parent: Node) -> bool:
    operator = parent.child_by_field_name("operator") if parent.type == "binary_expression" else None
    return operator is not None and operator.type == "||"


def _role(syntax: Syntax, node: Node) -> tuple[str, Node, str]:
    """What a string is part of: the role, the node it is about, its detail."""
    inner, outer = node, node.parent
    while outer is not None and outer.type in WRAPPERS:
        inner, outer = outer, outer.parent
    if outer is None or outer.type == "array":
        return ("element" if outer else "other"), outer or node, ""
    if outer.type == "arguments" and outer.parent is not None:
        return _argument(syntax, outer.parent)
    if outer.type == "binary_expression":
        operator = outer.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        return ("compared" if sign in ("===", "==", "!==", "!=") else _said(syntax, outer)), outer, sign
    if outer.type == "pair" and outer.child_by_field_name("value") == inner:
        return _entry(syntax, outer)
    return _of_statement(syntax, node, outer), outer, ""


def _of_statement(syntax: Syntax, node: Node, outer: Node) -> str:
    if outer.type == "switch_case" and bare(outer.child_by_field_name("value")) == node:
        return "case"
    return "import" if outer.type in ("import_statement", "export_statement") else _said(syntax, outer)


def _argument(syntax: Syntax, call: Node) -> tuple[str, Node, str]:
    name = syntax.callee(call)
    if name in ("require", "import"):
        return "import", call, name
    return ("message" if _says(syntax, call) else "argument"), call, name


def _entry(syntax: Syntax, pair: Node) -> tuple[str, Node, str]:
    around = pair.parent
    outer = around.parent if around is not None else None
    if around is None or outer is None:
        return "other", pair, syntax.key(pair)
    called = syntax.callee(outer.parent) if outer.type == "arguments" and outer.parent is not None else ""
    if outer.type == "array" or called in LISTING:
        return "entry", around, syntax.key(pair)
    return ("argument", pair, f"{called}.{syntax.key(pair)}") if called else ("other", pair, syntax.key(pair))


def _said(syntax: Syntax, node: Node) -> str:
    """Whether it is put together to be told to somebody."""
    while node.parent is not None and node.type in ("binary_expression", "template_substitution", "template_string"):
        node = node.parent
    call = node.parent if node.type == "arguments" else None
    return "message" if call is not None and _says(syntax, call) else "other"


def _says(syntax: Syntax, call: Node) -> bool:
    called = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    return bool(SAYS.fullmatch(syntax.text(called)))
