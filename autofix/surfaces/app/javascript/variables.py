"""Which variables of the environment does a file read, what does it use without them, and which does it insist on?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.checks import Checks
from autofix.surfaces.app.javascript.demands import branched, breaks, caught
from autofix.surfaces.app.javascript.environment import is_environment, operator, taken_from, variable
from autofix.surfaces.app.javascript.file import File
from autofix.surfaces.app.javascript.tree import WRAPPERS, arguments, bare, covers
from autofix.surfaces.app.nodes import Variable

if TYPE_CHECKING:
    from tree_sitter import Node

READ = re.compile(r"\b(?:process\s*\??\.\s*env|Bun\.env)\b")
ASKED = re.compile(r"\.get(?:OrThrow)?\b")
COMPARES = frozenset({"===", "==", "!==", "!=", "&&", "in", "instanceof"})
HARMLESS = re.compile(r"Boolean$|\w+\.is(?:Empty|Nil|Null|Undefined)$|(?:console|logger|log)\.")
ASSIGNS = frozenset({"assignment_expression", "update_expression"})
TESTS = frozenset({"if_statement", "ternary_expression", "while_statement"})


def variables(file: File) -> list[Variable]:
    """Every read, in the order of the text; one name may be read many times.

    What one place of a file can do without, no place of it needs, unless the file refuses to start without it.
    """
    checks = Checks(file)
    found = sorted([*_reads(file), *checks.listed], key=_place)
    schema = {one.name: one.required for one in checks.listed}
    spared = {one.name for one in found if not one.required}
    return [_judged(one, checks, schema, spared) for one in found]


def _judged(one: Variable, checks: Checks, schema: dict[str, bool], spared: set[str]) -> Variable:
    checked = one.name in checks.names
    if checked or one.name in schema:
        required = schema.get(one.name, one.default is None)
        insisted = checked and one.name not in checks.unsure
        return replace(one, checked=checked, required=required, strict=required and (insisted or one.strict))
    required = one.required and one.name not in spared
    return replace(one, required=required, strict=required and one.strict)


def _place(one: Variable) -> tuple[int, int]:
    return one.span


def _reads(file: File) -> Iterator[Variable]:
    aliases = _aliases(file)
    pattern = (
        READ if not aliases else re.compile(rf"{READ.pattern}|(?<![\w.])(?:{'|'.join(map(re.escape, aliases))})\b")
    )
    for found in pattern.finditer(file.source.text):
        node = file.syntax.node_at(*found.span())
        if node is None or not is_environment(file.syntax, file.names, node):
            continue
        yield from _of_environment(file, node)
    for call in file.calls("get", "getOrThrow"):
        if (name := variable(file.syntax, file.names, call)) is not None:
            given = arguments(call)[1:]
            default = file.syntax.constant(given[0]) if given else None
            required = not given and _needed(file, call)
            sure = file.syntax.callee(call) == "getOrThrow"
            known = _variable(file, call, name, default, required=required, fallback=bool(given))
            yield replace(known, strict=known.strict or (required and sure and not caught(file, call)))


def _aliases(file: File) -> list[str]:
    """The constants that stand for the environment as a whole: `const env = process.env`."""
    found = []
    for declared in file.syntax.found.get("declared", []):
        name, value = declared.child_by_field_name("name"), declared.child_by_field_name("value")
        if name is not None and name.type == "identifier" and is_environment(file.syntax, file.names, value):
            found.append(file.syntax.text(name))
    for one in file.names.imports:
        if one.module.removeprefix("node:") == "process":
            found += [here for here, there in one.names if there == "env"]
    return found


def _of_environment(file: File, node: Node) -> Iterator[Variable]:
    above = node.parent
    while above is not None and above.type in WRAPPERS:
        above = above.parent
    if above is None:
        return
    if above.type in ("member_expression", "subscript_expression"):
        name = variable(file.syntax, file.names, above)
        if name is not None and not _is_written(above) and not _stands_in(file, above):
            default, required, fallback = _used(file, above)
            yield _variable(file, above, name, default, required=required, fallback=fallback)
    elif above.type == "variable_declarator":
        for one in taken_from(file.syntax, above.child_by_field_name("name")):
            local = one.node.child_by_field_name("value") or one.node
            required = one.default is None and one.certain and _needed_later(file, file.syntax.text(local), above)
            fallback = one.default is not None or not one.certain
            yield _variable(file, one.node, one.name, one.default, required=required, fallback=fallback)


def _variable(file: File, node: Node, name: str, default: str | None, *, required: bool, fallback: bool) -> Variable:
    return Variable(
        file.source,
        file.syntax.span(node),
        f"env:{name}",
        name=name,
        default=default,
        required=required,
        strict=required and breaks(file, node) and not caught(file, node),
        branched=branched(node),
        fallback=fallback,
    )


def _is_written(node: Node) -> bool:
    """Whether the variable is set or deleted here, not read."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "unary_expression":
        return bool(parent.children) and parent.children[0].type == "delete"
    return parent.type in ASSIGNS and parent.child_by_field_name("left") == node


