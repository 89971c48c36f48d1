"""Which command asks this URL, or this TCP port, with what the image surely has?

The answer is the words of an exec form. Where a shell has to read them, `Command.line` says them as one line; where
compose reads them first, `compose` keeps it from interpolating.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.node import Evidence
from autofix.project import Tools

LOOPBACK = "127.0.0.1"
SECONDS = 5


@dataclass(frozen=True)
class Question:
    """What is asked. Without a path: whether anybody listens on the port.

    `lenient` takes every answer below 400 for a good one, as `curl -f` does, `undemanding` any answer at all, as `curl`
    does; else it has to be 200. `insecure` accepts any certificate. `seconds` is how long to wait for an answer.
    `variable` names a variable of the container that may say another port; not every program can look at it.
    """

    port: int
    path: str = ""
    scheme: str = "http"
    host: str = LOOPBACK
    lenient: bool = False
    undemanding: bool = False
    insecure: bool = False
    seconds: int = SECONDS
    variable: str = ""

    @property
    def url(self) -> str:
        """The address as a client takes it."""
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


@dataclass(frozen=True)
class Command:
    """The words of an exec form, the program that asks, and the reason to believe that the image has it.

    `follows` says that it goes where a redirect leads, and judges the answer it gets there.
    """

    words: tuple[str, ...]
    tool: str
    evidence: Evidence
    follows: bool = False

    @property
    def line(self) -> str:
        """The same for a shell: a word with quotes of one kind stands within the other."""
        return " ".join(_quoted(word) for word in self.words)


def commands(question: Question, tools: Tools) -> Iterator[Command]:
    """Every command that asks the question with a program the image has for sure, the image's own runtime first."""
    for names, write, follows in _WAYS if question.path else _WAYS_TO_CONNECT:
        found = tools.finds(*names)
        words = write(question, found.value, tools) if found else ()
        if found and words:
            yield Command(words, found.value.rpartition("/")[2], found.evidence, follows(question))


def ask(question: Question, tools: Tools, prefer: str = "") -> Command | None:
    """The command that asks the question: with the preferred program where the image has it, else the best there is."""
    every = list(commands(question, tools))
    return next((one for one in every if one.tool == prefer), every[0] if every else None)


def compose(text: str) -> str:
    """The text as it stands in a compose file, which would take a dollar for a variable of its own."""
    return text.replace("$", "$$")


def _quoted(word: str) -> str:
    if "'" in word and not any(char in word for char in '"$`\\!'):
        return f'"{word}"'
    return shlex.quote(word)


def _node(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    del tools
    good = "r.statusCode < 400" if question.lenient else "r.statusCode === 200"
    code = "0" if question.undemanding else f"{good} ? 0 : 1"
    url = f"'{question.url}'"
    if question.variable:
        port = f"(process.env.{question.variable} || {question.port})"
        url = f"'{question.scheme}://{question.host}:' + {port} + '{question.path}'"
    options = f"timeout: {question.seconds}000" + (", rejectUnauthorized: false" if _unproven(question) else "")
    script = (
        f"require('{question.scheme}').get({url}, {{{options}}}, r => process.exit({code}))"
        ".on('timeout', () => process.exit(1)).on('error', () => process.exit(1))"
    )
    return program, "-e", script


def _unproven(question: Question) -> bool:
    return question.scheme == "https" and question.insecure


def _python(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    """`urlopen` goes where a redirect leads and fails from 400 on; `http.client` shows the answer itself."""
    del tools
    if question.variable:
        port = f"os.environ.get('{question.variable}', '{question.port}')"
        url = f"'{question.scheme}://{question.host}:' + {port} + '{question.path}'"
        return program, "-c", f"import os, urllib.request; urllib.request.urlopen({url}, timeout={question.seconds})"
    if _by_urlopen(question):
        return (
            program,
            "-c",
            f"import urllib.request; urllib.request.urlopen('{question.url}', timeout={question.seconds})",
        )
    bad = ">= 400" if question.lenient else "!= 200"
    judged = "c.getresponse()" if question.undemanding else f"sys.exit(c.getresponse().status {bad})"
    kind = "HTTPSConnection" if question.scheme == "https" else "HTTPConnection"
    modules = "http.client, ssl, sys" if _unproven(question) else "http.client, sys"
    context = ", context=ssl._create_unverified_context()" if _unproven(question) else ""
    script = (
        f"import {modules}; c = http.client.{kind}('{question.host}', {question.port}, timeout={question.seconds}{context});"
        f" c.request('GET', '{question.path}'); {judged}"
    )
    return program, "-c", script


def _curl(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    del tools
    if question.variable:
        return ()
    insecure = ("-k",) if _unproven(question) else ()
    fail = "-sS" if question.undemanding else "-fsS"
    return program, fail, *insecure, "-m", str(question.seconds), "-o", "/dev/null", question.url


def _wget(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    """By GET: GNU's `--spider` asks by HEAD, which not every route answers. GNU's would try twenty times."""
    if question.variable or question.undemanding:
        return ()  # it fails from 400 on
    if question.scheme == "https" and not tools.finds("gnu wget"):
        return ()  # busybox's may have been built without TLS
    once = ("-t", "1") if tools.finds("gnu wget") else ()
    insecure = ("--no-check-certificate",) if _unproven(question) else ()
    return program, "-q", *once, "-T", str(question.seconds), *insecure, "-O", "/dev/null", question.url


def _node_connects(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    del tools
    script = (
        f"require('net').connect({question.port}, '{question.host}').on('connect', () => process.exit(0))"
        f".on('error', () => process.exit(1)).setTimeout({question.seconds}000, () => process.exit(1))"
    )
    return program, "-e", script


def _python_connects(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    del tools
    where = f"('{question.host}', {question.port})"
    return program, "-c", f"import socket; socket.create_connection({where}, {question.seconds})"


def _nc_connects(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    del tools
    return program, "-z", "-w", str(question.seconds), question.host, str(question.port)


def _bash_connects(question: Question, program: str, tools: Tools) -> tuple[str, ...]:
    del tools
    return program, "-c", f"< /dev/tcp/{question.host}/{question.port}"


def _never(question: Question) -> bool:
    del question
    return False


def _always(question: Question) -> bool:
    del question
    return True


def _by_urlopen(question: Question) -> bool:
    plain = not question.lenient and not question.undemanding and question.scheme == "http"
    return bool(question.variable) or plain


_NODE = ("node", "/nodejs/bin/node")
_PYTHON = ("python", "python3")
_WAYS = (
    (_NODE, _node, _never),
    (_PYTHON, _python, _by_urlopen),
    (("curl",), _curl, _never),
    (("wget",), _wget, _always),
)
_WAYS_TO_CONNECT = (
    (_NODE, _node_connects, _never),
    (_PYTHON, _python_connects, _never),
    (("nc",), _nc_connects, _never),
    (("bash",), _bash_connects, _never),
)
