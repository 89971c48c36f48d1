"""Is a value a credential, and which part of it has to go?"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.surfaces.chance import drawn, made_with_care, published, thought_up
from autofix.surfaces.vendors import PUBLISHABLE, SHAREABLE, issued

CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NAMES = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|API_?KEY|CREDENTIAL|PRIVATE_?KEY|(?:ENCRYPTION|SIGNING|ACCESS|MASTER|SECURITY)_?KEY"
    r"|(?:^|_)(?:PASS|PWD|PW|SALT|PEPPER|HMAC)(?:$|_|\d)|[A-Z]PASS$|[A-Z]PWD$"
)
VAGUE = re.compile(r"(?:^|_)(?:KEY|AUTH|COOKIE)_?\d*$")
PASSWORD = re.compile(r"PASS|PWD|(?:^|_)PW(?:$|_)")
ASIDE = re.compile(
    r"_(?:IDS?|NAME|UR[LI]S?|HOST|PORT|FILE|PATH|DIR|TTL|EXP\w*|LIFETIME|DURATION|AGE|TIMEOUT|LENGTH|SIZE|LIMIT|COUNT|PREFIX"
    r"|SUFFIX|HEADER|TYPE|ALG\w*|ISSUER|AUDIENCE|ENDPOINT|VERSION|ENABLED|REQUIRED|FORMAT|ARN|HASH|EMAIL|USER|USERNAME"
    r"|REGION|INTERVAL|ROUNDS|POLICY|DOMAIN|FINGERPRINT|FIELD|COLUMN|STRATEGY|MODE|PROVIDER|SCOPES?|REALM|CLAIM|METHOD"
    r"|DIGEST|CHECKSUM)$|(?:^|_)(?:SHA\d*|MD5|BCRYPT|HASH(?:ED)?)(?:_|$)"
)
SHOWN = re.compile(
    r"^(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|GATSBY|EXPO_PUBLIC|VUE_APP|STORYBOOK|PUBLIC|NG_APP|NX_PUBLIC|SNOWPACK_PUBLIC)_"
    r"|PUBLISHABLE|(?:^|_)(?:PUBLIC|ANON|SITE_?KEY|PUBKEY|FIREBASE|CERT\w*|SEARCH_KEY|CLIENT_KEY|WRITE_KEY)(?:$|_)"
)
REFERENCE = re.compile(
    r"\$\{|\$\(|^\$\w|^%\w+%$|^(?:encrypted:|ENC\[|vault:|op://|arn:|ssm:|secretsmanager:|projects/|file:|akv:|gcp:|awssm:)"
    r"|^(?:\.{0,2}|~)/[\w./-]+$"
)
PEM = re.compile(r"-----BEGIN (?P<kind>[A-Z ]*PRIVATE KEY)(?: BLOCK)?-----(?P<body>.*?)(?P<end>-----END|\Z)", re.DOTALL)
JWT = re.compile(r"(?<![\w.-])eyJ[\w-]{8,}\.(?P<claims>eyJ[\w-]{8,})\.(?P<signature>[\w-]{16,})(?![\w.-])")
URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<user>[^\s:@/?#]*):(?P<password>[^\s/\"']+)@(?P<host>[^\s:@/?#,\"']+)(?P<rest>[^\s\"']*)"
)
FIELD = re.compile(
    r"(?:(?<=[?&;])|^)(?P<name>api[-_]?key|access[-_]?key|key|token|access[-_]?token|secret|password|passwd|pwd|pass|accountkey"
    r"|sharedaccesskey|sig)=(?P<password>[^\s&;\"']+)",
    re.IGNORECASE,
)
STORES = re.compile(
    r"(?:jdbc:)?(?:postgres\w*|mysql\w*|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|cockroachdb|clickhouse\w*"
    r"|kafka|nats|tls|libsql|couchdb|neo4j|bolt|elastic\w*|cassandra|ldaps?)(?:\+\w+)?"
)
MANAGED = re.compile(
    r"(?:^|\.)(?:upstash\.io|supabase\.(?:co|com)|neon\.tech|mongodb\.net|(?:rds|cache|mq|es|docdb)[\w.-]*\.amazonaws\.com"
    r"|redis-cloud\.com|redislabs\.com|aivencloud\.com|cloudamqp\.com|rlwy\.net|railway\.app|render\.com|psdb\.cloud"
    r"|ondigitalocean\.com|azure\.(?:com|net)|windows\.net|elephantsql\.com|confluent\.cloud|elastic-cloud\.com|found\.io"
    r"|cockroachlabs\.cloud|planetscale\.com|turso\.io|compose\.com|scalegrid\.io|clever-cloud\.com|xata\.sh|timescale\.com)$"
)
AT_HOME = re.compile(
    r"localhost|[\w-]+|(?:\d{1,3}\.){3}\d{1,3}|\[.*|.*\.(?:local|localhost|internal|test|invalid|example|lan|svc|home)"
    r"|(?:.*\.)?example\.(?:com|org|net)|.*\$.*|.*(?:YOUR|your)[-_.].*|.*[<{].*"
)


@dataclass(frozen=True)
class Part:
    """A piece of a value. `role` is `value` for all of it, else `password`, `host`, or the name of a field."""

    start: int
    end: int
    role: str


@dataclass(frozen=True)
class Secret:
    """What was recognised, and the pieces that give it away. `sure` when nobody makes such a value up."""

    what: str
    parts: tuple[Part, ...]
    sure: bool = True


def judge(key: str, value: str) -> Secret | None:
    """The credential a variable holds, as it is written; None for placeholders, references and what is public anyway."""
    name = snake(key)
    if "-----BEGIN" in value:
        return _pem(value)
    if JWT.search(value):
        return _jwt(name, value)
    if issued(value):
        return _issued(name, value)
    return _in_url(value) or _fields(value) or _bare(name, value)


def snake(key: str) -> str:
    """A name in upper snake case: `app.secretKey` is `APP_SECRET_KEY`."""
    return re.sub(r"\W+", "_", CAMEL.sub("_", key)).strip("_").upper()


def kebab(key: str) -> str:
    """The placeholder of a whole value: `your-redis-password`."""
    return "your-" + snake(key).replace("_", "-").lower()


def _pem(value: str) -> Secret | None:
    found = PEM.search(value)
    if found is None:
        return None
    body = re.sub(r"\\[rn]|\s", "", found["body"])
    whole = not found["end"] or len(body) > 60
    if not whole or "..." in body or re.search(r"(?i)your|xxxx|example|<", body) or REFERENCE.search(found["body"]):
        return None
    return Secret("a private key", (Part(0, len(value), "value"),))


def _jwt(name: str, value: str) -> Secret | None:
    found = JWT.search(value)
    if found is None or SHOWN.search(name):
        return None
    claims = _claims(found["claims"])
    public = claims.get("role") == "anon" or claims.get("iss") == "supabase-demo" or claims.get("sub") == "1234567890"
    if public or thought_up(found["signature"]):
        return None
    return Secret("a signed token", (_part(found.span(), value),))


def _claims(written: str) -> dict[str, object]:
    try:
        said = json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _issued(name: str, value: str) -> Secret | None:
    found = issued(value)
    if found is None or PUBLISHABLE.match(value):
        return None
    what, match, body = found
    if thought_up(body) or published(match.group()) or (what in SHAREABLE and SHOWN.search(name)):
        return None
    return Secret(what, (_part(match.span(), value),))


def _part(span: tuple[int, int], value: str) -> Part:
    return Part(*span, "value" if span == (0, len(value)) else "token")


def _in_url(value: str) -> Secret | None:
    """The passwords of addresses, and with them the hosts that belong to one customer."""
    parts: list[Part] = []
    sure = True
    for found in URL.finditer(value):
        password = found["password"]
        if REFERENCE.search(password) or password == found["user"] or "sentry" in found["host"]:
            continue
        certain = drawn(password) or (bool(MANAGED.search(found["host"])) and made_with_care(password))
        if not certain and not made_with_care(password):
            continue
        sure = sure and certain
        parts.append(Part(*found.span("password"), "password"))
        parts += _hosts(found)
    return Secret("an address with a password", tuple(parts), sure) if parts else None


def _hosts(found: re.Match[str]) -> Iterator[Part]:
    if STORES.fullmatch(found["scheme"]) and not AT_HOME.fullmatch(found["host"]):
        yield Part(*found.span("host"), "host")


def _fields(value: str) -> Secret | None:
    """`password=` in an address or a connection string."""
    if "://" not in value and ";" not in value:
        return None
    parts, sure = [], True
    for found in FIELD.finditer(value):
        password = found["password"]
        if not REFERENCE.search(password) and (drawn(password) or made_with_care(password)):
            sure = sure and drawn(password)
            parts.append(Part(*found.span("password"), snake(found["name"])))
    return Secret("a connection string with a password", tuple(parts), sure) if parts else None


def _bare(name: str, value: str) -> Secret | None:
    """A value that says nothing itself, under a name that does."""
    if (
        ASIDE.search(name)
        or SHOWN.search(name)
        or REFERENCE.search(value)
        or PUBLISHABLE.match(value)
        or "://" in value
    ):
        return None
    named = bool(NAMES.search(name))
    if not named and not VAGUE.search(name):
        return None
    whole = (Part(0, len(value), "value"),)
    if drawn(value):
        return Secret("a random value", whole, named or value.startswith("base64:"))
    if PASSWORD.search(name) and made_with_care(value):
        return Secret("a password", whole, sure=False)
    return None
