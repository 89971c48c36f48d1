"""Where is the Prisma client of an image generated while it is built, and if nowhere, where should it be?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath, relpath

from autofix.finding import Refusal
from autofix.node import Evidence
from autofix.surfaces.dockerfile import accounts, placing
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.folders import work_folder
from autofix.surfaces.package.ignores import docker_ignore
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.system import prisma_reach as reach
from autofix.surfaces.system.images import Image, Step, installs, looked_at, stated_schema
from autofix.surfaces.system.packages import Running
from autofix.surfaces.system.prisma_calls import Generate, call_of, generates, shell
from autofix.text import Edit

RUNNERS = {"npm": "npx prisma", "pnpm": "pnpm exec prisma", "yarn": "yarn prisma", "bun": "bunx prisma"}
OWN = {"npm": {"npm", "npx"}, "pnpm": {"pnpm"}, "yarn": {"yarn"}, "bun": {"bun", "bunx"}}
CONFIGURED = re.compile(r"\bschema\s*:\s*(?:[\w.]+\(\s*)?[\"'](?P<path>[^\"']+)[\"']")
ADDRESSES = {
    "postgresql": "postgresql://user:password@localhost:5432/db",
    "postgres": "postgresql://user:password@localhost:5432/db",
    "cockroachdb": "postgresql://user:password@localhost:26257/db",
    "mysql": "mysql://user:password@localhost:3306/db",
    "mongodb": "mongodb://localhost:27017/db",
    "sqlite": "file:./build.db",
    "sqlserver": "sqlserver://localhost:1433;database=db",
}
PASSED = frozenset({"COPY", "ADD", "ENV", "ARG", "LABEL", "EXPOSE"})


@dataclass(frozen=True)
class Built:
    """What has to be written so that an image is built with its client, and what a person has to look at."""

    edits: tuple[Edit, ...] = ()
    doubts: tuple[Evidence, ...] = ()


def work(file: Dockerfile, stage: Stage) -> str:
    """The folder the container starts in."""
    return work_folder(file.lineage(stage)) or "/"


def schema_of(image: Image, generate: Generate, at: Instruction | None) -> str | Refusal:
    """The repository's schema that a command of the deployed stage is about."""
    line = at.first if at is not None and at.keyword == "RUN" else None
    folder = image.work(image.stage, line)
    for command in _before(generate):
        if command.runs("cd"):
            target = command.arguments[0].value if command.arguments else None
            if target is None:
                return Refusal("the folder it runs in is not known")
            folder = normpath(join(folder, target))
    for path in (*_configured(image, image.stage, folder), *looked_at(Running(generate, "", Evidence("")), folder)):
        if found := image.files.in_stage(image.stage, path):
            return found
        if found := _folder(image, image.stage, path):
            return found
    package = image.folder_of(image.stage, folder)
    said = stated_schema(image.project, join(package, "package.json")) if package is not None else ""
    if said and (said in image.project.occupied or _is_folder(image, said)):
        return said
    return Refusal("the schema it is about is not found in the image")


def _before(generate: Generate) -> Iterator[Command]:
    script = shell(generate.command.source.text)
    return (one for one in script.commands if one.span.start < generate.command.span.start) if script else iter(())


def _configured(image: Image, stage: Stage, folder: str) -> Iterator[str]:
    """The schema that a prisma.config of the folder names."""
    for name in reach.CONFIGS:
        path = image.files.in_stage(stage, join(folder, name))
        source = image.project.sources.get(path) if path else None
        if source and (found := CONFIGURED.search(source.text)):
            yield normpath(join(folder, found["path"]))


def _folder(image: Image, stage: Stage, path: str) -> str | None:
    """The folder of schema files that stands at a path."""
    for name in sorted(image.project.occupied):
        if name.endswith(".prisma"):
            for place, _ in (one for level in image.file.lineage(stage) for one in image.files.brought(level, name)):
                if place.startswith(f"{path}/"):
                    return normpath(join(dirname(name), relpath(path, dirname(place))))
    return None


def _is_folder(image: Image, path: str) -> bool:
    return any(name.startswith(f"{path}/") and name.endswith(".prisma") for name in image.project.occupied)


