"""Which text is each value of a YAML file?

The library says what there is, in order; the reader walks the text with a cursor and has to find every piece of it:
indicators, properties, scalars and comments. A character that nothing accounts for makes the file unreadable, so no
mark of the library is trusted further than the text confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Several
from dataclasses import dataclass, field
from typing import cast

from autofix.node import UnreadableError
from autofix.surfaces.yaml.blocks import block_at
from autofix.surfaces.yaml.cursor import BOM, Cursor
from autofix.surfaces.yaml.events import Event, aliased, events_of
from autofix.surfaces.yaml.scalars import decode, folded_alike, short_tag
from autofix.surfaces.yaml.tree import Alias, Entry, Mapping, Resolved, Scalar, Sequence, Value
from autofix.text import Span

MAX_DEPTH = 100

_TAG = re.compile(r"!(<[^>\s]*>|[^\s,\[\]{}]*)")
_EXPLICIT = re.compile(r"\?(?=\s|$)")
_DIRECTIVE = re.compile(r"%[^\n]*")


def read(text: str) -> tuple[tuple[Value, ...], tuple[Span, ...]]:
    """The documents and the comments of a text. Raises UnreadableError when they cannot be told exactly."""
    alone = re.search(r"\r(?!\n)", text)
    if alone:
        raise UnreadableError("a carriage return that ends a line alone", alone.start())
    shown, events = events_of(text)
    reader = _Reader(text, shown, events)
    return reader.documents(), tuple(span for _, span in sorted(reader.comments.items()))


@dataclass
class _Properties:
    span: Span | None
    anchor: str
    tag: str
    shared: bool


@dataclass
class _Reader(Cursor):
    """Values from events. `anchors` holds the anchors of the document so far, each with its number of leaves and
    without a value while it is being read; `aliased` the numbers of the events an alias uses.
    """

    anchors: dict[str, tuple[Resolved | None, int]] = field(default_factory=dict)
    aliased: frozenset[int] = frozenset()

    def documents(self) -> tuple[Value, ...]:
        """Every document of the stream. Raises UnreadableError."""
        self.aliased = aliased(self.events)
        self.cursor = len(BOM) if self.text.startswith(BOM) else 0
        self.take("StreamStart")
        found = []
        while self.events[self.step].kind == "DocumentStart":
            found.append(self._document())
        self.skip()
        if self.cursor != len(self.text):
            raise self.lost("text after the last document")
        return tuple(found)

    def _document(self) -> Value:
        self.anchors.clear()
        if self.take("DocumentStart").explicit:
            self.skip()
            while match := _DIRECTIVE.match(self.text, self.cursor):
                self.cursor = match.end()
                self.skip()
            self.expect("---")
        root = self._value(-1)
        if self.take("DocumentEnd").explicit:
            self.skip()
            self.expect("...")
        return root

    def _value(self, column: int) -> Value:
        """The next value; `column` is the indentation of the block around."""
        place = self.cursor
        event = self.events[self.step]
        if event.kind == "Alias":
            return self._alias()
        number = self.step
        properties = self._properties(event, number)
        if properties.span:
            place = properties.span.end
        before = self.leaves
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.lost("values are nested too deeply")
        if event.anchor:
            self.anchors[event.anchor] = (None, 0)
        value = self._resolved(event, properties, place, column)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.leaves - before)
        self.depth -= 1
        return value

    def _resolved(self, event: Event, properties: _Properties, place: int, column: int) -> Resolved:
        if event.kind == "Scalar":
            return self._scalar(properties, place, column)
        self.leaves += 1
        if event.kind == "MappingStart":
            return self._mapping(properties, column)
        if event.kind == "SequenceStart":
            return self._sequence(properties, column)
        raise self.lost(f"a value was expected, not {event.kind}")

    def _alias(self) -> Alias:
        event = self.take("Alias")
        self.skip()
        start = self.cursor
        self.expect("*" + event.anchor)
        if event.anchor not in self.anchors:
            raise UnreadableError(f"no anchor {event.anchor} before its alias", start)
        target, leaves = self.anchors[event.anchor]
        self.count(max(leaves, 1))
        return Alias(span=Span(start, self.cursor), name=event.anchor, target=target)

    def _properties(self, event: Event, number: int) -> _Properties:
        """Anchor and tag, in either order: read from the text, since marks of the library leave some out."""
        start, end = None, self.cursor
        missing = {kind for kind, name in (("&", event.anchor), ("!", event.tag)) if name}
        while missing:
            self.skip()
            kind = self.text[self.cursor : self.cursor + 1]
            if kind not in missing:
                raise self.lost("an anchor or a tag is not where it should be")
            start = self.cursor if start is None else start
            missing.remove(kind)
            if kind == "&":
                self.expect("&" + event.anchor)
            elif match := _TAG.match(self.text, self.cursor):
                self.cursor = match.end()
            end = self.cursor
        span = None if start is None else Span(start, end)
        return _Properties(span, event.anchor, event.tag, number in self.aliased)

    def _scalar(self, properties: _Properties, place: int, column: int) -> Scalar:
        event = self.take("Scalar")
        self.count(1)
        if event.style == "" and not event.value:
            span, value = Span(place, place), ""
            self.cursor = max(self.cursor, place)
        else:
            self.skip()
            start = self.cursor
            value = self._block(event, column) if event.style in "|>" and event.style else self._flowing(event)
            span = Span(start, self.cursor)
        return Scalar(
            span=span,
            tag=short_tag(properties.tag, event.style, value),
            anchor=properties.anchor,
            shared=properties.shared,
            properties=properties.span,
            value=value,
            style=event.style,
        )

    def _flowing(self, event: Event) -> str:
        """A plain or quoted scalar: the text has to mean what the library says."""
        start = self.cursor
        self.cursor = event.end
        text, shown = self.text[start : self.cursor], self.shown[start : self.cursor]
        value = decode(shown, event.style) if shown else None
        if value is not None and value == event.value:
            value = value if text == shown else decode(text, event.style)
        else:
            value = None
        if value is None:
            raise UnreadableError("a scalar is not the text it was read from", start)
        return value

    def _block(self, event: Event, column: int) -> str:
        start = self.cursor
        block = block_at(self.shown, start, column)
        if not block or self.text[start] != event.style:
            raise self.lost("a block scalar has no header")
        if block.comment:
            self.comments[block.comment.start] = block.comment
        self.cursor = block.span.end
        body = block.body(self.text)
        if event.style == ">":
            if not folded_alike(body, event.value):
                raise UnreadableError("a folded scalar is not the text it was read from", start)
            return event.value
        shown = event.value.rstrip("\n")
        if block.body(self.shown).rstrip("\n") != shown:
            raise UnreadableError("a literal scalar is not the text it was read from", start)
        return body.rstrip("\n") + event.value[len(shown) :]

    def _mapping(self, properties: _Properties, column: int) -> Mapping:
        event = self.take("MappingStart")
        self.skip()
        start, braced = self.cursor, event.flow and self.text.startswith("{", self.cursor)
        if braced:
            self.expect("{")
        inner = column if event.flow else self.column(start)
        entries: list[Entry] = []
        while self.events[self.step].kind != "MappingEnd":
            if event.flow and entries:
                self.skip()
                self.expect(",")
            entries.append(self._entry(inner))
        self.take("MappingEnd")
        if braced:
            self.close("}")
        elif not entries:
            raise self.lost("a mapping without keys")
        end = self.cursor if braced else entries[-1].span.end
        _refuse_duplicates(entries)
        return Mapping(
            span=Span(start, end),
            tag=short_tag(properties.tag, "", "") if properties.tag else "map",
            anchor=properties.anchor,
            shared=properties.shared,
            properties=properties.span,
            entries=tuple(entries),
            flow=event.flow,
        )

    def _entry(self, column: int) -> Entry:
        self.skip()
        start = self.cursor
        explicit = _EXPLICIT.match(self.text, start)
        if explicit:
            self.cursor = explicit.end()
        if self.events[self.step].kind != "Scalar":
            raise self.lost("a key that is not a scalar")
        key = cast("Scalar", self._value(column))
        self.cursor = after = key.span.end
        self.skip()
        colon = self.cursor if self.text.startswith(":", self.cursor) else None
        self.cursor = after if colon is None else colon + 1
        value = self._value(column)
        end = max(value.extent.end, self.cursor if colon is None else colon + 1)
        self.cursor = max(self.cursor, end)
        return Entry(key=key, value=value, colon=colon, span=Span(start, end))

    def _sequence(self, properties: _Properties, column: int) -> Sequence:
        event = self.take("SequenceStart")
        self.skip()
        start, items, dashes = self.cursor, list[Value](), list[int]()
        inner = column if event.flow else self.column(start)
        if event.flow:
            self.expect("[")
        while self.events[self.step].kind != "SequenceEnd":
            self.skip()
            if not event.flow:
                dashes.append(self.cursor)
                self.expect("-")
            elif items:
                self.expect(",")
            items.append(self._value(inner))
        self.take("SequenceEnd")
        if event.flow:
            self.close("]")
        return Sequence(
            span=Span(start, self.cursor),
            tag=short_tag(properties.tag, "", "") if properties.tag else "seq",
            anchor=properties.anchor,
            shared=properties.shared,
            properties=properties.span,
            items=tuple(items),
            dashes=tuple(dashes),
            flow=event.flow,
        )


def _refuse_duplicates(entries: Several[Entry]) -> None:
    seen = set()
    for entry in entries:
        if entry.key.value in seen:
            raise UnreadableError(f"the key {entry.key.value!r} stands twice", entry.key.span.start)
        seen.add(entry.key.value)
