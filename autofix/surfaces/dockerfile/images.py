"""Which image does a FROM name, once the arguments before it are filled in?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from autofix.surfaces.dockerfile.lex import LexError, Reading, value


class Image(NamedTuple):
    """`name[:tag][@digest]`; the name keeps its registry, the digest its algorithm (`sha256:…`)."""

    name: str
    tag: str | None
    digest: str | None


def split(reference: str) -> Image:
    """The parts of an image reference; a port in the registry is no tag."""
    rest, _, digest = reference.partition("@")
    head, slash, last = rest.rpartition("/")
    name, colon, tag = last.partition(":")
    return Image(head + slash + name, tag if colon else None, digest or None)


def resolve(text: str, values: Mapping[str, str | None], escape: str = "\\") -> str | None:
    """The text with its variables filled in, None when one has no value or the text makes no sense.

    A text that runs over several lines is not resolved.
    """
    if "\n" in text:
        return None
    try:
        return value(text, Reading(escape, lookup=values.get))
    except LexError:
        return None
