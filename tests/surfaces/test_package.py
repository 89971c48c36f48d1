"""Are the facts around a package what npm, pnpm, Prisma, Docker and git would make of the files?"""

from __future__ import annotations

import json
import pickle

import pytest

from autofix.node import UnreadableError
from autofix.surfaces.package.ignores import docker_ignore, git_ignore
from autofix.surfaces.package.locks import Lock, lock, node_version
from autofix.surfaces.package.manifest import manifest, workspace
from autofix.surfaces.package.names import package_kind
from autofix.surfaces.package.prisma import Datasource, Generator, schema
from autofix.surfaces.package.sync import agrees, lacks_peers
from autofix.text import Source


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("package.json", "manifest"),
        ("apps/web/package-lock.json", "lock"),
        ("bun.lockb", "lock"),
        ("pnpm-workspace.yaml", "workspace"),
        (".nvmrc", "node-version"),
        ("prisma/schema.prisma", "prisma"),
        ("prisma.config.ts", "prisma-config"),
        (".config/prisma.mjs", "prisma-config"),
        ("docker/api.Dockerfile.dockerignore", "dockerignore"),
        (".gitignore", "gitignore"),
        ("package.json5", None),
        ("my-package.json", None),
        ("prisma.config.ts.bak", None),
    ],
)
def test_kinds(path: str, kind: str | None) -> None:
    assert package_kind(path) == kind


# manifests


def test_a_manifest() -> None:
    text = """\ufeff{
      "name": "shop", "packageManager": "pnpm@9.1.0+sha512.abc",
      "scripts": {"start": "node dist/main.js", "broken": 1},
      "dependencies": {"express": "^4"}, "devDependencies": {"jest": "*"}, "optionalDependencies": {"fsevents": "1"},
      "engines": {"node": ">=20"}, "workspaces": {"packages": ["apps/*", 3]}
    }"""
    found = manifest(Source("package.json", text))
    assert (found.name, found.manager, found.manager_version) == ("shop", "pnpm", "9.1.0")
    assert found.scripts == {"start": "node dist/main.js"}
    assert (found.engines, found.workspaces) == ({"node": ">=20"}, ("apps/*",))
    assert [found.depends_on(name) for name in ("express", "jest", "fsevents")] == [True, False, True]
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_key_that_stands_twice_is_named_and_the_last_one_counts() -> None:
    found = manifest(Source("package.json", '{"scripts": {"a": "1", "a": "2"}, "name": "x", "name": "y"}'))
    assert (found.name, dict(found.scripts), found.repeated) == ("y", {"a": "2"}, ("a", "name"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1,}', "// x\n{}", "[" * 100_000])
def test_what_is_no_manifest(text: str) -> None:
    with pytest.raises(UnreadableError):
        manifest(Source("package.json", text))


def test_a_manifest_of_wrong_types() -> None:
    found = manifest(Source("package.json", '{"name": 1, "scripts": [], "dependencies": null, "workspaces": "x"}'))
    assert (found.name, dict(found.scripts), dict(found.dependencies), found.workspaces) == ("", {}, {}, ())


def test_a_workspace() -> None:
    text = "packages:\n  - 'apps/*'\n  - \"!apps/old\"\n  - packages/**\ncatalog:\n  x: 1\n"
    assert workspace(Source("pnpm-workspace.yaml", text)).packages == ("apps/*", "!apps/old", "packages/**")
    assert workspace(Source("pnpm-workspace.yaml", "onlyBuiltDependencies:\n  - x\n")).packages == ()


# locks and versions


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("package-lock.json", '{\n  "name": "x",\n  "lockfileVersion": 3,\n', ("npm", "3", False)),
        ("npm-shrinkwrap.json", '{\n  "lockfileVersion": 1\n}', ("npm", "1", False)),
        ("package-lock.json", "{}", ("npm", None, False)),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n\nsettings:\n", ("pnpm", "9.0", False)),
        ("pnpm-lock.yaml", "lockfileVersion: 5.4\r\n", ("pnpm", "5.4", False)),
        ("yarn.lock", "# THIS IS GENERATED\n# yarn lockfile v1\n\n\n", ("yarn", "1", False)),
        ("yarn.lock", "# x\n\n__metadata:\n  version: 8\n  cacheKey: 10c0\n", ("yarn", "8", True)),
        ("yarn.lock", "", ("yarn", None, False)),
        ("bun.lock", '{\n  "lockfileVersion": 1,\n', ("bun", "1", False)),
        ("bun.lockb", "", ("bun", None, False)),
    ],
)
def test_locks(path: str, text: str, found: tuple[str, str | None, bool]) -> None:
    assert lock(Source(path, text)) == Lock(path, *found)


