"""Does a compose file say about its services what compose would say?"""

from __future__ import annotations

import pickle

import pytest

from autofix.node import UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, parse
from autofix.text import Source, Span, splice

FILE = """\
# production
version: "3.8"
name: shop

x-base: &base
  restart: always
  environment: &env
    LOG: info
  healthcheck:
    test: ["CMD", "true"]
    interval: 5s

services:
  # the API
  api:
    <<: *base
    build:
      context: ./api
      dockerfile: docker/Dockerfile
      target: runner
      args:
        - NODE=20
        - TOKEN
    environment:
      - PORT=3000
      - "URL=http://x?a=b"
      - 'Q=it''s'
      - HOME
    env_file: .env
    user: "1001:1001"
    read_only: true
    tmpfs: /tmp
    depends_on:
      db:
        condition: service_healthy
      cache: {condition: service_started}
    volumes:
      - ./data:/data:ro
      - cache:/cache
      - /anonymous
      - ${DIR:-./x}:/x
      - type: tmpfs
        target: /run
    healthcheck:
      test: ["CMD-SHELL", "curl -f http://localhost:$${PORT} || exit 1"]
      retries: 3
  worker:
    <<: *base
    build: ./worker
    environment:
      <<: *env
      A: 1
      B: "two"
      C:
    env_file:
      - .env
      - path: .env.local
        required: false
    depends_on: [db, api]
    tmpfs:
      - /tmp:size=1m
      - "/run"
    restart: no
  db:
    image: postgres:16
    healthcheck: {disable: true}
    labels: {a.b: "c"}
  cache:
    extends: {service: db, file: base.yml}
    healthcheck:
      test: curl localhost
  job:
    extends: api
    healthcheck:
      test: ["NONE"]
  over:
    ports: !reset []
  empty:

volumes:
  cache:
"""


def file() -> ComposeFile:
    return parse(Source("compose.yaml", FILE))


def service(name: str) -> ComposeService:
    found = file().service(name)
    assert found is not None
    return found


def text(span: Span | None) -> str | None:
    return None if span is None else FILE[span.start : span.end]


def test_services_have_names_and_places() -> None:
    services = file().services
    assert [found.name for found in services] == ["api", "worker", "db", "cache", "job", "over", "empty"]
    assert [found.anchor for found in services[:2]] == ["services.api", "services.worker"]
    assert [text(found.key) for found in services] == [found.name for found in services]
    assert service("db").text == (
        'db:\n    image: postgres:16\n    healthcheck: {disable: true}\n    labels: {a.b: "c"}'
    )
    assert service("empty").text == "empty:"
    assert file().scopes() == tuple(found.span for found in services)


def test_the_top_level() -> None:
    compose = file()
    assert compose.version is not None
    assert compose.version.text == 'version: "3.8"'
    assert compose.extensions == ("x-base",)
    assert compose.get("volumes", "cache") is not None
    assert [found.name for found in compose.services if found.overlay] == ["over", "empty"]
    assert not compose.overlay
    assert parse(Source("o.yml", "services:\n  a:\n    ports: []\n")).overlay


def test_builds() -> None:
    build = service("api").build
    assert build is not None
    assert (build.context, build.dockerfile, build.target) == ("./api", "docker/Dockerfile", "runner")
    assert [(arg.name, arg.value) for arg in build.args] == [("NODE", "20"), ("TOKEN", None)]
    assert build.anchor == "services.api.build"
    build = service("worker").build
    assert build is not None
    assert (build.context, build.dockerfile, build.text) == ("./worker", None, "./worker")
    assert service("db").build is None


def test_environment_in_a_list() -> None:
    pairs = service("api").environment
    assert [(pair.name, pair.value) for pair in pairs] == [
        ("PORT", "3000"), ("URL", "http://x?a=b"), ("Q", "it's"), ("HOME", None),
    ]  # fmt: skip
    assert [text(pair.value_span) for pair in pairs] == ["3000", "http://x?a=b", None, None]
    assert [text(pair.key_span) for pair in pairs] == ["PORT", "URL", "'Q=it''s'", "HOME"]


def test_environment_in_a_mapping() -> None:
    pairs = service("worker").environment
    assert [(pair.name, pair.value) for pair in pairs] == [("A", "1"), ("B", "two"), ("C", None), ("LOG", "info")]
    assert [text(pair.value_span) for pair in pairs] == ["1", "two", None, "info"]
    assert [pair.at.via_alias for pair in pairs] == [False, False, False, True]


