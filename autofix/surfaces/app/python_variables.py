"""Which variables of the environment does a Python file read, and does it go on without them?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autofix.surfaces.app.nodes import Variable
from autofix.surfaces.app.python_demands import branched, breaks
from autofix.surfaces.app.python_settings import fields
from autofix.surfaces.app.python_tree import FUNCTIONS, Tree, keyword
from autofix.surfaces.app.python_values import Read, environment, literal, read_of, text, texts
from autofix.surfaces.app.python_wrappers import wrapped

EXITS = frozenset({"sys.exit", "os._exit", "os.abort"})
LOOSE = (ast.If, ast.While, ast.IfExp, ast.Assert)
Test = ast.If | ast.While | ast.IfExp | ast.Assert


class Variables:
    """The reads of one file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def variables(self) -> Iterator[Variable]:
        """Every read, settings classes included."""
        for node in (*self.tree.every(ast.Call), *self.tree.every(ast.Subscript)):
            read = read_of(self.tree, node)
            if read is not None:
                yield from self._read(read)
            elif isinstance(node, ast.Call) and (name := text(self.tree, keyword(node, "envvar"))):
                asked = keyword(node, "required")
                required = isinstance(asked, ast.Constant) and asked.value is True
                yield self.fact(
                    node, name, literal(keyword(node, "default")), required=required, checked=required, strict=required
                )
        for comparison in self.tree.every(ast.Compare):
            yield from self._asked(comparison)
        yield from fields(self.tree)

    def _read(self, read: Read) -> Iterator[Variable]:
        name = text(self.tree, read.key)
        if name:
            default, required, fallback = self._fallback(read)
            checked = required and self._checked(read)
            insisted = checked and not self._asks_further(read.node)
            strict = insisted or (required and (read.strict or breaks(self.tree, read.node)))
            fact = self.fact(read.node, name, default, required=required or checked, checked=checked, strict=strict)
            yield replace(fact, fallback=fallback)
        elif isinstance(read.key, ast.Name):
            yield from self._looped(read, read.key.id)
            yield from wrapped(self.tree, read, read.key.id)

    def fact(
        self, node: ast.expr, name: str, default: str | None, *, required: bool, checked: bool, strict: bool
    ) -> Variable:
        """One read as a rule sees it."""
        return Variable(
            self.tree.source,
            self.tree.span(node),
            f"variable:{name}",
            name=name,
            default=default,
            required=required,
            checked=checked,
            strict=strict,
            branched=branched(self.tree, node),
            fallback=default is not None,
        )

    def _fallback(self, read: Read) -> tuple[str | None, bool, bool]:
        """The literal used without it, whether nothing at all is, and whether something is, a literal or not."""
        if read.given:
            value = self.tree.resolved(read.default) if read.default is not None else None
            nothing = isinstance(value, ast.Constant) and value.value is None
            return literal(value), False, not nothing
        outer = self.tree.parents.get(read.node)
        if isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.Or) and outer.values[-1] is not read.node:
            return literal(self.tree.resolved(outer.values[-1])), False, True
        if self._known_there(read):
            return None, False, False
        return None, not self._caught(read.node) if read.strict else not self._only_asked(read.node), False

    def _only_asked(self, node: ast.expr) -> bool:
        """Whether the value is not used, but only whether it is there or what it equals."""
        outer = self.tree.parents.get(node)
        called = outer.func.id if isinstance(outer, ast.Call) and isinstance(outer.func, ast.Name) else ""
        if isinstance(outer, LOOSE):
            return outer.test is node and not self._guards(node)
        denied = isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
        if denied or called == "bool" or isinstance(outer, (ast.Compare, ast.BoolOp, ast.Expr)):
            return not self._guards(node)
        name = self.tree.target_of(node)
        return bool(name) and not self._name_fails(node, name) and any(self._tests(node, name))

    def _known_there(self, read: Read) -> bool:
        """Whether the read stands in a branch of an `if` that asked for the very variable."""
        name, inner = text(self.tree, read.key), read.node
        for outer in self.tree.ancestors(read.node):
            if isinstance(outer, (ast.If, ast.IfExp)) and outer.test is not inner and self._asks(outer.test, name):
                return True
            inner = outer  # type: ignore[assignment]
        return False

    def _asks(self, test: ast.expr, name: str | None) -> bool:
        for node in ast.walk(test):
            read = read_of(self.tree, node)
            key = read.key if read is not None else None
            if isinstance(node, ast.Compare) and environment(self.tree, node.comparators[0]):
                key = node.left
            if key is not None and text(self.tree, key) == name:
                return True
        return False

    def _guards(self, node: ast.AST, *, denied: bool = False) -> bool:
        """Whether the file ends when the value is missing, because of the test the node stands in."""
        inner = node
        for outer in self.tree.ancestors(node):
            if isinstance(outer, LOOSE):
                if outer.test is not inner or isinstance(outer, (ast.IfExp, ast.While)):
                    return False
                return not denied if isinstance(outer, ast.Assert) else denied and self._ends(outer.body)
            if isinstance(outer, ast.stmt):
                return False
            if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not):
                denied = not denied
            elif isinstance(outer, ast.Compare):
                denied = _missing(outer)
                if not denied:
                    return False
            elif isinstance(outer, ast.BoolOp) and isinstance(outer.op, ast.Or) != denied:
                return False  # the other half may do
            inner = outer
        return False

    # does it refuse to start?

    def _checked(self, read: Read) -> bool:
        """Whether the file fails without the variable: the read itself does at import, or an `if` after it."""
        if read.strict:
            return self._at_import(read.node) and not self._caught(read.node)
        outer = self.tree.parents.get(read.node)
        if outer is not None and self._guards(read.node):
            return True
        name = self.tree.target_of(read.node)
        return bool(name) and self._name_fails(read.node, name)

    def _asks_further(self, node: ast.expr) -> bool:
        """Whether something else is asked before the file ends, so that it may go on with a value of its own."""
        name = self.tree.target_of(node)
        tests = [*self.tree.ancestors(node), *(self._tests(node, name) if name else ())]
        bodies = (test.body for test in tests if isinstance(test, ast.If))
        return any(isinstance(inner, ast.If) for body in bodies for one in body for inner in ast.walk(one))

    def _at_import(self, node: ast.AST) -> bool:
        return self.tree.function_of(node) is None

    def _caught(self, node: ast.AST) -> bool:
        """Whether a `try` around it goes on without it."""
        for outer in self.tree.ancestors(node):
            if isinstance(outer, ast.Try) and not all(self._ends(handler.body) for handler in outer.handlers):
                return True
        return False

    def _name_fails(self, node: ast.expr, name: str) -> bool:
        return any(self._fails(test, missing=True) and _denies(test.test, name) for test in self._tests(node, name))

    def _tests(self, node: ast.expr, name: str) -> Iterator[Test]:
        """What in the same function asks whether the name has a value."""
        scope = self.tree.function_of(node)
        tree = self.tree
        asked: list[Test] = [
            *tree.every(ast.If),
            *tree.every(ast.While),
            *tree.every(ast.IfExp),
            *tree.every(ast.Assert),
        ]
        for test in asked:
            if tree.function_of(test) is scope and _mentions(test.test, name):
                yield test

    def _fails(self, test: ast.AST, *, missing: bool) -> bool:
        """Whether the file ends when the test says that something is missing."""
        if isinstance(test, ast.Assert):
            return True
        return missing and isinstance(test, ast.If) and self._ends(test.body)

    def _ends(self, body: Sequence[ast.stmt]) -> bool:
        return any(
            isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and self.exits(node))
            for statement in body
            for node in _here(statement)
        )

    def exits(self, call: ast.Call) -> bool:
        """Whether the call ends the process."""
        named = call.func.id if isinstance(call.func, ast.Name) else ""
        return self.tree.origin(call.func) in EXITS or (named in {"exit", "quit"} and named not in self.tree.names)

    # reads that name their variable elsewhere

    def _asked(self, comparison: ast.Compare) -> Iterator[Variable]:
        """`"X" in os.environ`."""
        if len(comparison.ops) != 1 or not isinstance(comparison.ops[0], (ast.In, ast.NotIn)):
            return
        if environment(self.tree, comparison.comparators[0]) and (name := text(self.tree, comparison.left)):
            refused = self._guards(comparison, denied=isinstance(comparison.ops[0], ast.NotIn))
            yield self.fact(comparison, name, None, required=refused, checked=refused, strict=refused)

    def _looped(self, read: Read, name: str) -> Iterator[Variable]:
        """`for name in ["A", "B"]: if not os.getenv(name): raise …`, or a comprehension that collects the missing ones."""
        for outer in self.tree.ancestors(read.node):
            if isinstance(outer, ast.For) and _binds(outer.target, name):
                yield from self._named(outer.iter, read, checked=self._ends(outer.body))
                return
            if isinstance(outer, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
                loop = outer.generators[0]
                if _binds(loop.target, name):
                    collected = self.tree.target_of(outer)
                    failing = self._guards(read.node) or bool(collected and self._collected(read.node, collected))
                    yield from self._named(loop.iter, read, checked=failing)
                    return

    def _collected(self, node: ast.expr, name: str) -> bool:
        """Whether the file ends when the list of what is missing is not empty."""
        outer = self.tree.parents.get(node)
        denied = isinstance(outer, ast.UnaryOp) or (isinstance(outer, ast.Compare) and _missing(outer))
        return denied and any(
            self._fails(test, missing=True) and not _denies(test.test, name) for test in self._tests(node, name)
        )

    def _named(self, names: ast.expr, read: Read, *, checked: bool) -> Iterator[Variable]:
        names = self.tree.resolved(names)
        if not isinstance(names, (ast.List, ast.Tuple, ast.Set)) or texts(self.tree, names) is None:
            return
        for item in names.elts:
            name = text(self.tree, item)
            if name:
                required = not read.given or checked
                strict = checked or (required and read.strict)
                yield self.fact(item, name, literal(read.default), required=required, checked=checked, strict=strict)


def _binds(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(node))


def _denies(test: ast.expr, name: str) -> bool:
    """Whether the test holds when the name has no value: `not x`, `x is None`, `x == ""`, one of several such."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return any(_denies(one, name) for one in test.values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = test.operand
        every = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "all"
        together = isinstance(inner, ast.BoolOp) and isinstance(inner.op, ast.And)
        return (isinstance(inner, ast.Name) or every or together) and _mentions(inner, name)
    return isinstance(test, ast.Compare) and _missing(test) and _mentions(test.left, name)


def _missing(test: ast.Compare) -> bool:
    """`x is None` and `x == ""`."""
    other = test.comparators[0]
    same = len(test.ops) == 1 and isinstance(test.ops[0], (ast.Is, ast.Eq))
    return same and isinstance(other, ast.Constant) and other.value in {None, ""}


def _here(statement: ast.stmt) -> Iterable[ast.AST]:
    """The nodes of a statement, those of functions it defines left out."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, (*FUNCTIONS, ast.Lambda)):
            yield node
            waiting += ast.iter_child_nodes(node)
