"""What is known of a base image before it is pulled?  Its distribution, its language, its users.

Only images whose publisher documents these things are listed. For any other image nothing is known, and a rule that
needs to know has to say so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from autofix.surfaces.dockerfile.images import Image


class Distribution(StrEnum):
    """Which tools create a user."""

    ALPINE = "alpine"
    DEBIAN = "debian"  # and Ubuntu: the same shadow tools
    REDHAT = "redhat"
    DISTROLESS = "distroless"
    SCRATCH = "scratch"
    UNKNOWN = "unknown"


_SYSTEM_NAMES: frozenset[str | int] = frozenset(
    re.findall(
        r"[\w-]+",
        "root daemon bin sys sync adm tty disk lp mail news uucp man proxy kmem dialout fax voice cdrom floppy tape sudo"
        " audio dip www-data backup operator list irc src shadow utmp video sasl plugdev staff games users nogroup nobody"
        " input ftp ntp sshd cron wheel guest squid xfs kvm ping halt shutdown postmaster at",
    )
)


@dataclass(frozen=True)
class Base:
    """What an image brings. `users` maps names to ids (group and user alike) beside those all have; `runs_as` is its
    own USER, `variables` those of its environment that matter here.
    """

    distribution: Distribution
    language: str = ""
    users: tuple[tuple[str, int], ...] = ()
    runs_as: str = "root"
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def taken(self) -> frozenset[str | int]:
        """The names and ids a new user must not have."""
        return _SYSTEM_NAMES.union(item for user in self.users for item in user)


@dataclass(frozen=True)
class _Family:
    """One row of the table: a language image and where its tags come from."""

    language: str
    default: Distribution = Distribution.DEBIAN
    users: tuple[tuple[str, int], ...] = ()
    alpine_users: tuple[tuple[str, int], ...] | None = None


DOTNET = "dotnet"
_NODE = (("node", 1000),)
_LANGUAGES = {
    "node": _Family("node", users=_NODE),
    "python": _Family("python"),
    "ruby": _Family("ruby"),
    "golang": _Family("go"),
    "rust": _Family("rust"),
    "php": _Family("php", users=(("www-data", 33),), alpine_users=(("www-data", 82),)),
    "elixir": _Family("elixir"),
    "erlang": _Family("erlang"),
    "perl": _Family("perl"),
    "eclipse-temurin": _Family("java", users=(("ubuntu", 1000),), alpine_users=()),
    "openjdk": _Family("java", Distribution.REDHAT),
    "amazoncorretto": _Family("java", Distribution.REDHAT),
    "maven": _Family("java", users=(("ubuntu", 1000),)),
    "gradle": _Family("java", users=(("gradle", 1000), ("ubuntu", 1000))),
    "oven/bun": _Family("bun", users=(("bun", 1000),)),
    "denoland/deno": _Family("deno", users=(("deno", 1993),)),
}
_SYSTEMS = {
    "alpine": Base(Distribution.ALPINE),
    "debian": Base(Distribution.DEBIAN),
    "ubuntu": Base(Distribution.DEBIAN, users=(("ubuntu", 1000),)),
    "scratch": Base(Distribution.SCRATCH),
    "fedora": Base(Distribution.REDHAT),
    "rockylinux": Base(Distribution.REDHAT),
    "almalinux": Base(Distribution.REDHAT),
    "amazonlinux": Base(Distribution.REDHAT),
}
_START_IN_ROOT = frozenset(
    re.findall(
        r"[\w-]+",
        "scratch alpine debian ubuntu busybox buildpack-deps fedora rockylinux almalinux amazonlinux"
        " node python ruby rust nginx eclipse-temurin amazoncorretto",
    )
)
_REGISTRY = re.compile(
    r"^(?:docker\.io/|index\.docker\.io/|registry-1\.docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(?:library/)?"
)
_DEBIAN_TAG = re.compile(r"\b(?:slim|trixie|bookworm|bullseye|buster|stretch|jammy|noble|focal|resolute)\b")
_REDHAT_TAG = re.compile(r"\b(?:oracle|oraclelinux\d*|ubi\d*|al2\d*|centos\d*)\b")


def base_of(image: Image) -> Base | None:
    """What is known of an image, None for one nobody knows here."""
    name = _REGISTRY.sub("", image.name, count=1)
    tag = image.tag or ""
    if name.startswith("gcr.io/distroless/"):
        nonroot = "nonroot" in tag
        language = "node" if "/nodejs" in name else "python" if "/python" in name else "java" if "/java" in name else ""
        return Base(Distribution.DISTROLESS, language, (("nonroot", 65532),), "nonroot" if nonroot else "root")
    if name in _LANGUAGES:
        family = _LANGUAGES[name]
        distribution = _of_tag(tag, family.default)
        alpine = distribution is Distribution.ALPINE and family.alpine_users is not None
        return Base(distribution, family.language, (family.alpine_users or ()) if alpine else family.users)
    if name in _SYSTEMS:
        return _SYSTEMS[name]
    if name.startswith("mcr.microsoft.com/dotnet/"):
        return _of_dotnet(name.rpartition("/")[2], tag)
    if re.fullmatch(r"(?:registry\.access\.redhat\.com|redhat)/ubi\d+(?:/ubi)?(?:-minimal|-micro)?", name):
        return Base(Distribution.REDHAT)
    return None


def starts_in_root(image: Image) -> bool:
    """Whether an image is known to have `/` for the folder it works in."""
    name = _REGISTRY.sub("", image.name, count=1)
    windows = re.search("windowsservercore|nanoserver", image.tag or "")
    return name in _START_IN_ROOT and not windows


def _of_dotnet(short: str, tag: str) -> Base | None:
    """Microsoft's .NET images: from 8.0 on there is a user `app` with the number in APP_UID, which chiseled ones run as."""
    version = re.match(r"(\d+)\.", tag)
    if version is None or int(version[1]) < 8:
        return None
    chiseled = "chiseled" in tag or "distroless" in tag
    distribution = Distribution.DISTROLESS if chiseled else _of_tag(tag, Distribution.DEBIAN)
    runs_as = "app" if chiseled else "root"
    language = DOTNET if short in {"aspnet", "runtime"} else ""
    return Base(distribution, language, (("app", 1654),), runs_as, (("APP_UID", "1654"),))


def _of_tag(tag: str, default: Distribution) -> Distribution:
    if "alpine" in tag:
        return Distribution.ALPINE
    if "distroless" in tag:
        return Distribution.DISTROLESS
    if _DEBIAN_TAG.search(tag):
        return Distribution.DEBIAN
    if _REDHAT_TAG.search(tag):
        return Distribution.REDHAT
    return Distribution.UNKNOWN if "windowsservercore" in tag or "nanoserver" in tag else default
