"""What is the server of a service told about how it listens and who may ask, by its command and its configuration?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from autofix.node import Evidence
from autofix.project import Mount, Project, Service
from autofix.surfaces.compose.document import ComposeFile

CONFIGURED = re.compile(r"\.(?:conf|cnf|acl|ini)$|\bconf(?:ig)?(?:\.d|d)?(?:/|$)|^/etc/")
REMARK = re.compile(r"^\s*[#;].*$", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """The texts that configure a server, each with its place; `unread` are those nobody can read here."""

    texts: tuple[tuple[str, Evidence], ...]
    unread: tuple[Evidence, ...]

    def find(self, pattern: re.Pattern[str]) -> tuple[re.Match[str], Evidence] | None:
        """The first place that matches."""
        return next(((found, at) for text, at in self.texts if (found := pattern.search(text))), None)


def told(project: Project, service: Service) -> Told:
    """The commands of the service in all files that give it one, and the configuration files it mounts."""
    texts = list(_commands(project, service))
    unread = []
    for mount in service.mounts:
        if mount.kind in {"bind", "", "config"} and CONFIGURED.search(mount.target):
            found = [(REMARK.sub("", text), at) for text, at in _files(project, service, mount)]
            texts += found
            unread += [] if found else [mount.evidence]
    return Told(tuple(texts), tuple(unread))


def _commands(project: Project, service: Service) -> Iterator[tuple[str, Evidence]]:
    """As they are written: a password is compared with the variable that gives it."""
    yield from ((fact.value, fact.evidence) for fact in service.start if fact.evidence.path != service.path)
    changed = (change.path for change in service.changes if change.what.endswith(("command", "entrypoint")))
    for path in dict.fromkeys((service.path, *changed)):
        file = project.documents.get(path)
        found = file.service(service.name) if isinstance(file, ComposeFile) else None
        for at in (found.get("entrypoint"), found.get("command")) if found else ():
            if at:
                yield " ".join(at.texts()), Evidence("command", path, at.value.span)


def _files(project: Project, service: Service, mount: Mount) -> Iterator[tuple[str, Evidence]]:
    """The texts a mount brings: the file itself, or those of the folder."""
    origin = normpath(join(dirname(service.path), mount.origin))
    for path, source in project.sources.items():
        if path == origin or path.startswith(f"{origin}/"):
            yield source.text, Evidence(path, path)
