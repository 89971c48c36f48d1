"""Who does a deployed process run as?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autofix.node import Evidence
from autofix.project import Account, Build, Fact
from autofix.surfaces.dockerfile import accounts
from autofix.surfaces.dockerfile.document import Dockerfile, Stage
from autofix.surfaces.dockerfile.families import Base, base_of
from autofix.surfaces.dockerfile.images import resolve

ROOT = {"root": 0}


def effective(user: Fact[str] | None, file: Dockerfile | None, build: Build | None) -> Account | None:
    """The user a service runs as: the one the deployment names, else the image's; None when nobody can tell."""
    image = _Image(file.lineage(file.stages[build.stage]), _values(file, build)) if file and build else NO_IMAGE
    if user:
        return image.named(user.value, user.evidence)
    return image.user() if image.lineage else None


def _values(file: Dockerfile, build: Build) -> dict[str, str]:
    """The arguments and variables of a build that have one value for certain, by name."""
    given = dict(build.arguments)
    lineage = file.lineage(file.stages[build.stage])
    reference = lineage[-1].reference
    base = base_of(reference) if reference else None
    values: dict[str, str | None] = dict(base.variables) if base else {}
    before = [one for one in file.instructions if one.stage is None]
    defaults = {name: given.get(name, default) for one in before for name, default, _ in one.pairs}
    for stage in reversed(lineage):
        for one in stage.of("ARG", "ENV"):
            for name, value, _ in one.pairs:
                if one.keyword == "ARG" and name in values and value is None:
                    continue
                said = (
                    given.get(name, defaults.get(name) if value is None else value) if one.keyword == "ARG" else value
                )
                values[name] = resolve(said, values, file.escape) if said is not None else None
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class _Image:
    """The stages of an image, nearest first, and the values of its variables."""

    lineage: tuple[Stage, ...]
    values: Mapping[str, str]

    def user(self) -> Account | None:
        """The user of an image: its last USER, else that of its base as far as that is known."""
        switched = accounts.switched_to(self.lineage)
        if switched:
            written = switched.words[0].value if switched.words else ""
            filled = resolve(written, self.values)
            return self.named(filled or written, switched.evidence(f"USER {written}"))
        base = self._base
        if base is None:
            return None
        opening = self.lineage[-1]
        image = opening.instructions[0].evidence(f"{opening.image.text} runs as {base.runs_as}")
        number = 0 if base.runs_as == "root" else dict(base.users).get(base.runs_as)
        return Account(base.runs_as, number, number, (image,))

    def named(self, written: str, evidence: Evidence) -> Account | None:
        """`user`, `user:group`, names or numbers, with the ids that the RUN instructions and the base give them."""
        name, _, group = written.strip().partition(":")
        if not name or "$" in written:
            return None
        uid, gid, seen = self._ids(name)
        if group:
            gid = int(group) if group.isdigit() else self._group(group)
        return Account(name, uid, gid, (evidence, *seen))

    @property
    def _base(self) -> Base | None:
        reference = self.lineage[-1].reference if self.lineage else None
        return base_of(reference) if reference else None

    def _ids(self, name: str) -> tuple[int | None, int | None, tuple[Evidence, ...]]:
        if name in ROOT:
            return 0, 0, ()
        for stage in self.lineage:
            for account in accounts.created(stage.instructions, self.values):
                if name in {account.name, str(account.uid)}:
                    gid = account.gid if account.group else accounts.lost_group(stage, account)
                    return account.uid, gid, (account.where.evidence(f"creates {name}"),)
        known = dict(self._base.users) if self._base else {}
        known |= {str(number): number for number in known.values()}
        if name in known:
            return known[name], known[name], (self.lineage[-1].instructions[0].evidence(f"the base image has {name}"),)
        return (int(name), int(name) if name == "0" else None, ()) if name.isdigit() else (None, None, ())

    def _group(self, group: str) -> int | None:
        if group in ROOT:
            return 0
        for stage in self.lineage:
            for account in accounts.created(stage.instructions, self.values):
                if account.group == group:
                    return account.gid
        return dict(self._base.users).get(group) if self._base else None


NO_IMAGE = _Image((), {})
