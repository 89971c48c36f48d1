"""What does a package manager keep of what it downloads, and how is it told not to?

pnpm and bun are not among them: their stores are linked into node_modules, so that a layer holds each file once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autofix.project import Project
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.installs import Install
from autofix.surfaces.dockerfile.layout import installing

OFFLINE = re.compile(r"--(?:prefer-)?offline\b|--cacheonly\b")
NEWER_YARN = re.compile(r"\byarn@(?:[2-9]|berry|stable)|\byarn set version (?!1|classic)")


@dataclass(frozen=True)
class Cache:
    """What the programs of one family share: how a RUN says that it cleans it, the variables that decide about it, what
    names them in a file of settings; the option that avoids it or the command that cleans it.
    """

    programs: frozenset[str]
    cleaned: re.Pattern[str]
    settings: tuple[str, ...] = ()
    configured: re.Pattern[str] | None = None
    option: str = ""
    command: str = ""


CACHES = {
    "apt": Cache(
        frozenset({"apt-get", "apt"}),
        re.compile(r"apt/lists|/var/lib/apt\b|/var/lib/\{|\bdist-?clean\b"),
        command="rm -rf /var/lib/apt/lists/*",
    ),
    "apk": Cache(
        frozenset({"apk"}),
        re.compile(r"/var/cache/apk|\bapk cache\b|/etc/apk/cache|/var/cache/\*"),
        option="--no-cache",
    ),
    "dnf": Cache(
        frozenset({"dnf", "yum", "microdnf"}),
        re.compile(r"\bclean (?:all|packages)\b|/var/cache\b|keepcache|--installroot"),
        command="{program} clean all",
    ),
    "pip": Cache(
        frozenset({"pip"}),
        re.compile(r"\bpip[\d.]* cache\b|\.cache\b|PIP_NO_CACHE_DIR|PIP_CACHE_DIR|pip/cache"),
        ("PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "PIP_CONFIG_FILE"),
        re.compile(
            r"^(?:COPY|ADD)\b.*\bpip\.conf\b|\b(?:config|pip\.conf)\b.*\bno-cache-dir\b|\bno-cache-dir\b.*\bpip\.conf\b",
            re.DOTALL | re.IGNORECASE,
        ),
        option="--no-cache-dir",
    ),
    "uv": Cache(
        frozenset({"uv"}),
        re.compile(r"\buv cache\b|\.cache\b|UV_NO_CACHE|UV_CACHE_DIR"),
        ("UV_NO_CACHE", "UV_CACHE_DIR", "UV_OFFLINE", "XDG_CACHE_HOME"),
        option="--no-cache",
    ),
    "npm": Cache(
        frozenset({"npm"}),
        re.compile(r"\bnpm cache\b|\.npm\b|npm_config_cache|_cacache|NPM_CONFIG_CACHE"),
        ("npm_config_cache", "NPM_CONFIG_CACHE"),
        command="npm cache clean --force",
    ),
    "yarn": Cache(
        frozenset({"yarn"}),
        re.compile(r"\byarn cache\b|\.cache\b|YARN_CACHE_FOLDER|--cache-folder"),
        ("YARN_CACHE_FOLDER", "XDG_CACHE_HOME"),
        command="yarn cache clean",
    ),
}


def is_decided(lineage: Sequence[Stage], run: Instruction, cache: Cache) -> bool:
    """Whether a variable of the image or a file of settings decides where the cache is, or that there is none."""
    earlier = [
        one for stage in lineage for one in stage.instructions if one.stage != run.stage or one.first < run.first
    ]
    if any(name in cache.settings for one in earlier for name, _, _ in one.pairs if one.keyword in {"ENV", "ARG"}):
        return True
    pattern = cache.configured
    return pattern is not None and any(pattern.search(one.text) for one in earlier if one.keyword != "FROM")


def goes_on_offline(lineage: Sequence[Stage], run: Instruction) -> bool:
    """Whether something later works with what is in the cache, and nothing else."""
    later = (
        one for one in lineage[0].of("RUN", "CMD", "ENTRYPOINT") if one.stage != run.stage or one.first > run.first
    )
    return any(OFFLINE.search(words_of(one)) for one in later)


def is_classic_yarn(project: Project, file: Dockerfile, stage: Stage, one: Install) -> bool:
    """Whether an install is known to be made by the first yarn: a newer one may load programs from its cache."""
    if one.is_global:
        return True
    if any(NEWER_YARN.search(words_of(run)) for line in file.lineage(stage) for run in line.of("RUN")):
        return False
    found = installing(project, file, stage, one)
    lock = found.package.lock("yarn") if found else None
    return lock is not None and not lock.berry
