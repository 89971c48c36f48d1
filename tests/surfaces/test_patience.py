"""Is the time a check waits counted as the engine counts it?"""

from __future__ import annotations

import pytest

from autofix.surfaces.compose.document import parse
from autofix.surfaces.compose.patience import patience, seconds
from autofix.text import Source


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", 30), ("1m30s", 90), ("500ms", 0.5), ("1.5h", 5400), ("0", 0), ("10", None), ("${T}", None), ("", None)],
)
def test_durations(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", 90),
        ("interval: 5s, retries: 5", 25),
        ("interval: 5s, retries: 5, start_period: 1m", 85),
        ("retries: 0", 90),
        ("interval: '${INTERVAL:-5s}'", None),
        ("retries: '${RETRIES}'", None),
    ],
)
def test_a_check_waits_for_its_start_and_every_retry(settings: str, expected: float | None) -> None:
    text = f"services:\n  db:\n    healthcheck: {{test: pg_isready, {settings}}}\n"
    (service,) = parse(Source("compose.yaml", text)).services
    assert service.healthcheck
    assert patience(service.healthcheck) == expected
