"""Does `autofix pr` find out where and as whom, and say it in one line when it cannot?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from autofix import settings
from autofix.bot import command
from autofix.bot.github import GitHub, api_of
from autofix.bot.gitlab import GitLab
from autofix.bot.offline import Offline
from autofix.bot.told import Deed
from autofix.usage import UsageError
from tests.bot.hub import git
from tests.bot.test_visit import HEALTH, ISSUE, SCRIPT, VERSION
from tests.bot.world import FILES, TOKEN, World, world

NAMES = ("GITHUB_", "GITLAB_", "GH_", "CI_", "AUTOFIX_")


class Ran(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def shop() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "Write a shop")
    return tmp_path


def autofix(*words: str, cwd: Path, **environment: str) -> Ran:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(NAMES)}
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "autofix", "pr", *words], cwd=cwd, env={**clean, "PYTHONPATH": root, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


def test_the_command_tells_people_programs_and_jobs(shop: World, tmp_path: Path) -> None:
    words = ("--repo", "shop/web", "--base", "main", "--url", shop.server.url)
    files = ("--format", "json", "--output", "told.json", "--summary", "summary.md", "--outputs", "out")
    ran = autofix(*words, "--dry-run", cwd=tmp_path, AUTOFIX_TOKEN=TOKEN)
    assert (ran.status, ran.err) == (0, "")
    assert f"would open  {VERSION}: autofix/{VERSION}\n" in ran.out
    assert "    commit: Remove the obsolete version key in compose.yaml\n" in ran.out
    assert "### Is it safe to merge?" in ran.out
    assert shop.hub.threads == []
    ran = autofix(*words, *files, "--select", SCRIPT, cwd=tmp_path, GITHUB_TOKEN=TOKEN)
    assert ran == (0, "", "")
    (entry,) = json.loads((tmp_path / "told.json").read_text())["entries"]
    assert (entry["deed"], entry["what"], entry["url"]) == ("opened", SCRIPT, f"{shop.server.url}/shop/web/pull/1")
    assert "| opened |" in (tmp_path / "summary.md").read_text()
    assert "opened=1\n" in (tmp_path / "out").read_text()


def test_a_checkout_says_which_repository_and_which_part(shop: World) -> None:
    git(shop.person.folder, "remote", "set-url", "origin", f"{shop.server.url}/shop/web.git")
    ran = autofix("deploy.sh", cwd=shop.person.folder, AUTOFIX_TOKEN=TOKEN, GITHUB_SERVER_URL=shop.server.url)
    assert ran.status == 0
    assert [one.head for one in shop.hub.requests] == [f"autofix/deploy.sh/{SCRIPT}"]


def test_a_failure_is_status_3_and_said(shop: World, tmp_path: Path) -> None:
    ran = autofix("--repo", "shop/other", "--url", shop.server.url, cwd=tmp_path, AUTOFIX_TOKEN=TOKEN)
    assert ran.status == 3
    assert "shop/other does not exist, or this token may not see it" in ran.out
    assert ran.err.count("\n") == 1


def test_a_dry_run_needs_no_token(checkout: Path) -> None:
    ran = autofix("--dry-run", cwd=checkout)
    assert (ran.status, ran.err) == (0, "")
    assert "4 opened. Nothing was changed: dry run." in ran.out
    assert git(checkout, "status", "--porcelain") == ""
    assert git(checkout, "branch", "--list").split() == ["*", "main"]
    git(checkout, "checkout", "-q", "--detach")
    assert autofix("--dry-run", cwd=checkout).out.replace('"base":"HEAD"', '"base":"main"') == ran.out


WRONG = {
    "no token": (["--repo", "a/b"], "no token: set AUTOFIX_TOKEN"),
    "no repository": ([], "which repository? --repo owner/name"),
    "no name": (["--repo", "a"], "--repo takes owner/name, not a"),
    "no path": (["nowhere", "--repo", "a/b"], "no such path: nowhere"),
    "no grouping": (["--group", "file"], "file"),
    "no file": (["--repo", "a/b", "--dry-run", "--output", "no/such/file", "."], "no/such/file: cannot be written"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage_is_one_line_and_status_2(checkout: Path, name: str) -> None:
    words, says = WRONG[name]
    ran = autofix(*words, cwd=checkout)
    assert ran.status == 2
    assert says in ran.err
    assert ran.err.count("\n") == 1


BROKEN = {
    "bot: {gruop: rule}": "2: unknown key of bot: gruop; did you mean group?",
    "bot: {group: file}": "2: unknown grouping: file",
    "bot: {draft: 1}": "2: draft takes true or false",
    "bot: {limit: true}": "2: limit takes a number",
    "bot: {limit: -1}": "2: limit is 0 or more",
    "bot: {labels: ops}": "2: labels takes a list",
    "bot: {labels: [1]}": "2: labels takes names",
    "bot: {author: Sam}": "2: author is written as Name <address>",
    "bot: {branch-prefix: 'a..b/'}": "2: no beginning of a branch name: a..b/",
    "bot: {branch-prefix: ''}": "2: branch-prefix takes names",
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_configuration_of_the_bot_names_file_and_line(checkout: Path, text: str) -> None:
    (checkout / ".autofix.yaml").write_text(f"# ours\n{text}\n")
    with pytest.raises(UsageError) as error:
        settings.load(checkout)
    assert f".autofix.yaml:{BROKEN[text]}" in str(error.value)


def forge_of(environment: dict[str, str], **options: Any) -> Any:
    host, name = command._whereabouts(command.Options(**options), environment)
    return command._forge(command.Options(**options), environment, host, name, None)


def test_servers_and_names() -> None:
    token = {"AUTOFIX_TOKEN": "t"}
    job = {"GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "t"}
    assert forge_of(token, repository="a/b").caller.api == "https://api.github.com"
    assert forge_of(token, repository="a/b", server="https://git.example.org/").caller.api == api_of(
        "https://git.example.org"
    )
    assert forge_of({**job, "GITHUB_API_URL": "https://git.example.org/api/v3"}).caller.api.endswith("/api/v3")
    assert forge_of(job).name == "a/b"
    assert isinstance(forge_of({"GITLAB_TOKEN": "t"}, repository="a/b/c", server="https://gitlab.example.org"), GitLab)
    assert isinstance(forge_of(token, repository="a/b", server="https://code.example.org", forge="gitlab"), GitLab)
    assert isinstance(forge_of(token, repository="a/b"), GitHub)
    assert isinstance(forge_of({}, repository="a/b", dry_run=True, root=Path()), Offline)


@pytest.mark.parametrize(
    "url",
    ["https://github.com/shop/web.git", "git@github.com:shop/web.git", "ssh://git@github.com:22/shop/web", "https://u:p@github.com/shop/web/"],
)  # fmt: skip
def test_addresses_of_origins(url: str) -> None:
    found = command.ORIGIN.match(url)
    assert found
    assert (found["host"], found["name"]) == ("github.com", "shop/web")


@pytest.fixture(scope="module")
def key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def as_app(shop: World, key: str) -> None:
    import jwt
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    public = load_pem_private_key(key.encode(), None).public_key()

    def good(statement: str) -> bool:
        told = jwt.decode(statement, public, algorithms=["RS256"])  # type: ignore[arg-type]
        return bool(told["iss"] == "4711" and told["exp"] - told["iat"] <= 600)

    shop.hub.app = good
    shop.hub.tokens.clear()
    shop.environment = {"AUTOFIX_APP_ID": "4711", "AUTOFIX_APP_KEY": key}


def test_an_app_gets_its_own_token(shop: World, key: str) -> None:
    as_app(shop, key)
    assert shop.deeds()[VERSION] is Deed.OPENED
    assert shop.hub.minted == 1
    assert "minted" not in repr(shop.reports)
    assert shop.hub.kinds["POST /app/installations/{installation_id}/access_tokens"] == 1


def test_an_app_changes_a_token_that_ends_soon(shop: World, key: str) -> None:
    as_app(shop, key)
    shop.hub.lifetime = 200
    assert shop.deeds()[VERSION] is Deed.OPENED
    assert shop.hub.minted > 3


def test_an_app_whose_token_is_withdrawn_gets_another(shop: World, key: str) -> None:
    from tests.bot.server import Fault

    as_app(shop, key)
    shop.hub.faults = [Fault("POST /api/v3/repos/shop/web/pulls", shop.hub.tokens.clear)]
    assert set(shop.deeds().values()) == {Deed.OPENED}
    assert shop.hub.minted == 2


def test_an_app_with_a_key_that_is_none(shop: World, key: str, tmp_path: Path) -> None:
    as_app(shop, key)
    shop.environment["AUTOFIX_APP_KEY"] = "-----BEGIN PRIVATE KEY-----\nnone\n"
    assert shop.run().failed
    assert "private key cannot be read" in shop.entry("shop/web").words
    shop.environment["AUTOFIX_APP_KEY"] = str(tmp_path / "no.pem")
    with pytest.raises(UsageError, match="neither a key nor a file"):
        shop.run()


def test_every_kind_of_request_is_described_by_github(shop: World) -> None:
    """The stories of the other tests are held to the description too, where it can be had; here it has to be."""
    from tests.bot import parts

    parts.required(parts.description)
    assert shop.hub.described
    shop.configure("bot: {labels: [ops], reviewers: [kim], assignees: [sam]}\n")
    shop.run()
    shop.person.push("main", {"compose.yaml": "services: {}\n", "agent/Dockerfile": None})
    assert shop.run().count(Deed.CLOSED) == 3
    assert shop.hub.wrong == []
    assert set(shop.hub.kinds) == {
        "GET /repos/{owner}/{repo}", "GET /repos/{owner}/{repo}/pulls", "POST /repos/{owner}/{repo}/pulls",
        "PATCH /repos/{owner}/{repo}/pulls/{pull_number}", "GET /repos/{owner}/{repo}/issues",
        "POST /repos/{owner}/{repo}/issues", "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/assignees",
        "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
        "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
    }  # fmt: skip
    assert all(shop.hub.kinds.values())


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", "/repos/a/b/pull", "", b""),
        ("GET", "/repos/a/b/pulls", "status=open", b""),
        ("GET", "/repos/a/b/pulls", "state=opened", b""),
        ("POST", "/repos/a/b/pulls", "", b'{"title": "x"}'),
        ("POST", "/repos/a/b/pulls", "", b'{"title": "x", "head": "h", "base": "b", "labels": ["x"]}'),
        ("POST", "/repos/a/b/issues/1/labels", "", b'{"labels": [1]}'),
    ],
)
def test_the_description_refuses_what_github_would(method: str, path: str, query: str, body: bytes) -> None:
    from tests.bot import parts
    from tests.bot.description import Asked, Description

    description = Description(parts.required(parts.description))
    assert description.faults(Asked(method, path, query, {"content-type": "application/json"}, body))


def test_times_are_those_of_the_base(shop: World) -> None:
    """So that two bots, or the same bot twice, make the same commits."""
    shop.run()
    base = git(shop.hub.bare, "log", "-1", "--format=%ct", "main")
    assert git(shop.hub.bare, "log", "-1", "--format=%ct", f"autofix/{HEALTH}") == base
    assert int(base) <= time.time()
    assert shop.deeds()[ISSUE] is Deed.UNCHANGED
