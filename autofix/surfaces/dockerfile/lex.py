"""What do quotes, escapes and variables make of a word?  BuildKit's idea of shell words, which is not the shell's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

# What Go calls space; Python's idea has four control characters more.
SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

_SPECIAL = "@*#?-$!0"

Lookup = Callable[[str], str | None]
Segment = tuple[str, bool]  # some text, and whether blanks in it part words


class LexError(ValueError):
    """A quote or a brace is never closed, a substitution makes no sense, or a variable has no value."""


@dataclass(frozen=True)
class Reading:
    """How words are read.

    `raw` keeps quotes and escapes. Without `lookup` variables stay as they are written. BuildKit learnt `modern`
    things in 2024: blanks between `<<` and the name, and the operators `#`, `%` and `/`.
    """

    escape: str = "\\"
    raw: bool = False
    lookup: Lookup | None = None
    modern: bool = True


def value(text: str, reading: Reading) -> str:
    """The text as one word. Raises LexError."""
    return "".join(part for part, _ in _Lexer(text, reading).run())


def words(text: str, reading: Reading) -> list[str]:
    """The text as words. Raises LexError."""
    found = [""]
    for part, splits in _Lexer(text, reading).run():
        for char in part if splits else (part,):
            if splits and char in SPACE:
                found.append("")
            else:
                found[-1] += char
    return [word for word in found if word]


class _Lexer:
    def __init__(self, text: str, reading: Reading) -> None:
        self.text = text
        self.at = 0
        self.reading = reading

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        char = self.peek()
        self.at += 1
        return char

    def run(self, stop: str = "", *, raw: bool | None = None) -> Iterator[Segment]:
        """Everything up to `stop`, which is passed, or to the end."""
        raw = self.reading.raw if raw is None else raw
        while char := self.peek():
            if char == stop:
                self.at += 1
                return
            if char == "$":
                yield self.dollar(), True
            elif char in "'\"":
                yield self.quoted(raw=raw), False
            elif char == "<" and self.reading.modern:
                yield self.angle(), False
            elif char == self.reading.escape:
                self.at += 1
                yield (char if raw else "") + self.next(), False
            else:
                self.at += 1
                yield char, True
        if stop:
            raise LexError(f"no {stop!r} ends this")

    def angle(self) -> str:
        start = self.at
        self.at += 1
        if self.peek() == "<":
            self.at += 1
            while self.peek() and self.peek() in "\t\r ":
                self.at += 1
        return self.text[start : self.at]

    def quoted(self, *, raw: bool) -> str:
        quote = self.next()
        kept = [quote] if self.reading.raw else []
        while char := self.peek():
            if char == quote:
                self.at += 1
                return "".join([*kept, *([quote] if self.reading.raw else [])])
            if char == "$" and quote == '"':
                kept.append(self.dollar())
            elif char == self.reading.escape and quote == '"':
                kept.append(self.escaped(raw=raw))
            else:
                kept.append(self.next())
        raise LexError("a quote is never closed")

    def escaped(self, *, raw: bool) -> str:
        """An escape between double quotes, where it is special before few characters only."""
        escape = self.next()
        following = self.peek()
        if following and following in ('"', "$", escape):
            return (escape if raw else "") + self.next()
        return (escape if raw else "") + (escape if following else "")

    def name(self) -> str:
        start = self.at
        if self.peek().isdecimal():
            while self.peek().isdecimal():
                self.at += 1
        elif self.peek() and self.peek() in _SPECIAL:
            self.at += 1
        else:
            while self.peek().isalpha() or self.peek().isdecimal() or self.peek() == "_":
                self.at += 1
        return self.text[start : self.at]

    def dollar(self) -> str:
        start = self.at
        self.at += 1
        if self.peek() != "{":
            name = self.name()
            return self.plain(name, self.text[start : self.at]) if name else "$"
        self.at += 1
        if self.peek() in ("", "{", "}", ":"):
            raise LexError("bad substitution")
        name = self.name()
        operator = self.next()
        if operator == "}":
            return self.plain(name, self.text[start : self.at])
        return self.substitution(name, operator)

    def plain(self, name: str, written: str) -> str:
        if self.reading.lookup is None:
            return written
        found = self.reading.lookup(name)
        if found is None:
            raise LexError(f"{name} has no value")
        return found

    def substitution(self, name: str, operator: str) -> str:
        modern = self.reading.modern
        if operator == "/" and modern:
            parts = [self.inner("/", raw=True), self.inner("}", raw=True)]
            return self.unread(f"${{{name}/{parts[0]}/{parts[1]}}}")
        if operator == ":":
            operator += self.next()
        if operator not in ("+", "-", "?", "#", "%") and len(operator) < 2:
            raise LexError(f"no operator {operator!r}")
        if operator in ("#", "%") and not modern:
            raise LexError(f"no operator {operator!r}")
        if operator in (":#", ":%") and modern:
            raise LexError(f"no operator {operator!r}")
        word = self.inner("}", raw=operator in ("#", "%"))
        if self.reading.lookup is None:
            return f"${{{name}{operator}{word}}}"
        return self.chosen(self.reading.lookup(name), operator, word)

    def inner(self, stop: str, *, raw: bool) -> str:
        return "".join(part for part, _ in self.run(stop, raw=raw))

    def unread(self, written: str) -> str:
        if self.reading.lookup is None:
            return written
        raise LexError("a pattern is not worked out")

    def chosen(self, found: str | None, operator: str, word: str) -> str:
        """What a substitution with a default or an alternative gives."""
        there = found is not None and not (operator[0] == ":" and not found)
        if operator[-1] == "+":
            return word if there else ""
        if operator[-1] == "-":
            return found if there and found is not None else word
        if operator[-1] == "?" and there and found is not None:
            return found
        raise LexError("a variable has no value")
