"""Are the facts of a Python file found where they stand, and is nothing stated that is not so?"""

from __future__ import annotations

import ast
import pickle
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autofix.node import UnreadableError
from autofix.surfaces.app.document import parse as parse_app
from autofix.surfaces.app.python import PythonModule, parse, relevant
from autofix.text import Edit, Source, Span, splice


def module(text: str, path: str = "app/main.py") -> PythonModule:
    return parse(Source(path, dedent(text)))


def routes(text: str, path: str = "app/main.py") -> list[tuple[str, str, str | None]]:
    return [(route.framework, route.method, route.full_path) for route in module(text, path).routes]


def variables(text: str) -> dict[str, tuple[str | None, bool, bool]]:
    return {one.name: (one.default, one.required, one.checked) for one in module(text).variables}


def uses(text: str, kind: str) -> list[str]:
    return [use.what for use in module(text).using(kind)]


# routes

FASTAPI = """
    from fastapi import APIRouter, Depends, FastAPI
    from . import users
    from .items import router as items

    PREFIX = "/api"
    app = FastAPI(title="x")
    router = APIRouter(prefix="/things")
    other = APIRouter(prefix=settings.PREFIX)

    @app.get("/healthz", tags=["x"])
    async def healthz():
        "Is it there?"
        return {"status": "ok"}

    @router.post('/{id}')
    def change(id: int):
        return 1

    @other.put("/x")
    def put(): ...

    @app.api_route("/both", methods=["GET", "HEAD"])
    async def both():
        await nothing()

    app.add_api_route("/ready", ready, methods=["get"])
    app.include_router(router, prefix=PREFIX)
    app.include_router(users.router, prefix=f"{PREFIX}/users", dependencies=[Depends(x)])
    app.include_router(items)
    app.mount("/static", StaticFiles(directory="static"))
"""


def test_fastapi() -> None:
    assert routes(FASTAPI) == [
        ("fastapi", "GET", "/healthz"),
        ("fastapi", "POST", "/api/things/{id}"),
        ("fastapi", "PUT", None),
        ("fastapi", "GET", "/both"),
        ("fastapi", "HEAD", "/both"),
        ("fastapi", "GET", "/ready"),
    ]
    found = module(FASTAPI)
    first, second, third = found.routes[:3]
    assert (first.written, first.router, first.prefix, first.plain) == ("/healthz", "app", "", True)
    assert (second.written, second.prefix, second.plain) == ("/{id}", "/api/things", False)
    assert (third.written, third.prefix) == ("/x", None)
    assert first.text == '@app.get("/healthz", tags=["x"])'
    assert first.path_span is not None
    assert first.source.slice(first.path_span) == "/healthz"
    assert first.handler is not None
    assert first.source.slice(first.handler).startswith("async def healthz")
    assert [(one.prefix, one.router, one.module, one.on) for one in found.mounts] == [
        ("/api", "router", "", "app"),
        ("/api/users", "users.router", ".users", "app"),
        ("", "items", ".items", "app"),
        ("/static", 'StaticFiles(directory="static")', "", "app"),
    ]


def test_the_file_of_a_route_is_not_its_path() -> None:
    route = module(FASTAPI).routes[0]
    assert route.path == "app/main.py"
    assert route.evidence("x").path == "app/main.py"


def test_a_router_from_elsewhere_has_an_unknown_prefix() -> None:
    text = """
        from app.main import bp
        @bp.route("/x", methods=["POST", "PUT"])
        def x(): ...
    """
    assert routes(text) == [("", "POST", None), ("", "PUT", None)]
    assert routes("import fastapi\n@thing.get('/x')\ndef x(): ...\n") == [("fastapi", "GET", None)]


def test_a_router_mounted_twice_has_no_one_prefix() -> None:
    text = """
        from fastapi import FastAPI, APIRouter
        app, r = FastAPI(), None
        r = APIRouter()
        r2 = APIRouter()
        @r2.get("/x")
        def x(): ...
        app.include_router(r2, prefix="/a")
        app.include_router(r2, prefix="/b")
    """
    assert routes(text) == [("fastapi", "GET", None)]


