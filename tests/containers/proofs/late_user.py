"""What becomes of files that are given to a user who is created further down?

BuildKit does not fail on a name it does not know: the files are root's, and nobody is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.containers import bases
from tests.containers.engine import Engine
from tests.containers.proof import Check

CREATE = "RUN addgroup -g 1001 -S app && adduser -S app -u 1001 -G app\n"
COPY = "COPY --chown=app:app src ./src\n"
REST = 'USER app\nCMD ["sh", "-c", "id -u"]\n'
FILES = {"src/index.js": "0;\n", "src/deep/other.js": "1;\n"}


def prove(engine: Engine) -> Iterator[Check]:
    """The same lines in both orders."""
    start = f"FROM {bases.node(engine)}\nWORKDIR /app\n"
    for name, order, owner, outcome in (
        ("copied first", COPY + CREATE, "0:0", "Permission denied"),
        ("created first", CREATE + COPY, "1001:1001", "written"),
    ):
        tag = f"proof:{name.replace(' ', '-')}"
        engine.build_text(start + order + REST, tag, FILES)
        owners = engine.owners(tag, "/app/src")
        wrong = [f"{path} {seen}" for path, seen in owners.items() if seen != owner]
        yield Check(f"{name}: all 4 paths are {owner}", "4, others: none", f"{len(owners)}, others: {_list(wrong)}")
        yield Check(f"{name}: it runs as", "1001", engine.run(tag).out.strip())
        yield Check(f"{name}: it writes to the folder", outcome, writes(engine, tag, "/app/src/new"))


def writes(engine: Engine, image: str, path: str, *options: str) -> str:
    """`written`, or why not in the words of the system."""
    return outcome(engine.run(image, "touch", path, options=options, check=False).last)


def outcome(said: str) -> str:
    """What touch said: nothing is good news."""
    return said.rpartition(": ")[2] if said else "written"


def _list(wrong: list[str]) -> str:
    return ", ".join(wrong) or "none"
