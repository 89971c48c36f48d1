"""What does a request look like to the reviewer?  `python -m tests.bot.picture` draws docs/images/request.png anew.

The body is that of a real run, the page around it only resembles a forge. Needs chromium.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

from autofix.bot import words
from autofix.bot.group import Group
from autofix.bot.marker import Marker
from autofix.bot.plans import Plan
from autofix.bot.words import Facts
from autofix.finding import Safety
from tests.bot.test_words import base_of

OUT = Path(__file__).parents[2] / "docs" / "images" / "request.png"
STYLE = """
body { font: 15px/1.5 "Liberation Sans", sans-serif; color: #1f2328; margin: 24px 32px; width: 900px }
h1 { font-size: 26px; font-weight: 400; margin: 0 0 8px } h1 span { color: #59636e }
.state { background: #1f883d; color: #fff; border-radius: 16px; padding: 4px 12px; font-size: 14px; margin-right: 8px }
.meta { color: #59636e; border-bottom: 1px solid #d1d9e0; padding-bottom: 14px; margin-bottom: 18px }
.box { border: 1px solid #d1d9e0; border-radius: 6px } .box > p { background: #f6f8fa; margin: 0; padding: 8px 16px; border-bottom: 1px solid #d1d9e0; color: #59636e }
.body { padding: 2px 16px 10px } h3 { font-size: 17px; margin: 18px 0 8px } ul { padding-left: 24px }
code { background: #818b981f; border-radius: 6px; padding: 2px 5px; font: 12.5px "Liberation Mono", monospace }
pre { background: #f6f8fa; border-radius: 6px; padding: 12px 16px; overflow: hidden } pre code { background: none; padding: 0 }
"""


def page() -> str:
    """A whole page of HTML."""
    base = base_of("nomadnet", allowed=Safety.UNSAFE)
    plan = base.plan(Group("rule", "dockerfile/root-user"), ())
    facts = Facts(plan, "main", "autofix/dockerfile/root-user", *_lines(plan), len(plan.outcome.fixed))
    text = re.sub(r"<!--.*?-->\s*$", "", words.body(facts, Marker("", "")))
    body = MarkdownIt("commonmark").render(text)
    title = html.escape(words.title(facts))
    meta = f"autofix wants to merge {facts.commits} commit{'s' * (facts.commits > 1)} into <code>main</code> from <code>{facts.branch}</code>"
    return (
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style><h1>{title} <span>#7</span></h1>"
        f"<div class=meta><span class=state>Open</span> {meta}</div>"
        f"<div class=box><p><b>autofix</b> opened this request</p><div class=body>{body}</div></div>"
    )


def _lines(plan: Plan) -> tuple[int, int]:
    """Lines added and removed."""
    from autofix import diff
    from autofix.run import file_diff

    lines = diff.render(map(file_diff, plan.outcome.changes)).decode().splitlines()
    plus = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
    return plus, sum(line.startswith("-") and not line.startswith("---") for line in lines)


def main() -> None:
    """Draw it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "page.html").write_text(page(), "utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
        options += [f"--user-data-dir={scratch}/profile", f"--screenshot={OUT}", "--window-size=964,1150"]
        OUT.parent.mkdir(exist_ok=True)
        subprocess.run([browser, *options, f"file://{scratch}/page.html"], check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    main()
