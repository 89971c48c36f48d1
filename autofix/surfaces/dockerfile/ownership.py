"""Do the files of an image belong to the user it runs as, and is that user known to the system?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Refusal, Severity
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile import accounts, creating, placing
from autofix.surfaces.dockerfile.accounts import Account
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Base
from autofix.surfaces.dockerfile.folders import target_of, work_folder
from autofix.surfaces.dockerfile.users import deployed, takes_owner
from autofix.text import Edit, Span

MAKES_ACCOUNTS = re.compile(r"\s*(?:addgroup|adduser|groupadd|useradd|usermod|set\s|mkdir\s+-p\s+/home/|true)\b")
GIVES = re.compile(r"\bchown\s+-\w*R|\bchmod\s+-\w*R|\bsetfacl\b")
ACCOUNT_TOOLS = re.compile(r"\b(?:shadow|passwd|adduser|addgroup|shadow-utils|login)\b")
INTERPRETED = frozenset({"node", "python", "ruby", "php", "bun", "deno"})


@dataclass(frozen=True)
class CopyFacts:
    """What is copied where, and whose it should be."""

    target: str
    user: str


@dataclass(frozen=True)
class Copied(Instruction):
    """A COPY or ADD whose files stay root's. `late` is the RUN that creates the user only after it."""

    owner: str = ""
    late: Instruction | None = None


def stays_root_owned(project: Project) -> Iterator[Match[Copied, CopyFacts]]:
    """COPY and ADD of a stage with a user of its own that leave root the owner: no --chown into the work folder of an
    interpreted language, or a name that no RUN has created by then (BuildKit takes root without a word).
    """
    for file in project.of(Dockerfile):
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            user = accounts.switched_to(lineage)
            if user is None or accounts.user_of(user) in accounts.ROOT or "$" in user.text:
                continue
            for copy in stage.of("COPY", "ADD"):
                yield from _left_to_root(file, lineage, user, copy)


def give_away(project: Project, match: Match[Copied, CopyFacts]) -> Fix | Refusal:
    """`--chown` for the user the stage runs as; the user's creation above the first COPY that names it."""
    copied = match.node
    file = project.documents[copied.path]
    assert isinstance(file, Dockerfile)
    stage = file.stages[copied.stage or 0]
    if copied.late is None:
        meant = _meant(stage, copied)
        edit = placing.flag(copied, f"--chown={copied.owner}", stage.of("COPY", "ADD"))
        return Fix("Copy with --chown", (edit,), doubts=(meant,) if meant else ())
    late = copied.late
    if not all(map(MAKES_ACCOUNTS.match, accounts.PARTING.split(words_of(late)))) or late.heredocs:
        return Refusal("the RUN that creates the user does more than that", evidence=(late.evidence("RUN"),))
    runs = [one for one in stage.of("RUN") if copied.first < one.first <= late.first and _only_accounts(one)]
    named = next((one for one in stage.of("COPY", "ADD") if _names(one, copied.owner)), copied)
    if switched := _not_root(file.lineage(stage), named):
        return Refusal("only root can create users, and the stage is somebody else there", evidence=(switched,))
    if needed := _needed_first(stage, named, runs):
        return Refusal("the RUN that creates the user may need what stands above it", evidence=(needed,))
    return Fix("Create the user before files are given to it", tuple(_moved(named, runs)))


def has_no_account(project: Project) -> Iterator[Match[Instruction, CopyFacts]]:
    """USER with a number that nothing gives a name to: no home folder, and programs that ask for the user fail."""
    for file in project.of(Dockerfile):
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            user = accounts.switched_to(lineage)
            base = creating.base_below(lineage)
            if user is None or user.stage != stage.index or base is None or not base.language:
                continue
            name = accounts.user_of(user)
            made = [account.uid for one in lineage for account in accounts.created(one.instructions)]
            known = {str(item) for item in base.taken} | set(map(str, made)) | accounts.ROOT
            if None in made:
                continue  # the system gave it a number, which may be this one
            if name.isdigit() and name not in known and base.distribution in creating.WITH_TOOLS and not _etc(lineage):
                yield Match(user, CopyFacts("", name))


