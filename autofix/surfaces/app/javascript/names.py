"""What does a name of this file stand for, and where did it come from?

Names are resolved by scope: of all that bind a name, the innermost around the use counts. A name that is assigned
again later stands for nothing certain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.bindings import Binding, Bindings, Origin, required
from autofix.surfaces.app.javascript.tree import FUNCTIONS, Syntax, bare

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 6
NAMES = frozenset({"identifier", "shorthand_property_identifier"})


class Names:
    """The bindings of one file."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.bindings = Bindings(syntax)
        self.fields = self.bindings.fields
        self.imports = self.bindings.imports
        self._origins: dict[tuple[int, int], Origin | None] = {}

    def binding(self, node: Node) -> Binding | None:
        """What binds an identifier where it stands; None when nothing here does, or when it was assigned again."""
        name, at = self.syntax.text(node), node.start_byte
        around = [one for one in self.bindings.bound.get(name, ()) if one.start <= at < one.end]
        best = max(around, key=lambda one: one.start, default=None)
        if best is None or best.fixed or best.how not in ("value", "property") or name not in self.bindings.assigned:
            return best
        return self._assigned_once(name, best)

    @property
    def parameters(self) -> frozenset[tuple[str, int, int]]:
        """Every parameter by its name, its place and the start of its function."""
        every = (one for bound in self.bindings.bound.values() for one in bound)
        return frozenset((one.name, one.at, one.start) for one in every if one.how == "parameter")

    def imported(self, name: str) -> Origin | None:
        """Where an imported name comes from, wherever in the file it stands."""
        return next((one.origin for one in self.bindings.bound.get(name, ()) if one.origin is not None), None)

    def value(self, node: Node | None, depth: int = 0) -> Node | None:
        """The expression a node stands for: constants are followed to their value, everything else is itself."""
        node = bare(node)
        if node is None or node.type not in NAMES or depth > DEEPEST:
            return node
        bound = self.binding(node)
        if bound is None or bound.how != "value" or bound.node is None:
            return node
        return self.value(bound.node, depth + 1)

    def origin(self, node: Node | None, depth: int = 0) -> Origin | None:
        """Which module gives what this expression says, and under which name; None when no module does."""
        node = bare(node)
        if node is None or depth > DEEPEST:
            return None
        place = node.start_byte, node.end_byte
        if place not in self._origins:
            self._origins[place] = self._origin(node, depth)
        return self._origins[place]

    def _origin(self, node: Node, depth: int) -> Origin | None:
        if node.type in NAMES:
            bound = self.binding(node)
            if bound is None or bound.how not in ("import", "value", "property"):
                return None
            if bound.origin is not None:
                return bound.origin
            inner = self.origin(bound.node, depth + 1)
            return inner if bound.how == "value" or inner is None else _member(inner, bound.member)
        if node.type == "member_expression":
            inner = self.origin(node.child_by_field_name("object"), depth + 1)
            return inner and _member(inner, self.syntax.text(node.child_by_field_name("property")))
        return required(self.syntax, node)

    def function(self, node: Node | None) -> Node | None:
        """The function an expression stands for: a literal, or one declared in this file by that name."""
        node = self.value(node)
        if node is not None and node.type in NAMES:
            bound = self.binding(node)
            node = bound.node if bound is not None and bound.how == "function" else node
        return node if node is not None and node.type in FUNCTIONS else None

    def _assigned_once(self, name: str, best: Binding) -> Binding | None:
        """A name without a value of its own that one single assignment gives one, or a type."""
        values = self.bindings.assigned[name]
        if best.how != "value" or best.node is not None:
            return None
        if len(values) == 1:
            return replace(best, node=values[0])
        return best if best.kind else None


def _member(origin: Origin, name: str) -> Origin:
    """A thing's member; `.default` is the thing itself."""
    if name == "default":
        return origin
    return Origin(origin.module, f"{origin.member}.{name}" if origin.member else name)
