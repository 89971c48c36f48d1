"""Who is reached under which address?  The ports of a Service, the paths of an Ingress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.surfaces.kubernetes.reach import items
from autofix.surfaces.yaml import Located


@dataclass(frozen=True)
class ServicePort:
    """One port of a Service. `target` is a number or the name of a container's port, as it is written; without one it
    is the port itself.
    """

    name: str | None
    port: str
    target: str
    protocol: str
    at: Located


@dataclass(frozen=True)
class IngressPath:
    """One path of an Ingress and the Service that answers it. `host` is None for any, `path` for a default backend.

    `port` is the Service's port, a number or a name, as it is written. `at` is the path's mapping, or the backend's.
    """

    host: str | None
    path: str | None
    kind: str
    service: str
    port: str
    at: Located


def service_ports(spec: Located | None) -> tuple[ServicePort, ...]:
    """The ports of a Service's spec."""
    return tuple(_service_port(item) for item in items(spec.under("ports") if spec else None))


def ingress_paths(spec: Located | None) -> tuple[IngressPath, ...]:
    """The paths of an Ingress's spec, in either API's spelling, the default backend last."""
    return tuple(_paths(spec)) if spec else ()


def _service_port(at: Located) -> ServicePort:
    port = at.text_of("port") or ""
    return ServicePort(at.text_of("name"), port, at.text_of("targetPort") or port, at.text_of("protocol") or "TCP", at)


def _paths(spec: Located) -> Iterator[IngressPath]:
    for rule in items(spec.under("rules")):
        host = rule.text_of("host")
        for path in items(rule.get("http", "paths")):
            backend = path.under("backend")
            if backend:
                service, port = _backend(backend)
                yield IngressPath(
                    host, path.text_of("path") or "/", path.text_of("pathType") or "", service, port, path
                )
    backend = spec.under("defaultBackend") or spec.under("backend")
    if backend:
        yield IngressPath(None, None, "", *_backend(backend), backend)


def _backend(at: Located) -> tuple[str, str]:
    """Service and port, from `service: {name, port: {number}}` or `serviceName` and `servicePort`."""
    name = at.text_of("service", "name") or at.text_of("serviceName")
    port = at.text_of("service", "port", "number") or at.text_of("service", "port", "name") or at.text_of("servicePort")
    return name or "", port or ""
