"""What does the source of a service state about the container around it?

Read when somebody asks: most runs need nothing of it, and it is the largest part of a repository.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from autofix.link.names import parent
from autofix.link.pages import first_page
from autofix.link.routes import endpoints
from autofix.node import Evidence
from autofix.project import Application, Fact, Needed, Service
from autofix.surfaces.app import ENDINGS
from autofix.text import Source, Span

if TYPE_CHECKING:
    from autofix.surfaces.app.nodes import AppModule, Listener

ASIDE = re.compile(
    r"(?:^|/)(?:tests?(?:[-_]\w+)?|\w+[-_]tests?|__tests__|__mocks__|e2e|spec|cypress|docs?|examples?|migrations"
    r"|node_modules|dist|build|coverage|public|static|vendor|scripts|\.next|storybook|\.?venv|site-packages|third[_-]party"
    r"|\.github)/|\.(?:test|spec|stories|config|d)\.[cm]?[jt]s$"
    r"|(?:^|/)(?:test_\w+|\w+_test|conftest|setup|noxfile|fabfile)\.py$"
)
MANIFESTS = ("package.json", "pyproject.toml", "requirements.txt", "setup.py", "Dockerfile")
WRITING = re.compile(
    r"writeFile|mkdir|createWriteStream|appendFile|ensureDir|output(?:File|Json)|copyFile|multer|formidable|sqlite|transports\.\w*File"
)
SCHEMA_URL = re.compile(r"^\s*url\s*=\s*env\(\s*\"(?P<name>\w+)\"\s*\)", re.MULTILINE)
PORT_OPTION = re.compile(r"(?:--port|-p|--bind|-b)[ =](?:[\w.]*:)?(?P<port>\d{2,5})\b")
SAID = re.compile(r"\$\{(?P<name>\w+)(?::-(?P<default>[^{}]*))?\}")
TOOLS = re.compile(
    r"^(?:tools?|bench(?:marks?)?|seeds?|seeders?|fixtures?|extra|contrib|testing|mock\w*|dev|ci|\.\w+)/"
    r"|(?:^|/)(?:seeds?|seeders?|conftest|tests|noxfile|fabfile|locustfile|gulpfile|gruntfile|seed_\w+)"
    r"\.\w+$",
    re.IGNORECASE,
)
MAIN = re.compile(r"^if __name__ == |\brequire\.main === module\b", re.MULTILINE)
MOST_MODULES = 400


@dataclass(frozen=True)
class Applications(Mapping[str, Application]):
    """The applications of all services by the id of the service, each read at the first question."""

    services: Sequence[Service]
    sources: Mapping[str, Source]
    occupied: Collection[str]
    _read: dict[str, Application] = field(default_factory=dict)

    def __getitem__(self, service_id: str) -> Application:
        if service_id not in self._read:
            service = next((one for one in self.services if one.id == service_id), None)
            if service is None:
                raise KeyError(service_id)
            self._read[service_id] = self._of(service)
        return self._read[service_id]

    def __iter__(self) -> Iterator[str]:
        return (service.id for service in self.services)

    def __len__(self) -> int:
        return len(self.services)

    def _of(self, service: Service) -> Application:
        if service.build is None:
            return Application()
        modules = tuple(self._modules(service.folder))
        return Application(
            modules=tuple(module.path for module in modules),
            port=_port(service, modules),
            port_variable=next((one.port_variable for one in _listeners(modules) if one.port_variable), ""),
            host=next(_hosts(service, modules), None),
            endpoints=(*endpoints(modules), *first_page(service.folder, self.sources, self.occupied)),
            variables=tuple(
                _variables([one for one in modules if not _is_tool(service, one)], self._schema(service, modules))
            ),
            prisma=self._prisma(service, modules),
            databases=_uses(modules, "database"),
            writes=tuple(_written(service, (*modules, *self._shared(service.folder)))),
            signals=_uses(modules, "signal"),
        )

    def _modules(self, folder: str) -> Iterator[AppModule]:
        """The source files of an application: below its folder, not below that of another one, no tests."""
        top = f"{folder}/" if folder else ""
        others = {parent(path) for path in self.occupied if path.rpartition("/")[2] in MANIFESTS} - {folder}
        count = 0
        for path, source in self.sources.items():
            inner = path.removeprefix(top)
            if not path.startswith(top) or not path.endswith(ENDINGS) or ASIDE.search(inner):
                continue
            above = parent(path)
            while len(above) > len(folder) and above not in others:
                above = parent(above)
            if above in others and len(above) > len(folder):
                continue
            if count < MOST_MODULES and (module := _module(source)):
                count += 1
                yield module

    def _shared(self, folder: str) -> Iterator[AppModule]:
        """The files of the workspace's packages that the application needs, and that may write something."""
        known, waiting, count = {folder}, [folder], 0
        while waiting:
            for name in _needed(self.sources, waiting.pop()):
                below = self._packages.get(name)
                if below is None or below in known:
                    continue
                known.add(below)
                waiting.append(below)
                for path, source in self.sources.items():
                    inner = path.removeprefix(f"{below}/")
                    if inner == path or not path.endswith(ENDINGS) or ASIDE.search(inner) or count >= MOST_MODULES:
                        continue
                    if WRITING.search(source.text) and (module := _module(source)):
                        count += 1
                        yield module

    @cached_property
    def _packages(self) -> Mapping[str, str]:
        """The folders of all packages by the name they have."""
        paths = [path for path in self.sources if path.rpartition("/")[2] == "package.json" and "/" in path]
        return {str(_manifest(self.sources, parent(path)).get("name", "")): parent(path) for path in paths}

    def _schema(self, service: Service, modules: Sequence[AppModule]) -> Fact[str] | None:
        """The variable that a Prisma schema takes the address of the database from."""
        if self._prisma(service, modules) is None:
            return None
        schemas = sorted(
            (path for path in self.sources if path.endswith(".prisma")),
            key=lambda path: (not path.startswith(f"{service.folder}/"), path.count("/"), path),
        )
        for path in schemas:
            if found := SCHEMA_URL.search(self.sources[path].text):
                return Fact(found["name"], Evidence("datasource", path, Span(*found.span("name"))))
        return None

    def _prisma(self, service: Service, modules: Sequence[AppModule]) -> Evidence | None:
        """Where the application shows that it uses Prisma: its source, its Dockerfile, its scripts."""
        for module in modules:
            for one in (*module.using("prisma"), *(one for one in module.imports if one.module == "@prisma/client")):
                return one.evidence("prisma")
        for path in (service.build.dockerfile if service.build else "", *service.scripts):
            source = self.sources.get(path)
            if source and (found := re.search(r"^[^#\n]*\bprisma\b", source.text, re.MULTILINE)):
                return Evidence("prisma", path, Span(*found.span()))
        return None


