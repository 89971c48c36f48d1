"""Does a lock file say the same as the manifests it was written for?

A manager that is told to keep to its lock stops where it does not. Only what the manager itself compares counts: what
the manifests ask for. None where the format does not say it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from autofix.surfaces.package.locks import Lock, lock
from autofix.surfaces.package.manifest import Manifest
from autofix.text import Source

JSON_EXTRAS = re.compile(r'(?P<string>"(?:\\.|[^"\\])*")|,(?=\s*[}\]])|//[^\n]*')
SECTIONS = ("dependencies", "devDependencies", "optionalDependencies")
HERE = re.compile(r"(?:file|link|workspace|portal|patch|git|github|https?|ssh)[:+]|^\.{0,2}/|^[\w.-]+/[\w.-]+(?:#|$)")
YARN_KEY = re.compile(r"^(?! |#|__metadata)(?P<keys>\S.*):$", re.MULTILINE)
YARN_NEED = re.compile(r'^ {4}"?(?P<name>[^\s"]+)"? "?(?P<wanted>[^"\n]*)"?$', re.MULTILINE)
PNPM_LINE = re.compile(r"^(?P<indent> *)(?P<key>'[^']*'|\"[^\"]*\"|[^\s:'\"][^:]*):(?: +(?P<value>.*))?$")


def agrees(source: Source, manifests: Mapping[str, Manifest]) -> bool | None:
    """Whether the lock agrees with the manifest of its own folder, and of its workspaces by their folder seen from it."""
    found = lock(source)
    if found is None or "" not in manifests:
        return None
    text = source.text.replace("\r\n", "\n")
    if found.manager == "npm":
        return _npm(text, manifests)
    if found.manager == "bun":
        return _bun(text, manifests)
    if found.manager == "pnpm":
        return _pnpm(text, manifests)
    return _yarn(text, found, manifests) if found.manager == "yarn" else None


def _asked(manifest: Manifest) -> dict[str, dict[str, str]]:
    """What a manifest asks for, by section; an optional dependency is no other one."""
    optional = dict(manifest.optional_dependencies)
    plain = {name: wanted for name, wanted in manifest.dependencies.items() if name not in optional}
    return {
        "dependencies": plain,
        "devDependencies": dict(manifest.dev_dependencies),
        "optionalDependencies": optional,
    }


def _npm(text: str, manifests: Mapping[str, Manifest]) -> bool | None:
    packages = _packages(text)
    if packages is None:
        return None  # the first format says what was installed, not what was asked for
    for folder, manifest in manifests.items():
        known = packages.get(folder)
        if not isinstance(known, dict):
            return False
        for section, wanted in _asked(manifest).items():
            if wanted != (known.get(section) or {}):
                return False
            missing = (
                name for name in wanted if section != "optionalDependencies" and not _has(packages, folder, name)
            )
            if next(missing, None):
                return False
    return _is_whole(packages)


def lacks_peers(source: Source) -> bool:
    """Whether an npm lock was written without the peers that packages ask for: `npm ci` misses them then, unless it is
    told not to.
    """
    packages = _packages(source.text.replace("\r\n", "\n")) or {}
    return any(not _found_from(packages, path, name) for path, one in _entries(packages) for name in _peers(one))


@lru_cache(maxsize=4)
def _packages(text: str) -> Mapping[str, Any] | None:
    """What an npm lock says of each folder; it is long, and asked twice in a row."""
    try:
        data: Any = json.loads(text)
    except ValueError:
        return None
    found = data.get("packages") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else None


def _is_whole(packages: Mapping[str, Any]) -> bool:
    """Whether all that packages ask for is there, wherever Node would look for it.

    What is optional counts: npm 11 stops at a lock that only names the packages of the system it was written on.
    """
    return all(
        _found_from(packages, path, name)
        for path, one in _entries(packages)
        for name in {**(one.get("dependencies") or {}), **(one.get("optionalDependencies") or {})}
        if name not in (one.get("bundleDependencies") or ())
    )


def _entries(packages: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What is installed from a registry, without what packages bring along themselves."""
    for path, one in packages.items():
        if "node_modules/" in path and isinstance(one, dict) and not one.get("link") and not one.get("inBundle"):
            yield path, one


