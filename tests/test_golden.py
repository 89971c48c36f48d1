"""Is every golden case what its author says it is?"""

from __future__ import annotations

import pytest

from tests import golden


@pytest.mark.parametrize("case", golden.cases(), ids=lambda case: case.name)
def test_case(case: golden.Case) -> None:
    assert golden.check(case) == []
