"""Does an install find what its lock file was written with?  Without it, a manager that keeps to the lock stops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autofix.node import Evidence
from autofix.project import LockFile, Project
from autofix.surfaces.dockerfile.document import Stage
from autofix.surfaces.dockerfile.installs import Install
from autofix.surfaces.dockerfile.layout import Installing

LEGACY_PEERS = re.compile(r"^\s*legacy-peer-deps\s*=\s*true", re.MULTILINE)
LEGACY_PEERS_SET = frozenset({"npm_config_legacy_peer_deps", "NPM_CONFIG_LEGACY_PEER_DEPS"})
WORKSPACE = "pnpm-workspace.yaml"
PNPMFILE = ".pnpmfile.cjs"
NOT_DEFAULT = re.compile(
    r"^ {2}(?:autoInstallPeers: false|excludeLinksFromLockfile: true|injectWorkspacePackages: true)", re.MULTILINE
)
SHARED_KEYS = (
    "overrides",
    "patchedDependencies",
    "catalogs",
    "packageExtensionsChecksum",
    "ignoredOptionalDependencies",
)
SAID_AS = {"catalogs": "catalog", "packageExtensionsChecksum": "packageExtensions"}


def missing(
    project: Project, lineage: Sequence[Stage], install: Install, found: Installing, lock: LockFile
) -> Evidence | None:
    """What the lock was written with and the install does without."""
    if install.manager == "npm":
        return _peers(project, lineage, install, found, lock)
    if install.manager == "pnpm":
        return next(_settings(project, found, lock), None)
    return _members(project, found) if install.manager == "bun" else None


def _peers(
    project: Project, lineage: Sequence[Stage], install: Install, found: Installing, lock: LockFile
) -> Evidence | None:
    if not lock.peerless or install.call.has("--legacy-peer-deps", "--force"):
        return None
    names = {name for stage in lineage for one in stage.of("ENV") for name, _, _ in one.pairs}
    settings = [project.sources[path].text for path in found.there.values() if path.endswith(".npmrc")]
    if names & LEGACY_PEERS_SET or any(map(LEGACY_PEERS.search, settings)):
        return None
    return Evidence("the lock file was written without the peers that packages ask for", lock.path)


def _settings(project: Project, found: Installing, lock: LockFile) -> Iterator[Evidence]:
    """What pnpm compares with the lock before it installs, and reads from files beside the manifest."""
    text = project.sources[lock.path].text.replace("\r\n", "\n") if lock.path in project.sources else ""
    folder = lock.path.rpartition("/")[0]
    beside = f"{folder}/{WORKSPACE}" if folder else WORKSPACE
    workspace = project.sources.get(beside)
    if workspace and not found.reaches(WORKSPACE):
        for key in SHARED_KEYS:
            if f"\n{key}:" in text and SAID_AS.get(key, key) in workspace.text:
                yield Evidence(f"the file that says the {SAID_AS.get(key, key)} of the lock file is not copied", beside)
    if NOT_DEFAULT.search(text.partition("\nimporters:")[0]) and not (
        found.reaches(".npmrc") or found.reaches(WORKSPACE)
    ):
        yield Evidence("the lock file was written with settings that are not copied", lock.path)
    if "\npnpmfileChecksum:" in text and not found.reaches(PNPMFILE):
        yield Evidence(f"{PNPMFILE} is not copied before the install", lock.path)


def shares_settings(project: Project, lock: LockFile) -> bool:
    """Whether a lock of pnpm holds settings, which each major writes and compares in its own way."""
    text = project.sources[lock.path].text.replace("\r\n", "\n") if lock.path in project.sources else ""
    return any(f"\n{key}:" in text for key in SHARED_KEYS)


def _members(project: Project, found: Installing) -> Evidence | None:
    """A package of the workspace that is not there, without which bun would write another lock."""
    there = set(found.there.values())
    root = project.packages.get(found.package.root) or found.package
    for member in root.members:
        path = f"{member}/package.json".lstrip("/")
        if path not in there:
            return Evidence("a manifest of the workspace is not copied before the install", path)
    return None