def _stands_in(file: File, node: Node) -> bool:
    """Whether the variable is only asked where another one is not set: an old name for the same."""
    around = node.parent
    while around is not None and around.type in WRAPPERS:
        node, around = around, around.parent
    if around is None or around.type != "binary_expression" or operator(around) not in ("||", "??"):
        return False
    first = bare(around.child_by_field_name("left"))
    while first is not None and first.type == "binary_expression" and operator(first) in ("||", "??"):
        first = bare(first.child_by_field_name("right"))
    return around.child_by_field_name("right") == node and variable(file.syntax, file.names, first) is not None


def _used(file: File, node: Node) -> tuple[str | None, bool, bool]:
    """The literal used without the variable, whether the variable is used as it is, whether something stands in for it."""
    inner, around = node, node.parent
    while around is not None:
        if around.type == "binary_expression" and operator(around) in ("||", "??"):
            if around.child_by_field_name("left") == inner:
                value = bare(file.names.value(around.child_by_field_name("right")))
                if variable(file.syntax, file.names, value) is None:
                    unset = _unset(value, file)
                    return file.syntax.constant(value), unset, not unset
        elif around.type == "augmented_assignment_expression" and around.child_by_field_name("left") == inner:
            return file.syntax.constant(around.child_by_field_name("right")), False, True
        elif not _passes(around, inner):
            break
        inner, around = around, around.parent
    if around is not None and around.type == "ternary_expression" and around.child_by_field_name("condition") == inner:
        default = _alternative(file, around, node)
        return default, False, default is not None
    return None, _needed(file, node), False


def _unset(value: Node | None, file: File) -> bool:
    """Whether a default is none after all: `process.env.X ?? undefined`."""
    return value is not None and file.syntax.text(value) == "undefined"


def _alternative(file: File, ternary: Node, node: Node) -> str | None:
    """The literal of `process.env.X ? f(process.env.X) : 3000`."""
    chosen = file.syntax.text(ternary.child_by_field_name("consequence"))
    return (
        file.syntax.constant(ternary.child_by_field_name("alternative")) if file.syntax.text(node) in chosen else None
    )


def _passes(around: Node, inner: Node) -> bool:
    """Whether a construct only hands a value on: casts, methods of it, plus signs."""
    if around.type in WRAPPERS or around.type == "member_expression":
        return True
    if around.type == "call_expression":
        return inner.type == "arguments" or around.child_by_field_name("function") == inner
    if around.type == "arguments":
        call = around.parent
        function = call.child_by_field_name("function") if call is not None else None
        return function is not None and (function.text or b"").decode() in (
            "Number", "parseInt", "parseFloat", "String", "Number.parseInt", "Number.parseFloat",
        )  # fmt: skip
    return around.type == "unary_expression" and around.children[0].type == "+"


def _needed(file: File, node: Node) -> bool:
    """Whether the value is used whatever it is: nothing around it asks first whether it is there."""
    inner, around = node, node.parent
    text = file.syntax.text(node)
    while around is not None and around.type != "program":
        if _asks(file, around, inner, text):
            return False
        if around.type == "variable_declarator":
            name = around.child_by_field_name("name")
            return name is None or name.type != "identifier" or _needed_later(file, file.syntax.text(name), around)
        inner, around = around, around.parent
    return True


def _asks(file: File, around: Node, inner: Node, text: str) -> bool:
    """Whether a construct tests the variable, or runs only after it was tested."""
    if around.type in TESTS:
        condition = around.child_by_field_name("condition")
        return condition is not None and (condition == inner or text in file.syntax.text(condition))
    if around.type == "binary_expression":
        left = file.syntax.text(around.child_by_field_name("left"))
        said = operator(around)
        return said in COMPARES and (inner == around.child_by_field_name("left") or said != "&&" or text in left)
    if around.type == "unary_expression":
        return around.children[0].type in ("!", "typeof")
    if around.type in ("member_expression", "call_expression") and any(
        child.type in ("optional_chain", "?.") for child in around.children
    ):
        return covers(around.children[0], inner)
    function = around.child_by_field_name("function") if around.type == "call_expression" else None
    if function is None or inner == function:
        return False
    return bool(HARMLESS.match(file.syntax.text(function))) or _is_own(file, function)


def _is_own(file: File, function: Node) -> bool:
    """Whether a function is this repository's, so that it may have a default of its own."""
    origin = file.names.origin(function)
    return origin.relative if origin is not None else file.names.function(function) is not None


def _needed_later(file: File, name: str, declared: Node) -> bool:
    """Whether nothing below a constant asks whether it is set."""
    said = re.escape(name)
    asks = rf"(?<![\w.])(?:!\s*{said}\b|{said}\s*(?:\|\||\?\?|&&|\?[^:]|\?\.|[!=]==?)|if\s*\(\s*{said}\b)"
    asks += rf"|\b(?:if|while)\s*\([^()]*(?<![\w.]){said}\b"
    return re.search(asks, file.syntax.data[declared.end_byte :].decode()) is None
