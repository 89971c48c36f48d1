"""What does a compose file say of a service it deploys?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autofix.link.kinds import is_compose
from autofix.link.names import below, interpolated, parent, tool_of
from autofix.node import Document, Evidence
from autofix.project import Fact, Mount, Probe, Service
from autofix.surfaces.compose.document import ComposeFile, ComposeService

MARKS = {
    "privileged": "is privileged",
    "cap_add": "gets capabilities",
    "devices": "gets devices",
    "pid": "shares process ids",
    "userns_mode": "sets a user namespace",
    "volumes_from": "gets the volumes of another service",
}
LOW = 1024


def services(file: ComposeFile, documents: Mapping[str, Document]) -> Iterator[tuple[ComposeService, Service]]:
    """What the file deploys; those that only change what another file deploys are none."""
    for service in file.services:
        if not service.overlay:
            yield service, _service(service, tuple(_overlays(service, documents)))


def _service(service: ComposeService, overlays: tuple[ComposeService, ...]) -> Service:
    """What the compose file says."""
    at = Evidence(f"service {service.name}", service.path, service.key)
    folder = parent(service.path)
    said = (service, *overlays)
    files = (below(folder, interpolated(leaf.text or "") or "/") or (leaf.text or "?") for leaf in service.env_files)
    return Service(
        service.path,
        service.name,
        service.anchor,
        at,
        image=_fact(service, "image"),
        user=_fact(service, "user"),
        start=tuple(_start(service)),
        ports=tuple(_ports(service)),
        mounts=tuple(mount for one in said for mount in _mounts(one)),
        environment=tuple(
            (pair.name, Fact(_filled(pair.value), Evidence(pair.name, service.path, pair.key_span)))
            for pair in service.environment
        ),
        env_files=tuple(files),
        probe=_compose_probe(service),
        marks=tuple(mark for one in said for mark in _marks(one)),
        changes=tuple(change for one in overlays for change in _changes(one)),
        aliases=tuple(_aliases(service)),
    )


def _overlays(service: ComposeService, documents: Mapping[str, Document]) -> Iterator[ComposeService]:
    """What other files of its folder, or of one above or below, change about a service."""
    here = f"{parent(service.path)}/".lstrip("/")
    for file in documents.values():
        there = f"{parent(file.path)}/".lstrip("/")
        if is_compose(file) and (here.startswith(there) or there.startswith(here)):
            other = file.service(service.name)
            if other and other.overlay and file.path != service.path:
                yield other


def _aliases(service: ComposeService) -> Iterator[str]:
    """Other names the service has on its networks."""
    for key in ("container_name", "hostname"):
        if text := _filled(service.text_of(key)):
            yield text
    networks = service.get("networks")
    for _, network in networks.entries() if networks else ():
        aliases = network.under("aliases")
        yield from aliases.texts() if aliases else ()


def _fact(service: ComposeService, key: str) -> Fact[str] | None:
    found = service.get(key)
    text = _filled(found.text) if found else None
    return Fact(text, Evidence(key, service.path, found.value.span)) if found and text else None


def _filled(text: str | None) -> str | None:
    """With defaults filled in where that is possible, else as it is written."""
    return None if text is None else interpolated(text) or text


def _start(service: ComposeService) -> Iterator[Fact[str]]:
    for key in ("entrypoint", "command"):
        if (found := service.get(key)) and (words := found.texts()):
            yield Fact(_filled(" ".join(words)) or "", Evidence(key, service.path, found.value.span))


def _ports(service: ComposeService) -> Iterator[Fact[int]]:
    """The container's side of every published or exposed port."""
    for key in ("ports", "expose"):
        at = service.get(key)
        for item in at.items() if at else ():
            found = item if item.scalar else item.under("target")
            text = (interpolated(found.text or "") or "") if found else ""
            number = text.partition("/")[0].rpartition(":")[2].partition("-")[0]
            if found and number.isdigit():
                yield Fact(int(number), Evidence(key, service.path, found.value.span))


def _mounts(service: ComposeService) -> Iterator[Mount]:
    for mount in service.mounts:
        at = Evidence("volumes", service.path, mount.span)
        said = mount.at.under("read_only")
        read_only = "ro" in mount.options.split(",") or (said is not None and (said.text or "").lower() == "true")
        yield Mount(mount.kind or "volume", mount.origin, mount.target, not read_only, at)
    for leaf in service.leaves("tmpfs"):
        target = (leaf.text or "").partition(":")[0]
        yield Mount("tmpfs", "", target, writable=True, evidence=Evidence("tmpfs", service.path, leaf.value.span))
    secrets = service.get("secrets")
    for item in secrets.items() if secrets else ():
        said = item if item.scalar else item.under("source")
        if said and said.text and (item.scalar or not item.under("mode")):
            at = Evidence("secrets", service.path, item.value.extent)
            yield Mount("secret", said.text, f"/run/secrets/{said.text}", writable=False, evidence=at)


def _changes(overlay: ComposeService) -> Iterator[Evidence]:
    for key in ("user", "entrypoint", "command"):
        if found := overlay.get(key):
            yield Evidence(f"another file changes the {key}", overlay.path, found.value.span)


def _marks(service: ComposeService) -> Iterator[Evidence]:
    """Settings that only root can use."""
    for key, what in MARKS.items():
        found = service.get(key)
        if found and (found.text or "x").lower() != "false":
            yield Evidence(what, service.path, found.value.span)
    for mount in service.mounts:
        if mount.origin.endswith("docker.sock"):
            yield Evidence("talks to the Docker engine", service.path, mount.span)
    for port in _ports(service):
        if port.value < LOW:
            yield Evidence("listens below port 1024", port.evidence.path, port.evidence.span)


def _compose_probe(service: ComposeService) -> Probe | None:
    check = service.healthcheck
    if check is None or (not check.form and not check.disabled):
        return None
    if check.disabled:
        return Probe("NONE", "", check.evidence("healthcheck"))
    command = " ".join(check.command)
    return Probe(command, tool_of(command), check.evidence("healthcheck"), check.form in {"CMD-SHELL", "string"})
