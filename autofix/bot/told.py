"""What did the bot do, and what not?  Told to people, to a job summary, and to the next step of a job."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from autofix.bot.redact import prose


class Deed(StrEnum):
    """What became of one group, one request, or the issue."""

    OPENED = "opened"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CLOSED = "closed"
    LEFT = "left"
    FAILED = "failed"


DONE = {Deed.OPENED, Deed.UPDATED, Deed.CLOSED}


@dataclass(frozen=True)
class Entry:
    """One line of what was done; `page` is the body of a request as it would be opened."""

    deed: Deed
    what: str
    words: str = ""
    branch: str = ""
    url: str = ""
    title: str = ""
    commits: tuple[str, ...] = ()
    page: str = field(default="", repr=False)

    def but(self, deed: Deed, words: str, url: str = "") -> Entry:
        """The same with another end."""
        return replace(self, deed=deed, words=words, url=url or self.url)


@dataclass
class Report:
    """Everything that was done in one visit of a repository."""

    repository: str
    base: str
    dry_run: bool = False
    entries: list[Entry] = field(default_factory=list)

    def note(self, entry: Entry) -> None:
        """Keep what was done. In a second look at a base that moved, what was done before still was."""
        for place, known in enumerate(self.entries):
            if (known.what, known.branch) == (entry.what, entry.branch):
                done = known.deed in DONE and entry.deed is Deed.UNCHANGED
                self.entries[place] = known if done else entry
                return
        self.entries.append(entry)

    @property
    def failed(self) -> bool:
        """Whether something could not be done."""
        return any(entry.deed is Deed.FAILED for entry in self.entries)

    def count(self, deed: Deed) -> int:
        """How many entries there are of a kind."""
        return sum(entry.deed is deed for entry in self.entries)


WOULD = {Deed.OPENED: "would open", Deed.UPDATED: "would update", Deed.CLOSED: "would close"}


def human(report: Report, *, pages: bool = False) -> str:
    """A line for each, and what a request would say when nothing was done yet."""
    lines = [line for entry in report.entries for line in _lines(entry, report.dry_run, pages)]
    return "\n".join([*lines, _totals(report)]) + "\n"


def markdown(report: Report) -> str:
    """A section for the summary of a job."""
    head = f"### autofix on {prose(report.repository)}, {prose(report.base)}"
    rows = [f"| {_deed(entry, report.dry_run)} | {_linked(entry)} | {prose(entry.words)} |" for entry in report.entries]
    table = ["| | request | |", "|---|---|---|", *rows] if rows else []
    return "\n".join([head, "", *table, "", _totals(report), ""])


def outputs(report: Report) -> str:
    """`name=value` lines, as the next step of a job reads them."""
    counts = {deed.value: report.count(deed) for deed in Deed}
    urls = [entry.url for entry in report.entries if entry.url]
    return "".join(f"{name}={count}\n" for name, count in counts.items()) + f"requests={json.dumps(urls)}\n"


def document(report: Report) -> str:
    """The same as JSON."""
    entries = [asdict(entry) for entry in report.entries]
    values = {"version": 1, "repository": report.repository, "base": report.base, "dryRun": report.dry_run}
    return json.dumps({**values, "entries": entries}, indent=2, ensure_ascii=False) + "\n"


def _lines(entry: Entry, dry_run: bool, pages: bool) -> Iterator[str]:  # noqa: FBT001
    where = entry.url or entry.branch
    yield ": ".join(filter(None, (f"{_deed(entry, dry_run):11} {entry.what}", where, entry.words)))
    if pages and entry.title:
        yield f"    {entry.title}"
        yield from (f"    commit: {line}" for line in entry.commits)
        yield from (f"    | {line}".rstrip() for line in entry.page.splitlines())


def _deed(entry: Entry, dry_run: bool) -> str:  # noqa: FBT001
    return WOULD.get(entry.deed, entry.deed.value) if dry_run else entry.deed.value


def _linked(entry: Entry) -> str:
    name = prose(entry.title or entry.what)
    return f"[{name}]({entry.url})" if entry.url else name


def _totals(report: Report) -> str:
    counts: Sequence[tuple[Deed, int]] = [(deed, report.count(deed)) for deed in Deed]
    words = ", ".join(f"{count} {deed.value}" for deed, count in counts if count)
    return f"{words or 'Nothing to do'}." + (" Nothing was changed: dry run." if report.dry_run else "")
