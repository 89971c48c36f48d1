"""Does the audit say what the repository says, nothing else, and no secrets?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autofix import discover, engine, link
from autofix.catalogue import load
from autofix.report import areas, audit, checklist, markdown
from autofix.report.areas.table import Cell, State
from autofix.report.mask import masked, masked_value

FILES = {
    "compose.yaml": """\
services:
  api:
    build: api
    restart: always
    ports: ["8080:3000"]
    depends_on: [db]
    deploy: {resources: {limits: {memory: 1G}}}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:3000/healthz"]
  worker:
    build: worker
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD: hunter2hunter2}
    volumes: [./init.sql:/docker-entrypoint-initdb.d/init.sql]
    healthcheck:
      test: pg_isready -h 127.0.0.1
  proxy:
    image: nginx:1.27
    volumes: [./nginx.conf:/etc/nginx/nginx.conf]
""",
    "api/Dockerfile": 'FROM node:20-alpine\nCOPY . .\nRUN npm install\nUSER node\nCMD ["node", "server.js"]\n',
    "api/package.json": "{}",
    "api/server.js": """\
const express = require('express')
const app = express()
if (!process.env.JWT_SECRET) process.exit(1)
const other = process.env.STRIPE_KEY
const token = process.env.API_TOKEN || 'abcdef123456'
app.get('/health', (q, r) => r.send('ok'))
app.listen(3000)
""",
    "worker/Dockerfile": 'FROM node\nCOPY run.sh /\nENTRYPOINT ["/run.sh"]\n',
    "worker/run.sh": "#!/bin/sh\nset -e\nnpx prisma generate\nnode worker.js\n",
    "nginx.conf": "http { server { listen 80; location / { proxy_pass http://api:4000; } } }\n",
    "deploy.sh": "#!/bin/bash\nset -euo pipefail\ndocker-compose up -d\n",
    ".github/workflows/build.yml": """\
on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/setup-node@v4
      - uses: docker/build-push-action@v6
        with: {context: api, push: true, tags: shop/api}
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    (folder / ".git").mkdir()
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def found(root: Path) -> audit.Audit:
    rules = load()
    project, _ = link.build(discover.survey(root))
    return audit.of(engine.run(project, rules), [rule.id for rule in rules])


@pytest.fixture(scope="module")
def cells(found: audit.Audit) -> dict[tuple[str, str, str], Cell]:
    return {
        (area.title, row.subject, column.title): cell
        for area in found.areas
        for row in area.rows
        for column, cell in zip(area.columns, row.cells, strict=True)
    }


@pytest.mark.parametrize(
    ("area", "subject", "column", "state", "value"),
    [
        ("Images", "api", "base", State.YES, "node:20-alpine"),
        ("Images", "worker", "base", State.NO, "node"),
        ("Images", "api", "lockfile", State.NO, "npm install"),
        ("Images", "api", "user", State.YES, "node/1000"),
        ("Images", "worker", "user", State.NO, "root/0"),
        ("Images", "api", "starts", State.YES, "server.js"),
        ("Start scripts", "worker", "no package manager", State.NO, "npx"),
        ("Start scripts", "worker", "exec", State.NO, ""),
        ("Start scripts", "worker", "strict mode", State.NO, "set -e"),
        ("Applications", "api", "checked at start", State.NO, "not STRIPE_KEY"),
        ("Applications", "api", "given", State.NO, "not JWT_SECRET, STRIPE_KEY"),
        ("Applications", "api", "stops on signals", State.NO, "none"),
        ("Health checks", "api", "in the image", State.NO, "no curl"),
        ("Health checks", "api", "by address", State.NO, "localhost"),
        ("Health checks", "api", "route is served", State.NO, "/healthz, the source serves /health"),
        ("Health checks", "db", "by address", State.YES, ""),
        ("Health checks", "proxy", "check", State.NO, "missing"),
        ("Health checks", "worker", "check", State.TOLD, "none, listens to nothing known"),
        ("Orchestration", "api", "restart", State.YES, "always"),
        ("Orchestration", "api", "waits for", State.NO, "only the start of db"),
        ("Orchestration", "worker", "limits", State.NO, "none"),
        ("Orchestration", "proxy", "limits", State.TOLD, "none"),
        ("Orchestration", "db", "data", State.NO, "lost with the container"),
        ("Reverse proxies", "default", "upstreams", State.NO, "api:4000, which listens on 3000"),
        ("Reverse proxies", "default", "body limit", State.NO, "not set"),
        ("CI", ".github/workflows/build.yml", "runtimes", State.NO, "node of any version"),
        ("CI", ".github/workflows/build.yml", "starts what it built", State.NO, "never"),
        ("Deploy scripts", "deploy.sh", "strict mode", State.YES, "set -euo pipefail"),
        ("Deploy scripts", "deploy.sh", "checks the file", State.NO, "unchecked"),
        ("Deploy scripts", "deploy.sh", "compose v2", State.NO, "docker-compose"),
    ],
)
def test_a_cell(
    cells: dict[tuple[str, str, str], Cell], area: str, subject: str, column: str, state: State, value: str
) -> None:
    cell = cells[area, subject, column]
    assert (cell.state, cell.value) == (state, value)


