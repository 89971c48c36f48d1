"""May the process of a service write to the memory it was given as a disk?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Account, Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.version import STACK
from autofix.surfaces.yaml import Located
from autofix.text import Edit

STICKY = frozenset({"/tmp", "/var/tmp"})  # noqa: S108  paths of containers
REMAPPED = re.compile(r"userns-remap")


@dataclass(frozen=True)
class Mounted(Node):
    """One tmpfs in its short form, and the service that has it."""

    service: ComposeService
    leaf: Located
    account: Account

    @property
    def user(self) -> str | None:
        """The `user:` of the service as it is written."""
        found = self.service.get("user")
        return found.text if found else None

    @property
    def given(self) -> frozenset[str]:
        """The names of the options the mount has."""
        options = (self.leaf.text or "").partition(":")[2].split(",")
        return frozenset(option.partition("=")[0] for option in options)


@dataclass(frozen=True)
class TmpfsFacts:
    """Where it is mounted, and who cannot write to it."""

    target: str
    service: str
    user: str


def belongs_to_root(project: Project) -> Iterator[Match[Mounted, TmpfsFacts]]:
    """Mounts of tmpfs without `uid=` in services that run as a known user other than root."""
    for service in project.services:
        file = project.documents.get(service.path)
        found = file.service(service.name) if isinstance(file, ComposeFile) else None
        account = service.runs_as
        if found is None or account is None or account.is_root or account.uid is None:
            continue
        for leaf in found.leaves("tmpfs"):
            target = normpath((leaf.text or "").partition(":")[0])
            node = Mounted(found.source, leaf.value.span, f"{found.anchor}.tmpfs.{target}", found, leaf, account)
            if "$" in (leaf.text or "") or "uid" in node.given:
                continue
            severity = Severity.NOTE if target in STICKY else Severity.ERROR
            yield Match(node, TmpfsFacts(target, service.name, account.name), account.evidence, severity)


def give_away(project: Project, match: Match[Mounted, TmpfsFacts]) -> Fix | Refusal:
    """`uid=` and `gid=` of the process; for a read-only service `/var/tmp` as well, beside `/tmp`."""
    mounted = match.node
    if "$" in (mounted.user or ""):
        return Refusal("who the service runs as depends on a variable")
    if reason := _reason_against(project, mounted, match.facts.target):
        return reason
    users = {_options(one.account, "", frozenset()) for one in _sharing(project, mounted)}
    if len(users) > 1:
        return Refusal("services with different users share this line", reason=Reason.UNEDITABLE)
    file = project.documents[mounted.path]
    assert isinstance(file, ComposeFile)
    value = f"{mounted.leaf.text}{_joint(mounted.leaf.text or '')}{_options(mounted.account, match.facts.target, mounted.given)}"
    leaf = Located(mounted.leaf.value, mounted.leaf.entry, shared=mounted.leaf.shared, flow=mounted.leaf.flow)
    edit = yaml.replace_scalar(file.yaml, leaf, value, shared=True)
    if edit is None:
        return Refusal("the line cannot be edited cleanly", reason=Reason.UNEDITABLE)
    return Fix("Give the tmpfs to the user of the service", (edit, *_scratch(file, mounted, match.facts.target)))


def _reason_against(project: Project, mounted: Mounted, target: str) -> Refusal | None:
    """What makes the options mean something else, or nothing at all."""
    if stack := next(project.mentions(STACK, "stack"), None):
        return Refusal("stack files may not know the options", evidence=(Evidence("stack", stack.path, stack.span),))
    if mapped := next(project.mentions(REMAPPED, "userns-remap"), None):
        return Refusal("the engine gives users other numbers outside the container", evidence=(mapped,))
    twin = _mounted_elsewhere(project, mounted, target)
    return Refusal("the service gets part of its settings elsewhere", evidence=(twin,)) if twin else None


def _options(account: Account, target: str, given: frozenset[str]) -> str:
    """The options a mount lacks; those it has were somebody's decision."""
    gid = "" if account.gid is None or "gid" in given else f",gid={account.gid}"
    return f"uid={account.uid}{gid}" + (",mode=1777" if target in STICKY and "mode" not in given else "")


def _joint(text: str) -> str:
    return "" if text.endswith((":", ",")) else "," if ":" in text else ":"


def _sharing(project: Project, mounted: Mounted) -> Iterator[Mounted]:
    """Every mount that is written in the very same place."""
    for match in belongs_to_root(project):
        if match.node.path == mounted.path and match.node.span == mounted.span:
            yield match.node


def _mounted_elsewhere(project: Project, mounted: Mounted, target: str) -> Evidence | None:
    """Another file, or `extends`, that gives the service the same mount: the two would no longer be one. Or another
    file that changes its user.
    """
    service = mounted.service
    if service.extends:
        at = service.get("extends")
        return Evidence("extends", service.path, at.value.span if at else None)
    for file in project.of(ComposeFile):
        for heir in file.services:
            at, base = heir.get("extends"), heir.extends
            own = any(heir.get(key) for key in ("tmpfs", "user", "image", "build"))
            if at and base and own and base[0] == service.name and (base[1] or file.path == service.path):
                return Evidence("extends", file.path, at.value.span)
        other = file.service(service.name)
        if file.path != service.path and other is not None:
            if other.overlay and (user := other.get("user")):
                return Evidence("user", file.path, user.value.span)
            for leaf in other.leaves("tmpfs"):
                if normpath((leaf.text or "").partition(":")[0]) == target and (other.overlay or service.overlay):
                    return Evidence("tmpfs", file.path, leaf.value.span)
    return None


def _scratch(file: ComposeFile, mounted: Mounted, target: str) -> Iterator[Edit]:
    """A writable /var/tmp for a service whose own is read-only, in a list that has no such line."""
    service = mounted.service
    tmpfs = service.get("tmpfs")
    taken = {mount.target for mount in service.mounts} | {
        (leaf.text or "").partition(":")[0] for leaf in service.leaves("tmpfs")
    }
    if target != "/tmp" or not service.flag("read_only") or tmpfs is None or tmpfs.scalar or "/var/tmp" in taken:  # noqa: S108
        return
    if mounted.leaf.via_alias or mounted.leaf.shared:
        return
    line = f"/var/tmp:{_options(mounted.account, '/var/tmp', frozenset())}"  # noqa: S108
    if edit := yaml.append_item(file.yaml, tmpfs, line):
        yield edit
