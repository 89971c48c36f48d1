"""What do the manifests of a file say?

As the API server sees them within this file: aliases and merges are followed, patches and charts are not applied. A
template has to be refused before: `{{` is YAML as well, and means something else there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from autofix.node import Atom, Document, Node, UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.kubernetes import values
from autofix.surfaces.kubernetes.kustomize import FILES, Kustomization
from autofix.surfaces.kubernetes.network import IngressPath, ServicePort, ingress_paths, service_ports
from autofix.surfaces.kubernetes.pods import Container, Mount, Pod, Port, Setting, Variable, Volume
from autofix.surfaces.kubernetes.probes import Probe
from autofix.surfaces.kubernetes.reach import items, pairs, said
from autofix.surfaces.kubernetes.values import ValuesFile
from autofix.surfaces.yaml import Located, Reached, YamlFile, mapping
from autofix.text import Source, Span

__all__ = ["Container", "IngressPath", "KubernetesFile", "Kustomization", "Manifest", "Mount", "Pod", "Port", "Probe",
           "ServicePort", "Setting", "ValuesFile", "Variable", "Volume", "looks_like", "parse"]  # fmt: skip

_TEMPLATE = ("spec", "template")
TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "Rollout"),
                    _TEMPLATE),
}  # fmt: skip
"""Where the pod of each kind of workload stands."""

_API = re.compile(r"(?m)^\ufeff?(['\"]?)apiVersion\1[ \t]*:")
_KIND = re.compile(r"(?m)^\ufeff?(['\"]?)kind\1[ \t]*:")


def looks_like(text: str) -> bool:
    """Whether the text is worth parsing: one line starts with `apiVersion:` and one with `kind:`."""
    return bool(_API.search(text) and _KIND.search(text))


@dataclass(frozen=True)
class Manifest(Reached, Node):
    """One object: `span` from its first key to its last leaf. `name` is None where it has none (a patch, a generated
    name), `document` the number of its document in the stream, from 0.
    """

    api: str
    kind: str
    name: str | None
    namespace: str | None
    document: int
    at: Located
    file: YamlFile = field(repr=False, compare=False)

    @property
    def workload(self) -> bool:
        """Whether it is a kind of object that runs containers."""
        return self.kind in TEMPLATES

    @property
    def pod(self) -> Pod | None:
        """The pod of a workload, None for other kinds and where the file does not hold it."""
        route = TEMPLATES.get(self.kind)
        at = None if route is None else mapping(self.get(*route, "spec"))
        if route is None or at is None:
            return None
        claims = items(self.get("spec", "volumeClaimTemplates")) if self.kind == "StatefulSet" else ()
        return Pod(
            self.source,
            at.value.span,
            f"{self.anchor}/pod",
            at,
            self.file,
            pairs(self.get(*route, "metadata", "labels")),
            tuple(name for claim in claims if (name := claim.text_of("metadata", "name"))),
        )

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers of its pod."""
        return self.pod.containers if self.pod else ()

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Its own labels; those of the pods it makes are the pod's."""
        return pairs(self.get("metadata", "labels"))

    @property
    def selector(self) -> tuple[tuple[str, str], ...]:
        """The labels of the pods it is about: of a Service or of a workload (`matchLabels`)."""
        return pairs(self.get("spec", "selector", "matchLabels") or self.get("spec", "selector"))

    @property
    def ports(self) -> tuple[ServicePort, ...]:
        """The ports of a Service; none of any other kind."""
        return service_ports(self.get("spec")) if (self.api, self.kind) == ("v1", "Service") else ()

    @property
    def paths(self) -> tuple[IngressPath, ...]:
        """The paths of an Ingress; none of any other kind."""
        return ingress_paths(self.get("spec")) if self.kind == "Ingress" else ()

    @property
    def kustomization(self) -> Kustomization | None:
        """What it says as a kustomization; None for any other kind."""
        own = not self.api or self.api.startswith("kustomize.config.k8s.io/")  # others have such kinds as well
        return Kustomization(self.at) if self.kind in {"Kustomization", "Component"} and own else None


@dataclass(frozen=True)
class KubernetesFile(Document):
    """A file of manifests, those of a `List` one by one, in the order of the file."""

    yaml: YamlFile = field(repr=False)
    manifests: tuple[Manifest, ...] = field(repr=False)

    @property
    def workloads(self) -> tuple[Manifest, ...]:
        """The manifests that hold a pod."""
        return tuple(manifest for manifest in self.manifests if manifest.pod)

    @property
    def containers(self) -> tuple[Container, ...]:
        """The containers of all manifests."""
        return tuple(container for manifest in self.manifests for container in manifest.containers)

    def manifest(self, kind: str, name: str) -> Manifest | None:
        """The first manifest of that kind and name."""
        return next((one for one in self.manifests if (one.kind, one.name) == (kind, name)), None)

    def atoms(self) -> Sequence[Atom]:
        """The leaves of the file."""
        return self.yaml.atoms()

    def comments(self) -> Sequence[Span]:
        """The comments of the file."""
        return self.yaml.comments()

    def scopes(self) -> Sequence[Span]:
        """Each manifest, and each container from its first key to its last leaf."""
        return (*(one.span for one in self.manifests), *(one.span for one in self.containers))


def parse(source: Source) -> KubernetesFile | ValuesFile:
    """The file as manifests; a file called `values` without any of them as the values of a chart.

    Raises UnreadableError unless every document of it is empty or an object with `apiVersion` and `kind`. A file named
    as a kustomization may leave both out.
    """
    if values.named(source.path) and not looks_like(source.text):
        return values.parse(source)
    return manifests_of(yaml.parse(source))


def manifests_of(file: YamlFile) -> KubernetesFile:
    """The manifests of a YAML stream. Raises UnreadableError."""
    found: list[Manifest] = []
    for number in range(len(file.documents)):
        found += _manifests(file, number)
    if not found:
        raise UnreadableError("not a manifest")
    return KubernetesFile(file.source, file, tuple(_told_apart(found)))


def _manifests(file: YamlFile, number: int) -> Iterator[Manifest]:
    root = file.document(number)
    if root is None or said(root) is None:
        return
    default = "Kustomization" if PurePosixPath(file.path).name in FILES else ""
    manifest = _manifest(file, number, root, default)
    listed = root.under("items") if manifest.kind.endswith("List") and manifest.name is None else None
    if listed is None:
        yield manifest
        return
    for item in listed.items():
        yield _manifest(file, number, item, manifest.kind.removesuffix("List"))


def _manifest(file: YamlFile, number: int, at: Located, default: str) -> Manifest:
    api, kind = at.text_of("apiVersion"), at.text_of("kind")
    if not mapping(at) or not (default or (api and kind)):
        raise UnreadableError("not a manifest", at.value.span.start)
    kind = kind or default
    name, namespace = at.text_of("metadata", "name"), at.text_of("metadata", "namespace")
    anchor = "/".join(part for part in (kind, namespace, name) if part)
    return Manifest(file.source, at.value.span, anchor, api or "", kind, name, namespace, number, at, file)


def _told_apart(manifests: Sequence[Manifest]) -> Iterator[Manifest]:
    """The second manifest of one name is `#2`: anchors name one node each."""
    seen = Counter[str]()
    for manifest in manifests:
        seen[manifest.anchor] += 1
        number = seen[manifest.anchor]
        yield manifest if number == 1 else replace(manifest, anchor=f"{manifest.anchor}#{number}")
