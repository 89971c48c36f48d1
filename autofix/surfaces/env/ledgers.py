"""What is asked of each template, what of it does the template lack, and which of that is it wont to show?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from autofix.project import Project
from autofix.surfaces.env.document import EnvFile
from autofix.surfaces.env.lines import writable
from autofix.surfaces.env.needs import needs, told
from autofix.surfaces.env.templates import shown, shows, templates_for
from autofix.surfaces.env.wants import ADDRESS, Need, Want

PARTS = ("HOST", "PORT", "NAME", "USER", "USERNAME", "PASSWORD", "PASS", "SCHEMA", "DB", "DATABASE")
WHOLES = ("URL", "URI", "DSN")
FEW = 3  # fewer are not worth a template
NEW = ".env.example"
SHARE = {Want.DEFAULTED: 2, Want.OPTIONAL: 2}  # so many times more are shown than missing, by habit
FORGOTTEN = 6  # that many were overlooked, more were left out
CHOSEN = 3  # a template that lacks so many times what it shows is a selection


@dataclass(frozen=True)
class Ledger:
    """What is asked of one template."""

    file: EnvFile | None
    shown: dict[str, Want] = field(default_factory=dict)
    missing: dict[str, Need] = field(default_factory=dict)


def ledgers(project: Project) -> Mapping[str, Ledger]:
    """What is asked of each template, by its path; of one that is not there yet, where no other is."""
    found: dict[str, Ledger] = {}
    known = set[tuple[str, str]]()
    elsewhere = any(file.template for file in project.of(EnvFile))
    for need in _settled(needs(project)):
        near = templates_for(project, need)
        if not near and (elsewhere or _kept_instead(project, need)):
            continue
        path = near[0].path if near else f"{need.deployed}/{NEW}".lstrip("/")
        ledger = found.setdefault(path, Ledger(near[0] if near else None))
        if not shown(project, need, near):
            before = ledger.missing.get(need.name, need)
            ledger.missing[need.name] = max(before, need, key=lambda one: one.want)
            continue
        known.add((need.folder, need.name))
        if near and shows(near[0], need.name):
            ledger.shown[need.name] = max(need.want, ledger.shown.get(need.name, need.want))
    _once(found, known)
    return found


def _otherwise(ledger: Ledger, need: Need) -> bool:
    """Whether the template shows the same in other words: an address in one piece instead of in parts, or the reverse."""
    base, _, part = need.name.rpartition("_")
    asked = {*ledger.missing, *ledger.shown}
    if ledger.file is None or need.want is Want.NEEDED or f"{base}_HOST" not in asked:
        return False
    others = WHOLES if part in PARTS else ("HOST",) if part in WHOLES else ()
    return any(ledger.file.get(f"{base}_{other}") for other in others)


def _kept_instead(project: Project, need: Need) -> bool:
    """Whether git keeps a live file for the deployment, from which everybody starts."""
    live = (file for file in project.of(EnvFile) if not file.template and file.path in project.tracked)
    texts = [file.source.text for path, file in project.documents.items() if path == need.evidence.path]
    beside = (file for file in live if file.path.rpartition("/")[0] == need.deployed)
    return any(f"{{{entry.key}" in text for file in beside for entry in file.entries for text in texts)


def _once(ledgers: Mapping[str, Ledger], known: set[tuple[str, str]]) -> None:
    """What several templates lack that the same source reads is left to the one nearest to it, or to none if one has it."""
    nearest: dict[tuple[str, str], str] = {}
    for path, ledger in ledgers.items():
        for need in ledger.missing.values():
            key = (need.folder, need.name)
            nearest[key] = min(nearest.get(key, path), path, key=lambda one: (_way(one, key[0]), one))
    for path, ledger in ledgers.items():
        for name, need in tuple(ledger.missing.items()):
            if nearest[need.folder, name] != path or (need.folder, name) in known:
                del ledger.missing[name]


def _way(path: str, folder: str) -> int:
    """How many folders lie between a file and a folder."""
    mine, theirs = path.split("/")[:-1], folder.split("/") if folder else []
    common = next(
        (n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), min(len(mine), len(theirs))
    )
    return len(mine) + len(theirs) - 2 * common


def _settled(found: Iterator[Need]) -> Iterator[Need]:
    """Without those of which no one value can be written for all who ask."""
    every = list(found)
    said: dict[str, set[str]] = {}
    for need in every:
        if need.default is not None:
            said.setdefault(need.name, set()).add(need.default)
    for need in every:
        if need.want is Want.NEEDED or (len(said.get(need.name, ())) < 2 and writable(need)):
            yield need


def wanted(project: Project, ledger: Ledger) -> list[Need]:
    """Those a template needs, and those of a kind that it has the habit of showing, unless prose tells of them.

    The habit counts as it will be: what is added now shall not be a reason to ask for more afterwards. A new template is
    complete at once.
    """
    missing = [need for need in ledger.missing.values() if need.want > Want.OPTIONAL and not _otherwise(ledger, need)]
    if ledger.file is None:
        needed = [need for need in missing if need.want is Want.NEEDED and not told(project, need.name)]
        return [need for need in missing if need.want > Want.DEFAULTED] if len(needed) >= FEW else []
    found = [need for need in missing if need.want is Want.NEEDED]
    while True:
        habits = _habits(ledger, found)
        more = [need for need in missing if need.want in habits and need not in found and not told(project, need.name)]
        if not more:
            return found
        found += more


def spare_of(project: Project, ledger: Ledger, found: list[Need]) -> list[Need]:
    """What the template might show as well, where that would not make another file of it.

    What has a value of its own, and of what is optional only credentials and addresses: left empty, they are as good as
    not there.
    """
    spare = [
        need
        for need in ledger.missing.values()
        if need not in found
        and not told(project, need.name)
        and not _otherwise(ledger, need)
        and (need.default is not None or need.secret or ADDRESS.search(need.name))
        and need.want is not Want.USED
    ]
    return spare if ledger.file and len(spare) <= min(2 * FORGOTTEN, len(ledger.file.entries)) else []


def _habits(ledger: Ledger, found: list[Need]) -> frozenset[Want]:
    """The kinds of which the template shows most; a few that are used as they are were overlooked in any but a selection."""
    missing = [need for need in ledger.missing.values() if need not in found]
    if len(missing) > max(FORGOTTEN, CHOSEN * (len(ledger.shown) + len(found))):
        return frozenset()
    shows = Counter((*ledger.shown.values(), *(need.want for need in found)))
    lacks = Counter(need.want for need in missing)
    used = lacks[Want.USED] <= max(FORGOTTEN, shows[Want.USED])
    others = (want for want in SHARE if lacks[want] <= FORGOTTEN and SHARE[want] * lacks[want] <= shows[want])
    return frozenset((*others, *([Want.USED] if used else ())))
