"""Which folders of a build context does the build make anew, so that those of the machine only stand in its way?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import join

from autofix.project import Context, Project
from autofix.surfaces.dockerfile.dangers import words_of
from autofix.surfaces.dockerfile.document import Dockerfile

IN_BUILDS = frozenset({"bin", "obj"})  # of every project below the top


@dataclass(frozen=True)
class Output:
    """What a tool makes: the file that asks for it, how a RUN calls it, its folders, and those that may be something
    else unless git leaves them out.
    """

    manifest: re.Pattern[str]
    tool: re.Pattern[str]
    folders: tuple[str, ...]
    doubtful: tuple[str, ...] = ()


OUTPUTS = (
    Output(re.compile(r"\.(?:cs|fs|vb)proj$"), re.compile(r"\bdotnet (?:publish|build|restore)\b"), ("bin", "obj")),
    Output(re.compile(r"(?:^|/)pom\.xml$"), re.compile(r"\bmvnw?\b"), ("target",)),
    Output(re.compile(r"(?:^|/)build\.gradle(?:\.kts)?$"), re.compile(r"\bgradlew?\b"), (".gradle",), ("build",)),
    Output(re.compile(r"^Cargo\.toml$"), re.compile(r"\bcargo (?:\+\S+ )?(?:build|install|chef)\b"), ("target",)),
    Output(re.compile(r"^composer\.json$"), re.compile(r"\bcomposer (?:\S+ )*?(?:install|update)\b"), (), ("vendor",)),
)


def made(project: Project, context: Context, files: Sequence[Dockerfile]) -> Iterator[str]:
    """The folders that every build of the context makes for itself."""
    texts = [" ".join(words_of(one) for stage in file.stages for one in stage.of("RUN")) for file in files]
    for output in OUTPUTS:
        asked = any(map(output.manifest.search, context.files))
        if asked and all(map(output.tool.search, texts)):
            yield from output.folders
            yield from (one for one in output.doubtful if project.ignored(join(context.folder, one, "any")))
