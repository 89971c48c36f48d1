"""How far does our reading of Dockerfiles agree with BuildKit's?  Generated files, and the count of each outcome."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autofix.node import UnreadableError
from autofix.surfaces.dockerfile.checks import DANGLING, SPLIT
from autofix.surfaces.dockerfile.document import parse
from autofix.surfaces.dockerfile.heredocs import DISPUTED, NAMED_BY_VARIABLE
from autofix.surfaces.dockerfile.lines import scan
from autofix.surfaces.dockerfile.words import LATIN_BLANK
from autofix.text import Source

Lines = list[tuple[str, int, int]]  # instruction in capitals, first and last line, 0-based

# What we refuse although BuildKit, or a version of it, builds it.
OURS = frozenset({SPLIT, DANGLING, DISPUTED, NAMED_BY_VARIABLE, LATIN_BLANK})

WORDS = (
    "app", "/srv", ".", "x=1", "$X", "${X:-d}", "'a b'", '"c d"', "a\\ b", "é", "&&", "|", "--x", "#no", "a#b", "\\\\",
    "1<<2", "<<<", "<", ">", "\u2028", "\x0c", "\x1c", "`id`", "$(id)", "=", "*", "[", "{", "\u00a0z", "2>&1", "\\n",
)  # fmt: skip
NAMES = ("EOF", "E1", "a.b", "-X", "STOP")
OPENERS = ("<<{}", "<<{}", "<<-{}", '<<"{}"', "<<'{}'", '<<-"{}"', "3<<{}", "0<<-{}", "<<\\{}")
RARE_OPENERS = ("<< {}", "<<${}", "<<{}$X", "x<<{}", "<<{}<", '"<<{}"', "<<'{}", "<<{}'x'")
BODIES = ("FROM evil", "# no comment", "RUN x \\", "", "\ttabbed", "<<EOF", '"', "ENV x", "  EOF", "EOF ", "`")
FLAGS = ("--mount=type=cache,target=/x", "--network=none", '--security="in secure"', "--mount='type=bind'")
COPY_FLAGS = ("--chown=a:b", "--from=build", "--link", "--chmod=755", '--chown="a:b"', "--")
COMMENTS = ("# why", "#", "  # indented", "\t#tab", "# trailing \\", "# escape=`", "#RUN x", "\x0c# feed", "# check=x")
EXEC = ('["a", "b c"]', '[ "x" ]', '["a\\"b"]', "[]", "['a']", '["a",]', '["\\u00e9"]', '["<<EOF"]')


@dataclass
class Agreement:
    """What happened to `generated` texts, of which BuildKit's line parser accepted `accepted`.

    Of those, `agreed` have the same instructions on the same lines for us, and `differing` are the texts that do
    not, which is a fault. The line parser knows no stages and no arguments: `unbuildable` counts what BuildKit's next
    step refuses and `parse` does at once, `refused` by reason what `parse` refuses and BuildKit would build. `loose`
    is how many the line parser rejects and we read.
    """

    generated: int = 0
    accepted: int = 0
    agreed: int = 0
    unbuildable: int = 0
    loose: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        reasons = "; ".join(f"{count} {reason}" for reason, count in self.refused.most_common())
        return (
            f"{self.generated} generated, {self.accepted} accepted by BuildKit's line parser: "
            f"{self.agreed} with the same instructions and lines, {len(self.differing)} with others, "
            f"{self.unbuildable} refused that nobody can build, "
            f"{self.refused.total()} refused by us alone ({reasons}); "
            f"{self.loose} rejected by BuildKit and read by us"
        )


def oracle() -> Callable[[str], Lines]:
    """BuildKit's own parser. Raises ImportError where it has no wheel; what it returns raises for a bad file."""
    import dockerfile  # not installable everywhere

    def lines(text: str) -> Lines:
        commands: tuple[Any, ...] = dockerfile.parse_string(text)
        return [(command.cmd.upper() if command.cmd else "", command.start_line - 1, command.end_line - 1)
                for command in commands]  # fmt: skip

    return lines


def our_lines(source: Source) -> Lines:
    """The same from our scanner. Raises UnreadableError."""
    return [(line.parts.keyword, line.first, line.last) for line in scan(source).lines]


