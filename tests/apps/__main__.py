"""Do the golden applications answer on real frameworks as the fixes promise?

    python -m tests.apps [PART OF A CASE NAME ...]

Installs Express, Fastify, Koa, Hono, FastAPI, Starlette and Flask into a cache of this user. Exit status 0: every
application did what its tree promises; 1: one did not; 77: they cannot be had here, and a line says why. With CI=true
that is a failure too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.apps import frameworks
from tests.apps.serving import ROOT, App
from tests.containers.host import CommandError, UnavailableError, timed

SKIPPED = 77
UVICORN = ("python", "-m", "uvicorn", "app.main:app", "--port", "{port}", "--log-level", "warning")
APPS = (
    App("express-array", ("node", "server.js"), "/healthz"),
    App("fastify-two", ("node", "server.js"), "/healthz"),
    App("koa-router", ("node", "app.js"), "/_health"),
    App("hono-on", ("node", "index.js"), "/health-check"),
    App("plain-http", ("node", "server.js"), "/healthz"),
    App("fastapi-decorators", UVICORN, "/healthz"),
    App("fastapi-router", UVICORN, "/api/v1/healthz", "/api/v1/health"),
    App("starlette-routes", UVICORN, "/healthz"),
    App("flask-stacked", ("python", "-m", "flask", "--app", "app", "run", "--port", "{port}"), "/healthz"),
)
PROMISED = {"before": (True, False), "after": (True, True), "after-unsafe": (False, True)}


def main(words: Sequence[str]) -> int:
    """Start each application in each of its trees, and ask it."""
    chosen = [app for app in APPS if not words or any(word in app.case for word in words)]
    if not chosen:
        print(f"no such case; there are {', '.join(app.case for app in APPS)}", file=sys.stderr)
        return 2
    try:
        frameworks.node_modules()
        frameworks.python()
    except UnavailableError as error:
        print(f"skipped: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI", "").lower() in {"1", "true"} else SKIPPED
    with timed("all applications"), ThreadPoolExecutor(4) as pool:
        faults = [fault for found in pool.map(lambda app: list(_faults(app)), chosen) for fault in found]
    print("\n".join(faults) or f"{len(chosen)} applications answer as promised, each before and after both fixes")
    return 1 if faults else 0


def _faults(app: App) -> Iterator[str]:
    """What an application does otherwise than its trees promise. A tree that is not there promises nothing."""
    for tree, promised in PROMISED.items():
        if not (ROOT / app.case / tree).is_dir():
            yield f"{app.case}: there is no {tree}/"
            continue
        try:
            seen = app.answers(tree)
        except (CommandError, OSError) as error:
            yield f"{app.case}/{tree}: {error}"
            continue
        for path, wanted, answered in zip((app.old, app.new), promised, seen, strict=True):
            if wanted != answered:
                yield f"{app.case}/{tree}: {path} is {'' if answered else 'not '}answered"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
