"""Does a Python file break over a value that is missing, and does it ask for the value whatever else is set?"""

from __future__ import annotations

import ast

from autofix.surfaces.app.python_tree import Tree, dotted

TAKERS = frozenset({
    "int", "float", "json.loads", "ast.literal_eval", "sqlalchemy.create_engine", "sqlalchemy.engine.create_engine",
    "sqlalchemy.ext.asyncio.create_async_engine",
})  # fmt: skip
BRANCHES = (ast.If, ast.IfExp, ast.While)
HANDLERS = (ast.match_case, ast.ExceptHandler)


def breaks(tree: Tree, node: ast.expr) -> bool:
    """Whether what is done with the value at once fails for None: a method of it, a number made of it, a sum."""
    outer = tree.parents.get(node)
    if isinstance(outer, (ast.Attribute, ast.Subscript)):
        return outer.value is node
    if isinstance(outer, ast.BinOp):
        return isinstance(outer.op, ast.Add)
    taken = isinstance(outer, ast.Call) and outer.args[:1] == [node]
    return taken and isinstance(outer, ast.Call) and (tree.origin(outer.func) or dotted(outer.func)) in TAKERS


def branched(tree: Tree, node: ast.AST) -> bool:
    """Whether the node is only reached where something else says so: a branch, a later half of `and`, a handler.

    In a condition the later halves are part of one question.
    """
    inner, later = node, False
    for outer in tree.ancestors(node):
        if isinstance(outer, BRANCHES):
            if outer.test is not inner and not _is_main(outer):
                return True
            later = False
        if isinstance(outer, HANDLERS):
            return True
        if isinstance(outer, ast.BoolOp):
            later |= outer.values[0] is not inner
        inner = outer
    return later


def _is_main(outer: ast.AST) -> bool:
    """`if __name__ == "__main__":`"""
    test = outer.test if isinstance(outer, ast.If) else None
    left = test.left if isinstance(test, ast.Compare) else None
    return isinstance(left, ast.Name) and left.id == "__name__"
