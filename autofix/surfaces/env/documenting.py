"""Does the template show every variable that the repository asks for?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autofix.finding import Fix, Match, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces.env.document import Entry, EnvFile
from autofix.surfaces.env.loading import loaders
from autofix.surfaces.env.needs import Need, needs, shows, templates_for
from autofix.surfaces.secrets import NAMES, kebab
from autofix.text import Edit, NewFile, Span

NEW = ".env.example"
BLANK = re.compile(r"\s*\Z")
PLAIN = re.compile(r"[^\s#\"'`$\\][^#\"'`$\\\n]*|")
BARE = re.compile(r"[^\s#\"'`$\\<>|&;()]*")  # what a shell that reads the file in takes as it is
NUMBER = re.compile(r"[-+]?[\d._]+\w{0,2}|true|false|yes|no|on|off", re.IGNORECASE)
COUNTED = re.compile(
    r"_(?:PORT|TTL|MS|SECS?|SECONDS|MINUTES|HOURS|DAYS|LIMIT|SIZE|COUNT|MAX|MIN|TIMEOUT|INTERVAL|ENABLED?|DISABLED?|DEBUG|RETRIES"
    r"|ATTEMPTS|FACTOR|RATE|BYTES|MB|LENGTH|ROUNDS|CONCURRENCY|WORKERS|VERBOSE|FLAG|ECHO|DRY_?RUN|DSN|FILE|PATH|DIR|PROXY)$"
)
MOST = 2  # a template that shows less than half of this many times is a selection


@dataclass(frozen=True)
class Missing(Node):
    """A variable a template lacks; without a template, where it is asked for. `beside` are those it lacks as well."""

    need: Need
    template: EnvFile | None
    beside: tuple[Need, ...]


@dataclass(frozen=True)
class MissingFacts:
    """Which variable, and the file that should show it."""

    name: str
    template: str


def lacks(project: Project) -> Iterator[Match[Missing, MissingFacts]]:
    """Variables that source or compose files ask for and no template of theirs shows."""
    missing: dict[str, dict[str, Need]] = {}
    files: dict[str, EnvFile | None] = {}
    elsewhere = any(file.template for file in project.of(EnvFile))
    for need in needs(project):
        near = templates_for(project, need)
        if (elsewhere and not near) or any(shows(file, need.name) for file in near):
            continue
        path = near[0].path if near else NEW
        files[path] = near[0] if near else None
        known = missing.setdefault(path, {}).get(need.name)
        if known is None or (need.required and not known.required):
            missing[path][need.name] = need
    for path, found in missing.items():
        together = tuple(found[name] for name in sorted(found))
        yield from (_match(project, path, files[path], need, together) for need in together)


def _match(
    project: Project, path: str, template: EnvFile | None, need: Need, together: tuple[Need, ...]
) -> Match[Missing, MissingFacts]:
    source = template.source if template else project.sources[need.evidence.path]
    span = Span(0, 0) if template else need.evidence.span or Span(0, 0)
    node = Missing(source, span, f"env:{need.name}", need, template, together)
    severity = Severity.WARNING if need.required else Severity.NOTE
    return Match(node, MissingFacts(need.name, path), (need.evidence,), severity)


def show(project: Project, match: Match[Missing, MissingFacts]) -> Fix | Refusal:
    """A line in the section of its relatives, as the lines around it are written; without a template a new file."""
    missing = match.node
    title = f"Show {missing.need.name} in {match.facts.template}"
    if missing.template is None:
        text = "".join(f"{need.name}={_value(need, ())}\n" for need in missing.beside)
        return Fix(title, files=(NewFile(NEW, text),), doubts=(Evidence("there is no template yet"),))
    if missing.template.bad:
        return Refusal("a line of the template cannot be read", f"{missing.need.name}={_value(missing.need, ())}")
    return Fix(
        title,
        tuple(line_edits(missing.template, missing.need)),
        doubts=tuple(_doubts(project, missing, missing.template)),
    )


def _doubts(project: Project, missing: Missing, template: EnvFile) -> Iterator[Evidence]:
    yield from loaders(project, template.path)
    if missing.need.default is None and not missing.need.required:
        yield Evidence("empty may not be the same as unset", missing.need.evidence.path, missing.need.evidence.span)
    if len(missing.beside) > MOST * len(template.entries):
        yield Evidence("the template seems to be a selection", template.path)


def line_edits(file: EnvFile, need: Need) -> Iterator[Edit]:
    """The line after its nearest relative, else in a group of its own at the end."""
    source = file.source
    relative = _relative(file, need.name)
    model = relative or (file.entries[-1] if file.entries else None)
    line = _line(need, model, file)
    if relative:
        end = _line_end(file, relative)
        yield Edit(file.path, Span(end, end), source.newline + line, stack=True)
        return
    blank = BLANK.search(source.text)
    end = blank.start() if blank else len(source.text)
    if "\n" not in source.text[end:]:
        if len(file.sections) > 1:
            yield Edit(file.path, Span(end, end), source.newline, stack=True)
        yield Edit(file.path, Span(end, end), (source.newline if source.text else "") + line, stack=True)
        return
    end = source.text.index("\n", end) + 1
    if len(file.sections) > 1:
        yield Edit(file.path, Span(end, end), source.newline, stack=True)
    yield Edit(file.path, Span(end, end), line + source.newline, stack=True)


def _line_end(file: EnvFile, entry: Entry) -> int:
    """The end of the entry's last line, before its line ending."""
    return entry.lines.start + len(file.source.slice(entry.lines).rstrip("\r\n"))


