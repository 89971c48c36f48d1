"""What does a rule know about the repository?  Everything that was read, linked and frozen before it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from autofix.node import Document, Evidence
from autofix.text import Source, Span

HEALTH = re.compile(r"/(?:[\w-]*[-_])?(?:health|healthz|healthcheck|health-check|livez?|live)/?$")
READY = re.compile(r"/(?:[\w-]*[-_])?(?:ready|readyz|readiness)/?$")
LISTED = re.compile(r"(?:^|/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock)$")
D = TypeVar("D", bound=Document)
V = TypeVar("V", covariant=True)
Asked = tuple[re.Pattern[str], tuple[str, ...]]
Mentioned = dict[Asked, dict[str, tuple[Evidence, ...]]]


@dataclass(frozen=True)
class Fact(Generic[V]):
    """Something known, and the place that says so."""

    value: V
    evidence: Evidence


@dataclass(frozen=True)
class Account:
    """Who a process is. Ids are None where they are not known; `evidence` says where each part comes from."""

    name: str
    uid: int | None
    gid: int | None
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_root(self) -> bool:
        """Whether it is root for sure."""
        return self.uid == 0


@dataclass(frozen=True)
class Build:
    """The stage an image is made of: a Dockerfile, the number of its stage, the folder that is the build context.

    Paths are relative to the root, the root itself is the empty path. `evidence` is the way the link took. `arguments`
    are those the deployment gives to the build, None where the value cannot be told.
    """

    dockerfile: str
    stage: int
    context: str
    evidence: tuple[Evidence, ...] = ()
    arguments: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Mount:
    """Something put over a path of the container: `kind` is bind, volume, tmpfs, emptyDir, claim…; `origin` is the
    name of the volume or the path of a bind as it is written.
    """

    kind: str
    origin: str
    target: str
    writable: bool
    evidence: Evidence


@dataclass(frozen=True)
class Probe:
    """A health check: `command` is what it runs (`NONE` when it is switched off), `tool` the program that asks.

    `shell`: a shell of the image runs it.
    """

    command: str
    tool: str
    evidence: Evidence
    shell: bool = False


@dataclass(frozen=True)
class Tools:
    """The programs that an image has for sure, and those it lacks for sure; of any other nothing is known.

    A value is the name a program is called by, or its path where that is not in PATH. `busybox` says that `wget` and
    `nc` are busybox's, `gnu wget` that the first is not.
    """

    has: tuple[Fact[str], ...] = ()
    lacks: tuple[Fact[str], ...] = ()

    def finds(self, *names: str) -> Fact[str] | None:
        """The first of the names that is there."""
        return next((fact for name in names for fact in self.has if fact.value == name), None)

    def misses(self, name: str) -> Fact[str] | None:
        """The reason to believe that a program is not there."""
        return next((fact for fact in self.lacks if fact.value == name), None)


@dataclass(frozen=True)
class Service:
    """A container that is deployed: a service of a compose file, or a container of a manifest.

    `start` holds what it runs, from the compose file or manifest where that says so, else from the image. `marks` are
    the settings that only root can use. `aliases` are other names it is reached by. `demands_number` is where a manifest wants to be sure that the user is not root
    without saying which one. `changes` is what other files of the deployment make different about who it is and what it
    runs; what they mount is among the mounts. `base` is the image that the image it is built as starts from.
    """

    path: str
    name: str
    anchor: str
    where: Evidence
    kind: str = "compose"
    image: Fact[str] | None = None
    build: Build | None = None
    base: Fact[str] | None = None
    user: Fact[str] | None = None
    runs_as: Account | None = None
    start: tuple[Fact[str], ...] = ()
    scripts: tuple[str, ...] = ()
    ports: tuple[Fact[int], ...] = ()
    mounts: tuple[Mount, ...] = ()
    environment: tuple[tuple[str, Fact[str | None]], ...] = ()
    env_files: tuple[str, ...] = ()
    probe: Probe | None = None
    marks: tuple[Evidence, ...] = ()
    changes: tuple[Evidence, ...] = ()
    demands_number: Evidence | None = None
    folder: str = ""
    aliases: tuple[str, ...] = ()
    tools: Tools = Tools()

    @property
    def id(self) -> str:
        """What no other service has."""
        return f"{self.path}#{self.name}"

    @property
    def documents(self) -> frozenset[str]:
        """The files a change of which changes the service."""
        built = (self.build.dockerfile,) if self.build else ()
        return frozenset((self.path, *built, *self.scripts))

    def variable(self, name: str) -> Fact[str | None] | None:
        """What the deployment gives to a variable of the environment; a later one wins."""
        return next((fact for known, fact in reversed(self.environment) if known == name), None)


@dataclass(frozen=True)
class Proxied:
    """Requests that a reverse proxy hands on: those of a location, or of all that its server gets (`path` is None).

    `modifier` is nginx's (`=`, `^~`, `~`, `~*`, empty for a prefix). `uri` replaces the part of the request that the
    location matched, None leaves the request as it is; `rewritten` says that a `rewrite` may change it too. `services` are the ids of those the name of the host leads to,
    empty where it leads to none of this repository. `evidence` is the location, `target` the address.
    """

    path: str | None
    modifier: str
    host: str
    port: int | None
    uri: str | None
    rewritten: bool
    services: tuple[str, ...]
    evidence: Evidence
    target: Evidence


@dataclass(frozen=True)
class Endpoint:
    """A path an application answers, as far as it can be told with what other files put before it.

    `plain` says that its own handler answers 200 without asking anything else, `guards` are what stands before it and may
    refuse who names nobody. `placed` says that nothing else may stand before the path: the route is registered on an
    application, or on a router that is seen to be mounted.
    """

    method: str
    path: str
    plain: bool
    evidence: Evidence
    guards: tuple[Evidence, ...] = ()
    placed: bool = True


@dataclass(frozen=True)
class Needed:
    """A variable of the environment that an application reads: `required` without a default, `checked` at its start.

    `strict`: it fails without the variable, whatever else is set. `branched`: it reads it only where something else decides
    so. `fallbacks` are what its reads use in the place of the variable, each once, None for what is no literal.
    """

    name: str
    required: bool
    default: str | None
    checked: bool
    evidence: Evidence
    strict: bool = False
    branched: bool = False
    fallbacks: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class Application:
    """What the source of a service states. `port` is the one it listens on where exactly one can be told, `port_variable`
    names the variable of the environment that may say another. `writes` are the paths of files it writes, empty where
    nobody can tell.
    """

    modules: tuple[str, ...] = ()
    port: Fact[int] | None = None
    port_variable: str = ""
    host: Fact[str] | None = None
    endpoints: tuple[Endpoint, ...] = ()
    variables: tuple[Needed, ...] = ()
    prisma: Evidence | None = None
    databases: tuple[Fact[str], ...] = ()
    writes: tuple[Fact[str], ...] = ()
    signals: tuple[Fact[str], ...] = ()

    @property
    def health(self) -> Endpoint | None:
        """The endpoint that says whether the service is alive: one named so, else `/`, else the one for readiness."""
        return self._named(HEALTH) or next((one for one in self._asked if one.path == "/"), None) or self.ready

    @property
    def ready(self) -> Endpoint | None:
        """The endpoint that says whether the service can work."""
        return self._named(READY)

    @property
    def _asked(self) -> tuple[Endpoint, ...]:
        return tuple(one for one in self.endpoints if one.method in {"GET", "ANY"})

    def _named(self, pattern: re.Pattern[str]) -> Endpoint | None:
        found = [one for one in self._asked if pattern.search(one.path)]
        return min(found, key=lambda one: (len(one.path), one.path), default=None)


NOTHING_KNOWN = Application()


@dataclass(frozen=True)
class LockFile:
    """A lock file and who wrote it. `agrees` with the manifests or not, None where nobody can tell. `peerless`: packages
    ask for peers that it does not hold.
    """

    path: str
    manager: str
    version: str | None = None
    berry: bool = False
    agrees: bool | None = None
    peerless: bool = False


@dataclass(frozen=True)
class Package:
    """A package.json and what goes with it. `root` is the folder of the workspace it belongs to, its own where it belongs
    to none; `members` are the folders of its own workspace, itself first. `locks` are those beside it, else the root's.
    `manager` and `manager_version` are the halves of `packageManager`.
    """

    path: str
    folder: str
    name: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    dependencies: Mapping[str, str] = field(default_factory=dict)
    dev_dependencies: Mapping[str, str] = field(default_factory=dict)
    optional_dependencies: Mapping[str, str] = field(default_factory=dict)
    manager: str = ""
    manager_version: str = ""
    engines: Mapping[str, str] = field(default_factory=dict)
    root: str = ""
    members: tuple[str, ...] = ()
    locks: tuple[LockFile, ...] = ()

    def lock(self, manager: str) -> LockFile | None:
        """The lock file of a manager."""
        return next((one for one in self.locks if one.manager == manager), None)


@dataclass(frozen=True)
class Context:
    """What a build is given: the files below `folder`, seen from there, that no `ignore` file leaves out.

    `hides` says of a path, there or not, whether one would.
    """

    folder: str
    ignore: str | None = None
    files: frozenset[str] = field(default=frozenset(), repr=False)
    left_out: frozenset[str] = field(default=frozenset(), repr=False)
    hides: Callable[[str], bool] = field(default=lambda _: False, repr=False, compare=False)


@dataclass(frozen=True)
class Project:
    """One repository at one moment.

    `documents` are the files that were understood, `sources` every text that was read (documents included), both by
    path; `occupied` is every path that exists, read or not, `tracked` those of them that git keeps. `packages` are by
    their folder, `contexts` by Dockerfile and folder; both are read when they are asked. `mentioned` remembers what
    `mentions` found, since rules ask the same of every text again and again. `ignored` says of a path, there or not,
    whether git leaves it out.
    """

    documents: Mapping[str, Document]
    sources: Mapping[str, Source] = field(repr=False)
    occupied: frozenset[str] = field(repr=False)
    services: tuple[Service, ...] = ()
    proxied: tuple[Proxied, ...] = ()
    applications: Mapping[str, Application] = field(default_factory=dict, repr=False, compare=False)
    tracked: frozenset[str] = field(default=frozenset(), repr=False)
    packages: Mapping[str, Package] = field(default_factory=dict, repr=False, compare=False)
    contexts: Mapping[tuple[str, str], Context] = field(default_factory=dict, repr=False, compare=False)
    mentioned: Mentioned = field(default_factory=dict, repr=False, compare=False)
    ignored: Callable[[str], bool] = field(default=lambda _: False, repr=False, compare=False)

    def application(self, service: Service) -> Application:
        """What the source of a service states; read when it is asked for the first time."""
        return self.applications.get(service.id, NOTHING_KNOWN)

    @cached_property
    def surfaces(self) -> frozenset[str]:
        """The kinds of document there are."""
        return frozenset(document.surface for document in self.documents.values())

    def of(self, kind: type[D]) -> Iterator[D]:
        """The documents of one kind, by path."""
        return (document for document in self.documents.values() if isinstance(document, kind))

    def exists(self, path: str) -> bool:
        """Whether there is a file, or a folder with a file, of that path; the root is the empty path."""
        return not path or path in self.occupied or path in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        folders = set[str]()
        for path in self.occupied:
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(folders)

    def built_from(self, dockerfile: str, stage: int | None = None) -> tuple[Service, ...]:
        """The services that run a stage of a Dockerfile, or any of its stages."""
        return tuple(
            one
            for one in self.services
            if one.build and one.build.dockerfile == dockerfile and stage in {None, one.build.stage}
        )

    def holds(self, words: Iterable[str]) -> bool:
        """Whether any text holds one of the words."""
        return any(word in source.text for word in words for source in self.sources.values())

    def mentions(self, pattern: re.Pattern[str], *needles: str) -> Iterator[Evidence]:
        """Every place in any text that matches, prose included; only texts that hold one of the needles are searched.

        For facts, never for edits.
        """
        key = (pattern, needles)
        if key not in self.mentioned:
            self.mentioned[key] = _mentions(key, self.sources.values())
        found = self.mentioned[key]
        return (one for path in sorted(found) for one in found[path])

    def mentioned_beside(self, changed: Mapping[str, Source]) -> Mentioned:
        """What was found by `mentions` so far, as it is once some texts are others."""
        return {
            key: {path: ones for path, ones in found.items() if path not in changed} | _mentions(key, changed.values())
            for key, found in self.mentioned.items()
        }


def _mentions(key: Asked, sources: Iterable[Source]) -> dict[str, tuple[Evidence, ...]]:
    pattern, needles = key
    found = {
        source.path: tuple(
            Evidence(match.group().strip(), source.path, Span(*match.span())) for match in pattern.finditer(source.text)
        )
        for source in sources
        if not LISTED.search(source.path) and any(needle in source.text for needle in needles)
    }
    return {path: ones for path, ones in found.items() if ones}