def _peers(one: Mapping[str, Any]) -> Iterator[str]:
    meta = one.get("peerDependenciesMeta") or {}
    return (name for name in one.get("peerDependencies") or {} if not (meta.get(name) or {}).get("optional"))


def _found_from(packages: Mapping[str, Any], path: str, name: str) -> bool:
    while path:
        if f"{path}/node_modules/{name}" in packages:
            return True
        path = path.rpartition("/node_modules/")[0] if "/node_modules/" in path else ""
    return f"node_modules/{name}" in packages


def _has(packages: Mapping[str, Any], folder: str, name: str) -> bool:
    return f"node_modules/{name}" in packages or f"{folder}/node_modules/{name}".lstrip("/") in packages


def _bun(text: str, manifests: Mapping[str, Manifest]) -> bool | None:
    """Every member has to be there as well: without one bun writes another lock."""
    try:
        data: Any = json.loads(JSON_EXTRAS.sub(lambda found: found["string"] or "", text))
    except ValueError:
        return None
    known, packages = (data.get("workspaces"), data.get("packages")) if isinstance(data, dict) else (None, None)
    if not isinstance(known, dict) or not isinstance(packages, dict):
        return None
    if known.keys() != manifests.keys():
        return False
    for folder, manifest in manifests.items():
        for section, wanted in _asked(manifest).items():
            if wanted != (known[folder].get(section) or {}) or not packages.keys() >= wanted.keys():
                return False
    return True


def _pnpm(text: str, manifests: Mapping[str, Manifest]) -> bool | None:
    specifiers = dict(_importers(text))
    if not specifiers:
        return None
    for folder, manifest in manifests.items():
        wanted = {name: said for section in _asked(manifest).values() for name, said in section.items()}
        if wanted != specifiers.get(folder or ".", {}):
            return None if "\noverrides:" in text else False
    return True


def _importers(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """What each importer of a pnpm lock asked for; the formats differ in how deep that stands."""
    found: dict[str, dict[str, str]] = {}
    path: list[tuple[int, str]] = []
    for line in text.split("\n"):
        match = PNPM_LINE.match(line)
        if match is None:
            continue
        indent, key, value = len(match["indent"]), match["key"].strip("'\""), (match["value"] or "").strip("'\"")
        path = [one for one in path if one[0] < indent]
        names = [name for _, name in path]
        if not indent and key in {"packages", "snapshots"}:
            break
        importer = names[1] if names[:1] == ["importers"] and len(names) > 1 else "."
        inner = names[2:] if names[:1] == ["importers"] else names
        if (key in SECTIONS or key == "specifiers") and not inner:
            found.setdefault(importer, {})
        if inner == ["specifiers"]:
            found.setdefault(importer, {})[key] = value
        elif key == "specifier" and len(inner) == 2 and inner[0] in SECTIONS:
            found.setdefault(importer, {})[inner[1]] = value
        path.append((indent, key))
    return iter(found.items())


def _yarn(text: str, known: Lock, manifests: Mapping[str, Manifest]) -> bool | None:
    if known.version is None:
        return None
    keys = {
        key.strip().strip('"')
        for match in YARN_KEY.finditer(text)
        for key in match["keys"].strip('"').replace('", "', ", ").split(", ")
    }
    members = {manifest.name for manifest in manifests.values()}
    for manifest in manifests.values():
        for section in _asked(manifest).values():
            for name, wanted in section.items():
                if name in members or HERE.search(wanted):
                    continue
                written = wanted if not known.berry or ":" in wanted else f"npm:{wanted}"
                if f"{name}@{written}" not in keys:
                    return False
    # a lock of the first yarn that only names the packages of the system it was written on is out of date elsewhere
    return known.berry or all(f"{need['name']}@{need['wanted']}" in keys for need in YARN_NEED.finditer(text))
