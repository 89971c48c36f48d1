"""What is an answer of the audit made of?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from autofix.link.kinds import is_compose
from autofix.node import Evidence
from autofix.project import Fact, Project, Service
from autofix.report.words import shown


class State(StrEnum):
    """What is known of one question: it is right, it is wrong, nobody can tell, it does not arise, it is only told."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    NONE = "none"
    TOLD = "told"


@dataclass(frozen=True)
class Cell:
    """One answer: the state, a word that says what was found, and the place that says it, `path:line`.

    Only rows whose answers are of one `kin` are compared with each other.
    """

    state: State
    value: str = ""
    where: str = ""
    kin: str = ""

    @property
    def usual(self) -> tuple[State, str]:
        """What siblings are compared by."""
        return self.state, self.value


@dataclass(frozen=True)
class Column:
    """One question. `good` says what is right when every row has it; `same` says that siblings should agree."""

    title: str
    good: str
    same: bool = False


@dataclass(frozen=True)
class Row:
    """The answers about one service, or about one file (then `file` is its path)."""

    subject: str
    file: str
    cells: tuple[Cell, ...]

    @property
    def status(self) -> State:
        """Wrong where one answer is, right where none is and one is right."""
        states = {cell.state for cell in self.cells}
        return next((one for one in (State.NO, State.UNKNOWN, State.YES) if one in states), State.NONE)


@dataclass(frozen=True)
class Area:
    """One table."""

    title: str
    subject: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


NOT_ASKED = Cell(State.NONE)
UNKNOWN = Cell(State.UNKNOWN)


def place(project: Project, evidence: Evidence) -> str:
    """`path:line` of an evidence."""
    source = project.sources.get(evidence.path)
    path = shown(evidence.path)
    return f"{path}:{source.position(evidence.span.start)[0]}" if source and evidence.span else path


def runs_once(project: Project, service: Service) -> bool:
    """Whether the compose file says that the service ends: it stays so, or others wait for its end."""
    file = project.documents.get(service.path)
    if not is_compose(file):
        return False
    written = file.service(service.name)
    waiting = (one for other in file.services for one in other.depends_on if one.name == service.name)
    ends = any(one.condition == "service_completed_successfully" for one in waiting)
    return ends or (written is not None and written.restart == "no")


def yes(project: Project, value: str, evidence: Evidence | None) -> Cell:
    """A right answer and where it stands."""
    return Cell(State.YES, value, place(project, evidence) if evidence else "")


def no(project: Project, value: str, evidence: Evidence | None = None) -> Cell:
    """A wrong answer; without evidence something is missing."""
    return Cell(State.NO, value, place(project, evidence) if evidence else "")


def told(project: Project, fact: Fact[str]) -> Cell:
    """Something that is neither right nor wrong."""
    return Cell(State.TOLD, fact.value, place(project, fact.evidence))
