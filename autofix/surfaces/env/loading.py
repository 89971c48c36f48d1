"""What reads a template as if it were live?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from autofix.node import Evidence
from autofix.project import Project
from autofix.text import Source, Span

PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc", "ignore", "CODEOWNERS")
SAID = re.compile(r"(?:^|\s)(?:#|//|\*|<!--|rem\b)|\b(?:echo|printf|print|puts|console\.\w+|log\w*(?:\.\w+)?|Error|raise|fail|die|warn\w*|info|exit)\b",
                  re.IGNORECASE)  # fmt: skip
SAFE_LOADER = re.compile(r"\bdotenv-safe\b|\bdotenv-(?:extended|defaults)\b")
CHECKS = r"startsWith|startswith|regex|length|min|max|matches|match|test|uuid|refine|pattern|base64|hex|byteLength|min_length"
CODE = (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".tsx", ".jsx", ".py", ".rb")


def loaders(project: Project, path: str) -> Iterator[Evidence]:
    """Every place outside prose, comments and messages that names the template."""
    for service in project.services:
        if path in service.env_files:
            yield Evidence(f"{service.name} loads it", service.path, service.where.span)
    name = PurePosixPath(path).name
    pattern = re.compile(rf"(?P<folder>(?:[\w.@$\{{\}}-]+/)*)(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)")
    for source in project.sources.values():
        if source.path == path or source.path.endswith(PROSE) or name not in source.text:
            continue
        for found in pattern.finditer(source.text):
            if _means(found["folder"], source.path, path) and not _said(source, found.start()):
                yield Evidence("something reads it", source.path, Span(*found.span()))
    yield from _by_habit(project, path)


def _by_habit(project: Project, path: str) -> Iterator[Evidence]:
    """Libraries that read `.env.example` beside the package without being told."""
    if PurePosixPath(path).name not in {".env.example", ".env.defaults"}:
        return
    for source in project.sources.values():
        found = SAFE_LOADER.search(source.text) if source.path.endswith("package.json") else None
        if found and path.startswith(source.path.removesuffix("package.json")):
            yield Evidence("a library reads it", source.path, Span(*found.span()))


def _means(folder: str, user: str, path: str) -> bool:
    """Whether the folder written before the name may be the template's."""
    written = [part for part in folder.split("/") if part not in {"", ".", ".."} and "$" not in part]
    above = path.split("/")[:-1]
    known = user.split("/")[:-1]
    return all(part in above or part in known or not part[0].isalnum() for part in written)


def _said(source: Source, offset: int) -> bool:
    """Whether the name stands in a comment or in a message to a person."""
    line = source.line_span(source.line_of(offset))
    return bool(SAID.search(source.text[line.start : offset]))


def format_checks(project: Project, key: str) -> Iterator[Evidence]:
    """Code that wants the value of a variable to look like one."""
    pattern = re.compile(rf"(?<![\w]){re.escape(key)}(?![\w])[^\n;]{{0,200}}?[.\s]({CHECKS})\s*[(=]")
    for source in project.sources.values():
        if source.path.endswith(CODE) and key in source.text:
            for found in pattern.finditer(source.text):
                yield Evidence("the source checks its form", source.path, Span(found.start(), found.start() + len(key)))
