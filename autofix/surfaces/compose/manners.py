"""How does a compose file write its health checks: where, in which form, with which numbers?"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

from autofix.project import Tools
from autofix.surfaces import yaml
from autofix.surfaces.compose.document import ComposeFile, ComposeService, Healthcheck
from autofix.surfaces.probing import Command, Question
from autofix.surfaces.yaml import Content

OWN_URL = re.compile(r"(?P<scheme>https?)://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?(?P<path>/[\w./~-]*)?(?=[\s'\"`),;]|$)")  # fmt: skip
NUMBERS = {"interval": "30s", "timeout": "10s", "retries": "3"}
PATIENT = re.compile(r"(?:[5-9]|\d\d+)s|\d+m")
FOREIGN = re.compile(r"\d{4,}|\$|://|\|\s*(?!\|)(?!\s*exit)\w|-H\b|--header|\bgrep\b|-u\b|--user\b")
HEAD_ONLY = re.compile(r"--spider|\s-I\b|--head\b|method:\s*['\"]HEAD")


@dataclass(frozen=True)
class Manners:
    """What the checks of a file have in common; all defaults where it has none."""

    checks: tuple[Healthcheck, ...]
    services: tuple[ComposeService, ...]

    @property
    def form(self) -> str:
        """`CMD`, `CMD-SHELL` or `string`, whichever most checks have."""
        forms = Counter(check.form for check in self.checks if check.form)
        return max(forms, key=lambda form: (forms[form], form == "CMD")) if forms else "CMD"

    def numbers(self, start_period: int) -> dict[str, Content]:
        """Interval, timeout, retries and start_period: those all checks agree on before the usual ones."""
        said = {key: {check.get(key) for check in self.checks} for key in NUMBERS}
        agreed = {key: values.pop() for key, values in said.items() if len(values) == 1 and len(self.checks) > 1}
        if not PATIENT.fullmatch(agreed.get("timeout") or ""):
            agreed["timeout"] = None
        chosen = {key: agreed.get(key) or usual for key, usual in NUMBERS.items()}
        chosen["start_period"] = f"{start_period}s"
        return {key: self._spelled(key, value) for key, value in chosen.items()}

    def _spelled(self, key: str, value: str) -> str:
        """With the quotes that siblings give to it; a number stays one."""
        leaves = (check.at.under(key) for check in self.checks)
        styles = {leaf.scalar.style for leaf in leaves if leaf and leaf.scalar}
        style = styles.pop() if len(styles) == 1 else ""
        return yaml.spell(value, style if style in {"'", '"'} else "", keep=True)

    def place(self, service: ComposeService) -> tuple[str, str]:
        """Behind which key of a service the check goes, or before which, as in its siblings; neither for the end."""
        own = _own_keys(service)
        befores: Counter[str] = Counter()
        afters: Counter[str] = Counter()
        for sibling in self.services:
            keys = _own_keys(sibling)
            if "healthcheck" in keys and sibling.name != service.name:
                at = keys.index("healthcheck")
                afters.update(key for key in keys[max(at - 1, 0) : at] if key in own)
                befores.update(key for key in keys[at + 1 : at + 2] if key in own)
        if afters:
            return max(afters, key=lambda key: (afters[key], own.index(key))), ""
        if befores:
            return "", max(befores, key=lambda key: (befores[key], -own.index(key)))
        return "", ""

    def sibling_command(self, question: Question, tools: Tools) -> tuple[Command, bool] | None:
        """A sibling's check with this service's address, where it asks a URL with a program this image has; and whether
        it is a line for a shell.
        """
        for check in self.checks:
            text = " ".join(check.command)
            program = text.partition(" ")[0]
            found, line = tools.finds(program), check.form != "CMD"
            if (
                found is None
                or not question.path
                or len(OWN_URL.findall(text)) != 1
                or (line and not tools.finds("sh"))
            ):
                continue
            rest = OWN_URL.sub("", text)
            if (HEAD_ONLY.search(text) and tools.finds("gnu wget")) or FOREIGN.search(rest) or "https://" in text:
                continue
            words = tuple(OWN_URL.sub(question.url, word) for word in check.command)
            return Command(words, program, found.evidence), line
        return None


def manners_of(file: ComposeFile) -> Manners:
    """The manners of a file."""
    found = (service.healthcheck for service in file.services)
    checks = tuple(check for check in found if check and not check.disabled and check.words)
    return Manners(checks, file.services)


def test_of(manners: Manners, words: tuple[str, ...], *, line: bool) -> Content:
    """The test as this file writes lists and strings; `words` are those of an exec form, or one line of a shell."""
    if line and manners.form == "string":
        return yaml.spell(words[0])
    form = ("CMD-SHELL", *words) if line else ("CMD", *words)
    written = [check.at.under("test") for check in manners.checks]
    lists = [at for at in written if at and not at.scalar]
    block = bool(lists) and all(not getattr(at.value, "flow", True) for at in lists)
    quotes = Counter(leaf.scalar.style for check in manners.checks for leaf in check.words if leaf.scalar)
    single = quotes["'"] > quotes['"'] and not any("'" in word for word in form)
    if block:
        plain = quotes[""] > quotes['"'] + quotes["'"]
        return [yaml.spell(word) if plain else _quoted(word, single=single) for word in form]
    return "[" + ", ".join(_quoted(word, single=single) for word in form) + "]"


def _quoted(word: str, *, single: bool) -> str:
    if single or ('"' in word and "'" not in word):
        return "'" + word.replace("'", "''") + "'"
    return json.dumps(word, ensure_ascii=False)


def _own_keys(service: ComposeService) -> list[str]:
    """The keys that are written in the service itself."""
    entries = service.at.value.entries if isinstance(service.at.value, yaml.Mapping) else ()
    return [entry.key.value for entry in entries if entry.key.tag != "merge"]
