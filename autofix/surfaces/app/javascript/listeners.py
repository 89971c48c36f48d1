"""On which port and address do the servers of this file listen?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from autofix.surfaces.app.javascript.environment import read
from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.servers import Server
from autofix.surfaces.app.javascript.tree import FUNCTIONS, arguments, bare, items, receiver
from autofix.surfaces.app.nodes import Listener

if TYPE_CHECKING:
    from tree_sitter import Node

PORT_LIKE = re.compile(r"port", re.IGNORECASE)
CALLBACK = re.compile(r"(?:resolve|reject|done|next|cb|callback|on[A-Z]\w*|\w*(?:Callback|Handler|Listening))")
SERVED = {
    ("@hono/node-server", "serve"): "hono",
    ("srvx", "serve"): "srvx",
    ("@apollo/server/standalone", "startStandaloneServer"): "apollo",
}
ENOUGH = 65535


class Where(NamedTuple):
    """A port and an address as they are given; `said` is False when nothing looks like either."""

    port: int | None = None
    variable: str = ""
    host: str | None = None
    said: bool = True
    host_variable: str = ""


def listeners(file: File) -> Iterator[Listener]:
    """Every server that starts to listen, in the order of the text."""
    for call in file.calls("listen"):
        yield from _listening(file, call)
    for call in file.calls("serve", "startStandaloneServer"):
        yield from _serving(file, call)
    for made in file.syntax.found.get("new", []):
        yield from _constructed(file, made)
    for node in file.syntax.found.get("export", []):
        yield from _exported(file, node)


def _listening(file: File, call: Node) -> Iterator[Listener]:
    on = file.servers.of(receiver(call))
    given = arguments(call)
    if on is None or on.framework in ("ws", "nest-microservice"):
        return
    where = _where(file, given)
    if on.supposed and not _convincing(file, where, given):
        return
    if given or not on.supposed:
        yield _listener(file, call, on, where)


def _listener(file: File, call: Node, on: Server, where: Where) -> Listener:
    return Listener(
        file.source,
        file.syntax.span(call),
        f"listen:{where.variable or where.port or ''}",
        framework=on.framework,
        port=where.port,
        port_variable=where.variable,
        host=where.host,
        host_variable=where.host_variable,
        server=_holder(file, call, on),
    )


def _holder(file: File, call: Node, on: Server) -> str:
    """The variable that can be asked to close: what the call is assigned to, else the server itself."""
    parent = call.parent
    while parent is not None and parent.type in ("await_expression", "parenthesized_expression", "as_expression"):
        parent = parent.parent
    if parent is not None and parent.type == "variable_declarator":
        name = parent.child_by_field_name("name")
        return file.syntax.text(name) if name is not None and name.type == "identifier" else ""
    if parent is not None and parent.type == "assignment_expression":
        return file.syntax.text(parent.child_by_field_name("left"))
    unsure = on.supposed and "app" in on.name.lower()
    return "" if on.framework in ("express", "koa") or unsure else on.name


def _convincing(file: File, where: Where, given: list[Node]) -> bool:
    """Whether the arguments show that a thing with nothing but the right name listens on a port."""
    if not given or not where.said:
        return False
    first = bare(given[0])
    text = file.syntax.text(file.syntax.entry(first, "port") or first)
    return where.port is not None or bool(where.variable) or bool(PORT_LIKE.search(text))


def _where(file: File, given: list[Node]) -> Where:
    if not given:
        return Where(said=False)
    first = file.names.value(given[0])
    if first is not None and first.type == "object":
        return _of_options(file, first)
    if first is None or first.type in FUNCTIONS:
        return Where(said=False)
    port, variable = _port(file, given[0])
    host, decided = _host(file, given[1]) if len(given) > 1 else (None, "")
    return Where(port, variable, host, host_variable=decided)


def _of_options(file: File, options: Node) -> Where:
    entry = file.syntax.entry
    port, host = entry(options, "port"), entry(options, "host", "hostname")
    number, variable = _port(file, port) if port is not None else (None, "")
    address, decided = _host(file, host) if host is not None else (None, "")
    return Where(number, variable, address, said=port is not None, host_variable=decided)


def _port(file: File, node: Node) -> tuple[int | None, str]:
    """The port an expression says, and the variable that decides it."""
    node = _setting(file, node) or node
    found = read(file.syntax, file.names, _of_object(file, node) or node)
    if found is not None:
        return _number(found.default), found.name
    return _number(file.syntax.constant(file.names.value(_of_object(file, node) or node))), ""


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and int(text) <= ENOUGH else None


def _of_object(file: File, node: Node) -> Node | None:
    """The entry of an object literal of this file: `config.port`."""
    node = bare(node) or node
    if node.type != "member_expression":
        return None
    inner = file.names.value(node.child_by_field_name("object"))
    return file.syntax.entry(inner, file.syntax.text(node.child_by_field_name("property")))


def _setting(file: File, node: Node) -> Node | None:
    """The value behind `app.get('port')`, set by `app.set('port', …)` in this file."""
    node = bare(node) or node
    given = arguments(node) if node.type == "call_expression" and file.syntax.callee(node) == "get" else []
    name = file.syntax.literal(given[0]) if len(given) == 1 else None
    set_by = [arguments(call) for call in file.calls("set") if name and file.servers.of(receiver(call))]
    values = [pair[1] for pair in set_by if len(pair) == 2 and file.syntax.literal(pair[0]) == name]
    return values[0] if len(values) == 1 else None


def _host(file: File, node: Node) -> tuple[str | None, str]:
    """The literal address, and the variable that may say another; None for a callback or a backlog, `?` for an
    expression.
    """
    value = file.names.value(_of_object(file, node) or node)
    if value is None or file.names.function(value) is not None or value.type in ("number", "undefined", "null"):
        return None, ""
    literal = file.syntax.literal(value)
    if literal is not None:
        return literal, ""
    if (found := read(file.syntax, file.names, value)) is not None:
        return found.default, found.name
    text = file.syntax.text(value)
    if value.type == "call_expression" and file.syntax.callee(value) == "bind":
        return None, ""
    return None if "identifier" in value.type and CALLBACK.fullmatch(text) else "?", ""


def _serving(file: File, call: Node) -> Iterator[Listener]:
    function = call.child_by_field_name("function")
    given = arguments(call)
    origin = file.names.origin(function)
    framework = SERVED.get((origin.module, origin.member)) if origin is not None else None
    if file.syntax.text(function) == "Bun.serve":
        framework = "bun"
    if framework is None or not given:
        return
    options = file.names.value(given[0])
    if framework == "apollo":
        options = file.syntax.entry(given[1], "listen") if len(given) > 1 else None
    where = _of_options(file, options) if options is not None and options.type == "object" else Where(said=False)
    yield _listener(file, call, Server(framework, "server"), where)


def _constructed(file: File, made: Node) -> Iterator[Listener]:
    """A web socket server with a port of its own."""
    on = file.servers.of(made)
    given = arguments(made)
    if on is None or not given:
        return
    port = file.syntax.entry(given[0], "port")
    if on.framework == "ws" and port is not None:
        yield _listener(file, made, on, _of_options(file, bare(given[0]) or given[0]))
    elif on.framework == "socket.io" and (number := _port(file, given[0])) != (None, ""):
        yield _listener(file, made, on, Where(*number))


def _exported(file: File, node: Node) -> Iterator[Listener]:
    """Bun starts what a module gives as `export default { port, fetch }`."""
    value = file.names.value(node.child_by_field_name("value"))
    if value is not None and value.type == "object":
        keys = {file.syntax.key(one) for one in items(value)}
        if {"port", "fetch"} <= keys:
            yield _listener(file, node, Server("bun", "server"), _of_options(file, value))