def test_flask() -> None:
    text = """
        from flask import Blueprint, Flask, jsonify
        from .admin import admin
        bp = Blueprint("x", __name__, url_prefix="/own")
        free = Blueprint("y", __name__, url_prefix="/free/")
        def create_app():
            app = Flask(__name__)
            app.register_blueprint(bp, url_prefix="/api")
            app.register_blueprint(free)
            app.register_blueprint(admin, url_prefix="/admin")
            app.add_url_rule("/rule", view_func=rule)
            @app.route("/")
            def index():
                return jsonify(ok=True), 503
            return app
        @bp.route("/x", methods=["GET", "post"])
        @bp.get('/y')
        def x():
            return "ok", 200
        @free.route("/z", methods=METHODS)
        @login_required
        def z():
            return "ok"
    """
    assert routes(text) == [
        ("flask", "GET", "/rule"),
        ("flask", "GET", "/"),
        ("flask", "GET", "/api/x"),
        ("flask", "POST", "/api/x"),
        ("flask", "GET", "/api/y"),
        ("flask", "", "/free/z"),
    ]
    found = module(text)
    assert [route.plain for route in found.routes] == [False, False, True, True, True, False]
    assert [(one.prefix, one.router, one.module) for one in found.mounts] == [
        ("/api", "bp", ""),
        ("", "free", ""),
        ("/admin", "admin", ".admin"),
    ]


def test_something_asked_before_every_request_makes_no_route_plain() -> None:
    text = """
        from flask import Flask
        app = Flask("x")
        @app.before_request
        def ask(): ...
        @app.get("/health")
        def health():
            return "ok"
    """
    assert [route.plain for route in module(text).routes] == [False]


def test_resources() -> None:
    text = """
        from flask import Blueprint
        from flask_restful import Api, Resource
        bp = Blueprint("x", __name__, url_prefix="/api")
        api = Api(bp)
        class Health(Resource):
            def get(self): return 1
            def post(self): return 1
        api.add_resource(Health, "/health", "/healthz")
        api.add_resource(Elsewhere, "/x")
    """
    assert routes(text) == [
        ("flask", "GET", "/api/health"),
        ("flask", "POST", "/api/health"),
        ("flask", "GET", "/api/healthz"),
        ("flask", "POST", "/api/healthz"),
        ("flask", "ANY", "/api/x"),
    ]


def test_django() -> None:
    text = r"""
        from django.conf.urls.i18n import i18n_patterns
        from django.contrib import admin
        from django.urls import include, path, re_path
        from . import views
        def health(request):
            return HttpResponse("ok")
        inner = [path("x/", views.x)]
        urlpatterns = [
            path("health/", health, name="h"),
            re_path(r"^old/$", views.old),
            path("api/", include("api.urls")),
            path("inner/", include(inner)),
            path("list/", include([path("deep", views.Deep.as_view())])),
            path("admin/", admin.site.urls),
            path(ADMIN, views.unknown),
        ]
        urlpatterns += i18n_patterns(path("page/", views.page))
    """
    assert routes(text, "config/urls.py") == [
        ("django", "ANY", "/inner/x/"),
        ("django", "ANY", "/health/"),
        ("django", "ANY", None),
        ("django", "ANY", "/list/deep"),
        ("django", "ANY", None),
        ("django", "ANY", None),
    ]
    found = module(text, "config/urls.py")
    assert [route.plain for route in found.routes] == [False, True, False, False, False, False]
    assert found.routes[2].written == "^old/$"
    assert found.routes[1].router == "urlpatterns"
    assert [(one.prefix, one.router, one.module) for one in found.mounts] == [
        ("/api", '"api.urls"', "api.urls"),
        ("/inner", "inner", ""),
        ("/admin", "admin.site.urls", "django.contrib.admin.site"),
    ]


def test_starlette_and_aiohttp() -> None:
    text = """
        from starlette.applications import Starlette
        from starlette.routing import Mount, Route
        app = Starlette(routes=[
            Route("/", home),
            Mount("/api", routes=[Route("/x", x, methods=["POST"])]),
            Mount("/static", app=StaticFiles()),
        ])
    """
    assert routes(text) == [("starlette", "GET", "/"), ("starlette", "POST", "/api/x")]
    assert [(one.prefix, one.router) for one in module(text).mounts] == [("/static", "StaticFiles()")]
    text = """
        from aiohttp import web
        routes = web.RouteTableDef()
        @routes.get("/a")
        async def a(request): ...
        app = web.Application()
        app.add_routes([web.post("/b", b)])
        app.router.add_get("/c", c)
    """
    assert routes(text) == [("aiohttp", "GET", "/a"), ("aiohttp", "POST", "/b"), ("aiohttp", "GET", "/c")]


LOOK_ALIKES = """
    import requests, click
    from flask import Flask
    app = Flask("x")
    # @app.get("/comment")
    "@app.get('/string')"
    requests.get("/x")
    cache.get("/key")
    app.get("/called")
    @click.option("/x")
    def f(): ...
    @cache.get("not-a-path")
    def g(): ...
    @app.errorhandler(404)
    def h(): ...
    path("x/", y)
"""


