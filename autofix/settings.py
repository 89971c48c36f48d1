"""What did the user ask for?  `.autofix.yaml` at the root and the command line, merged once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autofix import catalogue
from autofix.finding import Safety
from autofix.rule import Rule
from autofix.usage import UsageError, unknown

FILE = ".autofix.yaml"
KEYS: dict[str, type | tuple[type, ...]] = {
    "select": list,
    "ignore": list,
    "rules": list,
    "exclude": list,
    "with": dict,
    "severity": dict,
    "unsafe-fixes": bool,
    "bot": dict,
}


BOT_KEYS: dict[str, type] = {
    "group": str,
    "draft": bool,
    "labels": list,
    "reviewers": list,
    "assignees": list,
    "limit": int,
    "issue": bool,
    "branch-prefix": str,
    "author": str,
}
PREFIX = re.compile(r"(?:[A-Za-z0-9_][\w-]*/)*(?:[A-Za-z0-9_][\w-]*[/-])")  # ends in / or -
AUTHOR = re.compile(r"[^<>\n]*[^<>\s][^<>\n]* <[^<>\s@]+@[^<>\s@]+>")
GROUPINGS = ("rule", "service", "all")


@dataclass(frozen=True)
class Bot:
    """How fixes become requests. A reviewer with a slash (`org/team`) is a team; `limit` counts open requests."""

    group: str = "rule"
    draft: bool = False
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    limit: int = 10
    issue: bool = True
    branch_prefix: str = "autofix/"
    author: str = "autofix <autofix@noreply.invalid>"


@dataclass(frozen=True)
class Settings:
    """What a run does: the rules in running order, how safe a fix must be, the files left out (gitignore form), the
    rules that exist and are not asked, and how the bot makes requests.
    """

    rules: tuple[Rule, ...]
    allowed: Safety = Safety.SAFE
    exclude: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()
    bot: Bot = Bot()


@dataclass(frozen=True)
class _File:
    """A configuration file: its values and, by dotted key, the lines they stand on."""

    path: str
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def where(self, *route: str) -> str:
        """The place of a key, as errors name it."""
        return f"{self.path}:{self.lines.get('.'.join(route), 1)}"


def load(
    root: Path,
    config: Path | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    *,
    unsafe: bool = False,
) -> Settings:
    """The settings of a run. Words of the command line replace those of the file. Raises UsageError."""
    path = config or root / FILE
    file = _read(path) if config or path.is_file() else _File(str(path), {}, {})
    rules = catalogue.load(_folders(root, file))
    chosen = _chosen(rules, file, select, ignore)
    allowed = Safety.UNSAFE if unsafe or file.values.get("unsafe-fixes") else Safety.SAFE
    exclude = tuple(str(pattern) for pattern in file.values.get("exclude") or ())
    silent = frozenset(rule.id for rule in rules) - chosen
    return Settings(tuple(_tuned(rules, chosen, file)), allowed, exclude, silent, _bot(file))


def _read(path: Path) -> _File:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        values = YAML(typ="rt", pure=True).load(path.read_text("utf-8"))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        raise UsageError(f"{path}:{mark.line + 1 if mark else 1}: {problem}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    if values is None:
        return _File(str(path), {}, {})
    if not isinstance(values, dict):
        line = values.lc.line + 1 if hasattr(values, "lc") else 1
        raise UsageError(f"{path}:{line}: a configuration is a mapping")
    file = _File(str(path), values, _lines(values))
    for key, value in values.items():
        if key not in KEYS:
            raise UsageError(f"{file.where(str(key))}: {unknown('key', str(key), KEYS)}")
        if not isinstance(value, KEYS[key]):
            wanted = {list: "a list", dict: "a mapping", bool: "true or false"}[KEYS[key]]  # type: ignore[index]
            raise UsageError(f"{file.where(key)}: {key} takes {wanted}")
        _check_names(file, key)
    return file


def _check_names(file: _File, key: str) -> None:
    value = file.values[key]
    for name in value if isinstance(value, list | dict) else ():
        if not isinstance(name, str):
            raise UsageError(f"{file.where(key)}: {key} takes names, not {name}")
        if key == "with" and not isinstance(value[name], dict):
            raise UsageError(f"{file.where(key, name)}: the options of {name} are a mapping")


def _lines(values: Any, route: tuple[str, ...] = ()) -> dict[str, int]:  # noqa: ANN401
    """The 1-based line of every key and list item, by dotted route."""
    lines: dict[str, int] = {}
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in items:
        here = (*route, str(key))
        place: Any = values.lc  # ruamel's round-trip collections know their lines
        mark = place.key(key) if isinstance(values, dict) else place.item(key)
        lines[".".join(here)] = mark[0] + 1
        lines |= _lines(value, here)
    return lines


def _folders(root: Path, file: _File) -> list[Path]:
    folders = [root / str(name) for name in file.values.get("rules") or ()]
    for place, folder in enumerate(folders):
        if not folder.is_dir():
            raise UsageError(f"{file.where('rules', str(place))}: no such folder: {folder}")
    return folders


def _chosen(rules: Iterable[Rule], file: _File, select: Sequence[str], ignore: Sequence[str]) -> set[str]:
    """The ids that run."""
    ids = {rule.id for rule in rules}
    surfaces = {rule.surface for rule in rules}

    def expand(names: Sequence[str], where: str) -> set[str]:
        for place, name in enumerate(names):
            if name not in ids | surfaces:
                at = "" if where == "" else f"{file.where(where, str(place))}: "
                raise UsageError(f"{at}{unknown('rule', name, ids | surfaces)}")
        return {one for one in ids if one in names or one.partition("/")[0] in names}

    wanted = expand(select, "") if select else expand(file.values.get("select") or (), "select") or ids
    return wanted - expand(ignore, "") - expand(file.values.get("ignore") or (), "ignore")


def _tuned(rules: Iterable[Rule], chosen: set[str], file: _File) -> list[Rule]:
    options, levels = file.values.get("with") or {}, file.values.get("severity") or {}
    ids = {rule.id for rule in rules}
    for key, table in (("with", options), ("severity", levels)):
        for name in table:
            if name not in ids:
                raise UsageError(f"{file.where(key, name)}: {unknown('rule', name, ids)}")
    tuned = []
    for rule in rules:
        if rule.id in options or rule.id in levels:
            where = file.where("with" if rule.id in options else "severity", rule.id)
            rule = catalogue.tuned(rule, options.get(rule.id) or {}, levels.get(rule.id), where)  # noqa: PLW2901
        if rule.id in chosen:
            tuned.append(rule)
    return tuned


def _bot(file: _File) -> Bot:
    """The keys under `bot:`. Raises UsageError."""
    values = file.values.get("bot") or {}
    for key, value in values.items():
        where = file.where("bot", key)
        if key not in BOT_KEYS:
            raise UsageError(f"{where}: {unknown('key of bot', key, BOT_KEYS)}")
        wanted = BOT_KEYS[key]
        names = [value] if wanted is str else value if wanted is list and isinstance(value, list) else []
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            words = {list: "a list", bool: "true or false", int: "a number", str: "a word"}[wanted]
            raise UsageError(f"{where}: {key} takes {words}")
        if not all(isinstance(name, str) and name.strip() for name in names):
            raise UsageError(f"{where}: {key} takes names")
    made: dict[str, Any] = {
        key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in values.items()
    }
    _check_bot(file, bot := Bot(**made))
    return bot


def _check_bot(file: _File, bot: Bot) -> None:
    if bot.group not in GROUPINGS:
        raise UsageError(f"{file.where('bot', 'group')}: {unknown('grouping', bot.group, GROUPINGS)}")
    if bot.limit < 0:
        raise UsageError(f"{file.where('bot', 'limit')}: limit is 0 or more")
    if not PREFIX.fullmatch(bot.branch_prefix):
        raise UsageError(f"{file.where('bot', 'branch-prefix')}: no beginning of a branch name: {bot.branch_prefix}")
    if not AUTHOR.fullmatch(bot.author):
        raise UsageError(f"{file.where('bot', 'author')}: author is written as Name <address>")
