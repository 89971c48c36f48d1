"""Does a layer of the deployed image keep what package managers only needed while it was built?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.project import Project
from autofix.surfaces.dockerfile.chaining import command_behind
from autofix.surfaces.dockerfile.commands import Call, calls_of
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.installs import Install, installs, verb_of
from autofix.surfaces.dockerfile.keeping import CACHES, goes_on_offline, is_classic_yarn, is_decided
from autofix.surfaces.dockerfile.users import deployed
from autofix.text import Edit, Span

APT = CACHES["apt"].programs
OWN_CACHE = frozenset({"--no-cache", "-n", "--no-cache-dir", "--cache-dir", "--cache", "--no-network", "--root", "-p"})
UPDATES = frozenset({"-U", "--update", "--update-cache"})
WORKBENCH = "/.devcontainer/"  # an image for an editor, built and kept on one machine


@dataclass(frozen=True)
class CacheFacts:
    """Whose cache it is."""

    manager: str


@dataclass(frozen=True)
class Caching(Instruction):
    """A RUN that leaves the cache of one package manager behind: its calls of it, the installing ones first of all."""

    manager: str = ""
    installing: tuple[Install, ...] = ()
    calling: tuple[Call, ...] = ()


def keeps_cache(project: Project) -> Iterator[Match[Caching, CacheFacts]]:
    """RUNs of what is deployed that install with a package manager and leave its cache in their layer."""
    for file in project.of(Dockerfile):
        if WORKBENCH in f"/{file.path}":
            continue
        stages = {one.index: one for stage in deployed(project, file) for one in file.lineage(stage)}
        for stage in (stages[index] for index in sorted(stages)):
            found = list(calls_of(file, stage))
            for run in stage.of("RUN"):
                own = [call for call in found if call.instruction is run]
                if own and not _mounts_cache(run):
                    yield from _kept(project, file, stage, run, own)


def leave_no_cache(project: Project, match: Match[Caching, CacheFacts]) -> Fix | Refusal:
    """The cache avoided by an option where there is one, else removed in the same RUN."""
    run, manager = match.node, match.node.manager
    file = project.documents[run.path]
    assert isinstance(file, Dockerfile)
    stage = file.stages[run.stage or 0]
    cache = CACHES[manager]
    if cache.option:
        return _with_option(run, manager, cache.option)
    if manager != "apt":
        last = run.installing[-1].call
        return _behind(last, stage, cache.command.format(program=last.program), f"Clean the cache of {last.program}")
    if later := next(_needing_lists(file, stage, run), None):
        return Refusal("a later RUN installs from the lists this one leaves", evidence=(later.evidence("RUN"),))
    return _behind(run.calling[-1], stage, cache.command, "Remove the package lists of apt")


def _kept(
    project: Project, file: Dockerfile, stage: Stage, run: Instruction, own: list[Call]
) -> Iterator[Match[Caching, CacheFacts]]:
    text, lineage = words_of(run), file.lineage(stage)
    for manager, cache in CACHES.items():
        found = [one for one in installs(own, *cache.programs) if not OWN_CACHE.intersection(_options(one.call))]
        if manager == "yarn":
            found = [one for one in found if is_classic_yarn(project, file, stage, one)]
        if not found or cache.cleaned.search(text) or is_decided(lineage, run, cache) or goes_on_offline(lineage, run):
            continue
        calling = tuple(call for call in own if call.program in cache.programs) or tuple(one.call for one in found)
        if manager == "apt" and not any(verb_of(call) == "update" for call in calling):
            continue  # the lists come from another layer, where they stay
        own_parts = {"manager": manager, "installing": tuple(found), "calling": calling}
        node = Caching(**{**run.__dict__, "anchor": f"{stage.anchor}/{manager}", **own_parts})
        yield Match(node, CacheFacts(found[-1].call.program if manager == "dnf" else manager))


def _options(call: Call) -> set[str]:
    return {word.partition("=")[0] for word in call.said}


def _mounts_cache(run: Instruction) -> bool:
    return any(flag.name == "mount" and re.search(r"type=(?:cache|tmpfs)", flag.value or "") for flag in run.flags)


def _needing_lists(file: Dockerfile, stage: Stage, run: Instruction) -> Iterator[Instruction]:
    """Later RUNs, of stages built on this one as well, that install without asking for the lists themselves."""
    for other in file.stages:
        if stage.index not in {one.index for one in file.lineage(other)}:
            continue
        found = list(calls_of(file, other))
        for one in other.of("RUN", "ONBUILD"):
            if other is stage and one.first <= run.first:
                continue
            own = [call for call in found if call.instruction is one and call.program in APT]
            verbs = [verb_of(call) for call in own]
            asked = "update" in verbs and verbs.index("update") == 0
            if (own and not asked and any(True for _ in installs(own, *APT))) or (
                one.keyword == "ONBUILD" and re.search(r"\bapt(?:-get)?\b", words_of(one))
            ):
                yield one


def _behind(call: Call, stage: Stage, text: str, title: str) -> Fix | Refusal:
    edit = command_behind(call, stage, text)
    return Refusal(edit.needs, text, reason=edit.reason) if isinstance(edit, Refusal) else Fix(title, (edit,))


def _with_option(run: Caching, manager: str, option: str) -> Fix | Refusal:
    """`--no-cache` and `--no-cache-dir` behind the verb; what only updates the index goes."""
    edits: list[Edit] = []
    for one in run.installing:
        if not one.call.sound:
            return Refusal("the line is not fully understood", option, reason=Reason.UNEDITABLE)
        update = next((word for word in one.call.arguments if word.value in UPDATES), None)
        if manager == "apk" and update:
            edit = one.call.with_other(update, option)
            if edit is None:
                return Refusal("the option is written over two lines", option, reason=Reason.UNEDITABLE)
            edits.append(edit)
        else:
            edits.append(one.call.with_word(one.verb, option))
    if manager == "apk":
        for call in run.calling:
            if verb_of(call) == "update":
                gone = _without(call)
                if gone is None:
                    return Refusal("apk update is not needed, and cannot be taken out here", option)
                edits.append(gone)
    return Fix(f"Install without a cache of {manager}", tuple(edits))


def _without(call: Call) -> Edit | None:
    """A link taken out of its chain with the operator behind it; None where a comment or another thing is there."""
    if call.part is None or call.command is None or len(call.arguments) != 1:
        return None
    chain = next((one for one in call.part.script.chains if call.command.span in one.links), None)
    if chain is None or not chain.sound:
        return None
    at = chain.links.index(call.command.span)
    if at + 1 >= len(chain.links) or chain.operators[at].text != "&&":
        return None
    joined = call.part.joined
    span = Span(joined.offset(chain.links[at].start), joined.offset(chain.links[at + 1].start))
    inside: Callable[[Span], bool] = span.contains
    return None if any(map(inside, call.instruction.comments)) else Edit(call.path, span, "")