def test_look_alikes_are_no_routes() -> None:
    assert routes(LOOK_ALIKES) == []


@pytest.mark.parametrize("path", ["tests/app.py", "app/test_main.py", "app/main_test.py", "conftest.py"])
def test_a_test_serves_nothing(path: str) -> None:
    found = module(FASTAPI, path)
    assert not found.routes
    assert not found.mounts
    assert module(FASTAPI, "app/latest.py").routes


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("return 'ok'", True),
        ("return JSONResponse({'at': datetime.now().isoformat()})", True),
        ("return JSONResponse({}, status_code=503)", False),
        ("return PlainTextResponse('ok', status_code=200)", True),
        ("return {'v': settings.VERSION, 'n': f'{VERSION}'}", True),
        ("logger.debug('asked')\n    return 1", True),
        ("return {'db': ping()}", False),
        ("return await x", False),
        ("if x: return 1", False),
        ("raise HTTPException(503)", False),
        ("pass", False),
        ("return state", False),
    ],
)
def test_plain(body: str, plain: bool) -> None:  # noqa: FBT001
    text = f"from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\nasync def x():\n    {body}\n"
    assert [route.plain for route in module(text).routes] == [plain]


def test_a_dependency_makes_a_route_not_plain() -> None:
    head = "from fastapi import FastAPI, APIRouter\n"
    body = "@r.get('/x')\ndef x(): return 1\n"
    assert [one.plain for one in module(f"{head}r = FastAPI()\n{body}").routes] == [True]
    assert [one.plain for one in module(f"{head}r = APIRouter(dependencies=[y])\n{body}").routes] == [False]
    mounted = f"{head}app = FastAPI()\nr = APIRouter()\n{body}app.include_router(r, dependencies=[y])\n"
    assert [one.plain for one in module(mounted).routes] == [False]
    assert [
        one.plain for one in module(f"{head}r = FastAPI()\n@r.get('/x')\ndef x(u=Depends(y)): return 1\n").routes
    ] == [False]


# listeners


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("import uvicorn\nuvicorn.run(app)", ("uvicorn", 8000, "", None)),
        ("import uvicorn\nuvicorn.run('a:b', host='0.0.0.0', port=80)", ("uvicorn", 80, "", "0.0.0.0")),
        ("import uvicorn\nuvicorn.run(app, **options)", ("uvicorn", None, "", "?")),
        ("import uvicorn\nuvicorn.run(app, host=settings.host, port=settings.port)", ("uvicorn", None, "", "?")),
        (
            "import os, uvicorn\nuvicorn.run(app, port=int(os.environ.get('PORT', 8001)))",
            ("uvicorn", 8001, "PORT", None),
        ),
        ("import os, uvicorn\nuvicorn.run(app, port=int(os.environ['PORT']))", ("uvicorn", None, "PORT", None)),
        ("import os, uvicorn\nuvicorn.run(app, port=int(os.getenv('P') or 9))", ("uvicorn", 9, "P", None)),
        ("import os, uvicorn\nP = int(os.getenv('P', '9'))\nuvicorn.run(app, port=P)", ("uvicorn", 9, "P", None)),
        ("from flask import Flask\na = Flask('x')\na.run('127.0.0.1', 80)", ("flask", 80, "", "127.0.0.1")),
        ("from flask import Flask\na = Flask('x')\na.run(debug=True)", ("flask", 5000, "", None)),
        ("from app import app\napp.run(host='0.0.0.0', port=5)", ("", 5, "", "0.0.0.0")),
        ("from waitress import serve\nserve(app, listen='*:81')", ("waitress", 81, "", "0.0.0.0")),
        ("from http.server import *\nfrom http.server import HTTPServer\ns = HTTPServer(('', 7), H)",
         ("http.server", 7, "", "")),
        ("from aiohttp import web\nweb.run_app(app, port=1)", ("aiohttp", 1, "", None)),
        ("from hypercorn.config import Config\nc = Config()\nc.bind = ['[::]:90']", ("hypercorn", 90, "", "[::]")),
        ("import grpc\nserver.add_insecure_port('[::]:' + port)", ("grpc", None, "", "[::]")),
    ],
)  # fmt: skip
def test_listeners(text: str, fact: tuple[str, int | None, str, str | None]) -> None:
    assert [(one.framework, one.port, one.port_variable, one.host) for one in module(text).listeners] == [fact]


def test_gunicorn_listens_where_its_own_file_says() -> None:
    text = "import os\nbind = f\"0.0.0.0:{os.getenv('PORT', '8000')}\"\n"
    (listener,) = module(text, "config/gunicorn.conf.py").listeners
    assert (listener.port, listener.port_variable, listener.host) == (8000, "PORT", "0.0.0.0")
    assert module(text, "config/other.py").listeners == ()


