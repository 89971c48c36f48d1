"""Does a deployment find out that its Compose file is broken before it touches what runs?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.shell.compose_calls import OLD, VALUED, calls_new
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command, Frame
from autofix.surfaces.shell.strict_switch import switch_of
from autofix.surfaces.shell.words import Word
from autofix.text import Edit, Span

DEPLOYS = re.compile(
    r"(?:^|[/_.-])(?:deploy\w*|release|rollout|prod(?:uction)?|publish|ship|upgrade)(?=$|[/_.-])", re.IGNORECASE
)
ELSEWHERE = re.compile(
    r"(?:^|[/_.-])(?:dev(?:elopment)?|local|tests?|e2e|ci|examples?|demos?|bench\w*|integration|backup|restore)(?=$|[/_.-])",
    re.IGNORECASE,
)
DETACHED = re.compile(r"-\w*d\w*|--detach|--wait")
MAKES = (
    "cd",
    "cp",
    "mv",
    "sed",
    "envsubst",
    "export",
    "source",
    ".",
    "curl",
    "wget",
    "scp",
    "rsync",
    "tar",
    "unzip",
    "tee",
    "set",
)
FETCHES = frozenset({"pull", "fetch", "checkout", "reset", "clone", "merge", "switch"})
WRITES = re.compile(r"(?<![<>&\d])>>?[ \t]*[\"']?[^\s&>\"']*(?:env|ya?ml)\b")
READ = frozenset({"substitution", "process", "heredoc", "string"})
AROUND = frozenset({"and", "or", "not", "pipeline", "condition", "negated"})


@dataclass(frozen=True)
class DeployFacts:
    """The call that starts the services."""

    call: str


def deploys_unchecked(project: Project) -> Iterator[Match[Command, DeployFacts]]:
    """The first `compose up -d` of every script that deploys and never asks Compose for its view of the file."""
    for script in project.of(ShellScript):
        compose = [one for one in script.commands if calls(one)]
        up = next((one for one in compose if _verb(one) == "up" and _detached(one) and not one.in_heredoc), None)
        if up is None or not _deploys(script, compose) or any(_verb(one) in {"config", "convert"} for one in compose):
            continue
        yield Match(replace(up, anchor="deployment"), DeployFacts(" ".join(up.text.split())))


def _leading(command: Command) -> tuple[Word, ...]:
    """The options of Compose before its verb, and the verb."""
    words = command.arguments[1:] if calls_new(command) else command.arguments
    at = 0
    while at < len(words):
        said = words[at].value or words[at].text
        if not said.startswith("-"):
            return words[: at + 1]
        at += 1 + (said in VALUED)
    return ()


def _verb(command: Command) -> str:
    words = _leading(command)
    return (words[-1].value or "") if words else ""


def _detached(command: Command) -> bool:
    return any(DETACHED.fullmatch(word.value or "") for word in command.arguments)


def _deploys(script: ShellScript, compose: Sequence[Command]) -> bool:
    """Whether it brings new code or images to where they run."""
    if ELSEWHERE.search(script.path):
        return False
    fetches = any(_fetches(one) for one in script.commands) or any(_verb(one) == "pull" for one in compose)
    return fetches or bool(DEPLOYS.search(script.path))


def _fetches(command: Command) -> bool:
    return command.runs("git") and bool(FETCHES.intersection(word.value or "" for word in command.arguments))


def check_first(project: Project, match: Match[Command, DeployFacts]) -> Fix | Refusal:
    """`config -q` with the same options and environment, before the first call of Compose that changes something."""
    up = match.node
    script = project.documents[up.path]
    assert isinstance(script, ShellScript)
    if frame := next((frame for frame in up.context if frame.what in READ), None):
        return Refusal("what the call prints is read", evidence=(Evidence("read here", up.path, frame.span),))
    target = _target(script, up)
    words = _leading(target)
    if not target.sound or not words or target.heredoc:
        return Refusal("the call is written in a way that cannot be repeated", reason=Reason.UNEDITABLE)
    check = script.source.text[target.span.start : words[-1].span.start] + "config -q"
    if "\n" in check:
        return Refusal("the options of the call stand on several lines", check, reason=Reason.UNEDITABLE)
    off = next((one for one, said in script.sets if said and "errexit" in said.off), None)
    stops = switch_of(script).stops and off is None
    edit = _inserted(script, target, check, stops=stops)
    if edit is None:
        return Refusal("the call shares its line with something else", check, reason=Reason.UNEDITABLE)
    doubts = () if stops else ((off or script.commands[0]).evidence("the script goes on after errors"),)
    return Fix("Check the Compose file before the deployment", (edit,), doubts=doubts)


def _target(script: ShellScript, up: Command) -> Command:
    """The first call of Compose, with the options of `up`, behind all that makes the files it reads."""
    said = _options(up)
    ready = max(
        (one.span.end for one in script.commands if _makes(script, one) and one.span.start < up.span.start), default=0
    )
    same = [
        one
        for one in script.commands
        if calls(one) and ready <= one.span.start <= up.span.start
        if _options(one) == said and _level(up)[: len(_level(one))] == _level(one)
    ]
    return next(
        (one for one in same if _verb(one) in {"pull", "build", "down", "stop", "rm", "run", "up", "create"}), up
    )


def _makes(script: ShellScript, command: Command) -> bool:
    """Whether a command fetches or writes what Compose reads."""
    line = script.source.slice(script.source.lines_around(command.span))
    return _fetches(command) or command.runs(*MAKES) or bool(WRITES.search(line) and not calls_new(command))


def _options(command: Command) -> str:
    words = _leading(command)
    return command.source.text[command.span.start : words[-1].span.start] if words else ""


def _level(command: Command) -> tuple[Span, ...]:
    """What a statement stands in."""
    return tuple(frame.span for frame in command.context if frame.what not in AROUND)


def _inserted(script: ShellScript, target: Command, check: str, *, stops: bool) -> Edit | None:
    """A line of its own above the statement, or a link before it in its chain."""
    text = script.source.text
    around = [frame for frame in target.context if frame.what in AROUND]
    around += _shared(script, target)
    inner = [
        frame
        for frame in around
        if all(other.span.contains(frame.span) or frame.span.contains(other.span) for other in target.context)
    ]
    start = min(
        [
            target.span.start,
            *(frame.span.start for frame in inner if frame.what != "condition" or frame.detail in {"if", "while"}),
        ]
    )
    made = [one for one in script.commands if _makes(script, one) and start <= one.span.start < target.span.start]
    if made:
        return _linked(script, target, check)
    first = text.rfind("\n", 0, start) + 1
    if text[first:start].strip():
        return None
    indent, newline = text[first:start], script.source.newline
    ending = "" if stops else " || exit 1"
    at = _above_announcements(script, first)
    set_off = newline if text[at:].lstrip(" \t").startswith("#") else ""  # the comment is about what follows it
    return Edit(script.path, Span(at, at), f"{indent}{check}{ending}{newline}{set_off}")


def _shared(script: ShellScript, target: Command) -> list[Frame]:
    """The `if` whose other branch starts the services as well, so that one check before it serves both."""
    frame = target.context[-1] if target.context else None
    if frame is None or frame.what != "branch" or "$" in _options(target):
        return []
    others = [one for one in script.inside(frame.span) if one.context and one.context[-1].span == frame.span]
    inside = [one for one in others if one.context[-1] == frame and one.span.start < target.span.start]
    both = any(one.context[-1] != frame and _verb(one) == "up" and calls(one) for one in others)
    return [frame] if both and not any(_makes(script, one) for one in inside) else []


def calls(command: Command) -> bool:
    """Whether it calls Compose, the old or the new."""
    return command.runs(OLD) or calls_new(command)


def _linked(script: ShellScript, target: Command, check: str) -> Edit | None:
    chain = next((one for one in script.chains if any(link.contains(target.span) for link in one.links)), None)
    if chain is None or not chain.sound or any(one.text != "&&" for one in chain.operators):
        return None
    link = next(link for link in chain.links if link.contains(target.span))
    return Edit(script.path, Span(link.start, link.start), f"{check} && ")


def _above_announcements(script: ShellScript, at: int) -> int:
    """Above the comment and the messages that belong to the line."""
    source = script.source
    while at:
        line = source.line_span(source.line_of(at) - 1)
        text = source.slice(line).strip()
        says = any(one.text == text and one.runs("echo", "printf") for one in script.inside(line))
        if not says and (not text.startswith("#") or text.startswith("#!")):
            return at
        at = line.start
    return at
