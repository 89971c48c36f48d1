"""Is a route told from a pattern, and quickly?"""

from __future__ import annotations

import time

import pytest

from autofix.surfaces.asking import LITERAL


@pytest.mark.parametrize("path", ["/", "/health", "/api/v1/health", "/health/", "/.well-known/live", "/a-b/c_d~e"])
def test_a_route_that_can_be_asked_as_it_is(path: str) -> None:
    assert LITERAL.fullmatch(path)


@pytest.mark.parametrize("path", ["", "health", "//", "/users/:id", "/files/*", "/{name}", "/a//b"])
def test_a_pattern_is_no_route(path: str) -> None:
    assert not LITERAL.fullmatch(path)


def test_a_long_path_with_a_parameter_takes_no_time() -> None:
    """Two ways to read a word make this take longer than a person lives."""
    began = time.process_time()
    assert not LITERAL.fullmatch("/environments/integrations-of-the-environment/:id")
    assert time.process_time() - began < 1