def test_a_listener_that_only_the_file_itself_starts() -> None:
    text = "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run(app)\n"
    assert [one.guarded for one in module(text).listeners] == [True]


def test_what_runs_but_does_not_listen() -> None:
    assert (
        module("import asyncio, subprocess\nasyncio.run(x())\nsubprocess.run(['x'])\nbot.run(token)\n").listeners == ()
    )
    assert module("from flask import Flask\nimport uvicorn\nuvicorn.run(app, uds='/x')").listeners == ()


# variables


def test_reads_of_the_environment() -> None:
    text = """
        import os
        from os import environ, getenv as g
        A = os.environ["A"]
        B = os.environ.get("B", "b")
        C = os.getenv("C")
        D = g("D", default=4)
        E = environ.get("E") or "e"
        F = int(environ.get("F", 5))
        os.environ["G"] = "stored"
        H = os.getenv(KEY)
        NAME = "I"
        I = os.environ[NAME]
        J = os.getenv("J", other())
        K = os.getenv("K", None)
        def f():
            return os.environ["L"]
        try:
            M = os.environ["M"]
        except KeyError:
            M = None
        if os.getenv("N"): ...
        O = os.getenv("O") == "1"
        P = os.environ["P"] if "P" in os.environ else None
    """
    assert variables(text) == {
        "A": (None, True, True),
        "B": ("b", False, False),
        "C": (None, True, False),
        "D": ("4", False, False),
        "E": ("e", False, False),
        "F": ("5", False, False),
        "I": (None, True, True),
        "J": (None, False, False),
        "K": (None, False, False),
        "L": (None, True, False),
        "M": (None, False, False),
        "N": (None, False, False),
        "O": (None, False, False),
        "P": (None, False, False),
    }


@pytest.mark.parametrize(
    "text",
    [
        "X = os.getenv('X')\nif not X:\n    raise ValueError('X')",
        "X = os.getenv('X')\nif X is None:\n    sys.exit(1)",
        "X, Y = 1, 2\nZ = os.getenv('X')\nif not Z or not Y:\n    sys.exit('no')",
        "if not os.getenv('X'):\n    raise SystemExit(1)",
        "if 'X' not in os.environ:\n    exit(1)",
        "assert os.getenv('X'), 'X is missing'",
        "for name in ['X', 'X']:\n    if not os.getenv(name):\n        raise KeyError(name)",
        "NEEDED = ('X',)\nmissing = [n for n in NEEDED if not os.environ.get(n)]\nif missing:\n    sys.exit(missing)",
        "if any(not os.getenv(n) for n in ['X']):\n    raise ValueError",
        "if not all(os.getenv(n) for n in ['X']):\n    raise ValueError",
        "def check():\n    x = os.getenv('X')\n    if not x:\n        raise ValueError('X')",
    ],
)
def test_a_file_that_refuses_to_start(text: str) -> None:
    assert variables(f"import os, sys\n{text}\n") == {"X": (None, True, True)}


@pytest.mark.parametrize(
    "text",
    [
        "X = os.getenv('X')\nif not X:\n    print('none')",
        "X = os.getenv('X')\nif X:\n    raise ValueError('must not be set')",
        "if os.getenv('X') == '1':\n    sys.exit(0)",
        "if not os.getenv('X') and not os.getenv('X'):\n    sys.exit(0)",
        "if 'X' in os.environ:\n    exit(1)",
        "for name in ['X']:\n    print(os.getenv(name, ''))",
    ],
)
def test_a_file_that_goes_on(text: str) -> None:
    assert variables(f"import os, sys\n{text}\n")["X"][1:] == (False, False)


def test_a_branch_that_asked_for_the_variable_may_use_it() -> None:
    text = """
        import os
        if "A" in os.environ:
            A = os.environ.get("A").split(",")
        if os.getenv("B"):
            B = int(os.environ["B"])
        if os.getenv("C"):
            D = os.environ["D"]
    """
    found = variables(text)
    assert [found[name][1] for name in "ABCD"] == [False, False, False, True]


