"""Is what a check asks read as the program would read it?"""

from __future__ import annotations

import pytest

from autofix.node import Evidence
from autofix.project import Fact, Tools
from autofix.surfaces.replacing import in_line, in_words, same_question

NODE = Tools(has=tuple(Fact(name, Evidence(name)) for name in ("node", "sh")))
BUSYBOX = Tools(has=tuple(Fact(name, Evidence(name)) for name in ("wget", "sh")))


@pytest.mark.parametrize(
    ("line", "url", "lenient", "seconds"),
    [
        ("curl -f http://localhost:3000/health || exit 1", "http://localhost:3000/health", True, 5),
        ("curl -fsS -m 2 -o /dev/null 127.0.0.1:80", "http://127.0.0.1:80/", True, 2),
        (
            "curl --fail --max-time=3 'https://127.0.0.1/x?a=1&b=2' || exit 1;",
            "https://127.0.0.1:443/x?a=1&b=2",
            True,
            3,
        ),
        ("curl http://127.0.0.1:3000/ > /dev/null 2>&1", "http://127.0.0.1:3000/", False, 5),
        ("wget -qO- http://127.0.0.1:3000/ || exit 1", "http://127.0.0.1:3000/", True, 5),
        ("wget --no-verbose --tries=1 --spider http://127.0.0.1:3000/a || exit 1", "http://127.0.0.1:3000/a", True, 5),
        ("/usr/bin/wget -q -T 4 -O /dev/null http://127.0.0.1/", "http://127.0.0.1:80/", True, 4),
    ],
)
def test_a_line_that_asks_one_url(line: str, url: str, lenient: bool, seconds: int) -> None:  # noqa: FBT001
    request = in_line(line)
    assert request
    question = request.question
    assert (question.url, question.lenient, question.seconds) == (url, lenient, seconds)
    assert question.undemanding is not lenient


@pytest.mark.parametrize(
    "line",
    [
        "curl -f http://127.0.0.1/ | grep ok",
        "curl -f http://127.0.0.1/ && true",
        "curl -f http://127.0.0.1/ || curl -f http://127.0.0.1:81/",
        "curl -f -H 'Host: a' http://127.0.0.1/",
        "curl -fu a:b http://127.0.0.1/",
        "curl -X POST http://127.0.0.1/",
        "curl -f -o /tmp/state http://127.0.0.1/",
        "curl -f http://127.0.0.1/ http://127.0.0.1/b",
        "curl -f ftp://127.0.0.1/",
        "curl -f http://127.0.0.1/$KEY",
        "test -f /tmp/x",
        "wget -O /tmp/x http://127.0.0.1/",
        "wget --post-data=a http://127.0.0.1/",
        "",
    ],
)
def test_a_line_that_asks_more_is_left_alone(line: str) -> None:
    assert in_line(line) is None


def test_a_port_that_a_variable_names_stays() -> None:
    request = in_line('wget -q "http://127.0.0.1:${PORT:-3000}/health" || exit 1')
    answer = same_question(request, NODE) if request else None
    assert answer
    assert "http://127.0.0.1:${PORT:-3000}/health" in answer.line
    assert answer.line.endswith("|| exit 1")


def test_the_answer_is_another_program_and_as_patient_as_the_check() -> None:
    request = in_words(("curl", "-f", "http://127.0.0.1:3000/"))
    assert request
    answer = same_question(request, NODE, timeout=2.0)
    assert answer
    assert "timeout: 2000" in answer.words[-1]
    assert "r.statusCode < 400" in answer.words[-1]
    missing = in_words(("wget", "-q", "http://127.0.0.1:3000/"))
    assert missing
    assert same_question(missing, BUSYBOX) is None


def test_what_is_content_with_any_answer_stays_so() -> None:
    request = in_words(("curl", "http://127.0.0.1:3000/"))
    answer = same_question(request, NODE) if request else None
    assert answer
    assert "statusCode" not in answer.words[-1]
    assert request
    assert same_question(request, BUSYBOX) is None  # wget would fail from 400 on
