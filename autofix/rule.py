"""What is a rule, once it is loaded?  Policy as data, with the names of the functions that know how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any

from autofix.finding import Fix, Match, Refusal, Safety, Severity
from autofix.node import Node
from autofix.project import Project

Finder = Callable[..., Iterator[Match[Node, Any]]]  # (project, *, parameters)
Fixer = Callable[..., Fix | Refusal]  # (project, match, *, parameters)
# What a command that verifies a repair may name: the file, its folder, and what builds and deploys it.
PLACES = ("path", "folder", "dockerfile", "context", "target", "compose", "service")


BESIDE = {"env": "compose"}  # which asks for variables, whether any file of them is there or not


@dataclass(frozen=True)
class Call:
    """A function of `autofix.surfaces` by its dotted name, and what its keyword-only parameters are bound to."""

    use: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def function(self) -> Callable[..., Any]:
        """The function itself. Raises ImportError or AttributeError for a name that is not there."""
        module, _, name = self.use.rpartition(".")
        found: Callable[..., Any] = getattr(import_module(f"autofix.surfaces.{module}"), name)
        return found


@dataclass(frozen=True)
class Rule:
    """One problem: what is said about it, how bad it is, how safe its fix can be at best, who sees and repairs it.

    `words` are those of which a text of the repository has to hold one for the rule to be asked at all; without any it
    is. `verify` are commands that show a repair at work; places in braces are filled in by the audit.
    """

    id: str
    title: str
    why: str
    message: str
    severity: Severity
    safety: Safety
    find: Call
    fix: Call | None = None
    after: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    remedy: str = ""
    verify: str = ""
    see: tuple[str, ...] = ()

    @property
    def surface(self) -> str:
        """The kind of file the problem is in."""
        return self.id.partition("/")[0]

    def matches(self, project: Project) -> Iterator[Match[Node, Any]]:
        """Every place of the project that has the problem; without such documents the finder is not even imported."""
        met = (
            project.surfaces
            if self.surface == "system"
            else project.surfaces & {self.surface, BESIDE.get(self.surface)}
        )
        if not met or not (self.words == () or project.holds(self.words)):
            return iter(())
        finder: Finder = self.find.function()
        return finder(project, **self.find.params)

    def answer(self, project: Project, match: Match[Node, Any]) -> Fix | Refusal | None:
        """The repair of one place, or why there is none; None for a rule that has no fixer."""
        if self.fix is None:
            return None
        fixer: Fixer = self.fix.function()
        return fixer(project, match, **self.fix.params)
