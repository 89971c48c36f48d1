"""Which facts can a source file state?  The same for every language; what is not sure is None and never a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autofix.node import Atom, Document, Node
from autofix.surfaces.app.literals import Text
from autofix.text import Span


@dataclass(frozen=True, kw_only=True)
class Route(Node):
    """A path the server answers; the span is the whole registration.

    `method` is upper case, `ANY` for all of them, empty when unknown. `written` is the path as it stands in the
    literal at `path_span` (quotes not included), `prefix` what this very file puts before it (None when it cannot be
    told), `full_path` both together, None when unknown (`path` is the file, as for every node). `router` names the variable or class it is registered on, so that a mount in
    another file can be followed. `handler` is where the answer is made. `plain` says that the answer is given without
    asking anything else (no await, no call that may fail, no middleware of its own).
    """

    framework: str
    method: str
    written: str
    path_span: Span | None
    prefix: str | None
    full_path: str | None
    router: str = ""
    handler: Span | None = None
    plain: bool = False


@dataclass(frozen=True, kw_only=True)
class Mount(Node):
    """A router put under a prefix: `app.use('/api', router)`, `include_router(users.router, prefix='/users')`.

    `router` is the expression as it is written, `module` the module it was imported from where that is known, `on` names
    what it is attached to. `prefix` holds all this very file puts before it. The router `*` is every router of the
    application (Nest's global prefix); `exclude` are the paths that leave out.
    """

    prefix: str | None
    router: str
    module: str = ""
    on: str = ""
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Listener(Node):
    """A server that starts to listen. The port is a literal, or a variable of the environment with or without default.

    `host` is the literal address (`0.0.0.0`, `localhost`), None when none is given, `?` when an expression decides;
    where a variable of the environment decides, `host_variable` names it and the host is what is used without it.
    `server` names the variable that holds the server, empty when nothing does. `guarded` says that it starts only when
    the file itself is run (`if __name__ == "__main__"`), not when a server imports it.
    """

    framework: str
    port: int | None
    port_variable: str = ""
    host: str | None = None
    host_variable: str = ""
    server: str = ""
    guarded: bool = False


@dataclass(frozen=True, kw_only=True)
class Variable(Node):
    """One read of an environment variable.

    `default` is the literal used without it, None when there is none; `required` says that it is used as it is,
    `checked` that this file refuses to start without it. `strict` says that the code fails without it, or is sure that
    it is there; `branched` that it is read only where something else decides so; `fallback` that something is used
    without it, a literal or not.
    """

    name: str
    default: str | None = None
    required: bool = True
    checked: bool = False
    strict: bool = False
    branched: bool = False
    fallback: bool = False


@dataclass(frozen=True, kw_only=True)
class Import(Node):
    """`module` as it is written; `names` maps what this file calls a thing to what the module calls it."""

    module: str
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Use(Node):
    """Something the file does that a rule may ask for.

    `kind` is one of: `database` (connects or queries; `what` is prisma, postgres, mysql, mongodb, redis, sqlite,
    sqlalchemy, django…), `prisma` (the client is constructed), `signal` (`what` is SIGTERM or SIGINT, or `hooks` for
    Nest's shutdown hooks), `logger` (a logger is made or imported; `what` is its name here), `console` (`what` is log,
    warn, error…, print), `file-log`, `cors`, `kafka`, `writes` (a file is written; `what` is the path, `${NAME:-default}` for what the environment says, or empty),
    `allow-list` (hosts that may ask; `what` is the list as it is written), `exit`, `middleware` (runs before the routes;
    `what` is the function as it is written, empty for one written in place; `below` the path it is limited to).
    """

    kind: str
    what: str = ""
    below: str = ""


@dataclass(frozen=True)
class AppModule(Document):
    """One source file. `language` is `javascript`, `typescript` or `python`.

    `exports` maps what other files call a thing (`default` for the module itself) to what this file calls it.
    """

    language: str
    routes: tuple[Route, ...] = field(default=(), repr=False)
    mounts: tuple[Mount, ...] = field(default=(), repr=False)
    listeners: tuple[Listener, ...] = field(default=(), repr=False)
    variables: tuple[Variable, ...] = field(default=(), repr=False)
    imports: tuple[Import, ...] = field(default=(), repr=False)
    uses: tuple[Use, ...] = field(default=(), repr=False)
    exports: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tokens: tuple[Atom, ...] = field(default=(), repr=False)
    comment_spans: tuple[Span, ...] = field(default=(), repr=False)

    def atoms(self) -> Sequence[Atom]:
        """The tokens, each with the kinds of what it stands in."""
        return self.tokens

    def comments(self) -> Sequence[Span]:
        """The comments."""
        return self.comment_spans

    @property
    def texts(self) -> tuple[Text, ...]:
        """The strings, with what each of them is part of. Raises UnreadableError where they cannot be told exactly."""
        return ()

    def using(self, kind: str) -> tuple[Use, ...]:
        """The uses of one kind."""
        return tuple(use for use in self.uses if use.kind == kind)
