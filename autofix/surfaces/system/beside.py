"""How does a second path get beside one that a program decides by?"""

from __future__ import annotations

import re

from autofix.surfaces.app.literals import Text
from autofix.text import Edit, Source, Span

PYTHON = ".py"
STRING = re.compile(r"([\"'`])((?:(?!\1).)*)\1")
MATCHER = re.compile(r"\{\s*(?:(?:path|url|route|methods?|version)\s*:\s*[^{},]*,?\s*)+\}")
STARTS = frozenset({"startsWith", "endsWith"})


def replaced(source: Source, span: Span, word: Span, new: str) -> str:
    """The text of a span with another word in it."""
    return source.text[span.start : word.start] + new + source.text[word.end : span.end]


def beside(source: Source, part: Text, word: Span, new: str) -> Edit | None:
    """The edit that lets a string's path be two; None where no clean one is known."""
    if not part.whole:
        return None
    if part.role == "element" and not paths(source, part):
        return None
    if part.role == "element" or (part.role == "argument" and part.detail in ("exclude", "forRoutes", "add_resource")):
        return listed(source, part.span, replaced(source, part.span, word, new))
    if (
        part.role == "entry"
        and part.detail in ("path", "url", "route")
        and MATCHER.fullmatch(source.slice(part.around))
    ):
        return listed(source, part.around, replaced(source, part.around, word, new))
    if part.role == "argument" and part.detail == "use":
        return arrayed(source, part, word, new)
    python = source.path.endswith(PYTHON)
    return _in_python(source, part, word, new) if python else _in_javascript(source, part, word, new)


def paths(source: Source, part: Text) -> bool:
    """Whether a list holds nothing but paths, as far as it is written out."""
    rooted = source.text.startswith("/", part.inner.start)
    strings = (found[2] for found in STRING.finditer(source.slice(part.around)))
    return all(one.startswith(("/", "^", "(", "*")) if rooted else re.fullmatch(r"[^\s]+", one) for one in strings)


def listed(source: Source, span: Span, text: str) -> Edit:
    """Another element before one of a list, on a line of its own where that one has one."""
    line = source.line_span(source.line_of(span.start))
    before = source.text[line.start : span.start]
    gap = ", " if before.strip() else f",{source.newline}{before}"
    return Edit(source.path, Span(span.start, span.start), text + gap)


def arrayed(source: Source, part: Text, word: Span, new: str) -> Edit:
    """A list of both paths in the place of a string."""
    text = f"[{replaced(source, part.span, word, new)}, {source.slice(part.span)}]"
    return Edit(source.path, part.span, text)


def copied(source: Source, span: Span, word: Span, new: str, most: int = 12) -> Edit | None:
    """The lines of a statement once more, before it, with another word; None where it shares its lines or is long."""
    lines = source.lines_around(span)
    after = source.text[span.end : lines.end]
    if not _alone(source, span, word) or not re.fullmatch(r";?[ \t]*\r?\n?", after):
        return None
    text = replaced(source, lines, word, new)
    if text.count("\n") > most:
        return None
    return Edit(source.path, Span(lines.start, lines.start), text if text.endswith("\n") else text + source.newline)


def looped(source: Source, span: Span, part: Text, word: Span, new: str) -> tuple[Edit, ...]:
    """The statement once for each of two paths, by the name of a loop that nothing else here has."""
    name = next((one for one in ("url", "path", "route") if not re.search(rf"\b{one}\b", source.text)), "")
    if not name or not _alone(source, span, word):
        return ()
    before, after = source.text[span.start : part.span.start], source.text[part.span.end : span.end]
    both = f"[{replaced(source, part.span, word, new)}, {source.slice(part.span)}]"
    return (Edit(source.path, span, f"for (const {name} of {both}) {before}{name}{after}"),)


def _alone(source: Source, span: Span, word: Span) -> bool:
    """Whether a call is a statement of its own on its first line, and no chain of several calls."""
    before = source.text[source.line_span(source.line_of(span.start)).start : span.start]
    return not before.strip() and source.text.count("(", span.start, word.start) == 1


def _in_javascript(source: Source, part: Text, word: Span, new: str) -> Edit | None:
    old, other = source.slice(part.around), replaced(source, part.around, word, new)
    if part.role == "case":
        head = source.text[part.around.start : part.span.end]
        indent = source.indent_at(part.around.start)
        text = f"{replaced(source, Span(part.around.start, part.span.end), word, new)}:{source.newline}{indent}{head}"
        return Edit(source.path, Span(part.around.start, part.span.end), text)
    if part.role != "compared" and part.detail not in STARTS:
        return None
    sign = "&&" if part.detail.startswith("!") else "||"
    line = source.line_span(source.line_of(part.around.start))
    own = not source.text[line.start : part.around.start].strip() and "\n" not in old
    chained = re.match(rf"[ \t]*{re.escape(sign)}[ \t]*\r?\n", source.text[part.around.end : line.end])
    gap = source.newline + source.indent_at(part.around.start) if own and chained else " "
    text = f"{other} {sign}{gap}{old}"
    return Edit(source.path, part.around, text if part.closed else f"({text})")


def _in_python(source: Source, part: Text, word: Span, new: str) -> Edit | None:
    both = f"({replaced(source, part.span, word, new)}, {source.slice(part.span)})"
    if part.role == "argument" and part.detail in ("startswith", "endswith"):
        return Edit(source.path, part.span, both)
    if part.role != "compared" or part.around.end != part.span.end:
        return None
    left = re.sub(r"\s*[=!]=\s*$", "", source.text[part.around.start : part.span.start])
    sign = "not in" if part.detail == "!=" else "in"
    return Edit(source.path, part.around, f"{left} {sign} {both}")
