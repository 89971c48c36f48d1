"""How is a list of dependencies written as a mapping with conditions, the way the repository writes one?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autofix.project import Project
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.yaml import Located, Scalar, Sequence, layout_of
from autofix.surfaces.yaml import Mapping as Keyed
from autofix.text import Edit, Source, Span


@dataclass(frozen=True)
class Style:
    """`whole`: all on one line, in braces. `inner`: each condition in braces. `pad` stands within braces."""

    whole: bool = False
    inner: bool = False
    pad: str = ""

    def condition(self, condition: str) -> str:
        """A condition in braces."""
        return f"{{{self.pad}condition: {condition}{self.pad}}}"


def style_of(project: Project, file: ComposeFile) -> Style:
    """What most mappings of the file do, else those of the other files."""
    for files in ((file,), tuple(project.of(ComposeFile))):
        counts = Counter(style for one in files for service in one.services for style in _styles(one, service))
        if counts:
            return max(counts, key=lambda style: counts[style])
    return Style()


def _styles(file: ComposeFile, service: ComposeService) -> Iterator[Style]:
    at = service.get("depends_on")
    if at is None or at.via_alias or not isinstance(at.value, Keyed):
        return
    for _, value in at.entries():
        if isinstance(value.value, Keyed):
            text = file.source.slice(value.value.span)
            yield Style(at.value.flow, value.value.flow, " " if text.startswith("{ ") else "")


def as_mapping(
    file: ComposeFile, service: ComposeService, conditions: Mapping[str, str], style: Style
) -> tuple[Edit, ...]:
    """The edits that turn the list into a mapping; none where that cannot be done cleanly."""
    at = service.get("depends_on")
    if at is None or not at.editable or at.entry is None or not isinstance(at.value, Sequence):
        return ()
    items = [item for item in at.value.items if isinstance(item, Scalar) and not item.properties]
    if at.value.properties or len(items) < len(at.value.items) or len(conditions) < len(items):
        return ()
    if not at.value.flow:
        return tuple(_block(file, service, at, items, conditions, style))
    inside = any(at.value.span.overlaps(comment) for comment in file.comments())
    return () if inside else tuple(_flow(file, service, at, items, conditions, style))


def _block(
    file: ComposeFile,
    service: ComposeService,
    at: Located,
    items: list[Scalar],
    conditions: Mapping[str, str],
    style: Style,
) -> Iterator[Edit]:
    source = file.source
    column, step = _columns(file, service, at)
    for item in items:
        start = source.line_span(source.line_of(item.span.start)).start
        key = " " * column + source.slice(item.span) + ":"
        if style.inner or style.whole:
            yield Edit(file.path, Span(start, item.span.end), f"{key} {style.condition(conditions[item.value])}")
            continue
        yield Edit(file.path, Span(start, item.span.end), key)
        end = _line_end(source, item.span.end)
        line = source.newline + " " * (column + step) + f"condition: {conditions[item.value]}"
        yield Edit(file.path, Span(end, end), line)
    region = Span(at.entry.key.span.end if at.entry else at.value.span.start, at.value.span.end)
    for comment in file.comments():
        start = source.line_span(source.line_of(comment.start)).start
        own_line = region.contains(comment) and not source.text[start : comment.start].strip()
        if own_line and comment.start - start != column:
            yield Edit(file.path, Span(start, comment.start), " " * column)


def _flow(
    file: ComposeFile,
    service: ComposeService,
    at: Located,
    items: list[Scalar],
    conditions: Mapping[str, str],
    style: Style,
) -> Iterator[Edit]:
    source, span = file.source, at.value.span
    keys = {source.slice(item.span): conditions[item.value] for item in items}
    in_flow = isinstance(service.at.value, Keyed) and service.at.value.flow
    if style.whole or in_flow:
        inner = ", ".join(f"{key}: {style.condition(condition)}" for key, condition in keys.items())
        yield Edit(file.path, span, f"{{{style.pad}{inner}{style.pad}}}")
        return
    column, step = _columns(file, service, at)
    lines = []
    for key, condition in keys.items():
        head = " " * column + key + ":"
        lines += [f"{head} {style.condition(condition)}"] if style.inner else [head, " " * (column + step) + f"condition: {condition}"]  # fmt: skip
    text = "".join(source.newline + line for line in lines)
    colon = at.entry.colon if at.entry else None
    if colon is None:
        return
    yield Edit(file.path, Span(colon + 1, span.end), "")
    end = _line_end(source, span.end)
    yield Edit(file.path, Span(end, end), text)


def _columns(file: ComposeFile, service: ComposeService, at: Located) -> tuple[int, int]:
    """Where the keys of the mapping begin, and how far its values are indented below them."""
    assert isinstance(service.at.value, Keyed)
    assert at.entry is not None
    step = layout_of(file.yaml, service.at.value).step
    start = file.source.line_span(file.source.line_of(at.entry.span.start)).start
    return at.entry.span.start - start + step, step


def _line_end(source: Source, offset: int) -> int:
    """The place before the ending of a line."""
    line = source.slice(source.line_span(source.line_of(offset)))
    return source.line_span(source.line_of(offset)).start + len(line.rstrip("\r\n"))
