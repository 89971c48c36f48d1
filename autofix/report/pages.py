"""What does a page about one rule say?"""

from __future__ import annotations

from textwrap import fill

from autofix.rule import Rule

WIDTH = 100


def explain(rule: Rule) -> str:
    """The page as plain text, with a final newline."""
    repair = f"fix: {rule.safety.name.lower()} at best" if rule.fix else "fix: by hand"
    parts = [f"{rule.id}: {rule.title}", f"severity: {rule.severity.name.lower()}   {repair}", fill(rule.why, WIDTH)]
    if rule.remedy:
        parts.append(f"Remedy\n\n{rule.remedy}")
    parts.append(f"Ignore it at one place with a comment:\n\n    # autofix: ignore {rule.id} -- why it is right here")
    parts += ["See " + " ".join(rule.see)] if rule.see else []
    return "\n\n".join(parts) + "\n"
