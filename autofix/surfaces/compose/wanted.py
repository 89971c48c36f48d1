"""How does a compose file ask for a variable of the machine it is started on?"""

from __future__ import annotations

import re

from autofix.project import Project
from autofix.surfaces.secrets import NAMES

ASKED = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<rest>:?[-?+][^{}]*)?\}")


def asked(project: Project, path: str) -> dict[str, str]:
    """The names that a file asks for, each with what stands behind it."""
    text = project.sources[path].text
    return {found["name"]: found["rest"] or "" for found in ASKED.finditer(text)}


def rest(project: Project, path: str, name: str) -> str:
    """`:?` and its message where the file asks for credentials that way."""
    known = asked(project, path)
    if name in known:
        return known[name] if known[name].startswith((":?", "?")) else ""
    rests = [(other, said) for other, said in known.items() if NAMES.search(other)]
    required = [(other, said) for other, said in rests if said.startswith((":?", "?"))]
    if not required or len(required) * 2 < len(rests):
        return ""
    other, said = required[-1]
    return said.replace(other, name)
