"""Is a credential told from everything that only looks like one?"""

from __future__ import annotations

import base64
import json

import pytest

from autofix.surfaces.chance import drawn, made_with_care, thought_up
from autofix.surfaces.secrets import judge, kebab, snake
from autofix.surfaces.vendors import issued

WORDS = "Velv3tHarb0rTh1stle42MeadowQu1etLant3rnB0atRid3rM0ssyBridg3K1teW1ndC0balt"  # nobody issued it
HEX = "c0ffee5badcafe0ddba11f00d5eed1e5"


def word(length: int) -> str:
    return (WORDS * 2)[:length]


# Put together here, so that no scanner takes this file for a leak.
ISSUED = {
    "an AWS access key": "AKI" + "A" + word(16).upper(),
    "a Stripe key": "sk_" + "live_" + word(24),
    "a Stripe webhook secret": "whs" + "ec_" + word(32),
    "a Razorpay key": "rzp_" + "live_" + word(14),
    "a GitHub token": "gh" + "p_" + word(36),
    "a GitLab token": "glp" + "at-" + word(20),
    "a Slack token": "xox" + "b-31337-" + word(24),
    "a Google API key": "AI" + "za" + word(35),
    "a Google client secret": "GOC" + "SPX-" + word(28),
    "an OpenAI key": "sk-" + "proj-" + word(48),
    "an Anthropic key": "sk-" + "ant-" + word(48),
    "a SendGrid key": "S" + "G." + word(22) + "." + word(43),
    "a Twilio key": "S" + "K" + HEX,
    "a Mailgun key": "ke" + "y-" + HEX,
    "a Mailchimp key": HEX + "-u" + "s7",
    "an npm token": "np" + "m_" + word(36),
    "a PyPI token": "py" + "pi-" + word(60),
    "a Docker token": "dckr_" + "pat_" + word(27),
    "a DigitalOcean token": "dop_" + "v1_" + HEX + HEX[::-1],
    "a Hugging Face token": "h" + "f_" + word(34),
    "a Shopify token": "shp" + "at_" + HEX,
    "a Telegram bot token": "3133731337" + ":A" + "A" + word(33),
    "a Resend key": "r" + "e_" + word(8) + "_" + word(24),
    "a Supabase key": "sb_" + "secret_" + word(24),
    "a Vault token": "hv" + "s." + word(24),
    "a Slack webhook": "https://hooks.slack.com" + "/services/T0VELVET0/B0HARBOR0/" + word(24),
}


@pytest.mark.parametrize(("what", "value"), ISSUED.items(), ids=ISSUED)
def test_a_token_is_known_under_any_name(what: str, value: str) -> None:
    found = issued(value)
    assert found
    assert found[0] == what
    secret = judge("ANYTHING", value)
    assert secret
    assert secret.what == what
    assert secret.sure


@pytest.mark.parametrize(
    "value", ["x" * 24, "12345678901234567890", "yourTokenComesRightHere00", "abcdefghijklmnopqrstuvwx"]
)
def test_a_form_filled_with_nothing_is_none(value: str) -> None:
    assert judge("STRIPE_SECRET_KEY", "sk_" + "test_" + value) is None
    assert judge("GITHUB_TOKEN", "gh" + "p_" + (value * 2)[:36]) is None


def jwt(claims: dict[str, str]) -> str:
    said = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{said}.{word(43)}"


@pytest.mark.parametrize(
    ("key", "claims", "secret"),
    [
        ("SERVICE_ROLE_KEY", {"role": "service_role", "iss": "velvet"}, True),
        ("SERVICE_ROLE_KEY", {"role": "service_role", "iss": "supabase-demo"}, False),
        ("API_JWT", {"role": "anon"}, False),
        ("SUPABASE_ANON_KEY", {"role": "whoever"}, False),
        ("TOKEN", {"sub": "1234567890"}, False),
    ],
)
def test_a_signed_token(key: str, claims: dict[str, str], secret: bool) -> None:  # noqa: FBT001
    assert bool(judge(key, jwt(claims))) is secret


@pytest.mark.parametrize(
    ("value", "pieces"),
    [
        (f"redis://:{word(20)}@cache:6379", [word(20)]),
        (f"mongodb+srv://shop:{word(20)}@c0.velvet.mongodb.net/shop", [word(20), "c0.velvet.mongodb.net"]),
        ("postgres://shop:kX9mp2Vr4qQ@calm.otter.neon.tech/shop", ["kX9mp2Vr4qQ", "calm.otter.neon.tech"]),
        (f"amqp://shop:a@b:{word(20)}@10.0.0.7/", ["a@b:" + word(20)]),
        (f"smtps://shop:{word(20)}@smtp.mailhub.net", [word(20)]),
        (f"jdbc:mysql://db/shop?user=shop&password={word(20)}", [word(20)]),
        (f"Endpoint=sb://velvet.net/;SharedAccessKey={word(43)}=;Entity=q", [word(43) + "="]),
        ("postgres://shop:shop@db/shop", []),
        ("postgres://shop:${PASSWORD}@db/shop", []),
        (f"https://{HEX}@o31337.ingest.sentry.io/31337", []),
        ("https://example.org:8080/path@2", []),
    ],
)
def test_an_address(value: str, pieces: list[str]) -> None:
    secret = judge("DATABASE_URL", value)
    assert [value[part.start : part.end] for part in secret.parts] == pieces if secret else not pieces


@pytest.mark.parametrize(
    "text", [word(16), HEX, "0x" + HEX, "base64:" + word(43) + "=", "60gp0byfz2dvffa45cxl20p1scy9"]
)
def test_drawn(text: str) -> None:
    assert drawn(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", word(15), "SomeRandomString", "local-dev-jwt-secret-with-at-least-32-bytes", "correct-horse-battery-staple-7",
     "deadbeefdeadbeefdeadbeefdeadbeef", "2f1c9a7e-5b3d-4c8f-9e6a-7d0b1c2e3f4a", "0123456789abcdef0123456789abcdef",
     "c2Vuc2UgYW5kIHNlbnNpYmlsaXR5", "with blanks " + word(30), "M1n14dm1nM1n14dm1n", "$2b$10$" + word(50)],
)  # fmt: skip
def test_not_drawn(text: str) -> None:
    assert not drawn(text)


def test_a_person_made_it() -> None:
    assert made_with_care("kX9!mp2Vr")
    assert not made_with_care("Ledger2024!")
    assert not made_with_care("P@ssw0rd!1")
    assert thought_up("P@ssw0rd!1")


def test_names() -> None:
    assert snake("app.secretKey") == "APP_SECRET_KEY"
    assert kebab("RAZORPAY_KEY_SECRET") == "your-razorpay-key-secret"
