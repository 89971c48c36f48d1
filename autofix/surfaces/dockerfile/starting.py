"""Is the process of an image the program itself, or a shell around it that may swallow signals?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal, Severity
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.dockerfile.commands import Call, calls
from autofix.surfaces.dockerfile.creating import base_below
from autofix.surfaces.dockerfile.dangers import start_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Distribution
from autofix.surfaces.dockerfile.users import deployed
from autofix.text import Edit

BUILTINS = frozenset({".", ":", "[", "alias", "bg", "cd", "command", "continue", "echo", "eval", "exit", "export", "false",
                      "fg", "getopts", "hash", "jobs", "kill", "pwd", "read", "readonly", "return", "set", "shift",
                      "source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unset", "wait"})  # fmt: skip
INITS = frozenset({"tini", "dumb-init", "tini-static", "catatonit", "docker-init", "--", "-g", "-s", "-v"})
PASSES_ON = re.compile(r"\bexec\s+(?:[\w/-]+\s+)*[\"']?\"\$@\"|^\s*exec .*\"\$@\"", re.MULTILINE)
PATTERN = re.compile(r"[*?\[~]")
COMPACT = re.compile(r'\["[^"]*",(?=")')
WITHOUT_SHELL = frozenset({Distribution.DISTROLESS, Distribution.SCRATCH})


@dataclass(frozen=True)
class ShellFacts:
    """Which instruction."""

    keyword: str


def runs_in_shell(project: Project) -> Iterator[Match[Instruction, ShellFacts]]:
    """The CMD or ENTRYPOINT of a deployed stage in shell form, where no `exec` makes the program the process."""
    for file in project.of(Dockerfile):
        seen: set[Instruction] = set()
        for stage in deployed(project, file):
            lineage = file.lineage(stage)
            base = base_below(lineage)
            if base and base.distribution in WITHOUT_SHELL:
                continue
            for one in _process(lineage):
                if one.json is None and one not in seen and not _execs(one):
                    seen.add(one)
                    plain = isinstance(_words(one), tuple)
                    yield Match(one, ShellFacts(one.keyword), severity=Severity.WARNING if plain else Severity.NOTE)


def run_directly(project: Project, match: Match[Instruction, ShellFacts]) -> Fix | Refusal:
    """The same command in exec form."""
    one = match.node
    file = project.documents[one.path]
    assert isinstance(file, Dockerfile)
    words = _words(one)
    if isinstance(words, Refusal):
        return words
    stage = file.stages[one.stage or 0]
    if any(other.of("SHELL") for other in file.lineage(stage)):
        return Refusal("SHELL decides what runs the command", evidence=(stage.instructions[0].evidence("stage"),))
    doubts = list(_doubts(project, file, stage, one, words))
    if one.keyword == "CMD" and (refusal := _behind_entrypoint(project, file, stage)):
        return refusal
    script = _script(project, file, stage, words[0])
    if isinstance(script, Refusal):
        return script
    doubts += script
    separators = (",", ":") if COMPACT.search(file.source.text) else (", ", ": ")
    written = json.dumps(words, ensure_ascii=False, separators=separators)
    return Fix(f"Write {one.keyword} in exec form", (Edit(one.path, one.arguments, written),), doubts=tuple(doubts))


def _process(lineage: Sequence[Stage]) -> Iterator[Instruction]:
    """What becomes the process; a CMD behind an ENTRYPOINT in shell form is never read."""
    entrypoint = next((one for one in start_of(lineage) if one.keyword == "ENTRYPOINT"), None)
    for one in start_of(lineage):
        if one is entrypoint or entrypoint is None or entrypoint.json is not None:
            yield one


def _execs(one: Instruction) -> bool:
    """Whether the last command of a text replaces the shell."""
    found = [call for call in calls(one) if call.command and not call.command.within("substitution")]
    last = found[-1].command if found else None
    return last is not None and any(word.value == "exec" for word in last.wrappers)


def _words(one: Instruction) -> tuple[str, ...] | Refusal:
    """The words of the one command that a shell form is, or why there is no exec form of it."""
    found = list(calls(one))
    remedy = ""
    if len(found) == 1 and found[0].command and found[0].part and not found[0].command.prefix:
        remedy = f"{one.keyword} exec {one.command.text}"
    if len(found) != 1 or not _is_whole(found[0]):
        return Refusal("only a shell can read it", remedy)
    if one.comments:
        return Refusal("a comment stands in it", remedy, reason=Reason.UNEDITABLE)
    call = found[0]
    if any(word.value is None for word in call.words) or any(PATTERN.search(word.text) for word in call.words):
        return Refusal("only a shell can fill in what it says", remedy)
    if call.program in BUILTINS:
        return Refusal(f"{call.program} is a part of the shell")
    return tuple(word.value or "" for word in call.words)


def _is_whole(call: Call) -> bool:
    if call.part is None or call.command is None or not call.sound or call.context:
        return False
    command, text = call.command, call.part.joined.text.rstrip()
    plain = not command.prefix and not command.wrappers and not command.heredoc
    return plain and command.words[0].span.start == 0 and command.words[-1].span.end == len(text)


def _behind_entrypoint(project: Project, file: Dockerfile, stage: Stage) -> Refusal | None:
    """Why an ENTRYPOINT may not take the words of a CMD as it took the shell's."""
    lineage = file.lineage(stage)
    entrypoint = next((one for one in start_of(lineage) if one.keyword == "ENTRYPOINT"), None)
    words = (entrypoint.json or ()) if entrypoint else ()
    if entrypoint is None or all(word.rpartition("/")[2] in INITS for word in words):
        return None
    services = project.built_from(file.path, stage.index)
    scripts = [project.sources[path] for one in services for path in one.scripts if path in project.sources]
    if any(PASSES_ON.search(source.text) for source in scripts):
        return None
    return Refusal("the entrypoint may read its arguments", evidence=(entrypoint.evidence("ENTRYPOINT"),))


def _doubts(
    project: Project, file: Dockerfile, stage: Stage, one: Instruction, words: Sequence[str]
) -> Iterator[Evidence]:
    lineage = file.lineage(stage)
    if one.keyword == "ENTRYPOINT":
        command = next((other for other in start_of(lineage) if other.keyword == "CMD"), one)
        yield command.evidence("CMD, `command:` and `args:` become arguments, which the shell dropped")
    elif base_below(lineage) is None and len(start_of(lineage)) == 1:
        yield lineage[-1].instructions[0].evidence("the entrypoint of the base image may read its arguments")
    if any("\\" in word for word in words) and project:
        yield one.evidence("a backslash means something else to a shell")


def _script(project: Project, file: Dockerfile, stage: Stage, program: str) -> list[Evidence] | Refusal:
    """What is open about a program given by its path: a script without a shebang only starts from a shell."""
    if "/" not in program:
        return []
    name = program.rpartition("/")[2]
    services = project.built_from(file.path, stage.index)
    known = [path for one in services for path in one.scripts if path.rpartition("/")[2] == name]
    sources = [project.sources[path] for path in known if path in project.sources]
    if bare := next((source for source in sources if not source.text.startswith("#!")), None):
        return Refusal(f"{name} has no shebang, so only a shell can start it", evidence=(Evidence(name, bare.path),))
    if sources or not re.search(r"\.(?:sh|bash|py|rb|pl|js)$|entrypoint|start", name):
        return []
    return [Evidence(f"{name} is not in the repository, and may have no shebang", file.path)]
