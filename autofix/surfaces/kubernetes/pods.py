"""What is a pod made of?  Its volumes, its containers, and what each of them is allowed to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from autofix.node import Node
from autofix.surfaces.kubernetes.probes import PROBES, Probe, probe
from autofix.surfaces.kubernetes.reach import items, leaf, leaves, number, said, yes
from autofix.surfaces.yaml import Located, Reached, YamlFile, mapping

Level: TypeAlias = Literal["container", "pod"]

SHARED = frozenset({"runAsNonRoot", "runAsUser", "runAsGroup", "seLinuxOptions", "seccompProfile", "appArmorProfile"})
POD_ONLY = frozenset({"fsGroup", "fsGroupChangePolicy", "supplementalGroups", "supplementalGroupsPolicy", "sysctls"})
CONTAINERS = ("initContainers", "containers")
CLAIM = "persistentVolumeClaim"


@dataclass(frozen=True)
class Setting:
    """A value of a security context that decides; `level` says whose context it stands in."""

    name: str
    at: Located
    level: Level

    @property
    def flag(self) -> bool | None:
        """What a boolean says; None for anything else, a quoted `"true"` included."""
        found = self.at.scalar
        return yes(found.value) if found and found.tag == "bool" else None

    @property
    def number(self) -> int | None:
        """What a decimal number says; None for anything else."""
        found = self.at.scalar
        return number(found.value) if found and found.tag == "int" else None


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
class _Part(Reached, Node):
    """What pods and containers have: `at` is the mapping, `file` the stream it stands in."""

    at: Located
    file: YamlFile = field(repr=False, compare=False)

    @property
    def security(self) -> Located | None:
        """The `securityContext` as it stands, None when there is none or null."""
        return mapping(self.get("securityContext"))

    def _own(self, name: str) -> Located | None:
        """A setting written here; null is as good as not written."""
        return said(self.get("securityContext", name))


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
        return leaf(self.get("image"))

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
        return tuple(_port(item) for item in items(self.get("ports")))

    @property
    def env(self) -> tuple[Variable, ...]:
        """The variables it is given one by one."""
        return tuple(_variable(item) for item in items(self.get("env")))

    @property
    def env_from(self) -> tuple[tuple[str, str], ...]:
        """The sets of variables it is given: `secretRef` or `configMapRef`, and the name."""
        refs = [(key.value, ref.text_of("name")) for item in items(self.get("envFrom")) for key, ref in item.entries()]
        return tuple((kind, name) for kind, name in refs if name)

    @property
    def probes(self) -> tuple[Probe, ...]:
        """The probes there are, liveness first."""
        return tuple(one for name in PROBES if (one := self.probe(name)))

    def probe(self, name: str) -> Probe | None:
        """One probe: `livenessProbe`, `readinessProbe`, `startupProbe`."""
        at = mapping(self.get(name))
        return probe(self.source, self.anchor, name, at) if at else None

    def port_of(self, asked: Located | None) -> int | None:
        """The number of a port given as a number or as the name of one of the container's ports."""
        text = asked.text if asked else None
        named = (port.number for port in self.ports if port.name == text)
        return None if text is None else number(text) if text.isdecimal() else next(named, None)

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
        kinds = {volume.name: volume.kind for volume in self.pod.volumes}
        return tuple(self._mount(item, kinds) for item in items(self.get("volumeMounts")))

    def _mount(self, at: Located, kinds: dict[str, str]) -> Mount:
        name, target, sub_path = (at.text_of(key) for key in ("name", "mountPath", "subPath"))
        read_only = yes(at.text_of("readOnly"))
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
        own = tuple(_volume(item) for item in items(self.get("volumes")))
        return (*own, *(Volume(name, CLAIM, self.at) for name in self.claims))

    def setting(self, name: str) -> Setting | None:
        """What the pod says about `name` for all of its containers."""
        own = self._own(name) if name in SHARED | POD_ONLY else None
        return Setting(name, own, "pod") if own else None

    def flag(self, key: str) -> bool:
        """Whether a key of the pod spec says true: `hostNetwork`, `hostPID`, `shareProcessNamespace`."""
        return yes(self.text_of(key))

    def _containers(self) -> Iterator[Container]:
        for kind in CONTAINERS:
            for position, item in enumerate(items(self.get(kind))):
                if mapping(item):
                    name = item.text_of("name") or ""
                    anchor = f"{self.anchor}/{kind}/{name or position}"
                    yield Container(self.source, item.value.span, anchor, item, self.file, name, kind, self)


def _words(at: Located | None) -> tuple[Located, ...] | None:
    """The leaves of a list that is there."""
    return leaves(at) if said(at) else None


def _port(at: Located) -> Port:
    return Port(at.text_of("name"), number(at.text_of("containerPort")), at.text_of("protocol") or "TCP", at)


def _variable(at: Located) -> Variable:
    origin = at.under("valueFrom")
    kind = next(iter(origin.keys()), "") if origin else ""
    return Variable(at.text_of("name") or "", at.text_of("value"), kind, at)


def _volume(at: Located) -> Volume:
    kind = next((key for key in at.keys() if key != "name"), "")  # noqa: SIM118
    return Volume(at.text_of("name") or "", kind, at)
