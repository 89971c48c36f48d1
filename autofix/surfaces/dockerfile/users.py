"""Does the deployed stage run as root, and can it stop?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.dockerfile import accounts, creating, modes, placing
from autofix.surfaces.dockerfile.accounts import Account
from autofix.surfaces.dockerfile.dangers import dangers, script_names, start_of, words_of
from autofix.surfaces.dockerfile.declined import open_questions
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import DOTNET, Base, Distribution
from autofix.surfaces.dockerfile.folders import SYSTEM, target_of, work_folder
from autofix.text import Edit

WITHOUT_SHELL = frozenset({Distribution.DISTROLESS, Distribution.SCRATCH})
INSTALLS = re.compile(
    r"\s*(?:npm (?:ci|i|install|prune|cache)|pnpm (?:i|install|fetch|prune)|yarn(?:\s+install\b|\s+--|\s*$)|bun (?:i|install)|pip3? install|python3? -m pip"
    r"|uv (?:pip|sync)|bundle (?:install|config)|composer install|apk|apt-get|apt|go mod|chmod|chown|rm|addgroup|adduser|groupadd"
    r"|useradd|corepack|set|export|echo|ln|npm config|npm i(?:nstall)? -g|npm install -g|true"
    r"|(?:npm|pnpm|yarn) (?:ls|list|why|audit(?! fix)|outdated|--version|-v)|(?:node|python3?|pip3?) (?:--version|-[vV])|ls|which|test|command -v)\b"
)
READ = frozenset({"node", "bun", "deno", "python"})  # the languages whose source says where a program writes
DECIDED = re.compile(r"^\s*(?:runAsUser|runAsNonRoot|runAsGroup|fsGroup)\s*:.*$", re.MULTILINE)
MOUNTED = re.compile(r"\b(?:docker|podman)\s+run\b(?:[^\n]|\\\n)*?\s(?:-v|--volume|--mount|-u|--user)\b[^\n]*")
TARGET = re.compile(r"(?:--target[ =]|\btarget\s*[:=]\s*)[\"']?[\w.-]+[\"']?")
PRIVATE = re.compile(
    r"\.(?:pem|key|p12|pfx|jks|keystore)\b|letsencrypt|(?:^|/)(?:id_\w+|\.ssh|\.aws|secrets?|private)\b"
)
PACKAGED = re.compile(r"(?<![\w./-])(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?[\w:.-]+")
FILE = re.compile(r"\.(?:conf|cfg|ya?ml|json|toml|ini|pem|crt|key|env|sql|txt|html|properties|xml|js|ts|py|sh)$")


@dataclass(frozen=True)
class RootFacts:
    """The stage in words, and its image as it is written."""

    stage: str
    image: str


def runs_as_root(project: Project) -> Iterator[Match[Stage, RootFacts]]:
    """Deployed stages that run as root: an image known to do so and no USER, or a USER that says so."""
    for file in project.of(Dockerfile):
        stages = deployed(project, file)
        for stage in stages:
            lineage = file.lineage(stage)
            user = accounts.switched_to(lineage)
            if user is None and any(one in stages for one in lineage[1:]):
                continue  # it gets its user with the stage it builds on
            base = creating.base_below(lineage)
            is_root = accounts.user_of(user) in accounts.ROOT if user else base is not None and base.runs_as == "root"
            services = project.built_from(file.path, stage.index)
            if not is_root or (services and all(map(_decided, services))):
                continue
            node = replace(stage, span=stage.instructions[0].span)
            evidence = (user.evidence("says so itself"),) if user else ()
            yield Match(node, RootFacts(stage.label, stage.image.text), evidence + tuple(one.where for one in services))


def deployed(project: Project, file: Dockerfile) -> tuple[Stage, ...]:
    """The stages that services run; the last one where nothing says which."""
    numbers = sorted({service.build.stage for service in project.built_from(file.path) if service.build})
    return tuple(file.stages[number] for number in numbers) or file.stages[-1:]


def _decided(service: Service) -> bool:
    """Whether the deployment itself makes the service run as somebody else than root."""
    return service.user is not None and service.runs_as is not None and not service.runs_as.is_root


def run_as_user(project: Project, match: Match[Stage, RootFacts], *, user: str = "own") -> Fix | Refusal:
    """A user of its own: created before the first COPY, owner of what is copied, switched to before the start.

    `user: base` takes the one that the base image brings (`node`) instead of creating one.
    """
    stage = match.node
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    lineage = file.lineage(stage)
    if switch := accounts.switched_to(lineage):
        return Refusal("USER root is a decision", evidence=(switch.evidence("USER root"),))
    heirs = tuple(_heirs(file, stage))
    services = _services(project, file, stage)
    marks = [*dangers(project, lineage, project.built_from(stage.path, stage.index)), *_heirs_of_root(heirs)]
    for between in heirs:
        runs = project.built_from(stage.path, between[0].index)
        if runs and not accounts.switched_to(between):
            marks += dangers(project, file.lineage(between[0]), runs)
    if marks := list(dict.fromkeys(marks)):
        return Refusal(marks[0].what, evidence=tuple(marks))
    base = creating.base_below(lineage)
    if base is None or base.distribution is Distribution.UNKNOWN:
        return Refusal(f"how {stage.image.text} creates users is not known")
    if not base.language and base.distribution not in WITHOUT_SHELL:
        return Refusal(f"{stage.image.text} is no language image, so anything may run in it")
    brought = user == "base" or base.language == DOTNET  # its publisher says to run as the user it brings
    account, fresh = creating.chosen(project, file, lineage, base, of_base=brought)
    if account is None:
        return creating.none_left(lineage)
    number = any(service.demands_number for service in services)
    change = _Change(stage, lineage, base, account, fresh, str(account.uid) if number and account.uid else account.name)
    return Fix("Run as a non-root user", tuple(_edits(change)), doubts=tuple(_doubts(project, change)))


def _heirs(file: Dockerfile, stage: Stage) -> Iterator[list[Stage]]:
    """The stages that build on a stage, each with those between the two, nearest to it first."""
    for heir in file.stages:
        lineage = file.lineage(heir)
        between = list(takewhile(lambda one: one.index != stage.index, lineage))
        if 0 < len(between) < len(lineage):
            yield between


def _heirs_of_root(heirs: Iterable[Sequence[Stage]]) -> Iterator[Evidence]:
    """What stages built on this one do as root, or to the users it would bring."""
    for between in heirs:
        for run in between[0].of("RUN"):
            if accounts.in_force(between, run.first) is None or accounts.TOOLS.search(words_of(run)):
                yield run.evidence("a stage that builds on this one needs root")


def _services(project: Project, file: Dockerfile, stage: Stage) -> tuple[Service, ...]:
    """The services that run a stage, or one that gets its user from it."""
    stages = [stage.index, *(between[0].index for between in _heirs(file, stage) if not accounts.switched_to(between))]
    return tuple(service for number in stages for service in project.built_from(stage.path, number))


@dataclass(frozen=True)
class _Change:
    """A stage and who it is to run as: `user` is what USER says, `fresh` whether the account has to be created."""

    stage: Stage
    lineage: Sequence[Stage]
    base: Base
    account: Account
    fresh: bool
    user: str

    @property
    def late(self) -> int:
        """The line from which the account is there: 0, unless a RUN of this very stage creates it."""
        where = self.account.where
        return where.last + 1 if where.keyword == "RUN" and where.stage == self.stage.index and not self.fresh else 0


def _edits(change: _Change) -> Iterator[Edit]:
    stage, owner = change.stage, change.account.owner
    copies = stage.of("COPY", "ADD")
    at = next((one for one in stage.instructions if one.first >= change.late and one.keyword in {"COPY", "ADD"}), None)
    setup = creating.lines(stage, change.account, change.base) if change.fresh else []
    if change.base.distribution in creating.WITH_TOOLS:
        setup += creating.owning(stage, change.lineage, owner, at)
    for copy in copies:
        if copy.first >= change.late and takes_owner(copy, change.lineage):
            yield placing.flag(copy, f"--chown={owner}", copies)
    switch = f"{placing.keyword(stage, 'USER')} {change.user}"
    if at and setup:
        yield placing.above(at, setup)
        setup = []
    start = _first_after_build(stage)
    yield placing.above(start, [*setup, switch]) if start else placing.below(stage.instructions[-1], [*setup, switch])


def takes_owner(copy: Instruction, lineage: Sequence[Stage]) -> bool:
    """Whether a COPY should give its files away: not where someone said whose they are, and not in system folders."""
    target = target_of(copy, lineage)
    return copy.flag("chown") is None and not (target and SYSTEM.match(target))


def _first_after_build(stage: Stage) -> Instruction | None:
    """The first of HEALTHCHECK, EXPOSE, ENTRYPOINT and CMD behind the last RUN, COPY and ADD."""
    built = [number for number, one in enumerate(stage.instructions) if one.keyword in {"RUN", "COPY", "ADD"}]
    later = stage.instructions[built[-1] + 1 :] if built else stage.instructions[1:]
    return next((one for one in later if one.keyword in {"HEALTHCHECK", "EXPOSE", "ENTRYPOINT", "CMD"}), None)


def _doubts(project: Project, change: _Change) -> Iterator[Evidence]:
    """What the repository does not prove."""
    stage, lineage = change.stage, change.lineage
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    services = _services(project, file, stage)
    deploying = [service for service in services if service.kind != "image"]
    yield from _deployment_doubts(deploying) if deploying else _image_doubts(project, stage)
    yield from open_questions(project)
    yield from _start_doubts(lineage, services)
    yield from _written_somewhere(project, services)
    copies = stage.of("COPY", "ADD")
    for one in stage.of("RUN"):
        text = words_of(one)
        if copies and one.first > copies[0].first and not all(map(INSTALLS.match, accounts.PARTING.split(text))):
            yield one.evidence("leaves files that root owns")
        elif re.search(r"\bmkdir\b", text):
            yield one.evidence("makes a folder that root owns")
    for one in filter(modes.is_private, (*stage.of("RUN"), *copies)):
        yield one.evidence("may leave files that only root can read or run")
    if copies and copies[0].first < change.late:
        yield copies[0].evidence("copied before the user exists, so root keeps it")
    yield from _base_doubts(project, lineage[-1])
    if unknown := next((one for one in stage.of("WORKDIR") if "$" in one.text), None):
        yield unknown.evidence("the folder the process starts in depends on a variable")
    if change.base.language not in READ or change.base.distribution is Distribution.REDHAT:
        yield stage.instructions[0].evidence("what the program writes, and who it asks for its user, is not known")


def _written_somewhere(project: Project, services: Sequence[Service]) -> Iterator[Evidence]:
    """A file that the source writes, nobody can tell where."""
    written = (fact.evidence for service in services for fact in project.application(service).writes if not fact.value)
    if at := next(written, None):
        yield Evidence("where the source writes is not known", at.path, at.span)


def _image_doubts(project: Project, stage: Stage) -> Iterator[Evidence]:
    """What is open for an image that nothing in the repository deploys."""
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    for target in project.mentions(TARGET, "target"):
        name = re.split(r"[\s:=\"']+", target.what.strip("\"'"))[-1].lower()
        named = file.stage(name)
        if named and named is not stage and not project.built_from(file.path, named.index):
            yield Evidence(f"the stage {name} may be the one that is deployed", target.path, target.span)
    if manifest := next(project.mentions(DECIDED, "runAs", "fsGroup"), None):
        yield Evidence("a manifest may decide the user", manifest.path, manifest.span)
    if run := next(project.mentions(MOUNTED, "docker run", "podman run"), None):
        yield Evidence("it may be started with volumes or a user", run.path, run.span)
    if any(service.kind != "image" for service in project.services):
        yield Evidence("nothing says how this image is deployed", stage.path)


def _base_doubts(project: Project, stage: Stage) -> Iterator[Evidence]:
    """Who may build the stage on another image than the default of its argument."""
    for name in re.findall(r"\$\{?(\w+)", stage.image.text):
        given = re.compile(rf"(?:--build-arg[ =]|^\s*-?\s*)[\"']?{name}\s*[=:].*$", re.MULTILINE)
        seen = next((seen for seen in project.mentions(given, name) if seen.path != stage.path), None)
        if seen:
            yield Evidence("the base image may be another one", seen.path, seen.span)


def _deployment_doubts(services: Sequence[Service]) -> Iterator[Evidence]:
    """What is mounted into the container and may belong to somebody else: files are read, folders may be written.

    What another file of the deployment says is a doubt as well.
    """
    for service in services:
        yield from service.changes
        for mount in service.mounts:
            at = mount.evidence
            if mount.kind == "secret" or (mount.kind == "bind" and PRIVATE.search(f"{mount.origin} {mount.target}")):
                yield Evidence(f"root may be the only one who can read {mount.target}", at.path, at.span)
            elif mount.kind not in {"tmpfs", "emptyDir"} and mount.writable and not FILE.search(mount.target):
                yield Evidence(f"what is mounted at {mount.target} may belong to somebody else", at.path, at.span)


def _start_doubts(lineage: Sequence[Stage], services: Sequence[Service]) -> Iterator[Evidence]:
    """Start scripts that could not be found, and a start in a folder that root owns."""
    known = {path.rpartition("/")[2] for service in services for path in service.scripts}
    packaged = any(fact.evidence.what.startswith("script ") for service in services for fact in service.start)
    for one in start_of(lineage):
        for name in script_names(words_of(one)):
            if name.rpartition("/")[2] not in known:
                yield one.evidence(f"{name} is not in the repository")
        if PACKAGED.search(words_of(one)) and not packaged:
            yield one.evidence("what the package script runs is not in the repository")
    if work_folder(lineage) in {None, "/"} and not any("$" in one.text for one in lineage[0].of("WORKDIR")):
        yield lineage[0].instructions[0].evidence("the process starts in /, where it may not write")
