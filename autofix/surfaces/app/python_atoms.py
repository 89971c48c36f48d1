"""What does a Python file mean, token by token, and where are its comments?

The standard library's tokenizer says what stands where, its syntax tree in what. Nothing is rendered: both count
in the text as it is.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator

from autofix.node import Atom, UnreadableError
from autofix.surfaces.app.python_tree import BOM, FUNCTIONS, Tree
from autofix.text import Source, Span

SILENT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING}
)
Chain = tuple[str, ...]


def tokens(tree: Tree) -> Iterator[tuple[int, Span, str]]:
    """Every token that says something, comments included: its kind, its place, its text. Raises UnreadableError."""
    source = tree.source
    lines = io.StringIO(source.text.removeprefix(BOM), newline="")
    try:
        for token in tokenize.generate_tokens(lines.readline):
            if token.type in SILENT or not token.string:
                continue
            span = Span(_offset(tree, token.start), _offset(tree, token.end))
            if source.slice(span) != token.string:
                raise UnreadableError("a token does not stand where it is said to", span.start)
            yield token.type, span, token.string
    except (tokenize.TokenError, IndentationError):
        raise UnreadableError("its tokens cannot be read exactly") from None


def _offset(tree: Tree, place: tuple[int, int]) -> int:
    return tree.line_start(place[0]) + place[1]


def comments(source: Source) -> tuple[Span, ...]:
    """Every comment, without its line ending."""
    return tuple(span for kind, span, _ in tokens(Tree(source)) if kind == tokenize.COMMENT)


def atoms(source: Source) -> tuple[Atom, ...]:
    """Every token with the kinds of the nodes it stands in, the module first."""
    tree = Tree(source)
    frames = sorted(_frames(tree), key=lambda frame: (frame[0].start, -frame[0].end, frame[2]))
    open_ones: list[tuple[int, Chain]] = []
    found: list[Atom] = []
    at = 0
    for kind, span, written in tokens(tree):
        if kind == tokenize.COMMENT:
            continue
        while at < len(frames) and frames[at][0].start <= span.start:
            place, name, _ = frames[at]
            _close(open_ones, place.start)
            open_ones.append((place.end, (*(open_ones[-1][1] if open_ones else ()), name)))
            at += 1
        _close(open_ones, span.start)
        found.append((span, (open_ones[-1][1] if open_ones else (), written)))
    return tuple(found)


def _close(open_ones: list[tuple[int, Chain]], at: int) -> None:
    while open_ones and open_ones[-1][0] <= at:
        open_ones.pop()


def _frames(tree: Tree) -> Iterator[tuple[Span, str, int]]:
    """Every node that has a place: the place, the kind, how deep it lies. A definition includes its decorators."""
    waiting: list[tuple[ast.AST, int]] = [(tree.root, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, (ast.expr, ast.stmt)):
            span = tree.span(node)
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.decorator_list:
                span = Span(min(span.start, tree.decorators_start(node)), span.end)
            yield span, type(node).__name__, depth
        if not isinstance(node, ast.JoinedStr):  # one token, or tokens whose places Python miscounts
            waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
