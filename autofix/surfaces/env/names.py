"""Which names belong to files of environment variables, and which of those are templates?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

NAME = re.compile(
    r"^\.env(?:example|sample|template)?$|^\.env[._-].+$|^.+\.env$|^(?:.+\.)?env(?:[._-][\w-]+)?[._-](?:example|sample|template|dist)$"
    r"|^\.?env[._-](?:example|sample|template)(?:[._-][\w-]+)*$",
    re.IGNORECASE,
)
OTHER = (".ts", ".tsx", ".js", ".mjs", ".cjs", ".json", ".yml", ".yaml", ".md", ".py", ".sh", ".php", ".rb", ".toml", ".txt",
         ".ps1", ".bat", ".tf", ".html", ".j2", ".tpl", ".tmpl", ".erb", ".jinja", ".jinja2", ".mustache", ".hbs",
         ".enc", ".gpg", ".age", ".asc", ".vault", ".me", ".keys", ".zip", ".gz", ".swp", ".diff", ".patch",
         ".orig", ".bak")  # fmt: skip
TEMPLATE = re.compile(r"example|sample|template|(?<![a-z])dist(?![a-z])", re.IGNORECASE)


def is_env(path: str) -> bool:
    """Whether the name says that the file holds variables. `.envrc` is a script, `.env.vault` is encrypted."""
    name = PurePosixPath(path).name
    return bool(NAME.match(name)) and not name.lower().endswith(OTHER)


def is_template(path: str) -> bool:
    """Whether the file shows which variables there are, instead of giving them."""
    return bool(TEMPLATE.search(PurePosixPath(path).name))
