"""Which paths do the controllers of a Nest application answer, and what does the application put before them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.plain import is_plain
from autofix.surfaces.app.javascript.servers import joined
from autofix.surfaces.app.javascript.tree import arguments, bare, items
from autofix.surfaces.app.javascript.written import Written, paths
from autofix.surfaces.app.nodes import Mount, Route

if TYPE_CHECKING:
    from tree_sitter import Node

COMMON = "@nestjs/common"
VERBS = {"Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Head": "HEAD",
         "Options": "OPTIONS", "All": "ANY"}  # fmt: skip
GUARDS = frozenset({"UseGuards", "UseInterceptors", "UsePipes", "HttpCode", "Redirect", "Render", "Version"})


def routes(file: File) -> Iterator[Route]:
    """The routes of every controller, in the order of the text."""
    for node in file.syntax.found.get("class", []):
        over = _of_class(node)
        for decorator in over:
            if _name(file, decorator) == "Controller":
                yield from _controller(file, node, decorator, over)


def mounts(file: File) -> Iterator[Mount]:
    """The global prefix, and the default version, which is a prefix nobody can tell from here."""
    for call in file.calls("setGlobalPrefix"):
        given = arguments(call)
        if given:
            prefix = joined("", file.syntax.literal(file.names.value(given[0])))
            excluded = file.syntax.entry(given[1], "exclude") if len(given) > 1 else None
            yield _mount(file, call, prefix, tuple(_excluded(file, excluded)))
    for call in file.calls("enableVersioning"):
        given = arguments(call)
        if given and file.syntax.entry(given[0], "defaultVersion") is not None:
            yield _mount(file, call, None, ())


def _mount(file: File, call: Node, prefix: str | None, exclude: tuple[str, ...]) -> Mount:
    span = file.syntax.span(call)
    return Mount(file.source, span, f"mount:{prefix or '?'} *", prefix=prefix, router="*", exclude=exclude)


def _excluded(file: File, node: Node | None) -> Iterator[str]:
    for one in file.syntax.elements(file.names.value(node)):
        yield file.syntax.literal(file.syntax.entry(one, "path") or bare(one)) or file.syntax.text(one)


def _of_class(node: Node) -> list[Node]:
    """The decorators of a class, which stand before its `export` or after."""
    parent = node.parent
    outside = parent.children if parent is not None and parent.type == "export_statement" else []
    return [child for child in [*outside, *node.children] if child.type == "decorator"]


def _name(file: File, decorator: Node) -> str:
    """The name of Nest's decorator; empty for anyone else's."""
    call = decorator.named_children[0]
    function = call.child_by_field_name("function") if call.type == "call_expression" else call
    origin = file.names.origin(function)
    return origin.member if origin is not None and origin.module == COMMON else ""


def _paths(file: File, node: Node | None) -> list[Written]:
    return [Written("", None)] if node is None else paths(file, node)


def _controller(file: File, node: Node, decorator: Node, over: list[Node]) -> Iterator[Route]:
    given = arguments(decorator.named_children[0])
    option = bare(given[0]) if given else None
    unknown = False
    if option is not None and option.type == "object":
        unknown = any(file.syntax.entry(option, key) is not None for key in ("version", "host"))
        option = file.syntax.entry(option, "path")
    prefixes: list[str | None] = [None] if unknown else [one.text for one in _paths(file, option)]
    body = node.child_by_field_name("body")
    name = file.syntax.text(node.child_by_field_name("name"))
    guarded = any(_guards(file, one) for one in over)
    for method, decorators in _methods(body):
        for one in decorators:
            if (verb := VERBS.get(_name(file, one))) is not None:
                free = not guarded and not any(_guards(file, other) for other in decorators)
                versioned = any(_name(file, other) == "Version" for other in decorators)
                before: list[str | None] = [None] if versioned else prefixes
                yield from _of_method(file, (one, method, name), verb, before, plain=free)


def _guards(file: File, decorator: Node) -> bool:
    """Whether a decorator may stand between a request and its answer: one of Nest's, or one nobody here knows."""
    call = decorator.named_children[0]
    function = call.child_by_field_name("function") if call.type == "call_expression" else call
    origin = file.names.origin(function)
    if origin is None or origin.module == "@nestjs/swagger":
        return origin is None
    return origin.module != COMMON or origin.member in GUARDS


def _methods(body: Node | None) -> Iterator[tuple[Node, list[Node]]]:
    """Every method with its decorators, which are its siblings in TypeScript and its children in JavaScript."""
    waiting: list[Node] = []
    for child in items(body):
        if child.type == "decorator":
            waiting.append(child)
            continue
        if child.type == "method_definition":
            yield child, waiting + [one for one in child.children if one.type == "decorator"]
        waiting = []


def _of_method(
    file: File, where: tuple[Node, Node, str], verb: str, prefixes: list[str | None], *, plain: bool
) -> Iterator[Route]:
    decorator, method, router = where
    call = decorator.named_children[0]
    given = arguments(call) if call.type == "call_expression" else []
    answers = plain and is_plain(file.syntax, method)
    for written in _paths(file, given[0] if given else None):
        for prefix in prefixes:
            path = joined(joined("", prefix), written.text)
            yield Route(
                file.source,
                file.syntax.span(decorator),
                f"route:{verb} {path if path is not None else '?'}",
                framework="nest",
                method=verb,
                written=written.text or "",
                path_span=written.span,
                prefix=joined("", prefix),
                full_path="/" if path == "" else path,
                router=router,
                handler=file.syntax.span(method),
                plain=answers,
            )
