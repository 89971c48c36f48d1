"""What does a file of environment variables say?

python-dotenv's parser says what the bindings are and gives back every character it read; where the parts of a binding
stand is found here and proved against what it says.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autofix.node import Atom, Document, Node, UnreadableError
from autofix.surfaces.env.names import is_template
from autofix.text import Source, Span

if TYPE_CHECKING:
    from dotenv.parser import Binding

BOM = "\ufeff"
HEAD = re.compile(
    r"(?P<blank>\s*)(?P<export>export[^\S\r\n]+)?(?:'(?P<quoted>[^']+)'|(?P<key>[^=#\s]+))[^\S\r\n]*(?P<equals>=[^\S\r\n]*)?"
)
REMARK = re.compile(r"(?P<blank>\s*)(?P<remark>#[^\r\n]*)")
QUOTED = re.compile(r"""(?P<quote>['"])(?P<value>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)""", re.DOTALL)
PLAIN = re.compile(r"[^\r\n]*")
TAIL = re.compile(r"\s+(?=#)")
AFTER = re.compile(r"[^\S\r\n]*(?P<remark>#[^\r\n]*)?[^\S\r\n]*(?:\r\n|\n|\r)?")
RULER = re.compile(r"^[#\s=*~_+-]+|[#\s=*~_+-]+$")


@dataclass(frozen=True, kw_only=True)
class Entry(Node):
    """One binding, from `export` or the key to the end of the value.

    `value` is what the program gets, None when there is no `=`. `value_span` is the place between the quotes,
    `whole_span` the place with them; without a value both are the place behind the key. `lines` are its whole lines.
    """

    key: str
    key_span: Span
    value: str | None
    value_span: Span
    whole_span: Span
    quote: str
    export: bool
    remark: Span | None
    lines: Span

    @property
    def written(self) -> str:
        """The value as it stands between its quotes."""
        return self.source.slice(self.value_span)


@dataclass(frozen=True, kw_only=True)
class Section(Node):
    """Entries without a blank line between them; `title` is what the comment above them says, on one line."""

    title: str
    entries: tuple[Entry, ...] = field(repr=False)


@dataclass(frozen=True)
class EnvFile(Document):
    """A file of environment variables. `template` says that it shows which there are; `bad` are lines that bind nothing."""

    template: bool
    entries: tuple[Entry, ...] = field(default=(), repr=False)
    sections: tuple[Section, ...] = field(default=(), repr=False)
    bad: tuple[Span, ...] = ()
    remarks: tuple[Span, ...] = field(default=(), repr=False)

    def atoms(self) -> Sequence[Atom]:
        """Every key and every value, and the lines that could not be read."""
        found: list[tuple[Span, Atom]] = []
        for one in self.entries:
            found.append((one.key_span, (one.key_span, ("key", one.key, one.export))))
            place = one.whole_span if one.value is not None else one.key_span
            found.append((place, (place, ("value", one.key, one.value))))
        found += [(span, (span, ("bad", self.source.slice(span)))) for span in self.bad]
        return tuple(atom for _, atom in sorted(found, key=lambda one: one[0]))

    def comments(self) -> Sequence[Span]:
        """The comments, those behind a value included."""
        return self.remarks

    def get(self, key: str) -> Entry | None:
        """The entry that counts: the last one of a key."""
        return next((one for one in reversed(self.entries) if one.key == key), None)


@dataclass(frozen=True)
class _Part:
    """A binding, a comment or a bad line; `apart` says that a blank line stands before it."""

    apart: bool
    entry: Entry | None = None
    remark: Span | None = None
    bad: Span | None = None


def parse(source: Source) -> EnvFile:
    """The variables of a file. Raises UnreadableError when a part does not stand where the parser says."""
    parts = list(_parts(source))
    remarks = [part.remark or (part.entry and part.entry.remark) for part in parts]
    return EnvFile(
        source,
        template=is_template(source.path),
        entries=tuple(part.entry for part in parts if part.entry),
        sections=tuple(_sections(source, parts)),
        bad=tuple(part.bad for part in parts if part.bad),
        remarks=tuple(remark for remark in remarks if remark),
    )


def _parts(source: Source) -> Iterator[_Part]:
    """Everything the parser read, in order."""
    from dotenv.parser import parse_stream

    at = int(source.text.startswith(BOM))
    for binding in parse_stream(io.StringIO(source.text, newline="")):
        written = binding.original.string
        if not source.text.startswith(written, at):
            raise UnreadableError("the parser did not give back what stands there", at)
        if written.strip():
            yield _part(source, binding, at)
        at += len(written)
    if at != len(source.text):
        raise UnreadableError("the parser did not read to the end", at)


def _part(source: Source, binding: Binding, start: int) -> _Part:
    end = start + len(binding.original.string)
    remark = REMARK.match(source.text, start, end)
    if binding.key is None and not binding.error and remark:
        return _Part(_apart(remark["blank"]), remark=Span(*remark.span("remark")))
    head = HEAD.match(source.text, start, end)
    if binding.error or binding.key is None or head is None:
        written = binding.original.string
        first = start + len(written) - len(written.lstrip())
        return _Part(_apart(source.text[start:first]), bad=Span(first, start + len(written.rstrip())))
    return _Part(_apart(head["blank"]), entry=_entry(source, binding, head, end))


def _apart(blank: str) -> bool:
    return "\n" in blank or "\r" in blank


def _entry(source: Source, binding: Binding, head: re.Match[str], end: int) -> Entry:
    """The binding with its parts in place."""
    key_span = Span(*head.span("quoted" if head["quoted"] else "key"))
    behind = key_span.end + bool(head["quoted"])
    value = _value(source.text, head, end) if head["equals"] else _Value(Span(behind, behind), Span(behind, behind))
    after = AFTER.fullmatch(source.text, value.whole.end, end)
    read = _read(source.slice(value.whole)) if head["equals"] else None
    if after is None or source.slice(key_span) != binding.key or read != binding.value:
        raise UnreadableError("a variable does not stand where the parser says", key_span.start)
    span = Span(head.start("export") if head["export"] else key_span.start - bool(head["quoted"]), value.whole.end)
    return Entry(
        source,
        span,
        f"env:{binding.key}",
        key=binding.key,
        key_span=key_span,
        value=binding.value,
        value_span=value.inner,
        whole_span=value.whole,
        quote=value.quote,
        export=bool(head["export"]),
        remark=Span(*after.span("remark")) if after["remark"] else None,
        lines=source.lines_around(span),
    )


@dataclass(frozen=True)
class _Value:
    """Where a value stands, without and with its quotes."""

    inner: Span
    whole: Span
    quote: str = ""


def _value(text: str, head: re.Match[str], end: int) -> _Value:
    """The value behind `=`."""
    start = head.end()
    quoted = QUOTED.match(text, start, end)
    if quoted:
        return _Value(Span(*quoted.span("value")), Span(*quoted.span()), quoted["quote"])
    plain = PLAIN.match(text, start, end)
    written = plain[0] if plain else ""
    if written.startswith("#") and len(head["equals"]) > 1:
        written = ""  # `KEY= # remark` is empty, `KEY=#x` is not
    remark = TAIL.search(written)
    written = (written[: remark.start()] if remark else written).rstrip()
    start = start if written else head.start("equals") + 1  # so that a value put there keeps off the remark
    place = Span(start, start + len(written))
    return _Value(place, place)


def _read(written: str) -> str | None:
    """What python-dotenv makes of a value as it is written."""
    from dotenv.parser import Error, Reader, parse_value

    try:
        return parse_value(Reader(io.StringIO(written, newline="")))
    except Error:
        return None


def _sections(source: Source, parts: Sequence[_Part]) -> Iterator[Section]:
    """The groups between blank lines that hold entries; one that holds only comments heads those after it."""
    heading = ""
    for group in _groups(parts):
        entries = tuple(part.entry for part in group if part.entry)
        first = next((number for number, part in enumerate(group) if part.entry or part.bad), len(group))
        title = _title(source, [part.remark for part in group[:first] if part.remark])
        if not entries:
            heading = title if first else heading
            continue
        start = group[0].remark or entries[0].span
        span = Span(start.start, max(entries[-1].span.end, (group[-1].remark or entries[-1].span).end))
        yield Section(source, span, f"section:{entries[0].key}", title=title or heading, entries=entries)


def _groups(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    group: list[_Part] = []
    for part in parts:
        if part.apart and group:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _title(source: Source, remarks: Sequence[Span]) -> str:
    """What comments say, without their marks and rulers."""
    lines = (RULER.sub("", source.slice(remark)) for remark in remarks)
    return " ".join(line for line in lines if line)
