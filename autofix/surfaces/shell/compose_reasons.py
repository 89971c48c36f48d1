"""Why may a call of the old Compose not be replaced, or not without a look?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces import surface_by_name
from autofix.surfaces.shell.compose_calls import OLD, asks, calls_new, defines, leading, output_is_read, verb
from autofix.surfaces.shell.document import ShellScript
from autofix.surfaces.shell.nodes import Command
from autofix.surfaces.shell.words import literal
from autofix.text import Span

VERBS = "up|down|build|pull|push|run|exec|logs|ps|restart|stop|start|config|create|kill|rm|cp|watch"
USED = re.compile(rf"(?<![\w-])docker compose(?:[ \t]+--?[\w-]+(?:[ =][^\s-]\S*)?)*[ \t]+(?:{VERBS})\b")
BRINGS_V2 = re.compile(r"docker-compose-plugin|docker-cli-compose|cli-plugins|^FROM\s+(?:\S+/)?docker:", re.MULTILINE)
INSTALLED = re.compile(  # as a package, over lines that a backslash joins
    r"\b(?:apk\s+(?:--\S+\s+)*add|(?:apt-get|apt|dnf|yum)\s+(?:-\S+\s+)*install|pip3?\s+install)\b"
    r"(?:[^\n&|;]|\\\r?\n)*?\sdocker-compose(?![\w./-])"
)
RUNNER = re.compile(r"runs-on:[ \t]*\[?[\"']?ubuntu-(?:latest|24\.04)")
CONTAINER = re.compile(r"[\w}]_\w[\w-]*_\d+(?![\w.-])")
TAKES_CONTAINERS = frozenset({
    "attach", "commit", "container", "cp", "exec", "inspect", "kill", "logs", "pause", "port", "ps", "restart", "rm",
    "start", "stats", "stop", "top", "unpause", "wait",
})  # fmt: skip
GONE = frozenset({"--compatibility", "--log-level", "-H", "--host", "--skip-hostname-check", "--tls", "--tlscacert",
                  "--tlscert", "--tlskey", "--tlsverify"})  # fmt: skip
GONE_VERBS = frozenset({"bundle", "migrate-to-labels"})
READABLE = frozenset({"ps", "config", "images", "top"})
SAME_OUTPUT = frozenset({"-q", "--quiet", "--services"})
SAYS = frozenset({"echo", "printf"})


def obstacle_of_script(project: Project, script: ShellScript) -> Evidence | None:
    """What shows that a script handles the change itself, or depends on the old program."""
    named = next(_names(script), None)
    if named is not None:
        return Evidence("the script also looks for, installs or passes on docker-compose", script.path, named)
    for command in script.commands:
        if asks(command):
            return command.evidence("the script asks which Compose there is")
    container = next(_old_containers(script), None)
    if container is not None:
        return Evidence("the script names a container as only Compose v1 does", script.path, container)
    if image := _image_without_v2(project, script):
        return image
    if not script.sourced:
        return None
    definers = (one.path for one in project.of(ShellScript) if defines(one))
    return next((Evidence("a script that may be sourced defines docker-compose", path) for path in definers), None)


def _image_without_v2(project: Project, script: ShellScript) -> Evidence | None:
    """An image the script starts in: what the rest of the repository calls says nothing about what is in there."""
    for service in project.services:
        source = project.sources.get(service.build.dockerfile) if service.build else None
        if source and script.path in service.scripts and not BRINGS_V2.search(source.text):
            return Evidence("the script starts in an image, which has to bring Compose v2", source.path)
    return None


def obstacle_of_call(command: Command) -> Evidence | None:
    """What in the call itself has no counterpart, or cannot be replaced."""
    if not command.runs(OLD):
        where = "on another machine" if command.runs("ssh") else "from a string"
        return command.evidence(f"docker-compose is run {where}")
    if command.effective.text != OLD:
        return command.evidence("the program is named by a path or in quotes")
    gone = next((word.text for word in leading(command) if word.text.partition("=")[0] in GONE | GONE_VERBS), None)
    if gone is None and verb(command) == "pull" and any(word.text == "--parallel" for word in command.arguments):
        gone = "--parallel"
    if gone is not None:
        return command.evidence(f"Compose v2 knows no {gone}, or means something else by it")
    return None


def doubts_of_call(command: Command) -> Iterator[Evidence]:
    """What in the call itself may behave in another way."""
    same = any(word.text in SAME_OUTPUT for word in command.arguments)
    if verb(command) in READABLE and not same and output_is_read(command):
        yield command.evidence(f"the output of {verb(command)} is read, and Compose v2 writes it in another way")


def doubts_everywhere(project: Project, proof: Sequence[Evidence]) -> Iterator[Evidence]:
    """What in the repository makes every call doubtful."""
    if not proof:
        yield Evidence("nothing in the repository shows that Compose v2 is installed where this runs")
    for seen in project.mentions(INSTALLED, "docker-compose"):
        if surface_by_name(seen.path) == "dockerfile" and not BRINGS_V2.search(project.sources[seen.path].text):
            yield Evidence("an image that may run it installs docker-compose", seen.path, seen.span)
    for script in project.of(ShellScript):
        container = next(_old_containers(script), None)
        if container is not None:
            yield Evidence("a script names a container as only Compose v1 does", script.path, container)


def proof_of_v2(project: Project) -> Iterator[Evidence]:
    """Who relies on Compose v2 already: scripts that can do without it prove nothing, their messages neither."""
    for evidence in project.mentions(USED, "docker compose"):
        script, span = project.documents.get(evidence.path), evidence.span
        if isinstance(script, ShellScript):
            run = any(calls_new(one) and span and one.span.overlaps(span) for one in script.commands)
            if not run or obstacle_of_script(project, script) is not None:
                continue
        yield Evidence("uses docker compose", evidence.path, span)
    for evidence in project.mentions(RUNNER, "runs-on"):
        if evidence.path.startswith(".github/workflows/"):
            yield Evidence("runs on an image that has only Compose v2", evidence.path, evidence.span)


def _names(script: ShellScript) -> Iterator[Span]:
    """Words that are the name of the program, or a path to it, without calling it; variables that hold a call."""
    calling = [command.effective.span for command in script.commands if command.runs(OLD)]
    saying = [command.span for command in script.running(*SAYS)]
    for span, meaning in script.atoms():
        text = meaning[1] if isinstance(meaning, tuple) else ""
        if span is None or OLD not in text or any(one.contains(span) for one in (*calling, *saying)):
            continue
        value = literal(text) or text
        if value == OLD or value.endswith((f"/{OLD}", f"={OLD}")) or value.startswith(f"{OLD}=="):
            yield span
    for assignment in script.assignments:
        value = literal(script.source.slice(assignment.value)) if assignment.value else None
        if value is not None and value.startswith((f"{OLD} ", f"sudo {OLD}")):
            yield assignment.span


def _old_containers(script: ShellScript) -> Iterator[Span]:
    """Words like `shop_api_1` where a container is meant."""
    for command in script.running("docker", "grep", "awk"):
        words = command.arguments
        if not command.runs("docker") or (words and words[0].value in TAKES_CONTAINERS):
            yield from (word.span for word in words if CONTAINER.search(word.text))
