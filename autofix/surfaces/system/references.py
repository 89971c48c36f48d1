"""Who asks for a health path, in the files around the applications?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.node import Document, Evidence
from autofix.project import Project, Service
from autofix.surfaces.app import ENDINGS
from autofix.surfaces.app.literals import Text
from autofix.surfaces.compose.document import ComposeFile
from autofix.surfaces.dockerfile.document import Dockerfile
from autofix.surfaces.editable import why_uneditable
from autofix.surfaces.kubernetes.document import Container, KubernetesFile, Probe
from autofix.surfaces.nginx.document import NginxFile
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.system.applications import App
from autofix.surfaces.system.hosts import Network, Reached
from autofix.surfaces.system.spelling import Asked, asked
from autofix.surfaces.workflow.document import WorkflowFile
from autofix.text import Source, Span

PROSE = (".md", ".rst", ".txt", ".adoc", ".mdx")
TAG = re.compile(r":(?P<tag>[^/:@]+)(?:@.*)?$")
FLOATING = frozenset({"latest", "main", "master", "dev", "develop", "edge", "stable"})
SETTING = re.compile(
    r"(?:export\s+|ENV\s+|-\s+)?[\"']?[A-Z][A-Z0-9_]+[\"']?\s*[:= ]\s*[\"']?(?:[^\s\"']*,)?[^\s\"']*/$"
)
OPTION = re.compile(r"(?:\bpath['\"]?\s*[:=]\s*['\"]?|\bGET\s+)$")


@dataclass(frozen=True)
class Reference:
    """A place that names a health path. `kind` is `check` (of a container), `path` (what else asks), `prose` or
    `foreign` (nothing of ours is meant). Without `reached` nobody can tell which application it asks.

    `built` says that the file that asks is built, or deployed, together with the application; `shut` why it may not be
    edited. In source, `kind` is `key` where something is decided by the path, and `part` is the string; `test` says that
    the file only tries the application.
    """

    source: Source
    kind: str
    asked: Asked
    reached: Reached | None = None
    built: bool = False
    shut: str = ""
    anchor: str = ""
    part: Text | None = None
    test: bool = False

    @property
    def evidence(self) -> Evidence:
        """The place, and what stands there."""
        verbs = {"prose": "prose names", "foreign": "another program answers", "key": "something is decided by"}
        said = f"{self.shut} names" if self.shut else verbs.get(self.kind, "asks")
        return Evidence(f"{said} {self.asked.path}", self.source.path, self.asked.word)


def references(project: Project, apps: tuple[App, ...]) -> Iterator[Reference]:
    """Every place outside of the source of applications that names a usual health path."""
    network = Network(project, apps)
    for path, source in project.sources.items():
        if not path.endswith(ENDINGS) and "health" in source.text:
            document = project.documents.get(path)
            remarks = document.comments() if document else ()
            for one in _of(network, source, document):
                prose = any(remark.contains(one.asked.word) for remark in remarks)
                yield replace(one, kind="prose") if prose else one


def _of(network: Network, source: Source, document: Document | None) -> Iterator[Reference]:
    if isinstance(document, Dockerfile):
        yield from _of_image(network, document)
    elif isinstance(document, ComposeFile):
        yield from _of_compose(network, document)
    elif isinstance(document, KubernetesFile):
        yield from _of_cluster(network, document)
    elif isinstance(document, NginxFile):
        yield from _of_proxy(network, document)
    else:
        read = isinstance(document, (ShellScript, WorkflowFile))
        yield from _elsewhere(network, source, () if read else None)


def _elsewhere(network: Network, source: Source, known: tuple[Span, ...] | None) -> Iterator[Reference]:
    """What a text names outside of the parts that were read; None says that the file is not read at all."""
    shut = "" if known is not None and not why_uneditable(source) else "a file that is not edited here"
    for one in asked(source.text):
        if any(span.contains(one.word) for span in known or ()):
            continue
        if source.path.lower().endswith(PROSE):
            yield Reference(source, "prose", one)
        elif network.foreign(one):
            yield Reference(source, "foreign", one)
        elif one.host is None and SETTING.search(
            source.text, source.line_span(source.line_of(one.word.start)).start, one.word.start
        ):
            yield Reference(source, "key", one, network.reached(one), shut=shut)
        else:
            yield Reference(source, "path", one, network.reached(one), shut=shut)


def _of_image(network: Network, file: Dockerfile) -> Iterator[Reference]:
    known: list[Span] = []
    for stage in file.stages:
        services = network.project.built_from(file.path, stage.index)
        later = [one for other in file.stages for one in network.project.built_from(file.path, other.index)
                 if stage in file.lineage(other)]  # fmt: skip
        app = next((found for one in (*services, *later) if (found := network.of(one))), None)
        for check in stage.of("HEALTHCHECK"):
            known.append(check.span)
            yield from _check(network, file.source, _Check(check.span, app, check.anchor, built=True))
    yield from _elsewhere(network, file.source, tuple(known))


@dataclass(frozen=True)
class _Check:
    """A check of a container: where its command stands, and what is known of who runs it."""

    span: Span
    app: App | None
    anchor: str
    built: bool
    shut: str = ""


def _check(network: Network, source: Source, check: _Check) -> Iterator[Reference]:
    """What a command asks that looks whether its own container is well; a file called like a path is none."""
    app = check.app
    for one in asked(source.text, *check.span):
        if one.host is None and not OPTION.search(source.text[max(0, one.span.start - 30) : one.span.start]):
            continue
        reached = network.reached(one, app)
        kind = "check" if app and reached and reached.app is app else "path"
        if app is None and one.host is not None:
            kind = "foreign"
        port = int(one.port) if one.port.isdigit() else None
        if app and app.port and port and port != app.port and kind == "check":
            kind = "foreign"  # another listener of the same container
        yield Reference(
            source, kind, one, reached if kind != "foreign" else None, check.built, check.shut, check.anchor
        )


def _of_compose(network: Network, file: ComposeFile) -> Iterator[Reference]:
    known: list[Span] = []
    for one in file.services:
        check = one.healthcheck
        if check is None or not check.words:
            continue
        service = _composed(network.project, file.path, one.name)
        app = network.of(service) if service else None
        own = one.build is not None or (one.overlay and service is not None and bool(service.build))
        shut = "" if own or not service or not pinned(service) else "a service with a pinned image"
        for word in check.words:
            if not word.via_alias:
                known.append(word.value.span)
                anchor = f"{check.anchor}.path"
                yield from _check(network, file.source, _Check(word.value.span, app, anchor, own, shut))
    for ref in _elsewhere(network, file.source, tuple(known)):
        holder = next((one for one in file.services if one.span.contains(ref.asked.word)), None)
        service = _composed(network.project, file.path, holder.name) if holder else None
        if ref.kind != "key" or service is None:
            yield ref
        elif app := network.of(service):
            yield replace(ref, reached=Reached(app, ref.asked.path))


def _composed(project: Project, path: str, name: str) -> Service | None:
    """The service of a compose file, or the one of another file that it changes."""
    named = [one for one in project.services if one.kind == "compose" and one.name == name]
    return next((one for one in named if one.path == path), named[0] if named else None)


def _of_cluster(network: Network, file: KubernetesFile) -> Iterator[Reference]:
    known: list[Span] = []
    for container in file.containers:
        service = next(
            (s for s in network.project.services if (s.path, s.anchor) == (file.path, container.anchor)), None
        )
        shut = "a manifest with a pinned image" if service and pinned(service) else ""
        for probe in container.probes:
            for leaf in (probe.route, *probe.command):
                if leaf and not leaf.via_alias:
                    known.append(leaf.value.span)
                    own = network.of(service) if service and probe.handler == "httpGet" else None
                    for one in asked(file.source.text, *leaf.value.span):
                        yield _probed(network, container, probe, one, own, shut)
    yield from _elsewhere(network, file.source, tuple(known))


def _probed(network: Network, container: Container, probe: Probe, one: Asked, own: App | None, shut: str) -> Reference:
    """What one probe asks: its own container, at the port the application listens on, or somebody else."""
    port = container.port_of(probe.port) if own else None
    if own and own.port and port and port != own.port:
        own = None
    reached = Reached(own, one.path) if own else network.reached(one) if one.host else None
    return Reference(container.source, "check" if reached else "foreign", one, reached, False, shut, probe.anchor)


def pinned(service: Service) -> bool:
    """Whether the image is one that was built before: it has a tag that stands still, or a digest."""
    image = service.image.value if service.image else ""
    tag = TAG.search(image)
    return "@" in image or (tag is not None and tag["tag"] not in FLOATING and "$" not in tag["tag"])


def _of_proxy(network: Network, file: NginxFile) -> Iterator[Reference]:
    """Paths of locations that hand the request on as it is, and addresses with a path of their own."""
    ways = [one for one in network.project.proxied if one.evidence.path == file.path]
    for one in asked(file.source.text):
        way = next((w for w in ways if w.evidence.span and w.evidence.span.contains(one.word)), None)
        apps = [app for app in network.apps if way and {s.id for s in app.services} & set(way.services)]
        passed = way is not None and way.target.span is not None and way.target.span.contains(one.word)
        if way is None or len(apps) != 1:
            yield Reference(file.source, "foreign" if way is None else "path", one)
        elif passed:
            yield Reference(file.source, "path", one, Reached(apps[0], one.path))
        else:
            whole = way.uri is None and not way.rewritten and way.modifier in ("", "=", "^~")
            reached = Reached(apps[0], one.path) if whole else None
            yield Reference(file.source, "path" if way.uri is None else "foreign", one, reached)
