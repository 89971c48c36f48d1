"""How is a user written into a stage, in the idiom of its base?"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from autofix.finding import Refusal
from autofix.project import Project
from autofix.surfaces.dockerfile import accounts, placing
from autofix.surfaces.dockerfile.accounts import Account
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Base, Distribution, base_of
from autofix.surfaces.dockerfile.folders import SYSTEM, entered, work_folder

NEXT_UID = (1001, 10001)
FIRST_UID = 1000  # those below are the system's, and differ from one base to the next
NAMES = {"node": ("nodejs", 1001), "python": ("appuser", 1000)}
WITH_TOOLS = frozenset({Distribution.ALPINE, Distribution.DEBIAN})


def base_below(lineage: Sequence[Stage]) -> Base | None:
    """What is known of the image the stages build on."""
    reference = lineage[-1].reference
    return base_of(reference) if reference else None


def chosen(
    project: Project, file: Dockerfile, lineage: Sequence[Stage], base: Base, *, of_base: bool = False
) -> tuple[Account | None, bool]:
    """The user to run as, and whether it has to be created: this stage's, this file's, a sibling's, one with the number
    that the deployment runs services as, the default.

    With `of_base` the user that the base image brings goes before all but the stage's own. None where all are taken, or
    where a RUN deals with users in a way that cannot be read.
    """
    own = [account for stage in lineage for account in accounts.created(stage.instructions)]
    if own and "$" not in own[0].owner:
        return own[0], False
    if deals_with_accounts(lineage):
        return None, False
    opening = lineage[0].instructions[0]
    if base.distribution not in WITH_TOOLS:
        uid, gid = (1001, 0) if base.distribution is Distribution.REDHAT else (65532, 65532)
        return Account(str(uid), uid, str(gid), gid, opening), False
    numbers = dict(base.users)
    owners = {flag.value or "" for one in lineage[0].of("COPY", "ADD") if (flag := one.flag("chown"))}
    of_its_own = [name for owner in sorted(owners) if (name := owner.partition(":")[0]) in numbers]
    for name in [*of_its_own, *(numbers if of_base else ())]:
        return Account(name, numbers[name], name, numbers[name], opening), False
    for account in _habits(project, file, base):
        ids = (account.uid or 0, account.gid or 0)
        if min(ids) >= FIRST_UID and not {account.name, account.group, *ids} & base.taken:
            return replace(account, where=opening), True
    return default(base, opening), True


def deals_with_accounts(stages: Iterable[Stage]) -> Instruction | None:
    """The first RUN that creates or changes users or groups."""
    runs = (one for stage in stages for one in stage.of("RUN"))
    return next((one for one in runs if accounts.TOOLS.search(words_of(one))), None)


def none_left(lineage: Sequence[Stage]) -> Refusal:
    """Why there is no user to run as."""
    if run := deals_with_accounts(lineage):
        return Refusal("a RUN creates users or groups in a way that cannot be told", evidence=(run.evidence("RUN"),))
    return Refusal("the usual names and ids are taken in the base image")


def default(base: Base, where: Instruction, uid: int | None = None) -> Account | None:
    """The user of our policy, with another number where one is given; None when all names or numbers are taken."""
    name, usual = NAMES.get(base.language, ("app", 1001))
    numbers = [number for number in ((uid,) if uid else (usual, *NEXT_UID)) if number not in base.taken]
    return Account(name, numbers[0], name, numbers[0], where) if numbers and name not in base.taken else None


def lines(stage: Stage, account: Account, base: Base) -> list[str]:
    """The instruction that creates the user and its group."""
    run = placing.keyword(stage, "RUN")
    name, uid, group, gid = account.name, account.uid, account.group, account.gid
    if base.distribution is Distribution.ALPINE:
        return [f"{run} addgroup -g {gid} -S {group} && adduser -S {name} -u {uid} -G {group}"]
    return [f"{run} groupadd --gid {gid} {group} && useradd --uid {uid} --gid {group} --create-home {name}"]


def owning(stage: Stage, lineage: Sequence[Stage], owner: str, at: Instruction | None) -> list[str]:
    """The instruction above `at` that gives the work folder away, none where there is none that is the stage's own.

    A folder that no WORKDIR has made by then is made.
    """
    work = work_folder(lineage)
    if work is None or work == "/" or SYSTEM.match(work):
        return []
    made = work_folder(lineage[1:])
    known = {made}
    for one in stage.of("WORKDIR"):
        if at is None or one.first < at.first:
            made = entered(made, one)
            known.add(made)
    path = shlex.quote(work)
    return [f"{placing.keyword(stage, 'RUN')} {'' if work in known else f'mkdir -p {path} && '}chown {owner} {path}"]


def _habits(project: Project, file: Dockerfile, base: Base) -> Iterator[Account]:
    """Users that this file and then its siblings of the same language create and run as, most frequent first."""

    def used(other: Dockerfile) -> Iterator[tuple[str, int, str, int]]:
        for stage in other.stages:
            switched = stage.last("USER")
            for account in accounts.created(stage.instructions):
                if switched and accounts.user_of(switched) in {account.name, str(account.uid)} and account.uid:
                    yield account.name, account.uid, account.group or account.name, account.gid or account.uid

    def language(other: Dockerfile) -> str:
        known = base_below(other.lineage(other.stages[-1]))
        return known.language if known else ""

    siblings = [other for other in project.of(Dockerfile) if other is not file and language(other) == base.language]
    for group in ([file], siblings):
        seen = Counter(user for other in group for user in used(other))
        for (name, uid, owner, gid), _ in seen.most_common():
            yield Account(name, uid, owner, gid, file.instructions[0])
    for uid in _numbers_of_services(project, file):
        if account := default(base, file.instructions[0], uid):
            yield account


def _numbers_of_services(project: Project, file: Dockerfile) -> Iterator[int]:
    """The numbers that the deployment runs services as, those built from this file first."""
    mine = {service.id for service in project.built_from(file.path)}
    # manifests come with charts and controllers of others, which have their own reasons
    own = [service for service in project.services if service.build or service.kind == "compose"]
    for service in sorted(own, key=lambda service: service.id not in mine):
        uid, _, gid = service.user.value.partition(":") if service.user else ("", "", "")
        if uid.isdigit() and gid in {"", uid}:
            yield int(uid)
