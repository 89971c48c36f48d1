"""What does a build send along that no instruction of it reads?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from posixpath import join

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence, Node
from autofix.project import Context, Project, Service
from autofix.surfaces.dockerfile.commands import calls_of
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile
from autofix.surfaces.dockerfile.installs import JAVASCRIPT, installs
from autofix.surfaces.dockerfile.outputs import IN_BUILDS, made
from autofix.text import NewFile

GIT = re.compile(
    r"\bgit\s+(?:describe|rev-parse|log|submodule|rev-list|status|show|lfs|config)\b|setuptools[_-]scm|hatch-vcs|versioneer|\bvergen\b"
    r"|git-commit-id|git-revision|gitversion|nx affected|poetry-dynamic-versioning|uv-dynamic|dunamai|pbr\b|\.git/HEAD|buildvcs=true"
    r"|\blefthook install\b|\bsimple-git-hooks\b|\bpre-commit install\b"
)
ENV_READ = re.compile(r"(?<![\w.])\.env\b(?!\.(?:example|sample|template|dist))")
LOADS_ENV = re.compile(
    r"\bdotenv\b|load_dotenv|\benv-cmd\b|--env-file|django-environ|\benviron\.Env\b|dotenvy|godotenv|phpdotenv|python-decouple|BaseSettings|\bsqlx\b"
)
FRAMEWORKS = frozenset({"next", "vite", "react-scripts", "nuxt", "astro", "gatsby", "@vue/cli-service", "@angular/cli",
                        "@sveltejs/kit", "@remix-run/dev", "parcel", "expo", "@nestjs/config", "dotenv", "dotenv-cli",
                        "env-cmd", "dotenv-webpack", "@dotenvx/dotenvx", "@t3-oss/env-nextjs"})  # fmt: skip
ASKS_GIT_UNSEEN = re.compile(
    r"(?:^|/)(?:pom\.xml|build\.gradle(?:\.kts)?|build\.sbt|build\.rs|mix\.exs|CMakeLists\.txt|[\w.-]+\.(?:gemspec|csproj|fsproj|cabal)"
    r"|Directory\.Build\.props)$"
)
LOADS_ENV_UNSEEN = re.compile(r"(?:^|/)(?:go\.mod|composer\.json|artisan|Gemfile|mix\.exs|[\w.-]+\.csproj)$")
NODE = "node_modules"
PYTHON = (".venv", "__pycache__", "*.pyc")
EVERYWHERE = (".git", ".env", "*.log", ".vscode", ".idea")
PYTHON_NAMES = frozenset({"requirements.txt", "pyproject.toml", "setup.py", "Pipfile", "manage.py"})
NOISE = frozenset({"*.log", ".vscode", ".idea"})
READ_BY_BUILDS = (
    ".json",
    ".toml",
    ".cfg",
    ".py",
    ".gradle",
    ".xml",
    ".sh",
    ".js",
    ".ts",
    ".mjs",
    ".cjs",
    ".rs",
    "Makefile",
)
PACKAGES = frozenset({"package.json", *PYTHON_NAMES})
DEEP = re.compile(r"/(?:package\.json|pyproject\.toml|pom\.xml|build\.gradle(?:\.kts)?)$")
BELOW = frozenset({NODE, ".env", "*.log", *PYTHON, "target", "build"})


@dataclass(frozen=True)
class IgnoreFacts:
    """The folder, as a person would name it."""

    context: str


@dataclass(frozen=True)
class Sent(Node):
    """The first build of a context that nothing leaves anything out of."""

    context: Context
    files: tuple[Dockerfile, ...]
    services: tuple[Service, ...]


def sends_everything(project: Project) -> Iterator[Match[Sent, IgnoreFacts]]:
    """Contexts of builds without any .dockerignore that are copied whole, or hold a package of which folders are copied;
    of which files are, where other contexts have theirs.
    """
    usual = any(path.rpartition("/")[2] == ".dockerignore" for path in project.occupied)
    contexts: dict[str, list[tuple[Dockerfile, Service]]] = {}
    for file in project.of(Dockerfile):
        for service in project.built_from(file.path):
            if service.build and project.contexts[file.path, service.build.context].ignore is None:
                contexts.setdefault(service.build.context, []).append((file, service))
    for folder, builds in sorted(contexts.items()):
        file = builds[0][0]
        copies = [
            one
            for other, _ in builds
            for stage in other.stages
            for one in stage.of("COPY", "ADD")
            if not one.flag("from")
        ]
        context = project.contexts[file.path, folder]
        named = [word.value for one in copies for word in one.words[:-1]]
        if not copies or not (_takes_folders(context, named) or (usual and not PACKAGES.isdisjoint(context.files))):
            continue  # only the files they name are sent
        files = tuple(dict.fromkeys(other for other, _ in builds))
        opening = file.stages[0].instructions[0]
        services = tuple(service for _, service in builds)
        node = Sent(file.source, opening.span, f"context:{folder}", context, files, services)
        if any(_weighs(node, pattern) for pattern in _wanted(project, node)):
            yield Match(node, IgnoreFacts(f"{folder}/" if folder else "the repository's root"))


def leave_out(project: Project, match: Match[Sent, IgnoreFacts]) -> Fix | Refusal:
    """A .dockerignore at the top of the context with what nothing of its builds reads."""
    sent = match.node
    path = join(sent.context.folder, ".dockerignore")
    patterns = [one for one in _wanted(project, sent) if _is_unread(project, sent, one)]
    if not any(_weighs(sent, one) for one in patterns):
        return Refusal("everything that is usually left out may be read by the build")
    deep = any(DEEP.search(path) for path in sent.context.files)
    lines = [f"{'**/' if one in IN_BUILDS or (deep and one in BELOW) else ''}{one}\n" for one in patterns]
    guessed = all(service.kind == "image" for service in sent.services)
    below = guessed and any("/" in file.path for file in sent.files)
    doubts = (Evidence("nothing says which folder the build is given", sent.path),) if below else ()
    return Fix("Leave out of builds what none of them reads", files=(NewFile(path, "".join(lines)),), doubts=doubts)


def _takes_folders(context: Context, sources: Sequence[str]) -> bool:
    """Whether a build takes the whole context, or folders of one that holds a package."""
    wanted = [source.removeprefix("./").strip("/") for source in sources]
    if any(source in {"", ".", "*"} for source in wanted):
        return True
    taken = any(
        source.endswith("/*") or any(path.startswith(f"{source}/") for path in context.files) for source in wanted
    )
    return taken and not PACKAGES.isdisjoint(context.files)


def _weighs(sent: Sent, pattern: str) -> bool:
    """Whether leaving it out makes a difference, as far as can be told: editors and logs are few and small."""
    if pattern in NOISE:
        return False
    if pattern == ".git":
        return not sent.context.folder
    return pattern != ".env" or any(path.startswith(".env") for path in sent.context.files)


def _wanted(project: Project, sent: Sent) -> Iterator[str]:
    """What is usually left out, in the order of the repository's other files of this kind."""
    names = {path.rpartition("/")[2] for path in sent.context.files}
    usual = [NODE] if "package.json" in names else []
    usual += [*EVERYWHERE, *(PYTHON if names & PYTHON_NAMES else ()), *made(project, sent.context, sent.files)]
    for path, source in project.sources.items():
        if path.rpartition("/")[2] == ".dockerignore":
            known = [line.strip() for line in source.text.splitlines()]
            yield from (one for one in known if one in usual)
            usual = [one for one in usual if one not in known]
    yield from usual


