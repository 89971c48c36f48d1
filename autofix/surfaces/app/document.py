"""What does a source file state?"""

from __future__ import annotations

from autofix.surfaces.app.nodes import AppModule
from autofix.text import Source

PYTHON = (".py",)


def parse(source: Source) -> AppModule:
    """The facts of a source file. Raises UnreadableError when it cannot be read exactly."""
    if source.path.endswith(PYTHON):
        from autofix.surfaces.app import python

        return python.parse(source)
    from autofix.surfaces.app import javascript

    return javascript.parse(source)


def relevant(source: Source) -> bool:
    """Whether the file may state any fact; most do not, and this costs next to nothing."""
    if source.path.endswith(PYTHON):
        from autofix.surfaces.app import python

        return python.relevant(source.text)
    from autofix.surfaces.app import javascript

    return javascript.relevant(source.text, source.path)
