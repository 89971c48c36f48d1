"""What stands where in a YAML file?

Values only. An alias keeps the value it stands for, so that any part of the tree can be read without the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from autofix.text import Span

Style = Literal["", "'", '"', "|", ">"]
Route: TypeAlias = tuple[str, ...]

ITEM = "[]"
MERGE = "<<"


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What all values have. `properties` is where `&anchor` and `!tag` stand, `shared` whether an alias uses the
    value; a core tag is short (`str`, `int`, `map`), any other as it was written (`!reset`).
    """

    span: Span
    tag: str
    anchor: str = ""
    shared: bool = False
    properties: Span | None = None

    @property
    def extent(self) -> Span:
        """The value with its anchor and tag."""
        return Span(self.properties.start, self.span.end) if self.properties else self.span


@dataclass(frozen=True, kw_only=True)
class Scalar(_Written):
    """A leaf. `span` holds the value with its quotes; where nothing is written it is a place right after the colon,
    the dash or the properties. `value` is what the text means as a string, `tag` what any YAML version makes of it:
    `str`, `null`, `bool` (also a plain `on`), `int`, `float`, `timestamp` or `merge`.
    """

    value: str
    style: Style = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return self.span.start == self.span.end


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A key with its value. `span` runs from the key (or its `?`) to the end of the value, `colon` is the offset of
    the `:` (None when there is none: `{key}`, `? key`).
    """

    key: Scalar
    value: Value
    colon: int | None
    span: Span


@dataclass(frozen=True, kw_only=True)
class Mapping(_Written):
    """Keys and values in the order of the file. A block ends with its last leaf, a flow with its brace."""

    entries: tuple[Entry, ...]
    flow: bool = False

    def entry(self, key: str) -> Entry | None:
        """The entry written under `key` in this very mapping, merged ones not looked at."""
        return next((entry for entry in self.entries if entry.key.value == key), None)


@dataclass(frozen=True, kw_only=True)
class Sequence(_Written):
    """Items in the order of the file. `dashes` holds the offset of each item's dash and is empty for a flow."""

    items: tuple[Value, ...]
    dashes: tuple[int, ...] = ()
    flow: bool = False


@dataclass(frozen=True, kw_only=True)
class Alias:
    """`*name`. `target` is None when the alias stands within its own anchor."""

    span: Span
    name: str
    target: Scalar | Mapping | Sequence | None = field(repr=False)

    @property
    def extent(self) -> Span:
        """The alias as it is written."""
        return self.span


Resolved: TypeAlias = Scalar | Mapping | Sequence
Value: TypeAlias = Resolved | Alias


def resolved(value: Value) -> Resolved | None:
    """The value itself, or what the alias stands for; None for an alias within its own anchor."""
    return value.target if isinstance(value, Alias) else value


