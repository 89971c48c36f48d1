"""Which rules are there?  Policy as data, read once from `rules/` or from its index.

The index is a JSON copy of our own rules, because reading sixty YAML files costs more than most runs. In a checkout it
is rewritten when a rule is newer; the wheel ships it. A user's own rule folders are read, and checked, at each run.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar, get_args, get_type_hints

from autofix.finding import Safety, Severity
from autofix.rule import PLACES, Call, Rule
from autofix.usage import UsageError, unknown

E = TypeVar("E", Severity, Safety)

INDEX = "index.json"
REQUIRED = ("id", "title", "why", "message", "severity", "safety", "find")
OPTIONAL = ("fix", "after", "words", "remedy", "verify", "see")
LONGEST_CHAIN = 6


def folder() -> Path:
    """Where our own rules are: inside the installed package, else beside it in the checkout."""
    shipped = Path(__file__).parent / "_rules"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent / "rules"


def load(own_folders: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """All rules in running order, ours and the user's. Raises UsageError with file and line."""
    rules = {rule.id: rule for rule in map(_rule, _index(folder()))}
    for own in own_folders:
        for path, record in _records(own):
            rule = _checked(path, record)
            if rule.id in rules:
                raise UsageError(f"{path}:1: rule {rule.id} exists already")
            rules[rule.id] = rule
    return ordered(rules.values())


def write_index(rules: Path) -> None:
    """Rewrite the index of a rules folder."""
    text = json.dumps([record for _, record in _records(rules)], indent=0, sort_keys=True, ensure_ascii=False)
    (rules / INDEX).write_text(text + "\n", "utf-8")


def ordered(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules, each after those its `after` names, else by id; `after` is closed over. Raises UsageError."""
    by_id = {rule.id: rule for rule in rules}
    depth: dict[str, int] = {}
    closed: dict[str, frozenset[str]] = {}

    def visit(rule: Rule, path: tuple[str, ...]) -> int:
        if rule.id in path:
            raise UsageError(f"rules wait for each other: {' → '.join((*path, rule.id))}")
        if rule.id not in depth:
            befores = [by_id[name] for name in sorted(rule.after) if name in by_id]
            depth[rule.id] = 1 + max((visit(before, (*path, rule.id)) for before in befores), default=0)
            closed[rule.id] = rule.after.union(*(closed[before.id] for before in befores))
        return depth[rule.id]

    for rule in by_id.values():
        if visit(rule, ()) > LONGEST_CHAIN:
            raise UsageError(f"rule {rule.id} waits behind more than {LONGEST_CHAIN - 1} others")
    chosen = sorted(by_id.values(), key=lambda rule: (depth[rule.id], rule.id))
    return tuple(replace(rule, after=closed[rule.id]) for rule in chosen)


def tuned(rule: Rule, options: Mapping[str, Any], severity: str | None, where: str) -> Rule:
    """The rule with a user's options bound and a user's severity. Raises UsageError that starts with `where`."""
    names = {name for call in (rule.find, rule.fix) if call for name in _parameters(call)}
    for option in options:
        if option not in names:
            raise UsageError(f"{where}: {unknown(f'option of {rule.id}', option, names)}")
    level = rule.severity if severity is None else _enum(Severity, severity, where)
    find = _bound(rule.find, options)
    return replace(rule, find=find, fix=rule.fix and _bound(rule.fix, options), severity=level)


def check(rule: Rule) -> None:
    """Whether finder and fixer exist, take the rule's parameters and speak of the same node.

    Raises UsageError without a place; the caller knows it.
    """
    for place in (name for _, name, _, _ in Formatter().parse(rule.verify) if name is not None):
        if place not in PLACES:
            raise UsageError(unknown("place of verify", place, PLACES))
    calls = [call for call in (rule.find, rule.fix) if call]
    for call in calls:
        try:
            names = _parameters(call)
        except (ImportError, AttributeError) as error:
            raise UsageError(f"no function {call.use}: {error}") from error
        for name in call.params:
            if name not in names:
                raise UsageError(unknown(f"parameter of {call.use}", name, names))
    if rule.fix:
        found = get_args(get_type_hints(rule.find.function())["return"])[0]
        taken = next(hint for name, hint in get_type_hints(rule.fix.function()).items() if name == "match")
        if found != taken:
            raise UsageError(f"{rule.find.use} yields {found}, {rule.fix.use} takes {taken}")


def _index(rules: Path) -> list[dict[str, Any]]:
    """The records of our own rules, from the index if it is as new as they are."""
    index = rules / INDEX
    newest = max((path.stat().st_mtime_ns for path in rules.glob("*/*.yaml")), default=0)
    try:
        if index.stat().st_mtime_ns >= newest:
            records: list[dict[str, Any]] = json.loads(index.read_text("utf-8"))
            return records
    except (OSError, ValueError):
        pass
    with suppress(OSError):  # a read-only checkout pays for the YAML at each run
        write_index(rules)
    return [record for _, record in _records(rules)]


def _records(rules: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each rule file and what it says."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    for path in sorted(rules.glob("*/*.yaml")):
        try:
            record = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
        except YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise UsageError(f"{path}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}") from error
        if not isinstance(record, dict):
            raise UsageError(f"{path}:1: a rule is a mapping")
        yield path, record


def _checked(path: Path, record: dict[str, Any]) -> Rule:
    """A user's rule, checked as ours are by the tests."""
    known = REQUIRED + OPTIONAL
    problem = next((f"missing {name}" for name in REQUIRED if name not in record), None)
    problem = problem or next((unknown("key", name, known) for name in record if name not in known), None)
    if problem:
        raise UsageError(f"{path}:1: {problem}")
    expected = f"{path.parent.name}/{path.stem}"
    if record["id"] != expected:
        raise UsageError(f"{path}:1: the id of this file is {expected}, not {record['id']}")
    try:
        rule = _rule(record)
        check(rule)
    except UsageError as error:
        raise UsageError(f"{path}:1: {error}") from error
    return rule


def _rule(record: Mapping[str, Any]) -> Rule:
    return Rule(
        id=record["id"],
        title=record["title"],
        why=record["why"].strip(),
        message=record["message"],
        severity=_enum(Severity, record["severity"], record["id"]),
        safety=_enum(Safety, record["safety"], record["id"]),
        find=_call(record["find"]),
        fix=_call(record["fix"]) if record.get("fix") else None,
        after=frozenset(record.get("after") or ()),
        words=tuple(record.get("words") or ()),
        remedy=(record.get("remedy") or "").strip(),
        verify=(record.get("verify") or "").strip(),
        see=tuple(record.get("see") or ()),
    )


def _call(record: Mapping[str, Any]) -> Call:
    return Call(record["use"], {name: value for name, value in record.items() if name != "use"})


def _parameters(call: Call) -> dict[str, inspect.Parameter]:
    function: Callable[..., Any] = call.function()
    signature = inspect.signature(function)
    return {name: one for name, one in signature.parameters.items() if one.kind is one.KEYWORD_ONLY}


def _bound(call: Call, options: Mapping[str, Any]) -> Call:
    taken = {name: value for name, value in options.items() if name in _parameters(call)} if options else {}
    return replace(call, params={**call.params, **taken})


def _enum(kind: type[E], name: str, where: str) -> E:
    names = [member.name.lower() for member in kind]
    if name not in names:
        raise UsageError(f"{where}: {unknown(kind.__name__.lower(), str(name), names)}")
    return kind[name.upper()]
