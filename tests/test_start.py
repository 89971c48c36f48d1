"""Does a run import only what the kinds of file it met need?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WATCHED = ("libcst", "tree_sitter", "tree_sitter_bash", "tree_sitter_javascript", "tree_sitter_typescript", "crossplane",
           "ruamel.yaml", "dockerfile_parse", "dotenv", "typer.rich_utils")  # fmt: skip
SURFACES = {
    name: f"{name}.document" for name in ("compose", "dockerfile", "env", "kubernetes", "nginx", "shell", "workflow")
}
SURFACES |= {"app": "app.nodes", "yaml": "yaml"}  # what says which file is read is loaded anyway
LOADED = f"""
import sys
from autofix import cli
cli._status(sys.argv[1:])
print("loaded", *(name for name in {WATCHED!r} if name in sys.modules))
print("surfaces", *(name for name, module in {SURFACES!r}.items() if f"autofix.surfaces.{{module}}" in sys.modules))
"""
DOCKERFILE = (
    'FROM node:20-alpine\nWORKDIR /app\nCOPY . .\nHEALTHCHECK CMD wget -q http://localhost:80/\nCMD ["node", "."]\n'
)
COMPOSE = 'version: "3"\nservices:\n  web:\n    image: shop/web:1\n    user: 1000:1000\n    tmpfs: /tmp\n'


@pytest.mark.parametrize(
    ("files", "loaded", "surfaces"),
    [
        ({"Dockerfile": DOCKERFILE}, "tree_sitter tree_sitter_bash dockerfile_parse", "dockerfile shell"),
        ({"Dockerfile": "FROM scratch\n", "notes.md": "# Notes\n"}, "dockerfile_parse", "dockerfile shell"),
        # which programs an image has, and where a credential goes
        ({"compose.yaml": COMPOSE}, "ruamel.yaml", "compose dockerfile env shell yaml"),
        ({"run.sh": "#!/bin/sh\nset -e\nexec node .\n"}, "tree_sitter tree_sitter_bash", "shell"),
        ({}, "", ""),
    ],
    ids=["dockerfile", "dockerfile and prose", "compose", "shell", "nothing"],
)
def test_a_run_loads_the_parsers_of_the_files_it_met(
    tmp_path: Path, files: dict[str, str], loaded: str, surfaces: str
) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-c", LOADED, str(tmp_path)]
    ran = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True
    )
    *_, first, second = ran.stdout.splitlines()
    assert first.removeprefix("loaded").split() == loaded.split(), ran.stderr
    assert second.removeprefix("surfaces").split() == surfaces.split(), ran.stderr
