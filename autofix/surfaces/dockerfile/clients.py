"""Does an image have the program that its HEALTHCHECK asks with?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node, UnreadableError
from autofix.project import Project, Tools
from autofix.surfaces import replacing
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.tools import tools_of
from autofix.surfaces.replacing import CLIENTS, Answer, Request
from autofix.surfaces.shell.document import commands_in
from autofix.text import Edit, Span


@dataclass(frozen=True)
class Toolless(Node):
    """A HEALTHCHECK that asks with a program which a deployed image lacks, and what that image has."""

    check: Instruction
    tools: Tools


@dataclass(frozen=True)
class ToollessFacts:
    """Whose check it is, and the program."""

    stage: str
    program: str


def asks_with_what_is_missing(project: Project) -> Iterator[Match[Toolless, ToollessFacts]]:
    """HEALTHCHECK instructions whose program a deployed stage lacks for sure."""
    for file in project.of(Dockerfile):
        done: set[Span] = set()
        for stage in _deployed(project, file):
            check = next((one for level in file.lineage(stage) if (one := level.last("HEALTHCHECK"))), None)
            if check is None or not check.probes or check.span in done:
                continue
            done.add(check.span)
            tools = tools_of(file, stage)
            for program in _programs(check):
                if missing := tools.misses(program):
                    node = Toolless(file.source, check.span, check.anchor, check, tools)
                    name = stage.label
                    yield Match(node, ToollessFacts(name, program), (missing.evidence,))


def ask_with_what_is_there(project: Project, match: Match[Toolless, ToollessFacts]) -> Fix | Refusal:
    """The same question by a program the image surely has, in the form of the check."""
    node = match.node
    check = node.check
    exec_form = check.json is not None
    request = replacing.in_words(check.json) if check.json is not None else replacing.in_line(check.command.text)
    if request is None:
        return Refusal(f"a check that only asks one URL; this one does more with {match.facts.program}")
    if exec_form and request.port:
        return Refusal("a shell; without one nobody fills in the variable")
    answer = replacing.same_question(request, node.tools)
    if answer is None:
        return Refusal("a program in the image that can ask a URL")
    edit = _edit(check, answer, request, shell=not exec_form and bool(node.tools.finds("sh")))
    if edit is None:
        return Refusal("the check is written in a way that no single place holds", reason=Reason.UNEDITABLE)
    same_tools = _others(project, node)
    return Fix(f"Ask with {answer.command.tool}, which the image has", (edit,), doubts=(*request.doubts, *same_tools))


def _deployed(project: Project, file: Dockerfile) -> Iterator[Stage]:
    """The stages that are run; the last one where nothing says which."""
    numbers = {service.build.stage for service in project.built_from(file.path) if service.build}
    yield from (file.stages[number] for number in sorted(numbers or {len(file.stages) - 1}))


def _others(project: Project, node: Toolless) -> Iterator[Evidence]:
    """Other deployed stages that inherit the check, of which nobody knows whether they have the program."""
    file = project.documents[node.path]
    assert isinstance(file, Dockerfile)
    for stage in _deployed(project, file):
        heirs = [one for level in file.lineage(stage) if (one := level.last("HEALTHCHECK"))][:1]
        if heirs == [node.check] and tools_of(file, stage) != node.tools:
            yield stage.instructions[0].evidence("another deployed stage has the same check with other programs")


def _programs(check: Instruction) -> Iterator[str]:
    if check.json is not None:
        yield from (name for name in CLIENTS if check.json and check.json[0].rpartition("/")[2] == name)
        return
    try:
        script = commands_in(check.command.text)
    except UnreadableError:
        return
    yield from (name for name in CLIENTS if any(script.running(name)))


def _edit(check: Instruction, answer: Answer, request: Request, *, shell: bool) -> Edit | None:
    """The new command in the place of the old one, which may run over several lines but holds no comment."""
    offsets = check.command.offsets()
    if check.json is not None:
        region = Span(check.words[0].span.start, check.words[-1].span.end)
    else:
        region = Span(offsets[0], offsets[-1] + 1)
    if any(region.overlaps(comment) for comment in check.comments) or check.heredocs:
        return None
    if shell:
        return Edit(check.path, region, answer.line)
    if request.port:
        return None  # nobody fills in the variable without a shell
    words = ", ".join(json.dumps(word, ensure_ascii=False) for word in answer.words)
    return Edit(check.path, region, words if check.json is not None else f"[{words}]")
