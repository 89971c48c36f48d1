"""What can a shell script be asked for?

Frozen values with the span they were read from. `sound` is False for what stands in, or on the line of, something the
grammar could not read: it may be reported, never edited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from autofix.node import Node
from autofix.surfaces.shell.words import Word, behind
from autofix.text import Span

Where = Literal[
    "function",  # detail: its name
    "subshell",
    "group",
    "pipeline",  # detail: 1/3
    "condition",  # detail: if, elif, while, until
    "branch",  # detail: then, else; `then` of an elif too
    "loop",  # detail: for, select, while, until
    "case",  # detail: the pattern
    "and",  # detail: left, right
    "or",  # detail: left, right
    "not",
    "substitution",  # $(…), `…`
    "process",  # <(…), >(…)
    "background",
    "heredoc",
    "test",
    "arithmetic",
    "string",  # double quotes
    "expansion",  # the word of ${X:-word}
    "error",
]
NOWHERE = Span(0, 0)
RUNS = frozenset({"substitution", "process"})


class Frame(NamedTuple):
    """One thing around a node, and the span of all of it: the whole `if`, the whole chain, the whole loop."""

    what: Where
    detail: str
    span: Span


@dataclass(frozen=True)
class Piece(Node):
    """A node of a script: what is around it, outermost first, and whether it may be edited."""

    context: tuple[Frame, ...] = ()
    sound: bool = True

    def within(self, what: Where) -> Frame | None:
        """The innermost frame of this kind."""
        return next((frame for frame in reversed(self.context) if frame.what == what), None)

    @property
    def function(self) -> str:
        """The name of the function it stands in, empty at the top level."""
        frame = self.within("function")
        return frame.detail if frame else ""

    def _directly(self, what: Where) -> bool:
        """Whether a frame of this kind is nearer than any command substitution."""
        for frame in reversed(self.context):
            if frame.what == what or frame.what in RUNS:
                return frame.what == what
        return False

    @property
    def quoted(self) -> bool:
        """Whether double quotes keep it from being split."""
        return self._directly("string")

    @property
    def in_test(self) -> bool:
        """Whether `[` or `[[` judges it."""
        return self._directly("test")

    @property
    def in_heredoc(self) -> bool:
        """Whether it is part of the text of a here-document."""
        return self._directly("heredoc")


@dataclass(frozen=True)
class Command(Piece):
    """A command that is run. `words` holds its name and its arguments, `[`, `export` and `unset` included; the
    assignments before it are in `prefix`, its redirections in neither.
    """

    words: tuple[Word, ...] = ()
    prefix: tuple[Span, ...] = ()
    heredoc: bool = False

    @property
    def name(self) -> str | None:
        """The first word, if it is literal: `sudo` in `sudo docker ps`."""
        return self.words[0].value

    @property
    def name_span(self) -> Span:
        """Where the first word stands."""
        return self.words[0].span

    @property
    def effective(self) -> Word:
        """The word that names what is really run: `docker` in `sudo docker ps`."""
        return self.words[behind(self.words)]

    @property
    def wrappers(self) -> tuple[Word, ...]:
        """The words before the effective one: `sudo -E`."""
        return self.words[: behind(self.words)]

    @property
    def arguments(self) -> tuple[Word, ...]:
        """The words behind the effective one."""
        return self.words[behind(self.words) + 1 :]

    def runs(self, *names: str) -> bool:
        """Whether it is one of these programs that is really run, by its plain name or by any path."""
        value = self.effective.value
        return value is not None and value.rpartition("/")[2] in names


@dataclass(frozen=True)
class Expansion(Piece):
    """A parameter that is read.

    `form` is `$` (`$X`), `${}` (`${X}`), the operator behind the name (`:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, and
    `%`, `/`, `:`, `^`, `@` and their like for what fails when X is unset), `#` (`${#X}`), `!` (`${!X}`), `arithmetic`
    (`n` in `$((n + 1))`) or `workflow` (`${{ … }}`, whose name is what stands between).
    """

    name: str = ""
    form: str = "$"
    subscript: str | None = None
    operand: Span | None = None

    @property
    def kind(self) -> Literal["variable", "positional", "special", "workflow"]:
        """What is read: a variable, `$1`, `$@` and its like, or an expression of a workflow."""
        if self.form == "workflow":
            return "workflow"
        if self.name.isdecimal() and self.name != "0":
            return "positional"
        return "variable" if self.name.isidentifier() and self.name != "_" else "special"

    @property
    def defaulted(self) -> bool:
        """Whether it is safe, or says what is missing, when the variable is not set."""
        return self.form in {":-", "-", ":=", "=", ":+", "+", ":?", "?"}


@dataclass(frozen=True)
class Assignment(Piece):
    """A variable that gets a value, or is only declared.

    `how` is `plain`, `prefix` (`A=1 cmd`), `arithmetic`, or the word that does it: `export`, `local`, `readonly`,
    `declare`, `typeset`, `for`, `select`, `read`, `mapfile`, `getopts`, `printf`, `let`. `value` is where the value
    stands, None when no single place says it; `operator` is `=`, `+=` or empty.
    """

    name: str = ""
    name_span: Span = NOWHERE
    how: str = "plain"
    operator: str = ""
    value: Span | None = None

    @property
    def sets(self) -> bool:
        """Whether the variable has a value afterwards: `export X` gives it none."""
        return bool(self.operator) or self.how in {"for", "select", "read", "mapfile", "getopts", "printf", "let"}

    @property
    def at_top(self) -> bool:
        """Whether nothing is around it."""
        return not self.context


@dataclass(frozen=True)
class Function(Piece):
    """A function: its name, where the name stands, and its body with its brackets."""

    name: str = ""
    name_span: Span = NOWHERE
    body: Span = NOWHERE


@dataclass(frozen=True)
class Heredoc(Piece):
    """A here-document. The node is its text without the line of the delimiter; `expands` unless that is quoted."""

    delimiter: str = ""
    expands: bool = True


@dataclass(frozen=True)
class Operator:
    """`&&` or `||`, and where."""

    span: Span
    text: str


@dataclass(frozen=True)
class Chain(Piece):
    """Commands joined by `&&` and `||`: one more link than operators, each link with its redirections.

    A chain with a here-document is not sound: its last line is not where its text ends.
    """

    links: tuple[Span, ...] = ()
    operators: tuple[Operator, ...] = ()
