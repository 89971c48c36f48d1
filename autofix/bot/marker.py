"""What does a request remember?  A hidden comment in its body is the only state the bot has."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from autofix.bot.redact import mask
from autofix.finding import Match
from autofix.node import Node

MARK = re.compile(r"<!-- autofix:(?P<version>\d+) (?P<json>\{.*?\}) -->\s*$")
VERSION = 1
SECRETS = re.compile(r"secret|credential|password|env-file")


@dataclass(frozen=True)
class Marker:
    """What a request (or the issue) is about: the group, the base, the part of the repository, and its findings.

    `findings` are fingerprints, `rules` what they are of. `declined` are the fingerprints a person said no to.
    `ours` tells that we closed it ourselves.
    """

    group: str
    base: str
    paths: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    ours: bool = False

    def closed(self) -> Marker:
        """The same, closed by us."""
        return replace(self, ours=True)

    def __str__(self) -> str:
        text = json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=True)
        for part, safe in (("--", "\\u002d\\u002d"), ("<", "\\u003c"), (">", "\\u003e")):  # they could end the comment
            text = text.replace(part, safe)
        return f"<!-- autofix:{VERSION} {text} -->"


def read(body: str) -> Marker | None:
    """The marker of a body, or None where there is none that can be read."""
    found = MARK.search(body)
    if found is None or int(found["version"]) != VERSION:
        return None
    try:
        return _marker(json.loads(found["json"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def fingerprint(rule: str, match: Match[Node, Any]) -> str:
    """What stays the same while the finding does: its key and the text of its node, blanks aside.

    Of a finding about a secret only the key counts: a short secret could be guessed from its hash.
    """
    node = match.node
    text = "" if SECRETS.search(rule) else " ".join(mask(node.text).split())
    return hashlib.sha256(repr((rule, node.path, node.anchor, text)).encode()).hexdigest()[:16]


def _marker(values: Mapping[str, Any]) -> Marker:
    lists = {name: tuple(map(str, values.get(name, ()))) for name in ("paths", "rules", "findings", "declined")}
    return Marker(str(values["group"]), str(values["base"]), ours=bool(values.get("ours")), **lists)
