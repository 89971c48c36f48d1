"""Which commands, variables, functions and chains does the syntax hold, and what is around each?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TypeVar

from autofix.surfaces.shell import heredocs, variables
from autofix.surfaces.shell.faults import parts_of_command
from autofix.surfaces.shell.nodes import (
    Assignment,
    Chain,
    Command,
    Expansion,
    Frame,
    Function,
    Heredoc,
    Operator,
    Piece,
    Where,
)
from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.tree import PLACEHOLDER
from autofix.surfaces.shell.words import Word, word
from autofix.text import Source, Span

Context = tuple[Frame, ...]
P = TypeVar("P", bound=Piece)

JOINED = re.compile(r"(?:\\\r?\n)*")
ARITHMETIC = frozenset({"arithmetic_expansion", "c_style_for_statement"})
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
SYNTAX = frozenset(
    {"test_command", "unary_expression", "binary_expression", "parenthesized_expression", "ternary_expression"}
)


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

    # structure

    def _each(self, parts: Sequence[Part], context: Context) -> None:
        """Statements one after the other; those before a `&` run in the background."""
        for part, after in zip_longest(parts, parts[1:]):
            background = part.named and after is not None and after.kind == "&"
            self.visit(part, (*context, Frame("background", "", part.span)) if background else context)

    def _at_list(self, part: Part, context: Context, redirects: Sequence[Part] = ()) -> None:
        links, operators = _flattened(part)
        ends = [link.span.end for link in links[:-1]] + [max([part.span.end, *(one.span.end for one in redirects)])]
        spans = tuple(Span(_start(self.source.text, link), end) for link, end in zip(links, ends, strict=True))
        whole = Span(spans[0].start, spans[-1].end)
        said = tuple(Operator(one.span, one.kind) for one in operators)
        here = any(one.kind == "heredoc_redirect" for link in (*links, *redirects) for one in link.walk())
        self.chains.append(replace(self._made(Chain, whole, "chain", context), links=spans, operators=said))
        if here:
            self.chains[-1] = replace(self.chains[-1], sound=False)
        for at, link in enumerate(links):
            sides = [
                *([(operators[at - 1], "right")] if at else []),
                *([(operators[at], "left")] if operators[at:] else []),
            ]
            frames = tuple(Frame("and" if one.kind == "&&" else "or", side, whole) for one, side in sides)
            self.visit(link, context + frames)

    def _at_pipeline(self, part: Part, context: Context, first: int = 1) -> None:
        stages = [child for child in _stages(part) if child.named and child.kind != "comment"]
        whole = Span(_start(self.source.text, part), part.span.end)
        for at, stage in enumerate(stages, first):
            self.visit(stage, (*context, Frame("pipeline", f"{at}/{len(stages) + first - 1}", whole)))

    def _at_redirected_statement(self, part: Part, context: Context) -> None:
        body, redirects = part.children[0], part.children[1:]
        if body.role != "body":
            self._each(part.children, context)
            return
        heredoc = next((one for one in redirects if one.kind == "heredoc_redirect"), None)
        before = len(self.commands)
        if body.kind == "list":
            self._at_list(body, context, redirects)
        else:
            self.visit(body, (*context, *_frames_of_heredoc(part, heredoc)))
        if heredoc is not None and len(self.commands) > before and body.kind != "compound_statement":
            last = max(range(before, len(self.commands)), key=lambda at: self.commands[at].span.end)
            self.commands[last] = replace(self.commands[last], heredoc=True)
        for redirect in redirects:
            self.visit(redirect, context)

    def _at_heredoc_redirect(self, part: Part, context: Context) -> None:
        text = self.source.text
        start = part.child("heredoc_start")
        chains = len(self.chains)
        for child in part.children:
            if child.kind == "heredoc_body" and start is not None:
                made = self._made(Heredoc, child.span, "heredoc", context)
                delimiter = heredocs.delimiter(text, start)
                self.heredocs.append(replace(made, delimiter=delimiter, expands=heredocs.expands(text, start)))
                self.visit_in(child, context, "heredoc")
            elif child.kind == "pipeline":
                self._at_pipeline(child, context, first=2)
            elif child.role == "right":
                operator = part.child("||")
                self.visit(child, (*context, Frame("or" if operator else "and", "right", part.span)))
            else:
                self.visit(child, context)
        self.chains[chains:] = [
            replace(chain, sound=chain.sound and chain.in_heredoc) for chain in self.chains[chains:]
        ]

    def visit_in(self, part: Part, context: Context, what: Where, detail: str = "") -> None:
        """Take in the children of a part that is itself a frame."""
        self._each(part.children, (*context, Frame(what, detail, part.span)))

    def _at_function_definition(self, part: Part, context: Context) -> None:
        name = next(child for child in part.children if child.role == "name")
        body = part.children[-1]
        said = self.source.slice(name.span)
        made = self._made(Function, part.span, said, context)
        self.functions.append(replace(made, name=said, name_span=name.span, body=body.span))
        self.visit(body, (*context, Frame("function", said, part.span)))

    def _at_compound_statement(self, part: Part, context: Context) -> None:
        numbers = part.children[0].kind == "(("
        self.visit_in(part, context, "arithmetic" if numbers else "group")

    def _at_if_statement(self, part: Part, context: Context) -> None:
        self._if(part.children, "if", context, part.span)

    def _if(self, children: Sequence[Part], word: str, context: Context, whole: Span) -> None:
        at = next((at for at, child in enumerate(children) if child.kind == "then"), len(children))
        self._each(children[:at], (*context, Frame("condition", word, whole)))
        for child in children[at:]:
            if child.kind == "elif_clause":
                self._if(child.children, "elif", (*context, Frame("branch", "else", whole)), whole)
            elif child.kind == "else_clause":
                self._each(child.children, (*context, Frame("branch", "else", whole)))
        rest = [child for child in children[at:] if child.kind not in ("elif_clause", "else_clause")]
        self._each(rest, (*context, Frame("branch", "then", whole)))

    def _at_while_statement(self, part: Part, context: Context) -> None:
        word = part.children[0].kind
        for child in part.children:
            inside: Frame = Frame("condition", word, part.span)
            if child.kind == "do_group":
                inside = Frame("loop", word, part.span)
            self._each(child.children if child.kind == "do_group" else (child,), (*context, inside))

    def _at_for_statement(self, part: Part, context: Context) -> None:
        how = part.children[0].kind
        for child in part.children:
            if child.role == "variable":
                self._assigned(child.span, child.span, how, context)
            elif child.kind == "do_group":
                self._each(child.children, (*context, Frame("loop", how, part.span)))
            else:
                self.visit(child, context)

    def _at_c_style_for_statement(self, part: Part, context: Context) -> None:
        for child in part.children:
            if child.kind in ("do_group", "compound_statement"):
                self._each(child.children, (*context, Frame("loop", "for", part.span)))
            else:
                self.visit(child, (*context, Frame("arithmetic", "", part.span)))

    def _at_case_statement(self, part: Part, context: Context) -> None:
        for child in part.children:
            if child.kind != "case_item":
                self.visit(child, context)
                continue
            at = next((at for at, one in enumerate(child.children) if one.kind == ")"), 0)
            pattern = self.source.text[child.span.start : child.children[at].span.start].strip("( ")
            self._each(child.children[:at], context)
            self._each(child.children[at + 1 :], (*context, Frame("case", pattern, part.span)))

    # commands

    def _at_command(self, part: Part, context: Context) -> None:
        stray, own = parts_of_command(self.source.text, part)
        for child in stray:
            around = tuple(frame for frame in context if frame.span.contains(child.span))
            self._at_variable_assignment(child, around)
        prefix = [child for child in own if child.kind == "variable_assignment"]
        for child in prefix:
            self._at_variable_assignment(child, context, "prefix")
        named = [
            child for child in own if child.kind == "command_name" or child.role == "argument" or child.kind == "$"
        ]
        if named:
            span = Span(min(child.span.start for child in own), own[-1].span.end)
            self._found(span, self._words(named), context, tuple(child.span for child in prefix))
        if named and self.commands[-1].runs("test"):
            context = (*context, Frame("test", "", part.span))
        for child in own:
            if child not in prefix:
                self.visit(child, context)

    def _at_declaration_command(self, part: Part, context: Context) -> None:
        how = self.source.slice(part.children[0].span)
        self._found(part.span, self._words(part.children), context)
        for child in part.children:
            if child.kind == "variable_assignment":
                self._at_variable_assignment(child, context, how)
            elif child.kind == "variable_name":
                self._assigned(child.span, child.span, how, context)
            else:
                self.visit(child, context)

    def _at_unset_command(self, part: Part, context: Context) -> None:
        self._found(part.span, self._words(part.children), context)
        self._each([child for child in part.children if child.kind != "variable_name"], context)

    def _at_test_command(self, part: Part, context: Context) -> None:
        if part.children[0].kind == "((":
            self.visit_in(part, context, "arithmetic")
            return
        self._found(part.span, self._words(list(_operands(part))), context)
        self.visit_in(part, context, "test")

    def _found(self, span: Span, words: tuple[Word, ...], context: Context, prefix: tuple[Span, ...] = ()) -> None:
        meaning = " ".join(one.text for one in words[:3])
        made = replace(self._made(Command, span, meaning, context), words=words, prefix=prefix)
        self.commands.append(made)
        for name_span, how in variables.set_by(made):
            self._assigned(name_span, name_span, how, context)

    def _words(self, parts: Sequence[Part]) -> tuple[Word, ...]:
        """The words; parts that nothing or only a continued line separates are one."""
        spans: list[Span] = []
        for part in parts:
            if spans and JOINED.fullmatch(self.source.text, spans[-1].end, part.span.start):
                spans[-1] = Span(spans[-1].start, part.span.end)
            else:
                spans.append(part.span)
        return tuple(word(span, self.source.slice(span)) for span in spans)

    # variables

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


def _flattened(part: Part) -> tuple[list[Part], list[Part]]:
    """The links and the operators of a list, which the grammar nests."""
    links: list[Part] = []
    operators: list[Part] = []
    for child in part.children:
        if child.kind == "list":
            inner_links, inner_operators = _flattened(child)
            links += inner_links
            operators += inner_operators
        elif child.kind in ("&&", "||"):
            operators.append(child)
        elif child.kind != "comment":
            links.append(child)
    return links, operators


def _stages(part: Part) -> Iterator[Part]:
    """The stages of a pipeline; behind a here-document the grammar nests them."""
    for child in part.children:
        if child.kind == "pipeline":
            yield from _stages(child)
        else:
            yield child


def _operands(part: Part) -> Iterator[Part]:
    """The words of a test."""
    for child in part.children:
        if child.kind in SYNTAX:
            yield from _operands(child)
        elif child.kind != "comment":
            yield child


def _start(text: str, part: Part) -> int:
    """Where a link starts, without assignments of the lines before that the grammar takes for a part of it."""
    if part.kind == "command":
        own = parts_of_command(text, part)[1]
        return min((child.span.start for child in own), default=part.span.start)
    if part.kind in ("list", "pipeline", "redirected_statement"):
        return _start(text, part.children[0])
    return part.span.start


def _frames_of_heredoc(part: Part, heredoc: Part | None) -> Context:
    """What the rest of its line makes of the command that reads a here-document."""
    if heredoc is None:
        return ()
    pipeline = heredoc.child("pipeline")
    if pipeline is not None:
        stages = sum(child.named for child in _stages(pipeline))
        return (Frame("pipeline", f"1/{stages + 1}", part.span),)
    if any(child.role == "right" for child in heredoc.children):
        return (Frame("or" if heredoc.child("||") else "and", "left", part.span),)
    return ()
