"""What does a part of a workflow say, where it says anything?"""

from __future__ import annotations

from dataclasses import dataclass

from autofix.surfaces.yaml import Located


@dataclass(frozen=True)
class Pair:
    """A variable or an input. `value` is None where nothing is written; expressions stand as they are."""

    name: str
    value: str | None
    at: Located


def texts(at: Located | None) -> tuple[str, ...]:
    """What a leaf or each leaf of a list says."""
    return at.texts() if at else ()


def pairs(at: Located | None) -> tuple[Pair, ...]:
    """Names and values of `env`, `with`, `inputs`."""
    return tuple(Pair(key.value, value.text, value) for key, value in at.entries() if value.scalar) if at else ()
