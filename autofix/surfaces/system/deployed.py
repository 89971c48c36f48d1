"""Which images does the repository build, and what does each need to start?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.project import Project, Service
from autofix.surfaces.dockerfile.declined import in_action
from autofix.surfaces.dockerfile.document import Dockerfile

ASIDE = re.compile(
    r"(?:^|[._/-])(?:dev|development|test|tests|ci|local|debug|devcontainer|example|examples)(?:$|[._/-])"
)
ONCE = re.compile(r"(?:^|[-_])(?:init|migrat\w*|seed\w*|setup|job|cron\w*|test\w*)(?:$|[-_])")
BUILT_IN = re.compile(r"NEXT_PUBLIC_|VITE_|REACT_APP_|NODE_ENV$")
PROVIDER = re.compile(r'^\s*provider\s*=\s*"(postgres|mysql|mongodb)(?:ql)?"', re.MULTILINE)
PLAIN = re.compile(r"[\w./:@%+,=-]+")
ADDRESSES = {"postgres": "postgresql://smoke:smoke@127.0.0.1:5432/smoke", "mysql": "mysql://smoke:smoke@127.0.0.1:3306/smoke",
             "mongodb": "mongodb://127.0.0.1:27017/smoke", "redis": "redis://127.0.0.1:6379", "smtp": "smtp://127.0.0.1:25",
             "amqp": "amqp://127.0.0.1:5672"}  # fmt: skip


@dataclass(frozen=True)
class Image:
    """An image built here: `dockerfile`, `context` and `target` as `docker build` wants them, the variables without
    which its application may not start.
    """

    name: str
    dockerfile: str
    context: str
    target: str
    arguments: tuple[tuple[str, str], ...]
    variables: tuple[tuple[str, str], ...]
    service: Service


def images(project: Project) -> tuple[Image, ...]:
    """The images of production, each once, by name; one-shot jobs and what only developers run are left out."""
    found: dict[tuple[str, int, str], Image] = {}
    names: set[str] = set()
    for service in sorted(project.services, key=lambda one: (one.kind == "image", one.path, one.name)):
        image = _image(project, service)
        key = (service.build.dockerfile, service.build.stage, service.build.context) if service.build else None
        if image and key and key not in found and image.name not in names:
            found[key] = image
            names.add(image.name)
    deployed = {one.dockerfile for one in found.values() if one.service.kind != "image"}
    return tuple(sorted((one for one in found.values() if not deployed or one.service.kind != "image"), key=_by_name))


def _by_name(image: Image) -> str:
    return image.name


def _image(project: Project, service: Service) -> Image | None:
    build = service.build
    file = project.documents.get(build.dockerfile) if build else None
    if (
        build is None
        or not isinstance(file, Dockerfile)
        or ASIDE.search(service.path)
        or ASIDE.search(build.dockerfile)
    ):
        return None
    own = any(fact.evidence.path != build.dockerfile for fact in service.start[:1])
    name = re.sub(r"[^a-z0-9._-]+", "-", service.name.lower()).strip("-._")
    paths = (build.dockerfile, build.context or ".")
    if own or ONCE.search(service.name) or not name or not all(PLAIN.fullmatch(path) for path in paths):
        return None
    stage = file.stages[build.stage]
    if any(in_action(project, file.lineage(stage))):
        return None  # it ends when its work is done
    target = stage.name or str(stage.index) if stage is not file.stages[-1] else ""
    arguments = tuple((key, value) for key, value in build.arguments if value and PLAIN.fullmatch(value))
    return Image(name, *paths, target, arguments, tuple(_variables(project, service)), service)


def _variables(project: Project, service: Service) -> Iterator[tuple[str, str]]:
    """What the source requires and the image does not give, each with a value that leads nowhere."""
    application = project.application(service)
    baked = {
        name for name, fact in service.environment if service.build and fact.evidence.path == service.build.dockerfile
    }
    kinds = {fact.value for fact in application.databases} - {"redis"}
    kinds |= {found[1] for path, source in project.sources.items() if path.endswith(".prisma") and application.prisma
              for found in PROVIDER.finditer(source.text)}  # fmt: skip
    for one in application.variables:
        if (
            one.required
            and one.name not in baked
            and not BUILT_IN.match(one.name)
            and re.fullmatch(r"[A-Z][A-Z0-9_]*", one.name)
        ):
            yield one.name, _value(one.name, kinds)


def _value(name: str, kinds: set[str]) -> str:
    """Something of the right shape: an address of the machine itself, a number, a word."""
    if "PORT" in name.split("_"):
        return "8080"
    if re.search(r"(?:^|_)(?:URL|URI|DSN)$", name):
        named = next((kind for kind in ADDRESSES if kind[:5].upper() in name), "")
        databases = sorted(kinds & ADDRESSES.keys())
        guess = named or (
            databases[0] if databases and "DATABASE" in name else "postgres" if "DATABASE" in name else ""
        )
        return ADDRESSES.get(guess, "http://127.0.0.1")
    return "smoke-value-of-32-characters-0000"
