"""Does each probe say yes to a good answer, and no to every other one?"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from autofix import link
from autofix.node import Evidence
from autofix.project import Fact, Project, Tools
from autofix.surfaces import probing
from autofix.surfaces.probing import Command, Question
from autofix.text import Source

ANSWERS = {"/ok": 200, "/elsewhere": 302, "/broken": 500, "/closed": 401}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status = ANSWERS.get(self.path, 404)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/ok")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def having(*names: str) -> Tools:
    return Tools(tuple(Fact(name, Evidence("has it")) for name in names))


def tool(name: str) -> Tools:
    """The program as this machine has it."""
    if shutil.which(name) is None:
        pytest.skip(f"no {name} here")
    return having("wget", "gnu wget") if name == "wget" else having(name)


def good(command: Command) -> bool:
    """What an engine makes of the exec form; the shell form has to say the same."""
    results = [
        subprocess.run(words, capture_output=True, timeout=20, check=False).returncode == 0
        for words in (list(command.words), ["sh", "-c", command.line])
    ]
    assert results[0] == results[1]
    return results[0]


@pytest.mark.parametrize("name", ["node", "python3", "curl", "wget"])
@pytest.mark.parametrize(
    ("path", "status"), [("/ok", 200), ("/elsewhere", 302), ("/broken", 500), ("/closed", 401), ("/gone", 404)]
)
def test_an_answer_is_judged(name: str, path: str, status: int, port: int) -> None:
    tools = tool(name)
    strict, lenient = Question(port, path), Question(port, path, lenient=True)
    for wanted, question in ((status == 200, strict), (status < 400, lenient)):
        command = probing.ask(question, tools)
        assert command is not None
        if path == "/elsewhere" and (command.follows or name == "curl"):
            continue  # these have no way to tell a redirect from an answer
        assert good(command) == wanted, command.line


@pytest.mark.parametrize("name", ["node", "python3", "bash", "nc"])
def test_a_port_is_open_or_not(name: str, port: int) -> None:
    tools = tool(name)
    for number, wanted in ((port, True), (1, False)):
        command = probing.ask(Question(number), tools)
        assert command is not None
        assert good(command) == wanted, command.line


def test_nobody_asks_forever() -> None:
    silent = ThreadingHTTPServer(("127.0.0.1", 0), Handler)  # accepts, and never answers
    try:
        for name in ("node", "python3", "curl", "wget"):
            if shutil.which(name):
                command = probing.ask(Question(silent.server_port, "/ok", seconds=1), tool(name))
                assert command is not None
                assert not good(command), command.line
    finally:
        silent.server_close()


@pytest.mark.parametrize("name", ["node", "python3"])
def test_a_variable_may_say_another_port(name: str, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    command = probing.ask(Question(1, "/ok", variable="WEB_PORT"), tool(name))
    assert command is not None
    assert not good(command)
    monkeypatch.setenv("WEB_PORT", str(port))
    assert good(command), command.line
    assert probing.ask(Question(1, "/ok", variable="WEB_PORT"), having("curl", "wget")) is None


def test_what_the_image_lacks_is_never_used() -> None:
    question = Question(3000, "/health")
    assert probing.ask(question, having("sh", "perl")) is None
    assert probing.ask(Question(3000), having("sh", "curl")) is None
    assert probing.ask(replace(question, scheme="https"), having("busybox", "wget")) is None


def test_the_preferred_program_comes_first() -> None:
    question, tools = Question(3000, "/health"), having("node", "curl")
    assert [command.tool for command in probing.commands(question, tools)] == ["node", "curl"]
    preferred = [probing.ask(question, tools, name) for name in ("curl", "wget")]
    assert [command.tool for command in preferred if command] == ["curl", "node"]


def test_distroless_node_is_called_by_its_path() -> None:
    command = probing.ask(Question(3000, "/health"), having("/nodejs/bin/node"))
    assert command is not None
    assert command.words[0] == "/nodejs/bin/node"
    json.dumps(command.words)


def test_compose_leaves_a_doubled_dollar_alone() -> None:
    assert probing.compose("echo $HOME $$") == "echo $$HOME $$$$"


def tools_of(dockerfile: str) -> Tools:
    """What the model says of the only image of a repository."""
    source = Source("Dockerfile", dockerfile)
    project, broken = link.rebuild(Project({}, {}, frozenset()), {"Dockerfile": source})
    assert not broken
    (service,) = project.services
    return service.tools


@pytest.mark.parametrize(
    ("dockerfile", "has", "lacks"),
    [
        ("FROM node:20\n", "node curl wget bash", "nc"),
        ("FROM node:20-slim\n", "node bash sh", "curl wget nc"),
        ("FROM node:20-alpine\n", "node wget nc busybox", "curl bash python3"),
        ("FROM python:3.12-slim\n", "python python3", "curl wget node"),
        ("FROM golang:1.22\n", "curl wget", "node"),
        ("FROM alpine:3.20\n", "wget sh", "curl node"),
        ("FROM scratch\n", "", "sh curl wget node"),
        ("FROM gcr.io/distroless/nodejs20-debian12\n", "/nodejs/bin/node", "sh node curl"),
        ("FROM gcr.io/distroless/nodejs20-debian12\nENV PATH=/nodejs/bin:$PATH\n", "node", "curl"),
        ("FROM php:8.3-fpm\n", "php curl", "wget"),
        ("FROM eclipse-temurin:21-jre\n", "sh", "-"),
        ("FROM eclipse-temurin:21-jre-alpine\n", "wget", "curl"),
        ("FROM registry.example.com/base:1\n", "", "-"),
        ("FROM registry.example.com/base:1\nRUN apt-get install -y curl\n", "curl", "-"),
        ("FROM node:20-slim\nRUN apt-get update && apt-get install -y --no-install-recommends \\\n  curl=8.* dumb-init\n", "curl", "wget"),
        ("FROM node:20-slim\nRUN apt-get install -y curl && curl -O x && apt-get purge -y curl\n", "node", "wget"),
        ("FROM alpine\nRUN apk add --no-cache --virtual .fetch curl && curl -O x && apk del .fetch\n", "wget", "bash"),
        ("FROM alpine\nRUN apk add --no-cache nodejs npm wget\n", "node gnu&wget", "curl"),
        ("FROM debian:12\nRUN curl -fsSL https://deb.nodesource.com/setup_20.x | bash - && apt-get install -y nodejs\n", "node", "wget"),
        ("FROM debian:12\nRUN ./tools.sh\n", "bash", "-"),
        ("FROM debian:12\nCOPY entry.sh /usr/local/bin/\nRUN chmod +x /usr/local/bin/entry.sh\n", "bash", "curl wget"),
        ("FROM debian:12\nCOPY --from=alpine /usr/bin/curl /usr/bin/curl\n", "bash", "wget"),
        ("FROM golang AS b\n\nFROM debian:12\nCOPY --from=b /usr/local/ /usr/local/\n", "bash", "-"),
        ("FROM debian:12\nARG MORE\nRUN apt-get install -y $MORE\n", "bash", "-"),
        ("FROM node:20-alpine AS base\nRUN apk add curl\n\nFROM base\nCMD node x\n", "node curl", "bash"),
    ],
)  # fmt: skip
def test_an_image_has_and_lacks(dockerfile: str, has: str, lacks: str) -> None:
    tools = tools_of(dockerfile)
    there, missing = {fact.value for fact in tools.has}, {fact.value for fact in tools.lacks}
    assert {name.replace("&", " ") for name in has.split()} <= there
    assert set(lacks.strip("-").split()) <= missing
    assert not there & missing
    if lacks == "-":
        assert not missing
