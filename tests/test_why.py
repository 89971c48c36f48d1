"""Are the promises of `why.txt` read as they are written?"""

from __future__ import annotations

import pytest

from tests import why
from tests.why import Subject

HEAD = "system before\npath: ...\n+ = ...\n\nCOMPOSE, deploy/compose.yaml (P phase 4)\n"
ANY = {"manual", "unsafe", "safe"}


def read(text: str) -> list[tuple[Subject, str, set[str]]]:
    return [(one.subject, one.rule, set(one.allowed)) for one in why.promises("s", HEAD + text)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("api: asks localhost -> compose/localhost-healthcheck [safe]; stays", [("compose/localhost-healthcheck", {"safe"})]),
        ("api: a -> compose/missing-restart [unsafe] + at most", [("compose/missing-restart", {"silent", "manual", "unsafe"})]),
        ("api: a -> system/inconsistent-health-path [safe: both; unsafe: rename]", [("system/inconsistent-health-path", {"safe"})]),
        ("api: a -> shell/unset-variables [-eu safe, pipefail unsafe]", [("shell/unset-variables", {"safe"})]),
        ("api: root-owned: dockerfile/root-user, root-owned-copy and missing-init [silent]",
         [("dockerfile/root-user", {"silent"}), ("dockerfile/root-owned-copy", {"silent"}), ("dockerfile/missing-init", {"silent"})]),
        ("api: no port: dockerfile/missing-healthcheck [silent, at most a manual note]", [("dockerfile/missing-healthcheck", {"silent", "manual"})]),
        ("api: so shell/compose-v1 is silent; a -> env/real-secret", [("shell/compose-v1", {"silent"}), ("env/real-secret", ANY)]),
        ("api: only with dockerfile/next-hostname -> compose/missing-healthcheck [safe]", [("compose/missing-healthcheck", {"safe"})]),
        ("api: entirely right: everything [silent]", [("*", {"silent"})]),
        ("api: prose only, nothing promised", []),
    ],
)  # fmt: skip
def test_rules_and_safeties(line: str, expected: list[tuple[str, set[str]]]) -> None:
    assert [(rule, allowed) for _, rule, allowed in read(line)] == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("api, web 3000", Subject(("deploy/compose.yaml",), ("api", "web"))),
        ("apps/{a,b}/Dockerfile", Subject(("apps/a/Dockerfile", "apps/b/Dockerfile"))),
        ("other/compose.yaml, worker (line 54)", Subject(("other/compose.yaml",), ("worker",))),
        ("scripts/", Subject(("scripts/**",))),
        ("whole file", Subject(("deploy/compose.yaml",))),
    ],
)
def test_subjects(written: str, expected: Subject) -> None:
    assert [subject for subject, _, _ in read(f"{written}: a -> env/real-secret [safe]")] == [expected]


def test_the_same_files_are_those_of_the_line_before() -> None:
    lines = "apps/a/Dockerfile: a -> dockerfile/root-user [safe]\nsame files: b -> dockerfile/missing-init [unsafe]"
    assert {subject for subject, _, _ in read(lines)} == {Subject(("apps/a/Dockerfile",))}


def test_an_answer_that_is_not_the_promised_one_is_not_met() -> None:
    promise = next(why.promises("s", HEAD + "api, web: a -> compose/missing-restart [unsafe]"))
    assert why.Answer(promise, ("unsafe", "unsafe"), known=True).met
    assert not why.Answer(promise, ("unsafe", "silent"), known=True).met
    assert not why.Answer(promise, ("safe", "unsafe"), known=True).met
    assert why.Answer(promise, ("unsafe", "silent"), known=True).said == "unsafe 1 of 2, silent 1 of 2"