def _manifest(sources: Mapping[str, Source], folder: str) -> Mapping[str, object]:
    source = sources.get(f"{folder}/package.json".lstrip("/"))
    try:
        read = json.loads(source.text) if source else {}
    except ValueError:
        read = {}
    return read if isinstance(read, dict) else {}


def _needed(sources: Mapping[str, Source], folder: str) -> Iterator[str]:
    """The packages that a manifest names."""
    for key in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
        named = _manifest(sources, folder).get(key)
        yield from named if isinstance(named, dict) else ()


def _module(source: Source) -> AppModule | None:
    """The facts of one file; None for one that states none or cannot be read."""
    from autofix.surfaces.app.document import module_of, relevant

    return module_of(source) if relevant(source) else None


def _uses(modules: Sequence[AppModule], kind: str) -> tuple[Fact[str], ...]:
    return tuple(Fact(use.what, use.evidence(kind)) for module in modules for use in module.using(kind))


def _written(service: Service, modules: Sequence[AppModule]) -> Iterator[Fact[str]]:
    """The paths that are written, with what the deployment says of their variables; empty where that is unknown."""
    for fact in (*_uses(modules, "writes"), *_uses(modules, "file-log")):
        path = fact.value
        while found := SAID.search(path):
            given = service.variable(found["name"])
            value = given.value if given else found["default"]
            path = f"{path[: found.start()]}{value}{path[found.end() :]}" if value else ""
        yield Fact(path, fact.evidence)


