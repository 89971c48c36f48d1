"""Who is reached under which address?  The ports of a Service, the paths of an Ingress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    at = spec.under("ports") if spec else None
    return tuple(_service_port(item) for item in at.items()) if at else ()


def ingress_paths(spec: Located | None) -> tuple[IngressPath, ...]:
    """The paths of an Ingress's spec, in either API's spelling, the default backend last."""
    return tuple(_paths(spec)) if spec else ()


def _service_port(at: Located) -> ServicePort:
    port = _text(at, "port") or ""
    return ServicePort(_text(at, "name"), port, _text(at, "targetPort") or port, _text(at, "protocol") or "TCP", at)


def _paths(spec: Located) -> Iterator[IngressPath]:
    for rule in _items(spec.under("rules")):
        host = _text(rule, "host")
        for path in _items(rule.get("http", "paths")):
            backend = path.under("backend")
            if backend:
                service, port = _backend(backend)
                yield IngressPath(host, _text(path, "path") or "/", _text(path, "pathType") or "", service, port, path)
    backend = spec.under("defaultBackend") or spec.under("backend")
    if backend:
        yield IngressPath(None, None, "", *_backend(backend), backend)


def _backend(at: Located) -> tuple[str, str]:
    """Service and port, from `service: {name, port: {number}}` or `serviceName` and `servicePort`."""
    name = _text(at, "service", "name") or _text(at, "serviceName")
    port = _text(at, "service", "port", "number") or _text(at, "service", "port", "name") or _text(at, "servicePort")
    return name or "", port or ""


def _items(at: Located | None) -> tuple[Located, ...]:
    return at.items() if at else ()


def _text(at: Located, *route: str) -> str | None:
    found = at.get(*route)
    return found.text if found else None
