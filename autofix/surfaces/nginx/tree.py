"""Which directive stands in which block?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autofix.node import Atom, Node, UnreadableError
from autofix.surfaces.nginx.lex import Token
from autofix.text import Source, Span

MAX_DEPTH = 50
NAMED_BY = ("server_name", "listen")


@dataclass(frozen=True)
class Word:
    """A name or an argument: `text` is what it means, `span` where it stands with its quotes."""

    text: str
    span: Span
    quote: str = ""

    @property
    def inner(self) -> Span:
        """Where it stands without its quotes."""
        return Span(self.span.start + len(self.quote), self.span.end - len(self.quote))

    def part(self, start: int, end: int) -> Span | None:
        """Where `text[start:end]` stands; None when escapes or line endings make the writing longer."""
        inner = self.inner
        plain = inner.end - inner.start == len(self.text)
        return Span(inner.start + start, inner.start + end) if plain else None


@dataclass(frozen=True)
class Directive(Node):
    """A directive: `span` from its name to its `;` or `}`. `braces` runs from `{` to `}` and is None without a block;
    `depth` counts the blocks around it.
    """

    name: str
    words: tuple[Word, ...] = field(repr=False)
    depth: int
    block: tuple[Directive, ...] = field(default=(), repr=False)
    braces: Span | None = None

    @property
    def head(self) -> Word:
        """Its name as it stands."""
        return self.words[0]

    @property
    def args(self) -> tuple[Word, ...]:
        """Its arguments."""
        return self.words[1:]

    @property
    def values(self) -> tuple[str, ...]:
        """What its arguments mean."""
        return tuple(word.text for word in self.args)

    def all(self, *names: str) -> tuple[Directive, ...]:
        """The directives of these names right in its block."""
        return tuple(one for one in self.block if one.name in names)

    def walk(self) -> Iterator[Directive]:
        """Itself, then all within its block, in the order of the file."""
        yield self
        for one in self.block:
            yield from one.walk()

    def atoms(self, route: tuple[str, ...] = ()) -> Iterator[Atom]:
        """Its words with their route: the names of the blocks around it, and what ends the directive."""
        end = "{" if self.braces else ";"
        for number, word in enumerate(self.words):
            yield word.span, (route, number, word.text, end)
        for one in self.block:
            yield from one.atoms((*route, self.name))


@dataclass
class _Raw:
    """A directive before it has a name among its siblings."""

    words: tuple[Word, ...]
    end: int = 0
    braces: Span | None = None
    inner: list[_Raw] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What tells it from others: all arguments of a block, the first of several otherwise."""
        name, *args = (word.text for word in self.words)
        if self.braces is None:
            return f"{name} {args[0]}" if len(args) > 1 else name
        if name == "server":
            named = (one.words[1].text for key in NAMED_BY for one in self.inner if one.is_called(key))
            return f"server {next(named, '')}".strip()
        return " ".join((name, *args))

    def is_called(self, name: str) -> bool:
        return self.words[0].text == name and len(self.words) > 1


def grow(source: Source, tokens: Sequence[Token]) -> tuple[Directive, ...]:
    """The directives of the file. Raises UnreadableError for a brace or a directive that is not closed."""
    roots: list[_Raw] = []
    blocks: list[_Raw] = []
    words: list[Word] = []
    for token in tokens:
        if token.kind == "word":
            words.append(Word(token.value, token.span, token.quote))
        elif token.kind == "}":
            _close(token, blocks, words)
        elif token.kind != "comment":
            raw = _finished(token, words)
            (blocks[-1].inner if blocks else roots).append(raw)
            if token.kind == "{":
                blocks.append(raw)
            words = []
        if len(blocks) > MAX_DEPTH:
            raise UnreadableError("blocks are nested too deeply", token.span.start)
    if words or blocks:
        raise UnreadableError("a directive is not closed", (words or blocks[-1].words)[0].span.start)
    return tuple(_directives(source, roots, "", 0))


def _finished(token: Token, words: list[Word]) -> _Raw:
    if not words:
        raise UnreadableError(f"{token.value} without a directive", token.span.start)
    if token.kind == "{" and words[0].text.endswith("_by_lua_block"):
        raise UnreadableError("a block of Lua", words[0].span.start)
    return _Raw(tuple(words), token.span.end, Span(token.span.start, token.span.end) if token.kind == "{" else None)


def _close(token: Token, blocks: list[_Raw], words: list[Word]) -> None:
    if words or not blocks:
        raise UnreadableError("} in the wrong place", token.span.start)
    block = blocks.pop()
    assert block.braces is not None  # only blocks are opened
    block.end, block.braces = token.span.end, Span(block.braces.start, token.span.end)


def _directives(source: Source, raws: Sequence[_Raw], around: str, depth: int) -> Iterator[Directive]:
    seen = Counter[str]()
    for raw in raws:
        seen[raw.label] += 1
        number = seen[raw.label]
        anchor = f"{around}{raw.label}" + (f"#{number}" if number > 1 else "")
        span = Span(raw.words[0].span.start, raw.end)
        block = tuple(_directives(source, raw.inner, f"{anchor}/", depth + 1))
        yield Directive(source, span, anchor, raw.words[0].text, raw.words, depth, block, raw.braces)
