"""Does the deployed stage run as root, and can it stop?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from posixpath import join, normpath

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.dockerfile import accounts, placing
from autofix.surfaces.dockerfile.accounts import Account
from autofix.surfaces.dockerfile.dangers import dangers, script_names, scripts_of, start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Base, Distribution, base_of
from autofix.text import Edit

SYSTEM = re.compile(
    r"/(?:usr/(?:local/)?(?:s?bin|lib(?:32|64|exec)?|include|share)|etc|s?bin|lib(?:64)?|boot)(?:/|$)|/(?:usr(?:/local)?)?/?$"
)
INSTALLS = re.compile(
    r"\s*(?:npm (?:ci|i|install|prune|cache)|pnpm (?:i|install|fetch|prune)|yarn(?: install)?|bun (?:i|install)|pip3? install|python3? -m pip"
    r"|uv (?:pip|sync)|bundle (?:install|config)|composer install|apk|apt-get|apt|go mod|chmod|chown|rm|addgroup|adduser|groupadd"
    r"|useradd|corepack|set|export|echo|ln|npm config|npm i(?:nstall)? -g|npm install -g|true)\b"
)
DECIDED = re.compile(r"^\s*(?:runAsUser|runAsNonRoot|runAsGroup|fsGroup)\s*:.*$", re.MULTILINE)
MOUNTED = re.compile(r"\b(?:docker|podman)\s+run\b(?:[^\n]|\\\n)*?\s(?:-v|--volume|--mount|-u|--user)\b[^\n]*")
FILE = re.compile(r"\.(?:conf|cfg|ya?ml|json|toml|ini|pem|crt|key|env|sql|txt|html|properties|xml|js|ts|py|sh)$")
NEXT_UID = (1001, 10001)


@dataclass(frozen=True)
class RootFacts:
    """The stage in words, and its image as it is written."""

    stage: str
    image: str


def runs_as_root(project: Project) -> Iterator[Match[Stage, RootFacts]]:
    """Deployed stages that run as root: an image known to do so and no USER, or a USER that says so."""
    for file in project.of(Dockerfile):
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            user = accounts.switched_to(lineage)
            base = _base(lineage)
            is_root = accounts.user_of(user) in accounts.ROOT if user else base is not None and base.runs_as == "root"
            services = project.built_from(file.path, stage.index)
            if not is_root or (services and all(_decided(service) for service in services)):
                continue
            label = f"stage {stage.name}" if stage.name else "the image"
            node = replace(stage, span=stage.instructions[0].span)
            evidence = (user.evidence("says so itself"),) if user else ()
            yield Match(node, RootFacts(label, stage.image.text), evidence + tuple(one.where for one in services))


def deployed(project: Project, file: Dockerfile) -> tuple[Stage, ...]:
    """The stages that services run; the last one where nothing says which. A stage that another deployed one builds on
    is left to that one when it starts nothing itself.
    """
    numbers = sorted({service.build.stage for service in project.built_from(file.path) if service.build})
    return tuple(file.stages[number] for number in numbers) or file.stages[-1:]


def _decided(service: Service) -> bool:
    """Whether the deployment itself makes the service run as somebody else than root."""
    return service.user is not None and service.runs_as is not None and not service.runs_as.is_root


def run_as_user(project: Project, match: Match[Stage, RootFacts]) -> Fix | Refusal:
    """A user of its own: created before the first COPY, owner of what is copied, switched to before the start."""
    stage = match.node
    file = project.documents[stage.path]
    assert isinstance(file, Dockerfile)
    lineage = file.lineage(stage)
    if user := accounts.switched_to(lineage):
        return Refusal("USER root is a decision", evidence=(user.evidence("USER root"),))
    services = project.built_from(stage.path, stage.index)
    if marks := tuple(dict.fromkeys(dangers(project, lineage, services))):
        return Refusal(marks[0].what, evidence=marks)
    base = _base(lineage)
    if base is None or base.distribution not in {Distribution.ALPINE, Distribution.DEBIAN}:
        return Refusal(f"how {stage.image.text} creates users is not known")
    if not base.language:
        return Refusal(f"{stage.image.text} is no language image, so anything may run in it")
    account, fresh = _account(project, file, lineage, base)
    if account is None:
        return Refusal("the usual names and ids are taken in the base image")
    number = any(service.demands_number for service in services)
    switch = f"{account.uid}" if number and account.uid else account.name
    edits = tuple(_edits(stage, lineage, account, base if fresh else None, switch))
    return Fix("Run as a non-root user", edits, doubts=tuple(_doubts(project, lineage, account, fresh=fresh)))


def _base(lineage: Sequence[Stage]) -> Base | None:
    reference = lineage[-1].reference
    return base_of(reference) if reference else None


def _account(project: Project, file: Dockerfile, lineage: Sequence[Stage], base: Base) -> tuple[Account | None, bool]:
    """The user to run as, and whether it has to be created: this stage's, this file's, a sibling's, the default."""
    own = [account for stage in lineage for account in accounts.created(stage.instructions)]
    if own:
        return own[0], False
    opening = lineage[0].instructions[0]
    chowned = {flag.value for one in lineage[0].of("COPY", "ADD") if (flag := one.flag("chown"))}
    names = dict(base.users)
    for owner in sorted(filter(None, chowned)):
        name = owner.partition(":")[0]
        if name in names:
            return Account(name, names[name], name, names[name], opening), False
    for account in _habits(project, file, base):
        if not {account.name, account.uid, account.group, account.gid} & base.taken:
            return replace(account, where=opening), True
    return _default(base, opening), True


