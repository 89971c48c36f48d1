"""What does `autofix pr` do?  It finds out where and as whom, visits, and tells."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from autofix import settings
from autofix.bot.git import GitError, git
from autofix.bot.visit import Wish, visit
from autofix.settings import Settings
from autofix.usage import UsageError

if TYPE_CHECKING:
    from autofix.bot.forge import Forge
    from autofix.bot.told import Report
    from autofix.bot.web import Patience

TOKENS = {"github": ("AUTOFIX_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"), "gitlab": ("AUTOFIX_TOKEN", "GITLAB_TOKEN")}
NOBODY = "no token: set AUTOFIX_TOKEN, or AUTOFIX_APP_ID and AUTOFIX_APP_KEY (see docs/bot.md); --dry-run needs none"
ORIGIN = re.compile(r"(?:\w+://(?:[^@/]*@)?|[\w.-]+@)(?P<host>[^/:]+)(?::\d+)?[/:](?P<name>.+?)(?:\.git)?/?$")


@dataclass(frozen=True)
class Options:
    """The words of the command line. `root` is the checkout that holds PATH, None where there is none."""

    repository: str = ""
    base: str = ""
    server: str = ""
    forge: str = ""
    group: str = ""
    root: Path | None = None
    paths: tuple[str, ...] = ()
    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    config: Path | None = None
    unsafe: bool = False
    dry_run: bool = False


def run(options: Options, environment: Mapping[str, str] = os.environ, patience: Patience | None = None) -> Report:
    """Visit the repository. Raises UsageError when it is not clear which, or as whom."""

    def read(root: Path) -> Settings:
        own = settings.load(root, options.config, options.select, options.ignore, unsafe=options.unsafe)
        return replace(own, bot=replace(own.bot, group=options.group)) if options.group else own

    host, name = _whereabouts(options, environment)
    forge = _forge(options, environment, host, name, patience)
    narrowed = bool(options.select or options.ignore)
    paths = tuple(sorted(filter(None, options.paths)))
    return visit(forge, Wish(name, read, options.base, paths, narrowed, options.dry_run))


def _whereabouts(options: Options, environment: Mapping[str, str]) -> tuple[str, str]:
    """The server and the name of the repository: said, else known to the job, else where the checkout came from."""
    server = options.server or environment.get("GITHUB_SERVER_URL") or environment.get("CI_SERVER_URL") or ""
    name = options.repository or environment.get("GITHUB_REPOSITORY") or environment.get("CI_PROJECT_PATH") or ""
    if not name and options.root:
        found = ORIGIN.match(_origin(options.root))
        if found:
            server, name = server or f"https://{found['host']}", found["name"]
    if not name and options.dry_run and options.root:
        name = options.root.name
    if not name:
        raise UsageError("which repository? --repo owner/name")
    if options.repository and not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", name):
        raise UsageError(f"--repo takes owner/name, not {name}")
    return (server or "https://github.com").rstrip("/"), name


def _origin(root: Path) -> str:
    try:
        return git("remote", "get-url", "origin", folder=root).strip()
    except GitError:
        return ""


def _forge(
    options: Options, environment: Mapping[str, str], server: str, name: str, patience: Patience | None
) -> Forge:
    kind = options.forge or ("gitlab" if "gitlab" in (urlsplit(server).hostname or "") else "github")
    app, key = environment.get("AUTOFIX_APP_ID", ""), environment.get("AUTOFIX_APP_KEY", "")
    token = next((environment[name] for name in TOKENS[kind] if environment.get(name)), "") if not (app and key) else ""
    if not token and not (app and key):
        if options.dry_run and options.root:
            from autofix.bot.offline import Offline

            return Offline(options.root)
        raise UsageError(NOBODY)
    return _online(kind, server, name, token or (app, _key(key)), environment, patience)


def _online(
    kind: str,
    server: str,
    name: str,
    secret: str | tuple[str, str],
    environment: Mapping[str, str],
    patience: Patience | None,
) -> Forge:
    """The forge, with what it needs imported only now."""
    try:
        from autofix.bot.access import App, Token
        from autofix.bot.github import Caller, GitHub, api_of
        from autofix.bot.gitlab import GitLab
        from autofix.bot.web import Patience, Web

        import_libraries()
    except ImportError as error:
        raise UsageError(f"the bot needs more: pip install 'autofix[bot]' ({error.name} is missing)") from error
    web = Web(patience or Patience(), set(secret) if isinstance(secret, tuple) else {secret})
    if kind == "gitlab":
        if isinstance(secret, tuple):
            raise UsageError("an App is GitHub's; GitLab takes a token")
        return GitLab(web, server, name, secret)
    access = App(secret[0], secret[1], name) if isinstance(secret, tuple) else Token(secret)
    if isinstance(secret, tuple):
        web.secrets.discard(secret[0])
    own = (
        environment.get("GITHUB_API_URL", "") if environment.get("GITHUB_SERVER_URL", "").rstrip("/") == server else ""
    )
    return GitHub(Caller(web, own or api_of(server), access), name)


def import_libraries() -> None:
    """Fail early when the extra is not installed."""
    import gidgethub  # noqa: F401
    import requests  # noqa: F401


def _key(value: str) -> str:
    """A key, or the file it is in."""
    if "PRIVATE KEY" in value:
        return value.replace("\\n", "\n")
    try:
        return Path(value).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"AUTOFIX_APP_KEY is neither a key nor a file: {error.strerror}") from None
