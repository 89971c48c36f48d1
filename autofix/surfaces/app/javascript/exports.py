"""What does a file give to others, and under which names?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.tree import FUNCTIONS, Syntax, bare, items

if TYPE_CHECKING:
    from tree_sitter import Node

Export = tuple[str, "Node | None", "Node"]


def exports(syntax: Syntax) -> Iterator[Export]:
    """Every export: the name others use, what it is here (a name, a function, a value), and the statement."""
    for node in syntax.found.get("export", []):
        if node.child_by_field_name("source") is None:
            yield from _of_statement(syntax, node)
    for node in syntax.found.get("assigned", []):
        left, right = syntax.text(node.child_by_field_name("left")), bare(node.child_by_field_name("right"))
        if left == "module.exports" and right is not None and right.type == "object":
            for pair in items(right):
                yield syntax.key(pair), pair.child_by_field_name("value") or pair, node
        elif left in ("module.exports", "exports.default"):
            yield "default", right, node
        elif left.startswith(("exports.", "module.exports.")):
            yield left.rpartition(".")[2], right, node


def _of_statement(syntax: Syntax, node: Node) -> Iterator[Export]:
    if any(child.type == "default" for child in node.children):
        given = node.child_by_field_name("value") or node.child_by_field_name("declaration")
        yield "default", given, node
        return
    declared = node.child_by_field_name("declaration")
    for child in node.named_children:
        if child.type == "export_clause":
            for one in items(child):
                name = one.child_by_field_name("name")
                yield syntax.text(one.child_by_field_name("alias") or name), name, node
    if declared is not None and (name := declared.child_by_field_name("name")) is not None:
        yield syntax.text(name), declared, node
    for one in items(declared) if declared is not None and "_declaration" in declared.type else []:
        if one.type == "variable_declarator" and (name := one.child_by_field_name("name")) is not None:
            yield from _declared(syntax, one, name, node)


def _declared(syntax: Syntax, one: Node, name: Node, node: Node) -> Iterator[Export]:
    if name.type == "identifier":
        value = bare(one.child_by_field_name("value"))
        yield syntax.text(name), value if value is not None and value.type in FUNCTIONS else name, node
        return
    for child in items(name):
        here = child.child_by_field_name("value") or child
        yield syntax.text(here), here, node


def names_of(syntax: Syntax, found: list[Export]) -> tuple[tuple[str, str], ...]:
    """The names others use with the names they have here, the last one each; values without a name are left out."""
    named: dict[str, str] = {}
    for public, given, _ in found:
        local = given
        if local is not None and "identifier" not in local.type:
            local = local.child_by_field_name("name") or local
        if local is not None and "identifier" in local.type:
            named[public] = syntax.text(local)
        elif local is not None and local.type in FUNCTIONS and public != "default":
            named[public] = public
    return tuple(named.items())
