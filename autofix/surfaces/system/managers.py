"""Does a container start through a package manager that its image does not have?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project, Service
from autofix.surfaces.dockerfile.dangers import start_of, words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Distribution, base_of
from autofix.surfaces.package.manifest import Manifest
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.system.images import Image
from autofix.surfaces.system.packages import Packages, packages
from autofix.surfaces.system.prisma_calls import MANAGERS, RUNNERS, Call, call_of, shell
from autofix.surfaces.system.prisma_removal import commands_of, shell_word
from autofix.text import Edit, Span

OF_NODE = frozenset({"npm", "npx", "yarn"})
OF_BUN = frozenset({"bun", "bunx"})
PACKAGES = {"npx": "npm", "pnpx": "pnpm", "bunx": "bun"}
INSTALLED = r"\b(?:npm|yarn|bun|apk|apt-get|apt|dnf|microdnf|yum|brew)\b[^&|;]*\s(?:[\w/@-]*/)?{}\b|\bcorepack\b|get\.pnpm\.io|bun\.sh/install|\bnvm\b|\bvolta\b|\bfnm\b|\bproto\b|\bmise\b"
REMOVED = re.compile(r"\brm\s+-\w*r\w*\s[^&|;]*(?:node_modules/npm\b|/usr/local/bin/npm\b)")
PROGRAMS = re.compile(r"/(?:usr/(?:local/)?)?(?:s?bin|lib)?/?$|/(?:usr/(?:local/)?)?s?bin/|/usr/local/?$")
GUARDED = frozenset({"condition", "branch", "case", "or", "not", "loop", "function"})
READS_SCRIPT = re.compile(r"\bnpm_(?:package|lifecycle|config)_\w+")
SOURCES = (".js", ".ts", ".mjs", ".cjs")
DEEPEST = 3


@dataclass(frozen=True)
class Asking(Node):
    """A call of a package manager in a start script, a CMD or an ENTRYPOINT; `users` are the services that run it."""

    command: Command
    script: ShellScript
    instruction: Instruction | None
    users: tuple[Service, ...] = ()


@dataclass(frozen=True)
class AskingFacts:
    """The program, and what calls it."""

    tool: str
    call: str


def calls_missing(project: Project) -> Iterator[Match[Asking, AskingFacts]]:
    """Calls, at the start of a container, of a package manager that its image is known not to have."""
    sites: dict[tuple[str, Span], Asking] = {}
    for service in project.services:
        for one in _calls(project, service):
            same = sites.get((one.path, one.span), one)
            sites[one.path, one.span] = replace(same, users=(*same.users, service))
    for site in sites.values():
        tool = (site.command.effective.value or "").rpartition("/")[2]
        lacking = [one for one in site.users if _lacks(project, one, tool)]
        if lacking:
            evidence = tuple(seen for one in lacking if (seen := _lacks(project, one, tool)))
            yield Match(site, AskingFacts(tool, _written(site.command)), tuple(dict.fromkeys(evidence)))


def _calls(project: Project, service: Service) -> Iterator[Asking]:
    file = project.documents.get(service.build.dockerfile) if service.build else None
    if service.build is None or not isinstance(file, Dockerfile):
        return
    for path in dict.fromkeys(service.scripts):
        script = project.documents.get(path)
        if isinstance(script, ShellScript):
            for command in _asking(script):
                yield Asking(script.source, command.span, f"{command.anchor} asks", command, script, None)
    spans = {fact.evidence.span for fact in service.start if fact.evidence.path == file.path}
    for one in start_of(file.lineage(file.stages[service.build.stage])):
        written = commands_of(one) if one.span in spans else None
        if written is not None:
            for command in _asking(written):
                yield Asking(one.source, one.span, f"{one.anchor} asks", command, written, one)


def _asking(script: ShellScript) -> Iterator[Command]:
    """The calls that run in any case; one that is guarded may be there for images that have the program."""
    for command in script.commands:
        guarded = any(frame.what in GUARDED for frame in command.context)
        tool = (command.effective.value or "").rpartition("/")[2]
        if tool in MANAGERS | RUNNERS and not guarded and not any(one.name == tool for one in script.functions):
            yield command


def _lacks(project: Project, service: Service, tool: str) -> Evidence | None:
    """What shows that the image of a service does not have a program; None where it has, or nobody can tell."""
    file = project.documents.get(service.build.dockerfile) if service.build else None
    if service.build is None or not isinstance(file, Dockerfile):
        return None
    lineage = file.lineage(file.stages[service.build.stage])
    reference = lineage[-1].reference
    base = base_of(reference) if reference else None
    if base is None or base.distribution is Distribution.UNKNOWN or reference is None:
        return None
    name = PACKAGES.get(tool, tool)
    for stage in lineage:
        for one in stage.of("RUN", "COPY", "ADD", "ENV"):
            if _may_bring(one, name):
                return None
    removed = next((run for stage in lineage for run in stage.of("RUN") if REMOVED.search(words_of(run))), None)
    own = OF_NODE if base.language == "node" else OF_BUN if base.language == "bun" else frozenset()
    if tool in own and base.distribution is not Distribution.DISTROLESS:
        return removed.evidence("removes npm") if removed and name == "npm" else None
    return lineage[-1].instructions[0].evidence(f"{lineage[-1].image.text} has no {tool}")


def _may_bring(one: Instruction, name: str) -> bool:
    """Whether an instruction installs a program, uses it, or copies whole folders of programs."""
    if one.keyword == "RUN":
        text = words_of(one)
        used = re.search(rf"(?:^|&&|;|\|\|)\s*{name}\s", text)
        node = name == "npm" and re.search(r"\b(?:nodejs|node_\d+|setup_\d+|nodesource)\b", text)
        return bool(node or used or re.search(INSTALLED.format(name), text)) and not REMOVED.search(text)
    if one.keyword == "ENV":
        return any(key == "PNPM_HOME" for key, _, _ in one.pairs)
    return bool(one.flag("from")) and any(PROGRAMS.search(word.value) or name in word.value for word in one.words)


def run_plainly(project: Project, match: Match[Asking, AskingFacts]) -> Fix | Refusal:
    """The command that the package script holds in the place of the call."""
    site = match.node
    known = packages(project)
    answers = {_resolved(project, known, site, service) for service in site.users}
    if len(answers) > 1:
        return Refusal("it means something else in each of the images that run it")
    words = next(iter(answers))
    if isinstance(words, Refusal):
        return words
    edit = _edit(site, words)
    if isinstance(edit, Refusal):
        return edit
    return Fix(f"Start {words[0]} without {match.facts.tool}", (edit,))


def _resolved(project: Project, known: Packages, site: Asking, service: Service) -> tuple[str, ...] | Refusal:
    """The words of the one plain command that a call comes down to in the image of a service."""
    assert service.build is not None
    file = project.documents[service.build.dockerfile]
    assert isinstance(file, Dockerfile)
    image = Image(project, known, file, service.build, (service,))
    folder = image.folder_of(image.stage, image.work(image.stage))
    package = known.at(service.folder if folder is None else folder)
    if package is None:
        return Refusal("the package it is about is not known")
    if asked := _asks_manager(project, service.folder):
        return Refusal("the source reads variables that only a package manager sets", evidence=(asked,))
    words = _plain(package, call_of(site.command), 0)
    if isinstance(words, Refusal):
        return words
    base = base_of(reference) if (reference := file.lineage(image.stage)[-1].reference) else None
    return _for_base(base.distribution if base else None, base.language if base else "", image.stage, file, words)


def _asks_manager(project: Project, folder: str) -> Evidence | None:
    top = f"{folder}/" if folder else ""
    for path, source in project.sources.items():
        if path.startswith(top) and path.endswith(SOURCES) and READS_SCRIPT.search(source.text):
            return Evidence("reads them", path)
    return None


def _for_base(
    distribution: Distribution | None, language: str, stage: Stage, file: Dockerfile, words: tuple[str, ...]
) -> tuple[str, ...] | Refusal:
    """The words as the base image wants them: one without a shell starts node itself."""
    if language != "node":
        return Refusal("the image may have no node", f"CMD {json.dumps(words)}")
    if distribution is Distribution.DISTROLESS and not any(one.of("ENTRYPOINT") for one in file.lineage(stage)):
        return words[1:]
    return words if distribution is not Distribution.DISTROLESS else ("/nodejs/bin/node", *words[1:])


def _plain(package: Manifest, call: Call, depth: int) -> tuple[str, ...] | Refusal:  # noqa: PLR0911 - one reason each
    """What a script comes down to; a Refusal says what makes it more than one plain command."""
    name = (call.words[0] or "") if call.words else ""
    if call.package or call.folder or call.everywhere:
        return Refusal("it runs a script of another package")
    if call.verb in {"exec", "x", "dlx"} or call.manager in RUNNERS or name not in package.scripts:
        program = " ".join(word or "…" for word in call.words) or "nothing that is known"
        return Refusal(
            f"it runs {name or 'no script'}, which has to be in the image itself", f"node_modules/.bin/{program}"
        )
    if len(call.words) > 1:
        return Refusal("it passes arguments on to the script")
    if f"pre{name}" in package.scripts or f"post{name}" in package.scripts:
        return Refusal(
            f"other scripts run before or after {name}", evidence=(Evidence(f"pre{name}, post{name}", package.path),)
        )
    script = shell(package.scripts[name])
    if script is None or len(script.commands) != 1 or script.expansions or script.assignments:
        return Refusal(
            f"the script {name} is more than one plain command",
            evidence=(Evidence(package.scripts[name], package.path),),
        )
    command = script.commands[0]
    inner = call_of(command)
    if inner.manager and depth < DEEPEST:
        return _plain(package, inner, depth + 1)
    words = tuple(word.value or "" for word in command.words)
    if (
        words[0] != "node"
        or any(not word or word.startswith("--env-file") for word in words)
        or script.source.text.strip() != command.text
    ):
        return Refusal(
            f"{words[0]} is found only by a package manager", evidence=(Evidence(package.scripts[name], package.path),)
        )
    return words


def _written(command: Command) -> str:
    words = command.words[len(command.wrappers) :]
    return command.source.text[words[0].span.start : words[-1].span.end]


def _edit(site: Asking, words: tuple[str, ...]) -> Edit | Refusal:
    """The words in the place of the call, in the form it has."""
    called = site.command.words[len(site.command.wrappers) :]
    place = Span(called[0].span.start, called[-1].span.end)
    if any(re.search(r"[^\w./:=@%+-]", word) for word in words):
        return Refusal("the command needs quotes", reason=Reason.UNEDITABLE)
    one = site.instruction
    if one is None:
        return Edit(site.path, place, " ".join(words))
    if one.json is not None and shell_word(one) is None:
        return _in_words(one, called[0].value or "", len(called), words)
    at = shell_word(one)
    if at is None:
        span = one.source_span(place.start, place.end)
    else:
        start = one.command.offsets().index(one.json_spans[at].start) + 1
        said = (one.json or ())[at]
        same = one.command.text[start : start + len(said)] == said
        span = one.source_span(start + place.start, start + place.end) if same else None
    if span is None:
        return Refusal("it is written over several lines or with escapes", reason=Reason.UNEDITABLE)
    return Edit(one.path, span, " ".join(words))


def _in_words(one: Instruction, tool: str, count: int, words: Sequence[str]) -> Edit | Refusal:
    """The elements of an exec form."""
    json_words, spans = one.json or (), one.json_spans
    if tool not in json_words or json_words.index(tool) + count != len(json_words):
        return Refusal("the call is not the end of the command", reason=Reason.UNEDITABLE)
    at = json_words.index(tool)
    parting = one.source.text[spans[-2].end : spans[-1].start] if len(spans) > 1 else ", "
    text = parting.join(json.dumps(word) for word in words)
    return Edit(one.path, Span(spans[at].start, spans[-1].end), text)
