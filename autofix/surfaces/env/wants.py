"""Which variables does a person set, and how badly does one want to be shown?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.secrets import NAMES, judge

NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[A-Z]{3,}")
GIVEN = re.compile(
    r"NODE_ENV|PORT|HOSTNAME|PATH|HOME|PWD|OLDPWD|USER|USERNAME|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|CI|UID|GID"
    r"|EDITOR|COLUMNS|LINES|DISPLAY|XDG_\w+|SSH_\w+|COMP_\w+|RANDOM|SECONDS|FUNCNAME|BASH_\w+|IFS|SHLVL"
    r"|DEBUG|DJANGO_SETTINGS_MODULE|FLASK_(?:APP|ENV|DEBUG)|RUN_MAIN|WERKZEUG_\w+|NODE_OPTIONS|NODE_PATH|PYTHON\w+|VIRTUAL_ENV"
    r"|NEXT_(?:RUNTIME|PHASE|MANUAL\w*)|NX_\w+|TURBO_\w+|JEST_\w+|VITEST\w*|PYTEST_\w+|PLAYWRIGHT_\w+|CYPRESS_\w+|STORYBOOK_\w+"
    r"|GITHUB_(?:SHA|REF\w*|ACTIONS?|REPOSITORY\w*|RUN_\w+|WORKSPACE|OUTPUT|ENV|ACTOR)|(?:NEXT_PUBLIC_)?VERCEL(?:_\w+)?|WWW(?:USER|GROUP)"
    r"|NETLIFY|DYNO|HEROKU_\w+|RAILWAY_\w+|RENDER(?:_\w+)?|FLY_\w+|K_SERVICE|K_REVISION|KUBERNETES_\w+|AWS_(?:LAMBDA_\w+|EXECUTION_ENV)"
    r"|(?:POD|NODE)_(?:NAME|NAMESPACE|IP)|(?:NO|HTTPS?|ALL|FTP)_PROXY|COMPOSE_\w+|DOCKER_(?:HOST|BUILDKIT|SOCK\w*)|BUILDKIT_\w+"
    r"|MODE|DEV|PROD|SSR|BASE_URL|PUBLIC_URL|HOST|BIND|ADDRESS|RELOAD|WORKERS|THREADS|AWS_SESSION_TOKEN|AWS_WEB_IDENTITY\w*|ECS_CONTAINER_\w+"
    r"|FORCE_COLOR|NO_COLOR|(?:UV|PIP|POETRY|NPM|YARN)_\w+|SOURCE_DATE_EPOCH"
    r"|(?:\w+_)?(?:BUILD_(?:ID|DATE|TIME|NUMBER|SHA|REF)|(?:COMMIT|GIT)_(?:SHA|REF|HASH|COMMIT|BRANCH|TAG|REV\w*)|COMMIT)"
)
FOR_TESTS = re.compile(r"(?:\w+_)?(?:TEST|TESTS|TESTING|E2E|BENCHMARK)(?:_\w+)?|(?:\w+_)?(?:DEBUG|INSPECT)_PORT")
SECRET = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIALS?|PASS|PWD|SALT|PEPPER)(?:_BASE)?_?\d*$"
)
GUARDS = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET$|SECRET_KEY|SALT|PEPPER|(?:SIGNING|ENCRYPTION|SESSION|COOKIE|JWT|MASTER|FERNET)_KEY"
)
NOBODYS = re.compile(r"dummy|demo|none|null|disabled|n/?a$", re.IGNORECASE)
SWITCH = re.compile(r"true|false|yes|no|on|off", re.IGNORECASE)
ADDRESS = re.compile(r"_(?:UR[LI]|DSN|HOST|ENDPOINT|BROKERS?|ADDR(?:ESS)?|ORIGINS?)$")


class Want(IntEnum):
    """How badly a variable wants to be shown.

    OPTIONAL: nothing stands in for it, and the source does without. DEFAULTED: the source has a value of its own.
    USED: it is used as it is, whatever that comes to. NEEDED: the code fails without it, or compose puts nothing there.
    """

    OPTIONAL = 0
    DEFAULTED = 1
    USED = 2
    NEEDED = 3


@dataclass(frozen=True)
class Need:
    """A variable somebody asks for from a folder, deployed from another; `default` is what stands in for it.

    `files` are those the deployment reads it from. `composed`: a compose file asks for it, not the source; `alone`: the
    source is of an image that nothing here deploys.
    """

    name: str
    folder: str
    want: Want
    default: str | None
    evidence: Evidence
    deployed: str
    files: tuple[str, ...] = ()
    composed: bool = False
    alone: bool = False

    @property
    def secret(self) -> bool:
        """Whether the name says that the value is to be protected."""
        return bool(SECRET.search(self.name))


def configures(name: str) -> bool:
    """Whether a name is one that a person sets: the platform, the engine, builds and test runners set others."""
    return bool(NAME.fullmatch(name)) and not GIVEN.fullmatch(name) and not FOR_TESTS.fullmatch(name)


def graded(name: str, default: str, usually: Want) -> Want:
    """A credential that everybody knows is needed badly, an empty one is used."""
    if not hides(name) or SWITCH.fullmatch(default):
        return usually
    known = default and not default.isdigit() and not NOBODYS.search(default)
    return Want.NEEDED if (known and GUARDS.search(name)) or judge(name, default) else Want.USED


def hides(name: str) -> bool:
    """Whether the value of such a name is never to be repeated; a `HEARTBEAT_KEY` may well be."""
    return bool(SECRET.search(name) and NAMES.search(name))


def kept(project: Project, folder: str) -> frozenset[str]:
    """What live files say that git keeps in a folder or above it."""
    files = (file for file in project.of(EnvFile) if not file.template and file.path in project.tracked)
    return frozenset(
        entry.key for file in files if above(file.path.rpartition("/")[0], folder) for entry in file.entries
    )


def above(upper: str, folder: str) -> bool:
    """Whether a folder is the other one or one it stands in."""
    return not upper or upper == folder or folder.startswith(f"{upper}/")