def agreement(seed: int, accepted: int) -> Agreement:
    """The outcome for as many generated files as it takes for BuildKit to accept `accepted` of them."""
    counts = Agreement()
    rng = random.Random(seed)
    lines = oracle()
    while counts.accepted < accepted:
        count(counts, Source("Dockerfile", Generator(rng).text()), lines)
    return counts


def count(counts: Agreement, source: Source, lines: Callable[[str], Lines]) -> None:
    """Add the outcome for one text."""
    counts.generated += 1
    reason = refusal(source)
    try:
        theirs = lines(source.text)
    except Exception:  # noqa: BLE001  # the binding's errors share no base
        counts.loose += reason is None
        return
    counts.accepted += 1
    try:
        same = our_lines(source) == theirs
    except UnreadableError:
        pass  # counted below by its reason
    else:
        counts.agreed += same
        counts.differing += [] if same else [source.text]
    counts.unbuildable += reason is not None and reason not in OURS
    if reason in OURS:
        counts.refused[reason] += 1


def refusal(source: Source) -> str | None:
    """Why we refuse to read a text, if we do."""
    try:
        parse(source)
    except UnreadableError as error:
        return error.reason
    return None


class Generator:
    """One random Dockerfile, biased to what parsers get wrong."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.newline = rng.choices(("\n", "\r\n", "\r\r\n"), (8, 3, 0.2))[0]
        self.escape = "\\"

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def text(self) -> str:
        lines = self.opening()
        for _ in range(self.rng.randint(1, 6)):
            lines += self.instruction()
            if self.chance(0.2):
                lines.append(self.rng.choice(("", "  ", "\t", "\x0c", *COMMENTS)))
        text = self.newline.join(lines)
        text += self.newline * self.rng.choice((0, 1, 1, 2))
        if self.chance(0.08):
            text = self.damaged(text)
        return ("\ufeff" if self.chance(0.1) else "") + text

    def opening(self) -> list[str]:
        lines: list[str] = []
        if self.chance(0.15):
            lines.append(self.rng.choice(("# syntax=docker/dockerfile:1", "#Syntax = x", " # syntax=x")))
        if self.chance(0.25):
            self.escape = self.rng.choice("`\\")
            lines.append(self.rng.choice(("# escape={}", "#ESCAPE = {}  ", "  # escape={}")).format(self.escape))
        if self.chance(0.2):
            lines.append(self.rng.choice(("", "# note", "#", "# escape=\\")))
        if self.chance(0.2):
            lines.append(self.rng.choice(("ARG V=1", "ARG V", "arg A=1 B='2 3'")))
        return [*lines, *self.spread("FROM " + self.rng.choice(("a", "a AS b", "--platform=$P a:1", "${V} as C")))]

    def instruction(self) -> list[str]:
        make = self.rng.choices(
            (self.run, self.copy, self.heredoc, self.exec_form, self.simple, self.odd), (4, 2, 4, 2, 4, 0.25)
        )[0]
        return make()

    def words(self, most: int = 5) -> str:
        return " ".join(self.rng.choice(WORDS) for _ in range(self.rng.randint(1, most)))

    def keyword(self, *names: str) -> str:
        name = self.rng.choice(names)
        name = self.rng.choices((name, name.lower(), name.title()), (6, 1, 1))[0]
        prefix = self.rng.choice(("ONBUILD ", "onbuild\t")) if self.chance(0.08) else ""
        return self.rng.choices(("", "  ", "\t", "\x0c"), (12, 1, 1, 0.5))[0] + prefix + name

    def blank(self) -> str:
        return self.rng.choices((" ", "  ", "\t", "\x0c", " \v"), (12, 2, 2, 0.5, 0.3))[0]

    def run(self) -> list[str]:
        flags = " ".join(self.rng.sample(FLAGS, self.rng.choice((0, 0, 1, 2))))
        return self.spread(f"{self.keyword('RUN')}{self.blank()}{flags} {self.words(8)}")

    def copy(self) -> list[str]:
        flags = " ".join(self.rng.sample(COPY_FLAGS, self.rng.choice((0, 1, 2))))
        return self.spread(f"{self.keyword('COPY', 'ADD')}{self.blank()}{flags} {self.words(3)} a /b")

    def exec_form(self) -> list[str]:
        keyword = self.keyword("CMD", "RUN", "ENTRYPOINT", "COPY", "VOLUME", "HEALTHCHECK CMD", "SHELL")
        form = '["a", "b"]' if keyword.upper().endswith(("SHELL", "COPY")) else self.rng.choice(EXEC)
        return self.spread(f"{keyword}{self.blank()}{form}{self.blank()}")

    def simple(self) -> list[str]:
        choices = (
            "USER a:b", "WORKDIR /a b", "EXPOSE 80 $P/tcp", "STOPSIGNAL 9", "MAINTAINER a <b@c>", "VOLUME /a /b",
            "ENV A=1", "ENV A=1 B='x y' C=\\ z", "ENV A some words", 'LABEL a.b="c d" e=f', "ARG X", "ARG X=1 Y",
            "HEALTHCHECK NONE", "HEALTHCHECK --interval=1s --retries=3 CMD curl x", "CMD a b", "CMD", "RUN",
                       "ENTRYPOINT", "FROM b AS c", "FROM a", "healthcheck cmd x || exit 1", "ENV A=", "ENV A='",
        )  # fmt: skip
        return self.spread(self.rng.choice(choices))

    def odd(self) -> list[str]:
        """What is close to an instruction, or only an instruction to BuildKit's line parser."""
        escape = self.escape
        return self.rng.choice((
            [f"RU{escape}", "N x"], [f"RUN{escape}", " x"], [escape, "RUN x"], ["UNKNOWN x"], ["RUN\u00a0x"],
            ["ENV A"], ["CMD [1]"], ["ONBUILD"], ["ONBUILD ONBUILD RUN x"], ['RUN ["a"] <<EOF', "EOF"],
            ["RUN ${x%y} <<EOF", "EOF"], ["RUN echo ${x[0]} <<EOF"], ["COPY --x=\u00e0 a b"], ["RUN <<"], ["RUN <<''"],
        ))  # fmt: skip

    def heredoc(self) -> list[str]:
        openers, ends = [], []
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            name = self.rng.choice(NAMES)
            opener = self.rng.choice(RARE_OPENERS if self.chance(0.06) else OPENERS)
            openers.append(opener.format(name))
            ends.append(("\t" if "-{" in opener.replace('"', "") and self.chance(0.6) else "") + name)
        keyword = self.keyword("RUN", "RUN", "COPY", "ADD")
        tail = " /to" if keyword.endswith(("COPY", "ADD")) else self.rng.choice(("", " sh", " > x", " '"))
        opening = f"{keyword}{self.blank()}{self.words(2) + ' ' if self.chance(0.2) else ''}{' '.join(openers)}{tail}"
        lines = self.spread(opening)
        for end in ends:
            lines += [self.rng.choice(BODIES) for _ in range(self.rng.randint(0, 3))]
            lines += [end]
        return lines

    def spread(self, line: str) -> list[str]:
        """The line, now and then over several, with what may stand between them."""
        lines = [""]
        for at, char in enumerate(line):
            inside = 0.002 if char not in " \t" else 0.12
            if at > len(line.split(" ", maxsplit=1)[0]) and self.chance(inside):
                before = char not in " \t" or self.chance(0.5)
                lines[-1] += (char if before else "") + self.escape + self.rng.choice(("", "", " ", "\t "))
                lines += self.between()
                lines.append("" if before else "  ")
            else:
                lines[-1] += char
        if self.chance(0.03):
            lines[-1] += self.rng.choice((self.escape, self.escape * 2, self.escape * 3, "\\\\", "\\", " ", "\r"))
        return lines

    def between(self) -> list[str]:
        if self.chance(0.7):
            return []
        return [self.rng.choice(("", " ", "\t", "\x0c", "\u2028", *COMMENTS)) for _ in range(self.rng.randint(1, 3))]

    def damaged(self, text: str) -> str:
        """The text with one character taken out, put in or written twice."""
        at = self.rng.randrange(len(text))
        new = self.rng.choice(("", text[at] * 2, "\\", "`", '"', "'", "<<E", "#", self.newline, "\r", " ", "$", "{"))
        return text[:at] + new + text[at + (not new) :]
