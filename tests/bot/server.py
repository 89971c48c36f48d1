"""What listens in the place of a forge?  One port: an API, and git."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from tests.bot import githttp
from tests.bot.githttp import Reply

LIMITED = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4900", "x-ratelimit-reset": "1893456000"}


class Hung(Exception):  # noqa: N818
    """The connection ends without an answer."""


@dataclass
class Fault:
    """Something that goes wrong: for requests whose method and path hold `where`, `times` times; `before` or after the
    request was carried out.
    """

    where: str
    act: Callable[[], Reply | None]
    times: int = 1
    after: bool = False

    def meets(self, what: str, *, after: bool) -> bool:
        if self.times > 0 and self.after is after and self.where in what:
            self.times -= 1
            return True
        return False


def hang_up() -> Reply | None:
    raise Hung


def say(status: int, body: Any = None, **headers: str) -> Callable[[], Reply]:
    """An answer made up."""
    return lambda: reply(status, body, **headers)


def reply(status: int, body: Any = None, **headers: str) -> Reply:
    data = b"" if body is None else json.dumps(body).encode()
    fields = {"content-type": "application/json; charset=utf-8", **LIMITED}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, tuple(fields.items()), data)


class Site(Protocol):
    """What is behind the port."""

    root: Path
    faults: list[Fault]

    def api(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply: ...

    def admits(self, password: str) -> bool: ...


@dataclass
class Server:
    """A running server. `log` is every request in a word; no header, so no token."""

    site: Site
    port: int
    log: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        what = f"{method} {target}"
        self.log.append(what)
        for fault in self.site.faults:
            if fault.meets(what, after=False) and (made := fault.act()) is not None:
                return made
        made = self._served(method, target, headers, body)
        for fault in self.site.faults:
            if fault.meets(what, after=True) and (other := fault.act()) is not None:
                return other
        return made

    def _served(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if ".git/" not in target:
            return self.site.api(method, target, headers, body)
        if not self.site.admits(githttp.password(headers)):
            return Reply(401, (("WWW-Authenticate", 'Basic realm="git"'),), b"")
        return githttp.answer(self.site.root, method, target, headers, body)


@contextmanager
def running(site: Site) -> Iterator[Server]:
    """The server, until it is no longer needed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                made = server.serve(self.command, self.path, headers, self._body(headers))
            except Hung:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(made.status)
            for name, value in made.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815

        def _body(self, headers: Mapping[str, str]) -> bytes:
            if headers.get("transfer-encoding") != "chunked":
                return self.rfile.read(int(headers.get("content-length", "0")))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = Server(site, http.server_address[1])

    def record(*_: Any) -> None:
        error = sys.exception()
        if not isinstance(error, ConnectionError):  # clients that go away are part of the tests
            server.errors.append(repr(error))

    http.handle_error = record  # type: ignore[method-assign, assignment]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