def _is_unread(project: Project, sent: Sent, pattern: str) -> bool:
    """Whether no file that git keeps matches, and no instruction, script or tool asks for what does."""
    if any(_matches(path, pattern) for path in sent.context.files):
        return False
    if pattern == NODE:
        return not any(NODE in copy for copy in _copied(sent.files)) and all(_installs(file) for file in sent.files)
    if pattern == ".git":
        return not any(".git" in copy.split("/") for copy in _copied(sent.files)) and not _uses_git(project, sent)
    if pattern == ".env":
        return not _uses_env(project, sent)
    return not any(fnmatchcase(part, pattern) for copy in _copied(sent.files) for part in copy.split("/"))


def _matches(path: str, pattern: str) -> bool:
    return any(fnmatchcase(part, pattern) for part in path.split("/"))


def _copied(files: Sequence[Dockerfile]) -> Iterator[str]:
    for file in files:
        for stage in file.stages:
            for copy in stage.of("COPY", "ADD"):
                if copy.flag("from") is None:
                    yield from (word.value for word in copy.words[:-1])


def _installs(file: Dockerfile) -> bool:
    """Whether the build fills node_modules itself, or takes no whole folder that may hold it."""
    whole = any(copy.rstrip("/") in {".", ""} or copy == "*" for copy in _copied((file,)))
    return not whole or any(any(True for _ in installs(calls_of(file, stage), *JAVASCRIPT)) for stage in file.stages)


