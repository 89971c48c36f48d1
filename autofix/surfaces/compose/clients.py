"""Does the image of a service have the program that its health check asks with?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Node
from autofix.project import Project, Service
from autofix.surfaces import replacing, yaml
from autofix.surfaces.compose.document import ComposeFile, Healthcheck
from autofix.surfaces.compose.patience import seconds
from autofix.surfaces.compose.scripts import of_check
from autofix.surfaces.replacing import CLIENTS, Answer, Request
from autofix.text import Edit, Span


@dataclass(frozen=True)
class Toolless(Node):
    """A check that asks with a program its image lacks."""

    file: ComposeFile
    check: Healthcheck
    service: Service


@dataclass(frozen=True)
class ToollessFacts:
    """Whose check it is, and the program."""

    service: str
    program: str


def asks_with_what_is_missing(project: Project) -> Iterator[Match[Toolless, ToollessFacts]]:
    """Checks whose program the image lacks for sure."""
    for service in project.services:
        file = project.documents.get(service.path)
        found = file.service(service.name) if isinstance(file, ComposeFile) else None
        check = found.healthcheck if found else None
        if not isinstance(file, ComposeFile) or check is None or check.disabled or not check.words:
            continue
        for program in _programs(check):
            if missing := service.tools.misses(program):
                node = Toolless(file.source, check.words[0].value.span, check.anchor, file, check, service)
                yield Match(node, ToollessFacts(service.name, program), (missing.evidence,))


def ask_with_what_is_there(project: Project, match: Match[Toolless, ToollessFacts]) -> Fix | Refusal:
    """The same question by a program the image surely has, in the form of the check."""
    del project
    node = match.node
    check, tools = node.check, node.service.tools
    if any(not word.editable for word in check.words):
        return Refusal("the check comes through an alias or a merge", reason=Reason.UNEDITABLE)
    request = replacing.in_words(check.command) if check.form == "CMD" else replacing.in_line(check.command[0])
    if request is None:
        return Refusal(f"a check that only asks one URL; this one does more with {match.facts.program}")
    answer = replacing.same_question(request, tools, seconds(check.get("timeout") or "30s"))
    if answer is None:
        return Refusal("a program in the image that can ask a URL")
    edits = _edits(node, answer, request, has_shell=bool(tools.finds("sh")))
    if not edits:
        return Refusal("the check is written in a way that no single place holds", reason=Reason.UNEDITABLE)
    title = f"Ask with {answer.command.tool}, which the image has"
    return Fix(title, edits, doubts=request.doubts)


def _programs(check: Healthcheck) -> Iterator[str]:
    """The clients a check runs, by their plain names."""
    if check.form == "CMD":
        yield from (name for name in CLIENTS if check.command[0].rpartition("/")[2] == name)
    seen = {name for script in of_check(check) for name in CLIENTS for _ in script.read.running(name)}
    yield from sorted(seen)


def _edits(node: Toolless, answer: Answer, request: Request, *, has_shell: bool) -> tuple[Edit, ...]:
    check, file = node.check, node.file
    if check.form != "CMD" and has_shell:
        edit = yaml.replace_scalar(file.yaml, check.words[0], _line(check, answer))
        return (edit,) if edit else ()
    if request.port.startswith("$$"):
        return ()  # only a shell would read it
    return _words(node, answer.words)


def _line(check: Healthcheck, answer: Answer) -> str:
    """The line, ended as the old one is."""
    return answer.line + ("\n" if check.command[0].endswith("\n") else "")


def _words(node: Toolless, words: tuple[str, ...]) -> tuple[Edit, ...]:
    """The words of an exec form in the place of those that are there; a string or CMD-SHELL becomes one."""
    check, file = node.check, node.file
    test = check.at.under("test")
    if test is None:
        return ()
    first, last = check.words[0].value, check.words[-1].value
    region = Span(first.extent.start, last.extent.end)
    if any(region.overlaps(comment) for comment in file.comments()):
        return ()
    if test.scalar:
        return (
            Edit(file.path, test.value.span, "[" + ", ".join(yaml.spell(word, '"') for word in ("CMD", *words)) + "]"),
        )
    form = test.items()[0]
    style = first.style if isinstance(first, yaml.Scalar) and first.style in {"'", '"'} else ""
    spelled = [yaml.spell(word, style, flow=form.flow) for word in words]
    changed = (yaml.replace_scalar(file.yaml, form, "CMD"),) if form.text != "CMD" else ()
    joint = ", " if form.flow else f"{file.source.newline}{_before(file, first)}"
    edits = (*changed, Edit(file.path, region, joint.join(spelled)))
    return tuple(edit for edit in edits if edit)


def _before(file: ComposeFile, item: yaml.Resolved) -> str:
    """What stands before an item of a block on its line: the indentation, the dash and the blanks behind it."""
    start = file.source.line_span(file.source.line_of(item.extent.start)).start
    return file.source.text[start : item.extent.start]
