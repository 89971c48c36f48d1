"""When can a user write to a tmpfs of a read-only container?

Where the path exists in the image, the tmpfs takes its owner and mode from there, `mode=` is ignored, and only `uid=`
and `gid=` help. A path that is new, and /tmp, are writable for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.containers import bases, compose
from tests.containers.engine import Engine
from tests.containers.proof import Check
from tests.containers.proofs.late_user import outcome, writes

USER = "1001:1001"
OWNED = "uid=1001,gid=1001"
CASES = (  # what is mounted, and whether the user may write there
    ("/app/cache", "Permission denied"),
    ("/app/cache:mode=1777", "Permission denied"),
    (f"/app/cache:{OWNED}", "written"),
    ("/tmp", "written"),
    (f"/tmp:{OWNED}", "written"),
    ("/app/new", "written"),
)
IMAGE = "proof:tmpfs"
COMPOSE = """
services:
  app:
    image: {image}
    user: "{user}"
    read_only: true
    network_mode: host
    tmpfs:
      - {mount}
"""


def prove(engine: Engine) -> Iterator[Check]:
    """The engine's own option."""
    _image(engine)
    still = writes(engine, IMAGE, "/app/cache/x", "--read-only", "--user", USER)
    yield Check("no tmpfs", "Read-only file system", still)
    for mount, expected in CASES:
        seen = writes(engine, IMAGE, _file(mount), "--read-only", "--user", USER, "--tmpfs", mount)
        yield Check(mount, expected, seen)


def prove_compose(engine: Engine) -> Iterator[Check]:
    """The same through a compose file."""
    _image(engine)
    for mount, expected in CASES:
        project = compose.project(engine, COMPOSE.format(image=IMAGE, user=USER, mount=mount))
        yield Check(mount, expected, outcome(project.run("app", ["touch", _file(mount)], check=False).last))


def _image(engine: Engine) -> None:
    engine.build_text(f"FROM {bases.node(engine)}\nRUN mkdir -p /app/cache\n", IMAGE)


def _file(mount: str) -> str:
    return f"{mount.partition(':')[0]}/x"
