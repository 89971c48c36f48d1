"""How does real git answer over HTTP?  `git http-backend` behind a handler, with a password."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Reply:
    """What goes back over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@cache
def backend() -> str:
    path = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{path}/git-http-backend"


def answer(root: Path, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Let git answer for the repositories below `root`."""
    path, _, query = target.partition("?")
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_USER": "bot",
        "REMOTE_ADDR": "127.0.0.1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(root),
    }
    out = subprocess.run([backend()], input=body, env=environment, capture_output=True, check=False).stdout
    head, _, data = out.partition(b"\r\n\r\n")
    fields = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
    status = next((int(value.split()[0]) for name, value in fields if name == "Status"), 200)
    return Reply(status, tuple((name, value) for name, value in fields if name != "Status"), data)


def password(headers: Mapping[str, str]) -> str:
    """What git showed, empty for nothing."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    return base64.b64decode(value).decode().partition(":")[2] if kind.lower() == "basic" else ""
