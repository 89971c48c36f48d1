"""Is the Prisma client in the image once autofix has moved its generation there, and would it be without that?

The naive fix, the line deleted from the start script and nothing else, is the negative control. Generation is real; the
engines, which only a query would need, are empty stand-ins named by Prisma's own variables.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.containers import bases, fixer
from tests.containers.engine import Engine, fetch, free_port
from tests.containers.host import CommandError
from tests.containers.proof import Check

APP = "prisma-node"
RULE = "system/runtime-prisma-generate"
BASE = "node:20.18-alpine"
ENGINES = """FROM {node}
RUN mkdir /engines && printf '#!/bin/sh\\nexit 0\\n' > /engines/schema && chmod 755 /engines/schema && touch /engines/query.so.node
ENV PRISMA_SCHEMA_ENGINE_BINARY=/engines/schema PRISMA_QUERY_ENGINE_LIBRARY=/engines/query.so.node
"""
MODELS = "console.log(Object.keys(require('@prisma/client').Prisma.ModelName).join())"
LOCKED = ("--read-only", "--user", "1001:1001")


def prove(engine: Engine) -> Iterator[Check]:
    """The client in the image before, after, and with the naive fix; then the application on a locked file system."""
    engine.build_text(ENGINES.format(node=bases.node(engine)), BASE)
    before, after, naive = (fixer.copy_of(engine, APP) for _ in range(3))
    fixer.fix(after, RULE, unsafe=False)
    script = naive / "entrypoint.sh"
    script.write_text(script.read_text("utf-8").replace("npx prisma generate\n", ""), "utf-8")
    for name, folder, models, locked in (
        ("before", before, "absent", "does not start"),
        ("after", after, "Order", "Order"),
        ("naive", naive, "absent", "does not start"),
    ):
        image = f"{APP}:{name}"
        engine.build(folder, image)
        yield Check(f"{name}: models of the client in the image", models, _models(engine, image))
        yield Check(f"{name}: the application, as another user, read-only", locked, _answer(engine, image, LOCKED))
    yield Check("before: the application, as root", "Order", _answer(engine, f"{APP}:before", ()))
    yield Check("naive: the application, as root", "does not start", _answer(engine, f"{APP}:naive", ()))


def _models(engine: Engine, image: str) -> str:
    said = engine.run(image, "-e", MODELS, options=("--entrypoint", "node"), check=False)
    return said.out.strip() if said.status == 0 else "absent"


def _answer(engine: Engine, image: str, options: tuple[str, ...]) -> str:
    """What the application says, started as its image starts it."""
    port = free_port()
    try:
        with engine.start(image, options=("--env", f"PORT={port}", *options)) as container:
            container.wait_for(port)
            return fetch(port, "/")
    except CommandError:
        return "does not start"
