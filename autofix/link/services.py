"""Which services does the repository deploy, and what is known of each?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import join

from autofix.link import manifests, packages, users
from autofix.link.builds import Builds
from autofix.link.names import below, interpolated, parent
from autofix.node import Document, Evidence
from autofix.project import Build, Fact, Mount, Probe, Service, Tools
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.files import Files
from autofix.surfaces.dockerfile.images import split
from autofix.surfaces.dockerfile.tools import tools_of, tools_of_image
from autofix.surfaces.kubernetes.document import KubernetesFile
from autofix.text import Source

TOOLS = re.compile(
    r"(?<![\w./-])(?:/\S*/)?(curl|wget|nc|cub|node|python3?|pg_isready|redis-cli|mysqladmin|healthcheck\.sh|mongosh?|mongo"
    r"|kafka[\w-]*(?:\.sh)?|rabbitmq-diagnostics|rabbitmqctl|php|ruby|bash|sh|grpc_health_probe|nginx|test)(?![\w-])"
)
SCRIPT = re.compile(r"(?<![\w=$-])(?:\./|/)?[\w./-]*?(?:\.(?:sh|bash)|entrypoint)(?![\w.-])")
MARKS = {
    "privileged": "is privileged",
    "cap_add": "gets capabilities",
    "devices": "gets devices",
    "pid": "shares process ids",
    "userns_mode": "sets a user namespace",
    "volumes_from": "gets the volumes of another service",
}
DEVELOPMENT = re.compile(
    r"(?:^|[-_])(?:dev|devel|develop|development|local|debug|tests?|testing|ci|watch|hot)(?:$|[-_])"
)
LOW = 1024
PATH = ("", "/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/bin")


@dataclass(frozen=True)
class Linker:
    """Everything a service is linked with."""

    documents: Mapping[str, Document]
    sources: Mapping[str, Source]
    occupied: Collection[str]

    def services(self) -> tuple[Service, ...]:
        """What compose files and manifests deploy, then the images that nothing here deploys."""
        builds = Builds(self.documents)
        deployed = tuple(self._deployed(builds))
        return (*deployed, *(self._image(build) for build in self._images(builds, deployed)))

    def _images(self, builds: Builds, deployed: Sequence[Service]) -> Iterator[Build]:
        """The stages that workflows push and the last stages, as far as no service runs them.

        The last stage is not meant where a service or a workflow takes another one that is not for development.
        """
        taken = {(one.build.dockerfile, one.build.stage) for one in deployed if one.build}
        for path, file in self.documents.items():
            if not isinstance(file, Dockerfile):
                continue
            pushed = [one for one in builds.pushed if one.dockerfile == path]
            yield from (one for one in pushed if (path, one.stage) not in taken)
            chosen = {stage for known, stage in taken if known == path} | {one.stage for one in pushed}
            last = file.stages[-1]
            if last.index not in chosen and all(DEVELOPMENT.search(file.stages[one].name or "") for one in chosen):
                where = last.instructions[0].evidence("the last stage")
                yield Build(path, last.index, builds.context(path, parent(path)), (where,))

    def _image(self, build: Build) -> Service:
        """A stage of a Dockerfile, as an image that may be deployed from anywhere."""
        file = self.documents[build.dockerfile]
        assert isinstance(file, Dockerfile)
        stage = file.stages[build.stage]
        name = parent(build.dockerfile).rpartition("/")[2] or "image"
        where = stage.instructions[0].evidence(build.evidence[0].what)
        service = Service(build.dockerfile, name, stage.anchor, where, kind="image")
        return self._linked(service, build)

    def _deployed(self, builds: Builds) -> Iterator[Service]:
        """Services of compose files, those of overlays only where they say more than a change; containers of manifests."""
        for document in self.documents.values():
            if isinstance(document, ComposeFile):
                for service in document.services:
                    if not service.overlay:
                        yield self._linked(self._composed(service), builds.of_service(service))
            elif isinstance(document, KubernetesFile):
                for pod in manifests.services(document):
                    yield self._linked(pod, builds.of_image(pod.image.value, pod.name) if pod.image else None)

    def _composed(self, service: ComposeService) -> Service:
        """What the compose file says."""
        at = Evidence(f"service {service.name}", service.path, service.key)
        folder = parent(service.path)
        overlays = tuple(self._overlays(service))
        said = (service, *overlays)
        files = (below(folder, interpolated(leaf.text or "") or "/") for leaf in service.env_files)
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
            env_files=tuple(path for path in files if path),
            probe=_compose_probe(service),
            marks=tuple(mark for one in said for mark in _marks(one)),
            changes=tuple(change for one in overlays for change in _changes(one)),
            aliases=tuple(_aliases(service)),
        )

    def _overlays(self, service: ComposeService) -> Iterator[ComposeService]:
        """What other files of its folder, or of one above or below, change about a service."""
        here = f"{parent(service.path)}/".lstrip("/")
        for file in self.documents.values():
            there = f"{parent(file.path)}/".lstrip("/")
            if isinstance(file, ComposeFile) and (here.startswith(there) or there.startswith(here)):
                other = file.service(service.name)
                if other and other.overlay and file.path != service.path:
                    yield other

    def _linked(self, service: Service, build: Build | None) -> Service:
        """The service with what its image says."""
        file = self.documents.get(build.dockerfile) if build else None
        if build is None or not isinstance(file, Dockerfile):
            return replace(service, runs_as=users.effective(service.user, None, None), tools=_tools(service))
        stage = file.stages[build.stage]
        lineage = file.lineage(stage)
        start = service.start or tuple(_runs(lineage))
        if service.start and not any(_names(fact, "entrypoint") for fact in service.start):
            start = (*(Fact(words_of(one), one.evidence("ENTRYPOINT")) for one in start_of(lineage) if one.keyword == "ENTRYPOINT"), *start)  # fmt: skip
        folder = self._folder(build)
        start += tuple(found for fact in start for found in packages.scripts(self.sources, folder, fact.value))
        exposed = tuple(
            Fact(int(number), one.evidence("EXPOSE"))
            for level in lineage
            for one in level.of("EXPOSE")
            for word in one.words
            if (number := word.value.partition("/")[0]).isdigit()
        )
        return replace(
            service,
            build=build,
            runs_as=users.effective(service.user, file, build),
            start=start,
            scripts=tuple(self._scripts(file, build, start)),
            ports=service.ports or exposed,
            environment=(*_image_environment(lineage), *service.environment),
            probe=service.probe or _image_probe(lineage),
            folder=folder,
            tools=tools_of(file, stage),
        )

    def _scripts(self, file: Dockerfile, build: Build, start: Sequence[Fact[str]]) -> Iterator[str]:
        """The repository's scripts that the start runs."""
        files = Files(file, build, self.occupied)
        for fact in start:
            for match in SCRIPT.finditer(fact.value):
                places = (
                    (match.group(),) if "/" in match.group() else tuple(join(folder, match.group()) for folder in PATH)
                )
                if found := next(filter(None, map(files.at, places)), None):
                    yield found

    def _folder(self, build: Build) -> str:
        """Where the application is: with its Dockerfile if a manifest is there too, else the build context."""
        beside = parent(build.dockerfile)
        manifests = ("package.json", "pyproject.toml", "requirements.txt", "go.mod", "Cargo.toml", "pom.xml", "Gemfile")
        return beside if any(join(beside, name) in self.occupied for name in manifests) else build.context


