"""How is a command that generates taken out of a start script, a CMD, an ENTRYPOINT or a RUN?"""

from __future__ import annotations

import json
import re

from autofix.finding import Reason, Refusal
from autofix.node import UnreadableError
from autofix.surfaces.dockerfile.document import Instruction
from autofix.surfaces.shell.document import ShellScript, commands_in
from autofix.surfaces.system.prisma_calls import Generate
from autofix.surfaces.system.shell_cut import Kept, cut, lines
from autofix.text import Edit, Source, Span

SHELLS = frozenset({"sh", "bash", "ash", "dash"})
INITS = frozenset({"dumb-init", "tini", "--"})
ABOUT = re.compile(r"\bprisma\b|\bgenerat\w*|\b(?:prisma )?client\b", re.IGNORECASE)
SAYS = re.compile(r"generat", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*(?:autofix|shellcheck|hadolint|syntax|escape|check)\b|#!")
PLAIN = re.compile(r"[\w@%+=:,./-]+")
BUILTINS = frozenset(
    {
        ".",
        ":",
        "cd",
        "eval",
        "exec",
        "exit",
        "export",
        "set",
        "source",
        "test",
        "[",
        "trap",
        "ulimit",
        "umask",
        "wait",
        "echo",
    }
)
MOST_LINES = 3


def commands_of(one: Instruction) -> ShellScript | None:
    """The commands that a shell runs for an instruction; in exec form those behind `sh -c`, else the words as one."""
    text = one.command.text
    if one.json is not None:
        at = shell_word(one)
        text = one.json[at] if at is not None else " ".join(one.json)
    try:
        return commands_in(text)
    except UnreadableError:
        return None


def shell_word(one: Instruction) -> int | None:
    """Which word of an exec form holds the command line of `sh -c`."""
    words = list(one.json or ())
    for at, word in enumerate(words[:-1]):
        if word.startswith("-") and word.endswith("c") and at and words[at - 1].rpartition("/")[2] in SHELLS:
            return at + 1
    return None


def removal(
    source: Source, script: ShellScript, generate: Generate, instruction: Instruction | None
) -> tuple[Edit, ...] | Refusal:
    """The edits that take the command away."""
    place = cut(script, generate.command)
    if isinstance(place, Kept):
        return Refusal(place.why, evidence=() if instruction else (generate.command.evidence(generate.text),))
    if instruction is None:
        return _from_file(source, script, place)
    left = script.source.text[: place.start] + script.source.text[place.end :]
    if not left.strip():
        return _whole(instruction) if instruction.keyword == "RUN" else Refusal("nothing would be left to start")
    return _from_instruction(instruction, place, left)


def _from_file(source: Source, script: ShellScript, place: Span) -> tuple[Edit, ...]:
    """Out of a script, with the comment and the message that announce nothing else."""
    whole = source.text[place.start : place.end].endswith("\n") or place.end == len(source.text)
    start = place.start
    if whole:
        start = announced(source, script, start)
        place = Span(start, place.end)
        place = _joined_blanks(source, place)
    return (Edit(source.path, place, "", drops=True),)


def _joined_blanks(source: Source, place: Span) -> Span:
    text = source.text
    above = text[text.rfind("\n", 0, max(place.start - 1, 0)) + 1 : place.start]
    if place.end < len(text) and place.start and not above.strip():
        follows = text.find("\n", place.end)
        if follows >= 0 and not text[place.end : follows + 1].strip():
            return Span(place.start, follows + 1)
    return place


def announced(source: Source, script: ShellScript, start: int) -> int:
    """Where the lines start that only announce what follows: messages and comments about it."""
    for _ in range(MOST_LINES):
        above = comment_above(source, start)
        line = source.line_of(above) - 1
        said = source.line_span(line) if line >= 0 else Span(0, 0)
        alone = (one for one in script.commands if one.text == source.slice(said).strip() and not one.context)
        message = next((one for one in alone if one.runs("echo", "printf") and said.contains(one.span)), None)
        if message is None or not SAYS.search(message.text):
            return above
        start = said.start
    return start


def comment_above(source: Source, start: int) -> int:
    """Where the comment right above starts, if all it is about goes away."""
    line = source.line_of(start)
    first = line
    while first > 0 and source.slice(source.line_span(first - 1)).lstrip().startswith("#"):
        first -= 1
    texts = [source.slice(source.line_span(at)) for at in range(first, line)]
    about = texts and len(texts) <= MOST_LINES and ABOUT.search(" ".join(texts))
    if not about or any(DIRECTIVE.search(text) for text in texts):
        return start
    return source.line_starts[first]


def _whole(instruction: Instruction) -> tuple[Edit, ...] | Refusal:
    """A RUN that does nothing else, with its comment."""
    source = instruction.source
    if instruction.comments or instruction.heredocs:
        return Refusal("comments stand inside of it", reason=Reason.UNEDITABLE)
    place = lines(source.text, instruction.span)
    start = comment_above(source, place.start)
    return (Edit(source.path, _joined_blanks(source, Span(start, place.end)), "", drops=True),)


def _from_instruction(instruction: Instruction, place: Span, left: str) -> tuple[Edit, ...] | Refusal:
    if instruction.json is not None:
        return _from_exec_form(instruction, place, left)
    if instruction.heredocs:
        return Refusal("it stands in a here-document", reason=Reason.UNEDITABLE)
    command = instruction.command
    start = command.offset(place.start)
    end = command.offset(place.end) if place.end < len(command.text) else command.offset(len(command.text))
    if place.start and place.end >= len(command.text.rstrip()):
        start, end = command.offset(place.start - 1) + 1, instruction.arguments.end
    if any(Span(start, end).overlaps(comment) for comment in instruction.comments):
        return Refusal("comments stand inside of it", reason=Reason.UNEDITABLE)
    return (Edit(instruction.path, Span(start, end), ""),)


def _from_exec_form(instruction: Instruction, place: Span, left: str) -> tuple[Edit, ...] | Refusal:
    """The exec form with a shorter command line, or without the shell where nothing needs one any more."""
    at = shell_word(instruction)
    words = instruction.json or ()
    if at is None or len(words) != at + 1:
        return Refusal("what the shell gets besides its command line is not known", reason=Reason.UNEDITABLE)
    spans, source = instruction.json_spans, instruction.source
    plain = _plain(left)
    if plain is None:
        return _shortened(instruction, spans[at], words[at], place, left)
    parting = source.text[spans[at - 1].end : spans[at].start]
    text = parting.join(json.dumps(word, ensure_ascii=False) for word in plain)
    return (Edit(instruction.path, Span(spans[at - 2].start, spans[at].end), text),)


def _shortened(instruction: Instruction, word: Span, said: str, place: Span, left: str) -> tuple[Edit, ...] | Refusal:
    """The same command line without a part of it, however it is wrapped; written anew where it holds escapes."""
    offsets = instruction.command.offsets()
    start = offsets.index(word.start) + 1
    if instruction.command.text[start : start + len(said)] == said:
        first, last = offsets[start + place.start], offsets[start + place.end]
        return (Edit(instruction.path, Span(first, last), ""),)
    if "\n" in instruction.source.slice(word):
        return Refusal("it is written over several lines with escapes", reason=Reason.UNEDITABLE)
    return (Edit(instruction.path, word, json.dumps(left.strip(), ensure_ascii=False)),)


def _plain(text: str) -> list[str] | None:
    """The words of the one plain command that is left; None where a shell is still needed."""
    try:
        script = commands_in(text)
    except UnreadableError:
        return None
    if len(script.commands) != 1 or script.expansions or script.assignments:
        return None
    command = script.commands[0]
    values = [word.value for word in command.words]
    if values[:1] == ["exec"]:
        values = values[1:]
    if text.strip() != command.text or not values or None in values or values[0] in BUILTINS:
        return None
    words = [value for value in values if value is not None]
    return words if all(PLAIN.fullmatch(word) for word in words) else None