def create_account(project: Project, match: Match[Instruction, CopyFacts]) -> Fix | Refusal:
    """A user of that number, created before anything is copied; USER keeps the number."""
    user = match.node
    file = project.documents[user.path]
    assert isinstance(file, Dockerfile)
    stage = file.stages[user.stage or 0]
    lineage = file.lineage(stage)
    base = creating.base_below(lineage)
    account = _numbered(user, base) if base else None
    if base is None or account is None:
        return Refusal("the usual names are taken in the base image, or the group is written as a name")
    if run := creating.deals_with_accounts(lineage):
        return Refusal("a RUN creates users or groups in a way that cannot be told", evidence=(run.evidence("RUN"),))
    copies = stage.of("COPY", "ADD")
    at = min((user, *copies[:1]), key=lambda one: one.first)
    if switched := _not_root(lineage, at):
        return Refusal("only root can create users, and the stage is somebody else there", evidence=(switched,))
    written = user.words[0].value.strip()
    lines = [*creating.lines(stage, account, base), *creating.owning(stage, lineage, written, at)]
    return Fix("Create the user the image runs as", (placing.above(at, lines),))


def _not_root(lineage: Sequence[Stage], at: Instruction) -> Evidence | None:
    """The USER other than root that an instruction is carried out as."""
    user = accounts.in_force(lineage, at.first)
    return user.evidence(user.text) if user and accounts.user_of(user) not in accounts.ROOT else None


def _needed_first(stage: Stage, at: Instruction, runs: Sequence[Instruction]) -> Evidence | None:
    """What stands between an instruction and the RUNs to be moved above it, and may bring their tools or variables."""
    for one in stage.instructions:
        if at.first < one.first < runs[-1].first and one not in runs:
            text = words_of(one)
            if one.keyword == "SHELL" or (one.keyword == "RUN" and ACCOUNT_TOOLS.search(text)):
                return one.evidence(one.keyword)
            names = [name for name, _, _ in one.pairs] if one.keyword in {"ARG", "ENV"} else []
            if any(re.search(rf"\$\{{?{name}\b", words_of(run)) for name in names for run in runs):
                return one.evidence(one.keyword)
    return None


def _numbered(user: Instruction, base: Base) -> Account | None:
    uid, _, gid = (user.words[0].value if user.words else "").strip().partition(":")
    account = creating.default(base, user, int(uid))
    if account is None or (gid and not gid.isdigit()) or (gid and int(gid) in base.taken):
        return None
    return replace(account, gid=int(gid) if gid and gid != "0" else account.uid)


def _etc(lineage: Sequence[Stage]) -> bool:
    """Whether the accounts may come from somewhere we do not read."""
    return any("/etc/passwd" in words_of(one) for stage in lineage for one in stage.of("RUN", "COPY", "ADD"))


def _left_to_root(
    file: Dockerfile, lineage: Sequence[Stage], user: Instruction, copy: Instruction
) -> Iterator[Match[Copied, CopyFacts]]:
    chown = copy.flag("chown")
    made = [account for stage in lineage for account in accounts.created(stage.instructions)]
    if chown and chown.value:
        name = chown.value.partition(":")[0]
        late = next((one.where for one in made if one.name == name and one.where.stage == copy.stage), None)
        if late and late.first > copy.first and not _in_base(name, lineage):
            facts = CopyFacts(copy.words[-1].value, name)
            yield Match(_copied(copy, chown.value, late), facts, (late.evidence(f"creates {name} only here"),))
        return
    base = creating.base_below(lineage)
    owner = _as_beside(copy, lineage[0], _owner(user, made, copy))
    if base is None or base.language not in INTERPRETED or owner is None or not takes_owner(copy, lineage):
        return
    if _given_away_later(lineage):
        return
    target = target_of(copy, lineage)
    works = {work_folder(lineage, one.last + 1) for one in lineage[0].of("WORKDIR")} | {work_folder(lineage)}
    inside = any(target == work or (target or "").startswith(f"{work}/") for work in works if work and work != "/")
    if inside and not _given_before(file, copy):
        facts = CopyFacts(copy.words[-1].value, accounts.user_of(user))
        yield Match(_copied(copy, owner, None), facts, (user.evidence(user.text),), Severity.NOTE)


