"""May a process of a container gain more rights than it was started with?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project, Service
from autofix.surfaces import yaml
from autofix.surfaces.kubernetes.document import Container, KubernetesFile, Manifest, Setting
from autofix.text import Span

KEY = "allowPrivilegeEscalation"
GAINS = re.compile(
    r"^(?![ \t]*#)[^\n]*?(?P<what>\b(?:sudo|doas|setcap|su-exec|gosu|fping|iputils\S*|uidmap|newuidmap|shadow-uidmap|fuse\d?"
    r"|fusermount\d?|chromium\S*|google-chrome\S*|puppeteer|playwright|ping)\b|\bsu -|chmod\s+(?:-\w+\s+)*"
    r"(?:[ugoa]*\+[rwx]*s|[2467][0-7]{3})\b)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Open(Node):
    """A container that does not say whether its processes may gain rights."""

    container: Container = field(repr=False)
    said: Setting | None = field(repr=False, default=None)


@dataclass(frozen=True)
class OpenFacts:
    """Which container."""

    container: str


def may_escalate(project: Project) -> Iterator[Match[Open, OpenFacts]]:
    """Containers without `allowPrivilegeEscalation: false`; patches, which have no image, and Windows are left out."""
    for file in project.of(KubernetesFile):
        for manifest in file.manifests:
            for container in manifest.containers:
                said = container.setting(KEY)
                if container.image is None or (said and said.flag is False) or _elsewhere(project, manifest, container):
                    continue
                if container.pod.text_of("os", "name") == "windows" or _on_windows(container):
                    continue
                at = container.image.value.span
                node = Open(file.source, at, f"{container.anchor}/{KEY}", container, said)
                yield Match(node, OpenFacts(container.name))


def forbid(project: Project, match: Match[Open, OpenFacts]) -> Fix | Refusal:
    """`allowPrivilegeEscalation: false` in the container's own security context, which is made where there is none."""
    container, said = match.node.container, match.node.said
    if said:
        return Refusal("it is said to be allowed", evidence=(_at(container, said.at.value.span, KEY),))
    if privileged := _privileged(container):
        return Refusal("the cluster refuses it for such a container", evidence=(privileged,))
    context = container.security
    entries = {KEY: "false"}
    edit = (
        yaml.insert_entries(container.file, context, entries)
        if context
        else yaml.insert_entries(container.file, container.at, {"securityContext": entries})
    )
    if edit is None or container.get("securityContext") != context:
        return Refusal("the security context is written in another way", reason=Reason.UNEDITABLE)
    return Fix(f"Let no process of {container.name} gain rights", (edit,), doubts=tuple(_doubts(project, container)))


def _on_windows(container: Container) -> bool:
    selected = container.pod.get("nodeSelector")
    return any("windows" in (value.text or "") for _, value in selected.entries()) if selected else False


def _elsewhere(project: Project, manifest: Manifest, container: Container) -> bool:
    """Whether a patch, or another manifest of the same object, says it for this container."""
    return any(
        other.setting(KEY)
        for file in project.of(KubernetesFile)
        for one in file.manifests
        if (one.kind, one.name) == (manifest.kind, manifest.name) and one is not manifest
        for other in one.containers
        if other.name == container.name
    )


def _privileged(container: Container) -> Evidence | None:
    """Rights that no process can be kept from: the API server refuses both together."""
    setting = container.setting("privileged")
    if setting and setting.flag:
        return _at(container, setting.at.value.span, "is privileged")
    added = container.get("securityContext", "capabilities", "add")
    if added and any(text.upper().removeprefix("CAP_") in ("SYS_ADMIN", "ALL") for text in added.texts()):
        return _at(container, added.value.span, "gets CAP_SYS_ADMIN")
    return None


def _doubts(project: Project, container: Container) -> Iterator[Evidence]:
    """Why the container may need what is taken from it."""
    nonroot, user = container.setting("runAsNonRoot"), container.setting("runAsUser")
    if (user and user.number == 0) or not ((nonroot and nonroot.flag) or (user and user.number)):
        yield Evidence("nothing here says that it does not run as root")
    added = container.get("securityContext", "capabilities", "add")
    if added and added.items():
        yield _at(container, added.value.span, "capabilities of a file are not gained either")
    service = next((s for s in project.services if (s.path, s.anchor) == (container.path, container.anchor)), None)
    if service is None or service.build is None:
        yield Evidence(
            "the image is built elsewhere and may hold programs that gain rights (setuid, file capabilities)"
        )
    else:
        yield from _gains(project, service)


def _gains(project: Project, service: Service) -> Iterator[Evidence]:
    """What in the image gains rights, as far as its Dockerfile, its scripts and its start say."""
    dockerfile = (service.build.dockerfile,) if service.build else ()
    for path in (*dockerfile, *service.scripts):
        source = project.sources.get(path)
        if source and (found := GAINS.search(source.text)):
            yield Evidence(f"{found['what']} may have to gain rights", path, Span(*found.span("what")))
    for fact in service.start:
        if found := GAINS.search(fact.value):
            yield Evidence(f"{found['what']} may have to gain rights", fact.evidence.path, fact.evidence.span)


def _at(container: Container, span: Span, what: str) -> Evidence:
    return Evidence(what, container.path, span)