def _listeners(modules: Sequence[AppModule]) -> Iterator[Listener]:
    for module in modules:
        yield from (one for one in module.listeners if not one.guarded)


def _port(service: Service, modules: Sequence[AppModule]) -> Fact[int] | None:
    """The one port the source listens on: what the deployment gives its variable, else its default; a port option of the
    start; the one port the deployment names.
    """
    candidates: dict[int, Fact[int]] = {}
    for one in _listeners(modules):
        given = service.variable(one.port_variable) if one.port_variable else None
        if given and (given.value or "").isdigit():
            candidates.setdefault(int(given.value or 0), Fact(int(given.value or 0), given.evidence))
        elif one.port:
            candidates.setdefault(one.port, Fact(one.port, one.evidence("listens")))
    if not candidates:
        for fact in service.start:
            if found := PORT_OPTION.search(fact.value):
                candidates.setdefault(int(found["port"]), Fact(int(found["port"]), fact.evidence))
    if not candidates and (given := service.variable("PORT")) and (given.value or "").isdigit():
        candidates[int(given.value or 0)] = Fact(int(given.value or 0), given.evidence)
    if not candidates:
        candidates = {fact.value: fact for fact in reversed(service.ports)}
    return next(iter(candidates.values())) if len(candidates) == 1 else None


def _hosts(service: Service, modules: Sequence[AppModule]) -> Iterator[Fact[str]]:
    """The addresses the source names, those included that the deployment gives to a variable."""
    for one in _listeners(modules):
        given = service.variable(one.host_variable) if one.host_variable else None
        if given and given.value:
            yield Fact(given.value, given.evidence)
        elif one.host:
            yield Fact(one.host, one.evidence("host"))


def _is_tool(service: Service, module: AppModule) -> bool:
    """Whether a file is one that people start by hand, and the service does not."""
    inner = module.path.removeprefix(f"{service.folder}/" if service.folder else "")
    name = inner.rpartition("/")[2].rpartition(".")[0]
    alone = bool(TOOLS.search(inner)) or ("/" not in inner and MAIN.search(module.source.text) is not None)
    return alone and not any(name in fact.value for fact in service.start)


def _variables(modules: Sequence[AppModule], schema: Fact[str] | None) -> Iterator[Needed]:
    """Each variable once, as the place says that needs it most."""
    seen: dict[str, list[Needed]] = {}
    for module in modules:
        for one in module.variables:
            seen.setdefault(one.name, []).append(
                Needed(
                    one.name,
                    one.required,
                    one.default,
                    one.checked,
                    one.evidence(one.name),
                    strict=one.strict and not one.branched,
                    branched=one.branched,
                    fallbacks=(one.default,) if one.fallback else (),
                )
            )
    if schema:
        found = Needed(schema.value, True, None, False, schema.evidence, strict=True)
        seen.setdefault(schema.value, []).append(found)
    for name in sorted(seen):
        yield _together(name, seen[name])


def _together(name: str, reads: Sequence[Needed]) -> Needed:
    """Required when it is read without a default anywhere and no schema calls it optional; strict when no place can do
    without it, or the start checks.
    """
    checked = any(one.checked for one in reads)
    optional = any(one.checked and not one.required for one in reads)
    spared = optional or (any(not one.required for one in reads) and not checked)
    strict = [one for one in reads if one.strict and not spared]
    needed = [one for one in reads if one.required and not optional]
    first = next(iter(strict or needed), reads[0])
    return Needed(
        name,
        bool(needed),
        next((one.default for one in reads if one.default is not None), None),
        checked,
        first.evidence,
        strict=bool(strict),
        branched=all(one.branched for one in needed or reads),
        fallbacks=tuple(dict.fromkeys(said for one in reads for said in one.fallbacks)),
    )
