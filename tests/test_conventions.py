"""Does a fix write what the repository's own siblings write?  Each pair of golden cases differs in the sibling alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autofix.surfaces.compose import document as compose
from autofix.text import Source
from tests import golden

# what is learned: two cases, the file the sibling stands in, and its service there (none: the whole file)
PAIRS = {
    "limits": ("compose/unbounded-resources", "as-siblings", "as-siblings-of-their-own", "compose.yaml", "queue"),
    "restart": ("compose/missing-restart", "as-siblings-always", "as-siblings-on-failure", "compose.yaml", "mail"),
    "probe as a line": ("compose/missing-healthcheck", "as-sibling-lists", "as-sibling-line", "compose.yaml", "admin"),
    "probe as items": ("compose/missing-healthcheck", "as-sibling-line", "as-sibling-items", "compose.yaml", "admin"),
    "indentation": ("compose/missing-variable", "as-sibling-list-indented", "as-sibling-list-flush", "compose.yaml", "admin"),
    "list or map": ("compose/missing-variable", "as-sibling-list-indented", "as-sibling-map", "compose.yaml", "admin"),
    "pnpm": ("dockerfile/floating-pnpm", "siblings", "siblings-newer", "b/Dockerfile", ""),
    "init": ("dockerfile/missing-init", "sibling-dumb-init", "sibling-tini", "mail/Dockerfile", ""),
    "user": ("dockerfile/root-user", "sibling-user", "sibling-user-numbered", "api/Dockerfile", ""),
}  # fmt: skip
CASES = {case.name: case for case in golden.cases()}


def texts(folder: Path) -> dict[str, str]:
    return {path: data.decode() for path, (data, _) in golden.read(folder).items()}


def without_sibling(files: dict[str, str], path: str, service: str) -> dict[str, str]:
    """The files with the sibling cut out; the comments before it stay."""
    text = files[path]
    if not service:
        return {**files, path: ""}
    found = compose.parse(Source(path, text)).service(service)
    assert found is not None
    behind = text[found.span.end :].partition("\n")[2]
    return {**files, path: text[: found.span.start].rstrip() + behind.rstrip()}


def fixed(case: golden.Case) -> dict[str, str]:
    unsafe = case.folder / "after-unsafe"
    return texts(unsafe if unsafe.is_dir() else case.folder / "after")


@pytest.mark.parametrize(("rule", "one", "other", "path", "service"), PAIRS.values(), ids=PAIRS)
def test_a_fix_follows_the_sibling(rule: str, one: str, other: str, path: str, service: str) -> None:
    first, second = CASES[f"{rule}/{one}"], CASES[f"{rule}/{other}"]
    before = [without_sibling(texts(case.folder / "before"), path, service) for case in (first, second)]
    after = [without_sibling(fixed(case), path, service) for case in (first, second)]
    assert before[0] == before[1], "they differ in more than the sibling"
    assert after[0] != after[1], "the sibling made no difference"
    assert before[0] != after[0]
