"""Does a handler answer without asking anything else?

Only what is known to be harmless may stand in it: the answer itself, the clock, the process. A branch, a wait, another
function or a status that is not 200 make it something that can fail.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.tree import FUNCTIONS, Syntax, items

if TYPE_CHECKING:
    from tree_sitter import Node

REFUSED = frozenset({
    "await_expression", "class", "do_statement", "for_in_statement", "for_statement", "if_statement",
    "new_expression", "switch_statement", "tagged_template", "ternary_expression", "throw_statement", "try_statement",
    "while_statement", "yield_expression", "spread_element", *FUNCTIONS,
})  # fmt: skip
ANSWERS = r"(?:json|send|end|set|type|header|setHeader|html|text|body|status|sendStatus|code|writeHead)"
HARMLESS = re.compile(
    r"(?:Date\.now|process\.(?:uptime|memoryUsage|hrtime(?:\.bigint)?)|JSON\.stringify|performance\.now|Math\.\w+"
    r"|os\.\w+|(?:console|logger|log)\.\w+|this\.logger\.\w+|Number|String|new Date)"
)
OF_DATE = re.compile(r"new Date\(\)\.to\w+")
STATUSES = frozenset({"status", "sendStatus", "code", "writeHead"})


def is_plain(syntax: Syntax, function: Node | None) -> bool:
    """Whether a function answers 200 whatever happens elsewhere."""
    body = function.child_by_field_name("body") if function is not None else None
    if function is None or body is None:
        return False
    names = parameters(syntax, function)
    if "" in names:
        return False
    answers = "|".join(re.escape(name) for name in names[:2]) or "$^"
    allowed = re.compile(rf"(?:{answers})(?:\.{ANSWERS}(?:\([^()]*\))?)*")
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if not _harmless(syntax, node, allowed) or (len(names) > 1 and _reads(syntax, node, names[0])):
            return False
        waiting += items(node)
    return True


def parameters(syntax: Syntax, function: Node) -> list[str]:
    """The names of a function's parameters, empty for one that is taken apart."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [syntax.text(single)]
    named = [
        child.child_by_field_name("pattern") or child for child in items(function.child_by_field_name("parameters"))
    ]
    return [syntax.text(name) if name.type == "identifier" else "" for name in named]


def _reads(syntax: Syntax, node: Node, request: str) -> bool:
    """Whether anything of the request is looked at."""
    return node.type == "identifier" and syntax.text(node) == request


def _harmless(syntax: Syntax, node: Node, allowed: re.Pattern[str]) -> bool:
    if node.type == "new_expression":
        return syntax.text(node).startswith("new Date")
    if node.type == "assignment_expression":
        return _answer(syntax, node)
    if node.type != "call_expression":
        return node.type not in REFUSED
    called = syntax.text(node.child_by_field_name("function"))
    return bool(HARMLESS.fullmatch(called) or OF_DATE.fullmatch(called)) or _answers(syntax, node, allowed)


def _answers(syntax: Syntax, node: Node, allowed: re.Pattern[str]) -> bool:
    """Whether a call is a method of the answer that leaves its status at 200."""
    inner = node.child_by_field_name("function")
    if inner is None or inner.type != "member_expression":
        return False
    root: Node | None = inner
    while root is not None and root.type in ("member_expression", "call_expression"):
        root = root.child_by_field_name("object") or root.child_by_field_name("function")
    name = syntax.callee(node)
    if root is None or not allowed.fullmatch(syntax.text(root)) or not re.fullmatch(ANSWERS, name):
        return False
    given = items(node.child_by_field_name("arguments"))
    return name not in STATUSES or (bool(given) and syntax.text(given[0]) == "200")


def _answer(syntax: Syntax, node: Node) -> bool:
    """Whether an assignment only sets the answer: `ctx.body = …`, `res.statusCode = 200`."""
    left, right = syntax.text(node.child_by_field_name("left")), syntax.text(node.child_by_field_name("right"))
    if re.fullmatch(r"\w+\.(?:status|statusCode)", left):
        return right == "200"
    return bool(re.fullmatch(r"\w+\.(?:response\.)?(?:body|type)", left))
