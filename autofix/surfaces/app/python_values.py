"""Which value does an expression have, and does it come from the environment?"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from autofix.surfaces.app.python_tree import Tree, argument, dotted, keyword

READERS = frozenset({
    "environ.Env", "environ.FileAwareEnv", "environs.Env", "starlette.config.Config", "decouple.Config",
    "decouple.AutoConfig",
})  # fmt: skip
CASTS = frozenset({"int", "str", "float", "bool"})
NAMED = {"db": "DATABASE_URL", "db_url": "DATABASE_URL", "dj_db_url": "DATABASE_URL", "cache": "CACHE_URL",
         "cache_url": "CACHE_URL", "email": "EMAIL_URL", "email_url": "EMAIL_URL"}  # fmt: skip
METHODS = frozenset({"str", "bool", "int", "float", "json", "list", "tuple", "dict", "url", "path", "bytes", "decimal",
                     "unicode", "date", "datetime", "timedelta", "uuid", "log_level", "enum", "get_value",
                     *NAMED})  # fmt: skip
DEEPEST = 24


@dataclass(frozen=True)
class Read:
    """A read of the environment while the file is looked at.

    `given` says that a default was given, of whatever kind; `strict` that the read itself fails without the variable.
    """

    node: ast.expr
    key: ast.expr
    default: ast.expr | None
    given: bool
    strict: bool


def text(tree: Tree, node: ast.expr | None, depth: int = 0) -> str | None:
    """The string an expression is: a literal, a name for one, or such pieces put together; a name may be made of itself."""
    if node is None or depth > DEEPEST:
        return None
    node = tree.resolved(node)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(tree, [node.left, node.right], depth + 1)
    if isinstance(node, ast.JoinedStr):
        return _joined(tree, node.values, depth + 1)
    if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
        return text(tree, node.value, depth + 1)
    return None


def _joined(tree: Tree, nodes: list[ast.expr], depth: int) -> str | None:
    whole = ""
    for node in nodes:
        piece = text(tree, node, depth)
        if piece is None:
            return None
        whole += piece
    return whole


def texts(tree: Tree, node: ast.expr | None) -> list[str] | None:
    """The strings of a list, tuple or set; None when one of them, or the whole, cannot be told."""
    node = tree.resolved(node) if node is not None else None
    if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return None
    found = [text(tree, item) for item in node.elts]
    return None if any(one is None for one in found) else [one or "" for one in found]


def number(tree: Tree, node: ast.expr | None) -> int | None:
    """The whole number an expression is, written as such or in a string."""
    node = tree.resolved(node) if node is not None else None
    if isinstance(node, ast.Call) and dotted(node.func) in CASTS and len(node.args) == 1:
        return number(tree, node.args[0])
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return None
    if isinstance(node.value, str):
        return int(node.value) if node.value.isascii() and node.value.isdigit() else None
    return node.value if isinstance(node.value, int) else None


def literal(node: ast.expr | None) -> str | None:
    """A constant as the environment would hold it: a string's value, anything else as it is written."""
    if not isinstance(node, ast.Constant) or node.value is None or node.value is ...:
        return None
    return node.value if isinstance(node.value, str) else repr(node.value)


def environment(tree: Tree, node: ast.AST) -> bool:
    """Whether this is `os.environ`."""
    return tree.origin(node) == "os.environ"


def read_of(tree: Tree, node: ast.AST) -> Read | None:
    """The read of the environment an expression makes, if it is one."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and environment(tree, node.value):
        return Read(node, node.slice, None, given=False, strict=True)
    if not isinstance(node, ast.Call):
        return None
    origin = tree.origin(node.func)
    if origin in {"os.environ.get", "os.getenv", "os.environ.pop", "os.environ.setdefault"}:
        key, default = argument(node, 0, "key"), argument(node, 1, "default")
        strict = origin == "os.environ.pop" and default is None
        return Read(node, key, default, default is not None, strict) if key is not None else None
    return _reader_read(tree, node)


def _reader_read(tree: Tree, call: ast.Call) -> Read | None:
    """A read through decouple, environs, django-environ or Starlette's Config."""
    function, method = call.func, ""
    if isinstance(function, ast.Attribute) and function.attr in METHODS:
        method, function = function.attr, function.value
    maker = tree.resolved(function)
    made_by = tree.origin(maker.func) if isinstance(maker, ast.Call) else ""
    origin = tree.origin(function)
    shared = isinstance(function, ast.Name) and origin.endswith(".env")  # `from .base import env`
    if made_by not in READERS and origin != "decouple.config" and not shared:
        return None
    key = argument(call, 0, "var", "key", "name", "option")
    if key is None and method in NAMED:
        key = ast.copy_location(ast.Constant(NAMED[method]), call)
    if key is None or (shared and not _loud(key)):
        return None
    default = keyword(call, "default")
    at = 1 if method or "decouple" in origin + made_by or made_by == "environs.Env" else 2
    if shared and not method and len(call.args) > 1 and not _cast(call.args[1]):
        at = 1  # whose `env` it is cannot be told, but this is no type
    if default is None and len(call.args) > at:
        default = call.args[at]
    if default is None and made_by in {"environ.Env", "environ.FileAwareEnv"} and isinstance(maker, ast.Call):
        default = _scheme_default(keyword(maker, str(getattr(key, "value", ""))))
    return Read(call, key, default, given=default is not None, strict=default is None)


def _loud(key: ast.expr) -> bool:
    """Whether the name is written the way variables of the environment are."""
    return isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isupper()


def _cast(node: ast.expr) -> bool:
    """Whether the value is a type to read the variable as."""
    return isinstance(node, ast.Name) and node.id in {*CASTS, "list", "tuple", "dict"}


def _scheme_default(scheme: ast.expr | None) -> ast.expr | None:
    """`False` of `environ.Env(DEBUG=(bool, False))`."""
    return scheme.elts[1] if isinstance(scheme, ast.Tuple) and len(scheme.elts) == 2 else None


@dataclass(frozen=True)
class Setting:
    """A value that may be fixed, or come from a variable with or without a default."""

    value: str | None
    variable: str = ""


def setting(tree: Tree, node: ast.expr | None) -> Setting | None:
    """What an expression like `int(os.environ.get("PORT", 8000))` comes to; None when it cannot be told."""
    node = tree.resolved(node) if node is not None else None
    if isinstance(node, ast.Call) and dotted(node.func) in CASTS and len(node.args) == 1:
        return setting(tree, node.args[0])
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
        first, other = (setting(tree, value) for value in node.values)
        if first and other and first.variable and first.value is None and not other.variable:
            return Setting(other.value, first.variable)
        return None
    read = read_of(tree, node) if node is not None else None
    if read is not None:
        name = text(tree, read.key)
        value = _fixed(tree, read.default)
        if name is None or (read.given and value is None and literal(read.default) is not None):
            return None
        return Setting(value, name)
    value = _fixed(tree, node)
    return None if value is None else Setting(value)


def _fixed(tree: Tree, node: ast.expr | None) -> str | None:
    whole = number(tree, node)
    return text(tree, node) if whole is None else str(whole)
