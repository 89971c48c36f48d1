"""Can the engine run the script that a container starts with?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import join, normpath

from autofix.finding import Fix, Match, Refusal
from autofix.node import Node
from autofix.project import Project, Service
from autofix.surfaces.dockerfile import accounts, placing
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.files import Files
from autofix.surfaces.dockerfile.folders import work_folder
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.system.prisma_removal import INITS, SHELLS, shell_word
from autofix.text import Edit, NewFile, Source, Span

EXECUTABLE = 0o111
CLEANED = re.compile(r"\bdos2unix\b|\bsed\b[^&|;]*\\r|\btr\b[^&|;]*\\r")
MADE_RUNNABLE = re.compile(r"\bchmod\b|\binstall\b[^&|;]*\s-\w*m")
ATTRIBUTES = ".gitattributes"


@dataclass(frozen=True)
class Unrunnable(Node):
    """The script, or the COPY that brings it without the right to run it; `place` is where it stands in the image."""

    script: ShellScript
    stage: Stage | None = None
    copy: Instruction | None = None
    place: str = ""


@dataclass(frozen=True)
class UnrunnableFacts:
    """The script, and what the engine says to it."""

    script: str
    why: str


def cannot_start(project: Project) -> Iterator[Match[Unrunnable, UnrunnableFacts]]:
    """Start scripts with Windows line ends, and those that are run by their path and not executable."""
    seen: set[tuple[str, str]] = set()
    for service in project.services:
        for match in _of_service(project, service):
            key = (match.node.path, match.node.anchor)
            if key not in seen:
                seen.add(key)
                yield match


def _of_service(project: Project, service: Service) -> Iterator[Match[Unrunnable, UnrunnableFacts]]:
    file = project.documents.get(service.build.dockerfile) if service.build else None
    if service.build is None or not isinstance(file, Dockerfile):
        return
    lineage = file.lineage(file.stages[service.build.stage])
    runs = [run for stage in file.stages for run in stage.of("RUN")]
    for path in service.scripts:
        script = project.documents.get(path)
        if not isinstance(script, ShellScript) or script.shebang is None:
            continue
        if script.source.newline == "\r\n" and "\r\n" in script.source.text and not _cleaned(runs):
            node = Unrunnable(script.source, script.shebang.span, "line ends", script)
            yield Match(
                node,
                UnrunnableFacts(path, "its lines end as on Windows, so its interpreter is not found"),
                (service.where,),
            )
        if not script.source.mode & EXECUTABLE and not any(MADE_RUNNABLE.search(words_of(run)) for run in runs):
            yield from _not_executable(project, service, script, lineage)


def _cleaned(runs: Sequence[Instruction]) -> bool:
    """Whether the build takes the carriage returns away."""
    return any(CLEANED.search(words_of(run)) for run in runs)


def _not_executable(
    project: Project, service: Service, script: ShellScript, lineage: Sequence[Stage]
) -> Iterator[Match[Unrunnable, UnrunnableFacts]]:
    """A script without the right to be run that the exec form of the image runs by its path."""
    file, build = project.documents[lineage[0].path], service.build
    assert isinstance(file, Dockerfile)
    assert build is not None
    files = Files(file, build, project.occupied)
    spans = {fact.evidence.span for fact in service.start if fact.evidence.path == file.path}
    for one in start_of(lineage):
        program = _program(one) if one.span in spans else ""
        if not program or "/" not in program or files.at(program) != script.path:
            continue
        place = normpath(join(work_folder(lineage) or "/", program))
        for stage in lineage:
            for landed, copy in files.brought(stage, script.path):
                flag = copy.flag("chmod") or copy.flag("from")
                if landed == place and flag is None:
                    node = Unrunnable(
                        copy.source, copy.span, f"{copy.anchor} {script.path}", script, stage, copy, program
                    )
                    yield Match(
                        node,
                        UnrunnableFacts(script.path, "it is not executable, and nothing makes it so"),
                        (one.evidence("runs it by its path"),),
                    )
                    return


def _program(one: Instruction) -> str:
    """The program an exec form runs, inits left out; empty where a shell reads the script."""
    words = list(one.json or ())
    while words and (words[0].rpartition("/")[2] in INITS or (words[0].startswith("-") and len(words) > 1)):
        words = words[1:]
    if not words or words[0].rpartition("/")[2] in SHELLS or shell_word(one) is not None:
        return ""
    return words[0] if one.keyword == "ENTRYPOINT" or one.json else ""


def make_runnable(project: Project, match: Match[Unrunnable, UnrunnableFacts]) -> Fix | Refusal:
    """Line feeds and an attribute that keeps them; `--chmod=755` on the COPY of the script, else a chmod behind it."""
    node = match.node
    return _with_line_feeds(project, node) if node.copy is None else _executable(project, node)


def _with_line_feeds(project: Project, node: Unrunnable) -> Fix:
    text, path = node.source.text, node.path
    edits = [Edit(path, Span(found.start(), found.end()), "") for found in re.finditer(r"\r(?=\n)", text)]
    name = PurePosixPath(path)
    rule = f"{f'*{name.suffix}' if name.suffix else name} text eol=lf\n"
    known = project.sources.get(ATTRIBUTES)
    files: tuple[NewFile, ...] = ()
    if known is not None and _kept(known, name):
        pass
    elif known is None and ATTRIBUTES not in project.occupied:
        files = (NewFile(ATTRIBUTES, rule),)
    elif known is not None:
        end = len(known.text)
        gap = "" if not known.text or known.text.endswith("\n") else known.newline
        edits.append(Edit(known.path, Span(end, end), gap + rule.replace("\n", known.newline if not gap else "")))
    return Fix("Give the start script the line ends its interpreter needs", tuple(edits), files)


def _kept(attributes: Source, name: PurePosixPath) -> bool:
    """Whether the attributes already give the script line feeds."""
    lines = (line.split() for line in attributes.text.splitlines())
    return any("eol=lf" in words[1:] and (name.match(words[0]) or words[0] == "*") for words in lines if words)


def _executable(project: Project, node: Unrunnable) -> Fix | Refusal:
    copy, stage = node.copy, node.stage
    assert copy is not None
    assert stage is not None
    if copy.heredocs or copy.open_ended:
        return Refusal("the COPY cannot be added to", f"RUN chmod +x {node.place}")
    sources = [word.value for word in copy.words[:-1]]
    scripts = all(PurePosixPath(source).suffix in {".sh", ".bash"} or "entrypoint" in source for source in sources)
    if copy.keyword == "COPY" and scripts and not any("*" in source for source in sources):
        return Fix("Make the start script executable", (placing.flag(copy, "--chmod=755"),))
    file = project.documents[copy.path]
    assert isinstance(file, Dockerfile)
    user = accounts.in_force(file.lineage(stage), copy.first)
    if user is not None and accounts.user_of(user) not in accounts.ROOT:
        return Refusal("only root could change its mode there", f"COPY --chmod=755 {node.script.path} {node.place}")
    line = f"{placing.keyword(stage, 'RUN')} chmod +x {node.place}"
    return Fix("Make the start script executable", (placing.below(copy, [line]),))
