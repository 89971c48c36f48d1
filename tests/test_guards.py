"""Which routes answer anybody, with nothing before them that may refuse?"""

from __future__ import annotations

import pytest

from autofix.project import Endpoint
from tests.test_link import of

HEAD = "const express = require('express');\nconst app = express();\n"
HEALTH = "app.get('/health', (req, res) => res.send('ok'));\n"
TAIL = "app.listen(3000);\n"
FAST = "from fastapi import FastAPI\n\napp = FastAPI()\n{}\n\n@app.get('/health')\ndef health():\n    return {{'ok': True}}\n"


def health(**files: str) -> Endpoint:
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    project = of({"Dockerfile": "FROM node:20\nCOPY . .\nCMD node index.js\n", "package.json": "{}", **named})
    (service,) = project.services
    found = project.application(service).health
    assert found is not None
    assert found.path == "/health"
    return found


@pytest.mark.parametrize(
    ("before", "guarded"),
    [
        ("app.use(express.json());\napp.use(cors());\napp.use(helmet());\napp.use(morgan('dev'));\n", False),
        ("app.use(requireAuth);\n", True),
        ("app.use('/api', requireAuth);\n", False),
        ("app.use('/health', requireAuth);\n", True),
        ("app.use((req, res, next) => { console.log(req.url); next(); });\n", False),
        ("app.use((req, res, next) => { if (!req.headers.token) return res.sendStatus(401); next(); });\n", True),
        ("app.use((req, res, next) => { res.setHeader('x', 'y'); if (req.method === 'OPTIONS') return res.sendStatus(204); next(); });\n", False),
        ("app.use(somebodysOwn({ strict: true }));\n", True),
        ("function stamp(req, res, next) { req.at = Date.now(); next(); }\napp.use(stamp);\n", False),
        ("function stamp(req, res, next) { if (!req.user) { return res.status(401).end(); } next(); }\napp.use(stamp);\n", True),
        ("app.use(requestLogger);\napp.use(rateLimit({ max: 100 }));\n", False),
        ("app.use(enforceHttps);\n", True),
    ],
)  # fmt: skip
def test_what_stands_before(before: str, guarded: bool) -> None:  # noqa: FBT001
    assert bool(health(index_js=HEAD + before + HEALTH + TAIL).guards) == guarded
    assert not health(index_js=HEAD + HEALTH + before + TAIL).guards


def test_what_another_file_puts_before_its_routers() -> None:
    router = (
        "const r = require('express').Router();\nr.get('/health', (req, res) => res.send('ok'));\nmodule.exports = r;\n"
    )
    mount = "app.use('/', require('./routes'));\n"
    assert health(index_js=HEAD + "app.use(verifyToken);\n" + mount + TAIL, routes_js=router).guards
    assert not health(index_js=HEAD + mount + "app.use(verifyToken);\n" + TAIL, routes_js=router).guards


def test_a_router_that_was_mounted_at_the_root_before() -> None:
    closed = "const r = require('express').Router();\nr.use(verifyToken);\nr.get('/mine', h);\nmodule.exports = r;\n"
    assert health(index_js=HEAD + "app.use(require('./closed'));\n" + HEALTH + TAIL, closed_js=closed).guards
    assert not health(index_js=HEAD + "app.use('/me', require('./closed'));\n" + HEALTH + TAIL, closed_js=closed).guards


@pytest.mark.parametrize(
    ("before", "guarded"),
    [
        ("app.add_middleware(CORSMiddleware, allow_origins=['*'])", False),
        ("app.add_middleware(HTTPSRedirectMiddleware)", True),
        ("@app.middleware('http')\nasync def check_key(request, call_next):\n    return await call_next(request)", True),
        ("@app.middleware('http')\nasync def log_requests(request, call_next):\n    return await call_next(request)", False),
    ],
)  # fmt: skip
def test_what_python_runs_before(before: str, guarded: bool) -> None:  # noqa: FBT001
    assert bool(health(main_py=FAST.format(before)).guards) == guarded


def test_what_nest_runs_before_everything() -> None:
    controller = "import { Controller, Get } from '@nestjs/common';\n@Controller()\nclass H { @Get('health') health() { return 'ok'; } }\n"
    guard = "import { APP_GUARD } from '@nestjs/core';\n@Module({ providers: [{ provide: APP_GUARD, useClass: %s }] })\nclass M {}\n"
    assert not health(h_ts=controller).guards
    assert health(h_ts=controller + guard % "JwtAuthGuard").guards
    assert not health(h_ts=controller + guard % "ThrottlerGuard").guards


@pytest.mark.parametrize(
    ("files", "plain"),
    [
        ({"pages/index.tsx": "export default function Home() { useEffect(() => { fetch('/x') }); return null }"}, True),
        ({"pages/index.tsx": "export async function getServerSideProps() { return {} }"}, False),
        ({"pages/index.tsx": "", "middleware.ts": "export function middleware() {}"}, False),
        ({"src/app/page.tsx": "export default async function Page() { const x = await load(); return x }"}, False),
        ({"app/page.tsx": "'use client'\nexport default function Page() { fetch('/x').then(x => x) }"}, True),
        ({"app/page.tsx": "import { redirect } from 'next/navigation'\nexport default () => redirect('/login')"}, False),
        ({"app/page.tsx": "export default () => null", "next.config.mjs": "export default { basePath: '/docs' }"}, False),
        ({"app/page.tsx": "export default () => null", "next.config.mjs": "export default { output: 'standalone' }"}, True),
    ],
)  # fmt: skip
def test_the_first_page_of_next(files: dict[str, str], plain: bool) -> None:  # noqa: FBT001
    project = of(
        {
            "Dockerfile": "FROM node:20\nCOPY . .\nCMD npm start\n",
            "package.json": '{"dependencies": {"next": "15"}}',
            **files,
        }
    )
    (service,) = project.services
    found = project.application(service).health
    assert found is not None
    assert found.plain == plain


def test_pages_of_anything_else_are_none_of_next() -> None:
    project = of({"Dockerfile": "FROM node:20\nCMD npx vite\n", "package.json": "{}", "src/pages/index.tsx": ""})
    assert project.application(project.services[0]).health is None


def test_a_router_within_a_router() -> None:
    outer = "from fastapi import APIRouter\nfrom app.api import health\n\nrouter = APIRouter()\nrouter.include_router(health.router, prefix='/system')\n"
    inner = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get('/health')\ndef health():\n    return {'ok': True}\n"
    main = "from fastapi import FastAPI\nfrom app.api.all import router\n\napp = FastAPI()\napp.include_router(router, prefix='/api/v1')\n"
    project = of({"Dockerfile": "FROM python:3.12\nCMD uvicorn app.main:app\n", "requirements.txt": "", "app/main.py": main, "app/api/all.py": outer, "app/api/health.py": inner})  # fmt: skip
    found = project.application(project.services[0]).health
    assert found
    assert (found.path, found.guards) == ("/api/v1/system/health", ())


def test_a_router_that_nobody_is_seen_to_mount() -> None:
    router = (
        "const r = require('express').Router();\nr.get('/health', (req, res) => res.send('ok'));\nmodule.exports = r;\n"
    )
    dynamic = "fs.readdirSync('routes').forEach((name) => app.use('/api', require('./routes/' + name)));\n"
    assert health(index_js=HEAD + dynamic + TAIL, routes__health_js=router).guards
    on_the_app = "const { app } = require('./index');\napp.get('/health', (req, res) => res.send('ok'));\n"
    assert not health(index_js=HEAD + TAIL + "exports.app = app;\nrequire('./more');\n", more_js=on_the_app).guards