def _aliases(service: ComposeService) -> Iterator[str]:
    """Other names the service has on its networks."""
    for key in ("container_name", "hostname"):
        if text := _filled(service.text_of(key)):
            yield text
    networks = service.get("networks")
    for _, network in networks.entries() if networks else ():
        aliases = network.under("aliases")
        yield from aliases.texts() if aliases else ()


def _tools(service: Service) -> Tools:
    """What the programs of an image are that nothing here builds."""
    return tools_of_image(split(service.image.value), service.image.evidence) if service.image else Tools()


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


def _names(fact: Fact[str], key: str) -> bool:
    return fact.evidence.what == key


def _runs(lineage: Sequence[Stage]) -> Iterator[Fact[str]]:
    for one in start_of(lineage):
        yield Fact(words_of(one), one.evidence(one.keyword))


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
    return Probe(command, tool_of(command), check.evidence("healthcheck"))


def _image_probe(lineage: Sequence[Stage]) -> Probe | None:
    for stage in lineage:
        if one := stage.last("HEALTHCHECK"):
            command = words_of(one) if one.probes else "NONE"
            return Probe(command, tool_of(command) if one.probes else "", one.evidence("HEALTHCHECK"))
    return None


def tool_of(command: str) -> str:
    """The program a probe asks with, empty when it is none that is known."""
    found = TOOLS.search(command)
    return found[1] if found else ""


def _image_environment(lineage: Sequence[Stage]) -> Iterator[tuple[str, Fact[str | None]]]:
    for stage in reversed(lineage):
        for one in stage.of("ENV"):
            yield from ((name, _given(one, name, value)) for name, value, _ in one.pairs)


def _given(one: Instruction, name: str, value: str | None) -> Fact[str | None]:
    return Fact(value, one.evidence(f"ENV {name}"))
