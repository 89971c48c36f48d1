"""How does the wheel get its index of rules?  It is written anew from the YAML when the wheel is built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RuleIndexHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes `rules/index.json` before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called by hatchling with the target's version and the data of the build."""
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from autofix.catalogue import write_index

        write_index(root / "rules")
