"""Which commands, functions and chains does the syntax hold, and what is around each?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from autofix.surfaces.shell import heredocs, variables
from autofix.surfaces.shell.faults import parts_of_command
from autofix.surfaces.shell.finds import Context, Finds
from autofix.surfaces.shell.groups import flattened, frames_of_heredoc, operands, stages, start_of
from autofix.surfaces.shell.nodes import Chain, Command, Frame, Function, Heredoc, Operator
from autofix.surfaces.shell.part import Part
from autofix.surfaces.shell.words import Word, word
from autofix.text import Span

TELLING = re.compile(r"[\w.\[][\w./\[-]*")  # no option, no assignment, nothing that may be a secret
JOINED = re.compile(r"(?:\\\r?\n)*")


class Walk(Finds):
    """Takes in a tree from its root: `Walk(source, unsound).visit(tree)`."""

    def _at_list(self, part: Part, context: Context, redirects: tuple[Part, ...] = ()) -> None:
        links, operators = flattened(part)
        if len(links) != len(operators) + 1:  # torn by an error
            self._each((*part.children, *redirects), context)
            return
        links[-1] = links[-1]._replace(redirects=links[-1].redirects + redirects)
        spans = tuple(Span(start_of(self.source.text, link.part), link.end) for link in links)
        whole = Span(spans[0].start, spans[-1].end)
        made = self._made(Chain, whole, "chain", context)
        heredoc = any(one.kind == "heredoc_redirect" for link in links for one in link.walk())
        said = tuple(Operator(one.span, one.kind) for one in operators)
        self.chains.append(replace(made, links=spans, operators=said, sound=made.sound and not heredoc))
        for at, link in enumerate(links):
            sides = [
                *([(operators[at - 1], "right")] if at else []),
                *((one, "left") for one in operators[at : at + 1]),
            ]
            frames = tuple(Frame("and" if one.kind == "&&" else "or", side, whole) for one, side in sides)
            self.visit(link.part, context + frames)
            for redirect in link.redirects:
                self.visit(redirect, context + frames)

    def _at_pipeline(self, part: Part, context: Context, first: int = 1) -> None:
        named = [child for child in stages(part) if child.named and child.kind != "comment"]
        whole = Span(start_of(self.source.text, part), part.span.end)
        for at, stage in enumerate(named, first):
            self.visit(stage, (*context, Frame("pipeline", f"{at}/{len(named) + first - 1}", whole)))

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
            self.visit(body, (*context, *frames_of_heredoc(part, heredoc)))
            self._each(redirects, context)
        if heredoc is not None and body.kind != "compound_statement":
            ends = {one.span.end: at for at, one in enumerate(self.commands[before:], before)}
            last = max((end for end in ends if end <= heredoc.span.start), default=None)
            if last is not None:
                self.commands[ends[last]] = replace(self.commands[ends[last]], heredoc=True)

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
        self._found(part.span, self._words(list(operands(part))), context)
        self.visit_in(part, context, "test")

    def _found(self, span: Span, words: tuple[Word, ...], context: Context, prefix: tuple[Span, ...] = ()) -> None:
        meaning = " ".join(one.text for one in words[:3] if TELLING.fullmatch(one.text))
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
