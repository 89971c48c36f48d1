"""How is a YAML file changed in one place, the way the file itself is written?

Every builder answers an edit, or None where no clean one exists: then the fixer refuses. None of them edits what was
reached through an alias or a merge; what is written here but aliased elsewhere only with `shared=True`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Keyed
from collections.abc import Sequence as Several
from itertools import pairwise

from autofix.surfaces.yaml.document import YamlFile
from autofix.surfaces.yaml.layout import Content, column, layout_of, written
from autofix.surfaces.yaml.tree import Alias, Entry, Located, Mapping, Scalar, Sequence, Value
from autofix.text import Edit, Source, Span


def insert_entries(
    file: YamlFile,
    at: Located,
    entries: Keyed[str, Content],
    *,
    after: str = "",
    before: str = "",
    shared: bool = False,
) -> Edit | None:
    """Put `entries` (text of a key, content) into the mapping `at`: after or before a key, else last.

    Comment lines indented deeper than the sibling stay with it; comment lines right above `before` stay with that.
    A key is not checked for being there already. None for: anything but a mapping with a brace or an entry, a sibling
    that is not there, one that does not begin or end its lines, a block scalar that a missing final newline ends,
    a commented line in a flow.
    """
    mapping = at.value
    if not isinstance(mapping, Mapping) or not at.open(shared=shared) or not entries:
        return None
    name = after or before
    sibling = mapping.entry(name) if name else (mapping.entries[-1] if mapping.entries else None)
    if name and sibling is None:
        return None
    layout = layout_of(file, mapping)
    if mapping.flow:
        first = bool(before) and sibling is not None
        text = layout.flow_entries(entries)
        return _into_flow(file, mapping, [text], sibling.span if sibling else None, first=first, stack=False)
    if sibling is None:
        return None
    lines = layout.entries(entries)
    return _above(file, mapping, sibling, lines) if before else _below(file, sibling.span, sibling.value, lines)


def append_item(file: YamlFile, at: Located, content: Content, *, shared: bool = False) -> Edit | None:
    """Put an item at the end of the sequence `at`; the edit stacks, so that several may be appended.

    The same limits as `insert_entries`.
    """
    return _insert_items(file, at, (content,), -1, shared=shared, stack=True)


def insert_items(
    file: YamlFile, at: Located, contents: Several[Content], *, after: int, shared: bool = False
) -> Edit | None:
    """Put items into the sequence `at` behind the one at a position. The same limits as `insert_entries`."""
    return _insert_items(file, at, contents, after, shared=shared, stack=False) if contents else None


def _insert_items(
    file: YamlFile, at: Located, contents: Several[Content], after: int, *, shared: bool, stack: bool
) -> Edit | None:
    sequence = at.value
    if not isinstance(sequence, Sequence) or not at.open(shared=shared):
        return None
    layout = layout_of(file, sequence)
    sibling = sequence.items[after] if sequence.items else None
    if sequence.flow:
        texts = [layout.flow(content) for content in contents]
        return _into_flow(file, sequence, texts, sibling.extent if sibling else None, first=False, stack=stack)
    if sibling is None:
        return None
    dash = sequence.dashes[after]
    gap = re.compile(r" *(?=\S)").match(file.source.text, dash + 1, max(sibling.extent.start + 1, dash + 1))
    unwritten = isinstance(sibling, Scalar) and sibling.empty
    between = gap[0] if gap and gap[0] and not unwritten else " "
    lines = [line for content in contents for line in layout.item(content, between)]
    return _below(file, Span(dash, max(sibling.extent.end, dash + 1)), sibling, lines, stack=stack)


def delete_entry(file: YamlFile, at: Located, key: str, *, shared: bool = False) -> Edit | None:
    """Take the lines of an entry out of the block mapping `at`, with the blank line that would be left doubled.

    None for: a flow, the only entry, an entry that begins on the line of something else, any comment on its lines or
    indented below it, an alias in it or an anchor that is used elsewhere, a merged entry that it
    hides, a block scalar that would end the file in its place without a final newline. Comment lines above it stay.
    """
    mapping = at.value
    if not isinstance(mapping, Mapping) or mapping.flow or not at.open(shared=shared):
        return None
    entry = mapping.entry(key)
    uncovers = any(hidden.value == key for hidden, _ in at.merged())
    if entry is None or len(mapping.entries) < 2 or _tied(entry) or uncovers:
        return None
    source = file.source
    start = source.line_span(source.line_of(entry.span.start)).start
    end = _tail(source, entry.span, entry.value)
    if end is None or source.text[start : entry.span.start].strip(" ") not in {"", "\ufeff"}:
        return None
    if not source.text.endswith("\n", 0, end) and _ends_open(mapping.entries[-2].value):
        return None
    region = Span(start + source.text.startswith("\ufeff", start), end)
    if any(region.overlaps(comment) for comment in file.comments()):
        return None
    return Edit(file.path, _with_blank(source, region, first=entry is mapping.entries[0]), "")


def _with_blank(source: Source, region: Span, *, first: bool) -> Span:
    """The lines `region` with one blank line beside them that would stand doubled, leading or trailing."""
    start, end = region
    line, below = source.line_of(start), source.line_of(end)
    above = "" if line == 0 else source.slice(source.line_span(line - 1)).strip("\ufeff \t\r\n")
    if end == len(source.text):
        if line > 1 and not above:
            start = source.line_starts[line - 1]
        if not source.text.endswith("\n"):
            start -= 2 if source.text.endswith("\r\n", 0, start) else 1
        return Span(start, end)
    leading = not above or (first and not above.startswith("#"))
    if leading and not source.slice(source.line_span(below)).strip():
        end = source.line_span(below).end
    return Span(start, end)


def _tied(part: Entry | Value) -> bool:
    """Whether an alias stands in it, or one elsewhere needs it: what it means is then not all written there."""
    if isinstance(part, Entry):
        return part.key.shared or _tied(part.value)
    if isinstance(part, Alias) or part.shared:
        return True
    inner = part.entries if isinstance(part, Mapping) else part.items if isinstance(part, Sequence) else ()
    return any(_tied(child) for child in inner)


def _tail(source: Source, span: Span, value: Value) -> int | None:
    """Where the lines of an entry or item end, the comment lines indented below it included.

    None when something else than a comment follows on its last line.
    """
    line = source.line_of(span.end)
    rest = source.text[span.end : source.line_span(line).end]
    if not re.fullmatch(r"[ \t]*(#.*)?\s*", rest):
        return None
    indent = column(source, span.start)
    flush = isinstance(value, Sequence) and not value.flow and column(source, value.span.start) == indent
    below, last = line + 1, line
    while below < len(source.line_starts):
        text = source.slice(source.line_span(below))
        stripped = text.lstrip(" ")
        inside = len(text) - len(stripped) > indent or (flush and re.match(r"# *-", stripped))
        if stripped.startswith("#") and inside:
            last = below
        elif stripped.strip():
            break
        below += 1
    return source.line_span(last).end


def _below(file: YamlFile, span: Span, value: Value, lines: list[str], *, stack: bool = False) -> Edit | None:
    source = file.source
    end = _tail(source, span, value)
    if end is None:
        return None
    text = written(source, lines, column(source, span.start))
    if not source.text.endswith("\n", 0, end):
        if _ends_open(value):
            return None
        text = source.newline + text.removesuffix(source.newline)
    return Edit(file.path, Span(end, end), text, stack=stack)


def _ends_open(value: Value) -> bool:
    """Whether the last leaf is a block scalar that a line ending after it would change."""
    if isinstance(value, Mapping) and value.entries:
        return _ends_open(value.entries[-1].value)
    if isinstance(value, Sequence) and value.items:
        return _ends_open(value.items[-1])
    return isinstance(value, Scalar) and value.style in {"|", ">"}


def _above(file: YamlFile, mapping: Mapping, sibling: Entry, lines: list[str]) -> Edit | None:
    source, start = file.source, sibling.span.start
    indent, line = column(source, start), source.line_of(start)
    place = source.line_span(line).start
    before = source.text[place:start].removeprefix("\ufeff")
    if before.strip(" "):
        if not re.fullmatch(r"[- ?]*", before):
            return None
        text = written(source, lines, indent).lstrip(" ") + " " * indent
        return Edit(file.path, Span(start, start), text)
    comment = " " * indent + "#"
    above = line
    while above > 0 and source.text.startswith(comment, source.line_starts[above - 1]):
        above -= 1
    if above == 0 and sibling is mapping.entries[0]:
        above = line  # the comment that opens a file is about the file
    place = source.line_starts[above] + source.text.startswith("\ufeff", source.line_starts[above])
    return Edit(file.path, Span(place, place), written(source, lines, indent))


def _into_flow(
    file: YamlFile, flow: Mapping | Sequence, texts: list[str], sibling: Span | None, *, first: bool, stack: bool
) -> Edit | None:
    source = file.source
    if source.text[flow.span.start] not in "{[":
        return None  # the one pair in `[key: value]`
    if sibling is None:
        inner = source.text[flow.span.start + 1 : flow.span.end - 1]
        if inner.strip(" "):
            return None
        place = flow.span.start + 1
        text = ", ".join(texts)
        return Edit(file.path, Span(place, place), (" " + text if inner else text))
    rest = source.text[sibling.end : source.line_span(source.line_of(sibling.end)).end]
    own_line = "\n" in source.text[flow.span.start : sibling.start] and not source.text[
        source.line_span(source.line_of(sibling.start)).start : sibling.start
    ].strip(" \t")
    if re.fullmatch(r"[^\n]*#[^\n]*\n?", rest) and any(
        Span(sibling.end, sibling.end + len(rest)).overlaps(comment) for comment in file.comments()
    ):
        return None
    gap = source.newline + source.indent_at(sibling.start) if own_line else _gap(source, flow)
    if first:
        return Edit(file.path, Span(sibling.start, sibling.start), "".join(f"{text},{gap}" for text in texts))
    return Edit(file.path, Span(sibling.end, sibling.end), "".join(f",{gap}{text}" for text in texts), stack=stack)


def _gap(source: Source, flow: Mapping | Sequence) -> str:
    """What stands behind the commas of a flow: nothing where that is how its items are written."""
    spans = [one.span for one in flow.entries] if isinstance(flow, Mapping) else [one.extent for one in flow.items]
    return "" if any(source.text[one.end : other.start] == "," for one, other in pairwise(spans)) else " "
