"""What does a Prisma schema say about the client and the database?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.text import Source

TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
BLOCK = re.compile(r"^[ \t]*(?P<kind>generator|datasource)[ \t]+(?P<name>\w+)[ \t]*\{(?P<body>[^}]*)\}", re.MULTILINE)
FIELD = re.compile(r"^[ \t]*(?P<name>\w+)[ \t]*=[ \t]*(?P<value>\[[^\]]*\]|[^\n]*)", re.MULTILINE)
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
ENV = re.compile(r'^env\(\s*"([^"]*)"\s*\)$')


@dataclass(frozen=True)
class Generator:
    """A generator block. `targets` are its binaryTargets, None when the environment decides; empty means `native`."""

    name: str
    provider: str = ""
    output: str = ""
    targets: tuple[str, ...] | None = ()
    engine: str = ""
    preview: tuple[str, ...] = ()

    @property
    def client(self) -> bool:
        """Whether it makes the Prisma client."""
        return self.provider in {"prisma-client-js", "prisma-client"}


@dataclass(frozen=True)
class Datasource:
    """A datasource block. `url` is a literal, `url_variable` the variable that holds it; without either a config does."""

    name: str
    provider: str = ""
    url: str = ""
    url_variable: str = ""
    direct_variable: str = ""


@dataclass(frozen=True)
class PrismaSchema:
    """One file of a schema; a schema may consist of several."""

    path: str
    generators: tuple[Generator, ...] = ()
    datasources: tuple[Datasource, ...] = ()

    @property
    def client(self) -> Generator | None:
        """The generator of the client."""
        return next((one for one in self.generators if one.client), None)


def schema(source: Source) -> PrismaSchema:
    """The facts of a .prisma file."""
    text = TOKEN.sub(lambda match: match[0] if match[0].startswith('"') else "", source.text.replace("\r\n", "\n"))
    blocks = [(match["kind"], match["name"], dict(_fields(match["body"]))) for match in BLOCK.finditer(text)]
    return PrismaSchema(
        source.path,
        tuple(_generator(name, fields) for kind, name, fields in blocks if kind == "generator"),
        tuple(_datasource(name, fields) for kind, name, fields in blocks if kind == "datasource"),
    )


def _fields(body: str) -> Iterator[tuple[str, str]]:
    return ((match["name"], match["value"].strip()) for match in FIELD.finditer(body))


def _generator(name: str, fields: dict[str, str]) -> Generator:
    targets = fields.get("binaryTargets", "[]")
    return Generator(
        name,
        provider=_string(fields.get("provider")),
        output=_string(fields.get("output")),
        targets=None if ENV.match(targets) else tuple(STRING.findall(targets)),
        engine=_string(fields.get("engineType")),
        preview=tuple(STRING.findall(fields.get("previewFeatures", ""))),
    )


def _datasource(name: str, fields: dict[str, str]) -> Datasource:
    return Datasource(
        name,
        provider=_string(fields.get("provider")),
        url=_string(fields.get("url")),
        url_variable=_variable(fields.get("url")),
        direct_variable=_variable(fields.get("directUrl")),
    )


def _string(value: str | None) -> str:
    match = STRING.fullmatch(value) if value else None
    return match[1] if match else ""


def _variable(value: str | None) -> str:
    match = ENV.match(value) if value else None
    return match[1] if match else ""
