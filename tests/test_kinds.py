"""Which files are read for what they say, by their names and sizes?"""

from __future__ import annotations

from pathlib import Path

import pytest

from autofix.discover import survey
from autofix.surfaces import FACTS_LIMIT, interesting


@pytest.mark.parametrize(
    "path",
    ["railway.json", "deploy/app.json", "api/appsettings.json", "api/appsettings.Production.json", "vercel.json",
     ".aws/task-definition.json", "ecosystem.config.json", "Dockerrun.aws.json", "apps/api/nest-cli.json", "package.json"],
)  # fmt: skip
def test_json_that_holds_facts(path: str) -> None:
    assert interesting(path)


@pytest.mark.parametrize(
    "path",
    ["tsconfig.json", "tsconfig.build.json", "jsconfig.json", ".vscode/settings.json", "locales/de/app.json", "data.json",
     "tests/fixtures/railway.json", "public/assets/app.json", "swagger.json", ".devcontainer/config.json"],
)  # fmt: skip
def test_json_that_is_noise(path: str) -> None:
    assert not interesting(path)


def test_a_large_one_is_data(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text("[" + " " * FACTS_LIMIT + "]")
    (tmp_path / "railway.json").write_text("{}")
    assert set(survey(tmp_path).sources) == {"railway.json"}
