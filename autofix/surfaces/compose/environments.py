"""Does production read the very file of variables that development reads?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from posixpath import basename, dirname, join, normpath

from autofix.finding import Match, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.starts import PROSE, USUAL, Purpose, Start, purpose_at, starts_of
from autofix.surfaces.env.production import for_development, template_of, word_for_production
from autofix.surfaces.yaml import Located

NAME = ".env"
PRODUCES = re.compile(r"(?:^|[/._-])(?:prod|production|prd)(?=[/._-])", re.IGNORECASE)
DEVELOPS = re.compile(r"(?:^|[/._-])(?:dev|develop|development|local|debug|override)(?=[/._-])", re.IGNORECASE)
ASIDE = re.compile(
    r"(?:^|[/._-])(?:devcontainer|tests?|testing|e2e|ci|fixtures?|testdata|examples?|samples?|demos?|docs?|documentation|staging|stage"
    r"|qa|uat|templates?|tutorials?|benchmarks?|archive|legacy|old)(?=[/._-])",
    re.IGNORECASE,
)
RELOADS = re.compile(
    r"--reload\b|\brunserver\b|\bnodemon\b|\bts-node-dev\b|\btsx watch\b|\b(?:npm|pnpm|yarn|bun)(?: run)? (?:dev|start:dev|develop|watch)\b"
    r"|\b(?:next|nuxt|vite|astro|remix)(?: dev)?$|\bnext dev\b|(?:^|\s)air(?:\s|$)|\bflask run\b.*--debug|\bsleep infinity\b|\btail -f /dev/null"
)
STAGES = re.compile(r"(?:\w+_)?ENV|ENVIRONMENT|\w+_ENVIRONMENT|DJANGO_SETTINGS_MODULE")
PRODUCTION = re.compile(r"(?:\$\{\w+:?-)?(?:[\w.]+\.)?prod(?:uction)?\}?", re.IGNORECASE)
APART = re.compile(r"\.env[.-].*(?:prod|\$)|prod[\w.-]*\.env$|\$\{?\w+.*\.env$", re.IGNORECASE)
COPIED = re.compile(
    r"\b(?:cp|mv|copy|ln)\s[^\n]*?(?:env[._-]prod|prod(?:uction)?[._-]?env|\.prod(?:uction)?\.env)\S*\s+[\"']?[\w./~${(@]"
)
FILE = r"[\"']?(?:[\w./~${}@:-]*/)?\.env(?![\w.*-])"
WRITTEN = re.compile(
    rf">{{1,2}}\s*{FILE}|\btee\s+(?:-a\s+)?{FILE}|\bcreate-?env(?:-?file)?\b|\bdest:\s*{FILE}\s*$", re.MULTILINE
)
NAMES = ("okploy", "oolify", "aprover", "apRover", "asypanel", "okku")
PLATFORMS = re.compile(r"\b(?:dokploy|coolify|caprover|easypanel|dokku)\b", re.IGNORECASE)
CHANGED = re.compile(
    rf"\bsed\s[^\n]*?-i[^\n]*?\s{FILE}|\b(?:cp|mv|ln|scp|rsync|install|copy)\s[^\n]*?\s{FILE}", re.MULTILINE
)


class Role(Enum):
    """What a compose file is for, as its name says; `MAIN` is the one without a word in its name."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    MAIN = "main"
    ASIDE = "aside"


@dataclass(frozen=True)
class Reading:
    """One place where a service reads the file of variables `env`."""

    file: ComposeFile
    service: ComposeService
    leaf: Located
    env: str

    @property
    def evidence(self) -> Evidence:
        """The place."""
        return Evidence("development reads it here", self.file.path, self.leaf.value.span)


@dataclass(frozen=True)
class SharedFacts:
    """Which file it is, the one production should have, and who reads it."""

    env: str
    own: str
    files: str


@dataclass(frozen=True)
class Shared(Node):
    """All places where production reads a file of variables that development reads as well. `main` is the file that both
    start, when it is one and the same, and `starts` are the calls that start it.
    """

    env: str
    word: str
    readings: tuple[Reading, ...] = field(repr=False)
    main: ComposeFile | None = field(default=None, repr=False)
    starts: tuple[Start, ...] = field(default=(), repr=False)

    @property
    def own(self) -> str:
        """The file that production would read."""
        return f"{self.env}.{self.word}"

    @property
    def deployed(self) -> bool:
        """Whether a script or a workflow deploys it."""
        return self.main is None or any(map(_deploys, self.starts))

    @property
    def facts(self) -> SharedFacts:
        """What a message may name."""
        return SharedFacts(self.env, self.own, " and ".join(dict.fromkeys(one.file.path for one in self.readings)))


def shares_file(project: Project) -> Iterator[Match[Shared, SharedFacts]]:
    """Files of variables that a compose file of production reads and development too."""
    readings = [one for file in project.of(ComposeFile) for one in _readings(file)]
    apart = any(role(file.path) is Role.PRODUCTION and _deploying(file) for file in project.of(ComposeFile))
    for env in dict.fromkeys(one.env for one in readings):
        if env in project.tracked:
            continue
        here = [one for one in readings if one.env == env]
        found = _of_production(project, env, here) if apart else _of_main(project, env, here)
        if found and not _made_for_production(project):
            yield found


