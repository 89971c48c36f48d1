"""What is a pod made of?  Its volumes, its containers, and what each of them is allowed to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from autofix.node import Node
from autofix.surfaces.kubernetes.probes import PROBES, Probe, probe
from autofix.surfaces.yaml import Located, Mapping, YamlFile

Level: TypeAlias = Literal["container", "pod"]

SHARED = frozenset({"runAsNonRoot", "runAsUser", "runAsGroup", "seLinuxOptions", "seccompProfile", "appArmorProfile"})
POD_ONLY = frozenset({"fsGroup", "fsGroupChangePolicy", "supplementalGroups", "supplementalGroupsPolicy", "sysctls"})
CONTAINERS = ("initContainers", "containers")
CLAIM = "persistentVolumeClaim"

_TRUE = re.compile(r"y|yes|true|on", re.IGNORECASE)
_NUMBER = re.compile(r"0|[1-9]\d*")


@dataclass(frozen=True)
class Setting:
    """A value of a security context that decides; `level` says whose context it stands in."""

    name: str
    at: Located
    level: Level

    @property
    def flag(self) -> bool | None:
        """What a boolean says; None for anything else, a quoted `"true"` included."""
        leaf = self.at.scalar
        return bool(_TRUE.fullmatch(leaf.value)) if leaf and leaf.tag == "bool" else None

    @property
    def number(self) -> int | None:
        """What a decimal number says; None for anything else."""
        leaf = self.at.scalar
        return int(leaf.value) if leaf and leaf.tag == "int" and _NUMBER.fullmatch(leaf.value) else None


@dataclass(frozen=True)
class Port:
    """A port of a container; `number` is None where it is no number."""

    name: str | None
    number: int | None
    protocol: str
    at: Located


@dataclass(frozen=True)
class Variable:
    """One entry of `env`. `value` is None when it comes from elsewhere: then `origin` names the kind of place
    (`secretKeyRef`, `configMapKeyRef`, `fieldRef`, `resourceFieldRef`) and is empty when nothing is given.
    """

    name: str
    value: str | None
    origin: str
    at: Located


@dataclass(frozen=True)
class Volume:
    """A volume of a pod. `kind` is the key that says what it is: `emptyDir`, `persistentVolumeClaim`, `configMap`,
    `secret`, `hostPath`, `projected`… and empty where none is given.
    """

    name: str
    kind: str
    at: Located


@dataclass(frozen=True)
class Mount(Node):
    """A volume in a container. `kind` is the volume's, empty for a volume the pod does not have in this file."""

    name: str
    target: str
    kind: str
    read_only: bool
    sub_path: str | None
    at: Located


@dataclass(frozen=True)
class _Part(Node):
    """What pods and containers have: `at` is the mapping, `file` the stream it stands in."""

    at: Located
    file: YamlFile = field(repr=False, compare=False)

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions."""
        return self.at.get(*route)

    def text_of(self, *route: str | int) -> str | None:
        """What the leaf at the route says, None when there is no leaf or null."""
        found = self.get(*route)
        return found.text if found else None

    @property
    def security(self) -> Located | None:
        """The `securityContext` as it stands, None when there is none or null."""
        found = self.get("securityContext")
        return found if found and isinstance(found.value, Mapping) else None

    def _own(self, name: str) -> Located | None:
        """A setting written here; null is as good as not written."""
        found = self.get("securityContext", name)
        return None if found is None or (found.scalar and found.text is None) else found


@dataclass(frozen=True)
class Container(_Part):
    """A container: `span` from its first key to its last leaf. `kind` is the list it stands in, `name` empty where
    a patch gives none. `pod` is the pod around it.
    """

    name: str
    kind: str
    pod: Pod = field(repr=False)

    @property
    def init(self) -> bool:
        """Whether it runs before the others."""
        return self.kind == "initContainers"

    @property
    def image(self) -> Located | None:
        """The leaf that names the image."""
        return _leaf(self.get("image"))

    @property
    def command(self) -> tuple[Located, ...] | None:
        """The words that replace the image's entrypoint, None when it stays."""
        return _words(self.get("command"))

    @property
    def args(self) -> tuple[Located, ...] | None:
        """The words that replace the image's command, None when it stays."""
        return _words(self.get("args"))

    @property
    def ports(self) -> tuple[Port, ...]:
        """The ports it names. Kubernetes does not open or close any because of them."""
        at = self.get("ports")
        return tuple(_port(item) for item in at.items()) if at else ()

    @property
    def env(self) -> tuple[Variable, ...]:
        """The variables it is given one by one."""
        at = self.get("env")
        return tuple(_variable(item) for item in at.items()) if at else ()

    @property
    def env_from(self) -> tuple[tuple[str, str], ...]:
        """The sets of variables it is given: `secretRef` or `configMapRef`, and the name."""
        at = self.get("envFrom")
        refs = [(key.value, ref.get("name")) for item in (at.items() if at else ()) for key, ref in item.entries()]
        return tuple((kind, name.text) for kind, name in refs if name and name.text is not None)

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes there are, liveness first."""
        return tuple(one for name in PROBES if (one := self.probe(name)))

    def probe(self, name: str) -> Probe | None:
        """One probe: `livenessProbe`, `readinessProbe`, `startupProbe`."""
        at = self.get(name)
        return probe(self.source, self.anchor, name, at) if at and isinstance(at.value, Mapping) else None

    def port_of(self, asked: Located | None) -> int | None:
        """The number of a port given as a number or as the name of one of the container's ports."""
        text = asked.text if asked else None
        if text is None or _NUMBER.fullmatch(text):
            return int(text) if text else None
        return next((port.number for port in self.ports if port.name == text), None)

    def setting(self, name: str) -> Setting | None:
        """What decides about `name`: the container's value, or the pod's where the pod may give one.

        A pod's `allowPrivilegeEscalation` and a container's `fsGroup` mean nothing and are not answered.
        """
        own = self._own(name) if name not in POD_ONLY else None
        if own:
            return Setting(name, own, "container")
        return self.pod.setting(name) if name in SHARED | POD_ONLY else None

    @property
    def mounts(self) -> tuple[Mount, ...]:
        """The volumes it sees."""
        at = self.get("volumeMounts")
        kinds = {volume.name: volume.kind for volume in self.pod.volumes}
        return tuple(self._mount(item, kinds) for item in at.items()) if at else ()

    def _mount(self, at: Located, kinds: dict[str, str]) -> Mount:
        name, target, sub_path = (_text(at, key) for key in ("name", "mountPath", "subPath"))
        read_only = bool(_TRUE.fullmatch(_text(at, "readOnly") or ""))
        anchor = f"{self.anchor}/volumeMounts/{target}"
        kind = kinds.get(name or "", "")
        return Mount(self.source, at.value.span, anchor, name or "", target or "", kind, read_only, sub_path, at)


