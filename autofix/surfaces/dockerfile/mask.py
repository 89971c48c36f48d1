"""Does dockerfile-parse see the same instructions?  It is asked about a copy it cannot misread, line for line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from autofix.node import UnreadableError
from autofix.surfaces.dockerfile.lines import BOM, Kind, Scan
from autofix.text import Source

# Python's \s takes these for blanks, BuildKit does not.
_SEPARATORS = re.compile("[\x1c-\x1f]")


def masked(source: Source, scan: Scan) -> str:
    """A copy with as many lines, in which the library's own rules for lines are right.

    Heredoc bodies, comments and blank continuation lines become `#`, the escape character becomes the backslash, a
    line that ends in a backslash without continuing gets a dot, and an instruction that runs into the end of the
    file is ended.
    """
    return "".join(line + "\n" for line in _lines(source, scan))


def _lines(source: Source, scan: Scan) -> Iterator[str]:
    for number, kind in enumerate(scan.kinds):
        text = source.slice(source.line_span(number)).rstrip("\r\n").removeprefix(BOM if number == 0 else "")
        text = _SEPARATORS.sub(".", text)
        at_end = number + 1 == len(scan.kinds)
        if kind is Kind.BLANK:
            yield ""
        elif kind is Kind.MORE:
            text = text.rstrip("\t ").removesuffix(scan.escape)
            yield text if at_end else f"{text} \\"
        elif kind is Kind.TEXT:
            yield f"{text}." if text.rstrip().endswith("\\") else text
        elif kind is Kind.SKIP and at_end:
            yield "."
        else:
            yield "#"


def check(source: Source, scan: Scan) -> None:
    """Raises UnreadableError unless both readings give the same instructions on the same lines."""
    from dockerfile_parse import DockerfileParser  # nobody pays for it who has no Dockerfile

    copy = BytesIO(masked(source, scan).encode(errors="replace"))
    seen = (entry for entry in DockerfileParser(fileobj=copy).structure if entry["instruction"] != "COMMENT")
    theirs = [(entry["instruction"], entry["startline"], entry["endline"]) for entry in seen]
    ours = [(line.parts.keyword, line.first, line.text_last) for line in scan.lines]
    if theirs == ours:
        return
    same = next((at for at, (one, other) in enumerate(zip(theirs, ours, strict=False)) if one != other), 0)
    raise UnreadableError("two readings of the lines disagree", source.line_starts[scan.lines[same].first])
