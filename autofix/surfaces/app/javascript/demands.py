"""Does a file break over a variable that is missing, and does it ask for it whatever else is set?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.environment import operator
from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.tree import WRAPPERS, arguments

if TYPE_CHECKING:
    from tree_sitter import Node

REFUSES = re.compile(r"\bthrow\b|\bprocess\s*\.\s*exit\b")
CERTAIN = ("string", "number")
REFUSING = frozenset({"mongoose.connect", "mongoose.createConnection", "jwt.sign", "jwt.verify", "jsonwebtoken.sign",
                      "jsonwebtoken.verify", "URL", "Stripe", "Resend", "JSON.parse", "crypto.createHmac", "createHmac",
                      "Buffer.from"})  # fmt: skip
BRANCHES = frozenset({"if_statement", "ternary_expression", "while_statement"})
CASES = frozenset({"switch_case", "switch_default", "catch_clause"})


def breaks(file: File, node: Node) -> bool:
    """Whether the value is sure to be there: somebody says so (`!`, `as string`), or it is used as nothing else can be.

    Among the options of something, `!` only quiets the compiler.
    """
    inner, around, sure = node, node.parent, False
    while around is not None and around.type in WRAPPERS:
        sure |= around.type == "non_null_expression" or _is_certain(file, around)
        inner, around = around, around.parent
    if around is None:
        return False
    if sure and around.type not in ("pair", "array"):
        return True
    if around.type in ("member_expression", "subscript_expression"):
        optional = any(child.type in ("optional_chain", "?.") for child in around.children)
        return around.child_by_field_name("object") == inner and not optional
    if around.type != "arguments" or around.parent is None:
        return False
    called = around.parent.child_by_field_name("function") or around.parent.child_by_field_name("constructor")
    return file.syntax.text(called) in REFUSING and inner in arguments(around.parent)[:2]


def caught(file: File, node: Node) -> bool:
    """Whether a `try` around the node goes on without it."""
    inner, around = node, node.parent
    while around is not None:
        if around.type == "try_statement" and around.child_by_field_name("body") == inner:
            handler = file.syntax.text(around.child_by_field_name("handler"))
            if handler and not REFUSES.search(handler):
                return True
        inner, around = around, around.parent
    return False


def _is_certain(file: File, around: Node) -> bool:
    """`process.env.X as string`, unlike `as string | undefined`."""
    return around.type == "as_expression" and file.syntax.text(around.children[-1]) in CERTAIN


def branched(node: Node) -> bool:
    """Whether the node is only reached where something else says so: a branch, a case, a later half of `&&`.

    In a condition the later halves are part of one question.
    """
    inner, around, later = node, node.parent, False
    while around is not None:
        if around.type in CASES:
            return True
        if around.type in BRANCHES:
            if around.child_by_field_name("condition") != inner:
                return True
            later = False
        if around.type == "binary_expression" and operator(around) in ("&&", "||", "??"):
            later |= around.child_by_field_name("right") == inner
        inner, around = around, around.parent
    return later
