"""How long may a service take before its health check gives it up?"""

from __future__ import annotations

import re

from autofix.surfaces.compose.parts import Healthcheck

ENOUGH = 60.0  # seconds a database may need for its first start or after a crash
_INTERVAL = "30s"  # what the engine does where nothing is said
_RETRIES = "3"
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)")


def patience(check: Healthcheck) -> float | None:
    """Seconds until a service that never answers is unhealthy, None where a variable decides."""
    times = [seconds(check.get("start_period") or "0s"), seconds(check.get("interval") or _INTERVAL)]
    retries = check.get("retries") or _RETRIES
    if None in times or not retries.isdecimal():
        return None
    start, interval = (time or 0.0 for time in times)
    return start + interval * (int(retries) or int(_RETRIES))


def seconds(text: str) -> float | None:
    """A duration as compose writes it: `1m30s`, `500ms`; None for anything else."""
    if text == "0":
        return 0.0
    return (
        sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
        if re.fullmatch(rf"(?:{_PART.pattern})+", text)
        else None
    )
