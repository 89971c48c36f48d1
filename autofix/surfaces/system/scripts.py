"""Is any image started, or searched for known faults, before it is deployed?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces import surface_of
from autofix.surfaces.system.deployed import Image, images
from autofix.text import SCRIPT_MODE, NewFile, Source

SMOKE = "scripts/smoke-run-images.sh"
SCAN = "scripts/scan-images.sh"
MOST_DEPLOYMENTS = 6
"""A repository with more of them is a collection of examples, and nobody deploys all."""
STARTS = re.compile(
    r"^(?![ \t]*#).*?(?:\b(?:docker|podman)\s+(?:container\s+)?run\b|\bsmoke\b|container-structure-test|\bd?goss\b|testcontainers"
    r"|\bcompose\b.*\bup\b.*--(?:wait|exit-code-from|abort-on)|\bkind create\b|\bminikube start\b)",
    re.MULTILINE | re.IGNORECASE,
)
SCANS = re.compile(
    r"^(?![ \t]*#).*?\b(?:trivy|grype|snyk|clair(?:ctl)?|anchore|dockle|docker[- ]scout|scout-action|docker scan|ecr describe-image-scan"
    r"|checkov|twistcli|sysdig)",
    re.MULTILINE | re.IGNORECASE,
)
TASKS = re.compile(
    r"(?:^|/)(?:makefile|justfile|taskfile[^/]*|jenkinsfile|package\.json|\.gitlab-ci\.ya?ml|[^/]*\.mk)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Untried(Node):
    """The images that nothing here tries; the place is where the first of them is deployed."""

    images: tuple[Image, ...] = field(repr=False)


@dataclass(frozen=True)
class UntriedFacts:
    """How many images there are, and their names."""

    count: str
    names: str


def never_starts(project: Project) -> Iterator[Match[Untried, UntriedFacts]]:
    """Images that no script and no workflow starts."""
    if not any(re.search(r"smoke[^/]*$", path) for path in project.occupied):
        yield from _untried(project, STARTS, "never started")


def never_scans(project: Project) -> Iterator[Match[Untried, UntriedFacts]]:
    """Images that no script and no workflow searches for known faults."""
    if not any(re.search(r"(?:^|/)(?:scan-images|image-scan|\.?trivy)[^/]*$", path) for path in project.occupied):
        yield from _untried(project, SCANS, "never scanned")


def _untried(project: Project, tried: re.Pattern[str], anchor: str) -> Iterator[Match[Untried, UntriedFacts]]:
    if any(tried.search(source.text) for source in _running(project)):
        return
    found = images(project)
    if not found or len({one.service.path for one in found}) > MOST_DEPLOYMENTS:
        return
    first = min((one.service for one in found), key=lambda one: (one.kind == "image", *_production(one.path), one.name))
    span = first.where.span
    if span is None:
        return
    node = Untried(project.sources[first.path], span, anchor, found)
    count = "the image" if len(found) == 1 else f"the {len(found)} images"
    seen = tuple(Evidence(f"image {one.name}", one.dockerfile) for one in found)
    yield Match(node, UntriedFacts(count, ", ".join(one.name for one in found)), seen)


def _running(project: Project) -> Iterator[Source]:
    """The files that say what is run around a deployment."""
    for path, source in project.sources.items():
        if surface_of(source) in {"shell", "workflow"} or TASKS.search(path):
            yield source


def write_smoke_script(project: Project, match: Match[Untried, UntriedFacts]) -> Fix | Refusal:
    """A script that builds each image, starts it alone, and fails unless it still runs a while later."""
    if SMOKE in project.occupied:
        return Refusal("a file of that name exists")
    lines = [_smoke_call(one) for one in match.node.images]
    return _script(SMOKE, SMOKE_HEAD + "\n".join(lines) + SMOKE_TAIL, "Add a script that starts each image")


def write_scan_script(project: Project, match: Match[Untried, UntriedFacts]) -> Fix | Refusal:
    """A script that searches each image for known faults."""
    if SCAN in project.occupied:
        return Refusal("a file of that name exists")
    files = _composed(match.node.images)
    default = f"docker compose -f {files[0]} config --images" if files else ""
    text = SCAN_HEAD + (_listed(default) if default else _built(match.node.images)) + SCAN_TAIL
    return _script(SCAN, text, "Add a script that scans each image")


def _script(path: str, text: str, title: str) -> Fix:
    return Fix(
        title, files=(NewFile(path, text, SCRIPT_MODE),), doubts=(Evidence("nobody has run the new script yet"),)
    )


def _smoke_call(image: Image) -> str:
    """The build of one image, and its start with what `docker run` has to be given."""
    builds = [f"--build-arg {name}={_quoted(value)}" for name, value in image.arguments]
    target = [f"--target {image.target}"] if image.target else []
    words = [f"docker build -t smoke-{image.name}", f"-f {image.dockerfile}", *target, *builds, image.context]
    given = [f"-e {name}={_quoted(value)}" for name, value in image.variables]
    long = " \\\n  ".join((f"smoke {image.name}", *given))
    return f"{' '.join(words)}\n{long}\n"


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w./:@-]+", value) else f"'{value}'"


def _composed(found: Sequence[Image]) -> list[str]:
    """The compose files that name the images, production's own first."""
    files = {one.service.path for one in found if one.service.kind == "compose"}
    return sorted(files, key=_production)


def _production(path: str) -> tuple[bool, int, int, str]:
    """An order of compose files: production's own, then the plainest name."""
    return "prod" not in path, path.count("/"), len(path), path


def _listed(command: str) -> str:
    return f"""
if [ "$#" -eq 0 ]; then
  images=$({command})
  # shellcheck disable=SC2086 # names of images hold no blanks
  set -- $images
fi
"""


def _built(found: Sequence[Image]) -> str:
    builds = "\n".join(
        f"  docker build -q -f {one.dockerfile}{f' --target {one.target}' if one.target else ''} -t scan-{one.name} {one.context}"
        for one in found
    )
    names = " ".join(f"scan-{one.name}" for one in found)
    return f"""
if [ "$#" -eq 0 ]; then
{builds}
  set -- {names}
fi
"""


SMOKE_HEAD = """#!/bin/sh
# Builds each image, starts it alone, and fails unless it is still running after SMOKE_SECONDS.
set -eu

cd "$(dirname "$0")/.."
seconds="${SMOKE_SECONDS:-10}"
failed=""

# smoke NAME [OPTION OF docker run ...]
smoke() {
  name="$1"
  shift
  container=$(docker run -d "$@" "smoke-$name")
  sleep "$seconds"
  if [ "$(docker inspect -f '{{.State.Running}}' "$container")" = true ]; then
    echo "$name is running"
  else
    echo "$name ended with status $(docker inspect -f '{{.State.ExitCode}}' "$container"):" >&2
    docker logs --tail 40 "$container" >&2
    failed="$failed $name"
  fi
  docker rm -f "$container" >/dev/null
}

"""
SMOKE_TAIL = """
if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
"""
SCAN_HEAD = """#!/bin/sh
# Searches images for known vulnerabilities: those given, else all of this repository. Needs trivy.
set -eu

cd "$(dirname "$0")/.."
severity="${SCAN_SEVERITY:-HIGH,CRITICAL}"
failed=""

if ! command -v trivy >/dev/null; then
  echo "trivy is not installed: https://trivy.dev" >&2
  exit 2
fi
"""
SCAN_TAIL = """
for image in "$@"; do
  echo "== $image"
  trivy image --severity "$severity" --ignore-unfixed --exit-code 1 "$image" || failed="$failed $image"
done

if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
"""