def built(image: Image, generate: Generate, at: Instruction | None, without: Instruction | None) -> Built | Refusal:
    """What it takes to have the client in the image."""
    path = schema_of(image, generate, at)
    if isinstance(path, Refusal):
        return path
    schema = reach.schema_at(image, path)
    steps = image.route(path, without)
    if not steps:
        return Refusal(
            "where the packages of the deployed stage come from is not known",
            evidence=(image.stage.evidence("deployed"),),
        )
    if refusal := reach.lost(image, steps):
        return refusal
    made = next((one for one in steps if one.made and steps[-1].made), None)
    if made and made.maker:
        maker = image.file.stages[made.maker.stage or 0]
        refusal = reach.strangers(image, maker, schema)
        doubts = [*reach.doubts(image, steps[-1], maker, schema, made.folder, new=False), *_unnoticed(made.maker)]
        doubts += filter(None, [reach.overlaid(image, steps, maker, made.maker.first)])
        return refusal or Built(doubts=tuple(doubts))
    return _added(image, generate, schema, steps)


def _unnoticed(run: Instruction) -> Iterator[Evidence]:
    """A build that goes on although nothing was generated."""
    if re.search(r"\|\|", words_of(run)):
        yield run.evidence("the build goes on when it generates nothing")


def _added(image: Image, generate: Generate, schema: reach.Schema, steps: tuple[Step, ...]) -> Built | Refusal:
    step = _chosen(image, schema, steps)
    folder = image.folder_of(step.stage, step.folder)
    if folder is None:
        return Refusal(
            "the package that is installed is not found in the repository", evidence=(step.since.evidence("installs"),)
        )
    missing = reach.cli_missing(image, reach.folder_of(schema), folder, steps[0])
    refusal = missing or reach.strangers(image, step.stage, schema)
    if refusal:
        return refusal
    place = _Place(image, step, schema, steps[0], folder)
    answer = place.edit(generate)
    if isinstance(answer, Refusal):
        return answer
    doubts = list(reach.doubts(image, step, step.stage, schema, place.work, new=True))
    doubts += filter(None, [reach.overlaid(image, steps, step.stage, place.anchor.first)])
    return Built((answer,), tuple(doubts))


def _chosen(image: Image, schema: reach.Schema, steps: tuple[Step, ...]) -> Step:
    """The step to generate in: the first that has the schema, never one that gets finished packages copied into the
    deployed stage; the last before that where none has it.
    """
    able = [one for one in steps if one.stage.index != image.stage.index or one.how != "copy"] or list(steps)
    return next((one for one in able if image.schema_in(one.stage, _a_file(schema))), able[-1])


def _a_file(schema: reach.Schema) -> str:
    """One file of the schema."""
    return schema.files[0].path if schema.files else schema.path


