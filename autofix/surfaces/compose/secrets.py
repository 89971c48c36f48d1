"""Does a compose file hold a credential that its environment file should?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, Pair
from autofix.surfaces.compose.wanted import ASKED, asked, rest
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.ledgers import NEW
from autofix.surfaces.env.lines import line_edits
from autofix.surfaces.env.places import ADDRESS, put, repetitions, strangers
from autofix.surfaces.env.templates import shows, templates_for
from autofix.surfaces.env.wants import Need, Want
from autofix.surfaces.secrets import Part, Secret, judge, kebab, snake
from autofix.text import Edit, NewFile

FOR_TESTS = re.compile(r"(?:^|[/._-])(?:tests?|testing|ci|e2e|fixtures?|cypress|integration)(?=[/._-])", re.IGNORECASE)
MADE_UP = frozenset(
    {"a random value", "a password", "an address with a password", "a connection string with a password"}
)
ROTATE = "Issue a new credential, put it where only the deployment sees it, and ask for it by name."


@dataclass(frozen=True)
class Written(Node):
    """A variable of a service that is given a credential in the file itself; `text` stands for one piece of it."""

    service: ComposeService
    pair: Pair
    secret: Secret

    def texts(self) -> Iterator[tuple[str, Part]]:
        """The pieces that have to go, as the file spells them."""
        value = self.pair.value or ""
        return ((value[part.start : part.end], part) for part in self.secret.parts if part.role != "host")


@dataclass(frozen=True)
class WrittenFacts:
    """Whose variable it is, and what it holds: never the value."""

    service: str
    key: str
    what: str


def written_out(project: Project) -> Iterator[Match[Written, WrittenFacts]]:
    """Credentials in `environment`; one that several services share is found where it stands."""
    for file in project.of(ComposeFile):
        seen: set[object] = set()
        for service in file.services:
            for pair in service.environment:
                secret = judge(pair.name, pair.value) if pair.value else None
                place = pair.at.value.span
                if secret is None or place in seen or (FOR_TESTS.search(file.path) and secret.what in MADE_UP):
                    continue
                seen.add(place)
                node = Written(
                    file.source, pair.key_span, f"{service.anchor}.environment.{pair.name}", service, pair, secret
                )
                severity = Severity.ERROR if secret.sure else Severity.WARNING
                yield Match(node, WrittenFacts(service.name, pair.name, secret.what), (), severity)


def ask_for_it(project: Project, match: Match[Written, WrittenFacts]) -> Fix | Refusal:
    """`${NAME}` wherever compose files repeat the value, NAME in the template, a placeholder where templates hold it."""
    written = match.node
    if beside := _committed(project, written):
        return Refusal("the .env beside it is committed, so that no place is left for the value", ROTATE, (beside,))
    edits: list[Edit] = []
    files: list[NewFile] = []
    doubts = [] if written.secret.sure else [written.evidence("somebody may have made it up")]
    for text, part in written.texts():
        name = _name(project, written, text, part)
        elsewhere = tuple(_elsewhere(project, text))
        if name is None or elsewhere:
            needs = (
                "the same value stands where no variable reaches" if elsewhere else "its name is taken by another value"
            )
            return Refusal(needs, ROTATE, elsewhere)
        changed = list(_asking(project, text, f"${{{name}{rest(project, written.path, name)}}}"))
        if None in changed:
            return Refusal("a line that repeats the value cannot be edited cleanly", ROTATE, reason=Reason.UNEDITABLE)
        edits += [edit for edit in changed if edit]
        edits += [put(project, place) for place in repetitions(project, text.replace("$$", "$"))]
        shown, new = _shown(project, written, name)
        edits, files = edits + shown, files + new
        doubts.append(written.evidence(f"every deployment has to set {name} before its next start"))
    title = f"Ask for {match.facts.key} of {match.facts.service} by name"
    return Fix(title, tuple(dict.fromkeys(edits)), tuple(dict.fromkeys(files)), tuple(doubts))


def _committed(project: Project, written: Written) -> Evidence | None:
    """The file that compose would read the value from, where everybody has it and no template stands for it."""
    folder = written.path.rpartition("/")[0]
    file = project.documents.get(f"{folder}/.env".lstrip("/"))
    templates = templates_for(project, Need("", folder, Want.NEEDED, None, written.evidence(""), folder))
    return Evidence(".env", file.path) if file and file.path in project.tracked and not templates else None


def _elsewhere(project: Project, text: str) -> Iterator[Evidence]:
    """Places that are neither values of compose files nor files of variables."""
    for spelled in dict.fromkeys((text, text.replace("$$", "$"))):
        for seen in strangers(project, spelled):
            file = project.documents.get(seen.path)
            remarks = file.comments() if isinstance(file, ComposeFile) else ()
            told = any(seen.span and remark.contains(seen.span) for remark in remarks)
            if told or not isinstance(file, ComposeFile | EnvFile):
                yield seen


def _name(project: Project, written: Written, text: str, part: Part) -> str | None:
    """The variable to ask for: one that the file asks for under a shorter name, else the key; None when it is taken."""
    key = snake(written.pair.name)
    whole = part.role == "value" and part.end - part.start == len(written.pair.value or "")
    role = "PASSWORD" if part.role == "password" else snake(part.role)
    holder = _holder(project, text)
    key = holder or (key if whole else f"{ADDRESS.sub('', key)}_{role}")
    if holder and any(place.whole and snake(place.entry.key) == holder for place in repetitions(project, text)):
        return holder
    known = [name for name in asked(project, written.path) if _shortens(name, key)] if whole else []
    if len(known) == 1:
        return known[0]
    for name in (key, f"{snake(written.service.name)}_{key}"):
        if not _taken(project, written.path, name, text):
            return name
    return None


def _holder(project: Project, text: str) -> str | None:
    """The variable whose whole value it is: a template's, else the one most services have."""
    shown = [snake(place.entry.key) for place in repetitions(project, text.replace("$$", "$")) if place.whole]
    pairs = (pair for file in project.of(ComposeFile) for service in file.services for pair in service.environment)
    names = Counter(snake(pair.name) for pair in pairs if pair.value == text)
    return next(iter(shown), None) or max(names, key=lambda name: (names[name], len(name), name), default=None)


