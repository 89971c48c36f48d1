"""Where does a busybox with adduser and addgroup come from?

Alpine's user tools are busybox applets, and how they behave (`adduser -S` without -G ends in nogroup) is what a fix
depends on. Debian's binaries leave the two out; its source has them.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path

from tests.containers import debian, host

APPLETS = {"adduser", "addgroup", "deluser", "delgroup", "sh", "find", "xargs", "stat", "wget"}
WANTED = {"ADDUSER", "ADDGROUP", "DELUSER", "DELGROUP", "FEATURE_ADDUSER_TO_GROUP", "FEATURE_DEL_USER_FROM_GROUP"}
NUMBERS = {"LAST_ID": 60000, "FIRST_SYSTEM_ID": 100, "LAST_SYSTEM_ID": 999}
UNUSED = (  # sections of tools no image of an application starts: half of the time to compile
    "Console|Init|Linux Module|Linux System|Mail|Networking|Print|Runit|System Logging"
)
KEPT = re.compile("WGET|FEATURE_IPV6|HOSTNAME|GETOPT|FLOCK|MOUNTPOINT|MORE")


def binary() -> Path:
    """A static busybox with the applets."""
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]  # another recipe, another busybox
    return host.cached(f"busybox-{host.codename()}-{platform.machine()}-{recipe}", _make)


def _make(scratch: Path) -> Path:
    ready = debian.archive(scratch / "binary", host.codename()).package("busybox-static") / "bin" / "busybox"
    if _applets(ready) >= APPLETS:
        return ready
    for program, package in (("gcc", "gcc"), ("make", "make"), ("dpkg-source", "dpkg-dev")):
        host.install(program, package, "libc6-dev")
    source = debian.archive(scratch / "source", host.codename(), "deb-src").source("busybox")
    _configure(source)
    unhurried = "EXTRA_CFLAGS=-O0"  # quick to compile; nobody measures it
    host.call("make", f"-j{os.cpu_count() or 1}", unhurried, "busybox", cwd=source, seconds=400)
    built = source / "busybox"
    if missing := APPLETS - _applets(built):
        raise host.UnavailableError(f"the busybox that was built has no {', '.join(sorted(missing))}")
    return built


def _applets(path: Path) -> set[str]:
    return set(host.call(path, "--list", seconds=10).out.split())


def _configure(source: Path) -> None:
    """Debian's own configuration of the static binary, with the user tools and without what nobody needs here."""
    path = source / ".config"
    text = "".join(_chosen((source / "debian/config/pkg/static").read_text("utf-8")))
    for _ in range(2):  # the ids are asked for only once the tools are in
        for name, number in NUMBERS.items():
            text = re.sub(rf"^CONFIG_{name}=.*$", f"CONFIG_{name}={number}", text, flags=re.MULTILINE)
        path.write_text(text, "utf-8")
        host.call("sh", "-c", "yes '' | make oldconfig", cwd=source, seconds=60)
        text = path.read_text("utf-8")


def _chosen(text: str) -> Iterator[str]:
    section = ""
    for line in text.splitlines(keepends=True):
        if re.fullmatch(r"# [A-Z][\w /]+ Utilities\n", line):
            section = line
        name = re.sub(r"^(?:# )?CONFIG_(\w+).*\n", r"\1", line)
        if name in WANTED:
            yield f"CONFIG_{name}=y\n"
        elif line.endswith("=y\n") and re.match(f"# (?:{UNUSED})", section) and not KEPT.search(name):
            yield f"# CONFIG_{name} is not set\n"
        else:
            yield line
