"""Is a service meant to run for long, and is there no check that another place gives it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.project import Project, Service
from autofix.surfaces.compose.document import ComposeFile, ComposeService

ONCE = re.compile(
    r"(?:^|[-_.])(?:migrat\w*|seed\w*|init\w*|setup|bootstrap|prepare|provision\w*|create[-_]?\w*|backup|restore|dump|imports?"
    r"|exports?|tests?|e2e|cypress|playwright|lint|build\w*|builder|install\w*|cli|shell|tools?|toolbox|jobs?|once|oneshot"
    r"|fixtures?|topics?|mc|certs?|certbot|keygen|codegen|generate\w*|compile\w*|load[-_]?tests?|loader|benchmark|k6|populate\w*)"
    r"(?:$|[-_.\d])",
    re.IGNORECASE,
)
WORKS = re.compile(
    r"\b(?:celery|rq|sidekiq|resque|dramatiq|huey|faktory|flower|arq|procrastinate|qcluster|process_tasks|queue:(?:work|listen)"
    r"|horizon|schedule:(?:work|run)|cron|crond|supercronic|worker\w*|consumer\w*|beat|scheduler|listener|daemon|subscriber)\b"
    r"|[-_:/](?:worker|consumer|scheduler|cron|jobs?|queue)s?\b"
)
IDLES = re.compile(
    r"^(?:\S*/)?(?:(?:ba|z|a|da)?sh|bash|sleep\s+\S+|tail\s+-[fF]\s+/dev/null|cat|true|infinity|/bin/(?:ba)?sh)\s*$"
    r"|\bsleep (?:infinity|inf|\d{4,})\b|\btail -[fF] /dev/null\b"
)
RUNS_ONCE = re.compile(
    r"\b(?:migrate|migration|db:migrate|db push|upgrade head|db:seed|seed|createsuperuser|collectstatic|migrate deploy"
    r"|pytest|jest|vitest|npm (?:ci|install|test|run (?:build|test|lint)))[\s\"')]*$"
    r"|\bmc (?:alias|mb|config)\b|\bkafka-topics\S*\s.*--create"
)
OVERRIDES = re.compile(r"(?:^|/)(?:docker-)?compose[\w.-]*[._-](?:overrides?|patch|overlay)\.ya?ml$")
LAYERED = re.compile(r"(?:-f|--file)[= ](?P<first>[\w./-]+\.ya?ml)((?:\s+(?:-f|--file)[= ][\w./-]+\.ya?ml)+)")
FILE = re.compile(r"[\w./-]+\.ya?ml")
ASIDE = re.compile(
    r"(?:^|/)(?:\.?devcontainer[\w-]*|tests?|__tests__|e2e[\w-]*|fixtures?|testdata|\.ci|\.github|\.circleci)/"
    r"|[._-](?:tests?|testing|ci|e2e|cypress)[._-][^/]*$"
)


def runs_on(file: ComposeFile, service: ComposeService, linked: Service) -> bool:
    """Whether nothing shows that the service ends by itself, or that somebody decides when it runs."""
    if ASIDE.search(file.path) or service.overlay or service.texts("profiles"):
        return False
    if (service.restart or "").strip("'\"").lower() in {"no", "false"} or ONCE.search(service.name):
        return False
    mode, condition = service.text_of("deploy", "mode"), service.text_of("deploy", "restart_policy", "condition")
    if (mode or "").endswith("-job") or condition == "none" or service.text_of("network_mode") == "none":
        return False
    if "0" in {service.text_of("deploy", "replicas"), service.text_of("scale")}:
        return False
    if any(IDLES.search(fact.value) or RUNS_ONCE.search(fact.value) for fact in linked.start):
        return False
    return not any(
        one.name == service.name and one.condition == "service_completed_successfully"
        for other in file.services
        for one in other.depends_on
    )


def works_in_silence(service: ComposeService, linked: Service) -> bool:
    """Whether the service is one that takes work from a queue, or runs another command of an image that listens."""
    if service.get("ports") or service.get("expose"):
        return False
    own = " ".join(fact.value for fact in linked.start if fact.evidence.path == service.path)
    return bool(WORKS.search(own) or WORKS.search(f"-{service.name}") or own)


def checked_elsewhere(project: Project, file: ComposeFile, service: ComposeService) -> bool:
    """Whether the service gets a check from what it extends, or from a file that is merged with this one."""
    return given_elsewhere(project, file, service, "healthcheck")


def given_elsewhere(project: Project, file: ComposeFile, service: ComposeService, *keys: str) -> bool:
    """Whether the service gets one of the keys from what it extends, or from a file that is merged with this one."""
    if service.extends:
        return True  # what it extends has the key, or is where it belongs
    merged = {path for paths in layers(project) if file.path in paths for path in paths}
    for other in project.of(ComposeFile):
        twin = other.service(service.name) if other.path != file.path else None
        if twin is None or not any(twin.get(key) for key in keys):
            continue
        together = _folder(other.path) == _folder(file.path) and (
            bool(OVERRIDES.search(other.path) or OVERRIDES.search(file.path)) or _lays_over(other) or _lays_over(file)
        )
        if twin.overlay or together or other.path in merged:
            return True
    return False


def _lays_over(file: ComposeFile) -> bool:
    """Whether a file is made to be merged with another: one of its services only changes something."""
    return any(service.overlay for service in file.services)


def layers(project: Project) -> Iterator[frozenset[str]]:
    """The files that some command gives to compose together."""
    for seen in project.mentions(LAYERED, "compose"):
        names = FILE.findall(seen.what)
        folder = _folder(seen.path)
        yield frozenset(
            path for name in names for path in (name.removeprefix("./"), f"{folder}/{name.removeprefix('./')}")
        )


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _beside(path: str, name: str | None) -> str:
    return f"{_folder(path)}/{(name or '').removeprefix('./')}".lstrip("/")
