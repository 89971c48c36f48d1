"""Which files stay out of an image, and which out of git?

The two look alike and differ: `*.md` of a .gitignore means every such file, of a .dockerignore those at the top.
"""

from __future__ import annotations

import posixpath
import re
import warnings
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from autofix.text import Source

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

BOM = "\ufeff"
ESCAPED = frozenset(".+()|{}$")  # no meaning in a pattern, one in a regular expression
CLASS = r"\[\^?(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]"
CLOSED = re.compile(rf"(?:[^\[\\]|\\.|{CLASS})*", re.DOTALL)


@dataclass(frozen=True)
class Pattern:
    """One line of a .dockerignore, cleaned; `keeps` says that it started with `!`."""

    text: str
    keeps: bool = False


@dataclass(frozen=True)
class DockerIgnore:
    """A .dockerignore, or the `<Dockerfile>.dockerignore` that counts instead of it.

    `invalid` are patterns for which a build stops with an error.
    """

    path: str
    patterns: tuple[Pattern, ...] = ()
    invalid: tuple[str, ...] = ()

    def excludes(self, path: str) -> bool:
        """Whether a file, named from the root of the context, does not reach the build."""
        return self._match(path.strip("/"))[1]

    @cached_property
    def _runs(self) -> tuple[tuple[bool, re.Pattern[str]], ...]:
        """Lines in a row that all leave out or all keep, as one expression: which of them matches makes no difference."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `[[a]` is fine
            return tuple(
                (keeps, re.compile("|".join(_expression(one.text) for one in run)))
                for keeps, run in groupby(self.patterns, lambda one: one.keeps)
            )

    @cached_property
    def _folders(self) -> dict[str, tuple[bool, ...]]:
        return {}

    def _match(self, path: str) -> tuple[tuple[bool, ...], bool]:
        """What each run says of a path, given what it said of its folder, and what comes out of it.

        A run is not asked when it could not change anything, and then counts as silent for what lies below.
        """
        above = self._of_folder(path.rpartition("/")[0])
        said: list[bool] = []
        excluded = False
        for number, (keeps, expression) in enumerate(self._runs):
            matched = bool(above and above[number])
            if not matched and keeps == excluded:
                matched = expression.fullmatch(path) is not None
            said.append(matched)
            if matched:
                excluded = not keeps
        return tuple(said), excluded

    def _of_folder(self, folder: str) -> tuple[bool, ...]:
        if not folder:
            return ()
        if folder not in self._folders:
            self._folders[folder] = self._match(folder)[0]
        return self._folders[folder]


def docker_ignore(source: Source) -> DockerIgnore:
    """The patterns of a .dockerignore."""
    patterns: list[Pattern] = []
    invalid: list[str] = []
    for line in source.text.removeprefix(BOM).split("\n"):
        written = line.strip()
        if line.startswith("#") or not written:
            continue
        keeps = written.startswith("!")
        text = written[1:].strip() if keeps else written
        if not text or CLOSED.fullmatch(text) is None:
            invalid.append(written)
            continue
        clean = posixpath.normpath(re.sub(r"^/{2,}", "/", text))
        patterns.append(Pattern(clean[1:] if len(clean) > 1 and clean.startswith("/") else clean, keeps))
    return DockerIgnore(source.path, tuple(patterns), tuple(invalid))


def _expression(pattern: str) -> str:
    """The regular expression a whole path has to match."""
    if pattern.startswith("**") and not re.search(r"[*?\[\]\\]", pattern[2:]):
        return rf"(?s:(?:.*/)?{re.escape(pattern[3:])})" if pattern[2:3] == "/" else rf"(?s:.*{re.escape(pattern[2:])})"
    out: list[str] = []
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        at += 1
        if letter == "*" and pattern[at : at + 1] == "*":
            at += 1 + (pattern[at + 1 : at + 2] == "/")
            out.append(".*" if at >= len(pattern) else "(?:.*/)?")
        elif letter == "*":
            out.append("[^/]*")
        elif letter == "?":
            out.append("[^/]")
        elif letter == "\\":
            out.append(re.escape(pattern[at : at + 1]))
            at += 1
        else:
            out.append(f"\\{letter}" if letter in ESCAPED else letter)
    return f"(?s:{''.join(out)})"


@dataclass(frozen=True)
class GitIgnore:
    """A .gitignore; its patterns count from the folder it stands in."""

    path: str
    lines: tuple[str, ...] = ()

    @cached_property
    def _spec(self) -> GitIgnoreSpec:
        from pathspec import GitIgnoreSpec

        return GitIgnoreSpec.from_lines(self.lines)

    def excludes(self, path: str) -> bool:
        """Whether git leaves out a file, named from the root; one outside of its folder never."""
        folder = PurePosixPath(self.path).parent
        if not PurePosixPath(path).is_relative_to(folder):
            return False
        below = PurePosixPath(path).relative_to(folder).as_posix() + "/" * path.endswith("/")
        return self._spec.match_file(below)


def git_ignore(source: Source) -> GitIgnore:
    """The patterns of a .gitignore."""
    return GitIgnore(source.path, tuple(line.removesuffix("\r") for line in source.text.removeprefix(BOM).split("\n")))
