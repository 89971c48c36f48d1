"""Where among the keys of a service does a new one go, in this file?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.yaml import Mapping

BEHIND = {"restart": ("build", "container_name", "hostname", "image", "init")}


def place(file: ComposeFile, service: ComposeService, key: str) -> tuple[str, str]:
    """Behind which key, or before which, as its siblings have it; behind what it usually follows; neither for the end."""
    own = own_keys(service)
    befores: Counter[str] = Counter()
    afters: Counter[str] = Counter()
    for sibling in file.services:
        keys = own_keys(sibling)
        if key in keys and sibling.name != service.name:
            at = keys.index(key)
            afters.update(name for name in keys[max(at - 1, 0) : at] if name in own)
            befores.update(name for name in keys[at + 1 : at + 2] if name in own)
    if afters:
        return max(afters, key=lambda name: (afters[name], own.index(name))), ""
    if befores:
        return "", max(befores, key=lambda name: (befores[name], -own.index(name)))
    return _usual(own, BEHIND.get(key, ())), ""


def own_keys(service: ComposeService) -> list[str]:
    """The keys that are written in the service itself."""
    return [entry.key.value for entry in service.at.value.entries] if isinstance(service.at.value, Mapping) else []


def _usual(own: Sequence[str], wanted: Sequence[str]) -> str:
    """The last of some usual neighbours that is there."""
    return max((name for name in wanted if name in own), key=own.index, default="")
