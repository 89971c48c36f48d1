"""Where does an expression read the environment, and what is used when nothing is set?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from autofix.surfaces.app.javascript.bindings import Origin
from autofix.surfaces.app.javascript.names import DEEPEST, Names
from autofix.surfaces.app.javascript.tree import Syntax, arguments, bare, receiver

if TYPE_CHECKING:
    from tree_sitter import Node

NAME = re.compile(r"[A-Za-z_]\w*")
UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
CASTS = frozenset(
    {"Number", "parseInt", "parseFloat", "String", "Number.parseInt", "Number.parseFloat", "normalizePort"}
)
ENVIRONMENTS = frozenset({"process.env", "process?.env", "Bun.env", "globalThis.process.env"})
CONFIG = re.compile(r"ConfigService")


class Read(NamedTuple):
    """A variable and the literal that stands in for it; `certain` is False when an expression does."""

    name: str
    default: str | None = None
    certain: bool = True


def is_environment(syntax: Syntax, names: Names, node: Node | None) -> bool:
    """Whether an expression is the environment itself, or a constant that is."""
    node = bare(node)
    if node is None:
        return False
    if node.type == "identifier":
        bound = names.binding(node)
        if bound is None:
            return False
        if bound.origin is not None:
            return bound.origin == Origin("process", "env")
        if bound.how == "property":
            return bound.member == "env" and bound.node is not None and syntax.text(bound.node) == "process"
        return bound.how == "value" and syntax.text(bare(bound.node)) in ENVIRONMENTS
    return node.type == "member_expression" and syntax.text(node) in ENVIRONMENTS


def variable(syntax: Syntax, names: Names, node: Node | None) -> str | None:
    """The variable that `process.env.X`, `process.env['X']` or Nest's `config.get('X')` reads."""
    node = bare(node)
    if node is None:
        return None
    if node.type == "call_expression":
        return _of_config(syntax, names, node)
    if node.type not in ("member_expression", "subscript_expression"):
        return None
    if not is_environment(syntax, names, node.child_by_field_name("object")):
        return None
    if node.type == "member_expression":
        return syntax.text(node.child_by_field_name("property"))
    name = syntax.literal(node.child_by_field_name("index"))
    return name if name and NAME.fullmatch(name) else None


def read(syntax: Syntax, names: Names, node: Node | None, depth: int = 0) -> Read | None:
    """The variable an expression comes to, through casts, defaults and constants of this file."""
    node = bare(node)
    if node is None or depth > DEEPEST:
        return None
    found = variable(syntax, names, node)
    if found is not None:
        given = arguments(node)[1:] if node.type == "call_expression" else []
        return Read(found, syntax.constant(given[0]) if given else None)
    reader = {
        "identifier": _of_constant,
        "shorthand_property_identifier": _of_constant,
        "call_expression": _of_cast,
        "unary_expression": _of_cast,
        "binary_expression": _with_default,
        "ternary_expression": _chosen,
    }.get(node.type)
    return reader(syntax, names, node, depth) if reader is not None else None


def _of_cast(syntax: Syntax, names: Names, node: Node, depth: int) -> Read | None:
    """`Number(process.env.PORT)`, `+process.env.PORT`."""
    if node.type == "unary_expression":
        inner = node.child_by_field_name("argument") if node.children[0].type == "+" else None
    else:
        given = arguments(node) if syntax.text(node.child_by_field_name("function")) in CASTS else []
        inner = given[0] if given else None
    return read(syntax, names, inner, depth + 1)


def operator(node: Node) -> str:
    """The operator of a binary expression."""
    said = node.child_by_field_name("operator")
    return said.type if said is not None else ""


def _of_constant(syntax: Syntax, names: Names, node: Node, depth: int) -> Read | None:
    bound = names.binding(node)
    if bound is None or bound.node is None:
        return None
    if bound.how == "value":
        return read(syntax, names, bound.node, depth + 1)
    if bound.how == "property" and is_environment(syntax, names, bound.node):
        pattern = next(
            (one for one in syntax.found["declared"] if one.child_by_field_name("value") == bound.node), None
        )
        taken = taken_from(syntax, pattern.child_by_field_name("name")) if pattern is not None else []
        return next((Read(one.name, one.default, one.certain) for one in taken if one.name == bound.member), None)
    return None


class Taken(NamedTuple):
    """A variable taken out of the environment by a pattern."""

    name: str
    default: str | None
    certain: bool
    node: Node


def taken_from(syntax: Syntax, pattern: Node | None) -> list[Taken]:
    """The variables that `{A, B = 'x', C: c = 1}` takes."""
    found = []
    for child in pattern.named_children if pattern is not None and pattern.type == "object_pattern" else []:
        key, inner = child, child
        if child.type == "pair_pattern":
            key, inner = child.child_by_field_name("key") or child, child.child_by_field_name("value") or child
        value = inner.child_by_field_name("right") if "assignment_pattern" in inner.type else None
        if key.type == "object_assignment_pattern":
            key = key.child_by_field_name("left") or key
        if key.type in ("property_identifier", "shorthand_property_identifier_pattern"):
            default = syntax.constant(value)
            found.append(Taken(syntax.text(key), default, value is None or default is not None, child))
    return found


def _with_default(syntax: Syntax, names: Names, node: Node, depth: int) -> Read | None:
    if operator(node) not in ("||", "??"):
        return None
    left = read(syntax, names, node.child_by_field_name("left"), depth + 1)
    if left is None or left.default is not None:
        return left
    right = node.child_by_field_name("right")
    default = syntax.constant(names.value(right))
    return Read(left.name, default, left.certain and default is not None)


def _chosen(syntax: Syntax, names: Names, node: Node, depth: int) -> Read | None:
    """`process.env.PORT ? Number(process.env.PORT) : 3000`."""
    condition = variable(syntax, names, node.child_by_field_name("condition"))
    chosen = read(syntax, names, node.child_by_field_name("consequence"), depth + 1)
    if condition is None or chosen is None or chosen.name != condition:
        return None
    default = syntax.constant(names.value(node.child_by_field_name("alternative")))
    return Read(condition, default, default is not None)


def _of_config(syntax: Syntax, names: Names, node: Node) -> str | None:
    """What Nest's ConfigService is asked for, which is the environment for names in capitals."""
    if syntax.callee(node) not in ("get", "getOrThrow"):
        return None
    given = arguments(node)
    name = syntax.literal(given[0]) if given else None
    if name is None or not UPPER.fullmatch(name):
        return None
    return name if _is_config(syntax, names, receiver(node)) else None


def _is_config(syntax: Syntax, names: Names, node: Node | None) -> bool:
    node = bare(node)
    if node is None:
        return False
    if node.type == "member_expression" and syntax.text(node).startswith("this."):
        return any(CONFIG.fullmatch(kind) for _, _, kind in names.fields.get(syntax.text(node)[5:], []))
    if node.type != "identifier":
        return False
    bound = names.binding(node)
    if bound is None:
        return False
    if bound.kind:
        return bool(CONFIG.fullmatch(bound.kind))
    made = bare(bound.node) if bound.how == "value" else None
    given = arguments(made) if made is not None and made.type == "call_expression" else []
    return bool(given) and CONFIG.fullmatch(syntax.text(given[0])) is not None
