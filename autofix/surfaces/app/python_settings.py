"""Which variables does a settings class of pydantic read?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autofix.surfaces.app.nodes import Variable
from autofix.surfaces.app.python_tree import Tree, dotted, keyword
from autofix.surfaces.app.python_values import literal, text, texts

BASES = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings",
                   "pydantic_settings.main.BaseSettings", "pydantic.env_settings.BaseSettings"})  # fmt: skip
NESTED = re.compile(r"(?:Settings|Config|Configuration|Options|Model)$")
INTERNAL = frozenset({"model_config", "ClassVar"})


@dataclass(frozen=True)
class Options:
    """What the class says about all of its fields."""

    prefix: str | None = ""
    case: bool = False
    old: bool = False  # pydantic 1: an Optional without a value is None


def fields(tree: Tree) -> Iterator[Variable]:
    """Every field of every settings class."""
    classes = {one.name: one for one in tree.every(ast.ClassDef)}
    used = {dotted(call.func) for call in tree.every(ast.Call)}
    for one in classes.values():
        line = _line(tree, one, classes)
        if not line:
            continue
        options = _options(tree, line)
        made = any(name in used and one in _line(tree, other, classes) for name, other in classes.items())
        filled = _filled(tree, {name for name, other in classes.items() if one in _line(tree, other, classes)})
        for statement in one.body if options.prefix is not None else ():
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            name = statement.target.id
            if not _is_nested(statement.annotation, classes):
                given = filled is None or name in filled
                found = _field(tree, statement, name, options, made=made)
                yield from (replace(field, strict=field.strict and not given) for field in found)


def _filled(tree: Tree, names: set[str]) -> frozenset[str] | None:
    """The fields that somebody who makes such settings hands over; None where that may be any, or files may hold them."""
    found = set[str]()
    for call in tree.every(ast.Call):
        if dotted(call.func) in names:
            given = {one.arg for one in call.keywords}
            if None in given or "_secrets_dir" in given:
                return None
            found |= {name for name in given if name}
    return frozenset(found)


def _is_nested(annotation: ast.expr, classes: dict[str, ast.ClassDef]) -> bool:
    """Whether a field holds settings in turn, which have variables of their own."""
    name = dotted(annotation).rpartition(".")[2]
    kinds = [dotted(base) for base in classes[name].bases] if name in classes else []
    return bool(NESTED.search(name)) or any(NESTED.search(kind) for kind in kinds)


def _line(tree: Tree, one: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """The class and those of this file it inherits from, down to pydantic's own; empty when it is no settings class."""
    line, waiting, found = [one], list(one.bases), False
    while waiting:
        base = waiting.pop()
        found |= tree.origin(base) in BASES
        local = classes.get(dotted(base))
        if local is not None and local not in line:
            line.append(local)
            waiting += local.bases
    return line if found else []


def _options(tree: Tree, line: list[ast.ClassDef]) -> Options:
    """The nearest options of a class and its bases."""
    old = any(tree.origin(base) in BASES and not tree.origin(base).startswith("pydantic_settings") for one in line
              for base in one.bases)  # fmt: skip
    prefix: str | None = ""
    case = False
    for one in reversed(line):
        for name, value in _configured(one):
            if name == "env_prefix":
                prefix = text(tree, value)
            elif name == "case_sensitive":
                case = isinstance(value, ast.Constant) and value.value is True
    return Options(prefix, case, old)


def _configured(one: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """`class Config:` or `model_config = SettingsConfigDict(...)`, or a dict."""
    for statement in one.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                if isinstance(inner, ast.Assign):
                    yield dotted(inner.targets[0]), inner.value
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        if isinstance(value, ast.Call) and "model_config" in _targets(statement):
            yield from ((one.arg, one.value) for one in value.keywords if one.arg)
        if isinstance(value, ast.Dict) and "model_config" in _targets(statement):
            for key, item in zip(value.keys, value.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, item


def _targets(statement: ast.stmt) -> list[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    return [dotted(target) for target in targets]


def _field(tree: Tree, field: ast.AnnAssign, name: str, options: Options, *, made: bool) -> Iterator[Variable]:
    written = tree.written(field.annotation)
    if name.startswith("_") or name in INTERNAL or "ClassVar" in written:
        return
    value = field.value
    described = value if isinstance(value, ast.Call) and dotted(value.func).endswith("Field") else None
    default, required = _default(value, described)
    if value is None and options.old and ("Optional" in written or "None" in written):
        required = False
    names = _names(tree, described, name, options)
    for one in names:
        alone = required and len(names) == 1
        yield Variable(
            tree.source,
            tree.span(field),
            f"variable:{one}",
            name=one,
            default=default,
            required=alone,
            checked=alone and made,
            strict=alone,
            fallback=not required and not _is_none(value, described),
        )


def _is_none(value: ast.expr | None, described: ast.Call | None) -> bool:
    """Whether the field is None without its variable."""
    if described is not None and keyword(described, "default_factory") is not None:
        return False
    given = value if described is None else described.args[0] if described.args else keyword(described, "default")
    return given is None or (isinstance(given, ast.Constant) and given.value is None)


def _names(tree: Tree, described: ast.Call | None, name: str, options: Options) -> list[str]:
    """The variables that may fill a field."""
    alias = keyword(described, "validation_alias", "alias", "env") if described is not None else None
    if alias is None:
        found = [f"{options.prefix}{name}"]
    elif isinstance(alias, ast.Call) and dotted(alias.func).endswith("AliasChoices"):
        found = [one for one in (text(tree, choice) for choice in alias.args) if one]
    else:
        single = text(tree, alias)
        found = [single] if single is not None else texts(tree, alias) or []
    return found if options.case else [one.upper() for one in found]


def _default(value: ast.expr | None, described: ast.Call | None) -> tuple[str | None, bool]:
    """The literal a field has without its variable, and whether it has none at all."""
    if described is not None:
        given = described.args[0] if described.args else keyword(described, "default")
        if given is None:
            return None, keyword(described, "default_factory") is None
        value = given
    if value is None or (isinstance(value, ast.Constant) and value.value is ...):
        return None, True
    return literal(value), False
