"""How is one command taken out of a script, and everything around it left as it is?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Chain, Command
from autofix.text import Span

REDIRECTS = re.compile(r"(?:[ \t]*(?:\d?>>?|&>>?|\d?<)[ \t]*(?:&\d|[^\s;&|<>]+)|[ \t]*\d?>&\d)*")
AROUND = {
    "function": "it stands in a function",
    "condition": "its outcome decides what runs next",
    "branch": "it runs only under a condition",
    "case": "it runs only under a condition",
    "loop": "it runs in a loop",
    "not": "its outcome decides what runs next",
    "pipeline": "what it prints goes to another command",
    "background": "it runs in the background",
    "substitution": "what it prints is used",
    "process": "what it prints is used",
    "test": "its outcome decides what runs next",
}


@dataclass(frozen=True)
class Kept:
    """Why a command cannot be taken out."""

    why: str


def cut(script: ShellScript, command: Command) -> Span | Kept:
    """The place to delete, whole lines where nothing else stands on them."""
    around = next((frame for frame in command.context if frame.what not in {"and", "or"}), None)
    if around and around.what in {"condition", "not"} and (whole := _only_checked(script, command)):
        return _statement(script.source.text, whole)
    if around:
        return Kept(AROUND.get(around.what, "it is part of something larger"))
    if not command.sound or not script.sound(command.span):
        return Kept("the lines around it could not be read")
    after = command.span.end
    if any(one.name == "?" and one.span.start > after for one in script.expansions):
        return Kept("a later line asks how it ended")
    chain = next((one for one in script.chains if any(link.contains(command.span) for link in one.links)), None)
    if chain is None:
        return _statement(script.source.text, Span(command.span.start, _redirected(script, command)))
    return _link(script, chain, next(at for at, link in enumerate(chain.links) if link.contains(command.span)))


def _only_checked(script: ShellScript, command: Command) -> Span | None:
    """The `if` that runs a command and does nothing but tell how it went."""
    frames = [frame for frame in command.context if frame.what != "not"]
    if len(frames) != 1 or frames[0].detail != "if" or not command.sound:
        return None
    span = frames[0].span
    others = [one for one in script.inside(span) if one != command]
    asks_status = any(one.name == "?" and one.span.start > span.end for one in script.expansions)
    return None if asks_status or not all(one.runs("echo", "printf", "exit", "true", ":") for one in others) else span


def _redirected(script: ShellScript, command: Command) -> int:
    found = REDIRECTS.match(script.source.text, command.span.end)
    return found.end() if found else command.span.end


def _link(script: ShellScript, chain: Chain, at: int) -> Span | Kept:
    """A link with the operator that ties it, and what would only have run had it failed."""
    operators = [one.text for one in chain.operators]
    if at and operators[at - 1] == "||":
        return Kept("it runs only when something else fails")
    last = at
    if operators[at : at + 1] == ["||"] and not at:
        while operators[last : last + 1] == ["||"]:
            last += 1
    if at == 0 and last == len(chain.links) - 1:
        return _statement(script.source.text, Span(chain.links[0].start, chain.links[-1].end))
    if at == 0:
        return Span(chain.links[0].start, chain.links[last + 1].start)
    return Span(chain.links[at - 1].end, chain.links[at].end)


def _statement(text: str, span: Span) -> Span | Kept:
    """A command on lines of its own, or between semicolons."""
    first = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end
    before, after = text[first : span.start], text[span.end : end]
    ended = re.match(r"[ \t]*;[ \t]*", after)
    rest = after[ended.end() :] if ended else after
    if ended and rest.strip() and not rest.lstrip().startswith("#"):
        return Span(span.start, span.end + ended.end())
    if rest.strip() and not rest.lstrip().startswith("#"):
        return Kept("it shares its line with something else")
    if not before.strip():
        return lines(text, span)
    opened = re.search(r"[ \t]*;[ \t]*$", before)
    return Span(first + opened.start(), span.end) if opened else Kept("it shares its line with something else")


def lines(text: str, span: Span) -> Span:
    """The whole lines of a span; of the last lines of a text that does not end in one, the line ending before them.

    Of two blank lines that would meet, one goes as well.
    """
    first = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", max(span.start, span.end - 1))
    if end < 0:
        before = max(first - 1, 0)
        return Span(before - (text[before - 1 : before] == "\r"), len(text))
    above = text[text.rfind("\n", 0, max(first - 1, 0)) + 1 : first]
    follows = text.find("\n", end + 1)
    below = text[end + 1 : follows + 1] if follows >= 0 else "-"
    return Span(first, follows + 1 if first and not above.strip() and not below.strip() else end + 1)
