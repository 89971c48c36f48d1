"""What does a GitHub workflow or a composite action do, step by step?

As it is written: no expression is evaluated but `${{ matrix.x }}`, and what `uses` names is not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from autofix.node import Atom, Document, UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.workflow.actions import ImageBuild, Tool, image_build, tool
from autofix.surfaces.workflow.jobs import Job, Service, jobs
from autofix.surfaces.workflow.matrix import Matrix
from autofix.surfaces.workflow.reach import Pair, pairs, texts
from autofix.surfaces.workflow.scripts import Script
from autofix.surfaces.workflow.steps import Defaults, Step, defaults_of, steps
from autofix.surfaces.yaml import Located, YamlFile, mapping
from autofix.text import Source, Span

__all__ = ["ImageBuild", "Job", "Matrix", "Pair", "Script", "Service", "Step", "Tool", "WorkflowFile", "image_build",
           "named", "parse", "tool"]  # fmt: skip

_NAME = re.compile(r"\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml|(?:.*/)?action\.ya?ml")


def named(path: str) -> bool:
    """Whether the path is one a workflow or an action is read from; it is relative to the root, with `/`."""
    return bool(_NAME.fullmatch(path))


@dataclass(frozen=True)
class WorkflowFile(Document):
    """A workflow, or an action: that has no jobs, and steps only when it is a composite one."""

    yaml: YamlFile = field(repr=False)
    jobs: tuple[Job, ...] = field(repr=False)
    own_steps: tuple[Step, ...] = field(repr=False)

    @property
    def root(self) -> Located:
        """The whole file."""
        root = self.yaml.root
        assert root is not None  # parse made sure
        return root

    def get(self, *route: str | int) -> Located | None:
        """What stands under keys and positions: `on`, `permissions`, `concurrency`, `inputs`…"""
        return self.root.get(*route)

    @property
    def action(self) -> bool:
        """Whether it is an action, no workflow."""
        return self.get("jobs") is None

    @property
    def name(self) -> str | None:
        """The name people see."""
        return self.root.text_of("name")

    @property
    def triggers(self) -> tuple[str, ...]:
        """What starts it, from `on` as a text, a list or a mapping."""
        at = self.get("on")
        return () if at is None else texts(at) or at.keys()

    @property
    def env(self) -> tuple[Pair, ...]:
        """The variables it sets for all jobs."""
        return pairs(self.get("env"))

    def job(self, name: str) -> Job | None:
        """The job of that id."""
        return next((job for job in self.jobs if job.id == name), None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all jobs, or of the action."""
        return (*self.own_steps, *(step for job in self.jobs for step in job.steps))

    @property
    def image_builds(self) -> tuple[ImageBuild, ...]:
        """The images its actions build."""
        return tuple(found for step in self.steps if (found := image_build(step)))

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools its actions install."""
        return tuple(found for step in self.steps if (found := tool(step)))

    def atoms(self) -> Sequence[Atom]:
        """The leaves of the file."""
        return self.yaml.atoms()

    def comments(self) -> Sequence[Span]:
        """The comments of the file; those within scripts belong to the scripts."""
        return self.yaml.comments()

    def scopes(self) -> Sequence[Span]:
        """Each job from its key to its last leaf, and each step."""
        return (*(job.span for job in self.jobs), *(step.span for step in self.steps))


def parse(source: Source) -> WorkflowFile:
    """The file as jobs or steps. Raises UnreadableError for what is neither workflow nor action."""
    file = yaml.parse(source)
    root = yaml.require_root(file)
    if mapping(root.under("runs")) and root.under("jobs") is None:
        own = tuple(steps(file, root.get("runs", "steps"), "runs.steps", Defaults()))
        return WorkflowFile(source, file, (), own)
    found = mapping(root.under("jobs"))
    if found is None or root.under("on") is None:
        raise UnreadableError("not a workflow", root.value.span.start)
    for key, job in found.entries():
        if not mapping(job):
            raise UnreadableError("a job is not a mapping", key.span.start)
    return WorkflowFile(source, file, tuple(jobs(file, found, defaults_of(root))), ())
