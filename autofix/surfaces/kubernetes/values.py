"""What do the values of a chart say about images, users and probes?

A values file means what its templates make of it, so these are facts for messages; nothing says they are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autofix.node import Atom, Document, UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.kubernetes.probes import PROBES, Probe, probe
from autofix.surfaces.yaml import Located, YamlFile, mapping
from autofix.text import Source, Span

NAME = re.compile(r"(?:.*[._-])?values(?:[._-].*)?\.ya?ml", re.IGNORECASE)
CONTEXTS = frozenset({"securityContext", "podSecurityContext", "containerSecurityContext"})
IMAGE = re.compile(r"(?:.*[a-z])?image|Image|.*Image")


def named(path: str) -> bool:
    """Whether a file is called as the values of a chart are."""
    return bool(NAME.fullmatch(PurePosixPath(path).name))


@dataclass(frozen=True)
class ValuesImage:
    """An image, from one leaf or from `registry`, `repository` and `tag`, each None where it is not given.

    `route` is the path of keys to it; `tag` is then text that may be empty: the chart's version.
    """

    route: tuple[str, ...]
    repository: str
    registry: str | None
    tag: str | None
    at: Located


@dataclass(frozen=True)
class ValuesFile(Document):
    """The values of a chart."""

    yaml: YamlFile = field(repr=False)
    images: tuple[ValuesImage, ...]
    probes: tuple[Probe, ...]
    contexts: tuple[tuple[tuple[str, ...], Located], ...] = field(repr=False)

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions."""
        return self.yaml.locate(*route)

    def atoms(self) -> Sequence[Atom]:
        """The leaves of the file."""
        return self.yaml.atoms()

    def comments(self) -> Sequence[Span]:
        """The comments of the file."""
        return self.yaml.comments()


def parse(source: Source) -> ValuesFile:
    """The file as values. Raises UnreadableError for one that is no single mapping or says nothing of a workload."""
    file = yaml.parse(source)
    places = list(_places(yaml.require_root(file), ()))
    images = tuple(image for route, at in places if (image := _image(route, at)))
    contexts = tuple((route, at) for route, at in places if route[-1] in CONTEXTS and mapping(at))
    probes = tuple(
        probe(source, "/".join(route[:-1]), route[-1], at)
        for route, at in places
        if route[-1] in PROBES and mapping(at)
    )
    if not images and not contexts and not probes:
        raise UnreadableError("not a manifest")
    return ValuesFile(source, file, images, probes, contexts)


def _places(at: Located, route: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Located]]:
    for key, value in at.entries():
        inner = (*route, key.value)
        yield inner, value
        yield from _places(value, inner)
    for number, item in enumerate(at.items()):
        yield from _places(item, (*route, str(number)))


def _image(route: tuple[str, ...], at: Located) -> ValuesImage | None:
    if at.text and IMAGE.fullmatch(route[-1]):
        return ValuesImage(route, at.text, None, None, at)
    repository = at.text_of("repository")
    if not repository or "://" in repository:
        return None  # a chart's repository is an address
    return ValuesImage(route, repository, at.text_of("registry"), at.text_of("tag"), at)
