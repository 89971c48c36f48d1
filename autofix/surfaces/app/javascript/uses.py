"""What else does a file do that decides how it behaves in a container: log, write, exit, answer signals, allow origins?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript import databases
from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.paths import called_back, path_of
from autofix.surfaces.app.javascript.tree import FUNCTIONS, arguments, bare, items, receiver
from autofix.surfaces.app.nodes import Use

if TYPE_CHECKING:
    from tree_sitter import Node

SIGNALS = frozenset({"SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"})
CLOSERS = frozenset({"@godaddy/terminus", "close-with-grace", "http-graceful-shutdown", "http-terminator"})
LOGGERS = {
    "winston": {"createLogger", ""}, "pino": {"", "pino"}, "bunyan": {"createLogger"}, "log4js": {"getLogger"},
    "@nestjs/common": {"Logger"}, "loglevel": {"getLogger"}, "tslog": {"Logger"}, "consola": {"createConsola"},
}  # fmt: skip
LOGGER_NAME = re.compile(r"_?(?:\w*[lL]ogger|LOGGER|log)")
OWN_LOGGER_NAME = re.compile(r"_?\w*[lL]ogger")
LOGGER_MODULE = re.compile(r"(?:^|[/@-])log(?:ger|ging|s)?(?:\.[cm]?[jt]s)?$|logger")
FILE_TRANSPORTS = re.compile(r"transports\.(?:File|DailyRotateFile)")
FILES = frozenset({"fs", "fs/promises", "fs-extra", "graceful-fs"})
WRITES = frozenset({"appendFile", "appendFileSync", "createWriteStream", "ensureDir", "ensureDirSync", "mkdir", "mkdirSync",
                    "mkdirp", "outputFile", "outputFileSync", "outputJson", "writeFile", "writeFileSync", "writeJson"})  # fmt: skip
BRINGS = frozenset(
    {"copy", "copyFile", "copyFileSync", "copySync", "cp", "cpSync", "move", "moveSync", "rename", "renameSync"}
)
RUNS = frozenset({"exec", "execSync", "execFile", "execFileSync", "spawn", "spawnSync"})
BY_SHELL = re.compile(r"(?:\bmkdir(?:\s+-\w+)*|\btee(?:\s+-\w+)*|>)\s*(?P<path>/[\w./-]+)")
UPLOADS = {"multer": ("dest", "destination"), "formidable": ("uploadDir",), "express-fileupload": ("tempFileDir",),
           "koa-body": ("uploadDir",), "@nestjs/platform-express": ("dest",)}  # fmt: skip
LOCAL = re.compile(r"localhost|127\.0\.0\.1")


def uses(file: File) -> list[Use]:
    """Everything, in the order of the text."""
    every = [
        databases.uses(file),
        _process(file),
        _loggers(file),
        _consoles(file),
        _files(file),
        _origins(file),
        _others(file),
    ]
    found = {(use.kind, use.span, use.what): use for group in every for use in group}
    return sorted(found.values(), key=lambda use: (use.span, use.kind))


def _process(file: File) -> Iterator[Use]:
    """Signals and exits."""
    for call in file.calls("on", "once", "addListener", "prependListener"):
        given = arguments(call)
        if given and file.syntax.text(receiver(call)) == "process":
            for name in _each(file, given[0]):
                if name in SIGNALS:
                    yield file.use("signal", call, name)
    for call in file.calls("exit"):
        if file.syntax.text(receiver(call)) == "process":
            given = arguments(call)
            yield file.use("exit", call, file.syntax.text(given[0]) if given else "")
    for call in file.calls("enableShutdownHooks"):
        yield file.use("signal", call, "hooks")
    for call in file.calls():
        origin = file.names.origin(call.child_by_field_name("function")) if call.type == "call_expression" else None
        if origin is not None and origin.module in CLOSERS:
            yield file.use("signal", call, "SIGTERM")


def _each(file: File, node: Node) -> list[str]:
    """What an argument says, for each turn of the loop it may run through."""
    node = bare(node) or node
    said = file.syntax.literal(file.names.value(node))
    bound = file.names.binding(node) if said is None and node.type == "identifier" else None
    if bound is None:
        return [said] if said else []
    looped = bound.node if bound.how == "loop" else None
    if bound.how == "parameter" and bound.member == "0" and bound.node is not None:
        call = bound.node.parent and bound.node.parent.parent
        looped = receiver(call) if call is not None and file.syntax.callee(call) == "forEach" else None
    return [text for one in file.syntax.elements(file.names.value(looped)) if (text := file.syntax.literal(one))]


def _loggers(file: File) -> Iterator[Use]:
    for one in file.names.imports:
        for here, _ in one.names:
            ours = one.module.startswith((".", "@/", "~/", "#", "src/")) or LOGGER_MODULE.search(one.module)
            named = LOGGER_NAME if LOGGER_MODULE.search(one.module) else OWN_LOGGER_NAME
            if ours and named.fullmatch(here) and here[:1].islower() and one.module not in LOGGERS:
                yield Use(file.source, one.span, f"logger:{here}", kind="logger", what=here)
    for declared in file.syntax.found.get("declared", []):
        name, value = declared.child_by_field_name("name"), declared.child_by_field_name("value")
        if name is not None and name.type == "identifier" and _makes_logger(file, value):
            yield file.use("logger", declared, file.syntax.text(name))
    for field, places in file.names.fields.items():
        for node, value, _ in places:
            if value is not None and _makes_logger(file, value):
                yield file.use("logger", node, f"this.{field}")


def _makes_logger(file: File, node: Node | None) -> bool:
    node = bare(node)
    if node is None or node.type not in ("call_expression", "new_expression"):
        return False
    origin = file.names.origin(node.child_by_field_name("function") or node.child_by_field_name("constructor"))
    return origin is not None and origin.member in LOGGERS.get(origin.module, ())


def _consoles(file: File) -> Iterator[Use]:
    for call in file.consoles:
        yield file.use("console", call, file.syntax.callee(call))


def _files(file: File) -> Iterator[Use]:
    """Logs that go to a file, and files that are written."""
    for node in file.syntax.found.get("new", []):
        made = node.child_by_field_name("constructor")
        origin = file.names.origin(made)
        name = f"{origin.module}:{origin.member}" if origin is not None else ""
        if (name.startswith("winston:") and FILE_TRANSPORTS.search(name)) or name.startswith(
            "winston-daily-rotate-file:"
        ):
            given = arguments(node)
            where = file.syntax.entry(given[0], "filename") if given else None
            yield file.use("file-log", node, path_of(file, where))
    for call in file.calls(*WRITES):
        origin = file.names.origin(call.child_by_field_name("function"))
        if origin is not None and origin.module in FILES:
            given = arguments(call)
            yield file.use("writes", call, path_of(file, given[0] if given else None))
    for call in file.calls(*BRINGS):
        origin = file.names.origin(call.child_by_field_name("function"))
        if origin is not None and origin.module in FILES and len(given := arguments(call)) > 1:
            yield file.use("writes", call, path_of(file, given[1]))
    for call in file.calls():
        yield from _uploads(file, call)
    for call in file.calls(*RUNS):
        yield from _run(file, call)


def _uploads(file: File, call: Node) -> Iterator[Use]:
    """Logs of pino, and the folders that libraries put uploads in."""
    given = arguments(call)
    origin = file.names.origin(call.child_by_field_name("function")) if given else None
    if origin is None:
        return
    if origin.module == "pino" and origin.member == "destination":
        where = given[0] if file.syntax.entry(given[0], "dest") is None else file.syntax.entry(given[0], "dest")
        if path := path_of(file, where):
            yield file.use("file-log", call, path)
    elif origin.module in UPLOADS:
        where = file.syntax.entry(file.names.value(given[0]), *UPLOADS[origin.module])
        if where is not None and (where.type in FUNCTIONS or file.names.function(where) is not None):
            where = called_back(file, where)
            yield file.use("writes", call, path_of(file, where))
        elif where is not None:
            yield file.use("writes", call, path_of(file, where))


def _run(file: File, call: Node) -> Iterator[Use]:
    """What a command of the shell makes."""
    origin = file.names.origin(call.child_by_field_name("function"))
    given = arguments(call)
    if origin is not None and origin.module == "child_process" and given:
        for found in BY_SHELL.finditer(file.syntax.text(given[0])):
            if found["path"] != "/dev/null":
                yield file.use("writes", call, found["path"])


def _origins(file: File) -> Iterator[Use]:
    """The origins a browser may come from: `localhost` when that is the fallback, `*` for all, else empty."""
    for call in file.calls():
        name = file.syntax.callee(call)
        if name not in ("cors", "enableCors", "register"):
            continue
        given = arguments(call)
        origin = file.names.origin(call.child_by_field_name("function"))
        if name == "register":
            plugin = file.names.origin(given[0]) if given else None
            if plugin is None or plugin.module not in ("@fastify/cors", "fastify-cors"):
                continue
            given = given[1:]
        elif name == "cors" and (origin is None or origin.module not in ("cors", "hono/cors", "@koa/cors")):
            continue
        yield _cors(file, call, file.names.value(given[0]) if given else None)
    for node in file.syntax.found.get("new", []):
        made, given = file.servers.of(node), arguments(node)
        options = (
            file.syntax.entry(given[-1], "cors")
            if made is not None and made.framework == "socket.io" and given
            else None
        )
        if options is not None:
            yield _cors(file, node, file.names.value(options))


def _cors(file: File, call: Node, options: Node | None) -> Use:
    allowed = file.syntax.entry(options, "origin")
    if allowed is None:
        return file.use("cors", call, "*" if options is None else "")
    value = file.names.value(allowed)
    text = file.syntax.text(value)
    if value is not None and value.type == "binary_expression" and LOCAL.search(text) and "env" in text:
        return file.use("cors", value, "localhost")
    everyone = file.syntax.constant(value) in ("*", "true")
    return file.use("cors", allowed, "*" if everyone else "")


def _others(file: File) -> Iterator[Use]:
    """Kafka clients, and what a framework runs before every route."""
    for node in file.syntax.found.get("new", []):
        origin = file.names.origin(node.child_by_field_name("constructor"))
        if origin is not None and origin.module in ("kafkajs", "node-rdkafka", "kafka-node"):
            yield file.use("kafka", node, origin.member)
    for call in file.calls("connectMicroservice", "createMicroservice", "register"):
        if "Transport.KAFKA" in file.syntax.text(call):
            yield file.use("kafka", call)
    for call in file.calls("useGlobalGuards", "useGlobalInterceptors", "addHook"):
        on = file.servers.of(receiver(call))
        if on is not None:
            given = items(call.child_by_field_name("arguments"))
            yield file.use("middleware", call, file.syntax.text(given[0]) if given else "")
