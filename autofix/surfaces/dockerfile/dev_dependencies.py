"""Does the deployed image hold what only development needs?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence
from autofix.project import Package, Project
from autofix.surfaces.dockerfile.commands import calls_of
from autofix.surfaces.dockerfile.dangers import DEVELOPMENT, script_names, start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.frozen import FIRST_NODE_OF_NPM_7, node_major
from autofix.surfaces.dockerfile.installs import Install, installs
from autofix.surfaces.dockerfile.layout import installing
from autofix.surfaces.dockerfile.users import deployed
from autofix.text import Edit

OLD = re.compile(r"--production(?:=true)?|--only=prod(?:uction)?|--prod")
DECIDED = re.compile(
    r"--production(?:=.*)?|--only=.*|--only|--omit(?:=.*)?|--include(?:=.*)?|--prod|-P|--dev|-D|--no-optional-dev|--also=.*"
)
OPTION = {"npm": "--omit=dev", "pnpm": "--prod", "yarn": "--production"}
BUILDS = re.compile(
    r"\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+|-\S+\s+)*(?:build|test|lint|compile|generate|tsc|dev)\b|\b(?:npx|pnpx|bunx|tsc|ng|vite|webpack"
    r"|next|nuxt|nx|turbo|esbuild|rollup|prisma|husky)\b|\bpnpm exec\b|\bprune\b|\bdeploy\b"
)
FOR_DEVELOPMENT = re.compile(
    r"(?:^|[/._-])(?:dev|development|tests?|e2e|ci|cypress|playwright|local|debug)(?:[._-][^/]*|/[^/]*)?$"
    r"|(?:^|/)\.(?:ci|devcontainer|github|circleci)/",
    re.IGNORECASE,
)
HOOKS = ("prepare", "postinstall", "install", "preinstall", "prepublish")
RUNTIME = frozenset(
    {"node", "npm", "pnpm", "yarn", "sh", "bash", "/bin/sh", "-c", "cd", "echo", "set", "export", "true"}
)
INITS = frozenset({"dumb-init", "tini", "catatonit"})
CALLS = re.compile(r"(?<![\w./-])(?:npm|pnpm|yarn|bun)\s+(?:run(?:-script)?\s+|--silent\s+|-s\s+)*(?P<name>[\w:.-]+)")
COMPILES = re.compile(r"\b(?:tsc|build|compile)\b(?=\s|$)")
DEEPEST = 4
TOOLS = re.compile(
    r"\b(?:nodemon|ts-node(?:-dev)?|tsx|next|nuxt|vite|prisma|nest|ng|sequelize(?:-cli)?|knex|typeorm|drizzle-kit|pm2|jest|vitest|husky|lefthook|simple-git-hooks|patch-package|electron-builder|react-scripts|webpack|cross-env|dotenv)\b"
)
SOURCES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx")
ASIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|e2e|spec|cypress|node_modules|examples?)/|\.(?:test|spec|stories|d)\.[cm]?[jt]sx?$"
    r"|(?:^|/)\.?(?:jest|vitest|eslint|prettier|babel|webpack|rollup|tsup|vite|playwright|cypress|commitlint|lint-staged|karma"
    r"|tailwind|postcss|stylelint)[\w.]*\.[cm]?[jt]s$"
)


@dataclass(frozen=True)
class DevFacts:
    """What is said about the call."""

    what: str


@dataclass(frozen=True)
class Developing(Instruction):
    """A RUN with an install of development dependencies, or with an option that npm has given up."""

    install: Install | None = field(default=None, repr=False)
    old: bool = False


def installs_for_development(project: Project) -> Iterator[Match[Developing, DevFacts]]:
    """Installs of deployed stages that take in devDependencies, and installs that say `--production` to npm."""
    for file in project.of(Dockerfile):
        shipped = {one.index for stage in deployed(project, file) for one in file.lineage(stage)}
        for stage in file.stages:
            for one in installs(calls_of(file, stage), *OPTION):
                if not one.of_project:
                    continue
                run = one.call.instruction
                anchor = f"{stage.anchor}/{one.manager}"  # the number of a RUN changes when one is put above it
                node = Developing(**{**run.__dict__, "anchor": anchor, "install": one})
                if one.manager == "npm" and any(map(OLD.fullmatch, one.call.said)):
                    node = Developing(**{**node.__dict__, "old": True})
                    yield Match(node, DevFacts("npm has given up this option for --omit=dev"), severity=Severity.NOTE)
                elif stage.index in shipped and _takes_all(project, file, stage, one):
                    yield Match(node, DevFacts(f"{one.manager} installs what only development needs"))


def omit_development(project: Project, match: Match[Developing, DevFacts]) -> Fix | Refusal:
    """The manager's own option for production."""
    run = match.node
    one = run.install
    assert one is not None
    file = project.documents[run.path]
    assert isinstance(file, Dockerfile)
    lineage = file.lineage(file.stages[run.stage or 0])
    option = OPTION[one.manager]
    if refusal := _old_npm(lineage, one):
        return refusal
    if run.old:
        word = next(word for word in one.call.arguments if OLD.fullmatch(word.value or ""))
        edit = one.call.with_other(word, option)
        return Fix("Say --omit=dev to npm", (edit,)) if edit else Refusal("it stands on two lines", option)
    found = installing(project, file, lineage[0], one)
    if found is None:
        return Refusal("which package is installed cannot be told", option)
    if why := next(_needs(project, file, lineage, one, found.package), None):
        return Refusal(why.what, option, (why,))
    edits: tuple[Edit, ...] = (one.call.with_word(one.verb, option),)
    return Fix("Leave development dependencies out of the image", edits)


