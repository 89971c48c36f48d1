"""Which values show by their form who issued them?

Written from what the issuers say about their tokens. A form that is handed to browsers is no secret and stands here
only as `PUBLISHABLE`.
"""

from __future__ import annotations

import re
from functools import cache

# What: the marks one of which the value has to hold, and the form; a group is the part that no two tokens share.
_KINDS = {
    "an AWS access key": (("AKIA", "ASIA"), r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    "a Stripe key": (("sk_live_", "sk_test_", "rk_live_", "rk_test_"), r"(?:sk|rk)_(?:live|test)_([A-Za-z0-9]{16,})"),
    "a Stripe webhook secret": (("whsec_",), r"whsec_([A-Za-z0-9+/=]{24,})"),
    "a Razorpay key": (("rzp_",), r"rzp_(?:live|test)_([A-Za-z0-9]{14})"),
    "a GitHub token": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"gh[pousr]_([A-Za-z0-9]{36,})|github_pat_([A-Za-z0-9_]{50,})",
    ),
    "a GitLab token": (("gl",), r"gl(?:pat|dt|rt|soat|ptt)-([\w-]{20,})"),
    "a Slack token": (("xox", "xapp-"), r"xox[abeoprs]-([A-Za-z0-9-]{20,})|xapp-([A-Za-z0-9-]{30,})"),
    "a Google API key": (("AIza",), r"AIza([\w-]{35})"),
    "a Google client secret": (("GOCSPX-",), r"GOCSPX-([\w-]{28})"),
    "an OpenAI key": (("sk-",), r"sk-(?:proj-|svcacct-|admin-)?(?!ant-)([A-Za-z0-9_-]{32,})"),
    "an Anthropic key": (("sk-ant-",), r"sk-ant-([\w-]{32,})"),
    "a SendGrid key": (("SG.",), r"SG\.([\w-]{16,32}\.[\w-]{16,64})"),
    "a Twilio key": (("SK",), r"SK([0-9a-f]{32})"),
    "a Mailgun key": (("key-",), r"key-([0-9a-f]{32})"),
    "a Mailchimp key": (("-us",), r"([0-9a-f]{32})-us[0-9]{1,2}"),
    "an npm token": (("npm_",), r"npm_([A-Za-z0-9]{36})"),
    "a PyPI token": (("pypi-",), r"pypi-([\w-]{50,})"),
    "a Docker token": (("dckr_",), r"dckr_(?:pat|oat)_([\w-]{20,})"),
    "a DigitalOcean token": (("_v1_",), r"do[oprt]_v1_([0-9a-f]{64})"),
    "a Hugging Face token": (("hf_",), r"hf_([A-Za-z0-9]{30,})"),
    "a Shopify token": (("shp",), r"shp(?:at|ca|pa|ss)_([0-9a-fA-F]{32})"),
    "a Square token": (("sq0",), r"sq0(?:atp|csp)-([\w-]{22,})"),
    "a Telegram bot token": ((":AA",), r"[0-9]{8,10}:AA([\w-]{32,34})"),
    "a Resend key": (("re_",), r"re_([A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,})"),
    "a Supabase key": (("sbp_", "sb_secret_"), r"sbp_([0-9a-f]{40})|sb_secret_([\w-]{20,})"),
    "a Grafana token": (("glsa_", "glc_"), r"glsa_([A-Za-z0-9_]{32,})|glc_([A-Za-z0-9+/=]{32,})"),
    "a Vault token": (("hvs.",), r"hvs\.([\w-]{24,})"),
    "a Databricks token": (("dapi",), r"dapi([0-9a-f]{32})"),
    "a New Relic key": (("NRAK-",), r"NRAK-([A-Z0-9]{27})"),
    "a Linear key": (("lin_api_",), r"lin_api_([A-Za-z0-9]{32,})"),
    "a Notion token": (("ntn_",), r"ntn_([A-Za-z0-9]{40,})"),
    "a Sentry token": (("sntry",), r"sntry[su]_([\w=+/-]{40,})"),
    "an age key": (("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1([A-Z0-9]{58})"),
    "a Slack webhook": (
        ("hooks.slack.com",),
        r"https://hooks\.slack\.com/services/(T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{20,})",
    ),
    "a Discord webhook": (
        ("/api/webhooks/",),
        r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[0-9]{17,}/([\w-]{60,})",
    ),
}
SHAREABLE = frozenset({"a Google API key"})  # in a page it is public, on a server it is not
PUBLISHABLE = re.compile(r"pk_(?:test|live)_|pk\.eyJ|phc_|sb_publishable_|6L[\w-]{38}$")


def issued(value: str) -> tuple[str, re.Match[str], str] | None:
    """Whose token stands in a value, where, and the part of it that no two tokens share."""
    for what, (marks, form) in _KINDS.items():
        if any(mark in value for mark in marks) and (found := _pattern(form).search(value)):
            return what, found, next((group for group in found.groups() if group), found.group())
    return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{form})(?![\w-])")
