"""Which packages does the repository consist of, and what do their scripts and tasks run?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join, normpath
from typing import Any

from autofix.node import Evidence, UnreadableError
from autofix.project import Project
from autofix.surfaces.package.manifest import Manifest, manifest
from autofix.surfaces.system.prisma_calls import Call, Generate, call_of, generate_of, shell
from autofix.text import Source, Span

DEEPEST = 6
HOOKS = ("preinstall", "install", "postinstall", "prepare")
NX = re.compile(r"(?:(?P<project>[\w@/.-]+):)?(?P<target>[\w:.-]+)")


@dataclass(frozen=True)
class Running:
    """A call of `prisma generate` that something leads to: in which folder of the repository, and which place says so."""

    generate: Generate
    folder: str
    evidence: Evidence


@dataclass(frozen=True)
class Packages:
    """The packages by their folder, the root being the empty one."""

    project: Project
    known: Mapping[str, Manifest]

    def at(self, folder: str) -> Manifest | None:
        """The package in a folder."""
        return self.known.get(folder)

    def above(self, folder: str) -> Iterator[Manifest]:
        """The package of a folder and those of the folders above, nearest first."""
        while True:
            if folder in self.known:
                yield self.known[folder]
            if not folder:
                return
            folder = dirname(folder)

    def running(self, text: str, folder: str, at: Evidence, depth: int = 0) -> Iterator[Running]:
        """What generates when a command line runs in a folder, package scripts and task runners followed."""
        script = shell(text) if depth < DEEPEST else None
        for command in script.commands if script else ():
            call = call_of(command)
            if found := generate_of(command):
                yield Running(found, self._folder(call, folder), at)
            elif call.manager and call.words and call.verb in {"", "run", "run-script"}:
                yield from self._scripts(call, folder, depth)
            elif call.words and (call.words[0] or "").rpartition("/")[2] == "turbo":
                yield from self._turbo(call, depth)
            elif call.words and (call.words[0] or "").rpartition("/")[2] == "nx":
                yield from self._nx(call, depth)
            elif call.words and call.words[0] in {"dotenv", "cross-env", "env-cmd", "dotenvx"}:
                yield from self._behind(call, folder, at, depth)
            if call.manager and call.words and (call.words[0] or "") in {"turbo", "nx"}:
                inner = Call("", "", call.words)
                yield from self._turbo(inner, depth) if call.words[0] == "turbo" else self._nx(inner, depth)

    def hooks(self, folder: str) -> Iterator[Running]:
        """What generates after an installation in a folder, through the hooks of its package."""
        package = self.known.get(folder)
        for name in HOOKS if package else ():
            if package and name in package.scripts:
                yield from self.running(package.scripts[name], folder, self._place(package, name), 1)

    def _behind(self, call: Call, folder: str, at: Evidence, depth: int) -> Iterator[Running]:
        """What `dotenv -e .env -- …` and `cross-env A=b …` run."""
        words = [word or "''" for word in call.words]
        rest = words[words.index("--") + 1 :] if "--" in words else [one for one in words[1:] if "=" not in one]
        yield from self.running(" ".join(rest), folder, at, depth + 1)

    def _scripts(self, call: Call, folder: str, depth: int) -> Iterator[Running]:
        name = call.words[0] or ""
        for where in self._folders(call, folder):
            package = self.known[where]
            for one in (f"pre{name}", name, f"post{name}"):
                if one in package.scripts:
                    yield from self.running(package.scripts[one], where, self._place(package, one), depth + 1)

    def _folder(self, call: Call, folder: str) -> str:
        return next(iter(self._folders(call, folder)), folder)

    def _folders(self, call: Call, folder: str) -> list[str]:
        """The packages that a call is about."""
        if call.everywhere:
            return sorted(self.known)
        if call.package:
            return self._filtered(call.package)
        where = normpath(join(folder, call.folder)) if call.folder else folder
        where = "" if where == "." else where
        return [where] if where in self.known else []

    def _filtered(self, name: str) -> list[str]:
        """The packages that a filter takes: one, or one with those it depends on (`...`)."""
        bare = name.strip(".^").removeprefix("./").rstrip("/")
        folders = [where for where, one in self.known.items() if bare in {one.name, where}]
        return self._needed(folders) if name.endswith("...") else folders

    def _needed(self, folders: list[str]) -> list[str]:
        """Packages with all packages of the repository that they depend on, those first."""
        named = {one.name: where for where, one in self.known.items() if one.name}
        found: list[str] = []
        todo = list(folders)
        while todo:
            where = todo.pop(0)
            if where not in found:
                found.insert(0, where)
                one = self.known[where]
                todo += [named[name] for name in (*one.dependencies, *one.dev_dependencies) if name in named]
        return found

    def _turbo(self, call: Call, depth: int) -> Iterator[Running]:
        """What `turbo run build --filter=web` runs: the tasks and those they depend on, in all packages it takes."""
        words = [word or "" for word in call.words[1:]]
        tasks = [word for word in words if word and not word.startswith("-") and word != "run"]
        filters = [word.partition("=")[2] for word in words if word.startswith("--filter=")]
        for at, word in enumerate(words[:-1]):
            if word in {"--filter", "-F"}:
                filters.append(words[at + 1])
                tasks = [one for one in tasks if one != words[at + 1]]
        taken = self._needed([where for one in filters for where in self._filtered(one)]) if filters else [*self.known]
        for task in self._tasks(tasks):
            for where in taken:
                package = self.known[where]
                if where and task in package.scripts:
                    yield from self.running(package.scripts[task], where, self._place(package, task), depth + 1)

    def _tasks(self, asked: list[str]) -> list[str]:
        said = read(self.project.sources.get("turbo.json"))
        known = said.get("tasks") or said.get("pipeline") or {}
        found: list[str] = []
        todo = list(asked)
        while todo:
            task = todo.pop(0).rpartition("#")[2].lstrip("^")
            if task not in found:
                found.append(task)
                one = known.get(task)
                needs = one.get("dependsOn") if isinstance(one, dict) else None
                todo += [need for need in needs if isinstance(need, str)] if isinstance(needs, list) else []
        return found

    def _nx(self, call: Call, depth: int) -> Iterator[Running]:
        """What `nx build api`, `nx run api:build` and `nx run-many -t build` run, with what the targets depend on."""
        words = [word or "" for word in call.words[1:]]
        plain = [word for word in words if not word.startswith("-")]
        if not plain:
            return
        named = "" if plain[0] in {"run", "run-many", "affected"} else plain[0]
        targets = [named] if named else [word for one in plain[1:] for word in one.split(",")]
        projects = set(plain[1:2]) if named else set()
        for one in targets:
            found = NX.fullmatch(one)
            if found:
                projects |= {found["project"]} if found["project"] else set()
                yield from self._target(projects, found["target"], depth, ())

    def _target(self, projects: set[str], target: str, depth: int, seen: tuple[str, ...]) -> Iterator[Running]:
        defaults = read(self.project.sources.get("nx.json")).get("targetDefaults") or {}
        for path, source in self.project.sources.items():
            if not path.endswith("project.json") or target in seen:
                continue
            said = read(source)
            own = (said.get("targets") or {}).get(target)
            if projects and said.get("name") not in projects:
                continue
            one = {**(defaults.get(target) or {}), **(own if isinstance(own, dict) else {})}
            for need in one.get("dependsOn") or ():
                name = need.get("target") if isinstance(need, dict) else need
                if isinstance(name, str):
                    outer = set() if name.startswith("^") else projects
                    yield from self._target(outer, name.lstrip("^"), depth, (*seen, target))
            options = one.get("options") or {}
            for item in [options.get("command"), *(options.get("commands") or ())]:
                text = item.get("command") if isinstance(item, dict) else item
                if isinstance(text, str):
                    where = options.get("cwd") or ""
                    yield from self.running(text, where, Evidence(f"target {target}", path), depth + 1)

    def _place(self, package: Manifest, script: str) -> Evidence:
        source = self.project.sources[package.path]
        found = re.search(rf'"{re.escape(script)}"\s*:', source.text)
        return Evidence(f"script {script}", package.path, Span(*found.span()) if found else None)


def packages(project: Project) -> Packages:
    """The packages of a repository."""
    known = {
        dirname(path): found
        for path, source in project.sources.items()
        if path.rpartition("/")[2] == "package.json" and (found := _manifest(source))
    }
    return Packages(project, known)


@lru_cache(maxsize=4096)
def _manifest(source: Source) -> Manifest | None:
    try:
        return manifest(source)
    except UnreadableError:
        return None


def read(source: Source | None) -> dict[str, Any]:
    """What a JSON file says, comments left out; nothing where it is none."""
    if source is None:
        return {}
    try:
        said = json.loads(re.sub(r"^\s*//.*$|,(?=\s*[}\]])", "", source.text, flags=re.MULTILINE))
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
