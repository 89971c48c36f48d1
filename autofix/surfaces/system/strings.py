"""Where does the source of programs name a health path that is no route?  Lists of open paths, skips, clients, tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from autofix.node import UnreadableError
from autofix.project import Project
from autofix.surfaces.app import ENDINGS
from autofix.surfaces.app.document import module_of
from autofix.surfaces.app.literals import Text
from autofix.surfaces.app.nodes import AppModule
from autofix.surfaces.editable import why_uneditable
from autofix.surfaces.system.applications import App, owner
from autofix.surfaces.system.beside import MATCHER, paths
from autofix.surfaces.system.hosts import LOCAL, Network, Reached
from autofix.surfaces.system.references import Reference
from autofix.surfaces.system.spelling import Asked, asked, last

TEST = re.compile(
    r"(?:^|/)(?:__tests__|__mocks__|tests?|testing|e2e|spec|cypress|playwright)/|[.\-_](?:\w*test|spec|e2e|cy)\.[cm]?[jt]sx?$"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_tests?|conftest)\.py$",
    re.IGNORECASE,
)
KEYED = frozenset({"element", "entry", "compared", "case", "other", "pattern"})
PATTERN = re.compile(r"[()|^*\\]")
DECIDES = re.compile(
    r"(?:starts|ends)_?with|includes|exclude|excludes|except|unless|forRoutes|match|test|use|search|find|indexOf|unless\.\w+|\w+\.\w*"
    r"(?:exclu|skip|ignore|public|allow|white|bypass|open)\w*",
    re.IGNORECASE,
)


def strings(project: Project, apps: tuple[App, ...]) -> Iterator[Reference]:
    """Every string of any program of the repository that names a usual health path, routes left out."""
    network = Network(project, apps)
    for path, source in project.sources.items():
        if path.endswith(ENDINGS) and "health" in source.text:
            module = module_of(source)
            own = owner(apps, path)
            if module is None or why_uneditable(source):
                for one in asked(source.text):
                    yield Reference(source, "path", one, network.reached(one, own), shut="a file that is not read")
            else:
                yield from _of(network, module, own)


def _of(network: Network, module: AppModule, own: App | None) -> Iterator[Reference]:
    source = module.source
    routes = {one.path_span for one in module.routes}
    for remark in module.comments():
        yield from (Reference(source, "prose", one) for one in asked(source.text, *remark))
    try:
        parts = module.texts
    except UnreadableError:
        parts = ()
    for part in parts:
        mounted = any(one.span.contains(part.span) for one in module.mounts if one.router != "*")
        if part.inner not in routes and not mounted and part.role != "import" and "health" in source.slice(part.inner):
            for one in asked(source.text, part.inner.start - 1, part.inner.end + 1):
                if found := _reference(network, module, own, part, one):
                    yield found


def _reference(network: Network, module: AppModule, own: App | None, part: Text, one: Asked) -> Reference | None:
    test = bool(TEST.search(module.path))
    bare = not one.path.startswith("/")
    if bare and (part.role not in ("element", "entry", "argument") or not _excluded(module, part)):
        return None
    if part.role == "message":
        return Reference(module.source, "path", one, _own(network, own, one), part=part, test=test)
    pattern = part.role == "pattern" or bool(PATTERN.search(module.source.slice(part.inner)))
    if pattern and not test and part.role != "joined":
        reached = Reached(own, one.path) if own else None
        spelled = replace(one, host=None, path=f"/{last(one.path)}")
        return Reference(module.source, "key", spelled, reached, shut="a pattern")
    if one.host is not None:
        foreign = network.foreign(one)
        reached = None if foreign else _own(network, own, one)
        return Reference(module.source, "foreign" if foreign else "path", one, reached, part=part, test=test)
    listing = part.role != "entry" or bool(MATCHER.fullmatch(module.source.slice(part.around)))
    keyed = (
        not test
        and listing
        and (part.role in KEYED or (part.role == "argument" and bool(DECIDES.fullmatch(part.detail))))
    )
    reached = None if keyed and own is None else network.reached(one, own)
    if keyed and part.role == "element" and not paths(module.source, part):
        return Reference(module.source, "key", one, reached, shut="a record of something else")
    return Reference(module.source, "key" if keyed else "path", one, reached, part=part, test=test)


def _own(network: Network, own: App | None, one: Asked) -> Reached | None:
    """Who is asked: this very application, where the question goes to the own machine."""
    return network.reached(one, own if one.host in LOCAL or one.host is None else None)


def _excluded(module: AppModule, part: Text) -> bool:
    """Whether a path without its slash stands in a list of excluded ones."""
    before = module.source.text[max(0, part.around.start - 60) : part.span.start]
    return bool(re.search(r"\bexclude\b['\"]?\s*[:(=]", before))
