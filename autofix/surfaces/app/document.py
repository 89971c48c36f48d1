"""What does a source file state?"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from autofix.node import UnreadableError
from autofix.surfaces.app import ENDINGS
from autofix.text import Source

if TYPE_CHECKING:
    from autofix.surfaces.app.nodes import AppModule

PYTHON = (".py",)


@lru_cache(maxsize=4096)
def module_of(source: Source) -> AppModule | None:
    """The facts of a text, None for one in another language or that cannot be read. All rounds of a run share them."""
    try:
        return parse(source) if source.path.endswith(ENDINGS) else None
    except UnreadableError:
        return None


def parse(source: Source) -> AppModule:
    """The facts of a source file. Raises UnreadableError when it cannot be read exactly."""
    if source.path.endswith(PYTHON):
        from autofix.surfaces.app import python

        return python.parse(source)
    from autofix.surfaces.app import javascript

    return javascript.parse(source)


@lru_cache(maxsize=16384)
def relevant(source: Source) -> bool:
    """Whether the file may state any fact; most do not. Every service of a folder and every round asks again."""
    if source.path.endswith(PYTHON):
        from autofix.surfaces.app import python

        return python.relevant(source.text)
    from autofix.surfaces.app import javascript

    return javascript.relevant(source.text, source.path)
