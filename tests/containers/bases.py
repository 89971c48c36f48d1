"""Which images can a proof build on, where no registry can be asked?

`node:20-alpine` is a stand-in: a real busybox, the node and npm of this machine with the libraries they need, and the
accounts that image has. `python:3.12-slim` is one too: files of Debian packages that this machine has installed, with
whichever Python 3 Debian ships. They prove identity, ownership and order; nothing about musl, packages or versions.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.containers import busybox, debian, host
from tests.containers.engine import Engine

NODE = "node:20-alpine"
PYTHON = "python:3.12-slim"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
FOLDERS = (
    "bin sbin usr/bin usr/sbin usr/local/bin usr/local/lib/node_modules etc/ssl/certs root home/node proc sys dev run"
)
FILES = {
    "etc/passwd": (
        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n"
        "node:x:1000:1000::/home/node:/bin/sh\n"
    ),
    "etc/group": "root:x:0:root\nnogroup:x:65533:\nnobody:x:65534:\nnode:x:1000:node\n",
    "etc/shadow": "root:*::0:::::\nnode:!::0:::::\n",
    "etc/os-release": 'NAME="Alpine Linux"\nID=alpine\nPRETTY_NAME="A stand-in for Alpine: busybox and glibc"\n',
}
NO_PACKAGES = '#!/bin/sh\necho "apk (stand-in, installs nothing): $*" >&2\n'


def node(engine: Engine) -> str:
    """The tag of the Alpine-like Node image, imported on first use."""
    if engine.ask("image", "inspect", NODE, check=False).status:
        tool = busybox.binary()
        with host.timed(f"import {NODE}"):
            root = engine.folder()
            _alpine(root, tool)
            _node(root)
            import_root(engine, root, NODE, "CMD node", f"ENV NODE_EXTRA_CA_CERTS={AUTHORITIES}")
    return NODE


def python(engine: Engine) -> str:
    """The tag of the Debian-like Python image, imported on first use."""
    if engine.ask("image", "inspect", PYTHON, check=False).status:
        host.install("/usr/bin/python3", "python3")
        with host.timed(f"import {PYTHON}"):
            root = engine.folder()
            debian.copy_installed(root, "python3")
            (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
            (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
            import_root(engine, root, PYTHON, "CMD python3")
    return PYTHON


def import_root(engine: Engine, root: Path, tag: str, *changes: str) -> None:
    """A folder becomes an image. It is gone afterwards."""
    root.chmod(0o755)
    packed = engine.folder() / "root.tar"
    host.call("tar", "--numeric-owner", "-C", root, "-cf", packed, ".", seconds=60)
    shutil.rmtree(root)
    path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    words = [word for change in (path, *changes) for word in ("--change", change)]
    engine.ask("import", *words, packed, tag)
    packed.unlink()


def _alpine(root: Path, tool: Path) -> None:
    for folder in FOLDERS.split():
        (root / folder).mkdir(parents=True, exist_ok=True)
    for folder in ("tmp", "var/tmp"):
        (root / folder).mkdir(parents=True)
        (root / folder).chmod(0o1777)
    for name, text in FILES.items():
        (root / name).write_text(text, "utf-8")
    (root / "etc/shadow").chmod(0o640)
    shutil.chown(root / "home/node", 1000, 1000)
    shutil.copy2(tool, root / "bin/busybox")
    (root / "bin/busybox").chmod(0o755)
    host.call("chroot", root, "/bin/busybox", "--install", "-s", seconds=20)
    (root / "sbin/apk").write_text(NO_PACKAGES, "utf-8")
    (root / "sbin/apk").chmod(0o755)
    if AUTHORITIES.is_file():
        shutil.copy(AUTHORITIES, root / "etc/ssl/certs")


def _node(root: Path) -> None:
    program, manager = shutil.which("node"), shutil.which("npm")
    if not program or not manager:
        raise host.UnavailableError("node and npm are not installed here, and the base image needs them")
    target = root / "usr/local/bin/node"
    shutil.copy(Path(program).resolve(), target)
    target.chmod(0o755)
    copy_libraries(root, Path(program).resolve())
    package = Path(manager).resolve().parent.parent
    shutil.copytree(package, root / "usr/local/lib/node_modules/npm", symlinks=True)
    for name in ("npm", "npx"):
        (root / "usr/local/bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")


def copy_libraries(root: Path, program: Path) -> None:
    """The shared libraries of a program, at the paths where the loader looks for them."""
    listing = host.call("ldd", program, seconds=10).out
    for found in re.findall(r"/\S+\.so\S*", listing):
        target = root / found.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, target)  # follows the link: the loader asks for this name
