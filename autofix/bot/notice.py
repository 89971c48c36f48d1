"""What is told about the findings nobody edits?  One issue that lists them, with what a person could do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from autofix.bot import redact
from autofix.bot.marker import Marker, fingerprint
from autofix.bot.redact import code, prose
from autofix.bot.words import listed
from autofix.engine import Result
from autofix.finding import Refusal
from autofix.project import Project
from autofix.report.words import reason

GROUP = "issue"
LABEL = "autofix"
MOST_LENGTH = 60_000
TITLE = "Production readiness: what needs a person"
GONE = "Nothing on this list is left. Closing."


def prints(results: Sequence[Result]) -> tuple[str, ...]:
    """The fingerprints of findings, each once."""
    return tuple(sorted({fingerprint(one.finding.rule.id, one.finding.match) for one in results}))


def body(project: Project, results: Sequence[Result], marker: Marker, secrets: Collection[str] = ()) -> str:
    """The page, with the marker at its end, and no secret."""
    text = (
        "autofix found these and does not edit them: the repository does not say enough to be sure, or the repair is "
        "not one of files.\n\n"
    )
    for section in _sections(project, results):
        if len(text) + len(section) > MOST_LENGTH:
            text += "And more: `autofix report` lists everything.\n\n"
            break
        text += f"{section}\n\n"
    text += (
        "This issue is kept up to date and closes itself. Closed by a person it stays closed until there are other "
        "findings. One place is left out with a comment: `# autofix: ignore <rule> -- <the reason>`."
    )
    return f"{redact.mask(text, secrets)}\n\n{marker}\n"


def _sections(project: Project, results: Sequence[Result]) -> Iterator[str]:
    rules = {one.finding.rule.id: one.finding.rule for one in results}
    worst = sorted(rules.values(), key=lambda rule: (-rule.severity, rule.id))
    for rule in worst:
        rows = [one for one in results if one.finding.rule.id == rule.id]
        yield f"### {redact.quiet(rule.title)}\n\n{redact.quiet(rule.why)} ({code(rule.id)}, {rule.severity.name.lower()})"
        yield listed([_row(project, one) for one in rows])


def _row(project: Project, result: Result) -> str:
    finding = result.finding
    source = project.sources.get(finding.path)
    where = f"{finding.path}:{source.position(result.span.start)[0]}" if source else finding.path
    row = f"{code(where)} {prose(finding.message)}: {prose(reason(result))}"
    remedy = (finding.answer.remedy if isinstance(finding.answer, Refusal) else "") or finding.rule.remedy
    if not remedy:
        return row
    fence = "~~~"
    while fence in remedy:
        fence += "~"
    return "\n".join([row, "", *(f"  {line}".rstrip() for line in (fence, *remedy.splitlines(), fence))])
