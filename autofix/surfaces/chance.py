"""Did somebody think of a value, or did a machine throw dice for it?"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from hashlib import sha256
from itertools import pairwise
from math import log2

WORDS = re.compile(
    r"change|replace|example|sample|dummy|fake|mock|place.?holder|your|insert|enter|generat|fill|todo|secret|pass"
    r"|admin|root|user|test|guest|default|demo|local|develop|stag(?:e|ing)|prod(?:uction)?(?![a-z])|qwerty|letmein|welcome"
    r"|foobar|token|api.?key|here|must|please|random|string|value|none|null|undefined|minio|postgres|mysql|redis|mongo"
    r"|rabbit|docker|laravel|django|strong|secure|hello|world|public|private|database|access.?key|redacted|hidden|masked"
)
REPEATED = re.compile(r"(.)\1{3,}|(..)\2{3,}|(...)\3{2,}")
LEET = str.maketrans("013457@$", "oleastas")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
HASHED = re.compile(r"\$(?:2[abxy]|argon2\w*|[156]|apr1|scrypt|pbkdf2[\w-]*)\$|\{S?SHA\d*\}|sha(?:256|384|512)[-:]")
HEX = re.compile(r"(?:0x)?(?:[0-9a-f]+|[0-9A-F]+)")
TOKEN = re.compile(r"[\w+/=.~!@#%^&*?:;,|$()-]+")
SEPARATORS = re.compile(r"[\s_.:/-]+")
# Published as examples or for tests by Stripe, Google, Microsoft and others. Only their hashes: scanners know the values.
EXAMPLES = frozenset(
    {
        "0011cc25eb432071",
        "03b970ed8171d73b",
        "153a182586451358",
        "1a5d44a2dca19669",
        "2cafc0970149a84f",
        "60a09e4357868c1e",
        "74e11884b07b1d51",
        "78314b11be2e5815",
        "aa6547439583c3a2",
        "bc1a50966c9e6486",
        "eaa6a9190faf5587",
        "ed967197261c16a9",
        "f2d6ca16515033e5",
        "f5e95c9954635b65",
    }
)
SHORTEST = 8
LONG = 16


def thought_up(text: str) -> bool:
    """Whether a value is a placeholder, a default, or one that everybody knows."""
    lowered = text.lower()
    if UUID.fullmatch(text) or HASHED.match(text) or published(text):
        return True
    if WORDS.search(lowered) or WORDS.search(lowered.translate(LEET)) or REPEATED.search(text):
        return True
    return _counted(text) or any(mark in text for mark in ("...", "…", "<", "[", "{", "***"))


def published(text: str) -> bool:
    """Whether a manual or an emulator shows this very value."""
    return sha256(text.encode()).hexdigest()[:16] in EXAMPLES


def drawn(text: str) -> bool:
    """Whether a value looks drawn by a machine: long, mixed, no words."""
    bare = text.removeprefix("base64:").rstrip("=")
    if len(bare) < LONG or not TOKEN.fullmatch(text) or thought_up(bare) or _says_words(text):
        return False
    if HEX.fullmatch(bare):
        return len(bare) >= LONG and len(set(bare.lower())) >= 8
    solid = SEPARATORS.sub("", bare)
    return _entropy(bare) > 3.2 and _changes(solid) >= max(4, len(solid) * 0.22) and _entropy(solid) > 3.0


def made_with_care(text: str) -> bool:
    """Whether a shorter value is what a person takes for a good password."""
    if len(text) < SHORTEST or not TOKEN.fullmatch(text) or thought_up(text):
        return False
    return _changes(text) >= max(4, len(text) * 0.35) and len({_class(char) for char in text}) >= 3


def _entropy(text: str) -> float:
    """Bits a character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * log2(count / len(text)) for count in counts) if text else 0.0


def _changes(text: str) -> int:
    """How often letters of one case, of the other, digits and signs follow each other."""
    return sum(_class(one) is not _class(other) for one, other in pairwise(text))


def _class(char: str) -> str:
    return "lower" if char.islower() else "upper" if char.isupper() else "digit" if char.isdigit() else "sign"


def _counted(text: str) -> bool:
    """Whether it counts through letters or digits (`12345`, `abcdef`)."""
    run = 1
    for one, other in pairwise(text.lower()):
        run = run + 1 if ord(other) - ord(one) == 1 or one + other == "90" else 1
        if run >= 5:
            return True
    return False


def _says_words(text: str) -> bool:
    """Whether it only spells a sentence in base64."""
    bare = text.removeprefix("base64:")
    try:
        said = base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_" if re.search("[-_]", bare) else None)
    except (binascii.Error, ValueError):
        return False
    return said.isascii() and said.decode("ascii").isprintable()
