"""What stands before a route and may refuse a request that names nobody?

Known helpers of the frameworks let every request through; so does a function that answers nothing itself. Whatever
else runs before the route may ask for a token, a host or a certificate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from autofix.node import Evidence
from autofix.text import Span

if TYPE_CHECKING:
    from autofix.surfaces.app.nodes import AppModule, Mount, Use

LETS_THROUGH = re.compile(
    r"(?:express\.)?(?:json|urlencoded|text|raw|static)$|static|serve|cors|helmet|compress|morgan|log|pino|cookie|body-?parser"
    r"|session|passport\.(?:initialize|session)|request-?id|correlation|trac(?:e|ing)|sentry|otel|telemetry|metric|prom"
    r"|response-?time|timing|favicon|i18n|locale|upload|multer|fileupload|flash|method-?override|error|not-?found|layouts"
    r"|context|swagger|hpp|sanitize|xss|limit|throttl|slow-?down|timeout|etag|user-?agent|device|geo|^['\"]on(?:Close|Ready"
    r"|Send|Response|Error|Route|Listen|Register|Timeout)|^['\"]preSerialization|^['\"]preParsing",
    re.IGNORECASE,
)
REFUSES_BY_NAME = re.compile(r"auth|guard|protect|token|jwt|secur(?!.*helmet)|permission|role|verify|https|ssl|apikey|api_key|csrf|acl|allow|block|firewall|tenant|maintenance", re.IGNORECASE)  # fmt: skip
ANSWERS = re.compile(
    r"\b(?:res|resp|response|reply|c|ctx)\s*\.\s*(?:status|sendStatus|redirect|end|send|json|writeHead|code|throw|body|text|html)\b"
    r"|\bthrow\b|\bnext\(\s*[^)\s]"
)
PREFLIGHT = re.compile(r"if\s*\([^\n]*OPTIONS[^\n]*\)\s*(?:\{[^}]*\}|[^;\n]*)")
EVERYWHERE = re.compile(r"[\w.]+\.(?:addHook|useGlobal\w+)\(")
PYTHON = re.compile(
    r"^[ \t]*@[\w.]+\.(?:before_request|before_app_request|middleware\([^)]*\))[^\n]*\n(?:[ \t]*@[^\n]*\n)*"
    r"[ \t]*(?:async )?def (?P<function>\w+)"
    r"|\badd_middleware\(\s*(?P<added>[\w.]+)|\bMiddleware\(\s*(?P<listed>[\w.]+)"
    r"|^SECURE_SSL_REDIRECT\s*=\s*(?P<redirect>True)|\b(?P<talisman>Talisman)\(\s*\w",
    re.MULTILINE,
)
NEST = re.compile(r"\bprovide:\s*APP_GUARD\b[^}]*?\buse(?:Class|Existing):\s*(?P<guard>\w+)", re.DOTALL)
PYTHON_PASSES = re.compile(r"CORS|GZip|Session|Brotli|Proxy|log|time|timing|metric|trac|sentry|request_?id|correlation|prometheus|context|elastic|opentelemetry|close|connect|db|header|locale", re.IGNORECASE)  # fmt: skip


def before(
    module: AppModule,
    route: tuple[Span, str, str],
    through: Sequence[tuple[AppModule, Span]],
    modules: Sequence[AppModule],
    leads: Callable[[AppModule, Mount, AppModule], bool],
) -> Iterator[Evidence]:
    """What of the JavaScript files stands between the server and a route, in its own file and in those that mount it.

    A route is its place, the path it has in its own file, and the one it has in the end; `leads` knows which module a
    mount means.
    """
    at, *paths = route
    for where, place in ((module, at), *through):
        yield from _refusing(where, place, paths)
        for mount in where.mounts:
            early = _first(mount.span, place) and mount.prefix in {"", "/"} and mount.router != "*"
            for other in modules if early else ():
                if other is not module and leads(where, mount, other):
                    yield from _refusing(other, None, paths)


def everywhere(modules: Sequence[AppModule]) -> tuple[Evidence, ...]:
    """What stands before every route of an application, wherever it is written."""
    return tuple(found for module in modules for found in _everywhere(module))


def _everywhere(module: AppModule) -> Iterator[Evidence]:
    text = module.source.text
    for use in module.using("middleware"):
        if EVERYWHERE.match(use.text) and _refuses(use):
            yield use.evidence("runs before every route, and may refuse")
    pattern, passes = (PYTHON, PYTHON_PASSES) if module.language == "python" else (NEST, LETS_THROUGH)
    for found in pattern.finditer(text):
        name = found[found.lastgroup or 0]
        if not passes.search(name) or REFUSES_BY_NAME.search(name.removesuffix("Guard")):
            yield Evidence(f"{name} runs before every route, and may refuse", module.path, Span(*found.span()))


def _refusing(module: AppModule, place: Span | None, paths: Sequence[str]) -> Iterator[Evidence]:
    for use in module.using("middleware"):
        early = (place is None or _first(use.span, place)) and not EVERYWHERE.match(use.text)
        if early and any(_covers(use.below, path) for path in paths) and _refuses(use):
            yield use.evidence("runs before the route, and may refuse")


def _first(one: Span, other: Span) -> bool:
    """Whether something is put before a call: above it, or earlier in the chain that the call ends."""
    return one.start < other.start or (one != other and other.contains(one))


def _covers(below: str, path: str) -> bool:
    below = below.rstrip("*").rstrip("/")
    return not below or path == below or path.startswith(f"{below}/")


def _refuses(use: Use) -> bool:
    """Whether a function may answer in the place of the route."""
    if REFUSES_BY_NAME.search(use.what):
        return True
    if use.what and LETS_THROUGH.search(use.what):
        return False
    body = use.text if not use.what or use.what.startswith(("'", '"')) else _body(use)
    return body is None or bool(ANSWERS.search(PREFLIGHT.sub("", body)))


def _body(use: Use) -> str | None:
    """The function of that name where this very file has it."""
    text, name = use.source.text, re.escape(use.what)
    start = re.search(rf"(?:\bfunction\s+{name}\b|\b(?:const|let|var)\s+{name}\s*=[^;\n]*?(?:=>|\bfunction\b))", text)
    opening = text.find("{", start.end() - 1) if start else -1
    if opening < 0:
        return None
    depth = 0
    for at in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return text[opening : at + 1]
    return None
