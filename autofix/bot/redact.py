"""What must never be published?  Secrets, and words of the repository that a forge would take for a command.

Everything the bot writes for others to read passes through here: bodies, titles, commit messages, logs.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from autofix.report.mask import masked

HIDDEN = "•••"
BREAK = "\u200b"  # nothing to see, and no longer a mention, a reference or the end of a comment


def mask(text: str, secrets: Collection[str] = ()) -> str:
    """The text without secrets: those that are known, and whatever has the form of one."""
    spelled = (form for secret in secrets if secret for form in (secret, quiet(secret), prose(secret)))
    return masked(text, spelled, HIDDEN)


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