def test_what_is_no_lock() -> None:
    assert lock(Source("poetry.lock", "")) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("v20.11.0\n", ("20.11.0", 20)),
        ("22", ("22", 22)),
        ("18.x\r\n", ("18.x", 18)),
        ("# the one\n24 # or so\n", ("24", 24)),
        ("lts/iron\n", ("lts/iron", None)),
    ],
)
def test_node_versions(text: str, found: tuple[str, int | None]) -> None:
    version = node_version(Source(".nvmrc", text))
    assert version is not None
    assert (version.version, version.major) == found


def test_an_empty_node_version() -> None:
    assert node_version(Source(".nvmrc", "\n")) is None


# Prisma

SCHEMA = """
// generator no { provider = "x" }
generator client {
  provider        = "prisma-client-js" // the client
  output          = "../generated"
  binaryTargets   = ["native",
    "linux-musl-openssl-3.0.x"]
  engineType = "library"
  previewFeatures = ["metrics"]
}
generator json { provider = "prisma-json" }
datasource db {
  provider  = "postgresql"
  url       = env("DATABASE_URL")
  directUrl = env("DIRECT_URL")
}
model generator_like {
  id Int @id // datasource x {
  note String @default("generator y { }")
}
"""


@pytest.mark.parametrize("text", [SCHEMA, SCHEMA.replace("\n", "\r\n")])
def test_a_schema(text: str) -> None:
    found = schema(Source("schema.prisma", text))
    client = Generator(
        "client", "prisma-client-js", "../generated", ("native", "linux-musl-openssl-3.0.x"), "library", ("metrics",)
    )
    assert found.client == client
    assert found.generators == (client, Generator("json", "prisma-json"))
    assert found.datasources == (Datasource("db", "postgresql", "", "DATABASE_URL", "DIRECT_URL"),)


def test_a_schema_that_leaves_it_to_others() -> None:
    text = 'generator c {\n  provider = "prisma-client"\n  binaryTargets = env("T")\n}\ndatasource d {\n  url = "file:./x.db"\n}\n'
    found = schema(Source("schema.prisma", text))
    assert found.client is not None
    assert found.client.targets is None
    assert found.datasources == (Datasource("d", "", "file:./x.db"),)


# ignored


@pytest.mark.parametrize(
    ("patterns", "path", "excluded"),
    [
        ("# *.md\n*.md\n", "README.md", True),
        ("*.md", "docs/README.md", False),  # git would say yes
        ("**/*.md", "docs/a/README.md", True),
        ("**/*.md", "README.md", True),
        ("node_modules", "node_modules/x/y.js", True),
        ("node_modules", "apps/web/node_modules/x.js", False),
        ("**/node_modules", "apps/web/node_modules/x.js", True),
        ("**/node_modules/", "node_modules/x", True),
        ("/dist/", "dist/main.js", True),
        ("./dist", "dist/main.js", True),
        ("//dist", "dist/main.js", True),
        ("a/../dist", "dist/x", True),
        ("*/temp*", "somedir/temporary.txt", True),
        ("*/temp*", "somedir/subdir/temporary.txt", False),
        ("*/*/temp*", "somedir/subdir/temporary.txt", True),
        ("temp?", "tempa", True),
        ("temp?", "temp", False),
        ("*.md\n!README.md", "README.md", False),
        ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
        ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
        ("*\n!src\n!package.json", "src/a/b.ts", False),
        ("*\n!src\n!package.json", "test/a.ts", True),
        ("**\n! src/main.ts", "src/main.ts", False),
        ("docs\n!docs/keep.md", "docs/keep.md", False),
        (".env*", ".env.production", True),
        (".env*", "apps/.env", False),
        ("**/.env*", "apps/.env.local", True),
        (".env*\n!.env.example", ".env.example", False),
        ("a[b-d]e", "ace", True),
        ("a[^b-d]e", "ace", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "aab", False),
        ("abc/**", "abc", False),
        ("abc/**", "abc/d/e", True),
        ("**log", "x/catalog", True),
        ("a+b(1).txt", "a+b(1).txt", True),
        ("  spaced  \r\n", "spaced", True),
        (" # no comment", "# no comment", True),
        ("\ufeff*.md", "a.md", True),
        ("", "a", False),
        (".", "a", False),
    ],
)
def test_docker_leaves_out(patterns: str, path: str, excluded: bool) -> None:  # noqa: FBT001
    assert docker_ignore(Source(".dockerignore", patterns)).excludes(path) is excluded


