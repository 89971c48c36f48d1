"""How does production get a file of variables of its own?

`.env` stays what Compose fills in `${NAME}` from. What services are given comes from a file that is named after where they
run, so that a machine which only has the one of development does not start production with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from posixpath import basename, dirname, join

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces import yaml
from autofix.surfaces.compose.developing import development_file
from autofix.surfaces.compose.document import ComposeFile
from autofix.surfaces.compose.environments import STAGES, Reading, Shared, SharedFacts, writers
from autofix.surfaces.compose.lasting import layers
from autofix.surfaces.compose.starts import PROSE, Purpose, purpose_at
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.ignoring import IGNORES, RELATIVE, add_line, ignore_files
from autofix.surfaces.env.production import for_development, has_template, name_of, template_of, text_of
from autofix.text import Edit, NewFile

FILLED = re.compile(r"(?<!\$)(?:\$\$)*\$(?:[A-Za-z_]|\{\w+(?:\}|:?\?))")
TOLD = re.compile(r"(?<![\w./-])\.env(?![\w.*/-])")
MOST = 3  # places of prose that are worth a name
PROGRAMS = (".sh", ".yml", ".yaml", ".mk", "akefile", "justfile", "package.json", ".env")


def name_after_environment(project: Project, match: Match[Shared, SharedFacts], *, variable: str) -> Fix | Refusal:
    """`.env.${ENV:-production}` wherever production reads it, a template, and a line that keeps it out of git."""
    shared = match.node
    chosen = f"${{{variable}:-{shared.word}}}"
    obstacle = next(_obstacles(project, shared, variable), None)
    if obstacle:
        return Refusal(obstacle.what, _remedy(shared, chosen), (obstacle,) if obstacle.path else ())
    edits = [edit for file in _files(shared) for edit in _renamed(file, shared, chosen)]
    developing = development_file(project, shared)
    if isinstance(developing, Refusal):
        return Refusal(developing.needs, _remedy(shared, chosen), developing.evidence, developing.reason)
    if not edits or None in edits:
        return Refusal("the name is not written in one place", _remedy(shared, chosen), reason=Reason.UNEDITABLE)
    template = template_of(project, shared.env)
    made = [developing] if developing else []
    made += list(_template(project, shared))
    ignored, new = _kept_out(project, shared, [*project.occupied, *(one.path for one in made)])
    changes = (*(edit for edit in edits if edit), *ignored, *_left_out_of_images(project, shared))
    return Fix(
        f"Give production {basename(shared.own)}",
        changes,
        (*made, *new),
        doubts=tuple(_doubts(project, shared, developing)),
        reads=(template.path,) if template else (),
    )


def _files(shared: Shared) -> list[ComposeFile]:
    return list({one.file.path: one.file for one in shared.readings}.values())


def _renamed(file: ComposeFile, shared: Shared, chosen: str) -> Iterator[Edit | None]:
    """The name where it is written: an anchor once, for all who use it."""
    spans = {one.leaf.value.span for one in shared.readings if one.file is file}
    for leaf in yaml.leaves(file.root):
        if leaf.value.span in spans:
            spans.discard(leaf.value.span)
            yield yaml.replace_scalar(file.yaml, leaf, f"{leaf.text}.{chosen}", shared=True)
    if spans:
        yield None


def _obstacles(project: Project, shared: Shared, variable: str) -> Iterator[Evidence]:
    """What speaks against the change."""
    yield from (flag for one in shared.readings if (flag := _not_required(one)))
    yield from (pair for one in shared.readings if (pair := _filled_in(one)))
    if project.exists(shared.own):
        yield Evidence(f"{shared.own} is there already and may mean something else", shared.own)
    yield from _spoken_of(project, basename(shared.own))
    yield from _chosen_already(project, variable)
    paths = {file.path for file in _files(shared)}
    for together in layers(project):
        others = [path for path in together - paths if together & paths and _reads(project, path, shared)]
        yield from (Evidence("a file that it is laid over reads the same", path) for path in others)
    yield from _writers(project, shared, paths)


def _writers(project: Project, shared: Shared, paths: set[str]) -> Iterator[Evidence]:
    """What makes the old file for a start that will read the new one; a start without a name goes on with the old."""
    starting = {one.evidence.path for one in shared.starts if one.named or one.purpose is Purpose.DEPLOY}
    for seen in writers(project):
        named = shared.main is None and any(basename(path) in project.sources[seen.path].text for path in paths)
        if named or seen.path in starting:
            what = f"what writes {basename(shared.env)} has to write {basename(shared.own)} as well"
            yield Evidence(what, seen.path, seen.span)


def _not_required(one: Reading) -> Evidence | None:
    """Where the long form says that the file may be missing."""
    listed = one.service.get("env_file")
    for item in listed.items() if listed else ():
        path, flag = item.under("path"), item.under("required")
        if path and flag and path.value is one.leaf.value and (flag.text or "").lower() == "false":
            return Evidence(
                "without the new file a server would start with nothing set", one.file.path, flag.value.span
            )
    return None


def _filled_in(one: Reading) -> Evidence | None:
    """A value that Compose takes from the old file, whatever the new one says."""
    for pair in one.service.environment:
        if FILLED.search(pair.value or "") and not STAGES.fullmatch(pair.name):
            what = f"{one.service.name} gets {pair.name} from {basename(one.env)} in another way as well"
            return Evidence(what, one.file.path, pair.key_span)
    return None


def _reads(project: Project, path: str, shared: Shared) -> bool:
    file = project.documents.get(path)
    return isinstance(file, ComposeFile) and any(
        join(dirname(path), (leaf.text or "").removeprefix("./")) == shared.env
        for service in file.services
        for leaf in service.env_files
    )


def _spoken_of(project: Project, own: str) -> Iterator[Evidence]:
    """Where somebody means another file of that name: it may be on the server, or be read by a build."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(own)}(?!\.?\w|[-*])")
    for seen in project.mentions(pattern, own):
        if not seen.path.endswith("ignore"):
            yield Evidence(f"{own} has a meaning here already", seen.path, seen.span)


