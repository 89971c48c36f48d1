"""Which port of a Kafka broker takes a client without a password?"""

from __future__ import annotations

import re

from autofix.finding import Refusal
from autofix.surfaces.compose.document import ComposeService

PREFIXES = ("KAFKA_CFG_", "KAFKA_")
LISTENER = re.compile(r"(?P<name>\w+)://(?P<host>[^:,]*):(?P<port>\d+)")
USUAL = "9092"
ANYWHERE = frozenset({"", "0.0.0.0", "127.0.0.1", "localhost"})  # noqa: S104 - read, not bound


def kafka_port(service: ComposeService) -> str | Refusal:
    """The port of a plain listener, that for other services before that for the host."""
    given = {_bare(pair.name): pair.value or "" for pair in service.environment}
    bound, advertised = given.get("LISTENERS", ""), given.get("ADVERTISED_LISTENERS", "")
    if not bound and not advertised:
        return USUAL if not any(name.startswith("LISTENER") for name in given) else Refusal("its listeners")
    protocols = dict(re.findall(r"(\w+):(\w+)", given.get("LISTENER_SECURITY_PROTOCOL_MAP", "")))
    controllers = {"CONTROLLER", *given.get("CONTROLLER_LISTENER_NAMES", "").split(",")}
    hosts = {found["name"]: found["host"] for found in LISTENER.finditer(advertised)}
    plain = [
        found
        for found in LISTENER.finditer(bound or advertised)
        if found["name"] not in controllers
        and protocols.get(found["name"], found["name"]) == "PLAINTEXT"
        and (not bound or found["host"] in ANYWHERE)
    ]
    plain.sort(key=lambda found: hosts.get(found["name"], "") in {"localhost", "127.0.0.1"})
    return plain[0]["port"] if plain else Refusal("a listener without a password that answers on 127.0.0.1")


def _bare(name: str) -> str:
    return next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), name)