def test_every_area_is_in_both_formats(found: audit.Audit) -> None:
    page, document = markdown.render(found), json.loads(audit.render_json(found))
    assert [area["title"] for area in document["areas"]] == [area.title for area in found.areas]
    assert len(found.areas) == len(areas.NAMES)
    for area in found.areas:
        assert f"\n## {area.title}\n\n| {area.subject} | file |" in page
    for one in found.findings:
        assert f"#### {one.rule}: " in page
        assert one.where in page


def test_tables_are_whole(found: audit.Audit) -> None:
    """Every line of a table has as many cells as its head."""
    width = 0
    for line in markdown.render(found).splitlines():
        count = line.replace("\\|", "").count("|")
        if not line.startswith("|"):
            width = 0
        elif width:
            assert count == width, line
        else:
            width = count


def test_the_checklist_is_the_audits(found: audit.Audit) -> None:
    assert len(checklist.GROUPS) == 10
    assert [len(boxes) for boxes in checklist.GROUPS.values()] == [6, 6, 6, 6, 5, 6, 6, 6, 6, 5]
    answers = {one.text: one for one in found.checklist}
    assert answers["All images run as a user other than root"].answer is checklist.Answer.NO
    assert "worker/Dockerfile:1" in answers["All images run as a user other than root"].because
    assert answers["Load is tested"].answer is checklist.Answer.UNDECIDABLE


def test_the_deploy_surface(found: audit.Audit) -> None:
    api = next(one for one in found.deployed if one.service == "api")
    assert api.builder.value == "api/Dockerfile"
    assert ([one.value for one in api.published], api.inside) == (["8080"], (3000,))
    assert [(one.target, one.reaches) for one in found.upstreams] == [("api:4000", ("api",))]


def test_commands_that_verify_are_filled_in(found: audit.Audit) -> None:
    root_user = next(one for one in found.findings if one.rule == "dockerfile/root-user")
    assert root_user.verify[0] == "docker build -t check -f worker/Dockerfile worker"
    assert root_user.verify[1].startswith("docker image inspect -f '{{.Config.User}}' check")


def test_no_secrets(found: audit.Audit) -> None:
    for text in (markdown.render(found), audit.render_json(found)):
        assert "hunter2hunter2" not in text
        assert "abcdef123456" not in text
        assert "***" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rediss://default:s3cr3tvalue@host.example:6379", "rediss://default:***@host.example:6379"),
        ("postgres://app:${DB_PASSWORD}@db/app", "postgres://app:${DB_PASSWORD}@db/app"),
        ("API_TOKEN=abcdef123456 node .", "API_TOKEN=*** node ."),
        ('SECRET="abcdef123456"', 'SECRET="***"'),
        ("PASSWORD=$OTHER", "PASSWORD=$OTHER"),
        ("key rzp_test_AbCdEf123456Zz here", "key rzp_test_*** here"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----"),
        ("http://api:3000/health", "http://api:3000/health"),
        ("node:20-alpine (Dockerfile:1)", "node:20-alpine (Dockerfile:1)"),
    ],
)  # fmt: skip
def test_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_masked_value() -> None:
    assert masked_value("JWT_SECRET", "dev") == "***"
    assert masked_value("PORT", "3000") == "3000"
    assert masked_value("JWT_SECRET", None) is None
