"""Which packages does an image hold, by which stages did they get there, and is the Prisma client among them?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from posixpath import dirname, join, normpath

from autofix.node import Evidence
from autofix.project import Build, Project, Service
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.files import Files, inside
from autofix.surfaces.dockerfile.folders import entered, work_folder
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.system.packages import Packages, Running
from autofix.surfaces.system.prisma_calls import Call, call_of, shell

INSTALLS = {
    "npm": frozenset({"ci", "install", "i", "clean-install", "install-clean"}),
    "pnpm": frozenset({"install", "i"}),
    "yarn": frozenset({"install", "", "workspaces"}),
    "bun": frozenset({"install", "i"}),
}
PRODUCTION = re.compile(
    r"--omit[= ]dev\b|--production(?!=false)\b|--prod\b|\s-P\b|--only[= ]prod\w*\b|--no-dev\b|focus --production"
)
WITH_DEV = re.compile(r"--include[= ]dev\b|--production=false\b|--prod=false\b")
GLOBAL = re.compile(r"\s(?:-g|--global|--location=global)\b|\bglobal\s+add\b")
DEEPEST = 6


@dataclass(frozen=True)
class Step:
    """A stage the packages pass through.

    `folder` is where its `node_modules` lies, `since` what put it there: the RUN that installs, the COPY that brings
    it, or the FROM it comes with. `made` is what generates the client in it; `changed` what was done to it since.
    """

    stage: Stage
    folder: str
    since: Instruction
    how: str
    made: Running | None = None
    maker: Instruction | None = None
    changed: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Image:
    """A stage that is deployed, with everything the question needs. `services` are those that run it."""

    project: Project
    packages: Packages
    file: Dockerfile
    build: Build
    services: tuple[Service, ...]

    @property
    def stage(self) -> Stage:
        """The deployed stage."""
        return self.file.stages[self.build.stage]

    @property
    def files(self) -> Files:
        """Which file of the repository stands where."""
        return Files(self.file, self.build, self.project.occupied)

    def work(self, stage: Stage, line: int | None = None) -> str:
        """The folder a stage works in."""
        return work_folder(self.file.lineage(stage), line) or "/"

    def folder_of(self, stage: Stage, path: str) -> str | None:
        """The repository's folder whose package stands at a path of a stage."""
        found = self.files.in_stage(stage, join(path, "package.json"))
        return dirname(found) if found else None

    def route(self, schema: str, without: Instruction | None = None) -> tuple[Step, ...]:
        """The stages that the packages of the deployed stage pass through, first the one that installs them."""
        work = self.work(self.stage)
        folders = [work]
        while folders[-1] not in {"/", ""}:
            folders.append(dirname(folders[-1]))
        for folder in folders:
            if steps := self._steps(self.stage, folder, schema, without, 0):
                return steps
        return ()

    def _steps(
        self, stage: Stage, folder: str, schema: str, without: Instruction | None, depth: int
    ) -> tuple[Step, ...]:
        """How the packages came into a folder of a stage."""
        steps: tuple[Step, ...] = ()
        for level in reversed(self.file.lineage(stage)):
            if steps:
                steps = (*steps, replace(steps[-1], stage=level, since=level.instructions[0], how="from"))
            for one, where in _placed(self.file, level):
                if without is not None and one.anchor == without.anchor and one.span == without.span:
                    continue
                if one.keyword in {"COPY", "ADD"} and one.flag("from"):
                    steps = self._copied(one, where, folder, schema, level, steps, depth)
                elif one.keyword == "RUN":
                    steps = self._run(one, where, folder, schema, level, steps)
        return steps

    def _copied(  # noqa: PLR0913, PLR0917 - one step of a walk
        self,
        copy: Instruction,
        where: str,
        folder: str,
        schema: str,
        level: Stage,
        steps: tuple[Step, ...],
        depth: int,
    ) -> tuple[Step, ...]:
        """The route after a COPY from another stage: that of the packages it brings, or of the client alone."""
        source = copy.flag("from")
        stage = self.file.stage((source.value or "") if source else "")
        client = f"{folder.rstrip('/')}/node_modules/.prisma/client"
        for path in inside(copy, where, client):
            inner = path.removesuffix("/node_modules/.prisma/client") if path.startswith("/") else ""
            if path == inner or stage is None or depth > DEEPEST:
                continue
            found = self._steps(stage, inner or "/", schema, None, depth + 1)
            if found:
                return (*found, replace(found[-1], stage=level, folder=folder, since=copy, how="copy"))
        return steps

    def _run(
        self, run: Instruction, where: str, folder: str, schema: str, level: Stage, steps: tuple[Step, ...]
    ) -> tuple[Step, ...]:
        """The route after a RUN that may install, generate, or take something away."""
        script = shell(words_of(run))
        for command in script.commands if script else ():
            call = call_of(command)
            if (command.name or "") == "cd" and command.arguments and command.arguments[0].value:
                where = normpath(join(where, command.arguments[0].value))
            elif installs(call) and not GLOBAL.search(command.text):
                target = normpath(join(where, call.folder)) if call.folder else where
                if target == folder:
                    made = self._hooked(run, command, folder, schema, level)
                    steps = (Step(level, folder, run, "install", made, run if made else None),)
            elif steps and (found := self._generating(command, where, level, schema, run)):
                steps = (*steps[:-1], replace(steps[-1], made=found, maker=run))
            elif steps and (what := _changes(call, command)):
                steps = (*steps[:-1], replace(steps[-1], changed=(*steps[-1].changed, run.evidence(what))))
        return steps

    def _hooked(self, run: Instruction, command: Command, folder: str, schema: str, level: Stage) -> Running | None:
        """What generates because the package says so after each installation."""
        where = self.folder_of(level, folder)
        if where is None or "--ignore-scripts" in command.text:
            return None
        brought = {copy.first for _, copy in self._brought(level, schema)}
        hooks = [one for one in self.packages.hooks(where) if self._is(one, schema)]
        return hooks[0] if hooks and any(line < run.first for line in brought) else None

    def _generating(self, command: Command, where: str, level: Stage, schema: str, run: Instruction) -> Running | None:
        """What a command generates the client of this schema with."""
        folder = self.folder_of(level, where)
        at = run.evidence("generates the client")
        for found in self.packages.running(command.text, folder if folder is not None else "?", at):
            if self._is(found, schema) or self._here(found, where, level, schema):
                return found
        return None

    def _here(self, found: Running, where: str, level: Stage, schema: str) -> bool:
        """Whether the schema that is meant, seen from the folder in the image, is the one in question."""
        return any(self.files.in_stage(level, path) == schema for path in looked_at(found, where))

    def _is(self, found: Running, schema: str) -> bool:
        """Whether a call in a folder of the repository is about a schema."""
        places = [path.lstrip("/") for path in looked_at(found, f"/{found.folder}")]
        package = self.packages.at(found.folder)
        said = stated_schema(self.project, package.path) if package else ""
        return (
            schema in places
            or any(schema.startswith(f"{path}/") for path in places)
            or (bool(said) and schema.startswith(said))
        )

    def _brought(self, stage: Stage, name: str) -> Iterator[tuple[str, Instruction]]:
        for level in self.file.lineage(stage):
            yield from self.files.brought(level, name)

    def schema_in(self, stage: Stage, schema: str) -> tuple[str, Instruction] | None:
        """Where a stage has a schema, and the COPY that brings it."""
        return next(self._brought(stage, schema), None)


