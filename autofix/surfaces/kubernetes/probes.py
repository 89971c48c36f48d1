"""What does Kubernetes ask a container, and where does the question stand?"""

from __future__ import annotations

from dataclasses import dataclass

from autofix.node import Node
from autofix.surfaces.kubernetes.reach import items, leaf, leaves
from autofix.surfaces.yaml import Located, Reached
from autofix.text import Source

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
HANDLERS = ("httpGet", "exec", "tcpSocket", "grpc")


@dataclass(frozen=True)
class Probe(Reached, Node):
    """A probe: `span` from its key to its last leaf. `name` is its key, `handler` how it asks (`httpGet`, `exec`,
    `tcpSocket`, `grpc`), empty where it does not say.
    """

    at: Located
    name: str
    handler: str

    @property
    def route(self) -> Located | None:
        """The leaf with the path of an HTTP probe; without one it asks `/`."""
        return self._asked("path") if self.handler == "httpGet" else None

    @property
    def port(self) -> Located | None:
        """The leaf with the number or the name of the port that is asked; `Container.port_of` resolves it."""
        return self._asked("port")

    @property
    def scheme(self) -> str:
        """`HTTP` or `HTTPS`; empty for a probe that does not speak it."""
        scheme = self._asked("scheme")
        return "" if self.handler != "httpGet" else (scheme.text if scheme and scheme.text else "HTTP").upper()

    @property
    def host(self) -> str | None:
        """The host that is asked, None for the pod itself."""
        host = self._asked("host")
        return host.text if host else None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the headers an HTTP probe sends."""
        at = self.get(self.handler, "httpHeaders") if self.handler else None
        pairs = [(item.text_of("name"), item.text_of("value")) for item in items(at)]
        return tuple((name, value or "") for name, value in pairs if name)

    @property
    def command(self) -> tuple[Located, ...]:
        """The words of an `exec` probe; no shell reads them."""
        return leaves(self.get("exec", "command")) if self.handler == "exec" else ()

    def _asked(self, key: str) -> Located | None:
        return leaf(self.get(self.handler, key)) if self.handler else None


def probe(source: Source, anchor: str, name: str, at: Located) -> Probe:
    """The probe under the key `name` of the container with that anchor."""
    handler = next((key for key in HANDLERS if at.under(key)), "")
    span = at.entry.span if at.entry else at.value.span
    return Probe(source, span, f"{anchor}/{name}", at, name, handler)