def role(path: str) -> Role:
    """What the name of a compose file says."""
    if ASIDE.search(path):
        return Role.ASIDE
    produces, develops = PRODUCES.search(path), DEVELOPS.search(path)
    if produces or develops:
        return Role.ASIDE if produces and develops else Role.PRODUCTION if produces else Role.DEVELOPMENT
    return Role.MAIN if USUAL.search(path) else Role.ASIDE


def _deploying(file: ComposeFile) -> bool:
    return bool(file.services) and not file.overlay


def _readings(file: ComposeFile) -> Iterator[Reading]:
    """Where services read a file of that name, alone: another one beside it that is production's keeps the two apart."""
    for service in file.services:
        named = [leaf.text or "" for leaf in service.env_files]
        if any(APART.search(text) for text in named):
            continue
        for leaf in service.env_files:
            env = normpath(join(dirname(file.path), leaf.text or ""))
            if basename(env) == NAME and not env.startswith(("..", "/")) and "$" not in env:
                yield Reading(file, service, leaf, env)


def _of_production(project: Project, env: str, here: list[Reading]) -> Match[Shared, SharedFacts] | None:
    """Compose files that are named after production, beside those of development."""
    production = [one for one in here if role(one.file.path) is Role.PRODUCTION and not one.service.overlay]
    others = [one.evidence for one in here if role(one.file.path) in {Role.MAIN, Role.DEVELOPMENT}]
    template = template_of(project, env)
    evidence = (*others[:1], *(list(for_development(template))[:1] if template else ()))
    if (
        not production
        or not evidence
        or any(one.service.overlay for one in here if one.file in {p.file for p in production})
    ):
        return None
    shared = _shared(project, production, None, [])
    return Match(shared, shared.facts, evidence, Severity.WARNING)


def _of_main(project: Project, env: str, here: list[Reading]) -> Match[Shared, SharedFacts] | None:
    """The one compose file that developers start and that is deployed, or says that it is production."""
    main = [one for one in here if role(one.file.path) is Role.MAIN and not one.service.overlay]
    files = {one.file.path: one.file for one in main}
    if len(files) != 1 or any(_develops(one.service) for one in main):
        return None
    (file,) = files.values()
    template, starts = template_of(project, env), starts_of(project, file.path)
    deploys = [one.evidence for one in starts if _deploys(one)]
    says = [found for one in main if (found := _says_production(one.service))]
    values = list(for_development(template)) if template else []
    develops = [one.evidence for one in starts if one.purpose is Purpose.DEVELOP]
    if not (deploys or says) or not (values or (deploys and develops)):
        return None
    severity = Severity.ERROR if deploys else Severity.NOTE
    evidence = (*(deploys[:1] or says[:1]), *(values[:1] or develops[:1]))
    shared = _shared(project, main, file, starts)
    return Match(shared, shared.facts, evidence, severity)


def _shared(project: Project, readings: list[Reading], main: ComposeFile | None, starts: list[Start]) -> Shared:
    first, word = readings[0], word_for_production(project, readings[0].env)
    span, anchor = first.leaf.value.span, f"env_file:{first.env}"
    return Shared(first.file.source, span, anchor, first.env, word, tuple(readings), main, tuple(starts))


def _deploys(start: Start) -> bool:
    """Whether a program deploys, not a page that tells how."""
    return start.purpose is Purpose.DEPLOY and not start.evidence.path.lower().endswith(PROSE)


def _develops(service: ComposeService) -> bool:
    """Whether a service runs a developer's program, or the very source of its build."""
    started = " ".join((*service.texts("entrypoint"), *service.texts("command")))
    context = normpath(service.build.context or ".") if service.build else None
    mounted = (normpath(mount.origin) for mount in service.mounts if mount.origin.startswith("."))
    return bool(RELOADS.search(started)) or any(
        context == origin or origin.startswith(f"{context}/src") or (context == "." and origin in {"src", "app"})
        for origin in mounted
    )


def _says_production(service: ComposeService) -> Evidence | None:
    """A variable that says so, its default included."""
    for pair in service.environment:
        if STAGES.fullmatch(pair.name) and PRODUCTION.fullmatch(pair.value or ""):
            return Evidence(f"{pair.name} is production", service.path, pair.key_span)
    return None


def _made_for_production(project: Project) -> bool:
    """Whether a deployment writes the file, a platform does, or people copy a template of production to it: then each place
    has its own.
    """
    if any(project.mentions(COPIED, "env")) or any(project.mentions(PLATFORMS, *NAMES)):
        return True
    return any(_purpose(project, seen) is Purpose.DEPLOY for seen in _by_programs(project, WRITTEN))


def writers(project: Project) -> Iterator[Evidence]:
    """Where a program writes or changes such a file."""
    yield from _by_programs(project, WRITTEN)
    yield from _by_programs(project, CHANGED)


def _by_programs(project: Project, pattern: re.Pattern[str]) -> Iterator[Evidence]:
    return (seen for seen in project.mentions(pattern, NAME, "env") if not seen.path.lower().endswith(PROSE))


def _purpose(project: Project, seen: Evidence) -> Purpose:
    return purpose_at(project.sources[seen.path], seen.span.start) if seen.span else Purpose.UNKNOWN
