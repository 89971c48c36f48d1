"""Where in a template do new variables go, and how is a line written there?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autofix.surfaces.env.document import Entry, EnvFile
from autofix.surfaces.env.wants import Need, Want, hides
from autofix.surfaces.secrets import NAMES, judge, kebab
from autofix.text import Edit, Span

PLAIN = re.compile(r"[^\s#\"'`$\\][^#\"'`$\\\n]*|")
AT_HOME = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0")
LIVE = re.compile(r"prod|staging|live", re.IGNORECASE)
BARE = re.compile(r"[^\s#\"'`$\\<>|&;()]*")  # what a shell that reads the file in takes as it is
NUMBER = re.compile(r"[-+]?[\d._]+\w{0,2}|true|false|yes|no|on|off", re.IGNORECASE)
COUNTED = re.compile(
    r"_(?:PORT|TTL|MS|SECS?|SECONDS|MINUTES|HOURS|DAYS|LIMIT|SIZE|COUNT|MAX|MIN|TIMEOUT|INTERVAL|ENABLED?|DISABLED?|DEBUG|RETRIES"
    r"|ATTEMPTS|FACTOR|RATE|BYTES|MB|LENGTH|ROUNDS|CONCURRENCY|WORKERS|VERBOSE|FLAG|ECHO|DRY_?RUN|DSN|FILE|PATH|DIR|PROXY)$"
)


def line_edits(file: EnvFile, *needs: Need) -> Iterator[Edit]:
    """A line each: after its nearest relative, else together in a group of their own at the end."""
    placed = [(need, _relative(file, need.name)) for need in sorted(needs, key=lambda need: need.name)]
    for need, relative in placed:
        if relative:
            end = _line_end(file, relative)
            text = file.source.newline + _line(need, relative, file)
            yield Edit(file.path, Span(end, end), text, stack=True)
    last = file.entries[-1] if file.entries else None
    new = [_line(need, last, file) for need, relative in placed if not relative]
    if new:
        yield from _at_end(file, new)


def _at_end(file: EnvFile, lines: Sequence[str]) -> Iterator[Edit]:
    """The lines behind everything but blank lines; apart from what is there, where that stands in groups."""
    source = file.source
    ending = source.text.find("\n", len(source.text.rstrip()))
    ended = ending >= 0
    end = ending + 1 if ended else len(source.text)
    if len(file.sections) > 1:
        yield Edit(file.path, Span(end, end), source.newline, stack=True)
    for number, line in enumerate(lines):
        first = not ended and not number and not source.text
        text = line + source.newline if ended else line if first else source.newline + line
        yield Edit(file.path, Span(end, end), text, stack=True)


def _line_end(file: EnvFile, entry: Entry) -> int:
    """The end of the entry's last line, before its line ending."""
    return entry.lines.start + len(file.source.slice(entry.lines).rstrip("\r\n"))


def _relative(file: EnvFile, name: str) -> Entry | None:
    """The last of the entries that share most words with the name from its start, else of a series that ends alike, else
    of the section named so.
    """
    words = name.split("_")
    shared = [(_common(words, entry.key.upper().split("_")), entry) for entry in file.entries]
    most = max((count for count, _ in shared), default=0)
    if most:
        return next(entry for count, entry in reversed(shared) if count == most)
    series = [entry for entry in file.entries if words[1:] and entry.key.upper().split("_")[1:] == words[1:]]
    if len(series) > (1 if len(words) > 2 else 2):
        return series[-1]
    titled = [one for one in file.sections if re.search(rf"(?i)\b{re.escape(words[0])}\b", one.title)]
    return titled[-1].entries[-1] if len(titled) == 1 and len(words) > 1 else None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _line(need: Need, model: Entry | None, file: EnvFile) -> str:
    """The line in the form of another one: export, blanks around the sign, quotes where all its neighbours have them."""
    value = value_of(need, file)
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


def writable(need: Need) -> bool:
    """Whether what stands in for a variable can be written in a template as it is, or has to be replaced anyway."""
    return need.default is None or bool(PLAIN.fullmatch(need.default)) or _hidden(need)


def made_up(need: Need, file: EnvFile) -> bool:
    """Whether the line would say something else than what holds without it."""
    return need.default is None or value_of(need, file) != need.default


def value_of(need: Need, file: EnvFile | None) -> str:
    """The default of the source, a placeholder for what has none, nothing for what is optional or left empty here.

    Numbers and switches are never replaced, and where nothing is known of one, nothing is made up. An address at home is
    none for a deployment.
    """
    entries = file.entries if file else ()
    away = file is not None and LIVE.search(file.path) and AT_HOME.search(need.default or "")
    if need.default is not None and not _hidden(need) and not away:
        return need.default
    secret = need.secret and need.want > Want.OPTIONAL
    if need.default is None and (COUNTED.search(need.name) or (need.want < Want.NEEDED and not secret)):
        return ""
    if sum(one.written == f"<{one.key}>" for one in entries) > 1:
        return f"<{need.name}>"
    blanks = [not one.written for one in entries if NAMES.search(one.key)]
    return "" if sum(blanks) * 2 > len(blanks) else kebab(need.name)


def _hidden(need: Need) -> bool:
    """Whether the default is a credential, which no template repeats."""
    if not need.default:
        return False
    return (hides(need.name) and not NUMBER.fullmatch(need.default)) or judge(need.name, need.default) is not None
