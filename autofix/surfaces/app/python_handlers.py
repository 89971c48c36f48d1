"""Where is a request answered, and does the answer need anything else?"""

from __future__ import annotations

import ast

from autofix.surfaces.app.python_tree import FUNCTIONS, Function, Tree, dotted, keyword

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
GIVEN = frozenset({"request", "req", "self", "cls", "response"})
ANSWERS = frozenset({"JSONResponse", "ORJSONResponse", "UJSONResponse", "PlainTextResponse", "HTMLResponse", "Response",
                     "jsonify", "JsonResponse", "HttpResponse", "json_response", "dict", "str", "int", "round",
                     "make_response", "text", "json"})  # fmt: skip
CLOCKS = frozenset({"now", "utcnow", "isoformat", "time", "monotonic"})
LEVELS = frozenset({"debug", "info"})
FIXED = frozenset({"settings", "config", "logger", "log", "logging", "datetime", "time", "timezone", "status"})

Answer = Function | ast.ClassDef | ast.Lambda


def answer(tree: Tree, view: ast.expr | None) -> Answer | None:
    """What answers, when it is defined here: a function, a class behind `as_view()`, a lambda."""
    if isinstance(view, ast.Call) and isinstance(view.func, ast.Attribute) and view.func.attr in {"as_view", "as_asgi"}:
        view = view.func.value
    if isinstance(view, ast.Lambda):
        return view
    name = view.id if isinstance(view, ast.Name) else ""
    if isinstance(view, ast.Attribute) and dotted(view.value) in {"self", "cls"}:
        name = view.attr
    found = [one for one in tree.definitions() if one.name == name] if name else []
    return found[0] if len(found) == 1 else None


def verbs(view: Answer | None) -> tuple[str, ...]:
    """The methods a class answers, as far as it says so itself."""
    if not isinstance(view, ast.ClassDef):
        return ()
    named = [one.name for one in view.body if isinstance(one, FUNCTIONS)]
    return tuple(verb.upper() for verb in VERBS if verb in named)


def plain(view: Answer | None) -> bool:
    """Whether the function answers 200 at once: no parameters to fill, nothing awaited, no call that may fail."""
    if not isinstance(view, FUNCTIONS):
        return False
    arguments = view.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    if arguments.vararg or arguments.kwarg or any(one.arg not in GIVEN for one in every):
        return False
    body = view.body[1:] if ast.get_docstring(view) is not None else view.body
    mine = {name for statement in body for name in _assigned(statement)}
    return bool(body) and isinstance(body[-1], ast.Return) and all(_plain_statement(one, mine) for one in body)


def _assigned(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _plain_statement(statement: ast.stmt, mine: set[str]) -> bool:
    if isinstance(statement, ast.Return):
        return statement.value is not None and _success(statement.value) and _plain(statement.value, mine)
    if isinstance(statement, ast.Assign):
        return bool(_assigned(statement)) and _plain(statement.value, mine)
    call = statement.value if isinstance(statement, ast.Expr) else None
    logs = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS
    return logs and isinstance(call, ast.Call) and all(_plain(one, mine) for one in call.args)


def _success(value: ast.expr) -> bool:
    """Whether nothing says a status other than 200."""
    if isinstance(value, ast.Tuple):
        return len(value.elts) == 2 and isinstance(value.elts[1], ast.Constant) and value.elts[1].value == 200
    status = keyword(value, "status", "status_code") if isinstance(value, ast.Call) else None
    return status is None or (isinstance(status, ast.Constant) and status.value == 200)


def _plain(node: ast.AST, mine: set[str]) -> bool:
    """Whether the value is made of literals, the clock, settings and answers of the framework."""
    if isinstance(node, ast.Call):
        name = dotted(node.func).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and not name:  # `datetime.now().isoformat()`
            return node.func.attr in CLOCKS and _plain(node.func.value, mine) and not node.args
        arguments = [*node.args, *(one.value for one in node.keywords)]
        return name in ANSWERS | CLOCKS and all(_plain(one, mine) for one in arguments)
    if isinstance(node, ast.Name):
        return node.id in mine or node.id in FIXED or node.id.isupper() or node.id.startswith("__")
    if isinstance(node, ast.Attribute):
        return _plain(node.value, mine)
    if isinstance(node, (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.JoinedStr, ast.FormattedValue, ast.UnaryOp)):
        return all(_plain(one, mine) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
    return False
