"""How does the audit read as a page?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from autofix.finding import Severity
from autofix.report.areas.table import Area, Cell, Row, State
from autofix.report.audit import Audit
from autofix.report.checklist import GROUPS, Answer
from autofix.report.inventory import NOWHERE
from autofix.report.inventory import Cell as Said
from autofix.report.mask import masked
from autofix.report.surface import Deployed
from autofix.report.told import Status, Told

MARKS = {State.YES: "✅", State.NO: "❌", State.UNKNOWN: "❔", State.NONE: "–", State.TOLD: ""}
ANSWERS = {Answer.YES: "✅", Answer.NO: "❌", Answer.UNDECIDABLE: "❔"}
VERDICTS = {State.YES: "✅ pass", State.NO: "❌ fail", State.UNKNOWN: "❔ unknown", State.NONE: "–", State.TOLD: "–"}
DONE_BY = {
    Status.FIXED: "fixed by `autofix --apply`",
    Status.RECOMMENDED: "recommended, `autofix --apply --unsafe-fixes` writes it",
    Status.MANUAL: "manual",
    Status.NON_ISSUE: "non-issue",
    Status.UNDECIDABLE: "not decidable from files",
}
WHEN = {Severity.ERROR: "First", Severity.WARNING: "Then", Severity.NOTE: "When there is time"}
LEGEND = "✅ right · ❌ wrong · ❔ not decidable from files · – does not arise. A number in parentheses is the line of the file in the row."


def render(audit: Audit) -> str:
    """The page, with a final newline."""
    return masked("\n\n".join(_sections(audit))) + "\n"


def _sections(audit: Audit) -> Iterator[str]:
    yield "# Production readiness"
    yield from _summary(audit)
    yield from _surface(audit)
    yield "## Service inventory"
    yield _services(audit)
    yield LEGEND
    for area in audit.areas:
        yield from _area(area, audit)
    yield "## Environment"
    yield _variables(audit)
    yield "## Artifacts"
    yield _artifacts(audit)
    yield "## Findings"
    yield from _findings(audit.findings)
    yield "## What is already correct"
    yield _bullets(f"✅ {_text(one)}" for one in audit.correct)
    yield "## What not to do yet"
    yield _bullets(f"**{_text(one.what)}**: {_text(one.why)}" for one in audit.not_yet)
    yield "## Order of work"
    yield from _order(audit.findings)
    yield "## Verification"
    yield from _verification(audit.findings)
    yield "## Checklist"
    yield from _checklist(audit)


def _summary(audit: Audit) -> Iterator[str]:
    blocking = sum(one.blocks_deployment for one in audit.findings)
    wrong = Counter(one.answer for one in audit.checklist)
    yield (
        f"{_many(len(audit.services), 'service')}, {_many(len(audit.findings), 'finding')}, of which {blocking} "
        f"block{'s' if blocking == 1 else ''} deployment. Of {len(audit.checklist)} boxes of the checklist {wrong[Answer.YES]} are "
        f"ticked, {wrong[Answer.NO]} are open, {wrong[Answer.UNDECIDABLE]} cannot be decided from files."
    )
    if audit.findings:
        counts = Counter((one.severity, one.status) for one in audit.findings)
        rows = []
        for severity in sorted(Severity, reverse=True):
            name = severity.name.lower()
            rows.append([name, *(str(counts[name, status] or "–") for status in Status)])
        yield _table(["severity", *Status], rows)


def _surface(audit: Audit) -> Iterator[str]:
    yield "## Deploy surface"
    yield _table(
        ("service", "image", "tag", "built from", "deployed by", "ports of the host", "ports inside"),
        [
            (
                one.service, *_image(one), _said(one.builder), _said(one.deployer),
                ", ".join(cell.value for cell in one.published) or "–", ", ".join(map(str, one.inside)) or "unknown",
            )
            for one in audit.deployed
        ],
    )  # fmt: skip
    if audit.upstreams:
        yield "Reverse proxies hand requests on:"
        yield _bullets(
            f"`{one.target}` ({one.where}) for {_text(one.route)}: {', '.join(one.reaches) or 'no service of this repository'}"
            for one in audit.upstreams
        )
    yield "Ports:"
    external = dict.fromkeys(f"{cell.value} ({one.service})" for one in audit.deployed for cell in one.published)
    internal = sorted({port for one in audit.deployed for port in one.inside})
    yield _bullets(
        (
            f"External ports: {', '.join(external) or 'none'}",
            f"Internal ports: {', '.join(map(str, internal)) or 'unknown'}",
        )
    )


def _image(one: Deployed) -> tuple[str, str]:
    """The name and the tag of an image; what compose builds needs none."""
    if one.image.value != NOWHERE:
        return one.image.value, one.tag
    return ("built in place", "–") if one.builder.value != NOWHERE else ("unknown", "unknown")


def _services(audit: Audit) -> str:
    head = ("service", "type", "Dockerfile", "entrypoint", "port", "health route", "Prisma", "required variables", "check", "user")  # fmt: skip
    return _table(
        head,
        [
            (
                _said(row.service), row.type, _said(row.dockerfile) if row.dockerfile.value != NOWHERE else "–",
                _said(row.entrypoint), _said(row.port), _said(row.health), row.prisma.value,
                ", ".join(one.value for one in row.required) or "none known",
                f"{_said(row.check)}{f', {row.tool}' if row.tool != NOWHERE else ''}", _said(row.user),
            )
            for row in audit.services
        ],
    )  # fmt: skip


def _area(area: Area, audit: Audit) -> Iterator[str]:
    yield f"## {area.title}"
    head = (area.subject, "file", *(column.title for column in area.columns), "verdict")
    yield _table(
        head,
        [(row.subject, row.file, *(_cell(row, cell) for cell in row.cells), VERDICTS[row.status]) for row in area.rows],
    )
    drift = [one for one in audit.drift if one.area == area.title]
    if drift:
        yield "Different from its siblings:"
        yield _bullets(
            f"`{one.subject}`{f' ({one.where})' if one.where else ''}: {one.column} is {_text(one.has)}, {_text(one.usual)} in {one.siblings} others"
            for one in drift
        )


def _cell(row: Row, cell: Cell) -> str:
    """The mark, what was found, and where: the line alone where it is in the file of the row."""
    where = cell.where.removeprefix(f"{row.file}:") if row.file else cell.where
    said = cell.value or ("unknown" if cell.state is State.UNKNOWN else "")
    return " ".join(part for part in (MARKS[cell.state], said, f"({where})" if where else "") if part)


def _variables(audit: Audit) -> str:
    head = ("service", "variable", "needed", "default", "where set", "read at")
    return _table(
        head,
        [
            (
                one.service, f"`{one.name}`", "required" if one.required else "optional",
                "–" if one.default is None else f"`{one.default}`" if one.default else "empty", _given(one.given), one.read,
            )
            for one in audit.variables
        ],
    )  # fmt: skip


def _given(cell: Said) -> str:
    return "not set" if cell.value == NOWHERE else cell.where or f"perhaps {cell.value}"


def _artifacts(audit: Audit) -> str:
    head = ("service", "starts", "verdict", "said by", "the image has", "the image lacks")
    return _table(
        head,
        [
            (one.service, f"`{one.path}`", _verdict(one.verdict), one.where, ", ".join(one.has) or "unknown", ", ".join(one.lacks) or "unknown")
            for one in audit.artifacts
        ],
    )  # fmt: skip


def _verdict(verdict: str) -> str:
    return f"❔ {verdict}" if verdict == "not seen" else f"✅ {verdict}"


def _findings(findings: Sequence[Told]) -> Iterator[str]:
    if not findings:
        yield "None."
    for severity in sorted(Severity, reverse=True):
        here = [one for one in findings if one.severity == severity.name.lower()]
        if here:
            yield f"### {severity.name.capitalize()}s ({len(here)})"
        for rule in dict.fromkeys(one.rule for one in here):
            yield from _of_rule([one for one in here if one.rule == rule])


def _of_rule(found: Sequence[Told]) -> Iterator[str]:
    first = found[0]
    blocks = "yes" if any(one.blocks_deployment for one in found) else "no"
    yield f"#### {first.rule}: {_text(first.title)}"
    yield f"**Impact:** {_text(' '.join(first.impact.split()))}\n\n**Blocks deployment:** {blocks}"
    yield "\n".join(line for one in found for line in _lines(one))


def _lines(one: Told) -> Iterator[str]:
    yield f"- `{one.where}`: {_text(one.message)}"
    if one.evidence:
        yield f"  - Evidence: {_text('; '.join(one.evidence))}"
    why = f": {_text(one.reason)}" if one.reason and one.status is not Status.FIXED else ""
    yield f"  - Status: {DONE_BY[one.status]}{why}"
    if one.fix:
        yield f"  - Fix: {_text(one.fix)} ({one.size})"
    if one.remedy:
        yield from _remedy(one.remedy)


def _remedy(remedy: str) -> Iterator[str]:
    """Words on the line of the finding, what is to be pasted as a block below it."""
    if "\n" not in remedy.strip():
        yield f"  - What to do: {_text(' '.join(remedy.split()))}"
        return
    fence = "```"
    while fence in remedy:
        fence += "`"
    yield "  - What to do:\n"
    yield from (f"    {line}".rstrip() for line in (fence, *remedy.strip().splitlines(), fence))


def _order(findings: Sequence[Told]) -> Iterator[str]:
    number = 0
    lines = []
    for severity, when in WHEN.items():
        here = [one for one in findings if one.severity == severity.name.lower() and one.status is not Status.NON_ISSUE]
        for rule in dict.fromkeys(one.rule for one in here):
            number += 1
            mine = [one for one in here if one.rule == rule]
            by = Counter(one.status for one in mine)
            said = ", ".join(f"{count} {status}" for status, count in by.items())
            lines.append(f"{number}. {when}: {_text(mine[0].title)} ({rule}; {said})")
    yield "\n".join(lines) or "Nothing is left."


def _verification(findings: Sequence[Told]) -> Iterator[str]:
    if not findings:
        yield "Nothing to verify."
    for rule in dict.fromkeys(one.rule for one in findings):
        mine = [one for one in findings if one.rule == rule]
        commands = [command for verify in dict.fromkeys(one.verify for one in mine) for command in verify]
        yield f"{_text(mine[0].title)} ({rule}):"
        yield "```bash\n" + "\n".join([*commands, f"autofix --exit-code --select {rule}"]) + "\n```"


def _checklist(audit: Audit) -> Iterator[str]:
    for group in GROUPS:
        yield f"### {group}"
        yield _bullets(
            f"{ANSWERS[one.answer]} {one.text}{f': {_text(one.because)}' if one.because else ''}"
            for one in audit.checklist
            if one.group == group
        )


def _said(cell: Said) -> str:
    if cell.value == NOWHERE:
        return "unknown"
    if cell.where.startswith(f"{cell.value}:"):
        return cell.where
    return (
        f"{cell.value} ({cell.where.removeprefix(f'{cell.value}:')})"
        if cell.where and cell.where != cell.value
        else cell.value
    )


def _text(text: str) -> str:
    """A text that Markdown leaves as it is."""
    return re.sub(r"(?<!`)([<*])(?!`)", r"\\\1", text)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "Nothing."


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(re.sub(r"\s+", " ", one.replace("|", "\\|")) for one in row) for row in body]
    return "\n".join(f"| {line} |" for line in lines) if len(lines) > 2 else "Nothing."