def _given_away_later(lineage: Sequence[Stage]) -> bool:
    """Whether a RUN gives whole folders away, or opens them: then the owner a COPY leaves does not last."""
    return any(GIVES.search(words_of(one)) for stage in lineage for one in stage.of("RUN"))


def _meant(stage: Stage, copy: Instruction) -> Evidence | None:
    """A COPY of the stage that has an owner while most have none: then what root keeps may be meant to be root's."""
    copies = [one for one in stage.of("COPY", "ADD") if one.anchor != copy.anchor]
    given = [one for one in copies if one.flag("chown")]
    return (
        given[0].evidence("this one has an owner, most have none") if given and len(given) * 2 <= len(copies) else None
    )


def _owner(user: Instruction, made: Sequence[Account], copy: Instruction) -> str | None:
    """What --chown takes for the user of the stage: a name only once it is there."""
    written = user.words[0].value.strip() if user.words else ""
    name, colon, _ = written.partition(":")
    if name.isdigit():
        return written if colon else f"{name}:{name}" if any(str(one.uid) == name for one in made) else name
    account = next((one for one in made if one.name == name), None)
    if account and account.where.stage == copy.stage and account.where.first > copy.first:
        return None
    return written if colon else account.owner if account else f"{name}:{name}"


def _as_beside(copy: Instruction, stage: Stage, owner: str | None) -> str | None:
    """The owner as other COPYs of the stage write it, where they mean the same user."""
    given = [one.flag("chown") for one in stage.of("COPY", "ADD") if one.anchor != copy.anchor]
    written = [flag.value or "" for flag in given if flag]
    same = [one for one in written if owner and "$" not in one and one.partition(":")[0] == owner.partition(":")[0]]
    return max(same, key=same.count) if same else owner


def _in_base(name: str, lineage: Sequence[Stage]) -> bool:
    base = creating.base_below(lineage)
    return base is None or name in base.taken


def _given_before(file: Dockerfile, copy: Instruction) -> bool:
    """Whether the stage a COPY takes from has given the files to somebody, or cannot be read."""
    source = copy.flag("from")
    if source is None:
        return False
    stage = file.stage(source.value or "")
    if stage is None:
        return False
    text = "\n".join(words_of(one) for line in file.lineage(stage) for one in line.of("RUN"))
    return bool(re.search(r"\bchown\b", text)) or any(
        line.of("USER") or any(one.flag("chown") for one in line.of("COPY", "ADD")) for line in file.lineage(stage)
    )


def _copied(copy: Instruction, owner: str, late: Instruction | None) -> Copied:
    return Copied(**{**copy.__dict__, "owner": owner, "late": late})


def _only_accounts(run: Instruction) -> bool:
    text = words_of(run)
    return bool(re.search(r"\b(?:addgroup|adduser|groupadd|useradd)\b", text)) and all(
        map(MAKES_ACCOUNTS.match, accounts.PARTING.split(text))
    )


def _names(copy: Instruction, owner: str) -> bool:
    chown = copy.flag("chown")
    return chown is not None and (chown.value or "").partition(":")[0] == owner.partition(":")[0]


def _moved(copy: Instruction, runs: Sequence[Instruction]) -> Iterator[Edit]:
    """The instructions, each with the comment above it, taken out and put above the COPY as they are written."""
    source = copy.source
    texts: list[str] = []
    for run in runs:
        start = source.line_starts[placing.first_of_comment(source, run.first)]
        end = source.line_span(run.last).end
        below = source.line_span(run.last + 1).end if run.last + 1 < len(source.line_starts) else end
        if placing.blank(source, start) and below > end and placing.blank(source, below):
            end = below  # the blank line below goes with it
        texts.append(source.text[start:end])
        yield Edit(source.path, Span(start, end), "")
    at = source.line_starts[placing.first_of_comment(source, copy.first)]
    yield Edit(source.path, Span(at, at), "".join(texts))
