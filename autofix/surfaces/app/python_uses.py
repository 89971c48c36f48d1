"""What does a Python file do that a rule may ask for?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autofix.surfaces.app.nodes import Use
from autofix.surfaces.app.python_paths import path_of
from autofix.surfaces.app.python_tree import Tree, argument, dotted, keyword
from autofix.surfaces.app.python_values import text
from autofix.surfaces.app.python_variables import Variables

DATABASES = {
    "sqlalchemy.create_engine": "sqlalchemy", "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy",
    "sqlalchemy.engine.create_engine": "sqlalchemy", "sqlalchemy.engine_from_config": "sqlalchemy",
    "sqlmodel.create_engine": "sqlalchemy", "flask_sqlalchemy.SQLAlchemy": "sqlalchemy",
    "psycopg.connect": "postgres", "psycopg.AsyncConnection.connect": "postgres", "psycopg2.connect": "postgres",
    "psycopg_pool.ConnectionPool": "postgres", "psycopg_pool.AsyncConnectionPool": "postgres",
    "psycopg2.pool.SimpleConnectionPool": "postgres", "psycopg2.pool.ThreadedConnectionPool": "postgres",
    "asyncpg.connect": "postgres", "asyncpg.create_pool": "postgres", "aiopg.create_pool": "postgres",
    "peewee.PostgresqlDatabase": "postgres", "pymysql.connect": "mysql", "MySQLdb.connect": "mysql",
    "mysql.connector.connect": "mysql", "aiomysql.create_pool": "mysql", "peewee.MySQLDatabase": "mysql",
    "pymongo.MongoClient": "mongodb", "pymongo.AsyncMongoClient": "mongodb", "mongoengine.connect": "mongodb",
    "motor.motor_asyncio.AsyncIOMotorClient": "mongodb", "flask_pymongo.PyMongo": "mongodb",
    "redis.Redis": "redis", "redis.StrictRedis": "redis", "redis.from_url": "redis", "redis.ConnectionPool": "redis",
    "redis.Redis.from_url": "redis", "redis.StrictRedis.from_url": "redis", "redis.ConnectionPool.from_url": "redis",
    "redis.asyncio.Redis": "redis", "redis.asyncio.from_url": "redis", "redis.asyncio.Redis.from_url": "redis",
    "redis.asyncio.ConnectionPool.from_url": "redis", "aioredis.from_url": "redis", "aioredis.create_redis_pool": "redis",
    "redis.asyncio.client.Redis": "redis", "redis.client.Redis": "redis",
    "sqlite3.connect": "sqlite", "aiosqlite.connect": "sqlite", "peewee.SqliteDatabase": "sqlite",
    "databases.Database": "databases", "tortoise.Tortoise.init": "tortoise",
}  # fmt: skip
LOGGERS = frozenset({"logging.getLogger", "structlog.get_logger", "structlog.getLogger", "structlog.stdlib.get_logger"})
KAFKA = re.compile(r"^(?:kafka|aiokafka|confluent_kafka)\.(?:\w+\.)*(\w*(?:Producer|Consumer|AdminClient))$")
FILE_HANDLER = re.compile(
    r"^logging\.(?:handlers\.)?\w*(?:File|FileRotating|Rotating)\w*Handler$|^logging\.\w*FileHandler$"
)
BRINGS = frozenset({"shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree", "shutil.move", "os.rename",
                    "os.replace"})  # fmt: skip
LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
DJANGO_CORS = frozenset({"CORS_ALLOWED_ORIGINS", "CORS_ORIGIN_WHITELIST", "CORS_ALLOWED_ORIGIN_REGEXES"})
SQLITE_URL = re.compile(r"(?:^|(?<=:-))sqlite(?:\+\w+)?:///")
OPTIONS = re.compile(r"\?[^}]*")
Given = ast.Assign | ast.AnnAssign | ast.AugAssign


class Uses:
    """The uses of one file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._variables = Variables(tree)

    def uses(self) -> Iterator[Use]:
        """Every one of them."""
        for call in self.tree.every(ast.Call):
            origin = self.tree.origin(call.func)
            yield from self._databases(call, origin)
            yield from self._logs(call, origin)
            yield from self._signals(call, origin)
            yield from self._hosts(call, origin)
            yield from self._writes(call, origin)
            if match := KAFKA.match(origin):
                yield self.fact(call, "kafka", match[1])
            if self._variables.exits(call):
                yield self.fact(call, "exit", dotted(call.func))
            elif isinstance(call.func, ast.Name) and call.func.id == "print" and "print" not in self.tree.values:
                yield self.fact(call, "console", "print")
        yield from self._raised()
        yield from self._imported_loggers()
        yield from self._django()

    def fact(self, node: ast.expr | ast.stmt, kind: str, what: str) -> Use:
        """One use as a rule sees it."""
        return Use(self.tree.source, self.tree.span(node), f"{kind}:{what}", kind=kind, what=what)

    # databases

    def _databases(self, call: ast.Call, origin: str) -> Iterator[Use]:
        what = DATABASES.get(origin)
        if what is None:
            return
        given = argument(call, 0, "url", "database", "dsn", "name_or_url")
        url = path_of(self.tree, given)
        if SQLITE_URL.search(url):
            path = OPTIONS.sub("", SQLITE_URL.sub("", url))
        elif what == "sqlite":
            path = url
        else:
            yield self.fact(call, "database", what)
            return
        yield self.fact(call, "database", "sqlite")
        if path != ":memory:" and (path or what == "sqlite"):
            yield self.fact(call, "writes", path)

    # logs

    def _logs(self, call: ast.Call, origin: str) -> Iterator[Use]:
        if origin in LOGGERS:
            name = self.tree.target_of(call)
            if name:
                yield self.fact(call, "logger", name)
        elif FILE_HANDLER.match(origin):
            yield self.fact(call, "file-log", path_of(self.tree, argument(call, 0, "filename")))
        elif origin == "logging.basicConfig" and (name_of := keyword(call, "filename")) is not None:
            yield self.fact(call, "file-log", path_of(self.tree, name_of))
        elif origin == "loguru.logger.add":
            path = text(self.tree, argument(call, 0, "sink"))
            if path is not None:
                yield self.fact(call, "file-log", path)

    def _imported_loggers(self) -> Iterator[Use]:
        """A logger of loguru's or of another module of the service; `logging` itself when it is what is called."""
        for statement in self.tree.every(ast.ImportFrom):
            for alias in statement.names:
                if alias.name in {"logger", "log"} and statement.module not in {"math", "numpy", "torch", "celery"}:
                    yield self.fact(statement, "logger", alias.asname or alias.name)
        for call in self.tree.every(ast.Call):
            first, _, level = self.tree.origin(call.func).partition(".")
            if first == "logging" and level in LEVELS and isinstance(call.func, ast.Attribute):
                yield self.fact(call, "logger", dotted(call.func.value))
                return

    # signals and ends

    def _signals(self, call: ast.Call, origin: str) -> Iterator[Use]:
        handler = isinstance(call.func, ast.Attribute) and call.func.attr == "add_signal_handler"
        if origin != "signal.signal" and not handler:
            return
        which = argument(call, 0, "signalnum", "sig")
        for one in self._each(which):
            name = self.tree.origin(one).rpartition(".")[2]
            if name.startswith("SIG"):
                yield self.fact(call, "signal", name)

    def _each(self, node: ast.expr | None) -> Iterator[ast.expr]:
        """The expression, or what the loop around it gives it one after the other."""
        for outer in self.tree.ancestors(node) if isinstance(node, ast.Name) else ():
            if isinstance(outer, ast.For) and isinstance(outer.target, ast.Name) and outer.target.id == dotted(node):
                items = self.tree.resolved(outer.iter)
                yield from items.elts if isinstance(items, (ast.List, ast.Tuple, ast.Set)) else ()
                return
        if node is not None:
            yield node

    def _raised(self) -> Iterator[Use]:
        for statement in self.tree.every(ast.Raise):
            what = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
            if isinstance(what, ast.Name) and what.id == "SystemExit":
                yield self.fact(statement, "exit", "SystemExit")

    # who may ask

    def _hosts(self, call: ast.Call, origin: str) -> Iterator[Use]:
        """`add_middleware(CORSMiddleware, …)`, `Middleware(CORSMiddleware, …)`, the middleware itself, `CORS(app, …)`."""
        first = dotted(argument(call, 0, "middleware_class")) if call.args else ""
        named = {dotted(call.func).rpartition(".")[2], first.rpartition(".")[2]}
        if "CORSMiddleware" in named:
            origins = keyword(call, "allow_origins", "allow_origin_regex")
        elif origin == "flask_cors.CORS":
            origins = keyword(call, "origins", "resources")
        elif "TrustedHostMiddleware" in named:
            hosts = keyword(call, "allowed_hosts")
            if hosts is not None:
                yield self.fact(hosts, "allow-list", self.tree.written(self.tree.resolved(hosts)))
            return
        else:
            return
        yield self.fact(call, "cors", self.localhost(origins))

    def localhost(self, node: ast.expr | None) -> str:
        """`localhost` when the value, or what is used without its variable, names it; empty when not or unknown."""
        if node is None:
            return ""
        inside = ast.walk(self.tree.resolved(node))
        values = [self.tree.resolved(one) for one in inside if isinstance(one, (ast.Constant, ast.Name))]
        strings = [str(one.value) for value in values for one in ast.walk(value) if isinstance(one, ast.Constant)]
        return "localhost" if any("localhost" in one or "127.0.0.1" in one for one in strings) else ""

    def _django(self) -> Iterator[Use]:
        """The settings Django reads by name."""
        tree = self.tree
        given: list[Given] = [*tree.every(ast.Assign), *tree.every(ast.AnnAssign), *tree.every(ast.AugAssign)]
        for statement in given:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            name = target.id if isinstance(target, ast.Name) else ""
            if statement.value is None or self.tree.function_of(statement) is not None:
                continue
            if name == "ALLOWED_HOSTS":
                yield self.fact(statement, "allow-list", self.tree.written(statement.value))
            elif name in DJANGO_CORS:
                yield self.fact(statement, "cors", self.localhost(statement.value))
            elif name == "DATABASES":
                yield from self._engines(statement)
            elif name == "LOGGING":
                yield from self._handlers(statement.value)
            elif name == "MEDIA_ROOT":
                yield self.fact(statement, "writes", path_of(tree, statement.value))

    def _engines(self, statement: ast.stmt) -> Iterator[Use]:
        yield self.fact(statement, "database", "django")
        for one in self._dicts(statement):
            if (text(self.tree, one.get("ENGINE")) or "").endswith(".sqlite3"):
                yield self.fact(statement, "database", "sqlite")
                yield self.fact(statement, "writes", path_of(self.tree, one.get("NAME")))

    def _handlers(self, value: ast.expr) -> Iterator[Use]:
        for one in self._dicts(value):
            if FILE_HANDLER.match(text(self.tree, one.get("class")) or ""):
                where = one.get("filename")
                yield self.fact(where or value, "file-log", path_of(self.tree, where))

    def _dicts(self, node: ast.AST) -> Iterator[dict[str, ast.expr]]:
        """The dictionaries inside, each with its plain keys."""
        for one in ast.walk(node):
            if isinstance(one, ast.Dict):
                pairs = zip(one.keys, one.values, strict=True)
                yield {key: value for at, value in pairs if (key := text(self.tree, at)) is not None}

    # files

    def _writes(self, call: ast.Call, origin: str) -> Iterator[Use]:
        function = call.func
        if isinstance(function, ast.Name) and function.id == "open" and "open" not in self.tree.values:
            mode = text(self.tree, argument(call, 1, "mode")) or ""
            if set(mode) & set("wax+"):
                yield self.fact(call, "writes", path_of(self.tree, argument(call, 0, "file")))
        elif origin in {"os.mkdir", "os.makedirs"}:
            yield self.fact(call, "writes", path_of(self.tree, argument(call, 0, "name", "path")))
        elif origin in BRINGS:
            yield self.fact(call, "writes", path_of(self.tree, argument(call, 1, "dst")))
        elif isinstance(function, ast.Attribute) and not origin.startswith("os."):
            path = path_of(self.tree, function.value)
            if self._makes(call, function.attr, path):
                yield self.fact(call, "writes", path)

    def _makes(self, call: ast.Call, method: str, path: str) -> bool:
        """Whether a method of something that may be a path writes there."""
        if method == "open":
            return bool(path) and bool(set(text(self.tree, argument(call, 0, "mode")) or "") & set("wax+"))
        if method == "mkdir":
            return bool(path) or _like_path(call)
        return method in {"write_text", "write_bytes"} or (method == "touch" and bool(path))


def _like_path(call: ast.Call) -> bool:
    """Whether `mkdir` is called the way only a `Path` takes it."""
    return not call.args and keyword(call, "parents", "exist_ok") is not None
