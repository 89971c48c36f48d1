"""What does a part of a workflow say, where it says anything?"""

from __future__ import annotations

from dataclasses import dataclass

from autofix.surfaces.yaml import Located, Mapping


@dataclass(frozen=True)
class Pair:
    """A variable or an input. `value` is None where nothing is written; expressions stand as they are."""

    name: str
    value: str | None
    at: Located


def text_at(at: Located, *route: str | int) -> str | None:
    """What the leaf at the route says, None when there is no leaf or null."""
    found = at.get(*route)
    return found.text if found else None


def mapping(at: Located | None) -> Located | None:
    """The value when it is a mapping."""
    return at if at and isinstance(at.value, Mapping) else None


def texts(at: Located | None) -> tuple[str, ...]:
    """What a leaf or each leaf of a list says."""
    return at.texts() if at else ()


def pairs(at: Located | None) -> tuple[Pair, ...]:
    """Names and values of `env`, `with`, `inputs`."""
    return tuple(Pair(key.value, value.text, value) for key, value in at.entries() if value.scalar) if at else ()
