"""What does a Python source file state?

Facts come from the standard library's `ast`, which is fast enough for every file of a repository that `relevant` lets
through. What a rule edits is located by libcst, file by file and only then: see `PythonModule.exact`. Both count in
code points of the text, and each proves its places against it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from autofix.node import Atom, Node, UnreadableError
from autofix.surfaces.app.literals import Text
from autofix.surfaces.app.nodes import AppModule, Import
from autofix.surfaces.app.python_atoms import atoms, comments
from autofix.surfaces.app.python_listeners import Listeners
from autofix.surfaces.app.python_routes import Routes, is_test
from autofix.surfaces.app.python_tree import Tree
from autofix.surfaces.app.python_uses import Uses
from autofix.surfaces.app.python_variables import Variables
from autofix.text import Source, Span

if TYPE_CHECKING:
    from autofix.surfaces.app.python_exact import Exact

RELEVANT = re.compile(
    r"environ|getenv|BaseSettings|decouple|envvar|\benv[.(]"  # variables
    r"|fastapi|APIRouter|flask|Flask|quart|sanic|starlette|aiohttp|ninja|bottle|urlpatterns|\.route\(|@\w+\.(?:get|post)\("
    r"|uvicorn|hypercorn|waitress|wsgiref|werkzeug|http\.server|socketserver|gevent|grpc|\bbind\b|\bport *="  # listeners
    r"|sqlalchemy|sqlmodel|psycopg|asyncpg|aiopg|peewee|pymysql|MySQLdb|aiomysql|mysql|mongo|redis|sqlite|databases|tortoise"
    r"|DATABASES|ALLOWED_HOSTS|CORS_|LOGGING|CORSMiddleware|TrustedHost|signal|logg|kafka|print\(|SystemExit|exit\("
    r"|open\(|mkdir|makedirs|write_text|write_bytes|touch\(|shutil|MEDIA_ROOT|os\.re(?:name|place)"
)


def relevant(text: str) -> bool:
    """Whether the text holds a word without which there is no fact in it; a file without one states nothing."""
    return RELEVANT.search(text) is not None


@dataclass(frozen=True)
class PythonModule(AppModule):
    """A Python file. What only a verification or an edit asks for is read when it is asked for."""

    @cached_property
    def _atoms(self) -> tuple[Atom, ...]:
        return atoms(self.source)

    @cached_property
    def _comments(self) -> tuple[Span, ...]:
        return comments(self.source)

    def atoms(self) -> Sequence[Atom]:
        """The tokens, each with the kinds of what it stands in."""
        return self._atoms

    def comments(self) -> Sequence[Span]:
        """The comments."""
        return self._comments

    @property
    def texts(self) -> tuple[Text, ...]:
        """The strings."""
        return self.exact.texts

    @property
    def exact(self) -> Exact:
        """What may be edited here. Raises UnreadableError when libcst would not keep every byte of the file."""
        from autofix.surfaces.app.python_exact import exact

        return exact(self.source)


def parse(source: Source) -> PythonModule:
    """The facts of a Python file. Raises UnreadableError when it cannot be read exactly.

    A test file has no routes, mounts and listeners: what it registers is there to be tried.
    """
    if not relevant(source.text):
        return PythonModule(source, "python")
    try:
        return _facts(source)
    except RecursionError:
        raise UnreadableError("nests too deeply") from None


def _facts(source: Source) -> PythonModule:
    tree = Tree(source)
    serves = not is_test(source.path)
    routes = Routes(tree)
    return PythonModule(
        source,
        "python",
        routes=tuple(sorted(routes.routes(), key=_place)) if serves else (),
        mounts=tuple(sorted(routes.mounts(), key=_place)) if serves else (),
        listeners=tuple(sorted(Listeners(tree).listeners(), key=_place)) if serves else (),
        variables=tuple(sorted(Variables(tree).variables(), key=_place)),
        imports=tuple(sorted(_imports(tree), key=_place)),
        uses=tuple(sorted(Uses(tree).uses(), key=_place)),
    )


def _place(node: Node) -> Span:
    return node.span


def _imports(tree: Tree) -> Iterator[Import]:
    """Every import; a whole module is `*` to whoever calls it by a name."""
    for whole in tree.every(ast.Import):
        for alias in whole.names:
            named = ((alias.asname or alias.name, "*"),)
            yield Import(tree.source, tree.span(whole), f"import:{alias.name}", module=alias.name, names=named)
    for part in tree.every(ast.ImportFrom):
        module = "." * part.level + (part.module or "")
        names = tuple((alias.asname or alias.name, alias.name) for alias in part.names)
        yield Import(tree.source, tree.span(part), f"import:{module}", module=module, names=names)
