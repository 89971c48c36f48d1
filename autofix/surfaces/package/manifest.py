"""What does a package say about itself?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autofix.node import UnreadableError
from autofix.text import Source

BOM = "\ufeff"


@dataclass(frozen=True)
class Manifest:
    """A package.json. What is not of the type it should be is left out; `repeated` are keys that stand there twice.

    `manager` and `manager_version` are the two halves of `packageManager`, its hash cut off.
    """

    path: str
    name: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    dependencies: Mapping[str, str] = field(default_factory=dict)
    dev_dependencies: Mapping[str, str] = field(default_factory=dict)
    optional_dependencies: Mapping[str, str] = field(default_factory=dict)
    package_manager: str = ""
    engines: Mapping[str, str] = field(default_factory=dict)
    workspaces: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()

    @property
    def manager(self) -> str:
        """`pnpm` of `pnpm@9.1.0+sha512.x`."""
        return self.package_manager.partition("@")[0]

    @property
    def manager_version(self) -> str:
        """`9.1.0` of `pnpm@9.1.0+sha512.x`."""
        return self.package_manager.partition("@")[2].partition("+")[0]

    def depends_on(self, name: str) -> bool:
        """Whether the package is there at run time."""
        return name in self.dependencies or name in self.optional_dependencies


@dataclass(frozen=True)
class Workspace:
    """A pnpm-workspace.yaml: the patterns of its packages, those that leave out with their `!`."""

    path: str
    packages: tuple[str, ...] = ()


def manifest(source: Source) -> Manifest:
    """The facts of a package.json. Raises UnreadableError when it is no JSON object."""
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        repeated.extend(sorted({name for name in names if names.count(name) > 1}))
        return dict(pairs)  # the last one counts, as in JavaScript

    try:
        data = json.loads(source.text.removeprefix(BOM), object_pairs_hook=collect)
    except json.JSONDecodeError as error:
        raise UnreadableError("not JSON", error.pos + source.text.startswith(BOM)) from None
    except RecursionError:
        raise UnreadableError("not JSON") from None
    if not isinstance(data, dict):
        raise UnreadableError("not a JSON object")
    return Manifest(
        source.path,
        name=_text(data.get("name")),
        scripts=_texts(data.get("scripts")),
        dependencies=_texts(data.get("dependencies")),
        dev_dependencies=_texts(data.get("devDependencies")),
        optional_dependencies=_texts(data.get("optionalDependencies")),
        package_manager=_text(data.get("packageManager")),
        engines=_texts(data.get("engines")),
        workspaces=_workspaces(data.get("workspaces")),
        repeated=tuple(repeated),
    )


def workspace(source: Source) -> Workspace:
    """The facts of a pnpm-workspace.yaml. Raises UnreadableError when it is no YAML."""
    from autofix.surfaces import yaml

    found = yaml.parse(source).locate("packages")
    items = found.items() if found is not None else ()
    return Workspace(source.path, tuple(text for item in items if (text := item.text) is not None))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {name: text for name, text in pairs if isinstance(text, str)}


def _workspaces(value: object) -> tuple[str, ...]:
    """A list, or yarn's object that holds one."""
    if isinstance(value, Mapping):
        value = value.get("packages")
    if not isinstance(value, Sequence) or isinstance(value, str):
        return ()
    return tuple(one for one in value if isinstance(one, str))
