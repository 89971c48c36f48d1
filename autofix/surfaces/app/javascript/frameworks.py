"""Which packages make servers, of which kind, and what do their methods give back?"""

from __future__ import annotations

import re

METHODS = {
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "del": "DELETE", "head": "HEAD",
    "options": "OPTIONS", "all": "ANY",
}  # fmt: skip
SAME = frozenset({
    *METHODS, "addHook", "after", "decorate", "disable", "enable", "openapi", "param", "ready", "register", "set",
    "on", "once", "onError", "notFound", "mount", "setErrorHandler", "setTimeout", "setNotFoundHandler", "setSerializerCompiler", "setValidatorCompiler", "use", "withTypeProvider",
})  # fmt: skip
MADE = {
    ("express", ""): ("express", "app"),
    ("express", "Router"): ("express", "router"),
    ("express-promise-router", ""): ("express", "router"),
    ("fastify", ""): ("fastify", "app"),
    ("fastify", "fastify"): ("fastify", "app"),
    ("koa", ""): ("koa", "app"),
    ("@koa/router", ""): ("koa", "router"),
    ("@koa/router", "Router"): ("koa", "router"),
    ("koa-router", ""): ("koa", "router"),
    ("hono", "Hono"): ("hono", "app"),
    ("hono/tiny", "Hono"): ("hono", "app"),
    ("hono/quick", "Hono"): ("hono", "app"),
    ("@hono/zod-openapi", "OpenAPIHono"): ("hono", "app"),
    ("net", "createServer"): ("net", "server"),
    ("restify", "createServer"): ("restify", "app"),
    ("@nestjs/core", "NestFactory.create"): ("nest", "app"),
    ("@nestjs/core", "NestFactory.createMicroservice"): ("nest-microservice", "app"),
    ("socket.io", "Server"): ("socket.io", "server"),
    ("ws", "Server"): ("ws", "server"),
    ("ws", "WebSocketServer"): ("ws", "server"),
    ("ws", "WebSocket.Server"): ("ws", "server"),
    **{
        (module, made): ("http", "server")
        for module in ("http", "https", "http2")
        for made in ("createServer", "createSecureServer", "Server")
    },
}
FACTORIES = frozenset({("hono/factory", "createFactory"), ("hono/factory", "Factory")})
TYPES = {
    ("express", "Express"): ("express", "app"),
    ("express", "Application"): ("express", "app"),
    ("express", "Router"): ("express", "router"),
    ("express", "IRouter"): ("express", "router"),
    ("fastify", "FastifyInstance"): ("fastify", "app"),
    ("@nestjs/common", "INestApplication"): ("nest", "app"),
    ("@nestjs/platform-express", "NestExpressApplication"): ("nest", "app"),
    ("@nestjs/platform-fastify", "NestFastifyApplication"): ("nest", "app"),
    **{
        key: made
        for key, made in MADE.items()
        if key[0] in ("koa", "@koa/router", "koa-router", "hono", "http", "https")
    },
}
SUPPOSED = re.compile(r"(?:express)?app|router|fastify|(?:http|express|api)?server|httpsServer", re.IGNORECASE)
WRAPPERS = frozenset({"http-shutdown", "server-destroy", "stoppable"})
CHAINS = frozenset({"await_expression", "member_expression", "parenthesized_expression"})
UNKNOWN = frozenset({"call_expression", "identifier", "member_expression", "new_expression", "this"})
CLIENTS = frozenset(
    {"axios", "got", "ky", "msw", "msw/node", "nock", "superagent", "supertest", "undici", "vue-router"}
)
MAKERS = re.compile(r"(?:create|build|make|get|init|setup)\w*(?:App|Server)", re.ASCII)
PLUGIN = re.compile(r"FastifyPlugin\w*")
ROUTED = frozenset({"express", "fastify", "koa", "hono", "restify", ""})
