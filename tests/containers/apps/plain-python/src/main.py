"""Who runs this, and where may it write?"""

import errno
import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


def write(path: str) -> str:
    """The outcome of a write, as an application meets it."""
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write("x")
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "written"


ANSWERS: dict[str, Callable[[], str]] = {
    "/": lambda: "hello world",
    "/who": lambda: f"{os.getuid()}:{os.getgid()}",
    "/write/here": lambda: write("notes.txt"),
    "/write/below": lambda: write("src/notes.txt"),
}


class Handler(BaseHTTPRequestHandler):
    """One answer a path."""

    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path)
        self.send_response(200 if answer else 404)
        self.end_headers()
        self.wfile.write(answer().encode() if answer else b"")


HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
