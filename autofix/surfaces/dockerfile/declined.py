"""Did somebody decide for root outside of the instructions?  Comments, GitHub actions, volumes of a platform."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile.document import Dockerfile, Stage
from autofix.text import Span

UNASKED = re.compile(r"\b(?:CKV_DOCKER_[38]|(?:AVD-)?DS-?0?002|DL3002|missing-user\w*|last-user-is-root)\b")
TAKEN_OUT = re.compile(r"#\s*USER\s+(?!root\b|0\b)[\w$]\S*\s*$")
AGAINST = re.compile(r"\b(?:not|never|avoid|without|instead|non)\b|n['\u2019]t\b", re.IGNORECASE)
AS_ROOT = re.compile(
    r"\b(?:run|start|stay|remain|keep|kept|execut)\w*\s+(?:[\w-]+\s+){0,3}?as\s+(?:the\s+)?root\b"
    r"|\b(?:needs?|requires?|must be)\s+root\b|\broot\s+(?:is\s+)?(?:needed|required)\b",
    re.IGNORECASE,
)
ACTION = re.compile(r"(?:^|/)action\.ya?ml$")
ACTION_RUNS = re.compile(r"""\busing["']?[ \t]*:[ \t]*["']?docker\b.*$""", re.MULTILINE | re.IGNORECASE)
ACTION_IMAGE = re.compile(r"""\bimage["']?[ \t]*:[ \t]*["']?(?P<image>[^\s"',}]+)""")
ACTION_LABEL = "com.github.actions."
PLATFORMS = (
    (r"(?:^|/)fly(?:\.[\w-]+)?\.toml$", r"^[ \t]*(?:\[\[?mounts?\b|mounts?[ \t]*=).*$"),
    (r"(?:^|/)render\.ya?ml$", r"^[ \t]*(?:-[ \t]+)?disk:.*$"),
    (r"(?:^|/)railway(?:\.[\w-]+)?\.toml$", r"^[^#\n]*\brequiredMountPath\b.*$"),
)
SKIPPED = re.compile(r"^.*\b(?:CKV_DOCKER_[38]|DL3002)\b.*$", re.MULTILINE)


def declined(project: Project, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """What says that the image is meant to run as root."""
    yield from _in_comments(project, lineage)
    yield from in_action(project, lineage)


def open_questions(project: Project) -> Iterator[Evidence]:
    """What other files say about any image of the repository: volumes of a platform, linters told not to ask."""
    for path, source in project.sources.items():
        for name, mounts in PLATFORMS:
            if re.search(name, path) and (found := re.search(mounts, source.text, re.MULTILINE)):
                yield Evidence("the platform mounts a volume that root owns", path, Span(*found.span()))
    if skip := next(project.mentions(SKIPPED, "CKV_DOCKER_", "DL3002"), None):
        yield Evidence("a linter is told not to ask for a user", skip.path, skip.span)


def _in_comments(project: Project, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """Comments of the file and of its stages, those left out that the image is not built from."""
    file = project.documents[lineage[0].path]
    assert isinstance(file, Dockerfile)
    kept = {stage.index for stage in lineage}
    others = [stage.span for stage in file.stages if stage.index not in kept]
    for note in file.comments():
        if not any(other.contains(note) for other in others) and (what := _said(file.source.text[slice(*note)])):
            yield Evidence(what, file.path, note)


def _said(comment: str) -> str | None:
    if UNASKED.search(comment):
        return "a linter is told not to ask for a user"
    if TAKEN_OUT.match(comment):
        return "a USER was taken out"
    if (root := AS_ROOT.search(comment)) and not AGAINST.search(comment, 0, root.start()):
        return f"a comment says so: {root.group()}"
    return None


def in_action(project: Project, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """GitHub gives an action a work folder and files for its outputs that only root may write."""
    what = "GitHub runs it as an action, which has to be root"
    for stage in lineage:
        for label in stage.of("LABEL"):
            if ACTION_LABEL in label.text:
                yield label.evidence(what)
    for path, source in project.sources.items():
        if ACTION.search(path) and (runs := ACTION_RUNS.search(source.text)):
            images = [found["image"] for found in ACTION_IMAGE.finditer(source.text)]
            if any(_is_built(image, path.rpartition("/")[0], lineage[0].path) for image in images):
                yield Evidence(what, path, Span(*runs.span()))


def _is_built(image: str, folder: str, dockerfile: str) -> bool:
    """Whether an action's image comes from a Dockerfile: it names it, or names a registry and lies above it."""
    if image.startswith("docker://"):
        return not folder or dockerfile.startswith(f"{folder}/")
    return posixpath.normpath(posixpath.join(folder, image)) == dockerfile
