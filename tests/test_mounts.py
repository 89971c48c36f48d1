"""Is the path of a route known with all that other files put before it, and is it said where it is not?"""

from __future__ import annotations

from autofix.surfaces.app.document import parse
from tests.test_link import of

START = {
    "Dockerfile": 'FROM node:20\nWORKDIR /app\nCOPY . .\nCMD ["node", "server.js"]\n',
    "package.json": '{"name": "api"}',
}
OPS = "import { Router } from 'express';\nexport const ops = Router();\nops.get('/health', (req, res) => res.send('ok'));\n"
SERVER = "import express from 'express';\nimport {{ {name} }} from '{module}';\nconst app = express();\napp.use('{path}', {name});\n"
FASTAPI = "from fastapi import FastAPI\n{line}\napp = FastAPI()\napp.include_router(ops.router, prefix='/api')\n"
ROUTER = (
    "from fastapi import APIRouter\nrouter = APIRouter()\n\n\n@router.get('/health')\ndef health():\n    return {}\n"
)


def answered(files: dict[str, str]) -> dict[str, bool]:
    found = of({**START, **files})
    return {one.path: one.placed for service in found.services for one in found.application(service).endpoints}


def test_routers_are_followed_through_every_file() -> None:
    index = "import { Router } from 'express';\nimport { ops } from './ops.js';\nexport const all = Router();\nall.use('/v1', ops);\n"
    server = SERVER.format(name="all", module="./routes/index.js", path="/api")
    assert answered({"server.js": server, "routes/index.js": index, "routes/ops.js": OPS}) == {"/api/v1/health": True}


def test_python_counts_the_dots_of_a_relative_import() -> None:
    files = {"app/main.py": FASTAPI.format(line="from .routers import ops"), "app/routers/ops.py": ROUTER}
    assert answered(files) == {"/api/health": True}
    files = {"app/core/main.py": FASTAPI.format(line="from ..routers import ops"), "app/routers/ops.py": ROUTER}
    assert answered(files) == {"/api/health": True}


def test_a_router_that_nobody_is_seen_to_mount_is_not_placed() -> None:
    barrel = "from app.routers.ops import router as ops_router\n"
    main = FASTAPI.format(line="from app.routers import ops_router").replace("ops.router", "ops_router")
    files = {"app/main.py": main, "app/routers/__init__.py": barrel, "app/routers/ops.py": ROUTER}
    assert answered(files) == {"/health": False}


def test_a_prefix_that_cannot_be_told_leaves_the_route_out() -> None:
    server = SERVER.format(name="ops", module="./ops.js", path="x").replace("'x'", "process.env.BASE")
    assert answered({"server.js": server, "ops.js": OPS}) == {}


def test_a_string_knows_what_it_is_part_of() -> None:
    text = """app.use(unless({ path: ['/a'] }));
const skip = (req) => req.path === '/b' || !req.url.startsWith('/c');
switch (x) { case '/d': break; }
consumer.exclude({ path: 'e', method: 1 });
console.log(`at ${host}/f`); fetch(`${host}/g`); if (/^\\/h$/.test(url)) {}
"""
    (source,) = of({"a.js": text}).sources.values()
    found = [(source.slice(one.inner), one.role, one.detail) for one in parse(source).texts]
    assert found == [
        ("/a", "element", ""),
        ("/b", "compared", "==="),
        ("/c", "argument", "startsWith"),
        ("/d", "case", ""),
        ("e", "entry", "path"),
        ("at ${host}/f", "message", "log"),
        ("${host}/g", "joined", "fetch"),
        ("/^\\/h$/", "pattern", ""),
    ]