@dataclass(frozen=True)
class Pod(_Part):
    """What a workload runs: `span` is its pod spec. `claims` are the names of a StatefulSet's claim templates."""

    labels: tuple[tuple[str, str], ...] = ()
    claims: tuple[str, ...] = ()

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers, those that run before the others first."""
        return tuple(self._containers())

    def container(self, name: str) -> Container | None:
        """The container of that name."""
        return next((one for one in self.containers if one.name == name), None)

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """The volumes, claim templates included."""
        at = self.get("volumes")
        own = tuple(_volume(item) for item in at.items()) if at else ()
        return (*own, *(Volume(name, CLAIM, self.at) for name in self.claims))

    def setting(self, name: str) -> Setting | None:
        """What the pod says about `name` for all of its containers."""
        own = self._own(name) if name in SHARED | POD_ONLY else None
        return Setting(name, own, "pod") if own else None

    def flag(self, key: str) -> bool:
        """Whether a key of the pod spec says true: `hostNetwork`, `hostPID`, `shareProcessNamespace`."""
        return bool(_TRUE.fullmatch(self.text_of(key) or ""))

    def _containers(self) -> Iterator[Container]:
        for kind in CONTAINERS:
            at = self.get(kind)
            for number, item in enumerate(at.items() if at else ()):
                if isinstance(item.value, Mapping):
                    name = _text(item, "name") or ""
                    anchor = f"{self.anchor}/{kind}/{name or number}"
                    yield Container(self.source, item.value.span, anchor, item, self.file, name, kind, self)


def labels(at: Located | None) -> tuple[tuple[str, str], ...]:
    """Names and values of labels, selectors and annotations."""
    return tuple((key.value, value.text or "") for key, value in at.entries() if value.scalar) if at else ()


def _leaf(at: Located | None) -> Located | None:
    return at if at and at.text is not None else None


def _text(at: Located, key: str) -> str | None:
    found = at.under(key)
    return found.text if found else None


def _words(at: Located | None) -> tuple[Located, ...] | None:
    if at is None or (at.scalar and at.text is None):
        return None
    return tuple(item for item in at.items() if item.scalar)


def _port(at: Located) -> Port:
    number = _text(at, "containerPort") or ""
    value = int(number) if _NUMBER.fullmatch(number) else None
    return Port(_text(at, "name"), value, _text(at, "protocol") or "TCP", at)


def _variable(at: Located) -> Variable:
    origin = at.under("valueFrom")
    kind = next(iter(origin.keys()), "") if origin else ""
    return Variable(_text(at, "name") or "", _text(at, "value"), kind, at)


def _volume(at: Located) -> Volume:
    kind = next((key for key in at.keys() if key != "name"), "")  # noqa: SIM118
    return Volume(_text(at, "name") or "", kind, at)
