"""Does an application still work once autofix has made it run as a user of its own?

The naive fix, a USER line and nothing else, is the negative control: a proof it passes would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.containers import bases, fixer
from tests.containers.engine import Engine, fetch, free_port
from tests.containers.proof import Check

RULE = "dockerfile/root-user"
WORK = "/app"
TOOL = "/usr/local/bin/tool"
ASKED = ("/", "/who", "/write/here", "/write/below")


@dataclass(frozen=True)
class App:
    """One of our small applications, the user autofix makes for it, and one that its base image brings."""

    folder: str
    base: Callable[[Engine], str]
    account: str
    ids: str
    other: str
    other_ids: str

    def image(self, part: str) -> str:
        """The tag of one of its images."""
        return f"{self.folder}:{part}"


NODE = App("plain-node", bases.node, "nodejs:nodejs", "1001:1001", "node", "1000:1000")
PYTHON = App("plain-python", bases.python, "appuser:appuser", "1000:1000", "nobody", "65534:65534")


def _prove(app: App, engine: Engine) -> Iterator[Check]:
    """The image before, after, and with the naive fix."""
    app.base(engine)
    engine.build(fixer.copy_of(engine, app.folder), app.image("before"))
    paths = engine.owners(app.image("before"), WORK)
    yield Check("before: owners below the work folder", "0:0", _set(paths))
    yield from _answers(engine, app, "before", "0:0", "written")
    yield from _after(engine, app, set(paths))
    yield from _naive(engine, app)


prove_node = partial(_prove, NODE)
prove_python = partial(_prove, PYTHON)


def _after(engine: Engine, app: App, paths: set[str]) -> Iterator[Check]:
    folder, image = fixer.copy_of(engine, app.folder), app.image("after")
    fixer.fix(folder, RULE)
    engine.build(folder, image)
    seen = engine.run(image, "sh", "-c", "echo $(id -u):$(id -g) $(id -un):$(id -gn)").out.strip()
    yield Check("after: a process of the image is", f"{app.ids} {app.account}", seen)
    owners = engine.owners(image, WORK)
    others = [f"{path} {owner}" for path, owner in owners.items() if owner != app.ids]
    yield Check(f"after: {len(owners)} paths, not owned by {app.ids}", "none", ", ".join(others) or "none")
    changed = sorted(paths ^ set(owners))
    yield Check("after: paths that came or went", "none", ", ".join(changed) or "none")
    yield Check("after: a tool of the system stays root's", "0:0", _set(engine.owners(image, TOOL)))
    yield from _answers(engine, app, "after", app.ids, "written")


def _naive(engine: Engine, app: App) -> Iterator[Check]:
    folder = fixer.copy_of(engine, app.folder)
    file = folder / "Dockerfile"
    file.write_text(file.read_text("utf-8").replace("\nCMD ", f"\nUSER {app.other}\nCMD "), "utf-8")
    engine.build(folder, app.image("naive"))
    yield from _answers(engine, app, "naive", app.other_ids, "EACCES")


def _answers(engine: Engine, app: App, part: str, ids: str, writes: str) -> Iterator[Check]:
    """What the running application says of itself: the only witness that matters in production."""
    port = free_port()
    with engine.start(app.image(part), options=("--env", f"PORT={port}")) as container:
        container.wait_for(port)
        said = {path: fetch(port, path) for path in ASKED}
    yield Check(f"{part}: the application runs as", ids, said["/who"])
    yield Check(f"{part}: it answers", "hello world", said["/"])
    yield Check(f"{part}: it writes to its work folder", writes, said["/write/here"])
    yield Check(f"{part}: it writes to a folder that was copied", writes, said["/write/below"])


def _set(owners: dict[str, str]) -> str:
    return ", ".join(sorted(set(owners.values()))) or "no path"
