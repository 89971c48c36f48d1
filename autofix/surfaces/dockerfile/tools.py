"""Which programs does an image have for sure, and which does it lack for sure?

Only what its publisher documents of a base image counts, and what the RUN instructions install by name. Whatever a
script, a copied folder or a variable may bring is neither there nor missing: nothing is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from autofix.node import Evidence
from autofix.project import Fact, Tools
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, Stage
from autofix.surfaces.dockerfile.families import Base, Distribution, base_of
from autofix.surfaces.dockerfile.images import Image

BUSYBOX = ("sh", "busybox", "wget", "nc")
KNOWN = ("sh", "bash", "busybox", "curl", "wget", "nc", "node", "python", "python3")
_SYSTEM: dict[Distribution, tuple[str, ...]] = {
    Distribution.ALPINE: BUSYBOX,
    Distribution.DEBIAN: ("sh", "bash"),
    Distribution.DISTROLESS: (),
    Distribution.SCRATCH: (),
}
_LANGUAGE = {
    "node": ("node",),
    "python": ("python", "python3"),
    "ruby": ("ruby",),
    "php": ("php", "curl"),
    "bun": ("bun",),
    "deno": ("deno",),
    "perl": ("perl",),
}
_OFFICIAL = {"nginx": ("sh", "bash", "curl"), "nginxinc/nginx-unprivileged": ("sh", "bash", "curl")}
_LIBRARY = re.compile(r"(?:docker\.io/)?(?:library/)?(?P<name>nginxinc/nginx-unprivileged|[\w.-]+)")
# Every image of the Prometheus project is a program upon its own busybox, but for the tags that say otherwise.
_ON_BUSYBOX = re.compile(r"(?:docker\.io/prom|prom|quay\.io/prometheus)/[\w.-]+")
_DISTROLESS = {"node": ("/nodejs/bin/node",), "python": ("python3",)}
_ON_BUILDPACK = {"node", "python", "ruby", "rust", "elixir", "erlang", "perl"}  # the tags that are not slim
_BUILDPACK = ("curl", "wget", "python3", "perl")
_ON_FEWER = {"go": ("curl", "wget", "perl")}  # buildpack-deps:scm
_OPEN = {"java", "bun", "deno"}  # what their Debian images bring beside the runtime is not documented
_PACKAGES = {
    "curl": ("curl",),
    "wget": ("wget", "gnu wget"),
    "nodejs": ("node",),
    "nodejs-current": ("node",),
    "python3": ("python3",),
    "python3-minimal": ("python3",),
    "python3-pip": ("python3",),
    "python3-venv": ("python3",),
    "python-is-python3": ("python", "python3"),
    "bash": ("bash",),
    "busybox": ("busybox",),
    "netcat-openbsd": ("nc",),
    "netcat-traditional": ("nc",),
    "busybox-extras": ("nc",),
}
_PARTING = re.compile(r"&&|\|\||[;|\n]")
_INSTALL = re.compile(
    r"\s*(?:sudo\s+)?(?:(?P<apk>apk)\b(?:\s+-\S+)*\s+add|(?:apt-get|apt)\b(?:\s+-\S+)*\s+install"
    r"|(?:dnf|yum|microdnf)\b(?:\s+-\S+)*\s+install)\s+(?P<packages>.*)",
    re.DOTALL,
)
_REMOVAL = re.compile(r"\b(?:apk\s+(?:-\S+\s+)*del|(?:apt-get|apt)\s+(?:-\S+\s+)*(?:purge|remove|autoremove|auto-remove)|(?:dnf|yum|microdnf)\s+(?:-\S+\s+)*(?:remove|erase)|rm)\b[^&|;\n]*")  # fmt: skip
_VIRTUAL = re.compile(r"(?:^|\s)(?:-t|--virtual)(?:[= ]|$)")
_BRINGS_ANYTHING = re.compile(
    r"\|\s*(?:sudo\s+)?(?:-E\s+)?(?:ba|da|a)?sh\b"
    r"|(?:^|&&|\|\||[;|(]|\b(?:then|do)\b)\s*(?:(?:ba|da|a)?sh\s+(?:-\w+\s+)*)?[\w./-]*\.sh\b"
    r"|\b(?:apk|apt-get|apt|dnf|yum|microdnf)\b[^&|;\n]*\b(?:install|add)\b[^&|;\n]*\$"
)
_BRINGS_ONE = re.compile(r"deb\.nodesource\.com[^&|;\n]*\|[^&|;\n]*")
_SYSTEM_PATH = re.compile(r"/(?:usr(?:/local)?(?:/s?bin)?|s?bin)?/?$|/(?:usr/(?:local/)?)?s?bin/")
_FOLDER = re.compile(r"(?:.*/)?(?:|\.|s?bin|local|usr|lib|install|out|dist|rootfs|root|build|target|.*[*?].*)")
_NODE_PATH = "/nodejs/bin"


def tools_of(file: Dockerfile, stage: Stage) -> Tools:
    """What the image of a stage has and lacks."""
    lineage = file.lineage(stage)
    found = {fact.value: fact for fact in _of_base(lineage[-1])}
    brought = lineage[-1].reference is None or base_of(lineage[-1].reference) is None
    unsure = None if not brought and _complete(lineage[-1].reference) else lineage[-1].instructions[0]
    for one in (one for level in reversed(lineage) for one in level.instructions):
        if one.keyword == "RUN":
            _carry_out(one, found)
        elif one.keyword == "ENV" and _NODE_PATH in one.command.text and "/nodejs/bin/node" in found:
            found["node"] = Fact("node", one.evidence("PATH holds /nodejs/bin"))
        if _may_bring(one):
            unsure = unsure or one
    said = " ".join(one.command.text for level in lineage for one in level.of("RUN", "COPY", "ADD"))
    lacks = () if unsure else tuple(_missing(lineage[-1], found, said))
    return Tools(tuple(found.values()), lacks)


def tools_of_image(image: Image, at: Evidence) -> Tools:
    """The same of an image that is run as it is."""
    has = _known(image)
    lacks = [name for name in KNOWN if name not in has] if _complete(image) else []
    return Tools(*(tuple(Fact(name, at) for name in names) for names in (has, lacks)))


def _of_base(stage: Stage) -> Iterator[Fact[str]]:
    if stage.reference:
        at = stage.instructions[0].evidence(f"{stage.image.text} has it")
        yield from (Fact(name, at) for name in _known(stage.reference))


def _known(image: Image) -> tuple[str, ...]:
    """The programs of an image; the Alpine variants of official images are built on Alpine."""
    base, tag = base_of(image), image.tag or ""
    if base is not None:
        return _programs(base, tag)
    if _on_busybox(image):
        return BUSYBOX
    official = _LIBRARY.fullmatch(image.name)
    if official is None:
        return ()
    return BUSYBOX if "alpine" in tag else _OFFICIAL.get(official["name"], ())


def _programs(base: Base, tag: str) -> tuple[str, ...]:
    if base.distribution is Distribution.DISTROLESS:
        return _DISTROLESS.get(base.language, ()) + (BUSYBOX if "debug" in tag else ())
    if base.distribution not in _SYSTEM:
        return _LANGUAGE.get(base.language, ())
    more: tuple[str, ...] = ()
    if base.distribution is Distribution.DEBIAN and "slim" not in tag:
        more = _BUILDPACK if base.language in _ON_BUILDPACK else _ON_FEWER.get(base.language, ())
    if "wget" in more:
        more = (*more, "gnu wget")
    return tuple(dict.fromkeys((*_LANGUAGE.get(base.language, ()), *_SYSTEM[base.distribution], *more)))


def _on_busybox(image: Image) -> bool:
    """Whether there is a busybox in an image, and nothing else but its program."""
    return bool(_ON_BUSYBOX.fullmatch(image.name)) and "distroless" not in (image.tag or "")


def _complete(image: Image | None) -> bool:
    """Whether everything that can be asked of a base image is known."""
    if image is not None and _on_busybox(image):
        return True
    base = base_of(image) if image else None
    if base is None or base.distribution not in _SYSTEM:
        return False
    return not (base.language in _OPEN and base.distribution is Distribution.DEBIAN)


def _carry_out(run: Instruction, found: dict[str, Fact[str]]) -> None:
    """What a RUN installs is there afterwards, unless it or a later one takes it away."""
    text = run.command.text
    for word in _installed(text):
        for name in _PACKAGES.get(re.split(r"[=~<>@:]", word)[0], ()):
            found[name] = Fact(name, run.evidence(f"installs {word}"))
    gone = " ".join(match.group() for match in _REMOVAL.finditer(text))
    for name in [name for name in found if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", gone)]:
        found.pop(name)


def _installed(text: str) -> Iterator[str]:
    """The words behind every install, those of a group that is made to be removed left out."""
    for command in _PARTING.split(text):
        install = _INSTALL.match(command)
        if install and not (install["apk"] and _VIRTUAL.search(install["packages"])):
            yield from install["packages"].split()


def _may_bring(one: Instruction) -> bool:
    """Whether an instruction may put programs into the image that it does not name."""
    if one.keyword == "RUN":
        return bool(_BRINGS_ANYTHING.search(_BRINGS_ONE.sub("", one.command.text))) or bool(one.heredocs)
    if one.keyword not in {"COPY", "ADD"} or len(one.words) < 2:
        return False
    *sources, target = (word.value for word in one.words)
    return bool(_SYSTEM_PATH.match(target)) and any(_FOLDER.fullmatch(source) for source in sources)


def _missing(stage: Stage, found: dict[str, Fact[str]], said: str) -> Iterator[Fact[str]]:
    """What neither the base has nor any instruction as much as mentions."""
    for name in KNOWN:
        if name not in found and not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", said):
            yield Fact(name, stage.instructions[0].evidence(f"{stage.image.text} does not have it"))
