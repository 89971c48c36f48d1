"""Does the model say of the bundled systems what a person read in them, and does the audit tell it?"""

from __future__ import annotations

import json
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from autofix.cli import main
from autofix.report import audit
from tests import golden, inventory

# What the model says otherwise, and why that is left as it is.
KNOWN = {
    ("kc-backend", "kafka", "port"): "the published port; the internal one is known to the broker alone",
    ("kc-backend", "kafka-init", "port"): "a client of the same image, not a server",
    ("nomadnet", "order-service", "required variables"): "read without a default, behind a test of another variable",
    ("nomadnet", "chatting-service", "required variables"): "the audit calls it optional, the schema needs it",
    ("nomadnet", "logger-service", "required variables"): "the audit calls it optional, the schema needs it",
    ("nomadnet", "mongo-backup", "required variables"): "read by a script, and scripts are not read for variables",
}


def test_the_tables_are_what_the_model_says() -> None:
    found = {}
    for system, table in inventory.tables():
        for one in inventory.compare(system, table)[1]:
            found[one.system, one.service, one.column] = (one.expected, one.said)
    assert found.keys() == KNOWN.keys(), found


def test_there_are_four_tables() -> None:
    assert [system for system, _ in inventory.tables()] == ["api-worker", "kc-backend", "nomadnet", "payflow-wallet"]


@pytest.fixture
def system(tmp_path: Path) -> Path:
    return Path(shutil.copytree(golden.ROOT / "_systems" / "nomadnet" / "before", tmp_path / "copy"))


def test_the_audit_as_json(system: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["report", str(system), "--format", "json"])
    assert not exit_.value.code
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == 2
    gateway = next(one for one in document["services"] if one["service"]["value"] == "api-gateway")
    assert gateway["port"] == {"value": "8080", "where": "apps/api-gateway/src/main.ts:38"}
    assert {one["name"] for one in document["variables"] if one["service"] == "auth-service"} >= {"JWT_SECRET"}
    assert {one["verdict"] for one in document["artifacts"]} == {"made by the build"}
    assert document["findings"][0]["severity"] == "error"
    assert document.keys() == {"version", *(field.name for field in fields(audit.Audit))}


def test_the_audit_as_markdown(system: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", str(system), "--output", str(tmp_path / "audit.md")])
    assert capsys.readouterr().out == ""
    page = (tmp_path / "audit.md").read_text()
    assert page == (golden.ROOT / "_systems" / "nomadnet" / "report.md").read_text()
