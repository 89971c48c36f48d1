"""What is a rule of the tests made of?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autofix.rule import Call


@dataclass(frozen=True)
class Toy(Call):
    """A call that is a function of the tests."""

    made: Callable[..., Any] = field(default=lambda: None)

    def function(self) -> Callable[..., Any]:
        """The function."""
        return self.made
