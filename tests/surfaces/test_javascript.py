"""What do the facts of a JavaScript or TypeScript file say, and where are they silent?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.node import UnreadableError
from autofix.surfaces.app.document import parse
from autofix.surfaces.app.javascript import relevant
from autofix.surfaces.app.nodes import AppModule, Route
from autofix.text import Source

EXPRESS = "import express from 'express';\nconst app = express();\n"
FASTIFY = "import Fastify from 'fastify';\nconst fastify = Fastify();\n"
HONO = "import { Hono } from 'hono';\n"
NEST = "import { Controller, Get, Post, UseGuards, Version } from '@nestjs/common';\n"


def module(text: str, path: str = "src/main.ts") -> AppModule:
    return parse(Source(path, text))


def paths(text: str, path: str = "src/main.ts") -> list[str]:
    """Every route as `METHOD path`, `?` for a path nobody knows."""
    return [f"{one.method} {one.full_path or '?'}" for one in module(text, path).routes]


def only(text: str, path: str = "src/main.ts") -> Route:
    (route,) = module(text, path).routes
    return route


def uses(text: str, kind: str, path: str = "src/main.ts") -> list[str]:
    return [one.what for one in module(text, path).using(kind)]


def reads(text: str) -> list[tuple[str, str | None, bool]]:
    return [(one.name, one.default, one.required) for one in module(text).variables]


def checked(text: str) -> set[str]:
    return {one.name for one in module(text).variables if one.checked}


def listening(text: str, path: str = "src/main.ts") -> list[tuple[int | None, str, str | None, str]]:
    return [(one.port, one.port_variable, one.host, one.server) for one in module(text, path).listeners]


ROUTES = {
    "express": (EXPRESS + "app.get('/health', (req, res) => res.send('ok'));", ["GET /health"]),
    "required": ("const app = require('express')();\napp.get('/a', h);", ["GET /a"]),
    "double quotes": (EXPRESS + 'app.post("/a", h);', ["POST /a"]),
    "template": (EXPRESS + "app.get(`/a`, h);", ["GET /a"]),
    "substitution": (EXPRESS + "app.get(`/api/${v}`, (req, res) => res.end());", ["GET ?"]),
    "regular expression": (EXPRESS + "app.get(/a/, (req, res) => res.end());", ["GET ?"]),
    "array": (EXPRESS + "app.get(['/a', '/b'], h);", ["GET /a", "GET /b"]),
    "constant": (EXPRESS + "const P = '/a';\napp.get(P, h);", ["GET /a"]),
    "imported constant": (EXPRESS + "import { P } from './p';\napp.get(P, (req, res) => res.end());", ["GET ?"]),
    "subscript": (EXPRESS + "app['get']('/x', h);", ["GET /x"]),
    "all": (EXPRESS + "app.all('/a', h);", ["ANY /a"]),
    "route": (EXPRESS + "app.route('/a').get(h).post(h);", ["GET /a", "POST /a"]),
    "router": ("import { Router } from 'express';\nconst r = Router();\nr.get('/a', h);", ["GET /a"]),
    "express router": ("const express = require('express');\nconst r = express.Router();\nr.get('/a', h);", ["GET /a"]),
    "annotated": ("import type { Express } from 'express';\nexport function f(app: Express) { app.get('/a', h); }", ["GET /a"]),
    "namespace type": ("import express from 'express';\nfunction f(x: express.Application) { x.get('/a', h); }", ["GET /a"]),
    "handed on": ("module.exports = (app) => { app.get('/a', (req, res) => res.end()); app.get('/b', c.list); };", ["GET /a", "GET /b"]),
    "field": (
        "import express from 'express';\nclass A { private app = express();\n f() { this.app.get('/a', h); } }",
        ["GET /a"],
    ),
    "assigned field": (
        "const express = require('express');\nclass A { constructor() { this.app = express(); this.app.get('/a', h); } }",
        ["GET /a"],
    ),
    "made by a function": (EXPRESS.replace("const app", "const make = () => { const a") + "return a; };\nconst x = make();\nx.get('/a', h);", ["GET /a"]),
    "mounted here": (
        EXPRESS + "const r = express.Router();\nr.get('/a', h);\nr.get('/', h);\napp.use('/api', r);",
        ["GET /api/a", "GET /api"],
    ),
    "mounted in two steps": (
        EXPRESS + "const a = express.Router(), b = express.Router();\nb.get('/x', h);\na.use('/b', b);\napp.use('/a', a);",
        ["GET /a/b/x"],
    ),
    "mounted twice": (EXPRESS + "const r = express.Router();\nr.get('/a', h);\napp.use('/v1', r);\napp.use('/v2', r);", ["GET ?"]),
    "mounted nowhere known": (EXPRESS + "const r = express.Router();\nr.get('/a', h);\napp.use(P, r);", ["GET ?"]),
    "use as a route": (EXPRESS + "app.use('/health', (req, res) => { res.send('ok'); });", ["ANY /health"]),
    "fastify": (FASTIFY + "fastify.get('/health', async () => ({ ok: true }));", ["GET /health"]),
    "fastify typed": (
        "import type { FastifyInstance } from 'fastify';\nexport default async function routes(f: FastifyInstance) { f.get('/a', h); }",
        ["GET /a"],
    ),
    "fastify plugin type": ("import type { FastifyPluginAsync } from 'fastify';\nconst p: FastifyPluginAsync = async (f) => { f.get('/a', h); };", ["GET /a"]),
    "fastify route": (FASTIFY + "fastify.route({ method: ['GET', 'HEAD'], url: '/a', handler: h });", ["GET /a", "HEAD /a"]),
    "fastify inline plugin": (
        FASTIFY + "fastify.register(async (api) => { api.get('/a', h); }, { prefix: '/v1' });",
        ["GET /v1/a"],
    ),
    "fastify local plugin": (
        FASTIFY + "async function users(api) { api.get('/a', h); }\nfastify.register(users, { prefix: '/v1' });",
        ["GET /v1/a"],
    ),
    "koa": (
        "import Router from '@koa/router';\nconst r = new Router({ prefix: '/api' });\nr.get('/a', ctx => { ctx.body = 1; });\nr.get('name', '/b', h);",
        ["GET /api/a", "GET /api/b"],
    ),
    "koa prefix": ("const Router = require('koa-router');\nconst r = new Router();\nr.prefix('/p');\nr.get('/a', h);", ["GET /p/a"]),
    "hono": (HONO + "const app = new Hono();\napp.get('/a', c => c.text('ok'));", ["GET /a"]),
    "hono chain": (HONO + "const app = new Hono().basePath('/v1').get('/a', h).post('/b', h);", ["GET /v1/a", "POST /v1/b"]),
    "hono sub": (HONO + "const app = new Hono(), sub = new Hono();\nsub.get('/a', h);\napp.route('/sub', sub);", ["GET /sub/a"]),
    "nest": (NEST + "@Controller('cats')\nexport class A { @Get() a() {}\n @Get('x') b() {}\n @Post(['y', 'z']) c() {} }",
             ["GET /cats", "GET /cats/x", "POST /cats/y", "POST /cats/z"]),
    "nest path": (NEST + "@Controller({ path: 'cats' })\nclass A { @Get('/x') a() {} }", ["GET /cats/x"]),
    "nest root": (NEST + "@Controller()\nclass A { @Get() a() {} }", ["GET /"]),
    "nest version": (NEST + "@Controller({ path: 'a', version: '1' })\nclass A { @Get('x') a() {} }", ["GET ?"]),
    "plain http": (
        ("import http from 'node:http';\nhttp.createServer((req, res) => {\n if (req.method === 'GET' && req.url === '/health') res.end();\n"
        " switch (req.url) { case '/x': res.end(); }\n});"),
        ["GET /health", "ANY /x"],
    ),
    "plain http path": (
        ("const { createServer } = require('http');\nconst s = createServer(onRequest);\nfunction onRequest(req, res) {\n"
        " const { pathname } = new URL(req.url, 'http://x');\n if (pathname === '/a') res.end();\n if (['/b', '/c'].includes(pathname)) res.end(); }"),
        ["ANY /a", "ANY /b", "ANY /c"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ROUTES.values(), ids=ROUTES)
def test_routes(text: str, expected: list[str]) -> None:
    assert paths(text) == expected


SILENT = {
    "axios": "import axios from 'axios';\naxios.get('/x', (req, res) => 1);",
    "axios instance": "import axios from 'axios';\nconst app = axios.create();\napp.get('/x', (req, res) => 1);",
    "unknown client": "client.get('/x', (req, res) => 1);",
    "cache": "const cache = new Map();\ncache.get('/x');",
    "imported client": "import { api } from './api';\napi.get('/users', { params });",
    "supertest": "import request from 'supertest';\nimport { app } from './app';\nrequest(app).get('/health');",
    "supertest of express": EXPRESS + "import request from 'supertest';\nrequest(app).get('/health', (req, res) => 1);",
    "setting": EXPRESS + "app.get('port');",
    "nest container": "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(M);\napp.get('/x', (req, res) => 1);",
    "another Get": "import { Controller, Get } from './mine';\n@Controller('a')\nclass A { @Get('x') a() {} }",
    "comment": EXPRESS + "// app.get('/x', h);\n/* app.get('/y', h); */",
    "string": EXPRESS + "const s = \"app.get('/x', h)\";",
    "middleware": EXPRESS + "app.use('/x', (req, res, next) => next());\napp.use(express.json());",
    "hono middleware": HONO + "const app = new Hono();\napp.use('*', async (c, next) => next());",
    "shadowed": EXPRESS + "function f(app) { app.get('/x'); }",
    "request helper": "const router = makeClient();\nrouter.get('/x', { a: 1 });",
    "client with a handler": "import axios from 'axios';\nconst server = axios.create();\nserver.get('/x', (req, res) => 1);",
    "app without evidence": "import app from './app';\napp.get('/x', { a: 1 });",
    "logging of a url": "import http from 'http';\nhttp.createServer((req, res) => { if (req.url !== '/health') log(req); });",
    "no server": "function f(req) { if (req.url === '/health') return 1; }",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_looks_like_a_route_is_none(text: str) -> None:
    assert paths(text) == []


@pytest.mark.parametrize(
    "path", ["src/a.test.ts", "src/a.spec.ts", "src/__tests__/a.ts", "test/app.e2e-spec.ts", "Tests/a.ts"]
)
def test_tests_have_no_routes(path: str) -> None:
    text = EXPRESS + "app.get('/x', h);\napp.listen(3000);"
    assert not module(text, path).routes
    assert not module(text, path).listeners


PAGES = {
    "app/api/health/route.ts": "/api/health",
    "apps/web/src/app/(site)/api/@slot/users/[id]/route.js": "/api/users/[id]",
    "app/route.ts": "/",
}


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
def test_route_files(path: str, expected: str) -> None:
    text = "export async function GET() { return Response.json({ ok: true }); }\nexport const POST = wrap(h);\nexport const dynamic = 'x';"
    assert paths(text, path) == [f"GET {expected}", f"POST {expected}"]
    assert module(text, path).routes[0].plain


def test_page_files() -> None:
    text = "export default function handler(req, res) { res.status(200).json({}); }"
    assert paths(text, "pages/api/health.ts") == ["ANY /api/health"]
    assert paths(text, "src/pages/api/users/index.js") == ["ANY /api/users"]
    assert paths(text, "src/pages/about.js") == []
    assert paths("export default function app() {}", "app/app/route.ts") == []


def test_a_route_says_where_it_stands() -> None:
    text = (
        "\ufeff// é😀\r\n"
        + EXPRESS.replace("\n", "\r\n")
        + "app.get('/héalth😀', function (req, res) {\r\n  res.send('ok');\r\n});\r\n"
    )
    route = only(text)
    assert route.text.startswith("app.get('/h")
    assert route.text.endswith("})")
    assert route.path_span
    assert text[slice(*route.path_span)] == route.written == "/héalth😀"
    assert route.handler
    assert text[slice(*route.handler)].startswith("function (req, res)")
    assert (route.router, route.framework, route.prefix) == ("app", "express", "")


PLAIN = {
    "(req, res) => res.send('ok')": True,
    "(_req, res) => { res.status(200).json({ up: process.uptime(), at: new Date().toISOString() }); }": True,
    "(req, res) => { logger.debug('asked'); res.sendStatus(200); }": True,
    "(req, res) => res.sendStatus(503)": False,
    "(req, res) => res.status(ready ? 200 : 503).end()": False,
    "(req, res) => { if (!ready) return res.end(); res.send('ok'); }": False,
    "async (req, res) => { await db.ping(); res.send('ok'); }": False,
    "(req, res) => { check(); res.send('ok'); }": False,
    "(req, res) => { db.query('x', () => res.send('ok')); }": False,
    "(req, res) => res.redirect('/x')": False,
    "auth, (req, res) => res.send('ok')": False,
    "(req, res) => res.send(req.user.name)": False,
    "({ user }, res) => res.send(user.name)": False,
    "elsewhere.health": False,
}


@pytest.mark.parametrize(("handler", "plain"), PLAIN.items())
def test_plain(handler: str, plain: bool) -> None:  # noqa: FBT001
    assert only(EXPRESS + f"app.get('/health', {handler});").plain is plain


def test_plain_of_frameworks() -> None:
    assert only(FASTIFY + "fastify.get('/a', { schema: s }, async () => ({ ok: true }));").plain
    assert not only(FASTIFY + "fastify.get('/a', { preHandler: auth }, async () => ({ ok: true }));").plain
    assert only(NEST + "@Controller('a')\nclass A { @Get() a() { return { ok: true }; } }").plain
    assert not only(NEST + "@UseGuards(G)\n@Controller('a')\nclass A { @Get() a() { return 1; } }").plain
    assert not only(NEST + "@Controller('a')\nclass A { @Get() a() { return this.db.ping(); } }").plain


def mounts(text: str) -> list[tuple[str | None, str, str]]:
    return [(one.prefix, one.router, one.module) for one in module(text).mounts]


def test_mounts() -> None:
    text = "import users from './users';\nimport { auth, items } from './x';\nimport cors from 'cors';\n" + EXPRESS
    text += "app.use(cors());\napp.use('/users', auth, users);\napp.use('/p', require('./p'));\napp.use('/i', items.router);\n"
    assert mounts(text) == [
        ("/users", "users", "./users"),
        ("/p", "require('./p')", "./p"),
        ("/i", "items.router", "./x"),
    ]
    assert uses(text, "middleware") == ["cors", "auth"]
    assert uses(text + "app.use(users);", "middleware") == ["cors", "auth", "users"]


def test_mounts_of_fastify() -> None:
    text = FASTIFY + "import users from './users.js';\nimport cors from '@fastify/cors';\n"
    text += "fastify.register(cors);\nfastify.register(users, { prefix: '/users' });\nfastify.register(import('./b.js'));\nfastify.register(users, options);\n"
    assert mounts(text) == [
        ("/users", "users", "./users.js"),
        ("", "import('./b.js')", "./b.js"),
        (None, "users", "./users.js"),
    ]


def test_only_what_stands_last_is_mounted() -> None:
    text = (
        EXPRESS
        + "import { requireAdmin } from './auth';\nimport items from './items';\napp.use('/a', requireAdmin, items);"
    )
    assert mounts(text) == [("/a", "items", "./items")]
    assert uses(text, "middleware") == ["requireAdmin"]


def test_routes_of_directories_have_no_known_prefix() -> None:
    text = FASTIFY + "import load from '@fastify/autoload';\nfastify.register(load, { dir });"
    assert mounts(text) == [(None, "load", "@fastify/autoload")]


def test_mounts_of_koa_and_hono() -> None:
    text = "import Router from '@koa/router';\nimport users from './users';\nconst api = new Router({ prefix: '/api' });\napi.use('/users', users.routes());\n"
    assert mounts(text) == [("/api/users", "users.routes()", "./users")]
    assert mounts(HONO + "import sub from './sub';\nconst app = new Hono();\napp.route('/x', sub);") == [
        ("/x", "sub", "./sub")
    ]


def test_mounts_of_nest() -> None:
    text = "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(M);\n"
    text += "app.setGlobalPrefix('api', { exclude: ['health', { path: 'ready', method: RequestMethod.GET }] });\n"
    (mount,) = module(text).mounts
    assert (mount.prefix, mount.router, mount.exclude) == ("/api", "*", ("health", "ready"))
    assert mounts("app.setGlobalPrefix(config.prefix);") == [(None, "*", "")]
    assert mounts("app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });") == [(None, "*", "")]


def test_a_server_handed_to_another_file() -> None:
    assert mounts(EXPRESS + "require('./routes')(app);") == [("", "require('./routes')", "./routes")]


LISTENERS = {
    "app.listen(3000);": (3000, "", None, ""),
    "const server = app.listen('3000', () => {});": (3000, "", None, "server"),
    "app.listen(process.env.PORT || 3000, '0.0.0.0');": (3000, "PORT", "0.0.0.0", ""),
    "const PORT = Number(process.env.PORT) || 3000;\napp.listen(PORT, () => {});": (3000, "PORT", None, ""),
    "const p = parseInt(process.env.PORT || '3000', 10);\napp.listen(p);": (3000, "PORT", None, ""),
    "const { PORT = 5000 } = process.env;\napp.listen(PORT);": (5000, "PORT", None, ""),
    "const p = process.env.PORT ? +process.env.PORT : 4000;\napp.listen(p);": (4000, "PORT", None, ""),
    "app.listen(+process.env.PORT!);": (None, "PORT", None, ""),
    "app.listen(config.port);": (None, "", None, ""),
    "const config = { port: process.env.PORT ?? 80 };\napp.listen(config.port);": (80, "PORT", None, ""),
    "app.set('port', process.env.PORT || 3000);\napp.listen(app.get('port'));": (3000, "PORT", None, ""),
    "app.listen(process.env.PORT ?? DEFAULT);": (None, "PORT", None, ""),
    "const host = '127.0.0.1';\napp.listen(3000, host, onListening);": (3000, "", "127.0.0.1", ""),
    "app.listen(3000, process.env.HOST || 'x');": (3000, "", "x", ""),
    "app.listen(3000, resolve);": (3000, "", None, ""),
    "let port = 3000;\nport = 4000;\napp.listen(port);": (None, "", None, ""),
}


@pytest.mark.parametrize(("text", "expected"), LISTENERS.items())
def test_listeners(text: str, expected: tuple[int | None, str, str | None, str]) -> None:
    assert listening(EXPRESS + text) == [expected]


def test_listeners_of_frameworks() -> None:
    assert listening(FASTIFY + "await fastify.listen({ port: 80, host: '0.0.0.0' });") == [
        (80, "", "0.0.0.0", "fastify")
    ]
    assert listening(FASTIFY + "const port = 80;\nfastify.listen({ port, host });") == [(80, "", "?", "fastify")]
    nest = "import { NestFactory } from '@nestjs/core';\nconst app = await NestFactory.create(M);\n"
    assert listening(nest + "await app.listen(process.env.PORT ?? 3000);") == [(3000, "PORT", None, "app")]
    config = "const config = app.get(ConfigService);\nawait app.listen(config.get<number>('PORT', 4000));"
    assert listening(nest + config) == [(4000, "PORT", None, "app")]
    http = "import http from 'http';\n"
    assert listening(http + "const server = http.createServer(app);\nserver.listen(80);") == [(80, "", None, "server")]
    assert listening(http + "http.createServer(app).on('error', f).listen(80, '::');") == [(80, "", "::", "")]
    assert listening("import { serve } from '@hono/node-server';\nserve({ fetch: app.fetch, port: 80 });") == [
        (80, "", None, "")
    ]
    assert listening("Bun.serve({ port: 80, fetch() {} });") == [(80, "", None, "")]
    assert listening("export default { port: 80, fetch: app.fetch };") == [(80, "", None, "")]
    assert listening("import { WebSocketServer } from 'ws';\nnew WebSocketServer({ port: 80 });") == [
        (80, "", None, "")
    ]


def test_names_are_resolved_by_scope() -> None:
    text = EXPRESS + "const port = 80;\nfunction f() { const port = 90; app.listen(port); }\napp.listen(port);"
    assert listening(text) == [(90, "", None, ""), (80, "", None, "")]
    text = (
        FASTIFY.replace("const fastify", "function build() { const f")
        + "return f; }\nconst server = await build();\nserver.listen({ port: 80 });"
    )
    assert listening(text) == [(80, "", None, "server")]


def test_long_chains_and_deep_nests() -> None:
    chain = "".join(f".get('/{number}', h)" for number in range(60))
    assert len(paths(HONO + "const app = new Hono()" + chain + ";")) == 60
    condition = "\n|| ".join(f"!process.env.A{number}" for number in range(3000))
    with pytest.raises(UnreadableError, match="deep"):
        module(f"if ({condition}) throw new Error();")


def test_a_listener_of_an_imported_app() -> None:
    assert listening("const app = require('./app');\napp.listen(80);") == [(80, "", None, "")]
    assert listening("import { createApp } from './app';\ncreateApp().listen(8_080);") == [(8080, "", None, "")]
    assert listening("import { server } from './app';\nserver.listen(80);") == [(80, "", None, "server")]


@pytest.mark.parametrize(
    "text",
    [
        "import { setupServer } from 'msw/node';\nconst server = setupServer();\nserver.listen({ onUnhandledRequest: 'warn' });",
        "server.listen();",
        "window.$events.listen('entity-select', f);",
        "history.listen(() => {});",
        "import { server } from './mocks';\nserver.listen();",
    ],
)
def test_what_looks_like_a_listener_is_none(text: str) -> None:
    assert listening(text) == []


READS: dict[str, list[tuple[str, str | None, bool]]] = {
    "f(process.env.A);": [("A", None, True)],
    "const a = process.env['A'];": [("A", None, True)],
    "const a = process.env.A || 'x';": [("A", "x", False)],
    "const a = Number(process.env.A) || 3;": [("A", "3", False)],
    "const a = (process.env.A ?? 'x') as string;": [("A", "x", False)],
    "const a = process.env.A || other();": [("A", None, False)],
    "const a = process.env.A?.split(',') || ['x'];": [("A", None, False)],
    "const a = process.env.A ?? undefined;": [("A", None, True)],
    "const { A, B = 'x', C: c = 3, D: d } = process.env;": [
        ("A", None, True),
        ("B", "x", False),
        ("C", "3", False),
        ("D", None, True),
    ],
    "const env = process.env;\nf(env.A);": [("A", None, True)],
    "import { env } from 'node:process';\nf(env.A);": [("A", None, True)],
    "f(Bun.env.A);": [("A", None, True)],
    "if (process.env.A === 'x') f();": [("A", None, False)],
    "const on = !!process.env.A;": [("A", None, False)],
    "const r = process.env.A ? new R(process.env.A) : null;": [("A", None, False), ("A", None, False)],
    "const a = process.env.A;\nif (!a) warn();": [("A", None, False)],
    "const a = process.env.A;\nf(a || 'x');": [("A", None, False)],
    "import { int } from './env';\nconst a = int(process.env.A, 3);": [("A", None, False)],
    "f(process.env.A ?? 3);\nf(process.env.A);": [("A", "3", False), ("A", None, False)],
    "if (!_.isEmpty(process.env.A)) f(process.env.A);": [("A", None, False), ("A", None, False)],
    "console.log(process.env.A);": [("A", None, False)],
    "if (!process.env.A) throw new Error();\nf(process.env.A);": [("A", None, True), ("A", None, True)],
    "process.env.A = 'x';": [],
    "delete process.env.A;": [],
    "const all = { ...process.env };": [],
    "const a = process.env[name];": [],
    "// process.env.A\nconst s = 'process.env.B';": [],
    "const a = import.meta.env.A;": [],
    "const env = load();\nf(env.A);": [],
}


@pytest.mark.parametrize(("text", "expected"), READS.items())
def test_variables(text: str, expected: list[tuple[str, str | None, bool]]) -> None:
    assert reads(text) == expected


STRICT = {
    "const a = process.env.A!;": True,
    "const a = process.env.A as string;": True,
    "const a = process.env.A as string | undefined;": False,
    "const a = process.env.A;": False,
    "const a = process.env.A!.split(',');": True,
    "const a = process.env.A.split(',');": True,
    "const a = process.env.A?.split(',');": False,
    "const a = new URL(process.env.A);": True,
    "mongoose.connect(process.env.A);": True,
    "connect(process.env.A!);": True,
    "connect(process.env.A);": False,
    "connect({ url: process.env.A! });": False,
    "const a = process.env.A! || 'x';": False,
    "if (b) { f(process.env.A!); }": False,
    "const a = b ? process.env.A! : 'x';": False,
    "const a = b && process.env.A!;": False,
    "switch (b) { case 'x': f(process.env.A!); }": False,
    "try { f(process.env.A!); } catch (e) { warn(e); }": False,
    "try { f(process.env.A!); } catch (e) { throw e; }": True,
    "if (!process.env.B || !process.env.A) throw new Error();": True,
    "if (!process.env.A) { if (live) throw new Error(); warn(); }": False,
    "function f(c: ConfigService) { return c.getOrThrow('A'); }": True,
    "function f(c: ConfigService) { return c.get('A'); }": False,
    "import { z } from 'zod';\nz.object({ A: z.string() }).parse(process.env);": True,
    "import { z } from 'zod';\nz.object({ A: z.string().optional() }).parse(process.env);": False,
    "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\n"
    "createEnv({ client: { A: z.string() }, runtimeEnv: { A: process.env.A } });": True,
    "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\n"
    "createEnv({ client: { A: z.string().optional() }, runtimeEnv: { A: process.env.A } });": False,
}


@pytest.mark.parametrize(("text", "expected"), STRICT.items())
def test_what_fails_without_the_variable(text: str, *, expected: bool) -> None:
    assert any(one.name == "A" and one.strict and not one.branched for one in module(text).variables) is expected


CHECKED = {
    "if (!process.env.A || !process.env.B) { throw new Error('x'); }": {"A", "B"},
    "const a = process.env.A;\nif (!a) process.exit(1);": {"A"},
    "if (process.env.A === undefined) throw new Error();": {"A"},
    "if (!process.env.A && !process.env.B) throw new Error();": set(),
    "if (!process.env.A) console.warn('x');": set(),
    "export function verifySignature() { if (!process.env.A) throw new Error(); }": set(),
    "export function validateEnv() { if (!process.env.A) throw new Error(); }": {"A"},
    "export function sign() { if (!process.env.A) throw new Error(); }": set(),
    "async function bootstrap() { if (!process.env.A) process.exit(1); }\nbootstrap();": {"A"},
    "const r = ['A', 'B'];\nconst m = r.filter(n => !process.env[n]);\nif (m.length) process.exit(1);": {"A", "B"},
    "for (const n of ['A', 'B']) { if (!process.env[n]) throw new Error(n); }": {"A", "B"},
    "['A'].forEach((n) => { if (!process.env[n]) { throw new Error(n); } });": {"A"},
    "['A'].forEach((n) => { if (!process.env[n]) warn(n); });": set(),
}


@pytest.mark.parametrize(("text", "expected"), CHECKED.items())
def test_checks(text: str, expected: set[str]) -> None:
    assert checked(text) == expected


def test_schemas() -> None:
    zod = "import { z } from 'zod';\nconst s = z.object({ A: z.string(), B: z.coerce.number().default(3), C: z.string().optional() });\n"
    expected = [("A", None, True), ("B", "3", False), ("C", None, False)]
    assert reads(zod + "export const env = s.parse(process.env);") == expected
    assert checked(zod + "export const env = s.parse(process.env);") == {"A", "B", "C"}
    assert reads(zod + "s.parse(req.body);") == []
    assert checked(zod + "s.safeParse(process.env);") == set()
    envalid = (
        "import { cleanEnv, str, port } from 'envalid';\ncleanEnv(process.env, { A: str(), B: port({ default: 3 }) });"
    )
    assert reads(envalid) == [("A", None, True), ("B", "3", False)]
    joi = "import * as Joi from 'joi';\nConfigModule.forRoot({ validationSchema: Joi.object({ A: Joi.string().required() }) });"
    assert reads("// env\n" + joi) == [("A", None, True)]


USES = {
    "import { PrismaClient } from '@prisma/client';\nconst p = new PrismaClient();\np.$connect();": (
        "database",
        ["prisma", "prisma"],
    ),
    "import { PrismaClient } from '@prisma/client';\nnew PrismaClient();": ("prisma", [""]),
    "import pg from 'pg';\nconst pool = new pg.Pool();": ("database", ["postgres"]),
    "const { Pool } = require('pg');\nconst pool = new Pool();\npool.query('x');": (
        "database",
        ["postgres", "postgres"],
    ),
    "import mongoose from 'mongoose';\nmongoose.connect(u);": ("database", ["mongodb"]),
    "import Redis from 'ioredis';\nnew Redis();": ("database", ["redis"]),
    "import { createClient } from 'redis';\ncreateClient();": ("database", ["redis"]),
    "import { createClient } from './client';\ncreateClient();": ("database", []),
    "import { DataSource } from 'typeorm';\nnew DataSource({ type: 'mysql' });": ("database", ["mysql"]),
    "import D from 'better-sqlite3';\nnew D('data/x.db');": ("writes", ["data/x.db"]),
    "process.on('SIGTERM', f);\nprocess.once('SIGINT', f);\nprocess.on('exit', f);": ("signal", ["SIGTERM", "SIGINT"]),
    "['SIGINT', 'SIGTERM'].forEach(s => process.on(s, f));": ("signal", ["SIGINT", "SIGTERM"]),
    "for (const s of ['SIGTERM'] as const) process.on(s, f);": ("signal", ["SIGTERM"]),
    "app.enableShutdownHooks();": ("signal", ["hooks"]),
    "import pino from 'pino';\nconst log = pino();": ("logger", ["log"]),
    "import winston from 'winston';\nexport const logger = winston.createLogger({});": ("logger", ["logger"]),
    "import { logger } from '../lib/logger';": ("logger", ["logger"]),
    "import { Logger } from '@nestjs/common';\nclass A { private readonly logger = new Logger('A'); }": (
        "logger",
        ["this.logger"],
    ),
    "console.log('x'); console\n.error(1);\n// console.log(2)": ("console", ["log", "error"]),
    "server.on('error', console.error);": ("console", []),
    "import winston from 'winston';\nnew winston.transports.File({ filename: 'logs/x.log' });": (
        "file-log",
        ["logs/x.log"],
    ),
    "import { transports } from 'winston';\nnew transports.File({ filename: f });": ("file-log", [""]),
    "import winston from 'winston';\nnew winston.transports.Console();": ("file-log", []),
    "import fs from 'fs';\nfs.writeFileSync('out/x.json', d);\nfs.readFileSync('y');": ("writes", ["out/x.json"]),
    "import { mkdir } from 'node:fs/promises';\nawait mkdir(dir);": ("writes", [""]),
    "import multer from 'multer';\nmulter({ dest: 'uploads/' });": ("writes", ["uploads/"]),
    "table.writeFile('x');": ("writes", []),
    "import { Kafka } from 'kafkajs';\nnew Kafka({});": ("kafka", ["Kafka"]),
    "import cors from 'cors';\ncors({ origin: process.env.O?.split(',') || ['http://localhost:3000'] });": (
        "cors",
        ["localhost"],
    ),
    "import cors from 'cors';\ncors({ origin: process.env.O });": ("cors", [""]),
    "import cors from 'cors';\ncors();": ("cors", ["*"]),
    "process.exit(1);": ("exit", ["1"]),
}


def test_a_variable_that_stands_in_for_another_is_none_of_its_own() -> None:
    assert reads("f(process.env.NEW ?? process.env.OLD ?? 'x');") == [("NEW", "x", False)]
    assert [name for name, _, _ in reads("f(process.env.N || process.env.M);")] == ["N"]


def test_what_browsers_are_given_is_described_as_well() -> None:
    text = (
        "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\n"
        "createEnv({ server: { A: z.string() }, client: { B: z.string().optional() }, experimental__runtimeEnv: {} });"
    )
    assert reads(text) == [("A", None, True), ("B", None, False)]


PLACES = {
    "fs.mkdirSync(process.env.DIR || '/data/in');": "${DIR:-/data/in}",
    "fs.mkdirSync(process.env.DIR);": "${DIR}",
    "const at = path.join('/data', 'in');\nfs.writeFileSync(path.join(at, name), d);": "/data/in/*",
    "fs.writeFileSync(path.resolve('in', '/out', name), d);": "/out/*",
    "fs.writeFileSync(`${root}/x`, d);": "",
    "const root = '/srv';\nfs.writeFileSync(`${root}/${name}.json`, d);": "/srv/*.json",
    "fs.writeFileSync('/srv/' + name, d);": "/srv/*",
    "fs.writeFileSync(name, d);": "",
    "fs.mkdirSync(path.join(__dirname, '..', 'in'));": "./a/b/../in",
    "fs.mkdirSync(path.join(__dirname, '../../../in'));": "",
    "const here = path.dirname(fileURLToPath(import.meta.url));\nfs.mkdirSync(path.join(here, 'in'));": "./a/b/in",
    "fs.mkdirSync(new URL('./in', import.meta.url));": "./a/b/./in",
    "fs.mkdirSync(`${process.cwd()}/in`);": "./in",
    "fs.mkdirSync(path.join(os.tmpdir(), 'in'));": "/tmp/in",
    "fs.mkdirSync(live ? '/out' : 'out');": "/out",
    "const config = { at: '/out' };\nfs.mkdirSync(config.at);": "/out",
    "class S { at = path.join(process.cwd(), 'in');\nput() { fs.mkdirSync(this.at); } }": "./in",
    "fs.copyFileSync(a, '/out/x');": "/out/x",
    "multer.diskStorage({ destination: (req, file, cb) => cb(null, '/in') });": "/in",
    "multer.diskStorage({ destination(req, file, cb) { cb(null, 'in'); } });": "in",
    "multer({ dest: process.env.IN ?? '/in' });": "${IN:-/in}",
    "execSync('mkdir -p /out && dump > /dev/null');": "/out",
    "new Sqlite(process.env.DB || '/data/x.db');": "${DB:-/data/x.db}",
    "new Sqlite(file);": "",
}


@pytest.mark.parametrize(("text", "place"), PLACES.items(), ids=[*PLACES])
def test_where_files_are_written(text: str, place: str) -> None:
    imports = (
        "import fs from 'fs';\nimport os from 'node:os';\nimport path from 'path';\nimport multer from 'multer';\n"
        "import { fileURLToPath } from 'url';\nimport { execSync } from 'child_process';\nimport Sqlite from 'better-sqlite3';\n"
    )
    module = parse(Source("a/b/c.js", imports + text))
    assert [use.what for use in module.using("writes")] == [place]


def test_memory_is_no_file() -> None:
    assert not parse(Source("a.js", "import S from 'better-sqlite3';\nnew S(':memory:');")).using("writes")


@pytest.mark.parametrize(("text", "expected"), USES.items())
def test_uses(text: str, expected: tuple[str, list[str]]) -> None:
    kind, what = expected
    assert uses(text, kind) == what


def test_imports_and_exports() -> None:
    text = "import a, { b as c } from 'x';\nimport * as d from './y';\nconst e = require('z');\nconst { f, g: h } = require('w');\nimport 'v';\n"
    found = {one.module: dict(one.names) for one in module(text).imports}
    assert found == {
        "x": {"a": "default", "c": "b"},
        "./y": {"d": "*"},
        "z": {"e": "default"},
        "w": {"f": "f", "h": "g"},
        "v": {},
    }
    text = "export const a = 1;\nexport { b as c };\nexport default d;\nexport function e() {}\nexport class F {}\nexport * from './x';"
    assert dict(module(text).exports) == {"a": "a", "c": "b", "default": "d", "e": "e", "F": "F"}
    assert dict(module("module.exports = router;", "a.js").exports) == {"default": "router"}
    assert dict(module("module.exports = { a, b: c };\nexports.d = d;", "a.js").exports) == {
        "a": "a",
        "b": "c",
        "d": "d",
    }


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", "const a = ;"),
        ("a.ts", "const a = <div>x</div>;"),
        ("a.tsx", "const a = <string>b;"),
        ("a.js", "const a: number = 1;"),
        ("a.js", "x" * 30_000),
        ("a.js", "<<<<<<< HEAD\nlet a;\n=======\nlet b;\n>>>>>>> other\n"),
    ],
)
def test_what_is_not_understood_is_refused(path: str, text: str) -> None:
    with pytest.raises(UnreadableError):
        module(text, path)


def test_grammars() -> None:
    assert module("const a = <string>b;", "a.ts").language == "typescript"
    assert module("const a = <div>x</div>;", "a.tsx").language == "typescript"
    assert module("#!/usr/bin/env node\nconst a = <div>x</div>;", "a.jsx").language == "javascript"
    assert module("type A = 1;", "a.mts").language == "typescript"
    assert module("export const A: string;", "a.d.ts").routes == ()


def test_comments_and_atoms() -> None:
    text = "/* é */ const a = `x ${b} y`; // 😀\r\nf('z', /r/g);\r\n"
    found = module(text)
    assert [text[slice(*span)] for span in found.comments()] == ["/* é */", "// 😀"]
    tokens = [text[slice(*span)] for span, _ in found.atoms() if span]
    assert tokens == [
        "const",
        "a",
        "=",
        "`",
        "x ",
        "${",
        "b",
        "}",
        " y",
        "`",
        ";",
        "f",
        "(",
        "'",
        "z",
        "'",
        ",",
        "/",
        "r",
        "/",
        "g",
        ")",
        ";",
    ]


def test_atoms_tell_meanings_apart() -> None:
    def meaning(text: str) -> list[object]:
        return [said for _, said in module(text).atoms()]

    assert meaning("f(a) // x\n") == meaning("f( a )")
    assert meaning("return_: { f() }") != meaning("return_: f()")
    assert meaning("function f() { return\na }") != meaning("function f() { return a }")
    assert meaning("const a = `x  y`") != meaning("const a = `x y`")
    assert meaning("const a = <p>x  y</p>".replace("<p>", "'").replace("</p>", "'")) != meaning("const a = 'x y'")


def test_the_prefilter_lets_facts_through() -> None:
    for text, _ in ROUTES.values():
        assert relevant(text), text
    for text in [*READS, *USES]:
        if module(text).variables or module(text).uses:
            assert relevant(text), text
    assert not relevant("export const add = (a: number, b: number) => a + b;")
    assert relevant("export const GET = handler;", "app/api/x/route.ts")


PIECES = st.lists(
    st.sampled_from([
        "app.get('/é', (req, res) => res.send('😀'));", "// 😀 é\n", "app.listen(process.env.PORT || 3000);", "\r\n", "\n",
        "console.log(`a ${b} 😀`);", "const { Ä = 'ö' } = process.env;", "/* ü\r\n */", "const s = '😀';\n", "app.use('/x', r);",
        "import q from './ß';\n", "process.on('SIGTERM', () => process.exit(0));", "f(process.env.X);", "  ", "\t",
    ]),
    max_size=12,
)  # fmt: skip


@given(PIECES, st.sampled_from(["", "\ufeff"]))
@settings(max_examples=200, deadline=None)
def test_spans_slice_exactly(pieces: list[str], mark: str) -> None:
    text = mark + EXPRESS + "\n".join(pieces)
    found = module(text)
    for route in found.routes:
        assert route.path_span
        assert text[slice(*route.path_span)] == route.written
        assert route.text.startswith("app.get(")
    assert all(one.text.startswith(("process.env.", "Ä")) for one in found.variables)
    assert all(one.text.startswith(("app.listen(", "process.", "console.", "app.use(")) for one in found.listeners)
    assert all(text[slice(*span)].startswith(("//", "/*")) for span in found.comments())
    assert len(found.routes) == sum("app.get" in one for one in pieces)
    at = 0
    for span, (_, said) in [(span, said) for span, said in found.atoms() if span and isinstance(said, tuple)]:
        assert at <= span.start < span.end
        assert text[slice(*span)] == said
        at = span.end