def test_what_fails_without_the_variable() -> None:
    text = """
        import os, sys
        from sqlalchemy import create_engine
        A = os.environ["A"]
        B = os.getenv("B").split(",")
        C = int(os.getenv("C"))
        D = os.getenv("D") + "/path"
        E = create_engine(os.getenv("E"))
        F = os.getenv("F")
        if not F or not A:
            sys.exit(1)
        def late():
            return os.environ["G"]
        if __name__ == "__main__":
            H = os.environ["H"]
        I = os.getenv("I")
        print(f"{os.getenv('J')}")
        K = os.getenv("K", "").split(",")
        L = int(os.getenv("L", 5))
        if A == "s3":
            M = os.environ["M"]
        N = A == "s3" and os.environ["N"]
        try:
            O = os.environ["O"]
        except KeyError:
            O = None
    """
    found = module(text).variables
    assert {one.name for one in found if one.strict and not one.branched} == set("ABCDEFGH")
    assert {one.name for one in found if one.branched} == {"M", "N"}
    assert {one.name for one in found if one.fallback} == {"K", "L"}


def test_a_refusal_that_asks_something_else_first() -> None:
    text = """
        import os
        A = os.getenv("A")
        if not A:
            if DEBUG:
                A = "localhost"
            else:
                raise ValueError("A")
        B = os.getenv("B")
        if not B:
            raise ValueError("B")
    """
    assert {one.name: (one.checked, one.strict) for one in module(text).variables} == {
        "A": (True, False),
        "B": (True, True),
    }


def test_a_name_that_is_made_of_itself() -> None:
    text = """
        import os
        def later(folder):
            path = path + "/x"
            path += path
            name = f"{name}{name}"
            open(path, "w")
            open(name + name, "w")
            return os.environ[name]
    """
    assert module(text).variables == ()


def test_settings_that_somebody_fills_or_nests() -> None:
    text = """
        from pydantic import BaseModel
        from pydantic_settings import BaseSettings
        class Limits(BaseModel):
            rows: int
        class Settings(BaseSettings):
            key: str
            secret: str
            limits: Limits
            mail: MailSettings
        settings = Settings(secret=made())
    """
    found = {one.name: one.strict for one in module(text).variables}
    assert found == {"KEY": True, "SECRET": False}
    assert not any(one.strict for one in module(text.replace("secret=made()", "**made()")).variables)
    assert not any(one.strict for one in module(text.replace("secret=made()", '_secrets_dir="/run"')).variables)


def test_a_function_that_asks_first_needs_nothing() -> None:
    text = """
        import os
        def url(name):
            if name in os.environ:
                return os.environ[name]
            return None
        A = url("A")
    """
    assert not any(one.strict or one.required for one in module(text).variables)


def test_reads_through_a_function_of_the_file() -> None:
    text = """
        import os
        def flag(name, default=False):
            value = os.getenv(name)
            return default if value is None else value == "1"
        def need(name):
            return os.environ[name]
        def get(name, other="x"):
            return os.environ.get(name, other)
        A = flag("A")
        B = flag("B", default=True)
        C = need("C")
        D = get("D")
        E = get("E", "e")
        F = flag(*x)
        G = other("G")
    """
    assert variables(text) == {
        "A": ("False", False, False),
        "B": ("True", False, False),
        "C": (None, True, True),
        "D": ("x", False, False),
        "E": ("e", False, False),
    }


def test_pydantic() -> None:
    text = """
        from typing import ClassVar, Optional
        from pydantic import Field, SecretStr
        from pydantic_settings import BaseSettings, SettingsConfigDict
        class Base(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="APP_", extra="ignore")
            KIND: ClassVar[str] = "x"
            _hidden: str = "x"
            database_url: str
            port: int = 8000
            secret: SecretStr = Field(...)
            debug: Optional[bool] = None
            token: str = Field("t", validation_alias="TOKEN")
            hosts: list[str] = Field(default_factory=list)
        class Late(Base):
            late: str
        settings = Base()
        class Other:
            not_mine: str
    """
    assert variables(text) == {
        "APP_DATABASE_URL": (None, True, True),
        "APP_PORT": ("8000", False, False),
        "APP_SECRET": (None, True, True),
        "APP_DEBUG": (None, False, False),
        "TOKEN": ("t", False, False),
        "APP_HOSTS": (None, False, False),
        "APP_LATE": (None, True, False),
    }


def test_old_pydantic() -> None:
    text = """
        from pydantic import BaseSettings, Field
        class S(BaseSettings):
            key: str = Field(..., env="API_KEY")
            maybe: Optional[str]
            class Config:
                env_prefix = "X_"
                case_sensitive = True
    """
    assert variables(text) == {"API_KEY": (None, True, False), "X_maybe": (None, False, False)}
    assert variables("from pydantic import BaseSettings\nclass S(BaseSettings):\n    a: str\n    class Config:\n"
                     "        env_prefix = PREFIX\n") == {}  # fmt: skip


