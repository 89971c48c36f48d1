"""Which names does a file bind, where, and to what?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.tree import Syntax, arguments, bare, items
from autofix.surfaces.app.nodes import Import

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True)
class Origin:
    """A thing another module gives: `('express', 'Router')`; the member of a default export is the empty name."""

    module: str
    member: str = ""

    @property
    def relative(self) -> bool:
        """Whether it is this repository's own: a path, or an alias as bundlers and `tsconfig` have them."""
        return self.module.startswith((".", "@/", "~/", "#", "src/"))


@dataclass(frozen=True)
class Binding:
    """One way a name comes to be. `start` and `end` are the bytes of the scope.

    `how` is `value` (`node` is the initial value), `property` (`node` is the value it is taken out of, `member` the
    key), `parameter` (`node` is the function), `function` or `class` (`node` is it), `import` (`origin`), `loop`
    (`node` is what is looped over). `kind` is the annotated type, `fixed` says that it is a constant, `at` where it stands.
    """

    name: str
    start: int
    end: int
    how: str
    node: Node | None = None
    member: str = ""
    origin: Origin | None = None
    kind: str = ""
    at: int = 0
    fixed: bool = False


class Bindings:
    """All bindings of a file by name: `bound`, `fields` of classes, `imports`, and what is `assigned` again later."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        found = syntax.found
        scopes = found.get("block", []) + [node for key in ("parameters", "lambda") for node in found.get(key, [])]
        spans = [self._scope_span(node) for node in scopes]
        self._scopes = sorted({(0, len(syntax.data)), *spans})
        self._starts = [start for start, _ in self._scopes]
        self.bound: dict[str, list[Binding]] = {}
        self.fields: dict[str, list[tuple[Node, Node | None, str]]] = {}
        self.imports: list[Import] = []
        self.assigned: dict[str, list[Node]] = {}
        for binding in self._all():
            self.bound.setdefault(binding.name, []).append(binding)

    def _innermost(self, at: int, without: tuple[int, int] = (-1, -1)) -> tuple[int, int]:
        for index in range(bisect_right(self._starts, at) - 1, -1, -1):
            if self._scopes[index][1] > at and self._scopes[index] != without:
                return self._scopes[index]
        return self._scopes[0]

    def _scope_span(self, node: Node) -> tuple[int, int]:
        """A block is its own scope, parameters are seen in the whole function."""
        if node.type == "formal_parameters" and node.parent is not None:
            node = node.parent
        return node.start_byte, node.end_byte

    def _all(self) -> Iterator[Binding]:
        readers = {
            "import": self._imported, "declared": self._declared, "function": self._named, "class": self._named,
            "parameters": self._parameters, "lambda": self._lambda, "loop": self._looped,
        }  # fmt: skip
        for key, reader in readers.items():
            for node in self.syntax.found.get(key, []):
                yield from reader(node)
        for node in self.syntax.found.get("assigned", []):
            self._assignment(node)
        for node in self.syntax.found.get("field", []):
            name = node.child_by_field_name("name") or node.child_by_field_name("property")
            value = node.child_by_field_name("value")
            self.fields.setdefault(self.syntax.text(name), []).append((node, value, self.kind_of(node)))

    def _named(self, node: Node) -> Iterator[Binding]:
        name = node.child_by_field_name("name")
        if name is not None:
            how = "class" if "class" in node.type else "function"
            scope = self._innermost(node.start_byte, (node.start_byte, node.end_byte))
            yield Binding(self.syntax.text(name), *scope, how, node, at=name.start_byte)

    def _lambda(self, node: Node) -> Iterator[Binding]:
        name = node.child_by_field_name("parameter")
        if name is not None:
            text = self.syntax.text(name)
            yield Binding(text, node.start_byte, node.end_byte, "parameter", node, "0", at=name.start_byte)

    def _looped(self, node: Node) -> Iterator[Binding]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and left.type == "identifier":
            yield Binding(self.syntax.text(left), node.start_byte, node.end_byte, "loop", right)

    def _assignment(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if left.type == "identifier":
            self.assigned.setdefault(self.syntax.text(left), []).append(right)
        elif self.syntax.text(left).startswith("this."):
            self.fields.setdefault(self.syntax.text(left)[5:], []).append((node, right, ""))

    def _imported(self, node: Node) -> Iterator[Binding]:
        clause = next((child for child in node.children if child.type.startswith("import_")), None)
        source = node.child_by_field_name("source") or (clause and clause.child_by_field_name("source"))
        module = self.syntax.literal(source) if source else None
        if module is None:
            return
        names = list(self._clause(clause)) if clause is not None else []
        self.note_import(node, module, names)
        for name, member in names:
            origin = Origin(module.removeprefix("node:"), "" if member in ("default", "*") else member)
            yield Binding(name, 0, len(self.syntax.data), "import", origin=origin)

    def note_import(self, node: Node, module: str, names: list[tuple[str, str]]) -> None:
        """Keep an import as a fact of the file."""
        self.imports.append(
            Import(self.syntax.source, self.syntax.span(node), f"import:{module}", module=module, names=tuple(names))
        )

    def _clause(self, clause: Node) -> Iterator[tuple[str, str]]:
        text = self.syntax.text
        for child in clause.named_children:
            if child.type == "identifier":
                yield text(child), "default"
            elif child.type == "namespace_import":
                yield text(child.named_children[-1]), "*"
            elif child.type == "named_imports":
                for one in items(child):
                    name, alias = one.child_by_field_name("name"), one.child_by_field_name("alias")
                    yield text(alias or name), text(name)

    def _declared(self, node: Node) -> Iterator[Binding]:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        scope = self._innermost(node.start_byte)
        fixed = node.parent is not None and node.parent.children[0].type == "const"
        taken = list(self._taken(name)) if name.type == "object_pattern" else []
        bare_value = bare(value)
        origin = required(self.syntax, bare_value) if bare_value is not None else None
        if origin is not None and bare_value is not None:
            names = taken or [(self.syntax.text(name), "default")]
            module = self.syntax.literal(arguments(bare_value)[0]) or ""
            self.note_import(node, module, [one for one in names if one[0].isidentifier()])
        if name.type == "identifier":
            kind = self.kind_of(node)
            yield Binding(self.syntax.text(name), *scope, "value", value, kind=kind, at=name.start_byte, fixed=fixed)
        for here, member in taken:
            yield Binding(here, *scope, "property", value, member, at=name.start_byte, fixed=fixed)

    def _taken(self, pattern: Node) -> Iterator[tuple[str, str]]:
        """The names an object pattern binds, with the keys they are taken from."""
        for child in pattern.named_children:
            name, key = child, None
            if child.type == "pair_pattern":
                key, name = child.child_by_field_name("key"), child.child_by_field_name("value") or child
            if name.type in ("object_assignment_pattern", "assignment_pattern"):
                name = name.child_by_field_name("left") or name
            if name.type in ("identifier", "shorthand_property_identifier_pattern"):
                yield self.syntax.text(name), self.syntax.text(key or name)

    def _parameters(self, node: Node) -> Iterator[Binding]:
        function = node.parent
        if function is None:
            return
        for index, child in enumerate(items(node)):
            name = child.child_by_field_name("pattern") or child
            if name.type == "assignment_pattern":
                name = name.child_by_field_name("left") or name
            kind = self.kind_of(child)
            for here in [self.syntax.text(name)] if name.type == "identifier" else []:
                yield Binding(
                    here, function.start_byte, function.end_byte, "parameter", function, str(index), kind=kind
                )
                if any(part.type in ("accessibility_modifier", "readonly") for part in child.children):
                    self.fields.setdefault(here, []).append((child, None, kind))
            if name.type == "object_pattern":
                for here, member in self._taken(name):
                    yield Binding(
                        here, function.start_byte, function.end_byte, "parameter", function, f"{index}.{member}"
                    )

    def kind_of(self, node: Node) -> str:
        """The annotated type, without its arguments."""
        annotation = node.child_by_field_name("type")
        return self.syntax.text(annotation).lstrip(": ").partition("<")[0].strip() if annotation is not None else ""


def required(syntax: Syntax, node: Node) -> Origin | None:
    """The module behind `require('x')` or `import('x')`."""
    if node.type != "call_expression":
        return None
    function = node.child_by_field_name("function")
    if function is None or syntax.text(function) not in ("require", "import"):
        return None
    given = arguments(node)
    module = syntax.literal(given[0]) if given else None
    return Origin(module.removeprefix("node:")) if module else None
