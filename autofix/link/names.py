"""What do names, paths and variables of a deployment mean in the repository?"""

from __future__ import annotations

import re
from posixpath import join, normpath

VARIABLE = re.compile(r"\$\$|\$\{(?P<name>\w+)(?:(?P<operator>:?[-?+])(?P<word>[^{}]*))?\}|\$(?P<bare>[A-Za-z_]\w*)")

TOOLS = re.compile(
    r"(?<![\w./-])(?:/\S*/)?(curl|wget|nc|cub|node|python3?|pg_isready|redis-cli|mysqladmin|healthcheck\.sh|mongosh?|mongo"
    r"|kafka[\w-]*(?:\.sh)?|rabbitmq-diagnostics|rabbitmqctl|php|ruby|bash|sh|grpc_health_probe|nginx|test)(?![\w-])"
)


def interpolated(text: str) -> str | None:
    """The text with the defaults of its variables, None when one has no default."""
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        if match.group() == "$$":
            return "$"
        if match["operator"] in {"-", ":-"}:
            return str(match["word"])
        unknown = True
        return ""

    filled = VARIABLE.sub(value, text)
    return None if unknown else filled


def image_name(reference: str) -> str:
    """The last part of an image's name, without registry, tag and digest: `shop/api:1` is `api`.

    Variables may stand before it, not in it; then the name is empty.
    """
    bare = reference.partition("@")[0].rpartition("/")[2]
    name = re.sub(r":(?:\$\{[^}]*\}|[^:])*$", "", bare)
    return "" if "$" in name or "{" in name else name


def below(folder: str, path: str) -> str | None:
    """The path seen from a folder, relative to the root; None when it leaves the root or is absolute."""
    if path.startswith(("/", "~", "git@")) or "://" in path:
        return None
    found = normpath(join(folder, path)) if folder or path else ""
    return None if found.startswith("..") else "" if found == "." else found


def parent(path: str) -> str:
    """The folder of a path, empty for the root."""
    return path.rpartition("/")[0]


def tool_of(command: str) -> str:
    """The program a probe asks with, empty when it is none that is known."""
    found = TOOLS.search(command)
    return found[1] if found else ""