def _relative(file: EnvFile, name: str) -> Entry | None:
    """The last of the entries that share most words with the name from its start, else of the section named so."""
    words = name.split("_")
    shared = [(_common(words, entry.key.upper().split("_")), entry) for entry in file.entries]
    most = max((count for count, _ in shared), default=0)
    if most:
        return next(entry for count, entry in reversed(shared) if count == most)
    titled = [one for one in file.sections if re.search(rf"(?i)\b{re.escape(words[0])}\b", one.title)]
    return titled[-1].entries[-1] if len(titled) == 1 and len(words) > 1 else None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _line(need: Need, model: Entry | None, file: EnvFile) -> str:
    """The line in the form of another one: export, blanks around the sign, quotes where all its neighbours have them."""
    value = _value(need, file.entries)
    if model is None:
        return f"{need.name}={value}"
    near = next((one.entries for one in file.sections if model in one.entries), file.entries)
    head = model.source.indent_at(model.span.start) + "export " * model.export
    before, after = _around_sign(near, model, need.name)
    quotes = {one.quote for one in near if one.written}
    quote = quotes.pop() if len(quotes) == 1 else ""
    if not quote and not BARE.fullmatch(value):
        quote = '"'
    return f"{head}{need.name}{before}={after if value or quote else ''}{quote}{value}{quote}"


def _around_sign(near: Sequence[Entry], model: Entry, name: str) -> tuple[str, str]:
    """The blanks before and after `=`; where the signs of all neighbours stand in one column, this one does too."""
    gaps = [_gaps(one) for one in near]
    widths = {len(one.key) + len(before) for one, (before, _) in zip(near, gaps, strict=True)}
    after = next((after for one, (_, after) in zip(near, gaps, strict=True) if one.written), "")
    if len(widths) == 1 and len({len(one.key) for one in near}) > 1:
        return " " * max(widths.pop() - len(name), int(bool(gaps[0][0] or after))), after
    return _gaps(model)[0][:1], after


def _gaps(entry: Entry) -> tuple[str, str]:
    """What stands between the key and `=`, and between that and the value."""
    rest = entry.source.text[entry.key_span.end : entry.whole_span.start]
    before, sign, after = rest.partition("=")
    return (before, after) if sign else ("", "")


def _value(need: Need, entries: Sequence[Entry]) -> str:
    """The default of the source, a placeholder for what has none, nothing for what is optional or left empty here.

    Numbers and switches are never replaced, and where nothing is known of one, nothing is made up.
    """
    default = need.default
    if default is not None and (not default or not need.secret or NUMBER.fullmatch(default)):
        return default if PLAIN.fullmatch(default) else ""
    if (default is None and not need.required) or COUNTED.search(need.name):
        return ""
    if sum(one.written == f"<{one.key}>" for one in entries) > 1:
        return f"<{need.name}>"
    blanks = [not one.written for one in entries if NAMES.search(one.key)]
    return "" if sum(blanks) * 2 > len(blanks) else kebab(need.name)
