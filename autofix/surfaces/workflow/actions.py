"""What do the well-known actions do?  Those that build images, and those that choose a version of a tool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.surfaces.workflow.steps import Step
from autofix.surfaces.yaml import Located

BUILDERS = frozenset({"docker/build-push-action", "depot/build-push-action", "useblacksmith/build-push-action"})

TOOLS = {
    "actions/setup-node": ("node", "node-version", "node-version-file"),
    "pnpm/action-setup": ("pnpm", "version", "package_json_file"),
    "actions/setup-python": ("python", "python-version", "python-version-file"),
    "actions/setup-go": ("go", "go-version", "go-version-file"),
    "actions/setup-java": ("java", "java-version", "java-version-file"),
    "ruby/setup-ruby": ("ruby", "ruby-version", ""),
    "oven-sh/setup-bun": ("bun", "bun-version", "bun-version-file"),
    "denoland/setup-deno": ("deno", "deno-version", "deno-version-file"),
}
"""Action, tool, and the inputs that give its version and a file that holds it."""


@dataclass(frozen=True)
class ImageBuild:
    """A step that builds an image; every text as it is written, expressions included.

    `context` and `file` are None where they are not given: the repository itself as git has it, and the `Dockerfile`
    in the context. `push` and `load` are None where they are not given, which is false.
    """

    step: Step
    context: str | None
    file: str | None
    target: str | None
    tags: tuple[str, ...]
    platforms: tuple[str, ...]
    push: str | None
    load: str | None
    args: tuple[tuple[str, str], ...]

    @property
    def pushes(self) -> bool:
        """Whether it may push: `push` or `outputs` ask for it, or an expression decides."""
        outputs = self.step.text_of("with", "outputs") or ""
        return (self.push or "false").lower() != "false" or bool(re.search(r"push=true|type=registry", outputs))


@dataclass(frozen=True)
class Tool:
    """A step that installs a tool. `version` is the leaf that gives one, `file` the file that holds it."""

    step: Step
    name: str
    version: Located | None
    file: str | None


def image_build(step: Step) -> ImageBuild | None:
    """The build a step makes with an action; `docker build` in a script is the reader's of scripts."""
    if step.action not in BUILDERS:
        return None
    given = {pair.name: pair.value for pair in step.inputs}
    return ImageBuild(
        step,
        given.get("context"),
        given.get("file"),
        given.get("target"),
        tuple(_listed(given.get("tags"))),
        tuple(_listed(given.get("platforms"))),
        given.get("push"),
        given.get("load"),
        tuple(_assigned(given.get("build-args"))),
    )


def tool(step: Step) -> Tool | None:
    """The tool a step installs, None for any other step."""
    if step.action not in TOOLS:
        return None
    name, version, file = TOOLS[step.action]
    at = step.get("with", version)
    return Tool(step, name, at if at and at.text else None, step.text_of("with", file) if file else None)


def _listed(text: str | None) -> Iterator[str]:
    """The entries of an input that takes a list: one a line or between commas, comments left out."""
    for line in (text or "").splitlines():
        if not line.lstrip().startswith("#"):
            yield from (part.strip() for part in re.split(r",(?![^{]*\}\})", line) if part.strip())


def _assigned(text: str | None) -> Iterator[tuple[str, str]]:
    for line in (text or "").splitlines():
        name, equals, value = line.strip().partition("=")
        if name and not name.startswith("#"):
            yield name, value if equals else ""
