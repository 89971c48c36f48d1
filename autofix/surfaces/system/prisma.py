"""Is the Prisma client generated when the container starts, instead of once when its image is built?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from posixpath import basename

from autofix.finding import Fix, Match, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Fact, Project, Service
from autofix.surfaces.dockerfile.dangers import DEVELOPMENT, start_of
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.system import prisma_build, prisma_removal
from autofix.surfaces.system.images import Image
from autofix.surfaces.system.packages import Packages, packages
from autofix.surfaces.system.prisma_calls import Generate, call_of, generate_of, shell, version_of
from autofix.text import Edit, Span

DEVELOPMENT_NAME = re.compile(r"(?:^|[._-])dev(?:elopment)?(?:$|[._-])", re.IGNORECASE)
MAKES_SCHEMA = re.compile(r"\.prisma\b|\bschema\b")
HARMLESS = ("echo", "printf", "cd", "[", "test", "ls")
CLI = re.compile(r"\bprisma\s+(?:migrate|db)\b")
FOR_DEVELOPMENT = re.compile(r"\bstart[-_]dev\b")
SHELL = re.compile(r"^(?:\S*/)?(?:ba|da|a)?sh\s+-\w*c\s+")
UNBUILDABLE = {"watch": "it watches the schema", "sql": "--sql asks the database"}


@dataclass(frozen=True)
class Site(Node):
    """A command that generates at run time, in a start script, a CMD or ENTRYPOINT, or a RUN of the deployed stage.

    `script` is what was read of the commands it stands among: a file, or the words behind an instruction. `users` are
    the services that run it.
    """

    generate: Generate
    script: ShellScript
    instruction: Instruction | None = None
    users: tuple[Service, ...] = ()
    elsewhere: str = ""


@dataclass(frozen=True)
class SiteFacts:
    """The command, and when it runs."""

    call: str
    when: str


def generates_late(project: Project) -> Iterator[Match[Site, SiteFacts]]:
    """Every command that generates the client of a deployed image after its packages were brought in."""
    if not any(path.endswith(".prisma") for path in project.occupied):
        return
    known = packages(project)
    sites: dict[tuple[str, Span], Site] = {}
    for service in project.services:
        for site in _sites(project, known, service):
            same = sites.get((site.path, site.span), site)
            sites[site.path, site.span] = replace(same, users=(*same.users, service))
    for site in sites.values():
        if all(develops(project, service) for service in site.users):
            continue
        in_build = site.instruction is not None and site.instruction.keyword == "RUN"
        when = "again in the deployed stage" if in_build else "at every start"
        evidence = tuple(one.where for one in site.users)
        severity = Severity.WARNING if in_build else Severity.ERROR
        yield Match(site, SiteFacts(site.generate.text, when), evidence, severity)


def develops(project: Project, service: Service) -> bool:
    """Whether a service is for development: its sources are mounted, or it starts a development server."""
    file = project.documents.get(service.build.dockerfile) if service.build else None
    if service.build is None or not isinstance(file, Dockerfile):
        return True
    stage = file.stages[service.build.stage]
    if DEVELOPMENT_NAME.search(basename(file.path)) or DEVELOPMENT_NAME.search(stage.name or ""):
        return True
    work = prisma_build.work(file, stage)
    if any(one.kind == "bind" and f"{work}/".startswith(f"{one.target.rstrip('/')}/") for one in service.mounts):
        return True
    texts = [fact.value for fact in service.start]
    texts += [project.sources[path].text for path in service.scripts if path in project.sources]
    mode = service.variable("NODE_ENV")
    if mode is not None and mode.value == "development":
        return True
    return any(DEVELOPMENT.search(text) or FOR_DEVELOPMENT.search(text) for text in texts)


def _sites(project: Project, known: Packages, service: Service) -> Iterator[Site]:
    """The commands of one service, its own start first."""
    file = project.documents.get(service.build.dockerfile) if service.build else None
    if service.build is None or not isinstance(file, Dockerfile):
        return
    stage = file.stages[service.build.stage]
    for path in dict.fromkeys(service.scripts):
        script = project.documents.get(path)
        if isinstance(script, ShellScript):
            for found in _calls(known, script, service.folder):
                command = found.command
                yield Site(script.source, command.span, f"{command.anchor} generate", found, script)
    starting = {one.span: one for one in start_of(file.lineage(stage))}
    for fact in service.start:
        one = starting.get(fact.evidence.span or Span(0, 0)) if fact.evidence.path == file.path else None
        yield from _in_instruction(known, one, service.folder) if one else _in_text(known, fact, service, project)
    image = Image(project, known, file, service.build, (service,))
    for run in stage.of("RUN"):
        for site in _in_instruction(known, run, service.folder):
            schema = prisma_build.schema_of(image, site.generate, run)
            steps = image.route(schema, run) if isinstance(schema, str) else ()
            if steps and steps[-1].how == "copy" and steps[-1].since.first < run.first:
                yield site


def _in_instruction(known: Packages, one: Instruction, folder: str) -> Iterator[Site]:
    script = prisma_removal.commands_of(one)
    if script is None:
        return
    for found in _calls(known, script, folder):
        yield Site(one.source, one.span, f"{one.anchor} generate", found, script, one)


def _in_text(known: Packages, fact: Fact[str], service: Service, project: Project) -> Iterator[Site]:
    """A command of the compose file or manifest, or a package script: reported where it stands."""
    at = fact.evidence
    text = SHELL.sub("", fact.value).strip()
    text = text[1:-1] if text != fact.value and text[:1] == text[-1:] and text[:1] in {"'", '"'} else text
    script, source = shell(text), project.sources.get(at.path)
    if script is None or source is None or (len(script.commands) < 2 and at.what.startswith("script ")):
        return
    for found in _calls(known, script, service.folder):
        place = "a package script" if at.what.startswith("script ") else f"the {at.what} of the deployment"
        yield Site(source, at.span or Span(0, 0), f"{service.name}.{at.what} generate", found, script, elsewhere=place)


def _calls(known: Packages, script: ShellScript, folder: str) -> Iterator[Generate]:
    for command in script.commands:
        if found := generate_of(command) or _through(known, command, folder):
            yield found


def _through(known: Packages, command: Command, folder: str) -> Generate | None:
    """A call of a package script that does nothing else."""
    call = call_of(command)
    package = known.at(folder)
    name = (call.words[0] or "") if call.manager and len(call.words) == 1 else ""
    if package is None or name not in package.scripts or call.package or call.folder:
        return None
    script = shell(package.scripts[name])
    inner = generate_of(script.commands[0]) if script and len(script.commands) == 1 else None
    return replace(inner, command=command, script=name) if inner else None


def generate_in_build(project: Project, match: Match[Site, SiteFacts]) -> Fix | Refusal:
    """The command is taken away, and where no stage generates yet the builder of each image it served does."""
    site = match.node
    if refusal := _unbuildable(project, site):
        return refusal
    removal = prisma_removal.removal(site.source, site.script, site.generate, site.instruction)
    if isinstance(removal, Refusal):
        return removal
    known = packages(project)
    edits: list[Edit] = [*removal]
    doubts: list[Evidence] = []
    for image in _images(project, known, site.users):
        without = site.instruction if site.instruction and site.instruction.keyword == "RUN" else None
        answer = prisma_build.built(image, site.generate, site.instruction, without)
        if isinstance(answer, Refusal):
            return answer
        edits += answer.edits
        doubts += [*answer.doubts, *_other_stages(image, site)]
    return Fix("Generate the Prisma client while the image is built", tuple(dict.fromkeys(edits)), doubts=tuple(doubts))


def _other_stages(image: Image, site: Site) -> Iterator[Evidence]:
    """Stages of the same Dockerfile that nothing here deploys and that start with the script as well."""
    used = {one.build.stage for one in site.users if one.build and one.build.dockerfile == image.file.path}
    known = {stage.index for number in used for stage in image.file.lineage(image.file.stages[number])}
    for stage in image.file.stages:
        starts = [one for one in stage.of("CMD", "ENTRYPOINT") if basename(site.path) in one.text]
        if starts and site.instruction is None and stage.index not in known:
            yield starts[-1].evidence("another stage starts with the script as well")


def _unbuildable(project: Project, site: Site) -> Refusal | None:
    """Why the command cannot move into the build, whatever the images are."""
    if site.elsewhere:
        return Refusal(f"{site.elsewhere} is no part of the image", _remedy(site))
    if not site.generate.literal or version_of(site.generate):
        return Refusal("what it generates depends on variables, or on a version of its own")
    if why := next((why for name, why in UNBUILDABLE.items() if site.generate.option(name) is not None), None):
        return Refusal(f"it cannot run in the build: {why}")
    for command in site.script.commands:
        before = command.span.start < site.generate.command.span.start
        if (
            before
            and MAKES_SCHEMA.search(command.text)
            and not command.runs(*HARMLESS)
            and not CLI.search(command.text)
        ):
            return Refusal(
                "the schema may be made at start",
                evidence=() if site.instruction else (command.evidence(command.text),),
            )
    if dev := next((one for one in site.users if develops(project, one)), None):
        return Refusal("it serves a development service as well, whose sources are mounted", evidence=(dev.where,))
    return None


def _remedy(site: Site) -> str:
    return f"RUN {site.generate.text}"


def _images(project: Project, known: Packages, users: Sequence[Service]) -> Iterator[Image]:
    """The images of services, each once."""
    builds = {(one.build.dockerfile, one.build.stage): one.build for one in users if one.build}
    for (path, stage), build in builds.items():
        file = project.documents[path]
        assert isinstance(file, Dockerfile)
        yield Image(project, known, file, build, project.built_from(path, stage))
