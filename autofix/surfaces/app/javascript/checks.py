"""Without which variables does a file refuse to start?

It does where the start itself throws or exits when one is missing, and where a schema of the environment is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.environment import is_environment, operator, variable
from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.tree import FUNCTIONS, arguments, bare, covers, items, receiver
from autofix.surfaces.app.nodes import Variable

if TYPE_CHECKING:
    from tree_sitter import Node

REFUSES = re.compile(r"\bthrow\b|\bprocess\s*\.\s*exit\b")
FURTHER = re.compile(r"\bif\s*\(")
STARTS = re.compile(
    r"main|bootstrap|start\w*|init\w*|run|setup\w*"
    r"|(?:validate|check|assert|ensure|require|verify|load)\w*(?:[eE]nv|ENV|Config|Var|Settings)\w*"
)
EACH = frozenset({"every", "filter", "find", "forEach", "map", "reduce", "some"})
NAME = re.compile(r"[A-Za-z_]\w*")

PARSERS = frozenset(
    {"parse", "safeParse", "validate", "validateSync", "cleanEnv", "envsafe", "createEnv", "forRoot", "makeValidator"}
)


class Checks:
    """The checks of a file: `names` are refused when missing, `listed` the reads only a list or a schema states.

    `unsure` are those of the names of which something else is asked before they are refused.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        self.listed: list[Variable] = []
        self.names: set[str] = set()
        self.unsure: set[str] = set()
        if "env" not in file.source.text:
            return
        if REFUSES.search(file.source.text):
            self._conditions()
            self._lists()
        self._schemas()

    def _conditions(self) -> None:
        """`if (!process.env.A || !b) throw …`"""
        for node in self.file.conditions:
            condition, then = bare(node.child_by_field_name("condition")), node.child_by_field_name("consequence")
            if condition is not None and REFUSES.search(self.file.syntax.text(then)) and self._at_start(node):
                missing = set(self._missing(condition))
                self.names |= missing
                self.unsure |= missing if FURTHER.search(self.file.syntax.text(then)) else set()

    def _missing(self, condition: Node) -> Iterator[str]:
        """The variables whose absence alone makes a condition true."""
        condition = bare(condition) or condition
        if condition.type == "binary_expression":
            left, right = condition.child_by_field_name("left"), condition.child_by_field_name("right")
            said = operator(condition)
            if said == "||" and left is not None and right is not None:
                yield from self._missing(left)
                yield from self._missing(right)
            elif said in ("===", "==") and self.file.syntax.text(right) in ("undefined", "null", "''", '""'):
                yield from self._named(left)
        elif condition.type == "unary_expression" and condition.children[0].type == "!":
            yield from self._named(condition.child_by_field_name("argument"))

    def _named(self, node: Node | None) -> Iterator[str]:
        syntax, names = self.file.syntax, self.file.names
        node = bare(node)
        if node is None:
            return
        name = variable(syntax, names, names.value(node))
        if name is None and node.type == "identifier":
            bound = names.binding(node)
            taken = bound is not None and bound.how == "property" and is_environment(syntax, names, bound.node)
            name = bound.member if bound is not None and taken else None
        if name is not None:
            yield name

    def _at_start(self, node: Node) -> bool:
        """Whether a statement runs when the file is loaded, as far as one can see."""
        around = node.parent
        while around is not None:
            if around.type in FUNCTIONS and not self._runs_at_start(around):
                return False
            around = around.parent
        return True

    def _runs_at_start(self, function: Node) -> bool:
        name = self.file.servers.name_of(function)
        if name:
            return bool(STARTS.fullmatch(name)) or name in self._called
        parent = function.parent
        while parent is not None and parent.type in ("parenthesized_expression", "arguments", "await_expression"):
            parent = parent.parent
        if parent is None or parent.type != "call_expression":
            return False
        inner = bare(parent.child_by_field_name("function"))
        return inner == function or self.file.syntax.callee(parent) in EACH

    @cached_property
    def _called(self) -> frozenset[str]:
        """The functions that are called outside of all others."""
        inside = [node.parent for node in self.file.syntax.found.get("parameters", []) if node.parent is not None]
        calls = self.file.calls()
        free = (call for call in calls if not any(covers(one, call) for one in inside))
        return frozenset(self.file.syntax.callee(call) for call in free)

    def _lists(self) -> None:
        """Names in an array of which each is looked up in the environment and missed."""
        for node in self.file.lookups:
            key = node.child_by_field_name("index")
            if not is_environment(self.file.syntax, self.file.names, node.child_by_field_name("object")):
                continue
            if key is None or key.type != "identifier" or not self._missed(node):
                continue
            array = self._looped(key)
            if array is not None and self._at_start(node) and self._refuses_after(array):
                self._list(array)

    def _missed(self, node: Node) -> bool:
        """Whether a lookup is tested for absence."""
        around = node.parent
        while around is not None and around.type in (
            "parenthesized_expression",
            "non_null_expression",
            "member_expression",
            "call_expression",
        ):
            around = around.parent
        if around is None:
            return False
        if around.type == "unary_expression":
            return around.children[0].type == "!"
        if around.type == "binary_expression":
            return operator(around) in ("===", "==") and "undefined" in self.file.syntax.text(around)
        return (
            around.type == "arrow_function"
            and self.file.syntax.text(around.parent and around.parent.parent).count(".every(") > 0
        )

    def _looped(self, key: Node) -> Node | None:
        """The array of names that a variable runs through."""
        bound = self.file.names.binding(key)
        if bound is None:
            return None
        array = bound.node if bound.how == "loop" else None
        if bound.how == "parameter" and bound.node is not None and bound.member == "0":
            given = bound.node.parent
            call = given.parent if given is not None and given.type == "arguments" else None
            if call is not None and call.type == "call_expression" and self.file.syntax.callee(call) in EACH:
                array = receiver(call)
        array = self.file.names.value(array)
        return array if array is not None and array.type == "array" else None

    def _refuses_after(self, array: Node) -> bool:
        return REFUSES.search(self.file.syntax.data[array.end_byte :].decode()) is not None

    def _list(self, array: Node) -> None:
        for one in self.file.syntax.elements(array):
            name = self.file.syntax.literal(one)
            if name and NAME.fullmatch(name):
                self.names.add(name)
                self.listed.append(self._variable(one, name))

    def _variable(self, node: Node, name: str, default: str | None = None, *, required: bool = True) -> Variable:
        span = self.file.syntax.span(node)
        return Variable(
            self.file.source,
            span,
            f"env:{name}",
            name=name,
            default=default,
            required=required,
            fallback=default is not None or not required,
        )

    def _schemas(self) -> None:
        for call in self.file.calls(*PARSERS):
            for pair in (pair for schema in self._parts(call) for pair in items(schema)):
                name = self.file.syntax.key(pair)
                value = pair.child_by_field_name("value") if pair.type == "pair" else None
                if value is not None and NAME.fullmatch(name):
                    self._entry(pair, name, value, strict=self.file.syntax.callee(call) != "safeParse")

    def _parts(self, call: Node) -> Iterator[Node]:
        """The object literals that describe the environment: that of a library, or those for server and browser."""
        syntax = self.file.syntax
        given = arguments(call)
        if syntax.callee(call) != "createEnv":
            schemas = [self._schema(call)]
        else:
            whole = (
                syntax.entry(given[0], "runtimeEnv", "runtimeEnvStrict", "experimental__runtimeEnv") if given else None
            )
            of_env = whole is not None and (is_environment(syntax, self.file.names, whole) or whole.type == "object")
            schemas = [bare(syntax.entry(given[0], part)) for part in ("server", "client", "shared")] if of_env else []
        yield from (schema for schema in schemas if schema is not None and schema.type == "object")

    def _schema(self, call: Node) -> Node | None:
        """The object literal that describes the environment in a call that checks it."""
        syntax, names = self.file.syntax, self.file.names
        given, name = arguments(call), syntax.callee(call)
        if name == "envsafe":
            return names.value(given[0]) if given else None
        if name == "forRoot":
            return self._described(syntax.entry(given[0], "validationSchema")) if given else None
        if not any(is_environment(syntax, names, one) for one in given):
            return None
        if name == "cleanEnv":
            return names.value(given[1]) if len(given) > 1 else None
        return self._described(receiver(call))

    def _described(self, node: Node | None) -> Node | None:
        """The object of `z.object({…})`, behind methods like `.passthrough()`."""
        node = self.file.names.value(node)
        while node is not None and node.type == "call_expression":
            if self.file.syntax.callee(node) in ("object", "strictObject", "looseObject") or self.file.syntax.text(
                receiver(node)
            ) in ("Joi", "joi"):
                given = arguments(node)
                return self.file.names.value(given[0]) if given else None
            node = self.file.names.value(receiver(node))
        return None

    def _entry(self, pair: Node, name: str, value: Node, *, strict: bool) -> None:
        text = self.file.syntax.text(value)
        default = self._default(value)
        relaxed = re.search(
            r"\b(?:optional|nullish|nullable|allowEmpty|devDefault)\b|\.default\(|\bdefault:|\.catch\(", text
        )
        known = self._is_validator(value)
        self.listed.append(self._variable(pair, name, default, required=relaxed is None and known))
        if strict or REFUSES.search(self.file.source.text):
            self.names.add(name)

    def _is_validator(self, value: Node) -> bool:
        """Whether a library decides what is allowed, not a helper that may have a default of its own."""
        node: Node | None = bare(value)
        while node is not None and node.type in ("call_expression", "member_expression"):
            node = bare(node.child_by_field_name("function") or node.child_by_field_name("object"))
        origin = self.file.names.origin(node)
        return origin is not None and not origin.relative

    def _default(self, value: Node) -> str | None:
        """The literal of `.default(3000)` or of `port({ default: 3000 })`."""
        node: Node | None = bare(value)
        while node is not None and node.type == "call_expression":
            given = arguments(node)
            if self.file.syntax.callee(node) == "default" and given:
                return self.file.syntax.constant(given[0])
            if given and (said := self.file.syntax.entry(given[0], "default")) is not None:
                return self.file.syntax.constant(said)
            node = bare(receiver(node))
        return None