def test_other_readers() -> None:
    text = """
        import environ
        env = environ.Env(DEBUG=(bool, False))
        A = env("A")
        B = env.bool("DEBUG")
        C = env.str("C", default="c")
        DATABASES = {"default": env.db()}
    """
    assert variables(text) == {
        "A": (None, True, True),
        "DEBUG": ("False", False, False),
        "C": ("c", False, False),
        "DATABASE_URL": (None, True, True),
    }
    text = "from decouple import config\nA = config('A')\nB = config('B', default=1, cast=int)\n"
    assert variables(text) == {"A": (None, True, True), "B": ("1", False, False)}
    text = "from starlette.config import Config\nconfig = Config('.env')\nA = config('A', cast=str, default='')\n"
    assert variables(text) == {"A": ("", False, False)}
    text = "from .base import env\nA = env('A_KEY')\nB = env('not a variable')\n"
    assert variables(text) == {"A_KEY": (None, True, True)}
    text = "from .base import env\nA = env('A', None)\nB = env('B', bool)\nC = env('C', int, 3)\n"
    assert variables(text) == {"A": (None, False, False), "B": (None, True, True), "C": ("3", False, False)}
    assert variables("from decouple import config\nA = config('A', 'x')\n") == {"A": ("x", False, False)}
    assert variables("from thing import config\nconfig('A')\nenv('A')\nos.environ['A']\n") == {}


# uses


def test_databases() -> None:
    text = """
        import redis, sqlite3, psycopg2
        from sqlalchemy import create_engine
        engine = create_engine(settings.URL)
        local = create_engine("sqlite:///./data/app.db")
        memory = create_engine("sqlite:///:memory:")
        r = redis.Redis(host="x")
        c = sqlite3.connect("app.db")
        p = psycopg2.connect(dsn)
        other.connect()
    """
    assert uses(text, "database") == ["sqlalchemy", "sqlite", "sqlite", "redis", "sqlite", "postgres"]
    assert uses(text, "writes") == ["./data/app.db", "app.db"]
    text = """
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
        ALLOWED_HOSTS = ["localhost", HOST]
        CORS_ALLOWED_ORIGINS = ["http://localhost:3000"]
        LOGGING = {"handlers": {"file": {"class": "logging.FileHandler", "filename": "/var/log/x.log"}}}
    """
    assert uses(text, "database") == ["django", "sqlite"]
    assert uses(text, "writes") == [""]
    assert uses(text, "allow-list") == ['["localhost", HOST]']
    assert uses(text, "cors") == ["localhost"]
    assert uses(text, "file-log") == ["/var/log/x.log"]


def test_logs_signals_files_and_ends() -> None:
    text = """
        import logging, signal, sys, os
        from logging.handlers import RotatingFileHandler
        from pathlib import Path
        from loguru import logger as log
        from kafka import KafkaConsumer
        L = logging.getLogger(__name__)
        L.addHandler(RotatingFileHandler("app.log", maxBytes=1))
        logging.info("x")
        log.add("other.log")
        for s in (signal.SIGTERM, signal.SIGINT):
            signal.signal(s, stop)
        loop.add_signal_handler(signal.SIGHUP, f)
        print("x")
        open("a.txt", "w")
        open("b.txt")
        Path("c").mkdir()
        Path("d").write_text("x")
        where.write_bytes(b"")
        sftp.mkdir("x")
        os.makedirs("e/f", exist_ok=True)
        consumer = KafkaConsumer("t")
        sys.exit(1)
        raise SystemExit
    """
    assert uses(text, "logger") == ["log", "L", "logging"]
    assert uses(text, "file-log") == ["app.log", "other.log"]
    assert uses(text, "signal") == ["SIGTERM", "SIGINT", "SIGHUP"]
    assert uses(text, "console") == ["print"]
    assert uses(text, "writes") == ["a.txt", "c", "d", "", "e/f"]
    assert uses(text, "kafka") == ["KafkaConsumer"]
    assert uses(text, "exit") == ["sys.exit", "SystemExit"]


