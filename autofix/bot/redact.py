"""What must never be published?  Secrets, and words of the repository that a forge would take for a command.

Everything the bot writes for others to read passes through here: bodies, titles, commit messages, logs.
"""

from __future__ import annotations

import re
from collections.abc import Collection

HIDDEN = "•••"
BREAK = "\u200b"  # nothing to see, and no longer a mention, a reference or the end of a comment

TOKENS = re.compile(
    r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}"
    r"|[sr]k_(?:live|test)_\w{10,}|rzp_(?:live|test)_\w{10,}|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|npm_\w{30,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})"
)
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
USERINFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://[^\s/:@]*:)(?P<secret>[^\s/@$]+)(?=@)", re.IGNORECASE)
GIVEN = re.compile(
    r"(?P<name>[\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key|credentials?)[\w-]*[\"']?"
    r"\s*[:=]\s*)(?P<value>\"[^\"\n]+\"|'[^'\n]+'|[^\s\"'${}(),;]{4,})",
    re.IGNORECASE,
)


def mask(text: str, secrets: Collection[str] = ()) -> str:
    """The text without secrets: those that are known, and whatever has the form of one."""
    spelled = {form for secret in secrets if secret for form in (secret, quiet(secret), prose(secret))}
    for secret in sorted(spelled, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = PRIVATE_KEY.sub(HIDDEN, text)
    text = TOKENS.sub(HIDDEN, text)
    text = USERINFO.sub(rf"\g<scheme>{HIDDEN}", text)
    return GIVEN.sub(rf"\g<name>{HIDDEN}", text)


def quiet(text: str) -> str:
    """One line of plain words: it calls nobody, closes nothing, and opens no tag."""
    line = " ".join(text.split())
    line = re.sub(r"@(?=\w)", f"@{BREAK}", line)
    line = re.sub(r"(?<=[#!])(?=\d)|(?<=\bGH-)(?=\d)", BREAK, line, flags=re.IGNORECASE)
    return re.sub(r"(?<=/)(?=(?:close|merge|approve|assign|label|reopen)\b)", BREAK, line)


def prose(text: str) -> str:
    """Plain words inside Markdown: what a writer of Markdown would have to escape is escaped."""
    return re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", quiet(text))


def code(text: str) -> str:
    """A code span, whatever the text holds."""
    line = " ".join(text.split()) or " "
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"
