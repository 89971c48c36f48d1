"""Who does a deployed process run as?"""

from __future__ import annotations

from collections.abc import Sequence

from autofix.node import Evidence
from autofix.project import Account, Fact
from autofix.surfaces.dockerfile import accounts
from autofix.surfaces.dockerfile.document import Dockerfile, Stage
from autofix.surfaces.dockerfile.families import base_of

ROOT = {"root": 0}


def effective(user: Fact[str] | None, file: Dockerfile | None, stage: Stage | None) -> Account | None:
    """The user a service runs as: the one the deployment names, else the image's; None when nobody can tell."""
    lineage = file.lineage(stage) if file and stage else ()
    if user:
        return _named(user.value, lineage, user.evidence)
    return of_image(lineage) if lineage else None


def of_image(lineage: Sequence[Stage]) -> Account | None:
    """The user of an image: its last USER, else that of its base as far as that is known."""
    switched = accounts.switched_to(lineage)
    if switched:
        written = switched.words[0].value if switched.words else ""
        return _named(written, lineage, switched.evidence(f"USER {written}"))
    reference = lineage[-1].reference
    base = base_of(reference) if reference else None
    if base is None:
        return None
    image = lineage[-1].instructions[0].evidence(f"{lineage[-1].image.text} runs as {base.runs_as}")
    number = 0 if base.runs_as == "root" else dict(base.users).get(base.runs_as)
    return Account(base.runs_as, number, number, (image,))


def _named(written: str, lineage: Sequence[Stage], evidence: Evidence) -> Account | None:
    """`user`, `user:group`, names or numbers, with the ids that the image's RUN instructions and base give them."""
    name, _, group = written.strip().partition(":")
    if not name or "$" in written:
        return None
    uid, gid, seen = _ids(name, lineage)
    if group:
        gid = int(group) if group.isdigit() else _group(group, lineage)
    return Account(name, uid, gid, (evidence, *seen))


def _ids(name: str, lineage: Sequence[Stage]) -> tuple[int | None, int | None, tuple[Evidence, ...]]:
    if name in ROOT:
        return 0, 0, ()
    for stage in lineage:
        for account in accounts.created(stage.instructions):
            if name in {account.name, str(account.uid)}:
                gid = account.gid if account.group else accounts.lost_group(stage, account)
                return account.uid, gid, (account.where.evidence(f"creates {name}"),)
    reference = lineage[-1].reference if lineage else None
    base = base_of(reference) if reference else None
    known = dict(base.users) if base else {}
    if name in known:
        return known[name], known[name], (lineage[-1].instructions[0].evidence(f"the base image has {name}"),)
    return (int(name), int(name) if name == "0" else None, ()) if name.isdigit() else (None, None, ())


def _group(group: str, lineage: Sequence[Stage]) -> int | None:
    if group in ROOT:
        return 0
    for stage in lineage:
        for account in accounts.created(stage.instructions):
            if account.group == group:
                return account.gid
    reference = lineage[-1].reference if lineage else None
    base = base_of(reference) if reference else None
    return dict(base.users).get(group) if base else None
