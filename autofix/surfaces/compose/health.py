"""Does the health check of a service ask a question that gets an answer?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project, Service
from autofix.surfaces import probes, yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, Healthcheck
from autofix.surfaces.compose.standard import known_image
from autofix.surfaces.servers import server_of
from autofix.surfaces.yaml import Located
from autofix.text import Span


@dataclass(frozen=True)
class Asked(Node):
    """The words `localhost` of one health check: `places` are None where the file writes them in another way."""

    service: ComposeService
    check: Healthcheck
    places: tuple[Span | None, ...]
    aliased: bool


@dataclass(frozen=True)
class AskedFacts:
    """Whose check it is."""

    service: str


def asks_localhost(project: Project) -> Iterator[Match[Asked, AskedFacts]]:
    """Health checks that ask `localhost` by URL, host and port, or option."""
    for file in project.of(ComposeFile):
        for service in file.services:
            check = service.healthcheck
            if check is None or check.disabled:
                continue
            words = check.command
            asked = list(_asked(check.form, words))
            if not asked:
                continue
            leaves = [check.words[number] for number, _ in asked]
            places = tuple(_place(file, check.words[number], span) for number, span in asked)
            aliased = any(leaf.via_alias for leaf in leaves)
            span = places[0] or leaves[0].value.span
            yield Match(Asked(file.source, span, check.anchor, service, check, places, aliased), AskedFacts(service.name))  # fmt: skip


def ask_loopback_address(project: Project, match: Match[Asked, AskedFacts]) -> Fix | Refusal:
    """`127.0.0.1` in the place of every `localhost` the check asks."""
    asked = match.node
    if asked.aliased:
        return Refusal("the check comes through an alias or a merge", reason=Reason.UNEDITABLE)
    text = " ".join(asked.check.command)
    return probes.ask_address(
        project, asked.path, asked.places, text, "Ask 127.0.0.1 in the health check", _about(project, asked.service)
    )


def _about(project: Project, service: ComposeService) -> Callable[[Evidence], bool]:
    """Which places may speak of a service: of an image of others only what it is given, of its own all but other applications."""
    linked = next((one for one in project.services if (one.path, one.name) == (service.path, service.name)), None)
    if linked is None or not _of_others(linked):
        others = tuple(_folders_of_others(project, linked)) if linked and linked.folder else ()
        return lambda seen: not any(seen.path.startswith(f"{one}/") for one in others)
    folder = service.path.rpartition("/")[0]
    given = [normpath(join(folder, mount.origin)) for mount in service.mounts if mount.kind == "bind"]
    given += linked.env_files

    def about(seen: Evidence) -> bool:
        within = seen.path == service.path and seen.span is not None and service.at.value.extent.overlaps(seen.span)
        return within or any(one in {".", seen.path} or seen.path.startswith(f"{one}/") for one in given)

    return about


def _folders_of_others(project: Project, linked: Service) -> Iterator[str]:
    """The folders of the other applications, none that is around the one of the service."""
    for one in project.services:
        if one.build and one.folder and not f"{linked.folder}/".startswith(f"{one.folder}/"):
            yield one.folder


def _of_others(linked: Service) -> bool:
    """Whether a service runs an official image, or a server of one that is well known."""
    if linked.build is not None or linked.image is None:
        return False
    official = not any(mark in linked.image.value for mark in "/$")
    return official or server_of(linked) is not None or bool(known_image(linked.image.value))


def _asked(form: str, words: tuple[str, ...]) -> Iterator[tuple[int, Span]]:
    if form == "CMD":
        yield from probes.asks_localhost_in_words(words)
    elif words:
        yield from ((0, span) for span in probes.asks_localhost(words[0]))


def _place(file: ComposeFile, leaf: Located, span: Span) -> Span | None:
    """Where a part of a leaf's value stands, None where no single span is exactly that part."""
    return yaml.within(file.yaml, leaf.scalar, *span) if leaf.scalar else None
