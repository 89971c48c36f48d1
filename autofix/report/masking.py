"""What in a text must nobody read who may not read the repository?"""

from __future__ import annotations

import re

HIDDEN = "***"
SECRET_NAME = re.compile(r"PASSW(?:OR)?D|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL|PASSPHRASE", re.IGNORECASE)
KEYS = re.compile(
    r"""(?P<head>
        \b[a-z][a-z0-9+.-]*://[^\s:/@'"`]*:(?=[^\s/@'"`]+@)                                  # the password of a URL
      | \b\w*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|PASSPHRASE)\w*=['"]?       # NAME=value
      | \bBearer\s+
      | \b(?:rzp|sk|rk)_(?:test|live)_ | \bgh[pousr]_ | \bxox[abposr]- | \bAKIA | \bAIza | \bSG\.
      | \beyJ(?=[\w-]+\.[\w-]+\.)
    )
    (?P<secret>(?!\$|<|your-|YOUR_|changeme|example)[^\s/@'"`,;|)]{4,})""",
    re.VERBOSE,
)
PEM = re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


def masked(text: str) -> str:
    """The text with every value that looks like a secret hidden."""
    return PEM.sub(rf"\1{HIDDEN}\2", KEYS.sub(lambda match: match["head"] + HIDDEN, text))


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