@dataclass(frozen=True)
class _Place:
    """Where in a stage the client is generated."""

    image: Image
    step: Step
    schema: reach.Schema
    origin: Step
    folder: str

    @property
    def stage(self) -> Stage:
        return self.step.stage

    @property
    def known(self) -> tuple[str, Instruction] | None:
        """Where the stage has the schema."""
        found = self.image.schema_in(self.stage, _a_file(self.schema))
        if found is None or self.schema.path.endswith(".prisma"):
            return found
        inner = relpath(_a_file(self.schema), self.schema.path)
        return normpath(found[0].removesuffix(inner)), found[1]

    @property
    def anchor(self) -> Instruction:
        """The instruction behind which everything is there: packages, schema, and what is copied along with it."""
        own = [
            one
            for one in (self.step.since, self.known[1] if self.known else None)
            if one and one.stage == self.stage.index
        ]
        last = max(own, key=lambda one: one.first, default=self.stage.instructions[0])
        if self.known:
            for one in self.stage.instructions:
                if one.first <= last.first:
                    continue
                if one.keyword not in PASSED:
                    break
                last = one if one.keyword in {"COPY", "ADD"} else last
        return last

    @property
    def work(self) -> str:
        """The folder it runs in."""
        return self.image.work(self.stage, self.anchor.last + 1)

    @property
    def manager(self) -> str:
        script = shell(words_of(self.origin.since))
        calls = [call_of(command) for command in script.commands] if script else []
        return next((call.manager for call in calls if installs(call)), "npm")

    def edit(self, generate: Generate) -> Edit | Refusal:
        """The RUN, and the COPY of the schema where it is missing."""
        if not f"{self.work}/".startswith(f"{self.step.folder.rstrip('/')}/"):
            return Refusal("the stage has left the folder of its packages", evidence=(self.anchor.evidence("here"),))
        if refusal := self._as_whom():
            return refusal
        copy = None if self.known else self._copy()
        if isinstance(copy, Refusal):
            return copy
        at = self.known[0] if self.known else normpath(join(self.work, copy.rpartition(" ")[2])) if copy else ""
        if copy and self.schema.path.endswith(".prisma"):
            at = normpath(join(self.work, relpath(self.schema.path, self.folder or ".")))
        written = [copy] if copy else []
        written.append(f"{placing.keyword(self.stage, 'RUN')} {self._variables()}{self._command(generate, at)}")
        following = next((one for one in self.stage.instructions if one.first > self.anchor.first), None)
        if self.known and following and following.keyword == "RUN":
            return placing.above(following, written)
        return placing.below(self.anchor, written)

    def _as_whom(self) -> Refusal | None:
        lineage = self.image.file.lineage(self.stage)
        user = accounts.in_force(lineage, self.anchor.last + 1)
        name = accounts.user_of(user) if user else "root"
        since = self.step.since
        before = accounts.in_force(lineage, since.first) if since.stage == self.stage.index else user
        other = (accounts.user_of(before) if before else "root") != name
        if name not in accounts.ROOT and (other or (self.step.how == "copy" and since.flag("chown") is None)):
            return Refusal(
                "the packages belong to another user there", evidence=(since.evidence("brings the packages"),)
            )
        return None

    def _copy(self) -> str | Refusal:
        """The COPY of the schema, in the form the others of the stage have."""
        source_folder = reach.folder_of(self.schema)
        top = source_folder == self.folder
        source = self.schema.path if top else source_folder
        inside, below = relpath(source, self.image.build.context or "."), relpath(source, self.folder or ".")
        if inside.startswith("..") or below.startswith("..") or self.work != self.step.folder:
            return Refusal("the schema is outside of what the stage copies", f"COPY {source_folder} ./prisma")
        ignore = join(self.image.build.context, ".dockerignore")
        text = self.image.project.sources.get(ignore)
        if text and docker_ignore(text).excludes(inside):
            return Refusal(
                "a .dockerignore leaves the schema out of the build", evidence=(Evidence("excludes it", ignore),)
            )
        copies = [one for one in self.stage.of("COPY") if one.flag("from") is None]
        dotted = not copies or any(
            copy.words[-1].value.startswith("./") or copy.words[-1].value == "." for copy in copies
        )
        owner = next((f"--chown={flag.value} " for copy in copies if (flag := copy.flag("chown"))), "")
        target = f"./{below}" if dotted else below
        return f"{placing.keyword(self.stage, 'COPY')} {owner}{inside} {target}"

    def _variables(self) -> str:
        """Values for what a prisma.config cannot do without."""
        missing = reach.config_variables(self.image, self.stage, (self.work, self.step.folder))
        provider = next((source.provider for one in self.schema.files for source in one.datasources), "postgresql")
        value = ADDRESSES.get(provider, ADDRESSES["postgresql"])
        return "".join(f'{name}="{value}" ' for name in dict.fromkeys(name for name, _ in missing))

    def _command(self, generate: Generate, at: str) -> str:
        """The call in the words of the repository: of a sibling, of the start, else of its package manager."""
        if sibling := self._sibling(at):
            return sibling
        call, options = generate.call, [word or "" for word in generate.options]
        own = call.manager in OWN[self.manager] or (
            generate.script and call_of(generate.command).manager in OWN[self.manager]
        )
        if own and self._looks(generate, at):
            return generate.text
        if own and not generate.script and call.folder == "" and call.package == "":
            runner = generate.text[: generate.text.index("generate")].rstrip()
        else:
            runner = RUNNERS[self.manager]
        kept = [word for number, word in enumerate(options) if not _is_schema(options, number)]
        found = [path for path in looked_at(Running(_bare(generate), "", Evidence("")), self.work) if path == at]
        schema = [] if found else [f"--schema={relpath(at, self.work)}"]
        return " ".join([runner, "generate", *kept, *schema])

    def _looks(self, generate: Generate, at: str) -> bool:
        """Whether the call as it is written finds the schema from here."""
        if generate.script and self.image.folder_of(self.stage, self.work) is None:
            return False
        return at in looked_at(Running(generate, "", Evidence("")), self.work)

    def _sibling(self, at: str) -> str | None:
        """How another stage of the repository generates from the same schema."""
        for file in self.image.project.of(Dockerfile):
            for stage in file.stages:
                for run in stage.of("RUN"):
                    script = shell(words_of(run)) if "generate" in run.text else None
                    found = next(generates(script), None) if script and len(script.commands) == 1 else None
                    if found and run.command.text == found.command.text and found.literal and run.flags == ():
                        deployed = file.path == self.image.file.path and stage.index == self.image.stage.index
                        if not deployed and found.call.manager in OWN[self.manager] and self._looks(found, at):
                            return found.text
        return None


def _is_schema(options: list[str], number: int) -> bool:
    return options[number].startswith("--schema") or (number > 0 and options[number - 1] == "--schema")


def _bare(generate: Generate) -> Generate:
    """The call without its options."""
    return Generate(generate.command, generate.call)
