"""Which combinations does a matrix make, and what does a text become in each of them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from autofix.surfaces.yaml import Located, Sequence, mapping

Combination: TypeAlias = tuple[tuple[str, str], ...]

MOST = 256  # as many jobs a matrix may make
SPECIAL = frozenset({"include", "exclude"})

_REFERENCE = re.compile(r"\$\{\{\s*matrix((?:\.[\w-]+|\[\s*'[^']*'\s*\])+)\s*\}\}")
_STEP = re.compile(r"\.([\w-]+)|\[\s*'([^']*)'\s*\]")
_ANY = re.compile(r"\$\{\{(?:(?!\}\}).)*\bmatrix\b", re.DOTALL)


@dataclass(frozen=True)
class Matrix:
    """The matrix of a job. Each combination names its values with dotted keys: `service`, `service.port`.

    `combinations` is None where an expression decides them (`fromJSON(…)`).
    """

    at: Located
    combinations: tuple[Combination, ...] | None = field(repr=False)

    def values(self, key: str) -> tuple[str, ...] | None:
        """The values one dotted key takes, each once; None where they are not known."""
        if self.combinations is None:
            return None
        return tuple(dict.fromkeys(value for one in self.combinations for name, value in one if name == key))

    def expand(self, text: str) -> tuple[str, ...] | None:
        """The texts that `text` becomes, each once, in the order of the combinations; other expressions stay.

        A key a combination lacks is empty, as GitHub has it. None where the values are not known, or are used in
        another way than `${{ matrix.x }}`.
        """
        if not _ANY.search(text):
            return (text,)
        if self.combinations is None or _ANY.search(_REFERENCE.sub("", text)):
            return None
        return tuple(dict.fromkeys(_filled(text, dict(one)) for one in self.combinations))


def matrix(at: Located | None) -> Matrix | None:
    """The matrix under `strategy`, None when there is none."""
    if at is None or (at.scalar and at.text is None):
        return None
    return Matrix(at, _combinations(at))


def _filled(text: str, values: dict[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values.get(_key(match[1]), ""), text)


def _key(steps: str) -> str:
    return ".".join(one[1] or one[2] for one in _STEP.finditer(steps))


def _combinations(at: Located) -> tuple[Combination, ...] | None:
    """The product of the lists without those excluded, then what is included: GitHub's order of work."""
    if not mapping(at):
        return None
    axes = [(key.value, value) for key, value in at.entries() if key.value not in SPECIAL]
    lists = [value for _, value in axes] + [found for key in sorted(SPECIAL) if (found := at.under(key))]
    if not all(isinstance(one.value, Sequence) for one in lists) or any(_decided_elsewhere(one) for one in lists):
        return None
    choices = [[_flat(name, item) for item in value.items()] for name, value in axes]
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > MOST:
        return None
    base = [dict(pair for part in parts for pair in part) for parts in product(*choices)] if axes else []
    excluded = [dict(_fields(item)) for item in _items(at, "exclude")]
    base = [one for one in base if not any(out and out.items() <= one.items() for out in excluded)]
    included = [dict(_fields(item)) for item in _items(at, "include")]
    return tuple(tuple(one.items()) for one in _included(base, included))


def _included(base: list[dict[str, str]], included: list[dict[str, str]]) -> list[dict[str, str]]:
    """Each joins every combination whose own values it leaves alone, or stands for itself when there is none."""
    made, alone = [dict(one) for one in base], list[dict[str, str]]()
    for more in included:
        joined = False
        for own, one in zip(base, made, strict=True):
            if all(own.get(key, value) == value for key, value in more.items()):
                one.update(more)
                joined = True
        if not joined:
            alone.append(dict(more))
    return made + alone


def _decided_elsewhere(at: Located) -> bool:
    """Whether an expression stands in it: not as a text to insert, but in the place of a value."""
    if at.scalar:
        return "${{" in (at.text or "")
    inner = (*at.items(), *(value for _, value in at.entries()))
    return any(_decided_elsewhere(one) for one in inner)


def _items(at: Located, key: str) -> tuple[Located, ...]:
    found = at.under(key)
    return found.items() if found else ()


def _fields(at: Located) -> Iterator[tuple[str, str]]:
    for key, value in at.entries():
        yield from _flat(key.value, value)


def _flat(name: str, at: Located) -> tuple[tuple[str, str], ...]:
    """The leaves of a value, each with its dotted key."""
    if at.scalar:
        return ((name, _spelled(at)),)
    inner = (*((key.value, value) for key, value in at.entries()), *((str(n), one) for n, one in enumerate(at.items())))
    return tuple(pair for key, value in inner for pair in _flat(f"{name}.{key}", value))


def _spelled(at: Located) -> str:
    """A leaf as an expression prints it: `3.10` is the number 3.1 unless it is quoted."""
    leaf, text = at.scalar, at.text or ""
    if leaf and leaf.tag == "float" and re.fullmatch(r"-?\d+\.\d+", text):
        return text.rstrip("0").rstrip(".")
    return text.lower() if leaf and leaf.tag == "bool" and text.lower() in {"true", "false"} else text