def test_merged_keys_are_seen_and_flagged() -> None:
    api, worker = service("api"), service("worker")
    assert (api.restart, worker.restart) == ("always", "no")
    check, merged = api.healthcheck, worker.healthcheck
    assert check is not None
    assert merged is not None
    assert (check.at.via_alias, merged.at.via_alias) == (False, True)
    assert yaml.insert_entries(file().yaml, merged.at, {"retries": "3"}) is None
    assert merged.get("interval") == "5s"


def test_healthchecks() -> None:
    found = {name: service(name).healthcheck for name in ("api", "worker", "db", "cache", "job", "over")}
    assert {name: check and (check.form, check.command, check.disabled) for name, check in found.items()} == {
        "api": ("CMD-SHELL", ("curl -f http://localhost:$${PORT} || exit 1",), False),
        "worker": ("CMD", ("true",), False),
        "db": ("", (), True),
        "cache": ("string", ("curl localhost",), False),
        "job": ("NONE", (), True),
        "over": None,
    }
    check = found["api"]
    assert check is not None
    assert check.get("retries") == "3"
    assert check.anchor == "services.api.healthcheck"
    assert check.text.startswith("healthcheck:\n      test:")
    leaf = check.words[0].scalar
    assert leaf is not None
    start = leaf.value.index("localhost")
    assert text(yaml.within(file().yaml, leaf, start, start + 9)) == "localhost"


def test_dependencies() -> None:
    found = {name: [(on.name, on.condition) for on in service(name).depends_on] for name in ("api", "worker", "db")}
    assert found == {
        "api": [("db", "service_healthy"), ("cache", "service_started")],
        "worker": [("db", None), ("api", None)],
        "db": [],
    }


def test_mounts() -> None:
    assert [(mount.kind, mount.origin, mount.target, mount.options) for mount in service("api").mounts] == [
        ("bind", "./data", "/data", "ro"),
        ("volume", "cache", "/cache", ""),
        ("volume", "", "/anonymous", ""),
        ("", "${DIR:-./x}", "/x", ""),
        ("tmpfs", "", "/run", ""),
    ]


def test_scalars_and_lists_are_read_alike() -> None:
    assert [text(leaf.value.span) for name in ("api", "worker") for leaf in service(name).leaves("tmpfs")] == [
        "/tmp", "/tmp:size=1m", '"/run"',
    ]  # fmt: skip
    assert [leaf.text for name in ("api", "worker") for leaf in service(name).env_files] == [
        ".env",
        ".env",
        ".env.local",
    ]
    assert service("api").user == "1001:1001"
    assert service("api").flag("read_only")
    assert not service("db").flag("read_only")
    assert [(pair.name, pair.value) for pair in service("db").labels] == [("a.b", "c")]


def test_extends_is_noted() -> None:
    assert [service(name).extends for name in ("cache", "job", "db")] == [("db", "base.yml"), ("api", None), None]


def test_a_file_is_a_value() -> None:
    compose = file()
    assert pickle.loads(pickle.dumps(compose)) == compose
    assert list(compose.atoms()) == list(compose.yaml.atoms())
    assert [compose.source.slice(span) for span in compose.comments()] == ["# production", "# the API"]


def test_an_edit_of_one_service() -> None:
    compose = file()
    db = service("db")
    check = {"test": ['"CMD-SHELL"', '"pg_isready -h 127.0.0.1"'], "interval": "30s"}
    edit = yaml.insert_entries(compose.yaml, db.at, {"healthcheck": check}, after="image")
    assert edit is not None
    after = splice(FILE, [edit])
    assert after.replace(edit.text, "") == FILE
    assert edit.text == (
        '    healthcheck:\n      test:\n        - "CMD-SHELL"\n        - "pg_isready -h 127.0.0.1"\n      interval: 30s\n'
    )
    with pytest.raises(UnreadableError):  # it had one already
        parse(Source("compose.yaml", after))


@pytest.mark.parametrize(
    "content",
    ["", "# c\n", "- a\n", "a: 1\n", "services: []\n", "services: x\n", "services:\n  a: x\n", "services:\n  a: [x]\n",
     "services: {}\n---\nservices: {}\n", "services: {a: }\nservices: {}\n", "services:\n  {{ x }}: 1\n"],
)  # fmt: skip
def test_what_is_no_compose_file_is_unreadable(content: str) -> None:
    with pytest.raises(UnreadableError):
        parse(Source("compose.yaml", content))


@pytest.mark.parametrize(
    "content", ["services:\n", "include: [a.yml]\n", "services:\n  a: !reset null\n", "version: '3'\n"]
)
def test_what_has_little_to_say_is_read(content: str) -> None:
    assert all(found.overlay for found in parse(Source("compose.yaml", content)).services)
