"""Does the action do in a job what it says, and do the hooks run where pre-commit puts them?"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.bot import parts
from tests.bot.hub import git
from tests.bot.test_visit import HEALTH, SCRIPT, VERSION
from tests.bot.world import FILES, TOKEN, World, world

ROOT = Path(__file__).parents[2]
SHIPPED = ("autofix", "rules", "docs/rules", "pyproject.toml", "hatch_build.py", "README.md", "CHANGELOG.md", "LICENSE",
           ".pre-commit-hooks.yaml")  # fmt: skip
LINT = """
import { readFileSync } from "node:fs";
const { createLinter } = await import(process.argv[2]);
const lint = await createLinter();
for (const path of process.argv.slice(3)) console.log(JSON.stringify(lint(readFileSync(path, "utf8"), path)));
"""
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


def action() -> Any:
    return YAML(typ="safe").load((ROOT / "action.yml").read_text("utf-8"))


def as_workflow(tmp_path: Path) -> Path:
    """The action as a workflow of the same inputs and steps: actionlint reads workflows only."""
    described = action()
    inputs = {name: {"type": "string", "default": "x"} for name in described["inputs"]}
    steps = [{**step, "env": {name: value.replace("github.action_path", "github.workspace") for name, value in step["env"].items()}}
             for step in described["runs"]["steps"]]  # fmt: skip
    outputs = {name: {"value": one["value"].replace("steps.", "jobs.run.outputs.").replace("visit.outputs.", "")}
               for name, one in described["outputs"].items()}  # fmt: skip
    shown = {name: one["value"] for name, one in described["outputs"].items()}
    job = {"runs-on": "ubuntu-latest", "outputs": shown, "steps": steps}
    path = tmp_path / "action.yaml"
    with path.open("w") as stream:
        YAML().dump({"on": {"workflow_call": {"inputs": inputs, "outputs": outputs}}, "jobs": {"run": job}}, stream)
    return path


def examples(tmp_path: Path) -> Iterator[Path]:
    """The workflows the documentation shows."""
    for number, text in enumerate(
        re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/bot.md").read_text("utf-8"), re.DOTALL)
    ):
        if "jobs:" in text:
            path = tmp_path / f"example{number}.yaml"
            path.write_text(text)
            yield path


def lint(tmp_path: Path, *paths: Path) -> list[str]:
    module = parts.required(parts.linter) / "package" / "node.mjs"
    (tmp_path / "lint.mjs").write_text(LINT)
    command = ["node", str(tmp_path / "lint.mjs"), str(module), *map(str, paths)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [one["message"] for line in out.splitlines() for one in json.loads(line)]


def test_the_action_and_the_shown_workflows_pass_actionlint(tmp_path: Path) -> None:
    shown = list(examples(tmp_path))
    assert shown
    assert lint(tmp_path, as_workflow(tmp_path), *shown) == []


def test_the_linter_sees_what_is_wrong(tmp_path: Path) -> None:
    path = as_workflow(tmp_path)
    path.write_text(path.read_text().replace("inputs.group", "inputs.gruop"))
    assert any("gruop" in message for message in lint(tmp_path, path))


def borrowed() -> dict[str, str]:
    """An environment in which pip takes what is installed here for installed, and asks no registry."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GITHUB_", "AUTOFIX_", "PIP_", "GIT_"))
    }
    # pip reads the negative options of its environment the wrong way round: 0 is what switches isolation off.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**clean, **offline, "PYTHONPATH": sysconfig.get_path("purelib")}


def source(tmp_path: Path) -> Path:
    """What others get of this repository, committed."""
    folder = tmp_path / "source"
    for name in SHIPPED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Release")
    return folder


def execute(step: Mapping[str, Any], inputs: Mapping[str, str], shop: World, job: Path) -> None:
    """A step as a runner would: expressions filled in, bash with errexit, files for outputs and summary."""
    known = {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(job / "source")}
    values = {name: EXPRESSION.sub(lambda found: known[found[1]], value) for name, value in step["env"].items()}
    runner = {
        "RUNNER_TEMP": str(job / "temp"), "GITHUB_OUTPUT": str(job / "output"), "GITHUB_STEP_SUMMARY": str(job / "summary"),
        "GITHUB_SERVER_URL": shop.server.url, "GITHUB_API_URL": f"{shop.server.url}/api/v3", "GITHUB_REPOSITORY": "shop/web",
    }  # fmt: skip
    (job / "temp").mkdir(exist_ok=True)
    (job / "work").mkdir(exist_ok=True)
    (job / "step.sh").write_text(step["run"])
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(job / "step.sh")], cwd=job / "work",
        env={**borrowed(), **runner, **values}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_the_steps_of_the_action_in_a_job(tmp_path: Path) -> None:
    described = action()
    source(tmp_path)
    inputs = {name: str(one.get("default", "")) for name, one in described["inputs"].items()}
    inputs |= {"token": TOKEN, "python": sys.executable, "base": "main", "group": "rule", "unsafe-fixes": "true"}
    with world() as shop:
        for step in described["runs"]["steps"]:
            execute(step, inputs, shop, tmp_path)
        heads = {one.head for one in shop.hub.requests}
        assert {f"autofix/{name}" for name in (HEALTH, VERSION, SCRIPT)} <= heads
        outputs = dict(line.split("=", 1) for line in (tmp_path / "output").read_text().splitlines())
        assert set(outputs) == set(described["outputs"])
        assert int(outputs["opened"]) == len(shop.hub.threads)
        assert f"{shop.server.url}/shop/web/pull/1" in json.loads(outputs["requests"])
        summary = (tmp_path / "summary").read_text()
        assert summary.startswith("### autofix on shop/web, main\n")
        assert TOKEN not in summary


def test_the_hooks_where_pre_commit_puts_them(tmp_path: Path) -> None:
    repository = tmp_path / "shop"
    for name, text in FILES.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    git(repository, "init", "-q")
    git(repository, "add", "-A")
    environment = {**borrowed(), "PRE_COMMIT_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(source(tmp_path)), "--all-files"]
    done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(r"^autofix\.+Failed$", done.stdout, re.MULTILINE)
    assert f"compose.yaml:1:1: {VERSION} " in done.stdout
    assert "files were modified by this hook" in done.stdout
    assert "127.0.0.1" in (repository / "compose.yaml").read_text()
