"""Which place of the file system does a Python expression name?

The answer is a path as a shell would write it: `${NAME:-default}` stands for what the environment says, `*` for a part
that cannot be told. What is below the folder of the file or of the process is relative. Empty: nothing can be told.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable
from typing import Any

from autofix.surfaces.app.python_tree import Tree, argument
from autofix.surfaces.app.python_values import read_of, text

ANY = "*"
DEEPEST = 8
ROOTED = ("/", "${")
MAKERS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "anyio.Path"})
JOINS = frozenset({"os.path.join", "posixpath.join"})
SAME = frozenset({"str", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expandvars"})
HERE = frozenset({"os.getcwd", *(f"{maker}.cwd" for maker in MAKERS)})
SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "strip", "rstrip"})


def path_of(tree: Tree, node: ast.expr | None) -> str:
    """The place an expression names; empty as well for a relative one that leaves the folder it is relative to."""
    path = _path(tree, node, 0)
    if path.startswith(ROOTED):
        return path
    return "" if path in {"", ANY} or posixpath.normpath(path).startswith("..") else path


def _path(tree: Tree, node: ast.expr | None, depth: int) -> str:
    if node is None or depth > DEEPEST:
        return ""
    node = tree.resolved(node)
    said = text(tree, node)
    reader = _READERS.get(type(node))
    if said is not None or reader is None:
        return said or ""
    return _of_variable(tree, node, depth + 1) or reader(tree, node, depth + 1)


def _of_name(tree: Tree, node: ast.Name, depth: int) -> str:
    del depth
    return posixpath.join(".", tree.source.path) if node.id == "__file__" else ""


def _of_pieces(tree: Tree, node: ast.JoinedStr, depth: int) -> str:
    return _glued([_path(tree, one, depth) for one in node.values])


def _of_piece(tree: Tree, node: ast.FormattedValue, depth: int) -> str:
    return _path(tree, node.value, depth)


def _of_operator(tree: Tree, node: ast.BinOp, depth: int) -> str:
    sides = [_path(tree, side, depth) for side in (node.left, node.right)]
    return _joined(sides) if isinstance(node.op, ast.Div) else _glued(sides) if isinstance(node.op, ast.Add) else ""


def _of_alternatives(tree: Tree, node: ast.BoolOp, depth: int) -> str:
    return _first([_path(tree, one, depth) for one in node.values]) if isinstance(node.op, ast.Or) else ""


def _of_choice(tree: Tree, node: ast.IfExp, depth: int) -> str:
    """Both ends of a choice count: the one that may be anywhere, else either."""
    ways = [_path(tree, one, depth) for one in (node.body, node.orelse)]
    outside = [one for one in ways if one.startswith(ROOTED)]
    return outside[0] if outside else ways[0] if all(ways) else ""


def _of_attribute(tree: Tree, node: ast.Attribute, depth: int) -> str:
    if node.attr == "parent":
        return posixpath.dirname(_path(tree, node.value, depth)) or "."
    own = isinstance(node.value, ast.Name) and node.value.id == "self"
    return _of_field(tree, node.attr, depth) if own else ""


def _glued(pieces: list[str]) -> str:
    """The pieces put together: one that is not known matters only at the start."""
    return pieces[0] + "".join(piece or ANY for piece in pieces[1:]) if pieces and pieces[0] else ""


def _joined(pieces: list[str]) -> str:
    return posixpath.join(pieces[0], *(piece or ANY for piece in pieces[1:])) if pieces and pieces[0] else ""


def _first(ways: list[str]) -> str:
    """What an `or` comes to: a variable with what follows as its default."""
    first, rest = ways[0], ways[1:]
    if first.startswith("${") and first.endswith("}") and ":-" not in first and rest:
        return f"{first[:-1]}:-{_first(rest)}}}"
    return first or next((one for one in rest if one.startswith(ROOTED)), "")


def _of_field(tree: Tree, name: str, depth: int) -> str:
    """What an object of this file keeps under a name, where one single statement says so."""
    given = [
        one.value
        for one in tree.every(ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Attribute) and target.attr == name
    ]
    return _path(tree, given[0], depth) if len(given) == 1 else ""


def _of_variable(tree: Tree, node: ast.expr, depth: int) -> str:
    read = read_of(tree, node)
    name = text(tree, read.key) if read else None
    if read is None or name is None:
        return ""
    return f"${{{name}:-{_path(tree, read.default, depth + 1)}}}" if read.default is not None else f"${{{name}}}"


def _of_parents(tree: Tree, node: ast.Subscript, depth: int) -> str:
    """`Path(__file__).parents[2]`."""
    number = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if not (isinstance(node.value, ast.Attribute) and node.value.attr == "parents" and isinstance(number, int)):
        return ""
    path = _path(tree, node.value.value, depth)
    for _ in range(number + 1):
        path = posixpath.dirname(path)
    return path or ("." if number >= 0 else "")


def _of_call(tree: Tree, node: ast.Call, depth: int) -> str:
    origin = tree.origin(node.func)
    given = [_path(tree, one, depth) for one in node.args]
    if origin in HERE or (origin in MAKERS and not given):
        return "."
    if origin.startswith("tempfile."):
        return "/tmp"  # noqa: S108 - what it says of a container
    if origin in MAKERS or origin in JOINS:
        return _joined(given)
    if origin == "os.path.dirname" or origin in SAME:
        path = _path(tree, argument(node, 0, "p", "path"), depth)
        return path if origin in SAME else posixpath.dirname(path) or "."
    return _of_method(tree, node.func, given, depth) if isinstance(node.func, ast.Attribute) else ""


def _of_method(tree: Tree, function: ast.Attribute, given: list[str], depth: int) -> str:
    below = _path(tree, function.value, depth)
    if function.attr == "joinpath":
        return _joined([below, *given])
    return below if function.attr in SAME_METHODS else ""


_READERS: dict[type[ast.expr], Callable[[Tree, Any, int], str]] = {
    ast.Name: _of_name,
    ast.JoinedStr: _of_pieces,
    ast.FormattedValue: _of_piece,
    ast.BinOp: _of_operator,
    ast.BoolOp: _of_alternatives,
    ast.IfExp: _of_choice,
    ast.Attribute: _of_attribute,
    ast.Subscript: _of_parents,
    ast.Call: _of_call,
}
