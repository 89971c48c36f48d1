"""Which containers do the manifests of a cluster deploy, and what do they say of each?"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.node import Evidence
from autofix.project import Fact, Mount, Probe, Service
from autofix.surfaces.kubernetes.document import Container, KubernetesFile
from autofix.surfaces.yaml import Located

ROOT_ONLY = {"privileged": "is privileged", "hostPID": "shares process ids", "hostNetwork": "uses the host's network"}
LOW = 1024


def services(file: KubernetesFile) -> Iterator[Service]:
    """A service for each container that runs for long; those that only prepare the pod are none."""
    for container in file.containers:
        if not container.init:
            yield _service(container)


def _service(container: Container) -> Service:
    path = container.path
    image = container.image
    user = container.setting("runAsUser")
    nonroot = container.setting("runAsNonRoot")
    modes = {volume.name: volume.at.text_of("secret", "defaultMode") for volume in container.pod.volumes}
    demands = nonroot if nonroot and nonroot.flag and (user is None or user.number is None) else None
    return Service(
        path,
        container.name,
        container.anchor,
        Evidence(f"container {container.name}", path, container.span),
        kind="kubernetes",
        image=Fact(image.text, _at(path, "image", image)) if image and image.text else None,
        user=Fact(str(user.number), _at(path, "runAsUser", user.at)) if user and user.number is not None else None,
        start=tuple(_start(container)),
        ports=tuple(Fact(one.number, _at(path, "ports", one.at)) for one in container.ports if one.number is not None),
        mounts=tuple(
            Mount(
                _kind(one.kind, modes.get(one.name)),
                one.name,
                one.target,
                not one.read_only,
                Evidence("volumeMounts", path, one.span),
            )
            for one in container.mounts
        ),
        environment=tuple((one.name, Fact(one.value, _at(path, one.name, one.at))) for one in container.env),
        probe=_probe(container),
        marks=tuple(_marks(container)),
        demands_number=_at(path, "runAsNonRoot", demands.at) if demands else None,
    )


def _at(path: str, what: str, at: Located) -> Evidence:
    return Evidence(what, path, at.value.span)


def _kind(kind: str, mode: str | None) -> str:
    """The kind of a mount in the words all deployments share: a secret that everybody can read is none."""
    if kind == "secret":
        return "secret" if mode else "configMap"
    return {"persistentVolumeClaim": "claim", "hostPath": "bind"}.get(kind, kind)


def _start(container: Container) -> Iterator[Fact[str]]:
    for what, words in (("entrypoint", container.command), ("command", container.args)):
        if words:
            yield Fact(" ".join(word.text or "" for word in words), _at(container.path, what, words[0]))


def _probe(container: Container) -> Probe | None:
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe := container.probe(name):
            route = probe.route.text if probe.route else None
            words = " ".join(word.text or "" for word in probe.command)
            return Probe(words or f"{probe.handler} {route or ''}".strip(), probe.handler, probe.evidence(name))
    return None


def _marks(container: Container) -> Iterator[Evidence]:
    """Settings that only root can use."""
    for name, what in ROOT_ONLY.items():
        setting = container.setting(name)
        if setting and setting.flag:
            yield _at(container.path, what, setting.at)
        elif container.pod.flag(name) and (found := container.pod.get(name)):
            yield _at(container.path, what, found)
    added = container.get("securityContext", "capabilities", "add")
    if added and added.items():
        yield _at(container.path, "gets capabilities", added)
    for port in container.ports:
        if port.number is not None and port.number < LOW:
            yield _at(container.path, "listens below port 1024", port.at)
