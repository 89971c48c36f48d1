"""What does every extractor share about the file it reads?"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.exports import Export, exports
from autofix.surfaces.app.javascript.names import Names
from autofix.surfaces.app.javascript.servers import Servers
from autofix.surfaces.app.javascript.tree import Syntax
from autofix.surfaces.app.nodes import Use

if TYPE_CHECKING:
    from tree_sitter import Node

TEST = re.compile(
    r"(?:^|/)(?:__tests__|__mocks__|tests?|e2e|cypress|playwright)/|[.\-_](?:\w*test|spec|e2e|cy|stories|mock)\.[cm]?[jt]sx?$",
    re.IGNORECASE,
)
CONSOLE = re.compile(r"(?<![\w.])console\s*\.\s*\w+")
FRAMEWORKS = ("fastify", "hono", "koa", "express")


class File:
    """The syntax of one file, its names, its servers, and its calls by name."""

    def __init__(self, syntax: Syntax) -> None:
        self.syntax = syntax
        self.source = syntax.source
        self.names = Names(syntax)
        self.servers = Servers(syntax, self.names)
        self._calls: dict[str, list[Node]] = {}
        for call in syntax.found.get("call", []):
            self._calls.setdefault(syntax.callee(call), []).append(call)
        found = (syntax.node_at(one.start(), one.end()) for one in CONSOLE.finditer(syntax.source.text))
        self.consoles = [made for node in found if (made := _called(node)) is not None]

    @property
    def tests(self) -> bool:
        """Whether the file holds tests, so that nothing in it runs in production."""
        return bool(TEST.search(self.source.path))

    def calls(self, *names: str) -> list[Node]:
        """The calls of functions and methods by these names, or all of them, in the order of the text."""
        if not names:
            return self.syntax.found.get("call", [])
        found = [call for name in names for call in self._calls.get(name, ())]
        return sorted(found, key=lambda call: (call.end_byte, call.start_byte)) if len(names) > 1 else found

    @property
    def conditions(self) -> list[Node]:
        """Every `if`."""
        return self.syntax.found.get("if", [])

    @property
    def lookups(self) -> list[Node]:
        """Every `a[b]`."""
        return self.syntax.found.get("lookup", [])

    @cached_property
    def exports(self) -> list[Export]:
        """What other files can get from this one."""
        return list(exports(self.syntax))

    @cached_property
    def framework(self) -> str:
        """The framework the file imports, express when it imports none: it is what most plain scripts use."""
        modules = {one.module for one in self.names.imports}
        return next((one for one in FRAMEWORKS if one in modules), "express")

    @cached_property
    def handed(self) -> frozenset[tuple[str, int, int]]:
        """The keys of all parameters."""
        return self.names.parameters

    def use(self, kind: str, node: Node, what: str = "") -> Use:
        """Something the file does at a node."""
        return Use(self.source, self.syntax.span(node), f"{kind}:{what[:60]}", kind=kind, what=what)


def _called(node: Node | None) -> Node | None:
    """The call of a method that a node names."""
    parent = node.parent if node is not None and node.type == "member_expression" else None
    return parent if parent is not None and parent.type == "call_expression" and parent.children[0] == node else None
