"""What is a step of a job?  An action with inputs, or a script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from autofix.node import Node
from autofix.surfaces.workflow.reach import Pair, pairs
from autofix.surfaces.workflow.scripts import Script, script
from autofix.surfaces.yaml import Located, Reached, YamlFile, mapping


@dataclass(frozen=True)
class Defaults:
    """What `defaults.run` says where a step does not."""

    shell: str | None = None
    directory: str | None = None


@dataclass(frozen=True)
class Step(Reached, Node):
    """A step: `span` from its first key to its last leaf. `number` counts from 0."""

    number: int
    at: Located
    file: YamlFile = field(repr=False, compare=False)
    defaults: Defaults = field(repr=False)

    @property
    def id(self) -> str | None:
        """The id other steps name it by."""
        return self.text_of("id")

    @property
    def name(self) -> str | None:
        """The name people see."""
        return self.text_of("name")

    @property
    def condition(self) -> str | None:
        """What `if` says."""
        return self.text_of("if")

    @property
    def uses(self) -> Located | None:
        """The leaf that names the action."""
        found = self.get("uses")
        return found if found and found.text else None

    @property
    def action(self) -> str:
        """The action without its version: `actions/checkout`, `./.github/actions/x`, `docker://image`; or empty."""
        text = self.uses.text or "" if self.uses else ""
        return text if text.startswith("docker://") else text.partition("@")[0]

    @property
    def version(self) -> str | None:
        """What stands behind the `@` of the action: a tag, a branch, a commit."""
        text = self.uses.text or "" if self.uses else ""
        _, at, version = text.partition("@")
        return version if at and not text.startswith("docker://") else None

    @property
    def inputs(self) -> tuple[Pair, ...]:
        """The inputs of the action."""
        return pairs(self.get("with"))

    @property
    def run(self) -> Script | None:
        """The script it runs."""
        found = self.get("run")
        return script(self.source, found) if found else None

    @property
    def shell(self) -> str | None:
        """The shell of its script, the defaults applied; None is the runner's: bash, on Windows PowerShell."""
        return self.text_of("shell") or self.defaults.shell

    @property
    def directory(self) -> str | None:
        """The directory its script runs in, the defaults applied; None is the workspace."""
        return self.text_of("working-directory") or self.defaults.directory

    @property
    def env(self) -> tuple[Pair, ...]:
        """The variables it sets for itself."""
        return pairs(self.get("env"))


def steps(file: YamlFile, at: Located | None, anchor: str, defaults: Defaults) -> Iterator[Step]:
    """The steps of the list `at`. One is named by its id, its name or its action, the second of a name with `#2`."""
    seen = Counter[str]()
    for number, item in enumerate(at.items() if at else ()):
        if not mapping(item):
            continue
        step = Step(file.source, item.value.span, "", number, item, file, defaults)
        name = step.id or step.name or step.action or "run"
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name}#{seen[name]}"
        yield Step(file.source, item.value.span, f"{anchor}.{unique}", number, item, file, defaults)


def defaults_of(at: Located, around: Defaults = Defaults()) -> Defaults:
    """The defaults a workflow or a job gives its steps, those around it kept where it gives none."""
    shell, directory = (at.text_of("defaults", "run", key) for key in ("shell", "working-directory"))
    return Defaults(shell or around.shell, directory or around.directory)
