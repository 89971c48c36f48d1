"""What does a Python file consist of, and where does each part stand?

The standard library's `ast` reads the file (3 ms where libcst takes 100), and its UTF-8 byte columns become code
points here. Nothing of this outlives `parse`: facts are frozen values.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from autofix.node import UnreadableError
from autofix.text import Source, Span

N = TypeVar("N", bound=ast.AST)
BOM = "\ufeff"
LINE_END = re.compile(r"\r\n|\r|\n")  # what Python calls a line; a `Source` counts `\n` alone
SHARED = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop)  # one object for all who use them
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def read(source: Source) -> ast.Module:
    """The syntax tree. Raises UnreadableError for whatever this Python does not accept, with one reason."""
    text = source.text.removeprefix(BOM)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in somebody's file are no news of ours
        try:
            return ast.parse(text)
        except SyntaxError as error:
            line = (error.lineno or 1) - 1
            starts = line_starts(source.text)
            raise UnreadableError("not Python as this version reads it", starts[min(line, len(starts) - 1)]) from None
        except (ValueError, RecursionError, MemoryError):
            raise UnreadableError("not Python as this version reads it") from None


def line_starts(text: str) -> list[int]:
    """Where every line starts as Python counts them; the byte order mark belongs to none."""
    return [int(text.startswith(BOM)), *(match.end() for match in LINE_END.finditer(text))]


class Tree:
    """One file while its facts are read: its nodes, who holds whom, and what names stand for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.root = read(source)
        self._starts = line_starts(source.text)
        self._ascii = source.text.isascii()
        self.parents: dict[ast.AST, ast.AST] = {}
        self._kinds: dict[type[ast.AST], list[ast.AST]] = {}
        self._origins: dict[ast.AST, str] = {}
        self._collect()
        self.names = dict(self._imported())
        self.given = self._assignments()
        times = Counter(self._every_binding())
        self.values = {name: given[0] for name, given in self.given.items() if times[name] == 1}

    def _collect(self) -> None:
        """Every node under its kind, in the order of the text."""
        waiting: list[ast.AST] = [self.root]
        while waiting:
            node = waiting.pop()
            self._kinds.setdefault(type(node), []).append(node)
            children: list[ast.AST] = []
            for name in node._fields:
                value = getattr(node, name, None)
                if isinstance(value, list):
                    children += [one for one in value if isinstance(one, ast.AST)]
                elif isinstance(value, ast.AST) and not isinstance(value, SHARED):
                    children.append(value)
            for child in children:
                self.parents[child] = node
            waiting += reversed(children)

    def every(self, kind: type[N]) -> Iterator[N]:
        """The nodes of this very kind, in the order of the text."""
        yield from self._kinds.get(kind, ())  # type: ignore[misc]

    def definitions(self) -> Iterator[Function | ast.ClassDef]:
        """Every function and class."""
        yield from self.every(ast.FunctionDef)
        yield from self.every(ast.AsyncFunctionDef)
        yield from self.every(ast.ClassDef)

    # where things stand

    def offset(self, line: int, column: int) -> int:
        """The code point at a 1-based line and a 0-based column of UTF-8 bytes."""
        start = self._starts[line - 1]
        if self._ascii:
            return start + column
        end = self._starts[line] if line < len(self._starts) else len(self.source.text)
        return start + len(self.source.text[start:end].encode()[:column].decode())

    def line_start(self, line: int) -> int:
        """The code point a 1-based line starts at; the end of the text for the line behind the last."""
        return self._starts[line - 1] if line <= len(self._starts) else len(self.source.text)

    def decorators_start(self, node: Function | ast.ClassDef) -> int:
        """Where the first decorator's `@` stands."""
        first = self.span(node.decorator_list[0]).start
        return self.source.text.rfind("@", 0, first)

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """Where the node stands; something inside an f-string stands where all of it does when Python miscounts."""
        string = self._string_around(node)
        place = self._place(node)
        if string is None or (place is not None and self._reads_as(place, node)):
            return place or Span(0, 0)
        return self._place(string) or Span(0, 0)

    def _place(self, node: ast.expr | ast.stmt) -> Span | None:
        try:
            start = self.offset(node.lineno, node.col_offset)
            return Span(start, self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0))
        except (IndexError, UnicodeDecodeError):
            return None

    def _string_around(self, node: ast.AST) -> ast.JoinedStr | None:
        """The outermost f-string the node stands in."""
        found = None
        for outer in self.ancestors(node):
            if isinstance(outer, ast.JoinedStr):
                found = outer
            elif isinstance(outer, ast.stmt):
                break
        return found

    def _reads_as(self, place: Span, node: ast.AST) -> bool:
        try:
            return ast.dump(ast.parse(self.source.slice(place), mode="eval").body) == ast.dump(node)
        except (SyntaxError, ValueError):
            return False

    def written(self, node: ast.expr) -> str:
        """The expression as it is written."""
        return self.source.slice(self.span(node))

    # who holds whom

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, innermost first."""
        while (outer := self.parents.get(node)) is not None:
            yield outer
            node = outer

    def function_of(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The function whose body (or signature) holds the node."""
        return next((one for one in self.ancestors(node) if isinstance(one, (*FUNCTIONS, ast.Lambda))), None)

    def target_of(self, node: ast.expr) -> str:
        """The one name (or `self.name`) the expression is assigned to, empty when it is not."""
        outer = self.parents.get(node)
        while isinstance(outer, (ast.Await, ast.BoolOp, ast.IfExp)):
            outer = self.parents.get(outer)
        return next((name for name, _ in _assigned(outer)), "") if outer is not None else ""

    # what names stand for

    def _imported(self) -> Iterator[tuple[str, str]]:
        """What a name of this file is called where it comes from; relative modules keep their dots."""
        for whole in self.every(ast.Import):
            for alias in whole.names:
                yield (
                    alias.asname or alias.name.partition(".")[0],
                    alias.name if alias.asname else alias.name.partition(".")[0],
                )
        for part in self.every(ast.ImportFrom):
            module = "." * part.level + (part.module or "")
            for alias in part.names:
                yield alias.asname or alias.name, f"{module}{'.' * (not module.endswith('.'))}{alias.name}"

    def _every_binding(self) -> Iterator[str]:
        """Every name something binds, once for each time; `self.name` when it is assigned."""
        yield from (node.id for node in self.every(ast.Name) if not isinstance(node.ctx, ast.Load))
        yield from (dotted(node) for node in self.every(ast.Attribute) if not isinstance(node.ctx, ast.Load))
        yield from (node.arg for node in self.every(ast.arg))
        yield from (node.name for node in self.definitions())
        yield from (node.name for node in self.every(ast.ExceptHandler) if node.name)
        yield from self.names

    def _assignments(self) -> dict[str, list[ast.expr]]:
        """Every value a name (or `self.name`) is given by a plain assignment, whatever the scope."""
        values: dict[str, list[ast.expr]] = {}
        for statement in (*self.every(ast.Assign), *self.every(ast.AnnAssign), *self.every(ast.NamedExpr)):
            for name, value in _assigned(statement):
                values.setdefault(name, []).append(value)
        return values

    def origin(self, node: ast.AST | None) -> str:
        """The dotted name of an imported thing, `flask.Flask`; empty when it is not imported here."""
        if node is None:
            return ""
        known = self._origins.get(node)
        if known is None:
            first, dot, rest = dotted(node).partition(".")
            known = f"{self.names[first]}{dot}{rest}" if first in self.names else ""
            self._origins[node] = known
        return known

    def resolved(self, node: ast.expr) -> ast.expr:
        """The expression a name stands for, followed through names bound once."""
        for _ in range(4):
            value = self.values.get(dotted(node)) if isinstance(node, (ast.Name, ast.Attribute)) else None
            if value is None:
                break
            node = value
        return node


def _assigned(statement: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names an assignment gives a value of their own."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, (ast.AnnAssign, ast.NamedExpr)) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return
    for target in targets:
        if name := dotted(target):
            yield name, value


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` of names and attributes, empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def keyword(call: ast.Call, *names: str) -> ast.expr | None:
    """The value of the first of these keywords the call has."""
    return next((one.value for one in call.keywords if one.arg in names), None)


def argument(call: ast.Call, place: int, *names: str) -> ast.expr | None:
    """The value given at a place or by one of the names; None as well when a `*` decides what stands there."""
    if place < len(call.args) and not any(isinstance(one, ast.Starred) for one in call.args[: place + 1]):
        return call.args[place]
    return keyword(call, *names)


def spread(call: ast.Call) -> bool:
    """Whether `*x` or `**x` bring arguments that cannot be seen."""
    return any(one.arg is None for one in call.keywords) or any(isinstance(one, ast.Starred) for one in call.args)
