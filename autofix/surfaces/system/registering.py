"""How does an application answer a second path, in the words of its framework?"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from posixpath import dirname, join

from autofix.surfaces.app.literals import Text
from autofix.surfaces.app.nodes import AppModule, Route
from autofix.surfaces.system.beside import arrayed, beside, copied, listed, replaced
from autofix.surfaces.system.spelling import last
from autofix.text import Edit, NewFile, Span

Change = Edit | NewFile
ARRAYS = {
    "express": frozenset({"express", "express-promise-router"}),
    "koa": frozenset({"@koa/router", "koa-router"}),
    "nest": frozenset({"@nestjs/common"}),
}
"""The frameworks that take a list of paths, and the packages by which one can tell them from their likes."""
STACKED = frozenset({"fastapi", "starlette", "flask", "quart", "aiohttp", "bottle", "ninja"})
HIDDEN = frozenset({"fastapi", "starlette", "ninja"})
SETTINGS = re.compile(
    r"^export const (?:dynamic|dynamicParams|revalidate|fetchCache|runtime|preferredRegion|maxDuration)\b[^;\n]*;?",
    re.MULTILINE,
)
NAMED = re.compile(r",\s*name\s*=\s*(?:\"[^\"\n]*\"|'[^'\n]*')")


def word_of(module: AppModule, route: Route) -> Span | None:
    """Where the last part of a route's path stands; None where this registration does not hold it."""
    if route.path_span is None or last(route.full_path or "") != last(route.written):
        part = _of_controller(module, route)
        inner = part.inner if part else None
    else:
        inner = route.path_span
    if inner is None:
        return None
    text = module.source.slice(inner).rstrip("/")
    return Span(inner.start + len(text) - len(last(text)), inner.start + len(text))


def _of_controller(module: AppModule, route: Route) -> Text | None:
    """The one string of `@Controller('healthz')`, where its class has this one route alone."""
    if route.framework != "nest" or route.written:
        return None
    found = [one for one in module.texts if one.detail == "Controller" and one.role == "argument" and one.whole]
    alone = all(one.router == route.router for one in module.routes) and len({one.span for one in module.routes}) == 1
    return found[0] if len(found) == 1 and alone else None


def answering(module: AppModule, route: Route, new: str, packages: Collection[str]) -> tuple[Change, ...] | str:
    """What lets a registration answer the path that ends in `new` as well, or why that is not known.

    `packages` are what the source of the application imports: many frameworks look like Express and are not.
    """
    if route.framework == "next":
        return _page(module, new)
    word = word_of(module, route)
    if word is None:
        return "the path of the route is written in another place"
    part = next((one for one in module.texts if one.inner.contains(word) and one.whole), None)
    if part is None:
        return "the path of the route is no plain string"
    lists = not ARRAYS.get(route.framework, frozenset()).isdisjoint(packages)
    edits = _python(module, route, part, word, new) if module.language == "python" else _script(
        module, route, _Place(part, word, lists), new)  # fmt: skip
    return edits or f"there is no clean way to register two paths here ({route.framework or 'unknown framework'})"


@dataclass(frozen=True)
class _Place:
    """Where a path stands, and whether the framework takes a list in its place."""

    part: Text
    word: Span
    lists: bool


def _script(module: AppModule, route: Route, place: _Place, new: str) -> tuple[Edit, ...]:
    source, part, word = module.source, place.part, place.word
    if part.role == "element" or route.framework == "http":
        edit = beside(source, part, word, new)
        return (edit,) if edit else ()
    before = source.text[part.around.start : part.span.start]
    first = part.role == "argument" and before.rstrip().endswith("(")
    if place.lists and first:
        return (arrayed(source, part, word, new),)
    if route.framework == "hono" and first and (verb := re.search(r"\.get\s*\(\s*$", before)):
        start = part.around.start + verb.start()
        head = source.text[start : part.span.start].replace(".get", ".on", 1)
        return (Edit(source.path, Span(start, part.span.end), f"{head}'GET', {arrayed(source, part, word, new).text}"),)
    edit = copied(source, route.span, word, new) if route.framework != "nest" else None
    return (edit,) if edit else ()


def _python(module: AppModule, route: Route, part: Text, word: Span, new: str) -> tuple[Edit, ...]:
    source, whole = module.source, route.span
    if part.role == "entry" and route.framework in ("django", "starlette", "aiohttp"):
        return _pattern(module, route, part, word, new)
    if part.role == "argument" and part.detail == "add_resource":
        return (listed(source, part.span, replaced(source, part.span, word, new)),)
    of_class = route.handler is not None and source.text.startswith(("class ", "@"), route.handler.start)
    if route.framework not in STACKED or (of_class and route.framework in ("flask", "quart")):
        return ()
    edit = copied(source, whole, word, new)
    hidden = _hidden(module, whole) if route.framework in HIDDEN else None
    return (edit, *((hidden,) if hidden else ())) if edit else ()


def _hidden(module: AppModule, call: Span) -> Edit | None:
    """`include_in_schema=False` for the old path: the documentation names one."""
    source = module.source
    text = source.slice(call)
    if "include_in_schema" in text:
        return None
    inner = text[:-1].rstrip()
    end = call.start + len(inner)
    if inner.endswith(","):
        indent = source.newline + source.indent_at(end - 1) if "\n" in text[len(inner) :] else " "
        return Edit(source.path, Span(end, end), f"{indent}include_in_schema=False,")
    return Edit(source.path, Span(end, end), ", include_in_schema=False")


def _pattern(module: AppModule, route: Route, part: Text, word: Span, new: str) -> tuple[Edit, ...]:
    """Another entry of a list of routes before the old one, which gives its name to the new one."""
    source = module.source
    edits = [listed(source, part.around, replaced(source, part.around, word, new))]
    if (hidden := _hidden(module, part.around)) and route.framework == "starlette":
        edits.append(hidden)
    if named := NAMED.search(source.text, part.around.start, part.around.end):
        edits.append(Edit(source.path, Span(*named.span()), ""))
    return tuple(edits)


def _page(module: AppModule, new: str) -> tuple[Change, ...] | str:
    """A file beside the old one that passes its answer on; what Next reads from the file itself is said again."""
    source = module.source
    stem = source.path.rpartition("/")[2].partition(".")[0]
    ending = source.path.rpartition(".")[2]
    if "export const config" in source.text or "export *" in source.text:
        return "the file has settings that Next reads from it"
    if stem != "route":
        old = stem if stem != "index" else last(dirname(source.path))
        if stem == "index":
            return "the folder may hold other files"
        return (
            NewFile(
                join(dirname(source.path), f"{new}.{ending}"), f"export {{ default }} from './{old}';{source.newline}"
            ),
        )
    names = ", ".join(dict.fromkeys(one.method for one in module.routes))
    settings = "".join(f"{line}{source.newline}" for line in SETTINGS.findall(source.text))
    folder = dirname(source.path)
    text = f"export {{ {names} }} from '../{last(folder)}/route';{source.newline}"
    text += f"{source.newline}{settings}" if settings else ""
    return (NewFile(join(dirname(folder), new, f"route.{ending}"), text),)
