"""Does anybody notice when a service no longer answers?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces import asking, probing, yaml
from autofix.surfaces.asking import Asked
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.lasting import checked_elsewhere, runs_on, works_in_silence
from autofix.surfaces.compose.manners import Manners, manners_of, test_of
from autofix.surfaces.compose.standard import known_image, standard
from autofix.surfaces.compose.version import STACK, stacked
from autofix.text import Edit, Span

USUAL, PATIENT = 30, 60  # seconds a service may take until its first good answer; behind a database longer
TRAEFIK = re.compile(r"traefik\.enable$")
HEALS_ALL = re.compile(r"AUTOHEAL_CONTAINER_LABEL['\"]?\s*[=:]\s*['\"]?all\b")
CHANGES = re.compile(r"^[ \t]*(?:COPY|ADD|RUN|USER|VOLUME)\b(?:[^\n\\]|\\.|\\\n)*", re.IGNORECASE | re.MULTILINE)
INIT = "/docker-entrypoint-initdb.d"
AUTOHEAL = re.compile(r"^[^#\n]*\bautoheal\b.*$", re.MULTILINE)


@dataclass(frozen=True)
class Unchecked(ComposeService):
    """A service without a check, and what the model knows of it."""

    linked: Service


@dataclass(frozen=True)
class UncheckedFacts:
    """Which service it is."""

    service: str


def lacks_check(project: Project) -> Iterator[Match[Unchecked, UncheckedFacts]]:
    """Services that run on, listen or are of a well-known image, and have no check anywhere."""
    for linked in project.services:
        file = project.documents.get(linked.path)
        service = file.service(linked.name) if isinstance(file, ComposeFile) else None
        if not isinstance(file, ComposeFile) or service is None or linked.probe or service.get("healthcheck"):
            continue
        if not runs_on(file, service, linked) or checked_elsewhere(project, file, service):
            continue
        if not _known(linked) and (linked.build is None or works_in_silence(service, linked)):
            continue
        if not _known(linked) and asking.question_for(project, linked) is None:
            continue
        yield Match(_unchecked(service, linked), UncheckedFacts(service.name), (linked.where,))


def add_check(project: Project, match: Match[Unchecked, UncheckedFacts]) -> Fix | Refusal:
    """The check of a well-known image, or a probe of the application with what its image surely has."""
    service = match.node
    file = project.documents[service.path]
    assert isinstance(file, ComposeFile)
    manners = manners_of(file)
    said = _standard(project, service, manners) if _known(service.linked) else _own(project, service, manners)
    if isinstance(said, Refusal):
        return said
    edits = tuple(_edits(file, service, manners, said))
    if not edits or None in edits:
        return Refusal("the service is not written as lines of its own", reason=Reason.UNEDITABLE)
    acting = tuple(watched(project, service)) if said.watch else ()
    made = tuple(edit for edit in edits if edit)
    return Fix(f"Give {service.name} a health check", made, doubts=(*said.doubts, *acting))


@dataclass(frozen=True)
class Written:
    """A check as it will stand in the file; `watch` says that who acts on checks has to be looked for."""

    entries: dict[str, yaml.Content]
    doubts: tuple[Evidence, ...]
    watch: bool = True
    address: bool = False


def _known(linked: Service) -> bool:
    return _published(linked) is not None


def _published(linked: Service) -> Service | None:
    """The service as one of a well-known image: its own, or the one that its Dockerfile starts from and leaves to start."""
    if linked.build is None:
        return linked if linked.image and known_image(linked.image.value) else None
    if linked.base is None or any(fact.evidence.what in {"ENTRYPOINT", "CMD"} for fact in linked.start):
        return None
    rows = known_image(linked.base.value)
    return replace(linked, image=linked.base) if rows and all(row.test for row in rows) else None


def _changed(project: Project, linked: Service) -> Iterator[Evidence]:
    """What a Dockerfile does to a well-known image, other than to bring the scripts of the first start."""
    source = project.sources.get(linked.build.dockerfile) if linked.build else None
    if source and (found := next((one for one in CHANGES.finditer(source.text) if INIT not in one.group()), None)):
        span = Span(*found.span())
        yield Evidence("what the Dockerfile changes may ask for another check", source.path, span)


def _unchecked(service: ComposeService, linked: Service) -> Unchecked:
    shared = {name: getattr(service, name) for name in ("source", "span", "name", "key", "at", "file")}
    return Unchecked(**{**shared, "span": service.key, "anchor": service.anchor}, linked=linked)


def _standard(project: Project, service: Unchecked, manners: Manners) -> Written | Refusal:
    linked = _published(service.linked)
    assert linked is not None
    said = standard(project, service, linked)
    if isinstance(said, Refusal):
        return said
    test = test_of(manners, said.test, line=said.line)
    doubts = (*said.doubts, *_changed(project, linked), *(_replaced(project, service) if said.known.database else ()))
    return Written({"test": test, **manners.numbers(said.known.start_period)}, doubts, watch=False)


def _own(project: Project, service: Unchecked, manners: Manners) -> Written | Refusal:
    """The probe of an application."""
    asked = asking.question_for(project, service.linked)
    if not isinstance(asked, Asked):
        return asked or Refusal("a port that the service listens on")
    question, tools = asked.question, service.linked.tools
    command, shell = manners.sibling_command(question, tools) or (probing.ask(question, tools), None)
    doubts = asked.doubts
    if command is None and question.path:
        command = probing.ask(replace(question, path=""), tools)
        doubts = (Evidence("nothing in the image can ask for a page, so the check only sees whether anybody listens"), *doubts)  # fmt: skip
    if command is None:
        return Refusal("a program that the image surely has and that can ask", evidence=asked.evidence)
    words = command.words
    if shell is None:
        shell = manners.form != "CMD" and tools.finds("sh") is not None and command.tool in {"curl", "wget", "nc"}
        words = (f"{command.line} || exit 1",) if shell else command.words
    words, unsure = _with_variable(service, question.port, tuple(probing.compose(word) for word in words))
    closed = asking.next_without_address(project, service.linked)
    patient = PATIENT if asking.behind_database(project, service.linked) else USUAL
    entries = {"test": test_of(manners, words, line=shell), **manners.numbers(patient)}
    return Written(entries, (*((closed,) if closed else ()), *doubts, *unsure), address=closed is not None)


def _with_variable(service: ComposeService, port: int, words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Evidence, ...]]:  # fmt: skip
    """The words with the very expression that gives the port, where a variable of the deployment decides it."""
    decided = [
        pair
        for pair in service.environment
        if "$" in (pair.value or "") and re.fullmatch(rf"\$\{{\w+:?-{port}\}}", pair.value or "")
    ]
    if not decided:
        return words, ()
    pattern = re.compile(rf"(?<=127\.0\.0\.1:){port}(?!\d)")
    changed = tuple(pattern.sub(lambda _: decided[0].value or "", word) for word in words)
    if changed != words:
        return changed, ()
    return words, (Evidence("a variable may say another port", service.path, decided[0].key_span),)


def _edits(file: ComposeFile, service: Unchecked, manners: Manners, said: Written) -> Iterator[Edit | None]:
    after, before = manners.place(service)
    yield yaml.insert_entries(file.yaml, service.at, {"healthcheck": said.entries}, after=after, before=before)
    if said.address:
        yield _address(file, service)


def _address(file: ComposeFile, service: ComposeService) -> Edit | None:
    """HOSTNAME for a Next server that would bind the name of its container."""
    given = service.get("environment")
    if given is None:
        return None
    if isinstance(given.value, yaml.Sequence):
        return yaml.append_item(file.yaml, given, "HOSTNAME=0.0.0.0")
    return yaml.insert_entries(file.yaml, given, {"HOSTNAME": "0.0.0.0"})  # noqa: S104 - written for a container


def _replaced(project: Project, service: ComposeService) -> Iterator[Evidence]:
    """Who would start a database again that only takes long to recover."""
    if stack := stacked(project, service.path):
        yield replace(stack, what="a stack starts again what is unhealthy")
        return
    labelled = next((pair for pair in service.labels if pair.name == "autoheal"), None)
    if labelled:
        yield Evidence("autoheal starts again what is unhealthy", service.path, labelled.key_span)
    for seen in project.mentions(HEALS_ALL, "AUTOHEAL_CONTAINER_LABEL"):
        yield replace(seen, what="autoheal starts again what is unhealthy")
        return


def watched(project: Project, service: ComposeService) -> Iterator[Evidence]:
    """Who acts on checks: it would now wait for the first one, or start the service again."""
    for pair in service.labels:
        if TRAEFIK.fullmatch(pair.name) and (pair.value or "").lower() == "true":
            yield Evidence("Traefik sends nothing to it until the first check is good", service.path, pair.key_span)
    yield from (
        replace(seen, what="autoheal starts again what is unhealthy") for seen in project.mentions(AUTOHEAL, "autoheal")
    )
    for seen in project.mentions(STACK, "stack"):
        yield Evidence("a stack starts again what is unhealthy", seen.path, seen.span)
        return
