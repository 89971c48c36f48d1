"""Does a client that is generated while the image is built reach the deployed stage, and does it run there?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname, join

from autofix.finding import Refusal
from autofix.node import Evidence
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Instruction, Stage
from autofix.surfaces.dockerfile.families import Distribution, base_of
from autofix.surfaces.package.manifest import Manifest
from autofix.surfaces.package.prisma import Generator, PrismaSchema
from autofix.surfaces.package.prisma import schema as read_schema
from autofix.surfaces.system.images import PRODUCTION, WITH_DEV, Image, Step
from autofix.text import Span

CONFIGS = tuple(
    f"{name}.{end}" for name in ("prisma.config", ".config/prisma") for end in ("ts", "mts", "js", "mjs", "cjs")
)
ENV_CALL = re.compile(r"(?<![\w.])env(?:<\w+>)?\(\s*[\"'](?P<name>\w+)[\"']")
OPENSSL = re.compile(r"\bopenssl\b|\blibssl\S*")
INSTALLING = re.compile(r"\b(?:apk\s+(?:\S+\s+)*add|apt-get\s+(?:\S+\s+)*install|apt\s+(?:\S+\s+)*install)\b")
RELEASE = re.compile(r"(?:alpine3?(?:\.\d+)?|trixie|bookworm|bullseye|buster|stretch|jammy|noble|focal)")
PACKAGE = "prisma"
CLIENT = "@prisma/client"
LEGACY = "prisma-client-js"


@dataclass(frozen=True)
class Schema:
    """A schema by its path in the repository, with what it says of the client."""

    path: str
    client: Generator | None
    files: tuple[PrismaSchema, ...]

    @property
    def engineless(self) -> bool:
        """Whether the client brings no program of its own, so that libc and processor do not matter."""
        return self.client is not None and self.client.engine == "client"


def schema_at(image: Image, path: str) -> Schema:
    """What a schema says, all of its files together."""
    sources = image.project.sources
    names = (
        [path]
        if path in sources
        else [name for name in sources if name.startswith(f"{path}/") and name.endswith(".prisma")]
    )
    files = tuple(read_schema(sources[name]) for name in names)
    return Schema(path, next((one.client for one in files if one.client), None), files)


def lost(image: Image, steps: Sequence[Step]) -> Refusal | None:
    """Why what a builder generates would not be there once the container runs."""
    last = steps[-1]
    for service in image.services:
        for mount in service.mounts:
            place = f"{last.folder.rstrip('/')}/node_modules/"
            if place.startswith(f"{mount.target.rstrip('/')}/"):
                return Refusal(
                    f"what is mounted at {mount.target} hides the client of the image", evidence=(mount.evidence,)
                )
    if archives := _archived(image, steps[0]):
        return archives
    for step in steps:
        if step.how == "copy" and _isolated(image, steps[0]) and re.search(r"/\.prisma\b", step.since.text):
            return Refusal(
                "pnpm keeps the client below node_modules/.pnpm, which is not copied",
                evidence=(step.since.evidence("copies .prisma alone"),),
            )
    return None


def _archived(image: Image, step: Step) -> Refusal | None:
    """Whether yarn installs without a node_modules."""
    folder = image.folder_of(step.stage, step.folder)
    name = join(folder or "", ".yarnrc.yml")
    source = image.project.sources.get(name)
    if folder is None or source is None or "yarn" not in words_of(step.since):
        return None
    if re.search(r"^nodeLinker:\s*[\"']?(?:node-modules|pnpm)\b", source.text, re.MULTILINE):
        return None
    return Refusal(
        "yarn keeps the packages in archives, where no client is generated", evidence=(Evidence("no nodeLinker", name),)
    )


def _isolated(image: Image, step: Step) -> bool:
    """Whether pnpm installs without a flat folder."""
    if "pnpm" not in words_of(step.since):
        return False
    folder = image.folder_of(step.stage, step.folder)
    source = image.project.sources.get(join(folder or "", ".npmrc"))
    return source is None or not re.search(
        r"^\s*(?:node-linker\s*=\s*hoisted|shamefully-hoist\s*=\s*true)", source.text, re.MULTILINE
    )


def cli_missing(image: Image, schema_folder: str, folder: str, origin: Step) -> Refusal | None:
    """Why the CLI is not among the packages that are installed."""
    declared = [*image.packages.above(folder), *image.packages.above(schema_folder)]
    held = next((one for one in declared if _declares(one)), None)
    near = [*image.packages.above(folder)]
    if held is not None and held not in near and _isolated(image, origin):
        return Refusal(
            "pnpm gives the prisma CLI only to the package that declares it",
            f"RUN pnpm --filter {held.name or held.path} exec prisma generate",
            evidence=(Evidence("declares prisma", held.path),),
        )
    if held is None:
        return Refusal("the prisma CLI is not among the dependencies, so another version would be downloaded")
    if held.depends_on(PACKAGE):
        return None
    omits = _omits_dev(image, origin)
    if omits:
        return Refusal("the prisma CLI is a development dependency, which is not installed there", evidence=(omits,))
    return None


def _declares(package: Manifest) -> bool:
    return package.depends_on(PACKAGE) or PACKAGE in package.dev_dependencies


def _omits_dev(image: Image, origin: Step) -> Evidence | None:
    text = words_of(origin.since)
    if WITH_DEV.search(text):
        return None
    if found := PRODUCTION.search(text):
        return origin.since.evidence(found.group().strip())
    for level in image.file.lineage(origin.stage):
        for one in level.of("ENV", "ARG"):
            if one.stage == origin.since.stage and one.first > origin.since.first:
                continue
            if any(name == "NODE_ENV" and value == "production" for name, value, _ in one.pairs):
                return one.evidence("NODE_ENV is production")
    return None


def strangers(image: Image, maker: Stage, schema: Schema) -> Refusal | None:
    """Why a client made in one stage cannot run in the deployed one: another C library, and no target names it."""
    here, there = _base(image, maker), _base(image, image.stage)
    if schema.engineless or _same_image(image, maker):
        return None
    if here is None or there is None:
        return Refusal("whether the base images have the same C library is not known", evidence=_froms(image, maker))
    if here is there or _targeted(schema, there):
        return None
    return Refusal(
        f"the client would be made for {here} and run on {there}",
        remedy='binaryTargets = ["native", "linux-musl-openssl-3.0.x"]'
        if there is Distribution.ALPINE
        else 'binaryTargets = ["native", "debian-openssl-3.0.x"]',
        evidence=_froms(image, maker),
    )


def _froms(image: Image, maker: Stage) -> tuple[Evidence, ...]:
    return tuple(_root(image, one).instructions[0].evidence("the base image") for one in (maker, image.stage))


def _root(image: Image, stage: Stage) -> Stage:
    return image.file.lineage(stage)[-1]


def _same_image(image: Image, maker: Stage) -> bool:
    one, other = _root(image, maker), _root(image, image.stage)
    return one.index == other.index or (one.resolved is not None and one.resolved == other.resolved)


def _base(image: Image, stage: Stage) -> Distribution | None:
    reference = _root(image, stage).reference
    base = base_of(reference) if reference else None
    known = base.distribution if base else None
    if known is Distribution.DISTROLESS:
        return Distribution.DEBIAN
    return known if known in {Distribution.ALPINE, Distribution.DEBIAN} else None


def _targeted(schema: Schema, there: Distribution) -> bool:
    """Whether the schema names a target for a distribution."""
    targets = (schema.client.targets if schema.client else None) or ()
    sign = "linux-musl" if there is Distribution.ALPINE else "debian-"
    return any(target.startswith(sign) for target in targets)


def doubts(image: Image, step: Step, maker: Stage, schema: Schema, work: str, *, new: bool) -> Iterator[Evidence]:
    """What the repository does not prove about a client made in a stage; `new` where nothing made it so far."""
    if not schema.engineless:
        yield from _engine_doubts(image, maker, schema)
    yield from step.changed
    for level in image.file.lineage(maker):
        if level.platform and "$BUILDPLATFORM" in level.platform.replace("{", "").replace("}", ""):
            yield level.instructions[0].evidence("the builder may have another processor")
    if schema.client is None:
        yield Evidence("the schema names no generator of the client", schema.path)
    elif (schema.client.provider != LEGACY and new) or (
        schema.client.provider == LEGACY and schema.client.output and "node_modules" not in schema.client.output
    ):
        yield Evidence(
            f"the client is written to {schema.client.output or 'a folder of its own'}, which has to be compiled or copied",
            schema.path,
        )
    for one in schema.files:
        if any(not other.client for other in one.generators):
            yield Evidence("other generators of the schema run in the build as well", one.path)
            break
    if new:
        yield from _new_doubts(image, step, maker, schema, work)


def _new_doubts(image: Image, step: Step, maker: Stage, schema: Schema, work: str) -> Iterator[Evidence]:
    """What a stage that has not generated so far may not have."""
    if _isolated(image, step) and not any(CLIENT in one.dependencies for one in _around(image, schema, step)):
        yield Evidence("pnpm shows @prisma/client to no package of the schema", schema.path)
    for name, at in config_variables(image, maker, (work, step.folder)):
        yield Evidence(f"prisma.config stops the build without {name}", at.path, at.span)


def _around(image: Image, schema: Schema, step: Step) -> Iterator[Manifest]:
    """The packages whose dependencies are found from the schema, or from where it is generated."""
    yield from image.packages.above(folder_of(schema))
    yield from image.packages.above(image.folder_of(step.stage, step.folder) or "")


def _engine_doubts(image: Image, maker: Stage, schema: Schema) -> Iterator[Evidence]:
    there = _base(image, image.stage)
    if schema.client is not None and schema.client.targets is None:
        yield Evidence("the environment decides for which system the client is made", schema.path)
    if there is not None and _targeted(schema, there):
        return
    if not _same_image(image, maker) and _release(image, maker) != _release(image, image.stage):
        yield (
            _root(image, image.stage).instructions[0].evidence("the base images may have different versions of OpenSSL")
        )
    elif (one := _openssl(image, maker)) is not (other := _openssl(image, image.stage)) and bool(one) != bool(other):
        seen = one or other
        assert seen is not None
        yield seen.evidence("only one of the two stages installs OpenSSL, which the client is made for")


def _release(image: Image, stage: Stage) -> str:
    """The release of the distribution an image has, as far as its tag tells; a slim one has no OpenSSL of its own."""
    reference = _root(image, stage).reference
    tag = (reference.tag or "") if reference else ""
    found = RELEASE.search(tag)
    major = re.match(r"\d+", tag)
    slim = "-slim" if "slim" in tag and not _openssl(image, stage) else ""
    return f"{found.group() if found else ''}{'' if found else major.group() if major else tag}{slim}"


def _openssl(image: Image, stage: Stage) -> Instruction | None:
    for level in image.file.lineage(stage):
        for run in level.of("RUN"):
            text = words_of(run)
            if OPENSSL.search(text) and INSTALLING.search(text):
                return run
    return None


def config_variables(image: Image, stage: Stage, folders: Sequence[str]) -> tuple[tuple[str, Evidence], ...]:
    """The variables that a prisma.config reads with `env()`, which fails where they are not set."""
    found: list[tuple[str, Evidence]] = []
    for place in (join(folder, name) for folder in dict.fromkeys(folders) for name in CONFIGS):
        path = image.files.in_stage(stage, place)
        source = image.project.sources.get(path) if path else None
        if path and source:
            found += [
                (one["name"], Evidence(f"reads {one['name']}", path, Span(*one.span())))
                for one in ENV_CALL.finditer(source.text)
            ]
    return tuple(one for one in found if not _given(image, stage, one[0]))


def _given(image: Image, stage: Stage, name: str) -> bool:
    return any(
        known == name and value
        for level in image.file.lineage(stage)
        for one in level.of("ENV", "ARG")
        for known, value, _ in one.pairs
    )


def overlaid(image: Image, steps: Sequence[Step], maker: Stage, line: int) -> Evidence | None:
    """A COPY of everything over a client that is there already, where nothing keeps the developer's own packages out."""
    names = (join(image.build.context, ".dockerignore"), f"{image.file.path}.dockerignore")
    texts = [image.project.sources[name].text for name in names if name in image.project.sources]
    if any("node_modules" in text for text in texts):
        return None
    later = {one.stage.index: one.since.first for one in steps if one.stage.index > maker.index} | {maker.index: line}
    for index, since in later.items():
        for copy in image.file.stages[index].of("COPY"):
            whole = any(word.value in {".", "./"} for word in copy.words[:-1])
            if whole and copy.flag("from") is None and copy.first > since:
                return copy.evidence(
                    "may bring the client of another machine, as no .dockerignore leaves node_modules out"
                )
    return None


def folder_of(schema: Schema) -> str:
    """The folder a schema stands in."""
    return dirname(schema.path) if schema.path.endswith(".prisma") else schema.path
