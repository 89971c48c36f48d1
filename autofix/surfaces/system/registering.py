"""How does an application answer a second path, in the words of its framework?"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from posixpath import dirname, join

from autofix.surfaces.app.literals import Text
from autofix.surfaces.app.nodes import AppModule, Route
from autofix.surfaces.system.applications import Answer
from autofix.surfaces.system.beside import arrayed, beside, copied, listed, looped, replaced
from autofix.surfaces.system.spelling import last
from autofix.text import Edit, NewFile, Source, Span

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


@dataclass(frozen=True)
class _Place:
    """Where the last part of a path stands, in which call, and whether the framework takes a list in its place."""

    module: AppModule
    call: Span
    part: Text
    word: Span
    lists: bool = False


def word_of(answer: Answer) -> tuple[str, Span] | None:
    """The file and the place of the last part of a path; None where no registration holds it by itself."""
    place = _place(answer)
    return (place.module.path, place.word) if place else None


def _place(answer: Answer) -> _Place | None:
    route, name = answer.route, last(answer.path)
    module, call = (answer.mount[0], answer.mount[1].span) if answer.mount else (answer.module, route.span)
    if answer.mount or route.path_span is None or last(route.written) != name:
        parts = _of_controller(answer) or (one for one in module.texts if answer.mount and call.contains(one.span))
    else:
        parts = (one for one in module.texts if one.inner == route.path_span)
    for part in parts:
        text = module.source.slice(part.inner).rstrip("/")
        if part.whole and last(text) == name:
            end = part.inner.start + len(text)
            return _Place(module, call, part, Span(end - len(name), end))
    return None


def _of_controller(answer: Answer) -> list[Text]:
    """The one string of `@Controller('healthz')`, where its class has this one route alone."""
    module, route = answer.module, answer.route
    if route.framework != "nest" or route.written:
        return []
    found = [one for one in module.texts if one.detail == "Controller" and one.role == "argument" and one.whole]
    alone = all(one.router == route.router for one in module.routes) and len({one.span for one in module.routes}) == 1
    return found if len(found) == 1 and alone else []


def answering(answer: Answer, new: str, packages: Collection[str]) -> tuple[Change, ...] | str:
    """What lets a registration answer the path that ends in `new` as well, or why that is not known.

    `packages` are what the source of the application imports: many frameworks look like Express and are not.
    """
    route = answer.route
    if route.framework == "next":
        return _page(answer.module, new)
    place = _place(answer)
    if place is None:
        return "the path of the route is written in another place, or is no plain string"
    place = replace(place, lists=not ARRAYS.get(route.framework, frozenset()).isdisjoint(packages))
    edits = _python(route, place, new) if place.module.language == "python" else _script(route, place, new)
    return edits or f"there is no clean way to register two paths here ({route.framework or 'unknown framework'})"


def _script(route: Route, place: _Place, new: str) -> tuple[Edit, ...]:
    source, part, word = place.module.source, place.part, place.word
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
    if route.framework == "nest" or place.call != route.span:
        return ()
    edit = copied(source, place.call, word, new)
    return (edit,) if edit else looped(source, place.call, part, word, new)


def _python(route: Route, place: _Place, new: str) -> tuple[Edit, ...]:
    source, part, word = place.module.source, place.part, place.word
    if part.role == "entry" and route.framework in ("django", "starlette", "aiohttp"):
        return _pattern(route, place, new)
    if part.role == "argument" and part.detail == "add_resource":
        return (listed(source, part.span, replaced(source, part.span, word, new)),)
    of_class = route.handler is not None and route.source.text.startswith(("class ", "@"), route.handler.start)
    twice = route.framework in ("flask", "quart") and (of_class or place.call != route.span)
    if route.framework not in STACKED or twice:
        return ()
    edit = copied(source, place.call, word, new)
    hidden = _hidden(source, place.call) if route.framework in HIDDEN else None
    return (edit, *((hidden,) if hidden else ())) if edit else ()


def _hidden(source: Source, call: Span) -> Edit | None:
    """`include_in_schema=False` for the old path: the documentation names one."""
    text = source.slice(call)
    if "include_in_schema" in text:
        return None
    inner = text[:-1].rstrip()
    end = call.start + len(inner)
    if inner.endswith(","):
        indent = source.newline + source.indent_at(end - 1) if "\n" in text[len(inner) :] else " "
        return Edit(source.path, Span(end, end), f"{indent}include_in_schema=False,")
    return Edit(source.path, Span(end, end), ", include_in_schema=False")


def _pattern(route: Route, place: _Place, new: str) -> tuple[Edit, ...]:
    """Another entry of a list of routes before the old one, which gives its name to the new one."""
    source, around = place.module.source, place.part.around
    edits = [listed(source, around, replaced(source, around, place.word, new))]
    if (hidden := _hidden(source, around)) and route.framework == "starlette":
        edits.append(hidden)
    if named := NAMED.search(source.text, around.start, around.end):
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