@dataclass(frozen=True)
class Located:
    """A value and how it was reached.

    `entry` is the entry that holds it (None for an item or a whole document). `via_alias` says that an alias or a
    merge was passed, so that an edit here would change another place: the builders refuse. `shared` says that the
    value is written here but aliased elsewhere (it or something around it): the builders refuse unless told
    otherwise. `flow` says that it stands within braces or brackets.
    """

    value: Resolved
    entry: Entry | None = None
    via_alias: bool = False
    shared: bool = False
    flow: bool = False

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions, own keys before merged ones; None when there is nothing."""
        here: Located | None = self
        for step in route:
            if here is None:
                return None
            here = here.at(step) if isinstance(step, int) else here.under(step)
        return here

    def text_of(self, *route: str | int) -> str | None:
        """What the leaf at the route says, None when there is no leaf or null."""
        found = self.get(*route)
        return found.text if found else None

    def at(self, position: int) -> Located | None:
        """The item at a position."""
        items = self.items()
        return items[position] if -len(items) <= position < len(items) else None

    def under(self, key: str) -> Located | None:
        """The value under a key."""
        return next((value for name, value in self.entries() if name.value == key), None)

    def items(self) -> tuple[Located, ...]:
        """The items of a sequence; none of anything else."""
        items = self.value.items if isinstance(self.value, Sequence) else ()
        return tuple(found for item in items if (found := self._inner(item, None)))

    def entries(self) -> tuple[tuple[Scalar, Located], ...]:
        """Keys and values of a mapping: its own ones, then those merged into it; none of anything else."""
        return _first_of_each((*self._own(), *self.merged()))

    def merged(self) -> tuple[tuple[Scalar, Located], ...]:
        """Keys and values that `<<` brings in, also those an own key hides."""
        return _first_of_each(self._merged(()))

    def keys(self) -> tuple[str, ...]:
        """The keys of a mapping, merged ones included."""
        return tuple(key.value for key, _ in self.entries())

    @property
    def scalar(self) -> Scalar | None:
        """The value when it is a leaf."""
        return self.value if isinstance(self.value, Scalar) else None

    @property
    def text(self) -> str | None:
        """What the leaf says; None for anything but a leaf and for null."""
        leaf = self.scalar
        return None if leaf is None or leaf.tag == "null" else leaf.value

    def texts(self) -> tuple[str, ...]:
        """What a leaf or each leaf of a sequence says."""
        leaves = [self] if self.scalar else self.items()
        return tuple(text for leaf in leaves if (text := leaf.text) is not None)

    @property
    def editable(self) -> bool:
        """Whether an edit here changes this place alone."""
        return self.open(shared=False)

    def open(self, *, shared: bool) -> bool:
        """Whether it may be edited; `shared` allows an edit that changes what aliases elsewhere stand for."""
        return not self.via_alias and (shared or not self.shared)

    def _own(self) -> Iterator[tuple[Scalar, Located]]:
        for entry in self.value.entries if isinstance(self.value, Mapping) else ():
            found = self._inner(entry.value, entry)
            if entry.key.tag != "merge" and found:
                yield entry.key, found

    def _merged(self, within: tuple[int, ...]) -> Iterator[tuple[Scalar, Located]]:
        """`within` holds the mappings being merged: an anchor may be merged into itself."""
        if not isinstance(self.value, Mapping) or id(self.value) in within:
            return
        for entry in self.value.entries:
            if entry.key.tag != "merge":
                continue
            merge = self._inner(entry.value, entry)
            for source in (merge.items() or (merge,)) if merge else ():
                passed = Located(source.value, source.entry, via_alias=True, shared=source.shared, flow=source.flow)
                yield from passed._own()
                yield from passed._merged((*within, id(self.value)))

    def _inner(self, value: Value, entry: Entry | None) -> Located | None:
        target = resolved(value)
        if target is None:
            return None
        return Located(
            target,
            entry,
            via_alias=self.via_alias or isinstance(value, Alias),
            shared=self.shared or target.shared,
            flow=self.flow or (isinstance(self.value, Mapping | Sequence) and self.value.flow),
        )


class Reached:
    """What every node over a part of a YAML file answers: what stands under keys and positions below it."""

    at: Located

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions, merges applied."""
        return self.at.get(*route)

    def text_of(self, *route: str | int) -> str | None:
        """What the leaf at the route says, None when there is no leaf or null."""
        return self.at.text_of(*route)


def mapping(at: Located | None) -> Located | None:
    """The value when it is a mapping."""
    return at if at and isinstance(at.value, Mapping) else None


def leaves(at: Located) -> Iterator[Located]:
    """Every leaf in its own place: what an alias or a merge repeats is met where it is written."""
    if at.via_alias:
        return
    if at.scalar:
        yield at
    for _, value in at.entries():
        yield from leaves(value)
    for item in at.items():
        yield from leaves(item)


def _first_of_each(entries: Iterable[tuple[Scalar, Located]]) -> tuple[tuple[Scalar, Located], ...]:
    seen: dict[str, tuple[Scalar, Located]] = {}
    for key, value in entries:
        seen.setdefault(key.value, (key, value))
    return tuple(seen.values())
