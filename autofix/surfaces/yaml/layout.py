"""How does this file write YAML?  Its indentation, its dashes, its keys; and a value written the same way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Keyed
from collections.abc import Sequence as Several
from dataclasses import dataclass
from typing import TypeAlias

from autofix.surfaces.yaml.document import YamlFile
from autofix.surfaces.yaml.scalars import spell
from autofix.surfaces.yaml.tree import Alias, Mapping, Scalar, Sequence, Value
from autofix.text import Source

Content: TypeAlias = "str | Several[Content] | Keyed[str, Content]"
"""What to write: text as it shall stand in the file (quotes included, `spell` helps), items, or keys with contents."""

_FLOW_START = re.compile(r"[\[{'\"&*!]")


@dataclass(frozen=True)
class Layout:
    """`step` is the indentation of a mapping in a mapping, `dash` that of a dash below its key: 0 when flush."""

    step: int = 2
    dash: int = 2
    quote: str = ""

    def key(self, key: str) -> str:
        """The key, quoted when the siblings of the place are."""
        return self.quote + key + self.quote if self.quote and not key.startswith(('"', "'")) else key

    def entry(self, key: str, content: Content) -> list[str]:
        """The lines of an entry, without indentation and line endings."""
        if isinstance(content, str):
            first, *rest = content.split("\n")
            return [f"{self.key(key)}: {first}".rstrip(), *_indented(rest, self.step)]
        if not content:
            return [f"{self.key(key)}: " + ("{}" if isinstance(content, Keyed) else "[]")]
        if isinstance(content, Keyed):
            return [f"{self.key(key)}:", *_indented(self.entries(content), self.step)]
        items = [line for item in content for line in self.item(item)]
        return [f"{self.key(key)}:", *_indented(items, self.dash)]

    def entries(self, content: Keyed[str, Content]) -> list[str]:
        """The lines of several entries."""
        return [line for key, value in content.items() for line in self.entry(key, value)]

    def item(self, content: Content, gap: str = " ") -> list[str]:
        """The lines of an item, its dash first; `gap` stands between the two."""
        if isinstance(content, str):
            lines = content.split("\n")
        elif isinstance(content, Keyed):
            lines = self.entries(content) or ["{}"]
        else:
            lines = [line for item in content for line in self.item(item)] or ["[]"]
        first, *rest = lines
        return [f"-{gap}{first}", *_indented(rest, 1 + len(gap))]

    def flow(self, content: Content) -> str:
        """The content on one line, as it may stand within braces or brackets."""
        if isinstance(content, str):
            return _flow_text(content)
        if isinstance(content, Keyed):
            return "{" + self.flow_entries(content) + "}"
        return "[" + ", ".join(self.flow(item) for item in content) + "]"

    def flow_entries(self, content: Keyed[str, Content], separator: str = ", ") -> str:
        """Several entries as they may stand within braces."""
        return separator.join(f"{self.key(key)}: {self.flow(value)}".rstrip() for key, value in content.items())


def _flow_text(text: str) -> str:
    return text if not text or _FLOW_START.match(text) else spell(text, flow=True, keep=True)


def _indented(lines: Several[str], step: int) -> list[str]:
    return [" " * step + line if line else line for line in lines]


def written(source: Source, lines: Several[str], indent: int) -> str:
    """The lines with indentation, each with the line ending of the file."""
    return "".join(line + source.newline for line in _indented(lines, indent))


def column(source: Source, offset: int) -> int:
    """How many code points stand before `offset` on its line, a byte order mark left out."""
    start = source.line_span(source.line_of(offset)).start
    return offset - start - source.text.startswith("\ufeff", start)


def layout_of(file: YamlFile, at: Mapping | Sequence) -> Layout:
    """What most of `at` does, or else most of the file; keys are quoted when all keys of `at` are, in one way."""
    near = Counter(_nested(file.source, at))
    far = Counter(nested for root in file.documents for nested in _nested(file.source, root))
    step = _most(near, dashed=False) or _most(far, dashed=False) or 2
    dash = _most(near, dashed=True)
    dash = _most(far, dashed=True) if dash is None else dash
    styles = {entry.key.style for entry in at.entries} if isinstance(at, Mapping) else set()
    quote = styles.pop() if len(styles) == 1 else ""
    return Layout(step, step if dash is None else dash, quote if quote in {"'", '"'} else "")


def _most(counts: Counter[tuple[int, bool]], *, dashed: bool) -> int | None:
    widths = {width: count for (width, dashes), count in counts.items() if dashes == dashed}
    return min(widths, key=lambda width: (-widths[width], width)) if widths else None


def _nested(source: Source, value: Value) -> Iterator[tuple[int, bool]]:
    """How far each collection that is a value in a block mapping is indented, and whether it has dashes."""
    if isinstance(value, Scalar | Alias) or value.flow:
        return
    if isinstance(value, Sequence):
        for item in value.items:
            yield from _nested(source, item)
        return
    for entry in value.entries:
        inner = entry.value
        if isinstance(inner, Mapping | Sequence) and not inner.flow:
            here, there = column(source, entry.span.start), column(source, inner.span.start)
            if there >= here and source.line_of(inner.span.start) > source.line_of(entry.span.start):
                yield there - here, isinstance(inner, Sequence)
        yield from _nested(source, inner)