PLACES = {
    "os.makedirs(os.getenv('DIR', '/data/in'))": "${DIR:-/data/in}",
    "os.makedirs(os.environ['DIR'])": "${DIR}",
    "os.makedirs(os.environ.get('DIR') or '/data')": "${DIR:-/data}",
    "ROOT = Path('/srv') / 'media'\n(ROOT / name).mkdir(parents=True)": "/srv/media/*",
    "open(f'/in/{name}', 'w')": "/in/*",
    "open(os.path.join('/in', name), 'w')": "/in/*",
    "open(name, 'w')": "",
    "(Path(__file__).resolve().parent / 'in').mkdir()": "./a/in",
    "(Path(__file__).resolve().parents[1] / 'in').mkdir()": "./in",
    "os.mkdir(os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), '..', 'in'))": "",
    "os.mkdir(os.path.join(os.getcwd(), 'in'))": "./in",
    "os.mkdir(tempfile.gettempdir() + '/x')": "/tmp/x",
    "shutil.copy(source, '/out')": "/out",
    "os.mkdir('/out' if live else 'out')": "/out",
    "class S:\n    def __init__(self):\n        self.at = '/out'\n    def put(self):\n        os.mkdir(self.at)": "/out",
    "Path('/out').joinpath('x').open('w')": "/out/x",
    "MEDIA_ROOT = '/media'": "/media",
    "sqlite3.connect(os.getenv('DB', '/data/x.db'))": "${DB:-/data/x.db}",
    "create_engine(os.getenv('URL', 'sqlite:////data/x.db?mode=rw'))": "${URL:-/data/x.db}",
}


@pytest.mark.parametrize(("text", "place"), PLACES.items(), ids=[*PLACES])
def test_where_files_are_written(text: str, place: str) -> None:
    imports = "import os, shutil, sqlite3, tempfile\nfrom pathlib import Path\nfrom sqlalchemy import create_engine\n"
    assert [use.what for use in module(imports + text, "a/b.py").using("writes")] == [place]


def test_what_is_put_together_of_itself_is_nothing() -> None:
    text = """
        def where(names):
            query = query + " AND name IN " + query
            return open(query, "w"), query.mkdir()
    """
    assert uses(text, "writes") == [""]


def test_who_may_ask() -> None:
    text = """
        import os
        from fastapi.middleware.cors import CORSMiddleware
        from starlette.middleware.trustedhost import TrustedHostMiddleware
        ORIGINS = os.getenv("CORS", "http://localhost:3000").split(",")
        app.add_middleware(CORSMiddleware, allow_origins=ORIGINS)
        app.add_middleware(CORSMiddleware, allow_origins=["*"])
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["a.example", "*.b.example"])
    """
    assert uses(text, "cors") == ["localhost", ""]
    assert uses(text, "allow-list") == ['["a.example", "*.b.example"]']


def test_imports() -> None:
    text = "import os\nimport a.b as c, d.e\nfrom . import x\nfrom ..y.z import q as r, s\nos.environ\n"
    assert [(one.module, one.names) for one in module(text).imports] == [
        ("os", (("os", "*"),)),
        ("a.b", (("c", "*"),)),
        ("d.e", (("d.e", "*"),)),
        (".", (("x", "x"),)),
        ("..y.z", (("r", "q"), ("s", "s"))),
    ]


# reading exactly


@pytest.mark.parametrize(
    "text",
    [
        "import os\nprint os.environ['X']\n",
        "import os\nif x:\n\tprint(1)\n        print(2)\n",
        "import os\n{{ os.environ }} {% x %}\n",
        "import os\0\nos.environ\n",
        "print(" + "(" * 500,
    ],
)
def test_what_is_not_python_is_refused_for_one_reason(text: str) -> None:
    with pytest.raises(UnreadableError) as error:
        module(text)
    assert error.value.reason == "not Python as this version reads it"


def test_a_file_without_facts_is_not_read() -> None:
    assert not relevant("def f(x):\n    return x\n")
    assert module("print 'x'") == PythonModule(Source("app/main.py", "print 'x'"), "python")
    assert relevant("import os\nX = os.environ['X']\n")


def test_the_document_takes_python() -> None:
    found = parse_app(Source("app/main.py", dedent(FASTAPI)))
    assert found.language == "python"
    assert len(found.routes) == 6


def test_facts_survive_pickling() -> None:
    found = module(FASTAPI)
    assert found.atoms()
    assert pickle.loads(pickle.dumps(found)) == found


def test_f_strings_do_not_misplace_what_they_hold() -> None:
    text = 'import os\nx = f"""\n  é {os.environ["A"]}\n  {os.getenv("B", "b")}\n"""\n'
    found = module(text).variables
    assert {one.name for one in found} == {"A", "B"}
    assert all(one.text in {'os.environ["A"]', 'os.getenv("B", "b")'} or one.text.startswith('f"""') for one in found)


ODD = 'import os\r\n# é😀\r\nX = os.environ["ÄÖ😀"]  # z\r\ns = """\r\n# no comment\r\n"""\r\n@app.get("/é")\r\ndef f(): return "x" "y"'


