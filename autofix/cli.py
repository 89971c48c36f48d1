"""What does the command line mean?  `autofix [PATH…]` is the hidden command `check`; only the first word can be another."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer.core import TyperGroup

from autofix import __version__, run
from autofix.usage import UsageError, unknown

if TYPE_CHECKING:
    from autofix.rule import Rule

EXAMPLES = """Examples:

  autofix                               list findings of this repository

  autofix --dry-run | git apply --allow-empty
                                        the same as --apply, at the root of the repository

  autofix --apply services/api          fix what is found below services/api

  autofix --select dockerfile --format json

Sub-commands (first word only): rules, explain ID, report [PATH], pr [PATH]. A path of that name: ./rules

Exit status: 0 done; 1 only with --exit-code; 2 wrong usage or configuration; 3 a fault of ours, nothing written."""


class Format(StrEnum):
    """The formats findings come in."""

    HUMAN = "human"
    JSON = "json"


class AuditFormat(StrEnum):
    """The formats the audit comes in."""

    MARKDOWN = "markdown"
    JSON = "json"


class Grouping(StrEnum):
    """What goes into one request."""

    RULE = "rule"
    SERVICE = "service"
    ALL = "all"


class Forge(StrEnum):
    """What a server runs."""

    GITHUB = "github"
    GITLAB = "gitlab"


class DefaultToCheck(TyperGroup):
    """`autofix a b --apply` is `autofix check a b --apply`; `./rules` is the path, `rules` the command."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Insert the hidden command unless the first word is one."""
        if not args or args[0] not in self.commands or args[0] == "check":
            args = ["check", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The commands help shows."""
        return [name for name in super().list_commands(ctx) if name != "check"]


app = typer.Typer(
    cls=DefaultToCheck,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)

Paths = Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", show_default=False)]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Instead of .autofix.yaml at the root.")]


def _version(on: bool) -> None:
    if on:
        print(f"autofix {__version__}")
        raise typer.Exit


@app.command("check", epilog=EXAMPLES)
def check(
    paths: Paths = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print one unified diff; change nothing.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Make the same edits in place.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe-fixes", help="Also fix what a person has to look at.")] = False,
    select: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this rule or surface.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="ID", help="Not this rule or surface.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How findings are told.")] = Format.HUMAN,  # noqa: A002
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Where findings are told.")] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Status 1 if anything is left or would change.")
    ] = False,
    config: Config = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Evidence, remedies, and files left out.")] = False,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find what will break a container-deployed repository in production, and repair it."""
    from autofix.report.words import Mode

    if dry_run and apply:
        raise UsageError("--dry-run and --apply exclude each other")
    if dry_run and format is not Format.HUMAN and output is None:
        raise UsageError(f"--dry-run keeps stdout for the diff; --format {format} needs --output FILE")
    mode = Mode.DRY_RUN if dry_run else Mode.APPLY if apply else Mode.LIST
    root, tops = run.root_and_tops(paths or ["."])
    outcome, skipped = run.survey_and_run(root, tops, run.settings_of(root, config, select, ignore, unsafe=unsafe))
    if mode is Mode.DRY_RUN and outcome.converged:
        run.print_diff(root, outcome)
    if mode is Mode.APPLY and outcome.converged:
        run.write_changes(root, outcome)
    run.tell(outcome, mode, output, as_json=format is Format.JSON, verbose=verbose)
    if verbose:
        from autofix.report.words import shown

        for skip in skipped:
            print(f"left out: {shown(skip.path)}: {skip.reason}", file=sys.stderr)
    if not outcome.converged:
        raise run.FaultError("the fixes did not settle; nothing was written")
    raise typer.Exit(1 if exit_code and run.unhappy(outcome) else 0)


@app.command()
def rules(config: Config = None) -> None:
    """List the catalogue."""
    from autofix import catalogue, settings

    known = settings.load(run.root_and_tops(["."])[0], config).rules if config else catalogue.load()
    width = max(len(rule.id) for rule in known)
    for rule in sorted(known, key=lambda rule: rule.id):
        print(f"{rule.id:{width}}  {rule.severity.name.lower():7}  {_repair(rule):6}  {rule.title}")


@app.command()
def explain(rule_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Tell what one rule finds, why, and what its fix looks like."""
    from autofix import catalogue
    from autofix.report import pages

    known = {rule.id: rule for rule in catalogue.load()}
    if rule_id not in known:
        raise UsageError(unknown("rule", rule_id, known))
    sys.stdout.write(pages.read(known[rule_id]))


@app.command()
def report(
    path: Annotated[str, typer.Argument(metavar="[PATH]", show_default=False)] = ".",
    format: Annotated[AuditFormat, typer.Option("--format")] = AuditFormat.MARKDOWN,  # noqa: A002
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the report goes.")] = None,
    config: Config = None,
) -> None:
    """Write the audit: what is deployed, from what, what it needs, what was found."""
    from autofix.report import audit, markdown

    root, tops = run.root_and_tops([path])
    chosen = run.settings_of(root, config, None, None, unsafe=False)
    outcome, _ = run.survey_and_run(root, tops, chosen)
    found = audit.of(outcome, [rule.id for rule in chosen.rules])
    text = audit.render_json(found) if format is AuditFormat.JSON else markdown.render(found)
    run.put(run.masked(outcome, text, deep=True), sys.stdout, output)


@app.command()
def pr(
    path: Annotated[str | None, typer.Argument(metavar="[PATH]", show_default=False)] = None,
    repo: Annotated[str, typer.Option(metavar="OWNER/NAME", help="Else what the job or the checkout says.")] = "",
    base: Annotated[str, typer.Option(metavar="BRANCH", help="Else the repository's default branch.")] = "",
    group: Annotated[Grouping | None, typer.Option(help="What goes into one request.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be opened; change nothing.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe-fixes", help="Also fix what a person has to look at.")] = False,
    select: Annotated[list[str] | None, typer.Option(metavar="ID", help="Only this rule or surface.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="ID", help="Not this rule or surface.")] = None,
    url: Annotated[str, typer.Option(metavar="URL", help="The server, if it is not https://github.com.")] = "",
    forge: Annotated[Forge | None, typer.Option(help="What the server runs.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How it is told.")] = Format.HUMAN,  # noqa: A002
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Where it is told.")] = None,
    summary: Annotated[Path | None, typer.Option(metavar="FILE", help="Add a Markdown summary to this file.")] = None,
    outputs: Annotated[Path | None, typer.Option(metavar="FILE", help="Add name=value lines to this file.")] = None,
    config: Config = None,
) -> None:
    """Open or update pull requests with the fixes; docs/bot.md tells all."""
    from autofix.bot import command, told

    root, tops = run.root_and_tops([path or "."])
    options = command.Options(
        repo, base, url, forge or "", group or "", root if path or (root / ".git").exists() else None,
        tops if path else (), run.words_of(select), run.words_of(ignore), config and config.resolve(), unsafe, dry_run,
    )  # fmt: skip
    report = command.run(options)
    run.put(told.document(report) if format is Format.JSON else told.human(report, pages=dry_run), sys.stdout, output)
    for file, text in ((summary, told.markdown(report)), (outputs, told.outputs(report))):
        if file:
            run.add(text, file)
    if report.failed:
        raise run.FaultError(
            "not everything could be done; what failed is said above, and a later run goes on from there"
        )


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """0 done · 1 only with --exit-code · 2 usage · 3 a fault of ours · 130 interrupted · 141 the reader went away."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` ends us quietly; status 1 has another meaning here
    sys.exit(_status(argv))


def _status(argv: Sequence[str] | None) -> int:
    try:
        status = app(args=argv, standalone_mode=False, prog_name="autofix")
        sys.stdout.flush()
    except UsageError as error:
        return _say(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        if hasattr(error, "format_message"):
            return _say(error.format_message(), 2)
        if os.environ.get("AUTOFIX_TRACEBACK") and not isinstance(error, run.FaultError):
            raise
        words = str(error) if isinstance(error, run.FaultError) else f"internal error: {type(error).__name__}: {error}"
        return _say(words, 3)
    return int(status or 0)


def _say(words: str, status: int) -> int:
    print(f"autofix: {' '.join(words.split())}", file=sys.stderr)
    return status


def _repair(rule: Rule) -> str:
    return rule.safety.name.lower() if rule.fix else "manual"
