"""What is a job?  Where it runs, after what, how often, beside which services, and its steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from autofix.node import Node
from autofix.surfaces.workflow.matrix import Matrix, matrix
from autofix.surfaces.workflow.reach import Pair, pairs, texts
from autofix.surfaces.workflow.steps import Defaults, Step, defaults_of, steps
from autofix.surfaces.yaml import Located, Reached, YamlFile, mapping
from autofix.text import Span


@dataclass(frozen=True)
class Service:
    """A container that runs beside a job. `image` is the leaf that names it; `ports` are as they are written."""

    name: str
    image: Located | None
    ports: tuple[str, ...]
    env: tuple[Pair, ...]
    options: str | None
    at: Located


@dataclass(frozen=True)
class Job(Reached, Node):
    """A job: `span` from its key to its last leaf, `key` where its id stands."""

    id: str
    key: Span
    at: Located
    file: YamlFile = field(repr=False, compare=False)
    around: Defaults = field(repr=False)

    @property
    def name(self) -> str | None:
        """The name people see."""
        return self.text_of("name")

    @property
    def runs_on(self) -> tuple[str, ...]:
        """The labels of the runner, or its group's; empty for a job that calls a workflow."""
        return texts(self.get("runs-on")) or texts(self.get("runs-on", "labels")) or texts(self.get("runs-on", "group"))

    @property
    def needs(self) -> tuple[str, ...]:
        """The jobs it waits for."""
        return texts(self.get("needs"))

    @property
    def condition(self) -> str | None:
        """What `if` says."""
        return self.text_of("if")

    @property
    def uses(self) -> Located | None:
        """The leaf that names the workflow it calls."""
        found = self.get("uses")
        return found if found and found.text else None

    @property
    def matrix(self) -> Matrix | None:
        """What it is repeated for."""
        return matrix(self.get("strategy", "matrix"))

    def expand(self, text: str) -> tuple[str, ...] | None:
        """What a text becomes in each repetition, see `Matrix.expand`; itself without a matrix."""
        found = self.matrix
        return found.expand(text) if found else (text,)

    @property
    def env(self) -> tuple[Pair, ...]:
        """The variables it sets for its steps."""
        return pairs(self.get("env"))

    @property
    def container(self) -> Located | None:
        """The leaf with the image its steps run in."""
        found = self.get("container", "image") or self.get("container")
        return found if found and found.text else None

    @property
    def services(self) -> tuple[Service, ...]:
        """The containers that run beside it."""
        at = self.get("services")
        return tuple(_service(key.value, one) for key, one in at.entries() if mapping(one)) if at else ()

    @property
    def defaults(self) -> Defaults:
        """What its steps do where they do not say, the workflow's defaults included."""
        return defaults_of(self.at, self.around)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Its steps; none for a job that calls a workflow."""
        return tuple(steps(self.file, self.get("steps"), f"{self.anchor}.steps", self.defaults))


def jobs(file: YamlFile, at: Located, around: Defaults) -> Iterator[Job]:
    """The jobs in the mapping `at`."""
    for key, value in at.entries():
        span = value.entry.span if value.entry else key.span
        yield Job(file.source, span, f"jobs.{key.value}", key.value, key.span, value, file, around)


def _service(name: str, at: Located) -> Service:
    image = at.under("image")
    named = image if image and image.text else None
    return Service(name, named, texts(at.under("ports")), pairs(at.under("env")), at.text_of("options"), at)
