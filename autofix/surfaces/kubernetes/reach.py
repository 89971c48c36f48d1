"""What does a part of a manifest say, where it says anything?"""

from __future__ import annotations

import re

from autofix.surfaces.yaml import Located

_YES = re.compile(r"y|yes|true|on", re.IGNORECASE)
_NUMBER = re.compile(r"0|[1-9]\d*")


def said(at: Located | None) -> Located | None:
    """The value unless it is null, which is as good as not written."""
    return None if at is None or (at.scalar and at.text is None) else at


def leaf(at: Located | None) -> Located | None:
    """The value when it is a leaf that says something."""
    return at if at and at.text is not None else None


def items(at: Located | None) -> tuple[Located, ...]:
    """The items of a sequence, none of anything else."""
    return at.items() if at else ()


def leaves(at: Located | None) -> tuple[Located, ...]:
    """The items of a sequence that are leaves."""
    return tuple(item for item in items(at) if item.scalar)


def pairs(at: Located | None) -> tuple[tuple[str, str], ...]:
    """Names and values of labels, selectors and annotations."""
    return tuple((key.value, value.text or "") for key, value in at.entries() if value.scalar) if at else ()


def yes(text: str | None) -> bool:
    """Whether the text is one of YAML's words for true."""
    return bool(_YES.fullmatch(text or ""))


def number(text: str | None) -> int | None:
    """A decimal number without sign and leading zero."""
    return int(text) if text and _NUMBER.fullmatch(text) else None
