"""What did the grammar see, and where is it in code points?

The grammar counts bytes of UTF-8; everything that leaves this package counts code points. Nothing of the tree outlives
`parse`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autofix.node import UnreadableError
from autofix.text import Source, Span

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, Tree

TYPESCRIPT = (".ts", ".mts", ".cts")
WIDE = re.compile("[^\x00-\x7f]")
LONGEST_LINE = 20_000
FUNCTIONS = frozenset({
    "arrow_function", "function_declaration", "function_expression", "generator_function",
    "generator_function_declaration", "method_definition",
})  # fmt: skip
WRAPPERS = frozenset({
    "as_expression", "await_expression", "non_null_expression", "parenthesized_expression", "satisfies_expression",
    "type_assertion",
})  # fmt: skip
QUERY = """
(call_expression) @call
(new_expression) @new
(variable_declarator) @declared
(import_statement) @import
(export_statement) @export
(formal_parameters) @parameters
(arrow_function parameter: (identifier)) @lambda
(function_declaration) @function
(class_declaration) @class
(assignment_expression) @assigned
(for_in_statement) @loop
(if_statement) @if
(subscript_expression) @lookup
(statement_block) @block
(comment) @comment
"""


class Syntax:
    """One file as the grammar reads it, with the helpers every extractor needs.

    Raises UnreadableError when the text is generated or any part of it was not understood.
    """

    def __init__(self, source: Source) -> None:
        if any(len(line) > LONGEST_LINE for line in source.text.splitlines()):
            raise UnreadableError("generated: nobody wrote a line that long")
        self.source = source
        self.language = language_of(source.path)
        self.data = source.text.encode()
        self._tree: Tree = _parsed(self.language, self.data)
        self.root: Node = self._tree.root_node
        if self.root.has_error:
            raise UnreadableError(f"not {self.language} as it is understood here", self._fault())

    @cached_property
    def found(self) -> dict[str, list[Node]]:
        """What the query captured, by name, in the order of the text."""
        from tree_sitter import QueryCursor

        return QueryCursor(_query(self.language)).captures(self.root)

    @cached_property
    def _wide(self) -> tuple[list[int], list[int]]:
        """The byte offset behind each code point of several bytes, and how far bytes have run ahead there."""
        ends: list[int] = []
        ahead = list(accumulate(len(found[0].encode()) - 1 for found in WIDE.finditer(self.source.text)))
        before = 0
        for found, shift in zip(WIDE.finditer(self.source.text), ahead, strict=True):
            ends.append(found.start() + before + len(found[0].encode()))
            before = shift
        return ends, [0, *ahead]

    def at(self, offset: int) -> int:
        """The code point offset of a byte offset, which must be a border between two code points."""
        ends, ahead = self._wide
        return offset - ahead[bisect_right(ends, offset)]

    def byte(self, offset: int) -> int:
        """The byte offset of a code point offset."""
        return len(self.source.text[:offset].encode()) if self._wide[0] else offset

    def span(self, node: Node) -> Span:
        """The place of a node in code points."""
        return Span(self.at(node.start_byte), self.at(node.end_byte))

    def text(self, node: Node | None) -> str:
        """The node as it is written; empty for none."""
        return "" if node is None else self.data[node.start_byte : node.end_byte].decode()

    def node_at(self, start: int, end: int) -> Node | None:
        """The smallest node over a range of code points."""
        return self.root.descendant_for_byte_range(self.byte(start), self.byte(end))

    def literal(self, node: Node | None) -> str | None:
        """What a string says, None when it is no string, has escapes or is put together."""
        if node is None or node.type not in ("string", "template_string"):
            return None
        if any(child.type in ("template_substitution", "escape_sequence") for child in node.named_children):
            return None
        return self.text(node)[1:-1]

    def inside(self, node: Node) -> Span:
        """The place of a string without its quotes."""
        return Span(self.at(node.start_byte) + 1, self.at(node.end_byte) - 1)

    def constant(self, node: Node | None) -> str | None:
        """What a literal says as text: a string, a number, true or false; None for anything else."""
        node = bare(node)
        if node is not None and node.type in ("number", "true", "false"):
            return self.text(node).replace("_", "")
        return self.literal(node)

    def entry(self, node: Node | None, *names: str) -> Node | None:
        """The value under the first of these keys that an object literal has."""
        node = bare(node)
        if node is None or node.type != "object":
            return None
        pairs = {self.key(child): child for child in reversed(node.named_children)}
        for name in names:
            if (pair := pairs.get(name)) is not None:
                return pair.child_by_field_name("value") if pair.type == "pair" else pair
        return None

    def key(self, pair: Node) -> str:
        """The name under which an entry stands in an object; empty when it is computed or spread."""
        name = pair if pair.type == "shorthand_property_identifier" else pair.child_by_field_name("key")
        if pair.type == "method_definition":
            name = pair.child_by_field_name("name")
        if name is None or name.type == "computed_property_name":
            return ""
        return self.literal(name) or self.text(name)

    def elements(self, node: Node | None) -> list[Node]:
        """The elements of an array literal, comments left out; none for anything else."""
        node = bare(node)
        return items(node) if node is not None and node.type == "array" else []

    def callee(self, call: Node) -> str:
        """The last name of what is called or constructed: `get` of `app.get(…)`, `express` of `express()`."""
        function = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        if function is None:
            return ""
        if function.type == "member_expression":
            function = function.child_by_field_name("property")
        elif function.type == "subscript_expression":
            return self.literal(function.child_by_field_name("index")) or ""
        return self.text(function) if function is not None and "identifier" in function.type else ""

    def _fault(self) -> int:
        node = self.root
        while not (node.is_error or node.is_missing):
            broken = next((child for child in node.children if child.has_error or child.is_missing), None)
            if broken is None:
                break
            node = broken
        return self.at(node.start_byte)


def language_of(path: str) -> str:
    """Which grammar reads a file: `typescript`, `tsx` or `javascript`."""
    suffix = PurePosixPath(path).suffix.lower()
    return "typescript" if suffix in TYPESCRIPT else "tsx" if suffix == ".tsx" else "javascript"


def bare(node: Node | None) -> Node | None:
    """The expression without parentheses, `await`, `!` and types around it."""
    while node is not None and node.type in WRAPPERS:
        children = items(node)
        if not children:
            return None
        node = children[-1] if node.type == "type_assertion" else children[0]
    return node


def items(node: Node | None) -> list[Node]:
    """The named children without comments."""
    return [] if node is None else [child for child in node.named_children if child.type != "comment"]


def arguments(call: Node) -> list[Node]:
    """The arguments of a call, none for a tagged template."""
    given = call.child_by_field_name("arguments")
    return items(given) if given is not None and given.type == "arguments" else []


def receiver(call: Node) -> Node | None:
    """What a method is called on: `app` of `app.get(…)`; None for a plain function."""
    function = call.child_by_field_name("function") or call.child_by_field_name("constructor")
    if function is not None and function.type in ("member_expression", "subscript_expression"):
        return function.child_by_field_name("object")
    return None


def covers(outer: Node, inner: Node) -> bool:
    """Whether a node stands within another one."""
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _parsed(language: str, data: bytes) -> Tree:
    from tree_sitter import Parser

    return Parser(_grammar(language)).parse(data)


@lru_cache(maxsize=3)
def _grammar(language: str) -> Language:
    from tree_sitter import Language

    if language == "javascript":
        import tree_sitter_javascript

        return Language(tree_sitter_javascript.language())
    import tree_sitter_typescript

    tsx = language == "tsx"
    return Language(tree_sitter_typescript.language_tsx() if tsx else tree_sitter_typescript.language_typescript())


@lru_cache(maxsize=3)
def _query(language: str) -> Query:
    from tree_sitter import Query

    field = "field_definition" if language == "javascript" else "public_field_definition"
    return Query(_grammar(language), f"{QUERY}({field}) @field")
