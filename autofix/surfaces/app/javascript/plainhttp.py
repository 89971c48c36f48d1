"""Which paths does a server without a framework answer?  Those its handler compares the URL with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.plain import parameters
from autofix.surfaces.app.javascript.tree import arguments, bare, items
from autofix.surfaces.app.nodes import Route

if TYPE_CHECKING:
    from tree_sitter import Node

TAKEN = frozenset({"", "path", "pathname", "url"})
METHOD = re.compile(r"\.method\s*===?\s*['\"](?P<method>[A-Z]+)['\"]")


def routes(file: File) -> Iterator[Route]:
    """A route for each literal path the handlers of plain servers compare a request's URL with."""
    for call in [*file.calls("createServer"), *file.syntax.found.get("new", [])]:
        made = file.servers.of(call)
        if made is None or made.framework != "http" or not arguments(call):
            continue
        function = file.names.function(arguments(call)[-1])
        names = parameters(file.syntax, function) if function is not None else []
        if function is not None and names and names[0]:
            yield from _compared(file, function, names[0], made.name)


def _compared(file: File, function: Node, request: str, router: str) -> Iterator[Route]:
    waiting: list[Node] = items(function.child_by_field_name("body"))[::-1]
    while waiting:
        node = waiting.pop()
        if node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type in ("===", "=="):
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                for one, other in ((left, right), (right, left)):
                    if _is_url(file, one, request) and _is_path(file, other):
                        yield _route(file, node, other, _method(file, node), router)
        elif node.type == "switch_statement" and _is_url(file, node.child_by_field_name("value"), request):
            for case in items(node.child_by_field_name("body")):
                value = case.child_by_field_name("value")
                if _is_path(file, value):
                    yield _route(file, case, value, "ANY", router)
        elif node.type == "call_expression" and file.syntax.callee(node) == "includes":
            yield from _one_of(file, node, request, router)
        waiting += reversed(items(node))


def _one_of(file: File, call: Node, request: str, router: str) -> Iterator[Route]:
    """`['/health', '/healthz'].includes(req.url)`."""
    function = call.child_by_field_name("function")
    given = arguments(call)
    if function is not None and given and _is_url(file, given[0], request):
        for one in file.syntax.elements(file.names.value(function.child_by_field_name("object"))):
            if _is_path(file, one):
                yield _route(file, call, one, _method(file, call), router)


def _is_path(file: File, node: Node | None) -> bool:
    return (file.syntax.literal(bare(node)) or "").startswith("/")


def _is_url(file: File, node: Node | None, request: str, depth: int = 0) -> bool:
    """Whether an expression is the URL of the request, or the path taken out of it."""
    node = bare(node)
    if node is None or depth > 4:
        return False
    if re.match(rf"{re.escape(request)}\.url\b", file.syntax.text(node)):
        return True
    if node.type in ("call_expression", "new_expression"):
        return any(_is_url(file, one, request, depth + 1) for one in arguments(node))
    if node.type in ("member_expression", "subscript_expression"):
        name = file.syntax.text(node.child_by_field_name("property"))
        inner = node.child_by_field_name("object")
        return name in TAKEN and _is_url(file, inner, request, depth + 1)
    return node.type == "identifier" and _named_url(file, node, request, depth)


def _named_url(file: File, node: Node, request: str, depth: int) -> bool:
    """Whether a constant is the URL or its path: `const { pathname } = new URL(req.url, base)`."""
    bound = file.names.binding(node)
    if bound is None or bound.how not in ("value", "property"):
        return False
    if bound.member == "url" and file.syntax.text(bound.node) == request:
        return True
    return (bound.how == "value" or bound.member in TAKEN) and _is_url(file, bound.node, request, depth + 1)


def _method(file: File, node: Node) -> str:
    """The method asked for in the same condition."""
    around = node
    while around.parent is not None and around.parent.type in ("binary_expression", "parenthesized_expression"):
        around = around.parent
    said = {found["method"] for found in METHOD.finditer(file.syntax.text(around))}
    return said.pop() if len(said) == 1 else "ANY"


def _route(file: File, node: Node, literal: Node | None, method: str, router: str) -> Route:
    literal = bare(literal) or node
    path = file.syntax.literal(literal) or ""
    return Route(
        file.source,
        file.syntax.span(node),
        f"route:{method} {path}",
        framework="http",
        method=method,
        written=path,
        path_span=file.syntax.inside(literal),
        prefix="",
        full_path=path.partition("?")[0],
        router=router,
        handler=None,
    )
