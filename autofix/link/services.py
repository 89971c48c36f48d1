"""Which services does the repository deploy, and what is known of each?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autofix.link.builds import Builds
from autofix.link.kinds import is_compose, is_dockerfile, is_kubernetes
from autofix.link.names import parent
from autofix.node import Document
from autofix.project import Build, Service
from autofix.text import Source

DEVELOPMENT = re.compile(
    r"(?:^|[-_])(?:dev|devel|develop|development|local|debug|tests?|testing|ci|watch|hot)(?:$|[-_])"
)


@dataclass(frozen=True)
class Linker:
    """Everything a service is linked with."""

    documents: Mapping[str, Document]
    sources: Mapping[str, Source]
    occupied: Collection[str]

    def services(self) -> tuple[Service, ...]:
        """What compose files and manifests deploy, then the images that nothing here deploys."""
        builds = Builds(self.documents, self.occupied)
        deployed = tuple(self._deployed(builds))
        return (*deployed, *(self._image(build) for build in self._images(builds, deployed)))

    def _images(self, builds: Builds, deployed: Sequence[Service]) -> Iterator[Build]:
        """The stages that workflows push and the last stages, as far as no service runs them.

        The last stage is not meant where a service or a workflow takes another one that is not for development.
        """
        taken = {(one.build.dockerfile, one.build.stage) for one in deployed if one.build}
        for file in filter(is_dockerfile, self.documents.values()):
            path = file.path
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
        assert is_dockerfile(file)
        stage = file.stages[build.stage]
        name = parent(build.dockerfile).rpartition("/")[2] or "image"
        where = stage.instructions[0].evidence(build.evidence[0].what)
        service = Service(build.dockerfile, name, stage.anchor, where, kind="image")
        return self._linked(service, build)

    def _deployed(self, builds: Builds) -> Iterator[Service]:
        """Services of compose files, those of overlays only where they say more than a change; containers of manifests."""
        for document in self.documents.values():
            if is_compose(document):
                from autofix.link import composed

                for written, service in composed.services(document, self.documents):
                    yield self._linked(service, builds.of_service(written))
            elif is_kubernetes(document):
                from autofix.link import manifests

                for pod in manifests.services(document):
                    yield self._linked(pod, builds.of_image(pod.image.value, pod.name) if pod.image else None)

    def _linked(self, service: Service, build: Build | None) -> Service:
        """The service with what its image says."""
        file = self.documents.get(build.dockerfile) if build else None
        if build is None or not is_dockerfile(file):
            return _foreign(service)
        from autofix.link.images import Images

        return Images(self.sources, self.occupied).linked(service, build, file)


def _foreign(service: Service) -> Service:
    """The service with what is known of an image that nothing here builds."""
    image, user = service.image, service.user
    if user:
        from autofix.link import users

        service = replace(service, runs_as=users.effective(user, None, None))
    if image:
        from autofix.surfaces.dockerfile.images import split
        from autofix.surfaces.dockerfile.tools import tools_of_image

        service = replace(service, tools=tools_of_image(split(image.value), image.evidence))
    return service