def _uses_git(project: Project, sent: Sent) -> bool:
    top = f"{sent.context.folder}/" if sent.context.folder else ""
    if any(map(ASKS_GIT_UNSEEN.search, sent.context.files)):
        return True  # a plugin of the build may ask git, and these files are not read
    if any(map(_stamps, sent.files)):
        return True  # a Go program can say which commit it is
    told = any(GIT.search(text) or re.search(r"(?<![\w/.])\.git\b", text) for text in _run(sent))
    return told or any(
        seen.path.startswith(top) and seen.path.endswith(READ_BY_BUILDS)
        for seen in project.mentions(
            GIT,
            "git",
            "scm",
            "vcs",
            "versioneer",
            "vergen",
            "dunamai",
            "dynamic",
            "pbr",
            "nx ",
            "lefthook",
            "pre-commit",
        )
    )


def _stamps(file: Dockerfile) -> bool:
    """Whether a Go is built in an image that has git."""
    for stage in file.stages:
        texts = [words_of(one) for line in file.lineage(stage) for one in line.of("RUN")]
        image = file.lineage(stage)[-1].resolved or ""
        has_git = "alpine" not in image or any(re.search(r"\bapk\b.*\badd\b.*\bgit\b", text) for text in texts)
        if has_git and any(re.search(r"\bgo (?:build|install)\b(?!.*-buildvcs=false)", text) for text in texts):
            return True
    return False


def _uses_env(project: Project, sent: Sent) -> bool:
    """Whether a build or a program in the image reads the file: then it may be what makes it work."""
    top = f"{sent.context.folder}/" if sent.context.folder else ""
    if any(ENV_READ.search(text) for text in (*_run(sent), *_copied(sent.files))):
        return True
    if all(service.env_files for service in sent.services):
        return False
    if any(map(LOADS_ENV_UNSEEN.search, sent.context.files)):
        return True
    for folder, package in project.packages.items():
        if f"{folder}/".startswith(top) and FRAMEWORKS & {*package.dependencies, *package.dev_dependencies}:
            return True
    return any(seen.path.startswith(top) and seen.path not in project.documents for seen in _loading(project))


def _loading(project: Project) -> Iterator[Evidence]:
    return (
        seen
        for seen in project.mentions(LOADS_ENV, "env", "BaseSettings", "decouple", "Env", "sqlx")
        if not seen.path.lower().endswith((".md", ".rst", ".txt", ".yml", ".yaml")) or "requirements" in seen.path
    )


def _run(sent: Sent) -> Sequence[str]:
    return [
        words_of(one) for file in sent.files for one in file.instructions if one.keyword in {"RUN", "CMD", "ENTRYPOINT"}
    ]
