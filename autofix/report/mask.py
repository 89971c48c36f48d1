"""What in a text must nobody read who may not read the repository?  The values that are known, and whatever has the form of one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

HIDDEN = "***"
SECRET_NAME = re.compile(r"passw(?:or)?d|secret|token|api[_-]?key|private[_-]?key|credential|passphrase", re.IGNORECASE)

FORMS = (
    re.compile(r"(?P<head>-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(
        r"\b(?P<head>gh[pousr]_(?=\w{20})|github_pat_(?=\w{20})|glpat-(?=[\w-]{16})|xox[abprs]-(?=[\w-]{10})|AKIA(?=[0-9A-Z]{16})"
        r"|[sr]k_(?:live|test)_(?=\w{10})|rzp_(?:live|test)_(?=\w{10})|AIza(?=[\w-]{30})|SG\.(?=[\w-]{16,}\.[\w-]{16})"
        r"|npm_(?=\w{30})|eyJ(?=[\w-]{8,}\.[\w-]{8,}\.[\w-]{8}))[\w.-]+"
    ),
    re.compile(
        r"(?P<head>[a-z][a-z0-9+.-]*://[^\s:/@'\"`]*:)[^\s/@$'\"`]+(?=@)", re.IGNORECASE
    ),  # the password of a URL
    re.compile(r"(?P<head>\bBearer\s+)(?!\$|<)[\w.~+/=-]{8,}"),
    re.compile(  # `NAME=value`, `"name": "value"`; words of prose after a colon are none, nor is the name of a rule before it
        rf"(?P<head>(?<![\w/-])[\w-]*(?:{SECRET_NAME.pattern})[\w-]*[\"']?\s*(?:=|:(?=\s*[\"'])|:(?=\s*\S*\d))\s*)"
        r"(?![\"']?(?:your-|YOUR_|changeme|example|<))(?:(?P<quote>[\"'])[^\"'\n]+(?P=quote)|[^\s\"'${}(),;`|]{4,})",
        re.IGNORECASE,
    ),
)


def without(text: str, values: Iterable[str], hidden: str = HIDDEN) -> str:
    """The text with something else in the place of every value, however a format spells it."""
    spelled = {spelling for value in values if value for spelling in _spellings(value)}
    for one in sorted(spelled, key=len, reverse=True):
        text = text.replace(one, hidden)
    return text


def masked(text: str, values: Iterable[str] = (), hidden: str = HIDDEN) -> str:
    """The text without those values and without anything that looks like a secret."""
    text = without(text, values, hidden)
    for form in FORMS:
        text = form.sub(lambda found: _hidden(found, hidden), text)
    return text


def masked_value(name: str, value: str | None) -> str | None:
    """The value of a variable, hidden where its name says what it is."""
    if value is None:
        return None
    return HIDDEN if value and SECRET_NAME.search(name) else masked(value)


def masked_in(value: object) -> object:
    """A JSON value with every text in it masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_in(inner) for key, inner in value.items()}
    return [masked_in(inner) for inner in value] if isinstance(value, list | tuple) else value


def _hidden(found: re.Match[str], hidden: str) -> str:
    quote = found.groupdict().get("quote") or ""
    return f"{found['head']}{quote}{hidden}{quote}"


def _spellings(value: str) -> Iterator[str]:
    yield value
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield value.replace("|", "\\|")
