"""Which stage of which Dockerfile is a deployed image made of?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from posixpath import join, normpath
from typing import TYPE_CHECKING

from autofix.link.kinds import is_compose, is_dockerfile, is_workflow
from autofix.link.names import below, image_name, interpolated, parent
from autofix.node import Document, Evidence
from autofix.project import Build

if TYPE_CHECKING:
    from autofix.surfaces.compose.document import ComposeService
    from autofix.surfaces.workflow.actions import ImageBuild
    from autofix.surfaces.workflow.document import WorkflowFile
    from autofix.surfaces.workflow.jobs import Job

OWN = re.compile(r"[/$]")
EXPRESSION = re.compile(r"\$\{\{.*?\}\}")
MANIFEST = re.compile(
    r"(?:^|/)(?:package\.json|pyproject\.toml|requirements\.txt|setup\.py|Pipfile|go\.mod|Cargo\.toml|pom\.xml|Gemfile"
    r"|build\.gradle(?:\.kts)?|composer\.json|mix\.exs|[^/]+\.(?:csproj|fsproj|sln))$"
)
FOLDERS = ("apps/{}", "services/{}", "packages/{}", "{}", "src/{}", "docker/{}", "backend/{}", "cmd/{}")


@dataclass(frozen=True)
class Builds:
    """All that the documents say about how images are built."""

    documents: Mapping[str, Document]
    occupied: Collection[str] = ()

    def of_service(self, service: ComposeService) -> Build | None:
        """The build of a compose service: its own, that of the one it extends, else the one its image name leads to."""
        return self._own(service, ()) or (self.of_image(service.image, service.name) if service.image else None)

    def of_image(self, reference: str, service: str = "") -> Build | None:
        """The build an image name leads to: another compose file, a workflow, or a folder of that name."""
        name = image_name(interpolated(reference) or reference) or service
        if not name:
            return None
        if (said := self._said.get(name)) and _of_others(reference, said):
            return None
        if found := self._by_image.get(name) or self._by_workflow.get(name):
            return found
        if not OWN.search(reference):
            return None  # an official image, which may share its name with a folder
        return self._by_folder(name) or self._by_service.get(name)

    def _own(self, service: ComposeService, seen: tuple[str, ...]) -> Build | None:
        if service.build:
            return self._built(service)
        extended = service.extends
        if extended is None or service.anchor in seen:
            return None
        name, path = extended
        base = self.documents.get(below(parent(service.path), path) or "") if path else self.documents[service.path]
        other = base.service(name) if is_compose(base) else None
        return self._own(other, (*seen, service.anchor)) if other else None

    def _built(self, service: ComposeService) -> Build | None:
        build = service.build
        assert build is not None
        context = below(parent(service.path), interpolated(build.context or ".") or "://")
        named = interpolated(build.dockerfile or "Dockerfile")
        if context is None or named is None:
            return None
        path = below(context, named)
        stage = self.stage(path, interpolated(build.target) if build.target else None)
        if path is None or stage is None:
            return None
        given = tuple((pair.name, None if pair.value is None else interpolated(pair.value)) for pair in build.args)
        return Build(path, stage, context, (build.evidence("build"),), given)

    def stage(self, path: str | None, target: str | None) -> int | None:
        """The number of the stage a target names, of the last one without a target."""
        file = self.documents.get(path or "")
        if not is_dockerfile(file):
            return None
        stage = file.stage(target) if target else file.stages[-1]
        return stage.index if stage else None

    @cached_property
    def _by_image(self) -> dict[str, Build]:
        """Builds by the image name they say themselves."""
        return dict(reversed([(image_name(service.image or ""), build) for service, build in self._composed()]))

    @cached_property
    def _said(self) -> dict[str, str]:
        """The whole names of the images that compose files build, by their last part."""
        return {image_name(service.image or ""): service.image or "" for service, _ in self._composed()}

    @cached_property
    def _by_workflow(self) -> dict[str, Build]:
        """Builds by the image names that workflows push them under."""
        return {name: build for name, build, _ in reversed(self._in_workflows) if name}

    @property
    def pushed(self) -> tuple[Build, ...]:
        """What workflows build and may push, each stage once."""
        found = {(one.dockerfile, one.stage): one for _, one, pushes in reversed(self._in_workflows) if pushes}
        return tuple(found[key] for key in sorted(found))

    @cached_property
    def _in_workflows(self) -> tuple[tuple[str, Build, bool], ...]:
        """The builds of workflows with the name of the image, and whether it may be pushed; matrices multiplied out."""
        return tuple(
            found for file in filter(is_workflow, self.documents.values()) for found in self._of_workflow(file)
        )

    def _of_workflow(self, file: WorkflowFile) -> Iterator[tuple[str, Build, bool]]:
        from autofix.surfaces.workflow.actions import image_build

        for job in file.jobs:
            for step in job.steps:
                if (build := image_build(step)) is not None:
                    yield from self._expanded(job, build)

    def _expanded(self, job: Job, build: ImageBuild) -> Iterator[tuple[str, Build, bool]]:
        parts = (build.context or ".", build.file or "", build.target or "")
        for tag in build.tags or ("",):
            for text in job.expand("\n".join((*parts, tag))) or ():
                folder, file, target, name = text.split("\n")
                context = below("", folder)
                path = below("", file) if file else below(context or "", "Dockerfile")
                stage = self.stage(path, target or None)
                if context is not None and path is not None and stage is not None:
                    image = image_name(EXPRESSION.sub("x", name))
                    given = tuple((key, None if "$" in value else value) for key, value in build.args)
                    seen = (build.step.evidence(f"a workflow builds {image or path}"),)
                    yield image, Build(path, stage, context, seen, given), build.pushes

    @cached_property
    def _by_service(self) -> dict[str, Build]:
        return dict(reversed([(service.name, build) for service, build in self._composed()]))

    def _composed(self) -> Iterator[tuple[ComposeService, Build]]:
        for document in self.documents.values():
            for service in document.services if is_compose(document) else ():
                if build := self._own(service, ()):
                    yield service, build

    def _by_folder(self, name: str) -> Build | None:
        """`apps/<name>/Dockerfile` and its like; the context is the root, as monorepos have it, unless it has its own."""
        for pattern in FOLDERS:
            folder = pattern.format(name)
            path = join(folder, "Dockerfile")
            stage = self.stage(path, None)
            if stage is not None:
                seen = Evidence(f"the folder has the name of the image {name}", path)
                return Build(path, stage, self.context(path, folder), (seen,))
        return None

    def context(self, path: str, folder: str) -> str:
        """The folder another build of the Dockerfile is given, else the one that its COPY sources are found in: its own if
        more of them are there than at the root, or as many and only there is something to build.
        """
        known = self._contexts.get(path, frozenset())
        if len(known) == 1:
            return next(iter(known))
        file = self.documents[path]
        assert is_dockerfile(file)
        wanted = [
            word.value
            for stage in file.stages
            for copy in stage.of("COPY", "ADD")
            if copy.flag("from") is None
            for word in copy.words[:-1]
        ]
        here = sum(self._is_there(join(folder, source)) for source in wanted)
        root = sum(self._is_there(source) for source in wanted)
        only_here = here == root > 0 and self._holds_manifest(folder) and not self._holds_manifest("")
        return folder if here > root or only_here else ""

    @cached_property
    def _contexts(self) -> Mapping[str, frozenset[str]]:
        """The folders that compose files and workflows give to the builds of each Dockerfile."""
        builds = [build for _, build in self._composed()] + [build for _, build, _ in self._in_workflows]
        paths = {one.dockerfile for one in builds}
        return {path: frozenset(one.context for one in builds if one.dockerfile == path) for path in paths}

    def _holds_manifest(self, folder: str) -> bool:
        """Whether there is something to build in a folder itself."""
        return any(parent(path) == folder and MANIFEST.search(path) for path in self.occupied)

    def _is_there(self, source: str) -> bool:
        """Whether a file or folder of that name, or one that matches its pattern, exists."""
        wanted = normpath(source.lstrip("/"))
        if not re.search(r"[*?\[]", wanted):
            return wanted in self._paths
        head = wanted.rpartition("/")[0]
        return head in self._paths and any(fnmatchcase(path, wanted) for path in self._paths if path.startswith(head))

    @cached_property
    def _paths(self) -> frozenset[str]:
        """Every file and every folder."""
        paths = {".", "", *(self.occupied or self.documents)}
        for path in tuple(paths):
            while path := parent(path):
                paths.add(path)
        return frozenset(paths)


def _of_others(reference: str, own: str) -> bool:
    """Whether an image lies under another owner than one's own of that name, in the same registry."""
    (registry, *rest), (same, *owned) = reference.split("/"), own.split("/")
    literal = len(rest) > 1 and len(owned) > 1 and "$" not in rest[0] + owned[0]
    return literal and registry == same and "." in registry and rest[0].lower() != owned[0].lower()