def _placed(file: Dockerfile, stage: Stage) -> Iterator[tuple[Instruction, str]]:
    """The instructions of a stage, each with the folder it works in."""
    path = work_folder(file.lineage(stage)[1:])
    for one in stage.instructions:
        if one.keyword == "WORKDIR":
            path = entered(path, one)
        yield one, path or "/"


def installs(call: Call) -> bool:
    """Whether a call installs the packages of a folder."""
    if call.manager not in INSTALLS or call.verb:
        return False
    words = [word or "?" for word in call.words if not (word or "?").startswith("-")]
    if call.manager == "yarn" and words[:2] == ["workspaces", "focus"]:
        return True
    named = words[0] if words else ""
    return named in INSTALLS[call.manager] and (len(words) < 2) and named != "workspaces"


def _changes(call: Call, command: Command) -> str:
    """What a command does to packages that are there already, empty where it leaves the client alone."""
    words = [word for word in call.words if word]
    if call.manager in {"pnpm", "yarn", "bun"} and (
        words[:1] in (["prune"], ["add"], ["remove"]) or words[:2] == ["autoclean"]
    ):
        return f"{call.manager} {words[0]} may take the client away"
    if command.runs("rm", "mv", "find", "node-prune", "modclean") and "node_modules" in command.text:
        return "takes something out of node_modules"
    return ""


def looked_at(found: Running, folder: str) -> tuple[str, ...]:
    """Where Prisma looks for the schema when it is called in a folder."""
    named = found.generate.option("schema")
    if named:
        return (normpath(join(folder, named)),)
    return (normpath(join(folder, "prisma/schema.prisma")), normpath(join(folder, "schema.prisma")))


def stated_schema(project: Project, path: str) -> str:
    """The schema that a package.json names under `prisma`."""
    source = project.sources.get(path)
    found = re.search(r'"prisma"\s*:\s*\{[^{}]*"schema"\s*:\s*"([^"]+)"', source.text) if source else None
    return normpath(join(dirname(path), found[1])) if found else ""
