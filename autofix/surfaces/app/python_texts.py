"""What is a string of a Python file part of?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import libcst

Chain: TypeAlias = "tuple[libcst.CSTNode, ...]"
SAYS = re.compile(
    r"(?:self\.|cls\.|current_app\.|app\.)?_?(?:log|logger|logging|LOG|LOGGER)\.\w+|print|\w*(?:Error|Exception)"
)
SIGNS = {"Equal": "==", "NotEqual": "!="}
CLOSED = ("Arg", "Assign", "AnnAssign", "Return", "If", "While", "Lambda", "Assert")


def role(chain: Chain) -> tuple[str, libcst.CSTNode, str, bool]:
    """What the string at the end of a chain of nodes is part of: role, the node that is about, detail, closed."""
    import libcst

    outer = chain[-2]
    if isinstance(outer, libcst.Element) and isinstance(chain[-3], (libcst.List, libcst.Tuple, libcst.Set)):
        return "element", chain[-3], "", False
    if isinstance(outer, libcst.Arg) and isinstance(chain[-3], libcst.Call):
        return _argument(chain, chain[-3], outer)
    if isinstance(outer, (libcst.ComparisonTarget, libcst.Comparison)):
        return _compared(chain)
    if isinstance(outer, (libcst.Import, libcst.ImportFrom, libcst.Expr)):
        return "import", outer, "", False
    return "other", outer, "", False


def _argument(chain: Chain, call: libcst.Call, outer: libcst.Arg) -> tuple[str, libcst.CSTNode, str, bool]:
    import libcst

    name = _dotted(call.func)
    if SAYS.fullmatch(name):
        return "message", call, name, False
    if isinstance(chain[-4], libcst.Element):
        return "entry", call, outer.keyword.value if outer.keyword else "", False
    detail = name.rpartition(".")[2] if outer.keyword is None else f"{name.rpartition('.')[2]}.{outer.keyword.value}"
    return "argument", call, detail, type(chain[-4]).__name__ in CLOSED


def _compared(chain: Chain) -> tuple[str, libcst.CSTNode, str, bool]:
    import libcst

    at = -3 if isinstance(chain[-2], libcst.ComparisonTarget) else -2
    comparison = chain[at]
    assert isinstance(comparison, libcst.Comparison)
    sign = SIGNS.get(type(comparison.comparisons[0].operator).__name__, "")
    plain = len(comparison.comparisons) == 1 and not comparison.lpar and bool(sign)
    return ("compared" if plain else "other"), comparison, sign, type(chain[at - 1]).__name__ in CLOSED


def _dotted(node: libcst.BaseExpression) -> str:
    import libcst

    if isinstance(node, libcst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, libcst.Name) else ""
