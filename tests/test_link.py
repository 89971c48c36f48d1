"""Does the model know what a careful reader of the repository would know?"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from autofix import discover, link
from autofix.link.names import below, image_name, interpolated
from autofix.project import Project, Service
from autofix.surfaces.env.document import EnvFile
from autofix.text import Source

NODE = (
    "FROM node:20-alpine AS base\nWORKDIR /app\nCOPY . .\n\nFROM base AS dev\nCMD npm run dev\n\nFROM base AS runner\n"
)


def project(**files: str) -> Project:
    """A project of texts; `__` in a name is a slash, `_` a dot, so that keywords can be paths."""
    return of({name.replace("__", "/").replace("_", "."): text for name, text in files.items()})


def of(files: dict[str, str]) -> Project:
    sources = {path: Source(path, text) for path, text in files.items()}
    built, broken = link.rebuild(Project({}, {}, frozenset()), sources)
    assert not broken, broken
    return built


def only(found: Project) -> Service:
    (service,) = (one for one in found.services if one.kind != "image")
    return service


def test_a_target_is_the_stage_that_runs() -> None:
    service = only(
        of(
            {
                "api/Dockerfile": NODE + 'CMD ["node", "index.js"]\n\nFROM runner AS prod\n',
                "compose.yaml": "services:\n  api:\n    build: {context: ./api, target: Runner}\n",
            }
        )
    )
    assert service.build
    assert (service.build.dockerfile, service.build.stage, service.build.context) == ("api/Dockerfile", 2, "api")
    assert [fact.value for fact in service.start] == ["node index.js"]


@pytest.mark.parametrize(
    ("build", "dockerfile"),
    [
        ("build: .", "infra/Dockerfile"),
        ("build: {context: ..}", "Dockerfile"),
        ("build: {context: .., dockerfile: docker/api.Dockerfile}", "docker/api.Dockerfile"),
        ("build: {context: '${ROOT:-..}'}", "Dockerfile"),
        ("build: {context: '${ROOT}'}", None),
        ("build: https://example.com/shop.git", None),
        ("build: {context: .., target: nothing}", None),
        ("image: shop/api:1", None),
    ],
)
def test_a_context_is_seen_from_its_compose_file(build: str, dockerfile: str | None) -> None:
    files = dict.fromkeys(("Dockerfile", "infra/Dockerfile", "docker/api.Dockerfile"), NODE)
    service = only(of({**files, "infra/compose.yaml": f"services:\n  web:\n    {build}\n"}))
    assert (service.build and service.build.dockerfile) == dockerfile


def test_an_image_leads_to_the_file_that_builds_it() -> None:
    found = of(
        {
            "worker/Dockerfile": NODE,
            "apps/mail/Dockerfile": NODE,
            "postgres/Dockerfile": NODE,
            "docker-compose.yml": "services:\n  jobs:\n    image: shop/jobs\n    build: worker\n",
            "production.compose.yml": "services:\n"
            "  queue:\n    image: ${REGISTRY}/shop/jobs:${TAG:-latest}\n"
            "  mailer:\n    image: ghcr.io/shop/mail@sha256:0123\n"
            "  db:\n    image: postgres:16\n",
        }
    )
    deployed = [service for service in found.services if service.kind != "image"]
    builds = {service.name: service.build and service.build.dockerfile for service in deployed}
    assert builds == {
        "jobs": "worker/Dockerfile", "queue": "worker/Dockerfile", "mailer": "apps/mail/Dockerfile", "db": None,
    }  # fmt: skip


def test_a_workflow_says_what_an_image_is_built_from() -> None:
    workflow = """\
on: push
jobs:
  images:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        include:
          - {service: cart, folder: shop/basket}
          - {service: pay, folder: shop/till}
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          file: ${{ matrix.folder }}/Dockerfile
          target: runner
          tags: ${{ env.REGISTRY }}/shop/${{ matrix.service }}:latest
