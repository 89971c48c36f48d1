"""Does every module import only from below, and does only one of them write?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "autofix"
LAYERS = (
    ("text", "usage"),
    ("node",),
    ("finding",),
    ("project",),
    ("rule",),
    ("surfaces",),
    ("catalogue", "discover"),
    ("link", "suppress"),
    ("plan", "settings"),
    ("verify",),
    ("engine",),
    ("diff", "write"),
    ("report", "bot"),
    ("run",),
    ("cli",),
    ("__main__",),
)
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names} | {"": -1}
SHARED = {"yaml", "shell", "env"}  # languages several surfaces are written in
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    """`autofix.surfaces.yaml` lives in `surfaces`; the package itself in the empty room."""
    return module.removeprefix("autofix").lstrip(".").partition(".")[0]


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module of ours a file imports, lazily or not, type-checking blocks included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("autofix"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autofix"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_come_from_below(path: Path) -> None:
    here = room(name_of(path))
    for imported in imports(path):
        there = room(imported)
        if there not in HEIGHT:
            there = ""  # `from autofix import __version__`
        assert HEIGHT[there] <= HEIGHT[here], f"{name_of(path)} imports {imported} from above"


@pytest.mark.parametrize("path", [path for path in MODULES if "surfaces" in path.parts], ids=name_of)
def test_surfaces_do_not_know_each_other(path: Path) -> None:
    """A surface imports shared modules and itself; only `system` may read all of them."""
    mine = name_of(path).split(".")[2:3]
    if mine in ([], ["system"]):
        return
    for imported in imports(path):
        parts = imported.split(".")
        if parts[1:2] == ["surfaces"] and len(parts) > 2 and parts[2:3] != mine:
            assert parts[2] in SHARED or not (PACKAGE / "surfaces" / parts[2]).is_dir(), (
                f"{name_of(path)} imports {imported}"
            )


WRITES = re.compile(r"\.write_(?:text|bytes)\(|\bos\.(?:rename|replace|link|unlink|mkdir)\(|open\([^)]*[\"'][wax]")


def test_only_write_writes_to_a_repository() -> None:
    """The catalogue writes its own index and a run the file of `--output`; nobody else writes at all."""
    writers = {name_of(path) for path in MODULES if WRITES.search(path.read_text("utf-8"))}
    assert writers <= {"autofix.write", "autofix.catalogue", "autofix.run"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_answers_a_question(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, f"{name_of(path)} has no docstring"
    assert "?" in docstring.partition("\n\n")[0], f"{name_of(path)} asks nothing"
