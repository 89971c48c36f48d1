"""What should wait until the findings are gone?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.project import Project
from autofix.report.told import Status, Told

# What auditors advise against while the basics are open, and the words by which a repository shows that it has it.
TOPICS = {
    "Kubernetes": r"(?m)^apiVersion:",
    "A service mesh": r"\b(?:istio|linkerd|consul-connect)\b",
    "Distributed tracing": r"\b(?:opentelemetry|jaeger|zipkin|@opentelemetry)\b",
    "An APM agent": r"\b(?:newrelic|new-relic|dd-trace|ddtrace|elastic-apm(?:-node)?|@sentry/[\w-]+|sentry-sdk|sentry_sdk)\b",
    "Blue-green deployments": r"\bblue[-_ ]?green\b",
    "Circuit breakers": r"\b(?:opossum|pybreaker|resilience4j|hystrix|circuit[-_ ]?breaker)\b",
}


@dataclass(frozen=True)
class Wait:
    """Something to leave alone for now, and why."""

    what: str
    why: str


def waits(project: Project, told: Sequence[Told]) -> Iterator[Wait]:
    """Fixes a person has to look at first, by rule; and, while something blocks, what the repository does not have."""
    looked = [one for one in told if one.status is Status.RECOMMENDED and one.reason]
    for rule in dict.fromkeys(one.rule for one in looked):
        here = [one for one in looked if one.rule == rule]
        why = "; ".join(dict.fromkeys(one.reason for one in here))
        places = ", ".join(one.where for one in here[:3]) + (f" and {len(here) - 3} more" if len(here) > 3 else "")
        yield Wait(f"Do not apply the fix of {rule} unseen ({places})", why)
    blocking = sum(one.blocks_deployment for one in told)
    for topic, words in TOPICS.items() if blocking else ():
        if not any(re.search(words, source.text, re.IGNORECASE) for source in project.sources.values()):
            yield Wait(
                f"{topic}: not yet",
                f"nothing here uses it, and {blocking} finding{'s' if blocking > 1 else ''} block deployment",
            )
