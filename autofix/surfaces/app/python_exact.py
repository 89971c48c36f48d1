"""Where exactly are the literals of a Python file that a fix may edit?

libcst keeps every byte of the file, so what it says of a literal holds for the edit: it is asked only when a rule is
about to edit, since reading a file takes it thirty times as long as the facts take. A file it would not print back byte
for byte is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from autofix.node import UnreadableError
from autofix.surfaces.app.literals import Text
from autofix.surfaces.app.python_texts import Chain, role
from autofix.text import Source, Span

if TYPE_CHECKING:
    import libcst
    from libcst.metadata import CodeSpan

MARK = "\ufeff".encode()


@dataclass(frozen=True)
class Literal:
    """One string literal: the place with its quotes and prefix, and the place between the quotes.

    `alone` says that it is no part of an implicit concatenation (`"a" "b"`) and no docstring-like statement.
    """

    span: Span
    inner: Span
    value: str
    prefix: str
    quote: str
    alone: bool


@dataclass(frozen=True)
class Elements:
    """A list, tuple or set display: its brackets and its elements, as far as they are written out."""

    span: Span
    items: tuple[Span, ...]


@dataclass(frozen=True)
class Exact:
    """What of a file may be edited.

    `decorators` are the places from `@` to the end of the expression, `displays` the lists, tuples and sets,
    `after_imports` where a further import may start: the line after the last one at the top of the file.
    """

    literals: tuple[Literal, ...] = field(repr=False)
    decorators: tuple[Span, ...] = field(repr=False)
    displays: tuple[Elements, ...] = field(repr=False)
    texts: tuple[Text, ...] = field(repr=False)
    after_imports: int

    def literal(self, span: Span) -> Literal | None:
        """The literal whose place, with or without its quotes, this is."""
        return next((one for one in self.literals if span in (one.span, one.inner)), None)

    def display(self, span: Span) -> Elements | None:
        """The list, tuple or set at a place."""
        return next((one for one in self.displays if one.span == span), None)


@lru_cache(maxsize=32)
def exact(source: Source) -> Exact:
    """The file as libcst reads it. Raises UnreadableError when it does not keep every byte."""
    import libcst

    try:
        module = libcst.parse_module(source.data)
    except (libcst.ParserSyntaxError, UnicodeDecodeError, LookupError, RecursionError):
        raise UnreadableError("not Python as libcst reads it") from None
    # The mark is not part of what libcst prints back, and its spans count without it.
    if module.encoding.lower().replace("_", "-") not in {"utf-8", "utf8", "utf-8-sig"}:
        raise UnreadableError("not in UTF-8")
    if module.bytes.removeprefix(MARK) != source.data.removeprefix(MARK):
        raise UnreadableError("libcst would not print it back byte for byte")
    return _Reading(source, module).exact()


class _Reading:
    """One pass over a module; nothing of it outlives `exact`."""

    def __init__(self, source: Source, module: libcst.Module) -> None:
        from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self.source = source
        self.module = wrapper.module
        self._spans: Mapping[libcst.CSTNode, CodeSpan] = wrapper.resolve(ByteSpanPositionProvider)
        self._mark = len(MARK) if source.data.startswith(MARK) else 0
        self._offsets = None if source.text.isascii() else _offsets(source.text)

    def exact(self) -> Exact:
        """Everything found, checked against the text."""
        import libcst

        literals: list[Literal] = []
        decorators: list[Span] = []
        displays: list[Elements] = []
        written: list[Text] = []
        for chain in self._walk():
            node = chain[-1]
            if isinstance(node, libcst.SimpleString):
                literals.extend(self._literal(node, chain[-2]))
                written.append(self._text(chain, node.prefix, node.quote))
            elif isinstance(node, libcst.FormattedString):
                written.append(self._text(chain, node.prefix, node.quote))
            elif isinstance(node, libcst.Decorator):
                decorators.append(self._trimmed(node, "@"))
            elif isinstance(node, (libcst.List, libcst.Set)):
                displays.append(Elements(self.span(node), tuple(self.span(one.value) for one in node.elements)))
        literals.sort(key=lambda one: one.span)
        written.sort(key=lambda one: one.span)
        return Exact(tuple(literals), tuple(sorted(decorators)), tuple(sorted(displays, key=lambda one: one.span)),
                     tuple(written), self._after_imports())  # fmt: skip

    def _walk(self) -> Iterator[Chain]:
        """Every node with those it stands in, the module first."""
        waiting: list[Chain] = [(self.module,)]
        while waiting:
            chain = waiting.pop()
            yield chain
            waiting += [(*chain, child) for child in chain[-1].children]

    def _text(self, chain: Chain, prefix: str, quote: str) -> Text:
        """A string and what it is part of."""
        import libcst

        span = self.span(chain[-1])
        inner = Span(span.start + len(prefix) + len(quote), span.end - len(quote))
        part, around, detail, closed = role(chain)
        whole = isinstance(chain[-1], libcst.SimpleString) and not isinstance(chain[-2], libcst.ConcatenatedString)
        whole = whole and "\\" not in self.source.slice(span) and "b" not in prefix.lower()
        if isinstance(chain[-1], libcst.FormattedString) and part != "message":
            part = "joined"
        return Text(span, inner, part, self.span(around), detail, whole, closed)

    def span(self, node: libcst.CSTNode) -> Span:
        """Where a node stands in the text."""
        place = self._spans[node]
        start, end = place.start + self._mark, place.start + place.length + self._mark
        return Span(start, end) if self._offsets is None else Span(self._offsets[start], self._offsets[end])

    def _literal(self, node: libcst.SimpleString, outer: libcst.CSTNode) -> Iterator[Literal]:
        import libcst

        span = self.span(node)
        if self.source.slice(span) != node.value:
            raise UnreadableError("a string does not stand where it is said to", span.start)
        value = node.evaluated_value
        if isinstance(value, str):
            start = span.start + len(node.prefix) + len(node.quote)
            inner = Span(start, span.end - len(node.quote))
            alone = not isinstance(outer, (libcst.ConcatenatedString, libcst.Expr))
            yield Literal(span, inner, value, node.prefix, node.quote, alone)

    def _trimmed(self, node: libcst.Decorator, mark: str) -> Span:
        """A decorator from its mark to the end of what it applies."""
        end = self.span(node.decorator).end
        start = self.source.text.rfind(mark, 0, self.span(node.decorator).start)
        return Span(start, end)

    def _after_imports(self) -> int:
        """The start of the line after the last import that stands before anything else but a docstring."""
        import libcst

        end = self._mark // len(MARK)
        for number, statement in enumerate(self.module.body):
            small = statement.body if isinstance(statement, libcst.SimpleStatementLine) else ()
            said = len(small) == 1 and isinstance(small[0], libcst.Expr) and number == 0
            imports = bool(small) and all(isinstance(one, (libcst.Import, libcst.ImportFrom)) for one in small)
            if not said and not imports:
                break
            end = self.source.lines_around(self.span(statement)).end
        return end


def _offsets(text: str) -> list[int]:
    """The code point that starts at, or holds, every byte of the text, and the end."""
    offsets: list[int] = []
    for number, letter in enumerate(text):
        offsets += [number] * len(letter.encode())
    return [*offsets, len(text)]