def _habits(project: Project, file: Dockerfile, base: Base) -> Iterator[Account]:
    """Users that this file and then its siblings of the same language create and run as, most frequent first."""

    def used(other: Dockerfile) -> Iterator[tuple[str, int, str, int]]:
        for stage in other.stages:
            switched = stage.last("USER")
            for account in accounts.created(stage.instructions):
                if switched and accounts.user_of(switched) in {account.name, str(account.uid)} and account.uid:
                    yield account.name, account.uid, account.group or account.name, account.gid or account.uid

    def language(other: Dockerfile) -> str:
        known = _base(other.lineage(other.stages[-1]))
        return known.language if known else ""

    siblings = [other for other in project.of(Dockerfile) if other is not file and language(other) == base.language]
    for group in ([file], siblings):
        seen = Counter(user for other in group for user in used(other))
        for (name, uid, owner, gid), _ in seen.most_common():
            yield Account(name, uid, owner, gid, file.instructions[0])


def _default(base: Base, where: Instruction) -> Account | None:
    name, uid = {"node": ("nodejs", 1001), "python": ("appuser", 1000)}.get(base.language, ("app", 1001))
    ids = [number for number in (uid, *NEXT_UID) if number not in base.taken]
    return Account(name, ids[0], name, ids[0], where) if ids and name not in base.taken else None


def _edits(stage: Stage, lineage: Sequence[Stage], account: Account, base: Base | None, user: str) -> Iterator[Edit]:
    copies = stage.of("COPY", "ADD")
    work = _work_folder(lineage)
    at = copies[0] if copies else None
    setup = _creation(stage, account, base) if base else []
    if work and not SYSTEM.match(work) and work != "/":
        setup.append(f"{placing.keyword(stage, 'RUN')} {_owning(stage, lineage, work, at)}chown {account.owner} {work}")
    switch = f"{placing.keyword(stage, 'USER')} {user}"
    if at:
        if setup:
            yield placing.above(_after_user(stage, account, at) if not base else at, setup)
        for copy in copies:
            if _takes_owner(copy, work) and (
                base or copy.first > account.where.first or account.where.stage != stage.index
            ):
                yield placing.flag(copy, f"--chown={account.owner}")
        setup = []
    anchor = _first_after_build(stage)
    if anchor:
        yield placing.above(anchor, [*setup, switch])
    else:
        yield placing.below(stage.instructions[-1], [*setup, switch])


def _after_user(stage: Stage, account: Account, at: Instruction) -> Instruction:
    """Where the work folder can be given to a user that a RUN of this stage creates."""
    if account.where.stage != stage.index or account.where.first < at.first:
        return at
    later = [one for one in stage.instructions if one.first > account.where.first]
    return later[0] if later else at


def _creation(stage: Stage, account: Account, base: Base) -> list[str]:
    run = placing.keyword(stage, "RUN")
    name, uid, group, gid = account.name, account.uid, account.group, account.gid
    if base.distribution is Distribution.ALPINE:
        return [f"{run} addgroup -g {gid} -S {group} && adduser -S {name} -u {uid} -G {group}"]
    return [f"{run} groupadd --gid {gid} {group} && useradd --uid {uid} --gid {group} --create-home {name}"]


