"""Does an application still work once autofix has made it run as a user of its own?

The naive fix, a USER line and nothing else, is the negative control: a proof it passes would prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.containers import bases, fixer
from tests.containers.engine import Engine, fetch, free_port
from tests.containers.proof import Check

RULE = "dockerfile/root-user"
WORK = "/app"
APP = "plain-node"
ASKED = ("/", "/who", "/write/here", "/write/below")


def prove(engine: Engine) -> Iterator[Check]:
    """The image before, after, and with the naive fix."""
    bases.node(engine)
    before = _before(engine)
    yield from before[1]
    yield from _after(engine, before[0])
    yield from _naive(engine)


def _before(engine: Engine) -> tuple[set[str], list[Check]]:
    engine.build(fixer.copy_of(engine, APP), "proof:before")
    owners = engine.owners("proof:before", WORK)
    said = _ask(engine, "proof:before")
    checks = [
        Check("before: owners below the work folder", "0:0", _set(owners)),
        Check("before: the application runs as", "0:0", said["/who"]),
        Check("before: the application answers", "hello world", said["/"]),
    ]
    return set(owners), checks


def _after(engine: Engine, paths: set[str]) -> Iterator[Check]:
    folder = fixer.copy_of(engine, APP)
    fixer.fix(folder, RULE)
    engine.build(folder, "proof:after")
    account = engine.run("proof:after", "sh", "-c", "echo $(id -u):$(id -g) $(id -un):$(id -gn)").out.strip()
    yield Check("after: a process of the image is", "1001:1001 nodejs:nodejs", account)
    owners = engine.owners("proof:after", WORK)
    others = [f"{path} {owner}" for path, owner in owners.items() if owner != "1001:1001"]
    yield Check("after: paths not owned by 1001:1001", "none", ", ".join(others) or "none")
    yield Check("after: the same paths as before", str(len(paths)), str(len(paths & set(owners))))
    yield Check("after: no other paths", "none", ", ".join(sorted(set(owners) - paths)) or "none")
    tool = engine.owners("proof:after", "/usr/local/bin/tool")
    yield Check("after: a tool of the system stays root's", "0:0", _set(tool))
    yield from _answers("after", _ask(engine, "proof:after"), "1001:1001", "written")


def _naive(engine: Engine) -> Iterator[Check]:
    folder = fixer.copy_of(engine, APP)
    file = folder / "Dockerfile"
    file.write_text(file.read_text("utf-8").replace("\nCMD ", "\nUSER node\nCMD "), "utf-8")
    engine.build(folder, "proof:naive")
    yield from _answers("naive", _ask(engine, "proof:naive"), "1000:1000", "EACCES")


def _answers(which: str, said: dict[str, str], user: str, writes: str) -> Iterator[Check]:
    yield Check(f"{which}: the application runs as", user, said["/who"])
    yield Check(f"{which}: the application answers", "hello world", said["/"])
    yield Check(f"{which}: it writes to its work folder", writes, said["/write/here"])
    yield Check(f"{which}: it writes to a folder that was copied", writes, said["/write/below"])


def _ask(engine: Engine, image: str) -> dict[str, str]:
    port = free_port()
    with engine.start(image, options=("--env", f"PORT={port}")) as container:
        container.wait_for(port)
        return {path: fetch(port, path) for path in ASKED}


def _set(owners: dict[str, str]) -> str:
    return ", ".join(sorted(set(owners.values())))
