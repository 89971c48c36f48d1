"""Does a service become healthy with the check autofix gives it, and only while it answers?

The check that asks a renamed route, and the one whose program the image does not have, are the negative controls: an
engine that calls them healthy would prove nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.containers import bases, compose, fixer
from tests.containers.engine import Engine, free_port
from tests.containers.proof import Check

RULE = "compose/missing-healthcheck"
COMPOSE = """\
services:
  app:
    build: ./{folder}
    image: {image}
    network_mode: host
    environment:
      PORT: {port}
"""
HURRY = "services:\n  app:\n    healthcheck:\n      interval: 1s\n      retries: 2\n      start_period: 0s\n"
TOOL = '["CMD", "curl", "-f", "http://127.0.0.1:{port}/health"]'


@dataclass(frozen=True)
class App:
    """One of our small applications, the image it is built on, and how it stops to answer what it is asked."""

    folder: str
    base: Callable[[Engine], str]
    file: str
    says: str
    instead: str

    @property
    def image(self) -> str:
        """The tag of its image."""
        return f"proof:{self.folder}"


NODE = App("checked-node", bases.node, "server.js", "'/health'", "'/healthz'")
PYTHON = App("checked-python", bases.python, "listener.py", 'int(os.environ["PORT"])', 'int(os.environ["PORT"]) + 1')


def _prove(app: App, engine: Engine) -> Iterator[Check]:
    """The repaired service, then the same with the application changed, then with a tool nobody installed."""
    app.base(engine)
    port = free_port()
    folder = fixer.copy_of(engine, app.folder)
    file = folder.parent / "compose.yaml"
    file.write_text(COMPOSE.format(folder=app.folder, image=app.image, port=port), "utf-8")
    fixer.fix(folder.parent, RULE)
    test = next((line.strip() for line in file.read_text("utf-8").splitlines() if "test:" in line), "none")
    yield Check("the check asks the port of the deployment", str(port), str(port) if str(port) in test else test)
    yield Check("it becomes", "healthy", _health(engine, app, folder, file))
    source = folder / app.file
    source.write_text(source.read_text("utf-8").replace(app.says, app.instead), "utf-8")
    yield Check("without what it asks for, it becomes", "unhealthy", _health(engine, app, folder, file))
    source.write_text(source.read_text("utf-8").replace(app.instead, app.says), "utf-8")
    file.write_text(file.read_text("utf-8").replace(test, f"test: {TOOL.format(port=port)}"), "utf-8")
    yield Check("with a tool the image lacks, it becomes", "unhealthy", _health(engine, app, folder, file))


prove_node = partial(_prove, NODE)
prove_python = partial(_prove, PYTHON)


def _health(engine: Engine, app: App, folder: Path, file: Path) -> str:
    """What `up --wait` comes to, and the engine's own word for it, which have to agree."""
    engine.build(folder, app.image)
    hurry = file.with_name("hurry.yaml")
    hurry.write_text(HURRY, "utf-8")
    project = compose.Project(engine, file, (hurry,))
    try:
        waited = project.ask("up", "--detach", "--wait", "--no-build", check=False)
        name = project.ask("ps", "--all", "--quiet", "app").out.strip()
        state = json.loads(engine.ask("inspect", "--format", "{{json .State.Health}}", name).out)
        word = str(state["Status"])
        agrees = (waited.status == 0) == (word == "healthy")
        return word if agrees else f"{word}, but up --wait ended with {waited.status}: {waited.last}"
    finally:
        project.ask("down", "--timeout", "1", check=False)