def _owning(stage: Stage, lineage: Sequence[Stage], work: str, at: Instruction | None) -> str:
    """`mkdir -p` for a folder that no WORKDIR has made yet."""
    before = [one for one in stage.of("WORKDIR") if at is None or one.first < at.first]
    made = {_folder(lineage[1:], one.words[0].value) for one in before if one.words}
    made.add(_work_folder(lineage[1:]))
    return "" if work in made else f"mkdir -p {work} && "


def _work_folder(lineage: Sequence[Stage]) -> str | None:
    """The folder the process starts in, None when no WORKDIR says so or a variable does."""
    path: str | None = None
    for stage in reversed(lineage):
        for one in stage.of("WORKDIR"):
            written = one.words[0].value if one.words else ""
            path = None if "$" in written else normpath(join(path or "/", written))
    return path


def _folder(lineage: Sequence[Stage], written: str) -> str | None:
    return None if "$" in written else normpath(join(_work_folder(lineage) or "/", written))


def _takes_owner(copy: Instruction, work: str | None) -> bool:
    """Whether a COPY should give its files away: not where someone said whose they are, and not in system folders."""
    target = copy.words[-1].value if copy.words else ""
    return copy.flag("chown") is None and not SYSTEM.match(normpath(join(work or "/", target)))


def _first_after_build(stage: Stage) -> Instruction | None:
    """The first of HEALTHCHECK, EXPOSE, ENTRYPOINT and CMD behind the last RUN, COPY and ADD."""
    built = [
        number for number, one in enumerate(stage.instructions) if one.keyword in {"RUN", "COPY", "ADD", "ONBUILD"}
    ]
    later = stage.instructions[built[-1] + 1 :] if built else stage.instructions[1:]
    return next((one for one in later if one.keyword in {"HEALTHCHECK", "EXPOSE", "ENTRYPOINT", "CMD"}), None)


def _doubts(project: Project, lineage: Sequence[Stage], account: Account, *, fresh: bool) -> Iterator[Evidence]:
    """What the repository does not prove."""
    stage = lineage[0]
    services = project.built_from(stage.path, stage.index)
    yield from _deployment_doubts(project, lineage, services)
    copies = [one for one in stage.instructions if one.keyword in {"COPY", "ADD"}]
    for one in stage.of("RUN"):
        text = words_of(one)
        if copies and one.first > copies[0].first and not all(map(INSTALLS.match, accounts.PARTING.split(text))):
            yield one.evidence("leaves files that root owns")
        elif re.search(r"\bmkdir\b", text):
            yield one.evidence("makes a folder that root owns")
    if not fresh and account.where.stage == stage.index and copies and copies[0].first < account.where.first:
        yield copies[0].evidence("copied before the user exists, so root keeps it")
    if unknown := next((one for one in stage.of("WORKDIR") if "$" in one.text), None):
        yield unknown.evidence("the folder the process starts in depends on a variable")


def _deployment_doubts(project: Project, lineage: Sequence[Stage], services: Sequence[Service]) -> Iterator[Evidence]:
    """What is not known of how the image is deployed."""
    if not services:
        if manifest := next(project.mentions(DECIDED, "runAs", "fsGroup"), None):
            yield Evidence("a manifest may decide the user", manifest.path, manifest.span)
        if run := next(project.mentions(MOUNTED, "docker run", "podman run"), None):
            yield Evidence("it may be started with volumes or a user", run.path, run.span)
        if project.services:
            yield Evidence("nothing says how this image is deployed", lineage[0].path)
    for service in services:
        for mount in service.mounts:
            if mount.kind != "tmpfs" and mount.writable and not FILE.search(mount.target):
                at = mount.evidence
                yield Evidence(f"what is mounted at {mount.target} may belong to somebody else", at.path, at.span)
    start = start_of(lineage)
    known = {path.rpartition("/")[2] for path in scripts_of(project, start, services)}
    for one in start:
        for name in script_names(words_of(one)):
            if name.rpartition("/")[2] not in known:
                yield one.evidence(f"{name} is not in the repository")
