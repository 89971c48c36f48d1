"""Which kind of file is this?  Names decide what is read, names and first bytes what is parsed."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import PurePosixPath

from autofix.node import Document
from autofix.surfaces.env.names import is_env
from autofix.surfaces.nginx import names as nginx
from autofix.text import Source

DOCKERFILE = re.compile(r"(?:^|[._-])(?:dockerfile|containerfile)(?:$|[._-])", re.IGNORECASE)
NOT_DOCKERFILE = (".dockerignore", ".md", ".j2", ".tpl", ".tmpl", ".erb", ".sh", ".py", ".yml", ".yaml", ".json", ".txt",
                  ".js", ".ts", ".go", ".rb", ".png", ".svg", ".orig", ".bak", ".html", ".rst", ".toml")  # fmt: skip
COMPOSE = re.compile(r"^(?!rancher|process-)(?:.*[._-])?(?:docker-?)?compose(?:[._-].*)?\.ya?ml$", re.IGNORECASE)
MANIFEST = re.compile(r"^apiVersion:(?=(?s:.*)^kind:)|^kind:(?=(?s:.*)^apiVersion:)", re.MULTILINE)
WORKFLOW = re.compile(r"^\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
SHELL = (".sh", ".bash", ".ash", ".dash")
SHEBANG = re.compile(r"\ufeff?#![ \t]*\S*?/?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?(?:ba|da|a)?sh\b")
TEXTS = (".yml", ".yaml", ".md", ".rst", ".txt", ".mk", ".ps1", ".bat", ".toml", ".adoc", ".py", ".js", ".ts", ".mjs",
         ".cjs", ".mts", ".cts", ".tsx", ".jsx", ".prisma", ".rb", ".conf", ".dockerignore")  # fmt: skip
# What a deployment is told in JSON; the rest of the JSON in repositories is data, fixtures and the settings of tools.
FACTS = re.compile(
    r"^(?:railway|vercel|now|app|heroku|render|zeabur|koyeb|ecosystem|pm2|process|deno|dockerrun\.aws|apprunner"
    r"|[\w.-]*task-?def(?:inition)?|appsettings(?:\.[\w-]+)?|launchsettings|nest-cli|composer|nodemon"
    r"|[\w.-]*(?:config|settings)(?:\.[\w-]+)?)\.json5?$"
)
FACTS_LIMIT = 1 << 16
NOISE = re.compile(
    r"(?:^|/)(?:\.vscode|\.idea|\.devcontainer|locales?|i18n|fixtures?|__\w+__|testdata|mocks?|tests?|public|assets|vendor)/|(?:^|/)(?:ts|js)config",
    re.IGNORECASE,
)
LOCKED = frozenset({"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"})
TEXT_NAMES = frozenset({"makefile", "gnumakefile", "justfile", "jenkinsfile", "procfile", "taskfile", "package.json",
                        "turbo.json", "nx.json", "project.json", ".npmrc", ".nvmrc", ".node-version", ".python-version", ".ruby-version", ".gitignore"}
                       | LOCKED | {".gitattributes"})  # fmt: skip


def surface_by_name(path: str) -> str | None:
    """The surface a path belongs to if its name alone says so."""
    name = PurePosixPath(path).name
    if DOCKERFILE.search(name) and not name.lower().endswith(NOT_DOCKERFILE):
        return "dockerfile"
    if COMPOSE.search(name):
        return "compose"
    if WORKFLOW.search(path):
        return "workflow"
    if name.endswith(SHELL):
        return "shell"
    if is_env(path):
        return "env"
    return None


def named_text(path: str) -> bool:
    """Whether the name alone says that the file is a text that may hold facts."""
    name = PurePosixPath(path).name.lower()
    return (
        bool(surface_by_name(path))
        or name in TEXT_NAMES
        or name.endswith(TEXTS)
        or nginx.named(path)
        or told_in_json(path)
    )


def told_in_json(path: str) -> bool:
    """Whether the name is one of the JSON files that say how something is started and asked."""
    name = PurePosixPath(path).name.lower()
    return name.endswith((".json", ".json5")) and bool(FACTS.match(name)) and not NOISE.search(path)


def interesting(path: str) -> bool:
    """Whether the file is worth a look: its name says so, or says nothing and it may be a script."""
    return named_text(path) or "." not in PurePosixPath(path).name


def surface_of(source: Source) -> str | None:
    """The surface a text belongs to: by its name, by what it says, or, without an extension, by its first line."""
    named = surface_by_name(source.path)
    name = PurePosixPath(source.path).name
    if named is None and name.endswith((".yml", ".yaml")) and MANIFEST.search(source.text):
        return "kubernetes"
    if named is None and nginx.named(source.path) and nginx.looks_like(source.text):
        return "nginx"
    if named or "." in name:
        return named
    return "shell" if SHEBANG.match(source.text) else None


def parse(surface: str, source: Source) -> Document:
    """The document of a text. Raises UnreadableError when it cannot be read exactly."""
    document: Document = import_module(f"autofix.surfaces.{surface}.document").parse(source)
    return document
