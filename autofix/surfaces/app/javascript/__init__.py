"""What does a JavaScript or TypeScript file state about the service it is part of?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from autofix.node import Atom, Node, UnreadableError
from autofix.surfaces.app.javascript import listeners, nest, pages, plainhttp, uses, variables
from autofix.surfaces.app.javascript.atoms import atoms
from autofix.surfaces.app.javascript.exports import names_of
from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.routes import Registrations
from autofix.surfaces.app.javascript.texts import texts
from autofix.surfaces.app.javascript.tree import Syntax
from autofix.surfaces.app.literals import Text
from autofix.surfaces.app.nodes import AppModule, Mount, Route
from autofix.text import Source, Span

TELLING = (
    ".env", "process.", "process'", 'process"', "console.", "express", "fastify", "koa", "hono", "@nestjs/", ".listen(",
    "createServer", "outer.", "PrismaClient", "prisma.", "createClient", "createPool", "createConnection", "mongoose",
    "mongodb", "ioredis", "sequelize", "typeorm", "drizzle", "knex", "sqlite", "mysql", "'pg'", '"pg"', "neon", "winston",
    "pino", "ogger", "/log", "kafka", "WebSocketServer", "Bun.serve", "NextResponse", "NextApiRequest", "NextRequest",
    "writeFile", "createWriteStream", "appendFile", "mkdir", "multer", "ensureDir", "outputFile", "copyFile", "rename",
    "formidable", "fileupload", "child_process", "(app", ".get('/", '.get("/', "app.use(",
    "Response.json", "new Response", "ConfigService", "socket.io", "enableShutdownHooks", "setGlobalPrefix",
    "enableVersioning", "useGlobal", "cors",
)  # fmt: skip
N = TypeVar("N", bound=Node)
DECLARATIONS = re.compile(r"\.d\.[cm]?ts$")


@dataclass(frozen=True)
class Script(AppModule):
    """A file of either language. Its tokens are read when somebody asks: only what is edited is compared."""

    @cached_property
    def _atoms(self) -> tuple[Atom, ...]:
        return tuple(atoms(Syntax(self.source)))

    def atoms(self) -> Sequence[Atom]:
        """The tokens, each with the kinds of what it stands in."""
        return self._atoms

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The strings."""
        return tuple(texts(Syntax(self.source)))


def relevant(text: str, path: str = "") -> bool:
    """Whether a file may state any fact besides its imports; most files of a repository do not, and say so cheaply.

    With the path also a file counts that is a route only because of where it lies.
    """
    return pages.is_page(path) or any(word in text for word in TELLING)


def parse(source: Source) -> AppModule:
    """The facts of a file. Raises UnreadableError when any part of it is not understood, or nobody wrote it."""
    syntax = Syntax(source)
    language = "javascript" if syntax.language == "javascript" else "typescript"
    remarks = tuple(syntax.span(node) for node in syntax.found.get("comment", []))
    if DECLARATIONS.search(source.path):
        return Script(source, language, comment_spans=remarks)
    try:
        module = _facts(syntax, language, remarks)
    except RecursionError:
        raise UnreadableError("nests too deeply") from None
    _check(module)
    return module


def _facts(syntax: Syntax, language: str, remarks: tuple[Span, ...]) -> AppModule:
    file = File(syntax)
    calls = Registrations(file)
    served = not file.tests
    return Script(
        file.source,
        language,
        routes=_routes(file, calls) if served else (),
        mounts=_mounts(file, calls) if served else (),
        listeners=_ordered(listeners.listeners(file)) if served else (),
        variables=tuple(variables.variables(file)),
        imports=tuple(file.names.imports),
        uses=_ordered([*uses.uses(file), *(calls.middleware if served else ())]),
        exports=names_of(syntax, file.exports),
        comment_spans=remarks,
    )


def _routes(file: File, calls: Registrations) -> tuple[Route, ...]:
    found = [*calls.routes, *nest.routes(file), *plainhttp.routes(file), *pages.routes(file)]
    return tuple(sorted(found, key=lambda route: (route.path_span or route.span, route.method)))


def _mounts(file: File, calls: Registrations) -> tuple[Mount, ...]:
    return _ordered([*calls.mounts, *nest.mounts(file)])


def _ordered(found: Iterable[N]) -> tuple[N, ...]:
    return tuple(sorted(found, key=lambda node: node.span))


def _check(module: AppModule) -> None:
    """Raises UnreadableError unless every span holds what its fact says."""
    at = module.source.slice
    wrong: list[Span] = [span for span in module.comment_spans if not at(span).startswith(("/", "#!", "<!--", "-->"))]
    wrong += [one.path_span for one in module.routes if one.path_span and at(one.path_span) != one.written]
    wrong += [one.span for one in module.variables if one.name not in one.text]
    wrong += [one.span for one in module.imports if one.module not in one.text]
    for span in wrong[:1]:
        raise UnreadableError(f"a span does not hold what it should: {at(span)[:40]!r}", span.start)
