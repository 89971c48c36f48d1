"""Does a build call a package manager the way a person would at a terminal?  Asked for a yes, by the name made for
people, with the index in a layer of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.project import Project
from autofix.surfaces.dockerfile.commands import Call, calls_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.installs import verb_of
from autofix.text import Edit, Span

CHANGES = frozenset({"install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "remove", "purge",
                     "autoremove", "update", "groupinstall", "in", "create"})  # fmt: skip
SAME_IN_BOTH = frozenset({"install", "reinstall", "update", "remove", "purge", "autoremove", "clean", "build-dep"})
APT = frozenset({"apt-get", "apt", "aptitude"})
ASKS: dict[str, frozenset[str]] = {
    **dict.fromkeys(APT, CHANGES - {"update"}),
    **dict.fromkeys(("yum", "dnf", "microdnf", "conda", "mamba", "micromamba"), CHANGES),
    "zypper": CHANGES - {"create"},
}
YES = re.compile(
    r"-[a-zA-Z]*y[a-zA-Z]*|-[a-zA-Z]*q[a-zA-Z]*q[a-zA-Z]*|-q=2|--(?:yes|assume-?yes|force-yes|non-interactive|no-?confirm)"
)
ASKS_NOBODY = re.compile(r"-[sdhn]|--(?:simulate|just-print|dry-run|no-act|download-only|print-uris|help|version)")
SWITCHED_OFF = re.compile(r"assume-?yes|always_yes|zypp.*non-?interactive", re.IGNORECASE)


@dataclass(frozen=True)
class AskingFacts:
    """What a person would read."""

    what: str


@dataclass(frozen=True)
class Asking(Instruction):
    """A RUN: the calls that would ask, those by the name for people, the RUN before it that only updates the index."""

    asking: tuple[Call, ...] = field(default=(), repr=False)
    personal: tuple[Call, ...] = field(default=(), repr=False)
    index: Call | None = field(default=None, repr=False)
    first_call: Call | None = field(default=None, repr=False)


def asks_a_person(project: Project) -> Iterator[Match[Asking, AskingFacts]]:
    """RUNs with a package manager that would ask, with `apt`, or with an install whose index an own RUN updated."""
    for file in project.of(Dockerfile):
        if SWITCHED_OFF.search(file.source.text):
            continue
        for stage in file.stages:
            found = list(calls_of(file, stage))
            for run in stage.of("RUN"):
                own = tuple(call for call in found if call.instruction is run)
                node = _asking(run, own, _index_before(stage, run, found)) if own else None
                if node and (what := _what(node)):
                    yield Match(node, AskingFacts(what))


def ask_nobody(project: Project, match: Match[Asking, AskingFacts]) -> Fix | Refusal:
    """`-y` behind the verb as the repository writes it, `apt-get` for `apt`, the two RUNs in one."""
    run = match.node
    calls = {*run.asking, *run.personal}
    if not all(call.sound for call in calls):
        return Refusal("the line is not fully understood", reason=Reason.UNEDITABLE)
    edits: list[Edit | None] = [call.with_other(call.words[0], "apt-get") for call in run.personal]
    for call in run.asking:
        verb = next(word for word in call.arguments if word.value == verb_of(call))
        edits.append(call.with_word(verb, _yes(project, call)))
    if run.index and run.first_call:
        joined = run.first_call.part
        assert joined is not None
        end = run.index.instruction.arguments.end
        edits.append(Edit(run.path, Span(end, joined.joined.offset(0)), " && "))
    if None in edits:
        return Refusal("a word is written over two lines", reason=Reason.UNEDITABLE)
    return Fix("Let no package manager ask in the build", tuple(edit for edit in edits if edit))


def _asking(run: Instruction, own: tuple[Call, ...], index: Call | None) -> Asking:
    personal = tuple(call for call in own if call.program == "apt" and verb_of(call) in CHANGES | {"clean"})
    if any(verb_of(call) not in SAME_IN_BOTH for call in personal):
        personal = ()
    asking = tuple(call for call in own if _would_ask(call))
    anchor = f"{run.anchor.rpartition('/')[0]}/{own[0].program}"
    facts = {"anchor": anchor, "asking": asking, "personal": personal, "index": index, "first_call": own[0]}
    return Asking(**{**run.__dict__, **facts})


def _what(run: Asking) -> str:
    if run.asking:
        call = run.asking[0]
        return f"{call.program} {verb_of(call)} would ask before it goes on"
    if run.personal:
        return "apt is made for people, its output and options may change"
    return "apt-get update has a layer of its own, which may be older than the install" if run.index else ""


def _would_ask(call: Call) -> bool:
    if verb_of(call) not in ASKS.get(call.program, ()) or any(frame.what == "pipeline" for frame in call.context):
        return False
    return not any(YES.fullmatch(word) or ASKS_NOBODY.fullmatch(word) for word in call.said) and call.words[0].end > 0


def _yes(project: Project, call: Call) -> str:
    """How the file, then the repository, says yes to this manager."""
    if call.program not in APT:
        return "-y"
    here = project.documents[call.path]
    for files in ([here], list(project.of(Dockerfile))):
        used = Counter(
            word
            for file in files
            if isinstance(file, Dockerfile)
            for stage in file.stages
            for other in calls_of(file, stage)
            for word in other.said
            if other.program in APT and word in {"-y", "--yes", "--assume-yes"}
        )
        if used:
            return used.most_common(1)[0][0]
    return "-y"


def _index_before(stage: Stage, run: Instruction, found: list[Call]) -> Call | None:
    """The `apt-get update` that is all a RUN right above one that starts with an install does."""
    above = next((one for one, other in pairwise(stage.instructions) if other is run), None)
    if above is None or above.keyword != "RUN" or above.flags or run.flags or _apart(above, run):
        return None
    first = [call for call in found if call.instruction is above]
    own = [call for call in found if call.instruction is run]
    if len(first) != 1 or first[0].program not in APT or verb_of(first[0]) != "update" or not _whole(first[0]):
        return None
    if not own or own[0].program not in APT or verb_of(own[0]) != "install" or not _whole(own[0]):
        return None
    return None if any(verb_of(call) == "update" for call in own if call.program in APT) else first[0]


def _apart(above: Instruction, run: Instruction) -> bool:
    """Whether more than blanks stands between two instructions."""
    return bool(run.source.text[above.span.end : run.span.start].strip())


def _whole(call: Call) -> bool:
    """Whether a command, with what is chained to it by `&&`, is all its instruction runs."""
    if call.part is None or call.command is None or not call.sound or call.instruction.heredocs:
        return False
    if any(frame.what != "and" for frame in call.context):
        return False
    spans = [frame.span for frame in call.context] + [call.command.span]
    text = call.part.joined.text
    inside = [one for one in call.part.script.commands if any(frame.what == "or" for frame in one.context)]
    return (
        not inside and min(span.start for span in spans) == 0 and max(span.end for span in spans) >= len(text.rstrip())
    )