def _takes_all(project: Project, file: Dockerfile, stage: Stage, one: Install) -> bool:
    """Whether neither an option nor NODE_ENV leaves development out, and there is something to leave out."""
    if any(map(DECIDED.fullmatch, one.call.said)) or _in_production(file.lineage(stage), one):
        return False
    found = installing(project, file, stage, one)
    return (
        found is not None
        and bool(found.package.dev_dependencies)
        and not _is_for_development(project, file, stage, found.package)
    )


def _is_for_development(project: Project, file: Dockerfile, stage: Stage, package: Package) -> bool:
    """Whether people develop or test with the image, by its name or by all that it starts, if it starts anything."""
    if FOR_DEVELOPMENT.search(file.path):
        return True
    for one in deployed(project, file):
        lineage = file.lineage(one)
        if stage.index in {line.index for line in lineage}:
            facts = [fact.value for service in project.built_from(file.path, one.index) for fact in service.start]
            for text in facts or [words_of(start) for start in start_of(lineage)]:
                if not DEVELOPMENT.search("\n".join(_expanded(text, package))):
                    return False
    return True


def _in_production(lineage: Sequence[Stage], one: Install) -> bool:
    run = one.call.instruction
    said = ""
    for stage in reversed(lineage):
        for env in stage.of("ENV", "ARG"):
            if stage is not lineage[0] or env.first < run.first:
                said = next((value or "" for name, value, _ in env.pairs if name == "NODE_ENV"), said)
    return said == "production" or "$" in said or "NODE_ENV=" in run.command.text


def _old_npm(lineage: Sequence[Stage], one: Install) -> Refusal | None:
    """Why the option may be one that npm does not know, or cannot be written."""
    if not one.call.sound:
        return Refusal("the line is not fully understood", OPTION[one.manager], reason=Reason.UNEDITABLE)
    if one.manager != "npm":
        return None
    at = lineage[-1].instructions[0]
    major = node_major(lineage)
    if major is None:
        return Refusal("which npm the image has cannot be told", OPTION["npm"], (at.evidence("base image"),))
    if major < FIRST_NODE_OF_NPM_7:
        return Refusal("npm 6 ignores --omit=dev without a word", evidence=(at.evidence("base image"),))
    return None


def _needs(
    project: Project, file: Dockerfile, lineage: Sequence[Stage], one: Install, package: Package
) -> Iterator[Evidence]:
    """What of the stage, the start or the source needs something that is only there for development."""
    if len(package.members) > 1:
        yield Evidence("a whole workspace is installed, whose packages have needs of their own", package.path)
    yield from _built(file, lineage)
    if not one.call.has("--ignore-scripts"):
        for name in HOOKS:
            if name in package.scripts and not _harmless(package.scripts[name], package):
                yield Evidence(f"the script {name} runs after the install", package.path)
    for stage in deployed(project, file):
        if lineage[0] in file.lineage(stage):
            yield from _started(project, file, file.lineage(stage), package)
    yield from _imported(project, package)


