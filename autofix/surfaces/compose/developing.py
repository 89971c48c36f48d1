"""With which file do developers go on as before, once the one they start reads what production has?"""

from __future__ import annotations

import re
from posixpath import basename, dirname, join

from autofix.finding import Refusal
from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.compose.document import ComposeFile, ComposeService
from autofix.surfaces.compose.environments import Role, Shared, role
from autofix.surfaces.compose.starts import Purpose, Start
from autofix.surfaces.yaml import Located, spell
from autofix.text import NewFile

NAMED = re.compile(r"(?P<stem>.*compose)(?P<extension>\.ya?ml)$")


def development_file(project: Project, shared: Shared) -> NewFile | Refusal | None:
    """A file that gives services the old variables again: the one that Compose lays over the other by itself where every
    deployment names what it starts, else one to name. None where developers start another file anyway.
    """
    file = shared.main
    beside = _beside(project, file) if file else []
    if file is None or any(not one.overlay for one in beside):
        return None
    if beside:
        return Refusal(
            "a line in the file that developers lay over it", evidence=(Evidence("laid over it", beside[0].path),)
        )
    if start := _unsure(shared):
        return Refusal("the words that start it here, for developers or for production", evidence=(start.evidence,))
    path = _path(file, "dev" if _without_name(shared) else "override")
    if project.exists(path) or project.ignored(path):
        return Refusal(f"another place for what developers need: {basename(path)} is taken or ignored")
    return NewFile(path, _text(shared, file))


def _without_name(shared: Shared) -> bool:
    """Whether a deployment may leave it to Compose which files it takes."""
    named = [one.named for one in shared.starts if one.purpose is Purpose.DEPLOY]
    return not shared.deployed or not all(named)


def _unsure(shared: Shared) -> Start | None:
    """A start by the same words as those of a deployment, or one that may be either."""
    wanted = {Purpose.UNKNOWN, Purpose.DEVELOP} if _without_name(shared) else {Purpose.UNKNOWN}
    return next((one for one in shared.starts if not one.named and one.purpose in wanted), None)


def _beside(project: Project, file: ComposeFile) -> list[ComposeFile]:
    """The files of development in the same folder."""
    return [
        one
        for one in project.of(ComposeFile)
        if dirname(one.path) == dirname(file.path) and role(one.path) is Role.DEVELOPMENT
    ]


def _path(file: ComposeFile, word: str) -> str:
    found = NAMED.fullmatch(basename(file.path))
    assert found is not None  # the file has the usual name
    return join(dirname(file.path), f"{found['stem']}.{word}{found['extension']}")


def _text(shared: Shared, file: ComposeFile) -> str:
    """The lists as they were, in the place of those of the file below: Compose would only add to them."""
    services = dict.fromkeys(one.service.name for one in shared.readings)
    lines = ["services:"]
    for name in services:
        service = file.service(name)
        assert service is not None  # its readings come from the file
        lines += [f"  {name}:", *_listed(service)]
    newline = file.source.newline
    return newline.join(lines) + newline


def _listed(service: ComposeService) -> list[str]:
    at = service.get("env_file")
    if at is None or at.scalar:
        return [f"    env_file: !override {spell(at.text or '' if at else '', '')}"]
    return ["    env_file: !override", *(line for item in at.items() for line in _item(item))]


def _item(item: Located) -> list[str]:
    """The lines of an item of the list; a mapping in its long form."""
    if item.scalar:
        return [f"      - {spell(item.text or '', '')}"]
    pairs = [f"{key.value}: {spell(value.text or '', '', keep=True)}" for key, value in item.entries()]
    return [f"      {'- ' if number == 0 else '  '}{pair}" for number, pair in enumerate(pairs)]
