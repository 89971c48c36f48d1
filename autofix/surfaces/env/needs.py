"""Which variables does the repository ask for, and which template would show them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from autofix.node import Document, Evidence
from autofix.project import Project, Service
from autofix.surfaces import surface_by_name
from autofix.surfaces.env.document import EnvFile
from autofix.text import Span

USED = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<operator>:?[-?+])(?P<word>[^{}]*))?\}|\$(?P<bare>[A-Za-z_]\w*)")
NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,}")
GIVEN = re.compile(
    r"NODE_ENV|PORT|HOSTNAME|PATH|HOME|PWD|OLDPWD|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|CI|UID|GID|EDITOR"
    r"|DEBUG|DJANGO_SETTINGS_MODULE|FLASK_APP|NODE_OPTIONS|NODE_PATH|PYTHON\w+|VIRTUAL_ENV|NEXT_(?:RUNTIME|PHASE|MANUAL\w*)|NX_\w+|TURBO_\w+|JEST_\w+|VITEST\w*"
    r"|PYTEST_\w+|PLAYWRIGHT_\w+|GITHUB_(?:SHA|REF\w*|ACTIONS?|REPOSITORY|RUN_\w+|WORKSPACE|OUTPUT|ENV)|VERCEL(?:_\w+)?"
    r"|NETLIFY|DYNO|HEROKU_\w+|RAILWAY_\w+|RENDER(?:_\w+)?|FLY_\w+|K_SERVICE|K_REVISION|KUBERNETES_\w+|AWS_(?:LAMBDA_\w+|EXECUTION_ENV)"
    r"|(?:NO|HTTPS?|ALL|FTP)_PROXY|COMPOSE_\w+|DOCKER_(?:HOST|BUILDKIT|SOCK\w*)|BUILDKIT_\w+|MODE|DEV|PROD|SSR|BASE_URL|FORCE_COLOR|NO_COLOR"
)
SECRET = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIALS?|PASS|PWD|SALT|PEPPER)(?:_BASE)?_?\d*$"
)
ASSIGNING = (".sh", ".bash", ".mk", ".yml", ".yaml")
ASSIGNING_NAMES = frozenset({"makefile", "gnumakefile", "justfile"})


@dataclass(frozen=True)
class Need:
    """A variable somebody asks for from a folder, deployed from another. `default` is what it is without a value,
    `required` when it is nothing then.
    """

    name: str
    folder: str
    required: bool
    default: str | None
    evidence: Evidence
    deployed: str

    @property
    def secret(self) -> bool:
        """Whether the name says that the value is to be protected."""
        return bool(SECRET.search(self.name))


def needs(project: Project) -> Iterator[Need]:
    """What source and compose files ask for and neither they nor an image nor the platform gives."""
    for service in project.services:
        given = _given(project, service)
        for one in project.application(service).variables:
            if one.name not in given and configures(one.name):
                yield Need(one.name, service.folder, one.required, one.default, one.evidence, _parent(service.path))
    for path, document in project.documents.items():
        if surface_by_name(path) == "compose":
            yield from _interpolated(project, document)


def _given(project: Project, service: Service) -> frozenset[str]:
    """What the deployment of a service sets, files that git keeps included."""
    files = (project.documents.get(path) for path in service.env_files if path in project.tracked)
    loaded = (entry.key for file in files if isinstance(file, EnvFile) and not file.template for entry in file.entries)
    return frozenset((*(name for name, _ in service.environment), *loaded)) | _kept(project, service.folder)


def _kept(project: Project, folder: str) -> frozenset[str]:
    """What live files say that git keeps in a folder or above it."""
    files = (file for file in project.of(EnvFile) if not file.template and file.path in project.tracked)
    return frozenset(entry.key for file in files if _above(_parent(file.path), folder) for entry in file.entries)


def _interpolated(project: Project, document: Document) -> Iterator[Need]:
    folder = _parent(document.path)
    kept = _kept(project, folder)
    comments = document.comments()
    for found in USED.finditer(document.source.text):
        name = found["name"] or found["bare"]
        span = Span(*found.span())
        if not name or name in kept or not configures(name) or any(comment.contains(span) for comment in comments):
            continue
        operator = found["operator"] or ""
        if "+" in operator or _assigned(project, name):
            continue
        default = found["word"] if "-" in operator else None
        if default and document.source.text.endswith(".env.", 0, span.start):
            continue  # who starts the services chooses the file, not the file itself
        yield Need(
            name, folder, default is None, default, Evidence(f"{name} is asked for", document.path, span), folder
        )


def _assigned(project: Project, name: str) -> bool:
    """Whether a script, a Makefile or a workflow sets a variable before it starts the deployment."""
    pattern = re.compile(rf"(?<![\w$]){name}\s*(?:[:?]?=)|^\s*{name}:\s*\S", re.MULTILINE)
    return any(
        pattern.search(source.text)
        for source in project.sources.values()
        if name in source.text and surface_by_name(source.path) != "compose" and _assigns(source.path)
    )


def _assigns(path: str) -> bool:
    return path.endswith(ASSIGNING) or PurePosixPath(path).name.lower() in ASSIGNING_NAMES


def configures(name: str) -> bool:
    """Whether a name is one that a person sets: the platform, the engine and test runners set others."""
    return bool(NAME.fullmatch(name)) and not GIVEN.fullmatch(name)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def templates_for(project: Project, need: Need) -> list[EnvFile]:
    """The templates of the folder and of those above it, then those of the deployment, the nearest first."""
    files = [file for file in project.of(EnvFile) if file.template]
    found: dict[str, EnvFile] = {}
    for folder in (need.folder, need.deployed):
        near = [file for file in files if _above(_parent(file.path), folder)]
        for file in sorted(near, key=lambda one: (-len(_parent(one.path)), len(one.path), one.path)):
            found.setdefault(file.path, file)
    return list(found.values())


def _above(upper: str, folder: str) -> bool:
    return not upper or upper == folder or folder.startswith(f"{upper}/")


def shows(file: EnvFile, name: str) -> bool:
    """Whether a template speaks of a variable, as an entry or in a comment."""
    if file.get(name):
        return True
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    return any(word.search(file.source.slice(remark)) for remark in file.comments())
