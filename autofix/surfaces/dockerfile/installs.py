"""Which calls of a package manager install something, and what?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from autofix.surfaces.dockerfile.commands import Call, Said

NPM = frozenset({"install", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall", "add"})
VERBS: dict[str, frozenset[str]] = {
    "npm": NPM | {"ci", "clean-install", "ic", "install-clean", "isntall-clean"},
    "pnpm": frozenset({"install", "i", "add"}),
    "yarn": frozenset({"install", "add", "workspaces", ""}),
    "bun": frozenset({"install", "i", "add"}),
    "pip": frozenset({"install"}),
    "apt-get": frozenset({"install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"}),
    "apt": frozenset({"install", "reinstall", "upgrade", "dist-upgrade", "full-upgrade", "build-dep"}),
    "apk": frozenset({"add", "upgrade"}),
    "dnf": frozenset({"install", "reinstall", "upgrade", "update", "groupinstall", "localinstall", "builddep"}),
    "uv": frozenset({"sync", "install", "add"}),
}
VERBS["yum"] = VERBS["microdnf"] = VERBS["dnf"]
VALUED: dict[str, frozenset[str]] = {
    "npm": frozenset({"--prefix", "-C", "-w", "--workspace", "--cache", "--registry", "--omit", "--include", "--loglevel",
                      "--userconfig", "--tag", "--install-strategy"}),
    "pnpm": frozenset({"-C", "--dir", "--filter", "-F", "--filter-prod", "--store-dir", "--virtual-store-dir",
                       "--reporter", "--registry", "--loglevel", "--modules-dir", "--network-concurrency"}),
    "yarn": frozenset({"--cwd", "--network-timeout", "--network-concurrency", "--registry", "--modules-folder",
                       "--cache-folder", "--mutex", "--use-yarnrc"}),
    "bun": frozenset({"--cwd", "-c", "--config", "--registry", "--cache-dir", "--filter"}),
    "pip": frozenset({"-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-t",
                      "--target", "--prefix", "--root", "-f", "--find-links", "--timeout", "--retries", "-e",
                      "--editable", "--trusted-host", "--cache-dir", "--platform", "--python", "--src", "--cert",
                      "--upgrade-strategy", "--no-binary", "--only-binary", "--default-timeout", "--log",
                      "--progress-bar", "--config-settings", "--global-option", "--python-version"}),
    "apt-get": frozenset({"-o", "--option", "-t", "--target-release", "--default-release", "-c", "--config-file"}),
    "apk": frozenset({"-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--repositories-file",
                      "--keys-dir", "--cache-dir", "--cache-max-age", "--wait"}),
    "dnf": frozenset({"-c", "--config", "--enablerepo", "--disablerepo", "--repo", "--repoid", "-x", "--exclude",
                      "--installroot", "--releasever", "--setopt", "--forcearch", "-d", "-e", "-R"}),
    "uv": frozenset({"-p", "--python", "--extra", "--group", "--no-group", "--only-group", "--package", "--project",
                     "--directory", "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url",
                     "--extra-index-url", "--index", "--default-index", "-f", "--find-links", "--target", "--prefix",
                     "--link-mode", "--cache-dir", "--with", "--config-file", "--no-install-package", "--color"}),
}  # fmt: skip
VALUED["yum"] = VALUED["microdnf"] = VALUED["dnf"]
VALUED["apt"] = VALUED["apt-get"]
GLOBAL = frozenset({"-g", "--global", "--location=global"})
PIP = re.compile(r"pip[\d.]*")
PYTHON = re.compile(r"python[\d.]*|pypy[\d.]*")
JAVASCRIPT = frozenset({"npm", "pnpm", "yarn", "bun"})


@dataclass(frozen=True)
class Install:
    """A call that installs. `verb` is the word that says so, the program's own where `yarn` stands alone; `names` are
    what it is told to install, none for what a manifest or a requirements file names.
    """

    call: Call = field(repr=False)
    manager: str
    verb: Said
    names: tuple[Said, ...]

    @property
    def does(self) -> str:
        """What the verb says: `ci`, `install`, `add`."""
        return self.verb.value or ""

    @property
    def is_global(self) -> bool:
        """Whether it installs tools for the whole image, not what a project depends on."""
        return bool(GLOBAL.intersection(self.call.said)) or "global" in self.call.said[:1]

    @property
    def of_project(self) -> bool:
        """Whether it installs what a package.json asks for."""
        return self.manager in JAVASCRIPT and not self.names and not self.is_global

    def option(self, *names: str) -> Said | None:
        """The first argument that is one of these options, alone or with its value behind `=`."""
        return next((word for word in self.call.arguments if (word.value or "").partition("=")[0] in names), None)

    def value(self, *names: str) -> str | None:
        """What an option is given, behind `=` or as the next word; None without it."""
        words = self.call.arguments
        for number, word in enumerate(words):
            name, equals, given = (word.value or "").partition("=")
            if name in names:
                following = words[number + 1] if number + 1 < len(words) else None
                return given if equals else following.value if following else None
        return None


def installs(found: Iterable[Call], *managers: str) -> Iterator[Install]:
    """The calls that install something, with one of these managers or with any."""
    for call in found:
        manager, arguments = _manager(call)
        if manager and (not managers or manager in managers):
            install = _install(call, manager, arguments)
            if install:
                yield install


def verb_of(call: Call) -> str:
    """What a package manager is told to do, options before it left out."""
    manager, arguments = _manager(call)
    verb = next(_plain(manager or "", arguments or call.arguments), None)
    return (verb.value or "") if verb else ""


def _manager(call: Call) -> tuple[str | None, tuple[Said, ...]]:
    """The manager a command calls and its arguments: `python -m pip`, `corepack pnpm` and the like as well."""
    name, arguments = call.program, call.arguments
    if name == "corepack" and call.said[:1] and call.said[0].partition("@")[0] in {"pnpm", "yarn", "npm"}:
        return call.said[0].partition("@")[0], arguments[1:]
    if PYTHON.fullmatch(name) and call.said[:2] == ("-m", "pip"):
        return "pip", arguments[2:]
    if PIP.fullmatch(name):
        return "pip", arguments
    if name == "uv" and call.said[:1] in {("pip",), ("tool",)}:
        return name, arguments[1:]
    if name == "yarnpkg":
        return "yarn", arguments
    return (name, arguments) if name in VERBS else (None, ())


def _install(call: Call, manager: str, arguments: tuple[Said, ...]) -> Install | None:
    plain = tuple(_plain(manager, arguments))
    if manager == "yarn" and plain and plain[0].value == "global":
        plain = plain[1:]
    verb = plain[0].value if plain else ""
    if verb is None or verb not in VERBS[manager]:
        return None
    if manager == "yarn" and not plain and call.has("-v", "--version", "--help", "-h"):
        return None
    if verb == "workspaces":
        return None if not any(word.value == "focus" for word in plain) else Install(call, manager, plain[0], ())
    return Install(call, manager, plain[0] if plain else _last_of_program(call), plain[1:])


def _last_of_program(call: Call) -> Said:
    return call.words[1] if call.program == "corepack" else call.words[0]


def _plain(manager: str, arguments: tuple[Said, ...]) -> Iterator[Said]:
    """The words that are neither options nor their values."""
    skip = False
    for word in arguments:
        value = word.text if word.value is None else word.value
        if skip:
            skip = False
        elif value.startswith("-") and len(value) > 1:
            skip = value in VALUED.get(manager, ())
        else:
            yield word
