"""Is a script run, or is it read into another one? And which script does it read in itself?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from autofix.node import Evidence
from autofix.project import Project, Service
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command

LIBRARY = re.compile(r"(?:^|[/_.-])(?:libs?|commons?|functions|funcs|helpers?|utils?|includes?)(?=$|[/_.-])")
LEAD = re.compile(r"(?:\$\(.*\)|`.*`|\$\{[^}]*\}|\$\w+|~|\.\.?)/|/")
QUOTES = re.compile(r"[\"']")
INITDB = "/docker-entrypoint-initdb.d/"
BY_ENGINE = frozenset({"HOME", "HOSTNAME"})
DEFINES = frozenset({"set", "export", "readonly", "declare", "typeset", "alias", "shopt", "local"})


def executed(project: Project, script: ShellScript) -> bool:
    """Whether it is a program of its own: it names its shell, does something, and nobody reads it in."""
    if script.shebang is None or LIBRARY.search(str(PurePosixPath(script.path).with_suffix(""))):
        return False
    acting = [one for one in script.commands if not one.function and not one.runs(*DEFINES)]
    returns = any(not one.function for one in script.running("return"))
    return bool(acting) and not returns and next(_readers(project, script), None) is None


def _readers(project: Project, script: ShellScript) -> Iterator[Evidence]:
    name = PurePosixPath(script.path).name
    for other in project.of(ShellScript):
        if other.path != script.path and name in other.source.text:
            for command in other.sourced:
                if command.arguments and PurePosixPath(QUOTES.sub("", command.arguments[0].text)).name == name:
                    yield command.evidence("reads the script in")
    said = re.compile(
        rf"(?:^|[\s;&|(\"'`])(?:source|\.)[ \t]+[^\s;&|]*(?<![\w.-]){re.escape(name)}(?![\w.-])", re.MULTILINE
    )
    yield from (one for one in project.mentions(said, name) if one.path != script.path)


def started_by(project: Project, script: ShellScript, *shells: str) -> Evidence | None:
    """Where one of these shells is told to run the script, so that its first line does not count."""
    name = PurePosixPath(script.path).name
    said = rf"(?<![\w./-])(?:/bin/|/usr/bin/)?(?:{'|'.join(shells)})[\"',]*[ \t]+(?:-\w+[ \t]+)*[^\s;&|]*(?<![\w.-]){re.escape(name)}(?![\w.-])"
    return next(project.mentions(re.compile(said), name), None)


def read_in_by_image(project: Project, script: ShellScript) -> Evidence | None:
    """The folder that the start script of a database image reads scripts from; those that are not executable, and with
    mongo all of them, run in its own shell.
    """
    if INITDB in f"/{script.path}":
        return Evidence("the start script of the database may read it in", script.path)
    for service in project.services:
        for mount in service.mounts:
            folder = normpath(str(PurePosixPath(service.path).parent / mount.origin)) if mount.kind == "bind" else ""
            if INITDB.strip("/") in mount.target and folder and f"{script.path}/".startswith(f"{folder}/"):
                return Evidence(
                    "the start script of the database may read it in", mount.evidence.path, mount.evidence.span
                )
    return None


def image_gives(project: Project, script: ShellScript) -> frozenset[str]:
    """What every image that starts with the script sets by ENV, and the engine for each container.

    Nothing where another script starts it, perhaps outside of the image. What a deployment sets does not count.
    """
    starting = [one for one in project.services if one.build and script.path in one.scripts]
    name = PurePosixPath(script.path).name
    others = (one for one in project.of(ShellScript) if one.path != script.path and name in one.source.text)
    if not starting or any(
        PurePosixPath(one.effective.text).name == name for other in others for one in other.commands
    ):
        return frozenset()
    return BY_ENGINE.union(frozenset.intersection(*(_set_by_image(one) for one in starting)))


def _set_by_image(service: Service) -> frozenset[str]:
    return frozenset(name for name, fact in service.environment if fact.evidence.what == f"ENV {name}")


def read_in(project: Project, script: ShellScript, command: Command) -> ShellScript | None:
    """The script of the repository that a `source` reads; None when that is not sure."""
    tail = _tail(command)
    if not tail:
        return None
    scripts = {one.path: one for one in project.of(ShellScript)}
    beside = normpath(str(PurePosixPath(script.path).parent / tail))
    if beside in scripts:
        return scripts[beside]
    short = re.sub(r"^(?:\.\./)+", "", normpath(tail))
    fitting = [one for path, one in scripts.items() if path == short or path.endswith(f"/{short}")]
    return fitting[0] if len(fitting) == 1 else None


def _tail(command: Command) -> str:
    """The part of the path that is literal: `lib/log.sh` in `"$(dirname "$0")/lib/log.sh"`."""
    if not command.arguments:
        return ""
    word = command.arguments[0]
    if word.value is not None and word.value.startswith(("/", "~")):
        return ""
    text = word.text.strip("\"'")
    found = LEAD.match(text) if not text.startswith("..") else None
    tail = QUOTES.sub("", text[found.end() :] if found else text)
    return "" if re.search(r"[$`*?{}()~]", tail) else tail
