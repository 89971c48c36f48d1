"""Which services do the reverse proxies of the repository hand requests to?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autofix.link.kinds import is_nginx
from autofix.link.names import parent
from autofix.node import Document, Evidence
from autofix.project import Proxied, Service

if TYPE_CHECKING:
    from autofix.surfaces.nginx.document import NginxFile, Server, Target, Upstream


@dataclass(frozen=True)
class _Way:
    """What a server block or a location does with requests before it passes them on."""

    path: str | None
    modifier: str
    rewritten: bool
    at: Evidence
    passes: tuple[Target, ...]


def proxies(documents: Mapping[str, Document], services: Sequence[Service]) -> Iterator[Proxied]:
    """Every address that a server block, or a location of one, passes requests to."""
    files = list(filter(is_nginx, documents.values()))
    for file in files:
        upstreams = _upstreams(files, file)
        for server in file.servers:
            yield from _of_server(server, upstreams, services)


def _upstreams(files: Iterable[NginxFile], file: NginxFile) -> dict[str, Upstream]:
    """The upstreams a file may name: its own, then those of its folder, which an `include` may bring together."""
    near = sorted(files, key=lambda other: other.path != file.path, reverse=True)
    beside = (other for other in near if parent(other.path) == parent(file.path))
    return {one.name: one for other in beside for one in other.upstreams}


def _of_server(server: Server, upstreams: Mapping[str, Upstream], services: Sequence[Service]) -> Iterator[Proxied]:
    ways = [_Way(None, "", bool(server.directive.all("rewrite")), server.directive.evidence("server"), server.passes)]
    for one in server.all_locations:
        at = one.directive.evidence(f"location {one.path}")
        ways.append(_Way(one.path, one.modifier, bool(one.rewrites), at, one.passes))
    for way in ways:
        for target in way.passes:
            yield from _handed(way, target, upstreams, services)


def _handed(
    way: _Way, target: Target, upstreams: Mapping[str, Upstream], services: Sequence[Service]
) -> Iterator[Proxied]:
    """One value for each server behind an address."""
    behind = upstreams[target.host].servers if target.host in upstreams and not target.port else (target,)
    for one in behind:
        port = int(one.port) if one.port and one.port.isdigit() else None
        reached = () if one.variable else tuple(_reached(one.host, services))
        at = one.directive.evidence(one.word.text)
        yield Proxied(way.path, way.modifier, one.host, port, target.uri, way.rewritten, reached, way.at, at)


def _reached(host: str, services: Iterable[Service]) -> Iterator[str]:
    """The services that answer to a name of the network they share with the proxy."""
    return (one.id for one in services if one.kind != "image" and host.partition(".")[0] in (one.name, *one.aliases))
