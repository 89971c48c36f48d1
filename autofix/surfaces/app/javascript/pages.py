"""Which path does a file answer because of where it lies?  Next.js makes routes of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.plain import is_plain
from autofix.surfaces.app.javascript.tree import items
from autofix.surfaces.app.nodes import Route

if TYPE_CHECKING:
    from tree_sitter import Node

VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
ROUTE_FILE = re.compile(r"(?:.*/)?app/(?:(?P<path>.*)/)?route\.(?:[cm]?[jt]s|[jt]sx)")
PAGE_FILE = re.compile(r"(?:.*/)?pages/(?P<path>api(?:/.*)?)\.(?:[cm]?[jt]s|[jt]sx)")
UNSEEN = re.compile(r"\(.*\)|@.*")
SEVERAL = re.compile(r"(?:^|/)app/(?:.*/)?app/")


def is_page(path: str) -> bool:
    """Whether the name of a file alone may make it a route."""
    return bool(ROUTE_FILE.fullmatch(path) or PAGE_FILE.fullmatch(path))


def routes(file: File) -> Iterator[Route]:
    """What the file answers; a parameter stays as the name of its folder has it: `/users/[id]`."""
    source = file.source.path
    if (found := ROUTE_FILE.fullmatch(source)) is not None:
        parts = [part for part in (found["path"] or "").split("/") if part and not UNSEEN.fullmatch(part)]
        path = None if SEVERAL.search(source) else "/" + "/".join(parts)
        for name, node, function in _exported(file):
            if name in VERBS:
                yield _route(file, name, path, node, function)
    elif (found := PAGE_FILE.fullmatch(source)) is not None:
        path = "/" + found["path"].removesuffix("/index")
        for name, node, function in _exported(file):
            if name == "default":
                yield _route(file, "ANY", path, node, function)


def _route(file: File, method: str, path: str | None, node: Node, function: Node | None) -> Route:
    return Route(
        file.source,
        file.syntax.span(node),
        f"route:{method} {path or '?'}",
        framework="next",
        method=method,
        written="",
        path_span=None,
        prefix="",
        full_path=path,
        router="",
        handler=file.syntax.span(function) if function is not None else None,
        plain=is_plain(file.syntax, function) or _gives_json(file, function),
    )


def _gives_json(file: File, function: Node | None) -> bool:
    """Whether all a function does is to return literal JSON with status 200."""
    body = function.child_by_field_name("body") if function is not None else None
    pattern = r"\{?\s*(?:return\s+)?(?:Next)?Response\.json\(\s*\{[^(){}]*(?:new Date\(\)\.toISOString\(\)[^(){}]*)?\}\s*,?\s*\);?\s*\}?"
    text = file.syntax.text(body)
    return bool(re.fullmatch(pattern, text)) and "await" not in text


def _exported(file: File) -> Iterator[tuple[str, Node, Node | None]]:
    """Every export by the name other modules see, with the statement and the function where there is one."""
    for name, local, node in file.exports:
        yield name, node, file.names.function(local) if local is not None else None
    for node in file.syntax.found.get("export", []):
        clauses = [child for child in node.named_children if child.type == "export_clause"]
        for one in items(clauses[0]) if clauses and node.child_by_field_name("source") is not None else []:
            given = one.child_by_field_name("alias") or one.child_by_field_name("name")
            yield file.syntax.text(given), node, None
