"""What does the text of a scalar mean, and how is a value written as one?"""

from __future__ import annotations

import re

from autofix.surfaces.yaml.tree import Style

CORE = "tag:yaml.org,2002:"

# The union of YAML 1.1 and 1.2: two spellings that any reader may tell apart must not count as the same.
_PLAIN_TAGS = (
    ("null", re.compile(r"~|null|Null|NULL|")),
    ("bool", re.compile(r"true|false|yes|no|on|off|y|n", re.IGNORECASE)),
    ("int", re.compile(r"[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(:[0-5]?[0-9])*)")),
    ("float", re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")),
    ("float", re.compile(r"[-+]?([0-9][0-9_]*(:[0-5]?[0-9])*\.?[0-9_]*|\.[0-9_]+)([eE][-+]?[0-9]+)?")),
    ("timestamp", re.compile(r"\d{4}-\d\d?-\d\d?([Tt \t].*)?")),
    ("merge", re.compile(r"<<")),
    ("value", re.compile(r"=")),
)


def plain_tag(text: str) -> str:
    """What some version of YAML makes of unquoted `text`: `str` when all agree that it is one."""
    return next((tag for tag, pattern in _PLAIN_TAGS if pattern.fullmatch(text)), "str")


def short_tag(tag: str, style: str, text: str) -> str:
    """The tag of a scalar: the written one, core tags shortened, or what the text resolves to."""
    if not tag:
        return "str" if style else plain_tag(text)
    return "str" if tag == "!" else tag.removeprefix(CORE)


def decode(text: str, style: Style) -> str | None:
    """What a plain, quoted or literal scalar written as `text` means; None when it is no such scalar.

    A literal block comes without its header, dedented. Folded blocks are not decoded: see `folded_alike`.
    """
    if style == "":
        return _folded([line.strip(" \t\r") for line in text.split("\n")])
    if style == "|":
        return text.replace("\r\n", "\n")
    if len(text) < 2 or text[0] != style or text[-1] != style:
        return None
    inner = text[1:-1]
    if style == "'":
        return None if "'" in inner.replace("''", "") else _folded(_inner_lines(inner)).replace("''", "'")
    return _decode_double(inner)


def folded_alike(text: str, value: str) -> bool:
    """Whether a folded block holds the words of `value`, in order: all that folding leaves to compare."""
    return text.split() == value.split()


def _inner_lines(text: str) -> list[str]:
    """The lines of a quoted scalar: blanks count at its two ends only."""
    lines = text.split("\n")
    last = len(lines) - 1
    for number, line in enumerate(lines):
        head = line if number == 0 else line.lstrip(" \t")
        lines[number] = head if number == last else head.rstrip(" \t\r")
    return lines


def _folded(lines: list[str]) -> str:
    """One line break is a blank, n + 1 are n line feeds."""
    folded, breaks = lines[0], 0
    for number, line in enumerate(lines[1:], 1):
        breaks += 1
        if line or number == len(lines) - 1:
            folded += (" " if breaks == 1 else "\n" * (breaks - 1)) + line
            breaks = 0
    return folded


_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_BREAK = re.compile(r"(?<!\\)((?:\\\\)*)\\[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*")


def _decode_double(inner: str) -> str | None:
    """None for an escape YAML does not have, and for a quote that ends the scalar early."""

    def char(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        return chr(int(digits, 16)) if digits else _ESCAPES[match[4]]

    if '"' in _ESCAPE.sub("", inner):
        return None
    try:
        joined = _BREAK.sub(r"\1", inner)
        return _ESCAPE.sub(char, _folded(_inner_lines(joined)))
    except (KeyError, ValueError, OverflowError):
        return None


def places(text: str, style: Style) -> list[int] | None:
    """Where in the spelling `text` of a scalar each code point of its value stands; an escape stands at its start.

    None for blocks and for what is written over several lines.
    """
    if style in {"|", ">"} or "\n" in text:
        return None
    if style == "":
        return list(range(len(text)))
    pattern = re.compile(r"''|.") if style == "'" else re.compile(_ESCAPE.pattern + "|.")
    return [match.start() for match in pattern.finditer(text, 1, len(text) - 1)]


_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")
_NOT_PLAIN = re.compile(r"""[,\[\]{}#&*!|>'"%@`]|[-?:]([\s,\[\]{}]|$)|---|\.\.\.""")


def plain_safe(text: str, *, flow: bool) -> bool:
    """Whether `text` may stand unquoted as a value and mean itself, leaving aside what type it resolves to."""
    if not text or text != text.strip() or _UNPRINTABLE.search(text) or _NOT_PLAIN.match(text):
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    return not (flow and re.search(r"[,\[\]{}]|:[,\[\]{}]", text))


def spell(value: str, style: Style = "", *, flow: bool = False, keep: bool = False) -> str:
    r"""The string `value` written on one line, in the style when that can say it.

    Plain text that needs quotes gets double ones, or single ones when that saves escapes. With `keep` it needs none
    for looking like a number or another type: what it means is then the caller's.
    """
    if style == "" and plain_safe(value, flow=flow) and (keep or plain_tag(value) == "str"):
        return value
    one_line = not _UNPRINTABLE.search(value)
    if one_line and (style == "'" or (style != '"' and re.search(r'["\\]', value))):
        return "'" + value.replace("'", "''") + "'"
    return '"' + _UNPRINTABLE.sub(_escaped, value.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(match[0])
    return named or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
