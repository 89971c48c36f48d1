"""What does a script mean, piece by piece, wherever it stands?"""

from __future__ import annotations

import re

from autofix.node import Atom
from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.tree import PLACEHOLDER
from autofix.text import Span

Route = tuple[str, ...]

ROUTE = frozenset({
    "arithmetic_expansion", "array", "c_style_for_statement", "case_item", "case_statement", "command_substitution",
    "concatenation", "do_group", "elif_clause", "else_clause", "ERROR", "expansion", "for_statement",
    "function_definition", "heredoc_body", "if_statement", "process_substitution", "string", "subshell",
    "while_statement",
})  # fmt: skip
TEXT = frozenset({"string", "heredoc_body", "expansion"})
CONTENT = frozenset({"string_content", "heredoc_content"})
OMITTED = CONTENT | {"comment"}
NEWLINE = re.compile(r"(?<!\\)(?<!\\\r)\r?\n")


def atoms(text: str, tree: Part) -> list[Atom]:
    """Every token with what is around it: its route and its text.

    What only groups tokens that say so themselves (commands, lists, pipelines, redirections) is not in the route, so
    that `exec` before a command or a link taken out of a chain leaves the other tokens what they are. A line break
    that may end a command is an atom of its own; the literal text of strings and here-documents is one too.
    """
    found: list[Atom] = []
    _collect(text, tree, (), found)
    _breaks(text, Span(tree.span.end, len(text)), (), found)
    return found


def _collect(text: str, part: Part, route: Route, found: list[Atom]) -> None:
    if part.kind in OMITTED:
        return
    if not part.children or (part.kind == "expansion" and PLACEHOLDER.fullmatch(text, *part.span)):
        if part.span.start < part.span.end:
            found.append((part.span, (route, text[part.span.start : part.span.end])))
        return
    inner = (*route, part.kind) if part.kind in ROUTE else route
    at = part.span.start if part.kind != "program" else 0
    for child in part.children:
        if child.kind in CONTENT:
            continue
        if at < child.span.start:
            _between(text, part, Span(at, child.span.start), inner, found)
        _collect(text, child, inner, found)
        at = child.span.end
    if at < part.span.end:
        _between(text, part, Span(at, part.span.end), inner, found)


def _between(text: str, part: Part, gap: Span, route: Route, found: list[Atom]) -> None:
    if part.kind in TEXT:
        found.append((gap, (route, text[gap.start : gap.end])))
    else:
        _breaks(text, gap, route, found)


def _breaks(text: str, gap: Span, route: Route, found: list[Atom]) -> None:
    found.extend((Span(one.end() - 1, one.end()), (route, "\n")) for one in NEWLINE.finditer(text, *gap))