"""
    found = of(
        {
            "shop/basket/Dockerfile": NODE,
            "shop/till/Dockerfile": NODE,
            ".github/workflows/images.yml": workflow,
            "production.compose.yml": "services:\n  a: {image: 'eu.example.com/shop/pay:1'}\n  b: {image: 'shop/cart'}\n",
        }
    )
    builds = {service.name: service.build for service in found.services}
    assert builds["a"]
    assert (builds["a"].dockerfile, builds["a"].stage) == ("shop/till/Dockerfile", 2)
    assert builds["b"]
    assert builds["b"].dockerfile == "shop/basket/Dockerfile"
    assert builds["a"].evidence[0].path == ".github/workflows/images.yml"


def test_extends_brings_the_build_of_another_file() -> None:
    found = of(
        {
            "base/Dockerfile": NODE,
            "base/common.compose.yml": "services:\n  node:\n    build: .\n",
            "compose.yaml": "services:\n  api:\n    extends: {file: base/common.compose.yml, service: node}\n",
        }
    )
    assert {service.build and service.build.dockerfile for service in found.services} == {"base/Dockerfile"}


WHOLE = "FROM node:20 AS dev\nCOPY . .\nFROM dev\n"


@pytest.mark.parametrize(
    ("files", "context"),
    [
        ({"web/Dockerfile": WHOLE, "web/package.json": "{}"}, "web"),
        ({"web/Dockerfile": WHOLE, "web/package.json": "{}", "package.json": "{}"}, ""),
        ({"docker/Dockerfile": WHOLE, "package.json": "{}"}, ""),
        ({"web/Dockerfile": WHOLE + "COPY src .\n", "web/src/a.js": "", "package.json": "{}"}, "web"),
        (
            {
                "web/Dockerfile": WHOLE,
                "package.json": "{}",
                "compose.yaml": "services:\n  web:\n    build: {context: web, target: dev}\n",
            },
            "web",
        ),
    ],
)
def test_a_context_that_nothing_names_is_where_there_is_something_to_build(files: dict[str, str], context: str) -> None:
    (image,) = (one for one in of(files).services if one.kind == "image")
    assert image.build
    assert image.build.context == context


def test_a_script_is_followed_through_the_copies_that_bring_it() -> None:
    service = only(
        of(
            {
                "apps/api/Dockerfile": "FROM node:20 AS build\nWORKDIR /src\nCOPY . .\n"
                "FROM node:20\nWORKDIR /app\nCOPY --from=build /src/apps/api/docker/*.sh ./bin/\n"
                'ENTRYPOINT ["./bin/start.sh"]\nCMD ["node", "index.js"]\n',
                "apps/api/docker/start.sh": '#!/bin/sh\nexec "$@"\n',
                "other/start.sh": "#!/bin/sh\n",
                "compose.yaml": "services:\n  api:\n    build: {context: ., dockerfile: apps/api/Dockerfile}\n",
            }
        )
    )
    assert service.scripts == ("apps/api/docker/start.sh",)
    assert [fact.value for fact in service.start] == ["./bin/start.sh", "node index.js"]


@pytest.mark.parametrize(
    ("image", "user", "expected"),
    [
        ("FROM node:20-alpine\n", "", ("root", 0, 0)),
        ("FROM node:20-alpine\nUSER node\n", "", ("node", 1000, 1000)),
        ("FROM node:20-alpine\nUSER node\n", "root", ("root", 0, 0)),
        ("FROM node:20-alpine\nRUN adduser -S app -u 1001\nUSER app\n", "", ("app", 1001, 65533)),
        (
            "FROM node:20-alpine\nRUN addgroup -g 7 -S g && adduser -S app -u 1001 -G g\nUSER app\n",
            "",
            ("app", 1001, 7),
        ),
        ("FROM python:3\nRUN groupadd -r -g 500 g; useradd -r -u 501 -g g app\nUSER app\n", "", ("app", 501, 500)),
        ("FROM python:3\nRUN useradd -m -u 1234 app\nUSER app\n", "", ("app", 1234, 1234)),
        ("FROM python:3\nUSER 1000:1000\n", "", ("1000", 1000, 1000)),
        ("FROM python:3\n", "1000:2000", ("1000", 1000, 2000)),
        ("FROM gcr.io/distroless/static:nonroot\n", "", ("nonroot", 65532, 65532)),
        ("FROM example/base\nUSER someone\n", "", ("someone", None, None)),
        ("FROM example/base\n", "", None),
        ("ARG WHO=node\nFROM node:20\nARG WHO\nUSER ${WHO}\n", "", ("node", 1000, 1000)),
        ("FROM node:20\nARG WHO\nUSER ${WHO}\n", "", None),
        (
            "FROM python:3\nARG NAME=app\nENV ID=1234\nRUN useradd -m -u $ID ${NAME}\nUSER $NAME\n",
            "",
            ("app", 1234, 1234),
        ),
        ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nUSER $APP_UID\n", "", ("1654", 1654, 1654)),
        ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nUSER app\n", "", ("app", 1654, 1654)),
        ("FROM mcr.microsoft.com/dotnet/aspnet:7.0\nUSER $APP_UID\n", "", None),
        ("FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled\n", "", ("app", 1654, 1654)),
    ],
)
def test_the_effective_user(image: str, user: str, expected: tuple[str, int, int] | None) -> None:
    compose = "services:\n  api:\n    build: .\n" + (f'    user: "{user}"\n' if user else "")
    account = only(of({"Dockerfile": image, "compose.yaml": compose})).runs_as
    assert (account and (account.name, account.uid, account.gid)) == expected
    assert account is None or all(one.path for one in account.evidence)


@pytest.mark.parametrize(("args", "expected"), [("WHO: root", "root"), ("WHO: '${WHO}'", None), ("OTHER: x", "node")])
def test_arguments_of_the_build_decide_the_user(args: str, expected: str | None) -> None:
    image = "FROM node:20\nARG WHO=node\nUSER $WHO\n"
    compose = f"services:\n  api:\n    build: {{context: ., args: {{{args}}}}}\n"
    account = only(of({"Dockerfile": image, "compose.yaml": compose})).runs_as
    assert (account and account.name) == expected


PUSHED = """\
on: push
jobs:
  build:
    steps:
      - uses: docker/build-push-action@v6
        with: {context: ., push: true, target: web, tags: "registry.example/shop:1"}
