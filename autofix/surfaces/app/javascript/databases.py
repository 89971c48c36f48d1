"""Where does a file connect to a database, and to which kind?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.paths import path_of
from autofix.surfaces.app.javascript.tree import arguments, bare, receiver
from autofix.surfaces.app.nodes import Use

if TYPE_CHECKING:
    from tree_sitter import Node

MAKES = {
    "@prisma/client": ({"PrismaClient"}, "prisma"),
    "pg": ({"Pool", "Client", "default.Pool"}, "postgres"),
    "postgres": ({""}, "postgres"),
    "pg-promise": ({""}, "postgres"),
    "@neondatabase/serverless": ({"neon", "Pool"}, "postgres"),
    "@vercel/postgres": ({"createPool", "createClient"}, "postgres"),
    "mysql": ({"createPool", "createConnection"}, "mysql"),
    "mysql2": ({"createPool", "createConnection"}, "mysql"),
    "mysql2/promise": ({"createPool", "createConnection"}, "mysql"),
    "mariadb": ({"createPool", "createConnection"}, "mysql"),
    "mongoose": ({"connect", "createConnection"}, "mongodb"),
    "mongodb": ({"MongoClient", "MongoClient.connect"}, "mongodb"),
    "ioredis": ({"", "Redis", "Cluster", "Redis.Cluster"}, "redis"),
    "redis": ({"createClient", "createCluster"}, "redis"),
    "better-sqlite3": ({""}, "sqlite"),
    "sqlite3": ({"Database", "verbose.Database"}, "sqlite"),
    "bun:sqlite": ({"Database"}, "sqlite"),
    "@libsql/client": ({"createClient"}, "sqlite"),
    "typeorm": ({"DataSource", "createConnection"}, "typeorm"),
    "@nestjs/typeorm": ({"TypeOrmModule.forRoot", "TypeOrmModule.forRootAsync"}, "typeorm"),
    "@nestjs/mongoose": ({"MongooseModule.forRoot", "MongooseModule.forRootAsync"}, "mongodb"),
    "@nestjs/sequelize": ({"SequelizeModule.forRoot", "SequelizeModule.forRootAsync"}, "sequelize"),
    "@mikro-orm/core": ({"MikroORM.init"}, "mikro-orm"),
    "@mikro-orm/nestjs": ({"MikroOrmModule.forRoot"}, "mikro-orm"),
    "sequelize": ({"Sequelize", ""}, "sequelize"),
    "sequelize-typescript": ({"Sequelize"}, "sequelize"),
    "knex": ({"", "knex"}, "knex"),
    "cassandra-driver": ({"Client"}, "cassandra"),
    "@elastic/elasticsearch": ({"Client"}, "elasticsearch"),
    "@opensearch-project/opensearch": ({"Client"}, "opensearch"),
}
DIALECTS = {"postgres": "postgres", "postgresql": "postgres", "pg": "postgres", "mysql": "mysql", "mysql2": "mysql",
            "mariadb": "mysql", "mongodb": "mongodb", "sqlite": "sqlite", "sqlite3": "sqlite",
            "better-sqlite3": "sqlite", "mssql": "mssql", "cockroachdb": "postgres"}  # fmt: skip
CONNECTS = frozenset(
    {"$connect", "$queryRaw", "$queryRawUnsafe", "authenticate", "connect", "initialize", "query", "sync"}
)
FILES = frozenset({"sqlite"})
IN_NO_FILE = re.compile(r"(?:^|:-):memory:|^(?:libsql|https?|wss?):|^file::memory:")
FILE_URL = re.compile(r"^(?:file:|sqlite:)(?://)?")


def uses(file: File) -> Iterator[Use]:
    """Every connection that is made or used, a Prisma client also as `prisma`, a SQLite file also as `writes`."""
    for node in [*file.syntax.found.get("new", []), *file.calls()]:
        what = made(file, node)
        if what is not None:
            yield file.use("database", node, what)
            if what == "prisma":
                yield file.use("prisma", node)
            if what in FILES and (path := _path(file, node)) is not None:
                yield file.use("writes", node, path)
    for call in file.calls(*CONNECTS):
        what = made(file, file.names.value(receiver(call)))
        if what is not None and made(file, call) is None:
            yield file.use("database", call, what)


def made(file: File, node: Node | None) -> str | None:
    """The kind of database an expression connects to; None when it is no connection."""
    node = bare(node)
    if node is None or node.type not in ("call_expression", "new_expression"):
        return None
    origin = file.names.origin(node.child_by_field_name("function") or node.child_by_field_name("constructor"))
    if origin is None:
        return None
    module = "drizzle" if origin.module.startswith("drizzle-orm/") else origin.module
    if module == "drizzle":
        return "drizzle" if origin.member == "drizzle" else None
    if origin.member == "PrismaClient" and "prisma" in module:
        return "prisma"
    members, what = MAKES.get(module, (set(), ""))
    if origin.member not in members:
        return None
    return _dialect(file, node) or what


def _dialect(file: File, node: Node) -> str:
    """What the options of a general client say it talks to."""
    for given in arguments(node):
        options = file.names.value(given)
        for key in ("type", "dialect", "client"):
            said = file.syntax.literal(file.syntax.entry(options, key))
            if said in DIALECTS:
                return DIALECTS[said]
    return ""


def _path(file: File, node: Node) -> str | None:
    """The file a database is kept in, empty when it cannot be told; None when it is in none of this machine."""
    given = arguments(node)
    options = file.names.value(given[0]) if given else None
    if options is not None and options.type == "object":
        inner = file.syntax.entry(options, "connection") or options
        options = file.syntax.entry(inner, "storage", "filename", "database", "url")
    path = path_of(file, options)
    return None if IN_NO_FILE.search(path) else FILE_URL.sub("", path)