def _chosen_already(project: Project, variable: str) -> Iterator[Evidence]:
    """Where the variable that would choose the file has a value of its own."""
    pattern = re.compile(
        rf"^[ \t]*(?:export[ \t]+)?{variable}[ \t]*[:?]?=|^[ \t]*-?[ \t]*{variable}:[ \t]|\$\{{{variable}\b|\$\({variable}\)",
        re.MULTILINE,
    )
    for seen in project.mentions(pattern, variable):
        if seen.path.endswith(PROGRAMS) or project.documents.get(seen.path):
            yield Evidence(f"{variable} has a meaning here, and would choose the file", seen.path, seen.span)


def _template(project: Project, shared: Shared) -> Iterator[NewFile]:
    """A template for the new file, where there is one for the old."""
    template = template_of(project, shared.env)
    if template is None or template.bad or has_template(project, shared.env, shared.word):
        return
    path, text = name_of(template, shared.word), text_of(project, template, shared.env, shared.own)
    told = any(for_development(template))
    if told and not project.exists(path) and not project.ignored(path):
        yield NewFile(path, text)


def _kept_out(project: Project, shared: Shared, paths: list[str]) -> tuple[list[Edit], list[NewFile]]:
    """A line for .gitignore, where none keeps the new file out: for all such files where none of them is kept."""
    if project.ignored(shared.own) or not project.tracked:
        return [], []
    name = basename(shared.env)
    line = basename(shared.own) if any(basename(path).startswith(f"{name}.") for path in paths) else f"{name}.*"
    near = ignore_files(project, shared.own)
    if near:
        source = project.sources[near[-1]]
        exact = re.compile(rf"\s*/?(?:\*\*/)?{re.escape(name)}\s*$")
        same = any(map(exact.match, source.text.split("\n")))
        return [add_line(source, line, exact if same else RELATIVE)], []
    return [], [NewFile(IGNORES, f"{name}\n{line}\n")]


def _left_out_of_images(project: Project, shared: Shared) -> Iterator[Edit]:
    """A line beside that of the old file in each ignore file of a build: else the new one gets into images."""
    paths = {file.path for file in _files(shared) if any(service.build for service in file.services)}
    builds = [one.build for one in project.services if one.build and one.path in paths]
    folder = f"{dirname(shared.env)}/".lstrip("/")
    keys = dict.fromkeys(
        (one.dockerfile, one.context) for one in builds if folder.startswith(f"{one.context}/".lstrip("/"))
    )
    for path in dict.fromkeys(project.contexts[key].ignore for key in keys):
        source = project.sources.get(path or "")
        lines = [line.strip() for line in source.text.split("\n")] if source else []
        old = next((line for line in lines if re.fullmatch(r"/?(?:\*\*/)?\.env", line)), None)
        if source and old and not any(fnmatch(basename(shared.own), basename(line)) for line in lines if line):
            yield add_line(source, f"{old}.{shared.word}", re.compile(rf"\s*{re.escape(old)}\s*$"))


def _doubts(project: Project, shared: Shared, made: NewFile | None) -> Iterator[Evidence]:
    first, env = shared.readings[0], basename(shared.env)
    what = f"where {basename(shared.own)} is missing, Compose starts nothing"
    yield Evidence(what, first.file.path, first.leaf.value.span)
    if made:
        yield Evidence(f"{basename(made.path)} wants Compose 2.24.4 or later", shared.path)
    told = [seen for seen in project.mentions(TOLD, ".env") if seen.path.lower().endswith((*PROSE, *PROGRAMS))]
    seen = {
        one.path: one
        for one in reversed(told)
        if not isinstance(project.documents.get(one.path), ComposeFile | EnvFile)
    }
    for one in sorted(seen.values(), key=lambda one: (not _deploys(project, one), one.path))[:MOST]:
        yield Evidence(f"speaks of {env} only", one.path, one.span)


def _deploys(project: Project, seen: Evidence) -> bool:
    return seen.span is not None and purpose_at(project.sources[seen.path], seen.span.start) is Purpose.DEPLOY


def _remedy(shared: Shared, chosen: str) -> str:
    lines = [
        f"cp -n {shared.env} {shared.own}  # on the server, before the next deployment",
        f"env_file: {basename(shared.env)}.{chosen}  # in {' and '.join(file.path for file in _files(shared))}",
    ]
    if any(map(_filled_in, shared.readings)):
        lines.append(
            f"docker compose --env-file {shared.own} ...  # in the deployment, for what is asked for as ${{NAME}}"
        )
    return "\n".join(lines)