"""


@pytest.mark.parametrize(
    ("target", "workflow", "expected"),
    [
        ("web", "", [("compose", 1)]),
        ("dev", "", [("compose", 0), ("image", 2)]),
        ("dev", PUSHED, [("compose", 0), ("image", 1)]),
        ("web", PUSHED, [("compose", 1)]),
        ("last", PUSHED, [("compose", 2), ("image", 1)]),
    ],
)
def test_which_stages_are_deployed(target: str, workflow: str, expected: list[tuple[str, int]]) -> None:
    """A stage that a workflow pushes is deployed; the last one is not only because compose builds one for development."""
    files = {
        "Dockerfile": "FROM node:20 AS dev\nFROM node:20 AS web\nFROM node:20 AS last\n",
        "compose.yaml": f"services:\n  api:\n    build: {{context: ., target: {target}}}\n",
    }
    if workflow:
        files[".github/workflows/ci.yml"] = workflow
    assert [(one.kind, one.build.stage) for one in of(files).services if one.build] == expected


def test_what_a_deployment_gives() -> None:
    service = only(
        project(
            Dockerfile="FROM node:20\nENV PORT=3000 MODE=a\nEXPOSE 4000/tcp\nHEALTHCHECK CMD curl -f http://127.0.0.1:3000/\n",
            compose_yaml="services:\n  api:\n    build: .\n    ports: ['127.0.0.1:80:7000/udp', {target: 8000}]\n"
            "    environment: [PORT=7000, SECRET]\n    env_file: .env\n    cap_add: [NET_ADMIN]\n"
            "    volumes: ['data:/data', './conf:/etc/app:ro', '/var/run/docker.sock:/var/run/docker.sock']\n    tmpfs: /run\n",
        )
    )
    assert [fact.value for fact in service.ports] == [7000, 8000]
    assert service.variable("PORT") == service.environment[-2][1]
    assert (service.variable("MODE") or service.environment[0][1]).value == "a"
    assert service.variable("NOTHING") is None
    assert [(mount.kind, mount.target, mount.writable) for mount in service.mounts] == [
        ("volume", "/data", True), ("bind", "/etc/app", False), ("bind", "/var/run/docker.sock", True),
        ("tmpfs", "/run", True),
    ]  # fmt: skip
    assert {mark.what for mark in service.marks} == {"gets capabilities", "talks to the Docker engine"}
    assert service.probe
    assert (service.probe.tool, service.probe.evidence.path) == ("curl", "Dockerfile")


def test_a_manifest_deploys_what_the_folder_builds() -> None:
    service = only(
        of(
            {
                "services/cart/Dockerfile": "FROM node:20-alpine\nUSER node\n",
                "k8s/cart.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: cart}\nspec:\n"
                "  securityContext: {runAsNonRoot: true}\n  containers:\n"
                "    - {name: cart, image: 'shop/cart:1', command: [node], args: [x.js], ports: [{containerPort: 80}],\n"
                "       livenessProbe: {httpGet: {path: /healthz, port: 80}}}\n",
            }
        )
    )
    assert service.kind == "kubernetes"
    assert service.build
    assert service.build.dockerfile == "services/cart/Dockerfile"
    assert service.demands_number
    assert [fact.value for fact in service.start] == ["node", "x.js"]
    assert {mark.what for mark in service.marks} == {"listens below port 1024"}


def test_an_image_nothing_deploys_is_known_by_its_last_stage() -> None:
    found = of({"jobs/Dockerfile": NODE, "jobs/package.json": '{"scripts": {"dev": "nodemon x"}}'})
    (image,) = found.services
    assert (image.kind, image.name, image.build and image.build.stage) == ("image", "jobs", 2)


def test_a_package_script_is_read_as_far_as_it_goes() -> None:
    service = only(
        of(
            {
                "Dockerfile": 'FROM node:20\nCMD ["npm", "run", "--silent", "start:prod"]\n',
                "package.json": '{"scripts": {"start:prod": "yarn serve", "serve": "node dist/main.js", "dev": "nodemon"}}',
                "compose.yaml": "services:\n  api: {build: .}\n",
            }
        )
    )
    assert [fact.value for fact in service.start] == ["npm run --silent start:prod", "yarn serve", "node dist/main.js"]


def test_names() -> None:
    assert interpolated("${A:-x}/$$B") == "x/$B"
    assert interpolated("${A}") is None
    assert image_name("localhost:5000/shop/api:1.2@sha256:00") == "api"
    assert image_name("${R}/shop/${SVC}:1") == ""
    assert below("infra", "..") == ""
    assert below("infra", "../..") is None
    assert below("infra", "/abs") is None


def test_files_of_variables_are_documents(tmp_path: Path) -> None:
    """A live file as well as a template; one that git ignores is not looked at."""
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "api").mkdir()
    for name in (".env", "api/.env.example", "prod.env", ".env.local", ".envrc", ".env.vault"):
        (tmp_path / name).write_text("A=1\n")
    (tmp_path / ".gitignore").write_text(".env.local\n")
    subprocess.run([*git, "add", ".env"], check=True)
    project, skipped = link.build(discover.survey(tmp_path))
    assert {file.path: file.template for file in project.of(EnvFile)} == {
        ".env": False,
        "api/.env.example": True,
        "prod.env": False,
    }
    assert project.tracked == {".env"}
    assert not skipped


def test_proxied_services() -> None:
    found = of(
        {
            "compose.yml": "services:\n  api:\n    image: a\n  web:\n    image: b\n    container_name: site\n",
            "nginx/default.conf": "upstream back { server api:8000; server old.example.com; }\n"
            "server {\n  location /api/ { proxy_pass http://back/; }\n  location = /up { proxy_pass http://site; }\n"
            "  location / { proxy_pass http://$somewhere; }\n}\n",
        }
    )
    seen = [(one.path, one.modifier, one.host, one.port, one.uri, one.services) for one in found.proxied]
    assert seen == [
        ("/api/", "", "api", 8000, "/", ("compose.yml#api",)),
        ("/api/", "", "old.example.com", None, "/", ()),
        ("/up", "=", "site", None, None, ("compose.yml#web",)),
        ("/", "", "$somewhere", None, None, ()),
    ]


def test_a_build_starts_from_an_image_through_its_stages() -> None:
    service = only(
        of(
            {
                "db/Dockerfile": "ARG PG=16\nFROM postgres:${PG}-alpine AS base\n\nFROM base\nCOPY init.sql /docker-entrypoint-initdb.d/\n",
                "compose.yaml": "services:\n  db:\n    build: db\n",
            }
        )
    )
    assert service.base
    assert service.base.value == "postgres:16-alpine"
    assert service.base.evidence.path == "db/Dockerfile"


def test_mentions_after_a_change() -> None:
    """What was found before a round is found again after it, in the texts that changed as well."""
    pattern = re.compile(r"word\d")
    first = of({"a.md": "word1\n", "b.md": "word2 word3\n", "c.md": "nothing\n"})
    assert [one.what for one in first.mentions(pattern, "word")] == ["word1", "word2", "word3"]
    second, _ = link.rebuild(first, {"b.md": Source("b.md", "gone\n"), "aa.md": Source("aa.md", "word4\n")})
    assert [one.what for one in second.mentions(pattern, "word")] == ["word1", "word4"]
    assert [one.what for one in first.mentions(pattern, "word")] == ["word1", "word2", "word3"]


def test_packages_with_their_workspace_and_what_reaches_a_build(tmp_path: Path) -> None:
    for path, text in {
        "package.json": '{"name": "shop", "workspaces": ["apps/*", "!apps/old"], "packageManager": "npm@10.2.0"}',
        "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "apps/web": {}}}',
        "apps/web/package.json": '{"name": "web"}',
        "apps/old/package.json": '{"name": "old"}',
        "apps/web/Dockerfile": "FROM node:20\n",
        "apps/web/.env": "A=1\n",
        ".dockerignore": "**/.env\n",
        "apps/old/Dockerfile": "FROM node:20\n",
        "apps/old/Dockerfile.dockerignore": "apps/web\n",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    project, _ = link.build(discover.survey(tmp_path))
    web, old = project.packages["apps/web"], project.packages["apps/old"]
    assert (web.root, old.root, project.packages[""].members) == ("", "apps/old", ("", "apps/web"))
    assert [(one.path, one.agrees) for one in web.locks] == [("package-lock.json", True)]
    assert (old.locks, project.packages[""].manager_version) == ((), "10.2.0")
    assert "nowhere" not in project.packages
    seen = project.contexts["apps/web/Dockerfile", ""]
    assert (seen.ignore, sorted(seen.left_out)) == (".dockerignore", ["apps/web/.env"])
    assert "apps/web/.env" not in seen.files
    other = project.contexts["apps/old/Dockerfile", ""]
    assert other.ignore == "apps/old/Dockerfile.dockerignore"
    assert "apps/web/Dockerfile" in other.left_out


def test_what_git_leaves_out() -> None:
    """Patterns count from the folder of their file, and a folder of the repository exists as its files do."""
    found = of({".gitignore": "/data/*\n!/data/.gitkeep\n*.dump\n", "api/.gitignore": "cache/\n", "api/main.py": "\n"})
    left = ["data/x", "api/a.dump", "api/cache/x"]
    kept = ["data/.gitkeep", "api/data/x", "cache/x", "api/main.py"]
    assert [path for path in [*left, *kept] if found.ignored(path)] == left
    assert [path for path in ("", "api", "api/main.py", "ap", "data") if found.exists(path)] == [
        "",
        "api",
        "api/main.py",
    ]
