"""Which variables are read through a function of the same file, `def flag(name, default=None): return os.getenv(name, …)`?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autofix.surfaces.app.nodes import Variable
from autofix.surfaces.app.python_demands import branched
from autofix.surfaces.app.python_tree import FUNCTIONS, Function, Tree, argument, spread
from autofix.surfaces.app.python_values import Read, literal, text


def wrapped(tree: Tree, read: Read, name: str) -> Iterator[Variable]:
    """What the calls of the function read whose parameter `name` is the key of this read."""
    function = tree.function_of(read.node)
    if not isinstance(function, FUNCTIONS) or tree.parents.get(function) is not tree.root:
        return
    places = _places(function)
    if name not in places or sum(one.name == function.name for one in tree.definitions()) != 1:
        return
    fallback = _fallback(read, places)
    for call in tree.every(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == function.name and not spread(call):
            variable = text(tree, argument(call, places[name], name))
            if variable:
                yield _fact(tree, call, variable, read, _given(function, call, fallback, places))


def _places(function: Function) -> dict[str, int]:
    """The parameters and where an argument for each stands; one that has to be named stands nowhere."""
    named = {one.arg: 99 for one in function.args.kwonlyargs}
    return {one.arg: at for at, one in enumerate([*function.args.posonlyargs, *function.args.args])} | named


def _fallback(read: Read, places: dict[str, int]) -> str:
    """The parameter that is used without the variable."""
    if read.given:
        return read.default.id if isinstance(read.default, ast.Name) and read.default.id in places else ""
    return next((one for one in places if "default" in one or "fallback" in one), "")


def _given(function: Function, call: ast.Call, name: str, places: dict[str, int]) -> ast.expr | None:
    """What the call gives for it, or the function itself does."""
    if not name:
        return None
    value = argument(call, places[name], name)
    if value is not None:
        return value
    defaults = function.args.defaults
    given = places[name] - (len(function.args.posonlyargs) + len(function.args.args) - len(defaults))
    return defaults[given] if 0 <= given < len(defaults) else None


def _fact(tree: Tree, call: ast.Call, name: str, read: Read, default: ast.expr | None) -> Variable:
    value = literal(tree.resolved(default)) if default is not None else None
    required = default is None and not read.given and not branched(tree, read.node)
    strict = required and read.strict
    return Variable(
        tree.source,
        tree.span(call),
        f"variable:{name}",
        name=name,
        default=value,
        required=required,
        checked=strict and tree.function_of(call) is None,
        strict=strict,
        branched=branched(tree, call),
        fallback=not required,
    )
