"""Does the template show the variables that the repository asks for?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.ledgers import ledgers, spare_of, wanted
from autofix.surfaces.env.lines import line_edits, made_up, value_of
from autofix.surfaces.env.loading import loaders
from autofix.surfaces.env.wants import Need, Want
from autofix.text import NewFile, Span

NAMED = 4  # in a message
MOST = 2  # a template that shows less than half of this many times is a selection


@dataclass(frozen=True)
class Lacking(Node):
    """A template and what it lacks, what wants it most first; without one, the place that asks first.

    `spare` are those that nothing depends on and that it might show as well.
    """

    template: EnvFile | None
    new: str
    needs: tuple[Need, ...]
    spare: tuple[Need, ...]


@dataclass(frozen=True)
class LackingFacts:
    """Which template lacks which variables."""

    template: str
    names: str


def lacks(project: Project) -> Iterator[Match[Lacking, LackingFacts]]:
    """Templates that lack what cannot be done without, or what they show otherwise; none where several are needed."""
    for path, ledger in ledgers(project).items():
        found = wanted(project, ledger)
        if not found or (ledger.file is None and project.ignored(path)):
            continue
        found.sort(key=lambda need: (-(need.want is Want.NEEDED), need.name))
        spare = sorted(spare_of(project, ledger, found), key=lambda need: need.name)
        first = found[0].evidence
        source = ledger.file.source if ledger.file else project.sources[first.path]
        span = Span(0, 0) if ledger.file else first.span or Span(0, 0)
        node = Lacking(source, span, "variables", ledger.file, path, tuple(found), tuple(spare))
        severity = Severity.WARNING if ledger.file and found[0].want is Want.NEEDED else Severity.NOTE
        facts = LackingFacts(path, _listed([need.name for need in found]))
        yield Match(node, facts, tuple(need.evidence for need in found), severity)


def show(project: Project, match: Match[Lacking, LackingFacts]) -> Fix | Refusal:
    """A line each in the section of its relatives, as the lines around it are written; without a template a new file."""
    lacking, file = match.node, match.node.template
    title = f"Show {match.facts.names} in {match.facts.template}"
    if file is None:
        text = "".join(sorted(f"{need.name}={value_of(need, None)}\n" for need in lacking.needs))
        return Fix(title, files=(NewFile(lacking.new, text),), doubts=(Evidence("there is no template yet"),))
    if file.bad:
        remedy = "\n".join(f"{need.name}={value_of(need, None)}" for need in lacking.needs)
        return Refusal("a line of the template cannot be read", remedy, reason=Reason.UNEDITABLE)
    fix = Fix(title, tuple(line_edits(file, *lacking.needs)), doubts=tuple(_doubts(project, lacking, file)))
    if not lacking.spare:
        return fix
    doubts = (*fix.doubts, lacking.evidence("nothing depends on some of them"))
    more = Fix(title, tuple(line_edits(file, *lacking.needs, *lacking.spare)), doubts=doubts)
    return Fix(title, fix.edits, doubts=fix.doubts, instead=more)


def _doubts(project: Project, lacking: Lacking, file: EnvFile) -> Iterator[Evidence]:
    if any(made_up(need, file) for need in lacking.needs):
        yield from loaders(project, file.path)
    if len(lacking.needs) > MOST * len(file.entries):
        yield Evidence("the template seems to be a selection", file.path)


def _listed(names: list[str]) -> str:
    """The first few, and how many more."""
    if len(names) <= NAMED + 1:
        return ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1]
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
