"""Where does an ignore file say that a file of variables stays out?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from autofix.project import Project
from autofix.text import Edit, Source, Span

IGNORES = ".gitignore"
RELATIVE = re.compile(r"\s*/?(?:\*\*/)?\.env(?![\w-])")


def ignore_files(project: Project, path: str) -> list[str]:
    """The .gitignore files above a path, the nearest last."""
    folders = [parent.as_posix() for parent in PurePosixPath(path).parents][::-1]
    named = [IGNORES if folder == "." else f"{folder}/{IGNORES}" for folder in folders]
    return [one for one in named if one in project.sources]


def add_line(source: Source, line: str, relative: re.Pattern[str] = RELATIVE) -> Edit:
    """The line after the last one about such files, else at the end."""
    lines = [number for number, text in enumerate(source.text.split("\n")) if relative.match(text)]
    if lines:
        end = source.line_span(lines[-1]).end
        if source.text.endswith("\n", 0, end):
            return Edit(source.path, Span(end, end), line + source.newline, stack=True)
    end = len(source.text)
    text = line + source.newline if not source.text or source.text.endswith("\n") else source.newline + line
    return Edit(source.path, Span(end, end), text, stack=True)
