"""What does a check ask with a program, and how does what the image has ask the same?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from autofix.node import Evidence, UnreadableError
from autofix.project import Tools
from autofix.surfaces.probing import SECONDS, Command, Question, ask
from autofix.surfaces.shell.document import commands_in
from autofix.surfaces.shell.nodes import Command as ShellCommand

CLIENTS = ("curl", "wget")
ANY_PORT = 64999  # stands for a port that a variable names, until the command is written
URL = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>[\w.-]+|\[::1\])(?::(?P<port>\d+|\$\$?\{?\w+(?::-\d+)?\}?))?(?P<path>/[\w./~%&=?+-]*)?"
)
FAILS = re.compile(r"\s*\|\|\s*(?:exit\s+1|false)\s*;?\s*$")
TO_NOWHERE = re.compile(r"\s*(?:[12]?>{1,2}\s*/dev/null|&>\s*/dev/null|2>&1)")
CURL_SHORT = re.compile(r"-(?P<flags>[fsSkLI#v4]*)(?P<valued>[mo])?(?P<value>.*)", re.DOTALL)
CURL_FLAGS = {"--fail": "f", "--fail-with-body": "f", "--silent": "s", "--show-error": "S", "--insecure": "k", "--location": "L", "--head": "I", "--ipv4": "4", "--no-progress-meter": "s"}  # fmt: skip
CURL_VALUED = {"--max-time": "m", "--connect-timeout": "c", "--output": "o", "--retry": "r", "--retry-delay": "r", "--request": "X", "-X": "X"}  # fmt: skip
WGET_SHORT = re.compile(r"-(?P<flags>q|nv|S|4)?(?P<valued>[OtT])?(?P<value>.*)", re.DOTALL)
WGET_FLAGS = frozenset({"--quiet", "--no-verbose", "--spider", "--server-response", "-nv", "-S", "-4", "-q"})
WGET_VALUED = {"--tries": "t", "--timeout": "T", "--output-document": "O", "--connect-timeout": "c"}
NOWHERE = frozenset({"/dev/null", "-", "/dev/stdout"})


@dataclass(frozen=True)
class Request:
    """What a check asks. `port` is how the port is written where a variable names it; `tail` what stands behind the
    command; `doubts` what the same question by another program leaves out.
    """

    program: str
    question: Question
    port: str = ""
    tail: str = ""
    doubts: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The command in the place of a check, with the port as the check writes it."""

    command: Command
    request: Request = field(repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the exec form."""
        return tuple(self._filled(word) for word in self.command.words)

    @property
    def line(self) -> str:
        """The line for a shell; a word with a variable stands within double quotes, for the shell to read it."""
        return self._filled(self.command.line) + self.request.tail

    def _filled(self, text: str) -> str:
        return text.replace(str(ANY_PORT), self.request.port) if self.request.port else text


def in_words(words: Sequence[str]) -> Request | None:
    """What an exec form asks; None where it is more than one request of a URL. A variable means compose's here."""
    program = words[0].rpartition("/")[2] if words else ""
    if program not in CLIENTS:
        return None
    return _request(program, words[1:])


def in_line(text: str) -> Request | None:
    """What a line for a shell asks; None where it is more than one request of a URL with `|| exit 1` behind."""
    found = FAILS.search(text)
    body = TO_NOWHERE.sub("", text[: found.start()] if found else text).strip()
    command = _only(body)
    if command is None:
        return None
    words = [_bare(body[word.span.start : word.span.end]) for word in command.words]
    request = _request(words[0].rpartition("/")[2], words[1:])
    tail = found.group().rstrip() if found else ""
    return replace(request, tail=" " + tail.strip() if tail else "") if request else None


def same_question(request: Request, tools: Tools, timeout: float | None = None) -> Answer | None:
    """The command that asks the same with what the image surely has, other than the program it lacks."""
    seconds = request.question.seconds
    if timeout and timeout < seconds:
        seconds = max(int(timeout), 1)
    command = ask(replace(request.question, seconds=seconds), tools)
    return Answer(command, request) if command and command.tool != request.program else None


def _only(text: str) -> ShellCommand | None:
    """The one command of a text, with nothing around it."""
    try:
        script = commands_in(text.replace("$$", "_$"))
    except UnreadableError:
        return None
    command = script.commands[0] if len(script.commands) == 1 else None
    whole = command is not None and not command.context and not command.prefix and not script.broken
    if not whole or command is None or command.wrappers or command.words[0].span.start != 0:
        return None
    return command if command.words[-1].span.end == len(text) else None


def _bare(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in "'\"" and word[-1] == word[0] else word


def _request(program: str, arguments: Sequence[str]) -> Request | None:
    read: dict[str, Callable[[Sequence[str]], Iterator[tuple[str, str]]]] = {"curl": _curl, "wget": _wget}
    if program not in read:
        return None
    options = list(read[program](arguments))
    urls = [value for name, value in options if name == "url"]
    names = {name for name, _ in options}
    url = URL.fullmatch(urls[0]) if len(urls) == 1 else None
    if url is None or "?" in names or any(value not in NOWHERE for name, value in options if name in "oO"):
        return None
    return _asked(program, url, options, names)


def _asked(program: str, url: re.Match[str], options: list[tuple[str, str]], names: set[str]) -> Request | None:
    scheme, written = url["scheme"] or "http", url["port"] or ""
    usual = 443 if scheme == "https" else 80
    limits = [int(value) for name, value in options if name in {"m", "T"} and value.isdecimal() and int(value)]
    demanding = program == "wget" or "f" in names
    question = Question(
        int(written) if written.isdecimal() else ANY_PORT if written else usual,
        url["path"] or "/",
        scheme,
        url["host"],
        lenient=demanding,
        undemanding=not demanding,
        insecure="k" in names,
        seconds=min(limits, default=SECONDS),
    )
    doubts = [Evidence("the check goes where a redirect leads")] if "L" in names else []
    doubts += [Evidence("the check asks by HEAD")] if "I" in names else []
    return Request(program, question, "" if written.isdecimal() else written, doubts=tuple(doubts))


def _curl(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Options by their short name with their values; `?` is one that is not known."""
    words = iter(arguments)
    for word in words:
        long, _, given = word.partition("=")
        if word in CURL_FLAGS:
            yield CURL_FLAGS[word], ""
        elif long in CURL_VALUED:
            name, value = CURL_VALUED[long], given or next(words, "")
            yield (name if name != "X" or value == "GET" else "?"), value
        elif (short := CURL_SHORT.fullmatch(word)) and word != "-":
            yield from ((flag, "") for flag in short["flags"])
            if short["valued"]:
                yield short["valued"], short["value"] or next(words, "")
            elif short["value"]:
                yield "?", word
        else:
            yield ("?" if word.startswith("-") else "url"), word


def _wget(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    words = iter(arguments)
    for word in words:
        long, equals, given = word.partition("=")
        if word in WGET_FLAGS:
            yield "q", ""
        elif word == "--no-check-certificate":
            yield "k", ""
        elif long in WGET_VALUED:
            yield WGET_VALUED[long], given if equals else next(words, "")
        elif (short := WGET_SHORT.fullmatch(word)) and short["valued"]:
            yield short["valued"], short["value"] or next(words, "")
        else:
            yield ("?" if word.startswith("-") else "url"), word
