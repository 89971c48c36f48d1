"""What does the image of a service say, that is, the Dockerfile it is built from?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import join, normpath

from autofix.link import packages, users
from autofix.link.names import parent, tool_of
from autofix.project import Build, Fact, Probe, Service
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.files import Files
from autofix.surfaces.dockerfile.tools import tools_of
from autofix.text import Source

SCRIPT = re.compile(r"(?<![\w=$-])(?:\./|/)?[\w./-]*?(?:\.(?:sh|bash)|entrypoint)(?![\w.-])")
PATH = ("", "/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/bin")
MANIFESTS = ("package.json", "pyproject.toml", "requirements.txt", "go.mod", "Cargo.toml", "pom.xml", "Gemfile")


@dataclass(frozen=True)
class Images:
    """What an image is read with beside its Dockerfile."""

    sources: Mapping[str, Source]
    occupied: Collection[str]

    def linked(self, service: Service, build: Build, file: Dockerfile) -> Service:
        """The service with what its image says."""
        stage = file.stages[build.stage]
        lineage = file.lineage(stage)
        start = service.start or tuple(_runs(lineage))
        if service.start and not any(_names(fact, "entrypoint") for fact in service.start):
            start = (*(Fact(words_of(one), one.evidence("ENTRYPOINT")) for one in start_of(lineage) if one.keyword == "ENTRYPOINT"), *start)  # fmt: skip
        folder = self._folder(build, file, lineage)
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
            base=_base(lineage[-1]),
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

    def _folder(self, build: Build, file: Dockerfile, lineage: Sequence[Stage]) -> str:
        """Where the application is: with its Dockerfile if a manifest is there too, else the build context, or the one
        folder with a manifest that is copied from a context without.
        """
        for folder in (parent(build.dockerfile), build.context):
            if self._holds_manifest(folder):
                return folder
        for stages in (lineage, file.stages):
            brought = {folder for stage in stages for folder in self._brought(build.context, stage)}
            if brought:
                return brought.pop() if len(brought) == 1 else build.context
        return build.context

    def _brought(self, context: str, stage: Stage) -> Iterator[str]:
        """The folders with a manifest, of which a stage copies something from the build context."""
        for one in stage.of("COPY", "ADD"):
            for word in one.words[:-1] if one.flag("from") is None else ():
                path = normpath(join(context, word.value.lstrip("/")))
                folder = path if self._holds_manifest(path) else parent(path)
                if folder and folder != "." and self._holds_manifest(folder):
                    yield folder

    def _holds_manifest(self, folder: str) -> bool:
        return any(join(folder, name) in self.occupied for name in MANIFESTS)


def _base(stage: Stage) -> Fact[str] | None:
    """The image a build starts from."""
    return Fact(stage.resolved, stage.image.evidence(f"FROM {stage.image.text}")) if stage.resolved else None


def _names(fact: Fact[str], key: str) -> bool:
    return fact.evidence.what == key


def _runs(lineage: Sequence[Stage]) -> Iterator[Fact[str]]:
    for one in start_of(lineage):
        yield Fact(words_of(one), one.evidence(one.keyword))


def _image_probe(lineage: Sequence[Stage]) -> Probe | None:
    for stage in lineage:
        if one := stage.last("HEALTHCHECK"):
            command = words_of(one) if one.probes else "NONE"
            return Probe(command, tool_of(command) if one.probes else "", one.evidence("HEALTHCHECK"), one.json is None)
    return None


def _image_environment(lineage: Sequence[Stage]) -> Iterator[tuple[str, Fact[str | None]]]:
    for stage in reversed(lineage):
        for one in stage.of("ENV"):
            yield from ((name, _given(one, name, value)) for name, value, _ in one.pairs)


def _given(one: Instruction, name: str, value: str | None) -> Fact[str | None]:
    return Fact(value, one.evidence(f"ENV {name}"))
