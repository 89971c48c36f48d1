"""What does a package script run?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import join

from autofix.node import Evidence
from autofix.project import Fact
from autofix.text import Source, Span

CALL = re.compile(r"(?<![\w./-])(?:npm|pnpm|yarn|bun)\s+(?:run(?:-script)?\s+|--silent\s+|-s\s+)*(?P<name>[\w:.-]+)")
DEEPEST = 4


def scripts(sources: Mapping[str, Source], folder: str, command: str) -> Iterator[Fact[str]]:
    """The package scripts a command leads to, those they call in turn and those that run before and after included."""
    path = join(folder, "package.json")
    source = sources.get(path)
    known = _scripts(source) if source else {}
    todo, seen = [command], set[str]()
    for _ in range(DEEPEST):
        called = (match["name"] for text in todo for match in CALL.finditer(text))
        names = [name for one in called for name in (f"pre{one}", one, f"post{one}")]
        todo = [known[name] for name in names if name in known and name not in seen]
        for name in names:
            if name in known and name not in seen and source:
                seen.add(name)
                yield Fact(known[name], Evidence(f"script {name}", path, _place(source, name)))


def _scripts(source: Source) -> dict[str, str]:
    try:
        said = json.loads(source.text.removeprefix("\ufeff"))
    except ValueError:
        return {}
    found = said.get("scripts") if isinstance(said, dict) else None
    return {name: text for name, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}


def _place(source: Source, name: str) -> Span | None:
    found = re.search(rf'"{re.escape(name)}"\s*:', source.text)
    return Span(*found.span()) if found else None
