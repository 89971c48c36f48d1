"""Which shell runs this, and with which options does it start?

The shebang decides, then the extension, then what the script is made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from autofix.node import UnreadableError
from autofix.surfaces.shell.options import Options, options
from autofix.surfaces.shell.part import Part
from autofix.text import Source, Span

Dialect = Literal["sh", "bash", "dash", "ash", "unknown"]

DIALECTS: dict[str, Dialect] = {"sh": "sh", "bash": "bash", "dash": "dash", "ash": "ash"}
BASH_ONLY = frozenset({"[[", "array", "process_substitution", "function", "herestring_redirect", "c_style_for_statement",
                       "select", "&>", "&>>", "|&", "((", "$[", "+=", "ansi_c_string"})  # fmt: skip
STARTERS = frozenset({"env", "with-contenv", "dumb-init", "tini", "busybox"})
SHEBANG = re.compile(r"#!([^\r\n]*)")
BOM = "\ufeff"


@dataclass(frozen=True)
class Shebang:
    """The first line of a script: the program that runs it by its last name, and the options it starts with."""

    span: Span
    program: str
    options: Options


def shebang_of(source: Source) -> Shebang | None:
    """The shebang, behind a byte order mark too, without its line ending."""
    found = SHEBANG.match(source.text, source.text.startswith(BOM))
    if found is None:
        return None
    words = found[1].split()
    names = [PurePosixPath(word).name for word in words]
    first = next((at for at, name in enumerate(names) if name not in STARTERS and not _is_setting(name)), None)
    if first is None:
        return Shebang(Span(*found.span()), names[-1] if names else "", Options())
    return Shebang(Span(*found.span()), names[first], options(words[first + 1 :]) or Options())


def dialect_of(source: Source, shebang: Shebang | None, tree: Part) -> Dialect:
    """The dialect of a file. Raises UnreadableError when its shebang names something that is no shell of ours."""
    if shebang is not None:
        starter = shebang.program in DIALECTS and "busybox" in source.slice(shebang.span)
        if shebang.program in DIALECTS:
            return "ash" if starter else DIALECTS[shebang.program]
        raise UnreadableError(f"written for {shebang.program or 'nothing'}, not for a shell that is read here")
    extension = PurePosixPath(source.path).suffix.lower().lstrip(".")
    if extension in DIALECTS and extension != "sh":
        return DIALECTS[extension]
    if any(part.kind in BASH_ONLY for part in tree.walk()):
        return "bash"
    return DIALECTS.get(extension, "unknown")


def _is_setting(word: str) -> bool:
    """Whether a word of a shebang is an option or a variable of the program that starts the shell."""
    return word.startswith("-") or "=" in word