@pytest.mark.parametrize("text", [ODD, "\ufeff" + ODD, ODD.replace("\r\n", "\n"), "\ufeff" + ODD.replace("\r\n", "\n")])
def test_line_endings_marks_and_wide_letters(text: str) -> None:
    found = module(text)
    (variable,), (route,) = found.variables, found.routes
    assert variable.text == 'os.environ["ÄÖ😀"]'
    assert (route.written, route.text) == ("/é", '@app.get("/é")')
    assert [found.source.slice(span) for span in found.comments()] == ["# é😀", "# z"]
    assert all(span is not None and found.source.slice(span) == atom[1] for span, atom in found.atoms())  # type: ignore[index]
    literal = found.exact.literal(route.path_span or Span(0, 0))
    assert literal is not None
    assert (literal.value, literal.alone) == ("/é", True)
    assert [found.source.slice(one.span) for one in found.exact.literals if not one.alone] == ['"x"', '"y"']
    assert [found.source.slice(span) for span in found.exact.decorators] == ['@app.get("/é")']


def test_what_may_be_edited() -> None:
    text = '"""Doc."""\nimport os\nfrom x import y\n\nALLOWED_HOSTS = ["a", "b"]\nz = r"\\d"\n'
    found = module(text)
    (hosts,) = found.using("allow-list")
    (display,) = found.exact.displays
    assert found.source.slice(display.span) == hosts.what
    assert [found.source.slice(span) for span in display.items] == ['"a"', '"b"']
    assert text[: found.exact.after_imports].endswith("import y\n")
    assert [one.prefix for one in found.exact.literals] == ["", "", "", "r"]
    changed = splice(text, [Edit("x.py", Span(display.items[-1].end, display.items[-1].end), ', "c"')])
    assert uses(changed, "allow-list") == ['["a", "b", "c"]']


def test_a_file_that_libcst_would_change_may_not_be_edited() -> None:
    found = module("import os\n\x0cX = os.environ['X']\n\x0c\n")
    try:
        literals = found.exact.literals
    except UnreadableError as error:
        assert "byte" in error.reason or "libcst" in error.reason  # noqa: PT017
    else:
        assert all(ast.literal_eval(found.source.slice(one.span)) == one.value for one in literals)


def test_atoms_say_in_what_they_stand() -> None:
    before = module("import os\nif x:\n    f()\ng()\n").atoms()
    after = module("import os\nif x:\n    f()\n    g()\n").atoms()
    assert [atom[1][1] for atom in before] == [atom[1][1] for atom in after]  # type: ignore[index]
    assert [atom[1] for atom in before] != [atom[1] for atom in after]
    spaced = module("import os\nif x:\n\n  f( )\n# c\ng()\n").atoms()
    assert [atom[1] for atom in before] == [atom[1] for atom in spaced]


PIECES = st.sampled_from(
    [
        "import os",
        "# é remark 😀",
        "X = os.environ['É']",
        "Y = f'{os.getenv(\"Z\")}é'",
        '@app.get("/ü/{id}")\nasync def g(id):\n    return os.environ["😀"]',
        "s = '''é\n'''; t = os.getenv('T', 'é')",
        "app.run(host='0.0.0.0', port=1)",
        "class A:\n    é = os.environ.get('A')  # x",
        "if os.environ.get('C'):\n\tprint('é')",
        "",
    ]
)


@given(st.lists(PIECES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
@example(["import os", "X = os.environ['É']"], "\r\n", True, False)
def test_every_place_is_exact(pieces: list[str], newline: str, mark: bool, final: bool) -> None:  # noqa: FBT001
    text = (
        "\ufeff" * mark
        + newline.join(["import os", *pieces]).replace("\r\n", "\n").replace("\n", newline)
        + newline * final
    )
    source = Source("app/main.py", text)
    found = parse(source)
    for one in (*found.variables, *found.routes, *found.listeners, *found.uses, *found.imports):
        assert one.text == one.text.strip()
        assert one.text
    assert {one.name for one in found.variables} <= {"É", "Z", "😀", "T", "A", "C"}
    assert all(one.name in one.text for one in found.variables)
    for route in found.routes:
        assert route.path_span is not None
        assert source.slice(route.path_span) == route.written == "/ü/{id}"
    assert all(span is not None and source.slice(span) == atom[1] for span, atom in found.atoms())  # type: ignore[index]
    assert all(source.slice(span).startswith("#") for span in found.comments())
    gone = [span for span, _ in found.atoms() if span is not None]
    edits = [Edit(source.path, span, "") for span in (*gone, *found.comments())]
    assert not splice(text, edits).replace("\ufeff", "").strip()
    for literal in found.exact.literals:
        assert ast.literal_eval(source.slice(literal.span)) == literal.value
