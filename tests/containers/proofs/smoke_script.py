"""Does the smoke script tell an image that starts from one that does not?

The script is the one autofix writes for the repository; a build that fails and a process that ends must fail it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.containers import bases, fixer, host
from tests.containers.engine import Engine
from tests.containers.proof import Check

RULE = "system/missing-smoke-script"
RUNS = "if (!process.env.TOKEN) throw new Error('TOKEN is missing');\nsetInterval(() => {}, 1000);\n"
ENDS = "if (!process.env.TOKEN) throw new Error('TOKEN is missing');\nthrow new Error('no configuration');\n"


def prove(engine: Engine) -> Iterator[Check]:
    """The same repository with a process that goes on, with one that ends, and with a build that fails."""
    folder = engine.folder()
    (folder / "Dockerfile").write_text(
        f'FROM {bases.node(engine)}\nCOPY . /app\nCMD ["node", "/app/server.js"]\n', "utf-8"
    )
    (folder / "package.json").write_text('{"name": "relay", "private": true}\n', "utf-8")
    (folder / "server.js").write_text(RUNS, "utf-8")
    fixer.fix(folder, RULE)
    ran = _played(engine, folder)
    yield Check("a process that goes on", "0, image is running", f"{ran.status}, {ran.out.strip().splitlines()[-1]}")
    (folder / "server.js").write_text(ENDS, "utf-8")
    ran = _played(engine, folder)
    yield Check("a process that ends", "1, failed: image", f"{ran.status}, {ran.last}")
    yield Check("its log is shown", "yes", "yes" if "Error: no configuration" in ran.err else ran.err)
    left = engine.ask("ps", "--all", "--quiet", "--filter", "ancestor=smoke-image").out.strip()
    yield Check("containers that are left", "none", left or "none")
    (folder / "Dockerfile").write_text(f"FROM {bases.node(engine)}\nCOPY missing /app\n", "utf-8")
    ran = _played(engine, folder)
    yield Check("a build that fails", "fails", "fails" if ran.status else "passes")


def _played(engine: Engine, folder: Path) -> host.Ran:
    path = f"{engine.docker.parent}:/usr/bin:/bin"
    env = {**engine.environment, "SMOKE_SECONDS": "2", "PATH": path}
    command = ("env", f"PATH={path}", "sh", folder / "scripts" / "smoke-run-images.sh")
    return host.call(*command, seconds=120, env=env, check=False)
