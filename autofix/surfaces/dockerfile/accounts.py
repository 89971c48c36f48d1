"""Which users does a stage create, and which does it run as?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autofix.surfaces.dockerfile.document import Instruction, Stage

PARTING = re.compile(r"&&|\|\||[;|\n]")
ROOT = frozenset({"root", "0"})
NO_VALUES: Mapping[str, str] = MappingProxyType({})
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
TOOLS = re.compile(r"\b(?:(?:user|group)(?:add|mod|del)|(?:add|del)(?:user|group)|newusers)\b|/etc/(?:passwd|group)\b")


@dataclass(frozen=True)
class Account:
    """A user that a RUN creates; ids and group are None where the command leaves them to the system."""

    name: str
    uid: int | None
    group: str | None
    gid: int | None
    where: Instruction

    @property
    def owner(self) -> str:
        """What `--chown` takes; a user alone would get a group of the same number, whichever that is."""
        return f"{self.name}:{self.group}" if self.group else self.name


def created(instructions: Iterable[Instruction], values: Mapping[str, str] = NO_VALUES) -> tuple[Account, ...]:
    """The users the RUN instructions create, in order.

    Variables stand as they are written, which is what an edit has to repeat, except those that `values` names.
    """
    groups: dict[str, int | None] = {}
    accounts: list[Account] = []
    for run in instructions:
        if run.keyword != "RUN":
            continue
        for words in _commands(run, values):
            if words[0] in {"groupadd", "addgroup"}:
                options, names = _options(words[1:], "gK", {"gid"})
                if len(names) == 1:
                    groups[names[0]] = _number(options.get("g") or options.get("gid"))
            elif account := _account(words, groups, run):
                accounts.append(account)
    return tuple(accounts)


def lost_group(stage: Stage, account: Account) -> int | None:
    """The group of a user whose command names none: busybox adduser puts it into nogroup, useradd makes one."""
    words = account.where.command.text
    return 65533 if "adduser" in words and re.search(r"\badduser\b[^&|;]*\s-\w*S", words) and stage else None


def switched_to(lineage: Sequence[Stage]) -> Instruction | None:
    """The USER that counts: the last one of the stage, else of the stages it builds on."""
    return next((user for stage in lineage if (user := stage.last("USER"))), None)


def in_force(lineage: Sequence[Stage], line: int) -> Instruction | None:
    """The USER that an instruction at a line of the nearest stage is carried out as."""
    own = [one for one in lineage[0].of("USER") if one.first < line]
    return own[-1] if own else switched_to(lineage[1:])


def user_of(instruction: Instruction) -> str:
    """The user a USER instruction names, without the group; variables as they are written."""
    written = instruction.words[0].value if instruction.words else ""
    return written.strip().partition(":")[0]


def _account(words: list[str], groups: dict[str, int | None], run: Instruction) -> Account | None:
    if words[0] == "useradd":
        options, names = _options(
            words[1:], "ugGdscbkepK", {"uid", "gid", "groups", "home-dir", "home", "shell", "comment"}
        )
        group = options.get("g") or options.get("gid")
    elif words[0] == "adduser":
        options, names = _options(words[1:], "uGhsgk", {"uid", "gid", "ingroup", "home", "shell", "gecos", "comment"})
        own = names[0] if names and "group" in options else None
        group = options.get("G") or options.get("ingroup") or options.get("gid") or own
    else:
        return None
    if not names or (words[0] == "adduser" and len(names) > 1):
        return None
    name, uid = names[0], _number(options.get("u") or options.get("uid"))
    system = "S" in options or "system" in options
    if group is None and (words[0] == "useradd" or not system):
        return Account(name, uid, name, groups.get(name, uid), run)  # both make a group of the same name and number
    if group is not None and group.isdigit():
        gid: int | None = int(group)
        group = next((known for known, number in groups.items() if number == gid), None)
    else:
        gid = groups.get(group) if group else None
    return Account(name, uid, group, gid, run)


def _commands(run: Instruction, values: Mapping[str, str]) -> Iterator[list[str]]:
    """The simple commands of a RUN as words, those that cannot be taken apart left out."""

    def value(match: re.Match[str]) -> str:
        return values.get(match[1] or match[2], match.group())

    text = run.command.text if run.json is None else shlex.join(run.json)
    texts = [text, *(body.text for body in run.heredocs)]
    for command in (part for whole in texts for part in PARTING.split(whole)):
        try:
            words = shlex.split(command, comments=True)
        except ValueError:
            continue
        if words:
            yield [VARIABLE.sub(value, word) for word in words]


def _options(words: Sequence[str], short: str, long: set[str]) -> tuple[dict[str, str], list[str]]:
    """Options with their values (empty for a switch) and the words that are none."""
    options: dict[str, str] = {}
    names: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, equals, given = word[2:].partition("=")
            options[name] = given if equals else rest.pop(0) if name in long and rest else ""
        elif word.startswith("-") and len(word) > 1:
            for place, letter in enumerate(word[1:], 2):
                if letter in short:
                    options[letter] = word[place:] or (rest.pop(0) if rest else "")
                    break
                options[letter] = ""
        else:
            names.append(word)
    return options, names


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
