"""Which variables does the syntax read and set, and what is around each?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TypeVar

from autofix.surfaces.shell import variables
from autofix.surfaces.shell.nodes import (
    Assignment,
    Chain,
    Command,
    Expansion,
    Frame,
    Function,
    Heredoc,
    Piece,
    Where,
)
from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.tree import PLACEHOLDER
from autofix.text import Source, Span

Context = tuple[Frame, ...]
P = TypeVar("P", bound=Piece)

FRAMES: dict[str, Where] = {
    "arithmetic_expansion": "arithmetic",
    "command_substitution": "substitution",
    "ERROR": "error",
    "heredoc_body": "heredoc",
    "negated_command": "not",
    "process_substitution": "process",
    "string": "string",
    "subshell": "subshell",
}


@dataclass
class Finds:
    """What was found so far in `source`; `unsound` tells for a span whether it may be edited."""

    source: Source
    unsound: Callable[[Span], bool]
    commands: list[Command] = field(default_factory=list)
    expansions: list[Expansion] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    heredocs: list[Heredoc] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)

    def visit(self, part: Part, context: Context = ()) -> None:
        """Take in a part and all below it."""
        if not part.named:
            return
        special: Callable[[Part, Context], None] | None = getattr(self, f"_at_{part.kind}", None)
        if special is not None:
            special(part, context)
        else:
            what = FRAMES.get(part.kind)
            self._each(part.children, (*context, Frame(what, "", part.span)) if what else context)

    def _each(self, parts: Sequence[Part], context: Context) -> None:
        """Statements one after the other; those before a `&` run in the background."""
        for part, after in zip_longest(parts, parts[1:]):
            background = part.named and after is not None and after.kind == "&"
            self.visit(part, (*context, Frame("background", "", part.span)) if background else context)

    def visit_in(self, part: Part, context: Context, what: Where, detail: str = "") -> None:
        """Take in the children of a part that is itself a frame."""
        self._each(part.children, (*context, Frame(what, detail, part.span)))

    def _at_variable_assignment(self, part: Part, context: Context, how: str = "plain") -> None:
        name, operator = part.children[0], part.children[1]
        base = name.child("variable_name") if name.kind == "subscript" else name
        value = Span(operator.span.end, part.span.end)
        arithmetic = any(frame.what == "arithmetic" for frame in context)
        self._assigned(
            part.span, (base or name).span, "arithmetic" if arithmetic else how, context, (operator.kind, value)
        )
        self._each([*([name] if name.kind == "subscript" else []), *part.children[2:]], context)

    def _assigned(
        self, span: Span, name: Span, how: str, context: Context, value: tuple[str, Span] | None = None
    ) -> None:
        said = self.source.slice(name)
        made = self._made(Assignment, span, f"{said}=", context)
        operator, where = value or ("", None)
        self.assignments.append(replace(made, name=said, name_span=name, how=how, operator=operator, value=where))

    def _at_subscript(self, part: Part, context: Context) -> None:
        for child in part.children:
            if child.role != "name":
                self.visit(child, context)
            elif context and context[-1].what == "arithmetic":
                self._read(part.span, child.span, "arithmetic", context)

    def _at_simple_expansion(self, part: Part, context: Context) -> None:
        self._read(part.span, Span(part.span.start + 1, part.span.end), "$", context)

    def _at_expansion(self, part: Part, context: Context) -> None:
        placeholder = PLACEHOLDER.fullmatch(self.source.text, *part.span)
        if placeholder:
            self._read(part.span, Span(part.span.start + 3, part.span.end - 2), "workflow", context)
            return
        self.expansions.append(self._parameter(part, context))
        inner = (*context, Frame("expansion", "", part.span))
        for child in part.children:
            if child.kind not in ("variable_name", "special_variable_name"):
                self.visit(child, inner)

    def _parameter(self, part: Part, context: Context) -> Expansion:
        """What `${…}` reads and does, from its text: the grammar calls a lone `#` an operator."""
        found = variables.PARAMETER.fullmatch(self.source.slice(part.span))
        if found is None:
            return replace(self._made(Expansion, part.span, "?", context), name="?", form="?", sound=False)
        before, name, subscript, form = found["before"], found["name"], found["subscript"], found["form"]
        operand = Span(part.span.start + found.end("form"), part.span.end - 1) if form else None
        made = self._made(Expansion, part.span, f"${name}", context)
        return replace(made, name=name, form=before or form or "${}", subscript=subscript, operand=operand)

    def _at_word(self, part: Part, context: Context) -> None:
        if context and context[-1].what == "arithmetic" and variables.NAME.fullmatch(self.source.slice(part.span)):
            self._read(part.span, part.span, "arithmetic", context)

    _at_variable_name = _at_word

    def _at_binary_expression(self, part: Part, context: Context) -> None:
        left, operator = part.children[0], part.children[1]
        if operator.kind == "=" and context and context[-1].what == "arithmetic" and not left.children:
            value = Span(operator.span.end, part.span.end)
            self._assigned(part.span, left.span, "arithmetic", context, ("=", value))
            self._each(part.children[2:], context)
        else:
            self._each(part.children, context)

    def _read(self, span: Span, name: Span, form: str, context: Context) -> None:
        said = self.source.slice(name).strip()
        self.expansions.append(replace(self._made(Expansion, span, f"${said}", context), name=said, form=form))

    def _made(self, kind: type[P], span: Span, meaning: str, context: Context) -> P:
        functions = [frame.detail for frame in context if frame.what == "function"]
        anchor = "".join(f"{name}()." for name in functions) + meaning
        broken = any(frame.what == "error" for frame in context)
        return kind(self.source, span, anchor, context, not broken and not self.unsound(span))