def _shortens(name: str, key: str) -> bool:
    """Whether a name says the same in fewer words: OPENSEARCH_PASSWORD for OPENSEARCH_INITIAL_ADMIN_PASSWORD."""
    mine, theirs = key.split("_"), name.split("_")
    return 1 < len(theirs) < len(mine) and theirs[0] == mine[0] and theirs[-1] == mine[-1] and set(theirs) <= set(mine)


def _taken(project: Project, path: str, name: str, text: str) -> bool:
    """Whether another credential goes by the name, or one that the file asks for already."""
    for file in project.of(ComposeFile):
        for service in file.services:
            for pair in service.environment:
                other = pair.name == name and pair.value and pair.value != text and not ASKED.fullmatch(pair.value)
                if other and judge(pair.name, pair.value or ""):
                    return True
    return name in asked(project, path)


def _asking(project: Project, text: str, wanted: str) -> Iterator[Edit | None]:
    """The value out of every leaf of every compose file."""
    pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])")
    for file in project.of(ComposeFile):
        if text not in file.source.text:
            continue
        count = 0
        for leaf in yaml.leaves(file.root):
            said = leaf.text or ""
            if pattern.search(said):
                count += 1
                yield yaml.replace_scalar(file.yaml, leaf, pattern.sub(lambda _: wanted, said), shared=True)
        if count < len({file.source.line_of(found.start()) for found in pattern.finditer(file.source.text)}):
            yield None


def _shown(project: Project, written: Written, name: str) -> tuple[list[Edit], list[NewFile]]:
    """The name in the template that the file is deployed with, or in a new one."""
    folder = written.path.rpartition("/")[0]
    need = Need(name, folder, Want.NEEDED, None, written.evidence(name), folder)
    near = templates_for(project, need)
    if any(shows(file, name) for file in near):
        return [], []
    if near:
        return list(line_edits(near[0], need)), []
    path = f"{folder}/{NEW}".lstrip("/")
    return [], [NewFile(path, f"{name}={kebab(name)}\n")]
