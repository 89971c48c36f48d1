"""What may a YAML file look like?  Random ones, each with what it means."""

from __future__ import annotations

import json
import random
import re
from typing import Any

WORDS = ("x", "a b", "it's", 'say "x"', "# no", "x #y", "k: v", "é😀", "${X:-y}", "$$(z)", "on", "1", "null", "", " x ",
         "-", "- x", "[a]", "{b}", "*z", "&z", "!z", "%z", "@z", "`z`", "|", ">", "?", "a\\b", "tab\tin", "x\ny", "x\n\ny\n",
         "x\n  y\n", "http://a:1/b?c=d#e", "2001-01-01", "1:2", "~", "<<", "a,b", "x:", "...", "---", "=", "\u2028", "z\n\n")  # fmt: skip
TYPED = (("1", 1), ("true", True), ("null", None), ("~", None), ("", None), ("-3", -3))
KEYS = ("a", "b", "c", "image", '"q k"', "'s'", "é", "x-y", "on", "k")
REMARKS = ("# x", "#", "# it's \"", "# a: b", "#\t[", "# &x *y |")


class Writer:
    """Writes a random file; says what it has to mean and which comments are in it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.step = self.random.choice((1, 2, 2, 2, 3, 4))
        self.flush = self.random.random() < 0.4
        self.anchors: list[tuple[str, Any]] = []
        self.names = 0
        self.comments: list[str] = []
        self.lines: list[tuple[str, bool]] = []  # a line, and whether a comment may end it

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def file(self) -> tuple[str, Any]:
        value = self.mapping(0, 0) if self.maybe(0.8) else self.sequence(0, 0)
        newline = self.random.choice(("\n", "\n", "\r\n"))
        out: list[str] = []
        for line, loose in self.lines:
            if not line.startswith("\0") and self.maybe(0.15):
                out.append(self.remark(" " * self.random.randint(0, len(line) - len(line.lstrip(" ")))))
            if not line.startswith("\0") and self.maybe(0.1):
                out.append("")
            out.append(
                line.removeprefix("\0")
                + (self.remark(self.random.choice((" ", "    "))) if loose and self.maybe(0.2) else "")
            )
        if self.maybe(0.2) and not self.open_end():
            out += ["", self.remark("")]
        text = newline.join(out) + (newline if self.maybe(0.8) or self.open_end() else "")
        return ("\ufeff" if self.maybe(0.1) else "") + text, value

    def open_end(self) -> bool:
        return self.lines[-1][0].startswith("\0")

    def remark(self, indent: str) -> str:
        self.comments.append(self.random.choice(REMARKS))
        return indent + self.comments[-1]

    def mapping(self, indent: int, depth: int, head: str = "") -> dict[str, Any]:
        value: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        keys = self.random.sample(KEYS, self.random.randint(1, 5))
        bases = [(name, base) for name, base in self.anchors if isinstance(base, dict)]
        if bases and self.maybe(0.3):
            name, merged = self.random.choice(bases)
            self.lines.append((f"{head}<<: *{name}", True))
            head = " " * indent
        for key in keys:
            value[key.strip("'\"")] = self.value(f"{head}{key}:", indent, depth, self.flush and not head.endswith("- "))
            head = " " * indent
        return {**merged, **value}

    def sequence(self, indent: int, depth: int, head: str = "") -> list[Any]:
        value = []
        for _ in range(self.random.randint(1, 4)):
            value.append(self.value(f"{head or ' ' * indent}-", indent, depth, False, item=True))
            head = ""
        return value

    def value(self, head: str, indent: int, depth: int, flush: bool, item: bool = False) -> Any:  # noqa: FBT001, FBT002
        if self.anchors and self.maybe(0.1):
            name, value = self.random.choice(self.anchors)
            self.lines.append((f"{head} *{name}", True))
            return value
        name = self.anchor() if self.maybe(0.15) else ""
        gap = " " * self.random.choice((1, 1, 1, 3))
        if depth > 3 or self.maybe(0.55):
            value = self.leaf(head + (f" &{name}" if name else "") + gap, indent)
        elif self.maybe(0.25):
            text, value = self.flow(depth)
            self.lines.append((head + (f" &{name}" if name else "") + gap + text, True))
        else:
            value = self.block(head, indent, depth, flush, name, item=item)
        if name:
            self.anchors.append((name, value))
        return value

    def anchor(self) -> str:
        self.names += 1
        return f"n{self.names}"

    def block(self, head: str, indent: int, depth: int, flush: bool, name: str, *, item: bool) -> Any:  # noqa: FBT001
        below = indent + self.step
        if item and not name and self.maybe(0.7):
            gap = " " * self.random.choice((1, 1, 2))
            write = self.mapping if self.maybe(0.7) else self.sequence
            return write(indent + 1 + len(gap), depth + 1, head + gap)
        self.lines.append((head + (f" &{name}" if name else ""), True))
        if self.maybe(0.6):
            return self.mapping(below, depth + 1, " " * below)
        return self.sequence(indent if flush and not item else below, depth + 1)

    def leaf(self, head: str, indent: int) -> Any:
        if self.maybe(0.2):
            text, typed = self.random.choice(TYPED)
            self.lines.append(((head + text) if text else head.rstrip(), True))
            return typed
        word = self.random.choice(WORDS)
        body = word.split("\n")
        if self.maybe(0.5) and re.fullmatch(r"[^\s\u2028].*[^\n\u2028]\n?|x", word, re.DOTALL) and "\t" not in word:
            keep = word.endswith("\n")
            self.lines.append((head + ("|" if keep else "|-"), True))
            self.lines += [
                ("\0" + (" " * (indent + 2) + line if line else ""), False) for line in body[: -1 if keep else None]
            ]
        else:
            self.lines.append((head + self.scalar(word), True))
        return word

    def scalar(self, word: str) -> str:
        if (
            re.fullmatch(r"[a-zé😀][a-z é😀]*[a-zé😀]|x|http:.*|\$\$.*|a\\b", word)
            and word != "null"
            and self.maybe(0.7)
        ):
            return word if word != "on" else '"on"'
        if re.search(r"[\n\t\u2028]", word) or self.maybe(0.5):
            return (
                json.dumps(word, ensure_ascii="\u2028" in word or self.maybe(0.5)) if "😀" not in word else f'"{word}"'
            )
        return "'" + word.replace("'", "''") + "'"

    def flow(self, depth: int) -> tuple[str, Any]:
        pad, comma = self.random.choice(("", " ")), self.random.choice((", ", ",", " , "))
        values = [self.flow_value(depth) for _ in range(self.random.randint(0, 3))]
        if self.maybe(0.5):
            return "[" + pad + comma.join(text for text, _ in values) + pad + "]", [value for _, value in values]
        keys = self.random.sample(KEYS, len(values))
        pairs = zip(keys, values, strict=True)
        text = comma.join(f"{key}: {text}" for key, (text, _) in pairs)
        return "{" + pad + text + pad + "}", {k.strip("'\""): v for k, (_, v) in zip(keys, values, strict=True)}

    def flow_value(self, depth: int) -> tuple[str, Any]:
        if depth < 4 and self.maybe(0.2):
            return self.flow(depth + 1)
        word = self.random.choice(WORDS)
        return json.dumps(word) if "😀" not in word else "'é😀'", word