def test_a_pattern_that_was_not_asked_above_is_not_asked_below() -> None:
    """`!a` changes nothing for the folder `a`, which no pattern excluded, so it does not bring back `a/x` either."""
    assert docker_ignore(Source(".dockerignore", "*/x\n!a")).excludes("a/x")
    assert not docker_ignore(Source(".dockerignore", "*/x\n!a/x")).excludes("a/x")


@pytest.mark.parametrize("pattern", ["[", "a[b", "[]a]", "[a-]", "!", "a\\"])
def test_patterns_that_stop_a_build(pattern: str) -> None:
    found = docker_ignore(Source(".dockerignore", f"x\n{pattern}\n"))
    assert found.invalid == (pattern,)
    assert found.excludes("x")


def test_git_leaves_out() -> None:
    found = git_ignore(Source("app/.gitignore", "*.md\n!keep.md\n/dist/\r\n.env*\n"))
    assert found.excludes("app/docs/x.md")
    assert not found.excludes("app/docs/keep.md")
    assert found.excludes("app/dist/x")
    assert not found.excludes("app/src/dist/x")
    assert found.excludes("app/.env.local")
    assert not found.excludes("other/x.md")
    assert pickle.loads(pickle.dumps(found)) == found
    docker = docker_ignore(Source(".dockerignore", "*.md"))
    assert docker.excludes("x.md")
    assert pickle.loads(pickle.dumps(docker)) == docker


# locks that agree with their manifests

ASKS = '{"name": "shop", "dependencies": {"express": "^4.18.0"}, "devDependencies": {"@types/node": "20.x"}}'
MEMBER = '{"name": "web", "dependencies": {"react": "^18", "shop": "workspace:*"}}'
NPM_LOCK = """{"lockfileVersion": 3, "packages": {
  "": {"dependencies": {"express": "^4.18.0"}, "devDependencies": {"@types/node": "20.x"}},
  "apps/web": {"dependencies": {"react": "^18", "shop": "workspace:*"}},
  "node_modules/express": {}, "node_modules/@types/node": {}, "apps/web/node_modules/react": {}, "node_modules/shop": {}}}
"""
PNPM_LOCK = """lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      express:
        specifier: ^4.18.0
        version: 4.18.2
    devDependencies:
      '@types/node':
        specifier: 20.x
        version: 20.1.0

  apps/web:
    dependencies:
      react:
        specifier: ^18
        version: 18.2.0(x@1)
      shop:
        specifier: workspace:*
        version: link:../..

packages:

  react@18.2.0:
    dependencies:
      loose: 1.0.0
"""
OLD_PNPM_LOCK = """lockfileVersion: 5.4

specifiers:
  '@types/node': 20.x
  express: ^4.18.0

dependencies:
  express: 4.18.2

packages:

  /express/4.18.2:
    dev: false
"""
YARN_LOCK = """# yarn lockfile v1


"@types/node@20.x", "@types/node@^20":
  version "20.1.0"

express@^4.17.0, express@^4.18.0:
  version "4.18.2"

react@^18:
  version "18.2.0"
"""
BERRY_LOCK = """__metadata:
  version: 8

"@types/node@npm:20.x":
  version: 20.1.0

"express@npm:^4.17.0, express@npm:^4.18.0":
  version: 4.18.2

"react@npm:^18":
  version: 18.2.0
"""


