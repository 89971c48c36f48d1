"""What does one run read, and where does what it found go?"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from autofix.usage import UsageError

if TYPE_CHECKING:
    from autofix.diff import FileDiff
    from autofix.discover import Skipped
    from autofix.engine import Change, Outcome, Result
    from autofix.report.words import Mode
    from autofix.settings import Settings


class FaultError(Exception):
    """The run could not do its work, and nothing was written."""


def root_and_tops(paths: Sequence[str]) -> tuple[Path, tuple[str, ...]]:
    """The root all paths share, and the paths relative to it."""
    from autofix.discover import root_of

    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise UsageError("the working directory is gone") from error
    for name in paths:
        if not Path(name).exists():
            raise UsageError(f"no such path: {name}")
    roots = {root_of(Path(name)) for name in paths}
    if len(roots) > 1:
        raise UsageError(f"paths of different repositories: {', '.join(sorted(map(str, roots)))}")
    root = roots.pop()
    tops = tuple(Path(name).resolve().relative_to(root).as_posix() for name in paths)
    return root, tuple("" if top == "." else top for top in tops)


def settings_of(
    root: Path, config: Path | None, select: Sequence[str] | None, ignore: Sequence[str] | None, *, unsafe: bool
) -> Settings:
    """The settings of the root under the words of the command line."""
    from autofix import settings

    return settings.load(root, config, words_of(select), words_of(ignore), unsafe=unsafe)


def words_of(names: Sequence[str] | None) -> list[str]:
    """The ids of an option that may be repeated and may hold several between commas."""
    parts = [part.strip() for name in names or () for part in name.split(",")]
    if "" in parts:
        raise UsageError("--select and --ignore take ids, and an empty word is none")
    return parts


def survey_and_run(root: Path, tops: tuple[str, ...], settings: Settings) -> tuple[Outcome, Sequence[Skipped]]:
    """What every round came to, and the files that were left out; FaultError where the run broke."""
    from autofix import discover, engine, link

    survey = discover.survey(root, settings.exclude)
    try:
        project, skipped = link.build(survey)
        return engine.run(project, settings.rules, settings.allowed, engine.Selection(tops, settings.silent)), skipped
    except Exception as error:  # noqa: BLE001  whatever it is, what it says may hold a credential
        import traceback

        from autofix.report import credentials, mask

        values = credentials.values(survey.sources)
        if os.environ.get("AUTOFIX_TRACEBACK"):
            sys.stderr.write(mask.without(traceback.format_exc(), values))
        raise FaultError(f"internal error: {mask.without(f'{type(error).__name__}: {error}', values)}") from None


def masked(outcome: Outcome, text: str, *, deep: bool = False) -> str:
    """The text without the credentials of the repository; `deep` also looks at what its source falls back to."""
    from autofix.report import credentials, mask

    values = credentials.values(outcome.before.sources)
    return mask.without(text, values | credentials.defaults(outcome.before) if deep else values)


def print_diff(root: Path, outcome: Outcome) -> None:
    """Paths are relative to the root; below it `git apply` would pass over the rest without a word, so we say it."""
    from autofix import diff

    sys.stdout.buffer.write(diff.render(map(file_diff, outcome.changes)))
    sys.stdout.flush()
    below = Path.cwd().resolve().relative_to(root) if Path.cwd().resolve().is_relative_to(root) else Path()
    if any(not Path(change.path).is_relative_to(below) for change in outcome.changes):
        command = f"git -C {shlex.quote(str(root))} apply --allow-empty"
        sys.stderr.write(f"The diff is relative to {root}; apply it with: {command}\n")


def file_diff(change: Change) -> FileDiff:
    """The diff of one change."""
    from autofix import diff
    from autofix.text import NewFile

    if change.before is None:
        return diff.newfile_diff(NewFile(change.path, change.after.text, change.after.mode, change.causes))
    return diff.file_diff(change.before, change.edits, change.after.mode)


def write_changes(root: Path, outcome: Outcome) -> None:
    """All changes reach the disk, or FaultError says why none did."""
    from autofix import write

    try:
        write.write(root, [write.Change(change.before, change.after) for change in outcome.changes])
    except write.WriteError as error:
        raise FaultError(str(error)) from error


def tell(outcome: Outcome, mode: Mode, output: Path | None, *, as_json: bool, verbose: bool) -> None:
    """Findings go to a file, to stdout, or to stderr when stdout carries the diff."""
    from autofix.report import human, json
    from autofix.report.words import Mode

    stream = sys.stderr if mode is Mode.DRY_RUN else sys.stdout
    if as_json:
        text = json.render(outcome, mode)
    else:
        text = human.render(outcome, mode, colour=output is None and _colour(stream), verbose=verbose)
    put(masked(outcome, text), stream, output)


def put(text: str, stream: TextIO, output: Path | None) -> None:
    """The text to the file of `--output`, else to the stream."""
    if output is None:
        stream.write(text)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error


def add(text: str, file: Path) -> None:
    """The text at the end of a file that others write to as well."""
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from error


def _colour(stream: object) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"


def unhappy(outcome: Outcome) -> bool:
    """Whether --exit-code says 1: something would change, or a warning or error is left that nobody ignored."""
    from autofix.finding import Reason, Severity

    def matters(result: Result) -> bool:
        ignored = result.why is not None and result.why.reason is Reason.SUPPRESSED
        return result.finding.severity >= Severity.WARNING and not ignored

    return bool(outcome.changes) or any(map(matters, outcome.left))
