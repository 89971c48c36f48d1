"""What does a page about one rule say?  The same in docs/rules/ and from `autofix explain`."""

from __future__ import annotations

import inspect
from pathlib import Path
from textwrap import fill

from autofix.rule import PLACES, Rule

WIDTH = 100
SAFETY = {
    "safe": "Fixed by `--apply` where the repository proves it, by `--unsafe-fixes` where a person has to look.",
    "unsafe": "Fixed only with `--unsafe-fixes`: a person has to look.",
    "manual": "Reported, never edited.",
}


def folder() -> Path:
    """Where the pages are: inside the installed package, else in the checkout."""
    shipped = Path(__file__).parent.parent / "_pages"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent.parent / "docs" / "rules"


def read(rule: Rule) -> str:
    """The page of a rule of ours; a user's own rule has one without an example."""
    page = folder() / f"{rule.id}.md"
    return page.read_text("utf-8") if page.is_file() else render(rule, "")


def render(rule: Rule, example: str) -> str:
    """The page in Markdown; `example` is a unified diff, empty where nothing is edited."""
    safety = SAFETY[rule.safety.name.lower() if rule.fix else "manual"]
    parts = [f"# {rule.id}", f"{rule.title}. Severity: {rule.severity.name.lower()}. {safety}", fill(rule.why, WIDTH)]
    parts += [f"## What the fix writes\n\n```diff\n{example.rstrip()}\n```"] if example else []
    parts += [f"## What to do\n\n{rule.remedy}"] if rule.remedy else []
    shown = {name: name.upper() for name in PLACES} | {"target": ""}
    parts += [f"## Verify\n\n```bash\n{rule.verify.format_map(shown)}\n```"] if rule.verify else []
    parts += [f"## Options\n\n{options}"] if (options := _options(rule)) else []
    comment = f"    # autofix: ignore {rule.id} -- why it is right here"
    parts.append(
        f"## Ignore it\n\nOn the line, the line above, or the first line of the stage or service:\n\n{comment}"
    )
    parts += ["## See\n\n" + "\n".join(f"- {link}" for link in rule.see)] if rule.see else []
    return "\n\n".join(parts) + "\n"


def _options(rule: Rule) -> str:
    """The keyword-only parameters of finder and fixer, with their defaults, as `.autofix.yaml` takes them."""
    lines: list[str] = []
    for call in (rule.find, rule.fix):
        if call is None:
            continue
        for name, one in inspect.signature(call.function()).parameters.items():
            if one.kind is one.KEYWORD_ONLY:
                lines.append(f"- `{name}`: {call.params.get(name, one.default)!r} unless `with:` says otherwise")
    return "\n".join(dict.fromkeys(lines))
