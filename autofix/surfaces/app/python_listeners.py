"""Where does a Python file start to listen?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autofix.surfaces.app.nodes import Listener
from autofix.surfaces.app.python_routers import CLASSES, Routers
from autofix.surfaces.app.python_tree import Tree, argument, dotted, keyword, spread
from autofix.surfaces.app.python_values import Setting, setting, text

# framework, place of the host, place of the port (or of a pair of both), the port when none is given
STARTERS: dict[str, tuple[str, int, int, int | None]] = {
    "uvicorn.run": ("uvicorn", 9, 9, 8000),
    "uvicorn.Config": ("uvicorn", 9, 9, 8000),
    "uvicorn.config.Config": ("uvicorn", 9, 9, 8000),
    "waitress.serve": ("waitress", 9, 9, 8080),
    "aiohttp.web.run_app": ("aiohttp", 9, 9, 8080),
    "aiohttp.web.TCPSite": ("aiohttp", 1, 2, 8080),
    "wsgiref.simple_server.make_server": ("wsgiref", 0, 1, None),
    "werkzeug.serving.run_simple": ("werkzeug", 0, 1, None),
    "bottle.run": ("bottle", 9, 9, 8080),
}
PAIRS = {
    "http.server.HTTPServer": "http.server",
    "http.server.ThreadingHTTPServer": "http.server",
    "socketserver.TCPServer": "socketserver",
    "socketserver.ThreadingTCPServer": "socketserver",
    "gevent.pywsgi.WSGIServer": "gevent",
}
RUN_PORTS = {"flask": 5000, "quart": 5000, "sanic": 8000, "bottle": 8080}
RUN_PLACES = {"flask": (0, 1), "quart": (0, 1), "sanic": (0, 1)}
GUNICORN = re.compile(r"^gunicorn[\w.-]*\.py$")
BIND = re.compile(r"^(?P<host>\[[^\]]*\]|[^:]*):(?P<port>\d+)$")
UNKNOWN = "?"


class Listeners:
    """The servers one file starts."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.routers = Routers(tree)

    def listeners(self) -> Iterator[Listener]:
        """Every one of them."""
        for call in self.tree.every(ast.Call):
            origin = self.tree.origin(call.func)
            if origin in STARTERS:
                yield from self._started(call, *STARTERS[origin])
            elif origin in PAIRS:
                yield from self._paired(call, PAIRS[origin])
            elif isinstance(call.func, ast.Attribute) and call.func.attr == "run":
                yield from self._run(call, call.func)
            elif isinstance(call.func, ast.Attribute) and call.func.attr in {"add_insecure_port", "add_secure_port"}:
                yield from self._bound(call, argument(call, 0, "address"), "grpc")
        yield from self._configured()

    def _started(self, call: ast.Call, framework: str, host: int, port: int, usual: int | None) -> Iterator[Listener]:
        """A function that takes a host and a port."""
        if framework == "uvicorn" and keyword(call, "fd", "uds") is not None:
            return  # not a port
        if (listen := keyword(call, "listen")) is not None:
            yield from self._bound(call, listen, framework)
            return
        yield self._fact(call, framework, argument(call, host, "host", "hostname"), argument(call, port, "port"), usual)

    def _paired(self, call: ast.Call, framework: str) -> Iterator[Listener]:
        """A class that takes both in one tuple."""
        pair = argument(call, 0, "server_address", "listener")
        pair = self.tree.resolved(pair) if pair is not None else None
        if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
            yield self._fact(call, framework, pair.elts[0], pair.elts[1], None)
        elif isinstance(pair, ast.Constant) and isinstance(pair.value, str):
            yield from self._bound(call, pair, framework)
        else:
            yield self._listener(call, framework, Setting(None), UNKNOWN)

    def _run(self, call: ast.Call, function: ast.Attribute) -> Iterator[Listener]:
        """`app.run(...)` of a known application, or one that is given a port."""
        name = dotted(function.value)
        made = {self.tree.origin(one.func) for one in self.tree.given.get(name, ()) if isinstance(one, ast.Call)}
        known = {CLASSES[origin][0] for origin in made if origin in CLASSES}
        framework = known.pop() if len(known) == 1 else ""
        if "flask_socketio.SocketIO" in made:
            yield self._fact(call, "flask", argument(call, 1, "host"), argument(call, 2, "port"), 5000)
            return
        if framework in RUN_PORTS:
            host, port = RUN_PLACES.get(framework, (9, 9))
            given = (argument(call, host, "host"), argument(call, port, "port"))
            yield self._fact(call, framework, *given, RUN_PORTS[framework])
        elif not framework and name and "port" in {one.arg for one in call.keywords}:
            framework = self.routers.framework if self.routers.framework in RUN_PORTS else ""
            yield self._fact(call, framework, keyword(call, "host"), keyword(call, "port"), None)

    def _configured(self) -> Iterator[Listener]:
        """`bind = "0.0.0.0:8000"` of gunicorn's own file, `config.bind = [...]` of hypercorn."""
        gunicorn = GUNICORN.match(PurePosixPath(self.tree.source.path).name)
        for statement in self.tree.every(ast.Assign):
            name = dotted(statement.targets[0])
            owner, _, last = name.rpartition(".")
            if last != "bind":
                continue
            made = self.tree.values.get(owner)
            hypercorn = isinstance(made, ast.Call) and self.tree.origin(made.func) == "hypercorn.config.Config"
            if not (gunicorn and not owner) and not hypercorn:
                continue
            value = self.tree.resolved(statement.value)
            single = value.elts[0] if isinstance(value, ast.List) and len(value.elts) == 1 else value
            yield from self._bound(statement, single, "hypercorn" if hypercorn else "gunicorn")

    def _bound(self, node: ast.Call | ast.Assign, address: ast.expr | None, framework: str) -> Iterator[Listener]:
        """`host:port` in one string; the port may come from the environment."""
        if address is None:
            return
        address = self.tree.resolved(address)
        if (written := text(self.tree, address)) is not None:
            match = BIND.match(written)
            if match:
                host = match["host"] if match["host"] not in {"", "*"} else "0.0.0.0"  # noqa: S104 - read, not bound
                yield self._listener(node, framework, Setting(match["port"]), host)
            return
        pieces = address.values if isinstance(address, ast.JoinedStr) else []
        pieces = [address.left, address.right] if isinstance(address, ast.BinOp) else pieces
        host = text(self.tree, pieces[0]) if len(pieces) == 2 else None
        if host is not None and host.endswith(":"):
            port = pieces[1].value if isinstance(pieces[1], ast.FormattedValue) else pieces[1]
            yield self._listener(node, framework, setting(self.tree, port) or Setting(None), host[:-1])
        else:
            yield self._listener(node, framework, Setting(None), UNKNOWN)

    def _fact(
        self, call: ast.Call, framework: str, host: ast.expr | None, port: ast.expr | None, usual: int | None
    ) -> Listener:
        """What a host and a port come to."""
        hidden = spread(call)
        if port is None:
            number = Setting(str(usual)) if usual is not None and not hidden else Setting(None)
        else:
            number = setting(self.tree, port) or Setting(None)
        address = text(self.tree, host)
        if address is None and (host is not None or hidden):
            nothing = isinstance(host, ast.Constant) and host.value is None
            address = None if nothing else UNKNOWN
        return self._listener(call, framework, number, address)

    def _listener(self, node: ast.Call | ast.Assign, framework: str, port: Setting, host: str | None) -> Listener:
        target = self.tree.target_of(node) if isinstance(node, ast.Call) else ""
        value = int(port.value) if port.value and port.value.isascii() and port.value.isdigit() else None
        named = framework or "app"
        return Listener(
            self.tree.source,
            self.tree.span(node),
            f"listener:{named}:{port.variable or value or UNKNOWN}",
            framework=framework,
            port=value,
            port_variable=port.variable,
            host=host,
            server=target,
            guarded=any(_is_main(one) for one in self.tree.ancestors(node)),
        )


def _is_main(node: ast.AST) -> bool:
    """Whether this is `if __name__ == "__main__":`."""
    return isinstance(node, ast.If) and any(
        isinstance(one, ast.Name) and one.id == "__name__" for one in ast.walk(node.test)
    )