def _built(file: Dockerfile, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """What the stage, those it builds on and those built upon it do with what is installed."""
    for later in (other for stage in lineage for other in stage.of("RUN")):
        if BUILDS.search(words_of(later)):
            yield later.evidence("something is built in the stage")
    for heir in (other for other in file.stages if lineage[0] in file.lineage(other)[1:]):
        for later in heir.of("RUN"):
            if BUILDS.search(words_of(later)):
                yield later.evidence("a stage built upon this one may need them")
    if any(
        copy.flag("from") for other in file.stages for copy in other.of("COPY") if _takes_from(file, copy, lineage[0])
    ):
        yield lineage[0].instructions[0].evidence("another stage copies from this one")


def _takes_from(file: Dockerfile, copy: Instruction, stage: Stage) -> bool:
    flag = copy.flag("from")
    return flag is not None and file.stage(flag.value or "") is stage


def _harmless(script: str, package: Package) -> bool:
    """Whether a script runs nothing that is only there for development."""
    return not any(_names(script, name) for name in package.dev_dependencies) and not TOOLS.search(script)


def _started(project: Project, file: Dockerfile, lineage: Sequence[Stage], package: Package) -> Iterator[Evidence]:
    """What the start runs that only development brings, or that cannot be told."""
    services = project.built_from(file.path, lineage[0].index)
    starts = [(words_of(start), start.evidence(start.keyword)) for start in start_of(lineage)]
    starts += [(fact.value, fact.evidence) for service in services for fact in service.start]
    if not starts:
        yield lineage[0].instructions[0].evidence("nothing says what the image starts")
    known = {
        path.rpartition("/")[2]: path for service in services for path in service.scripts if path in project.sources
    }
    for text, at in tuple(starts):
        if unknown := next((name for name in script_names(text) if name.rpartition("/")[2] not in known), None):
            yield Evidence(f"what {unknown} runs is not known", at.path, at.span)
    starts += [
        (_without_comments(project.sources[path].text), Evidence("the start script", path)) for path in known.values()
    ]
    for text, at in starts:
        whole = "\n".join(_expanded(text, package))
        if found := DEVELOPMENT.search(whole) or COMPILES.search(whole):
            yield Evidence(f"the start runs {found[0].strip()}, which is for development", at.path, at.span)
        tool = next((name for name in package.dev_dependencies if _names(whole, name)), None) or _tool(whole, package)
        if tool:
            yield Evidence(f"the start needs {tool}, which is there for development", at.path, at.span)
    for text, at in starts[: len(starts) - len(known)]:
        if other := next(_unknown_programs("\n".join(_expanded(text, package)), package), None):
            yield Evidence(f"{other} may be there for development", at.path, at.span)


def _without_comments(script: str) -> str:
    return "\n".join(line for line in script.split("\n") if not line.lstrip().startswith("#"))


def _expanded(text: str, package: Package) -> list[str]:
    """A command and the package scripts it leads to."""
    found, todo = [text], [text]
    for _ in range(DEEPEST):
        names = [match["name"] for one in todo for match in CALLS.finditer(one)]
        todo = [
            package.scripts[name] for name in names if name in package.scripts and package.scripts[name] not in found
        ]
        found += todo
    return found


def _unknown_programs(text: str, package: Package) -> Iterator[str]:
    """The programs of a start that neither every image has nor a dependency for production brings."""
    brought = {name.rpartition("/")[2] for name in (*package.dependencies, *package.optional_dependencies)}
    for command in re.split(r"&&|\|\||[;|\n]", text):
        words = [word for word in command.split() if not re.fullmatch(r"[A-Za-z_]\w*=\S*|exec|--|-\S+", word)]
        program = next((word for word in words if word.rpartition("/")[2] not in INITS), "")
        name = program.rpartition("/")[2]
        if program and name not in RUNTIME | brought and not re.search(r"\.(?:[cm]?js|sh)$|entrypoint", name):
            yield name


def _tool(text: str, package: Package) -> str:
    """A well-known tool that a start calls and no dependency for production brings."""
    found = (match[0] for match in TOOLS.finditer(text))
    return next((name for name in found if name not in package.dependencies), "")


def _names(text: str, dependency: str) -> bool:
    """Whether a command calls what a dependency brings, by its name or by the last part of it."""
    name = re.escape(dependency.rpartition("/")[2])
    return bool(re.search(rf"(?<![\w./@-]){name}(?![\w./-])|(?<![\w./-]){re.escape(dependency)}(?![\w-])", text))


def _imported(project: Project, package: Package) -> Iterator[Evidence]:
    """Source of the package, tests and settings left out, that loads something only development has."""
    names = [
        name for name in package.dev_dependencies if name not in package.dependencies and not name.startswith("@types/")
    ]
    if not names:
        return
    loaded = re.compile(
        rf"(?:\brequire\(|\bfrom|\bimport|\bimport\()\s*['\"](?P<name>{'|'.join(map(re.escape, names))})(?=['\"/])"
    )
    top = f"{package.folder}/" if package.folder else ""
    for path, source in project.sources.items():
        if not path.startswith(top) or not path.endswith(SOURCES) or ASIDE.search(path.removeprefix(top)):
            continue
        if found := loaded.search(source.text):
            yield Evidence(f"the source loads {found['name']}, which is there for development", path)