@pytest.mark.parametrize(
    ("name", "text", "alone"),
    [
        ("package-lock.json", NPM_LOCK, True),
        ("pnpm-lock.yaml", PNPM_LOCK.replace("\n", "\r\n"), True),
        ("pnpm-lock.yaml", OLD_PNPM_LOCK, False),
        ("yarn.lock", YARN_LOCK, True),
        ("yarn.lock", BERRY_LOCK, True),
    ],
)
def test_a_lock_that_agrees(name: str, text: str, *, alone: bool) -> None:
    def asked(root: str, **members: str) -> bool | None:
        manifests = {folder: manifest(Source("package.json", said)) for folder, said in {"": root, **members}.items()}
        return agrees(Source(name, text), manifests)

    assert asked(ASKS) is True
    assert asked(ASKS, **{"apps/web": MEMBER}) is alone
    assert asked(ASKS.replace("^4.18.0", "^4.19.0")) is False
    assert asked(ASKS.replace('"express"', '"left-pad": "1", "express"')) is False


BUN_LOCK = """{
  "workspaces": {
    "": {"dependencies": {"express": "^4.18.0"}, "devDependencies": {"@types/node": "20.x"},},
    "apps/web": {"name": "web", "dependencies": {"react": "^18", "shop": "workspace:*"}},
  },
  "packages": {
    // a comment, and a string with what looks like one: ",}" and "http://"
    "express": ["express@4.18.2, }", "http://x", {}], "@types/node": [], "react": [], "shop": [],
  },
}"""


def test_a_lock_of_bun_holds_its_whole_workspace() -> None:
    def asked(**members: str) -> bool | None:
        return agrees(
            Source("bun.lock", BUN_LOCK),
            {folder: manifest(Source("package.json", said)) for folder, said in members.items()},
        )

    assert asked(**{"": ASKS, "apps/web": MEMBER}) is True
    assert asked(**{"": ASKS}) is False
    assert asked(**{"": ASKS, "apps/web": MEMBER, "apps/new": "{}"}) is False
    assert asked(**{"": ASKS.replace("^4.18.0", "^4.19.0"), "apps/web": MEMBER}) is False


@pytest.mark.parametrize(
    ("said", "whole", "peerless"),
    [
        ({}, True, False),
        ({"dependencies": {"inner": "1"}}, False, False),
        ({"dependencies": {"inner": "1"}, "bundleDependencies": ["inner"]}, True, False),
        ({"optionalDependencies": {"for-another-system": "1"}}, False, False),
        ({"peerDependencies": {"react": "*"}}, True, True),
        ({"peerDependencies": {"react": "*"}, "peerDependenciesMeta": {"react": {"optional": True}}}, True, False),
        ({"dependencies": {"sibling": "1", "nested": "1"}}, True, False),
        ({"link": True, "dependencies": {"inner": "1"}}, True, False),
        ({"inBundle": True, "dependencies": {"inner": "1"}}, True, False),
    ],
)
def test_an_npm_lock_holds_what_its_packages_ask_for(said: object, *, whole: bool, peerless: bool) -> None:
    packages = {
        "": {"dependencies": {"a": "1"}},
        "node_modules/a": said,
        "node_modules/sibling": {},
        "node_modules/a/node_modules/nested": {"dependencies": {"sibling": "1"}},
    }
    source = Source("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}))
    found = {"": manifest(Source("package.json", '{"dependencies": {"a": "1"}}'))}
    assert (agrees(source, found), lacks_peers(source)) == (whole, peerless)


def test_a_lock_of_yarn_holds_what_its_packages_ask_for() -> None:
    found = {"": manifest(Source("package.json", ASKS))}
    needs = '  version "18.2.0"\n  optionalDependencies:\n    "@types/node" "^20"\n    react "^18"\n'
    whole = YARN_LOCK.replace('  version "18.2.0"\n', needs)
    assert agrees(Source("yarn.lock", whole), found) is True
    assert agrees(Source("yarn.lock", f'{whole}    loose "1.0.0 - 2"\n'), found) is False


def test_a_lock_that_says_too_little() -> None:
    said = {"": manifest(Source("package.json", ASKS))}
    assert agrees(Source("package-lock.json", '{"lockfileVersion": 1, "dependencies": {}}'), said) is None
    assert agrees(Source("bun.lock", "{}"), said) is None
    assert agrees(Source("yarn.lock", ""), said) is None
    assert agrees(Source("pnpm-lock.yaml", "lockfileVersion: 9"), said) is None
