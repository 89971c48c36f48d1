"""What are the strings of a program part of, so that one more may be put beside them?  The same for every language."""

from __future__ import annotations

from dataclasses import dataclass

from autofix.text import Span


@dataclass(frozen=True)
class Text:
    """One string as it is written. `span` holds its quotes, `inner` does not; both are places of the file.

    `role` says what it is part of, `around` where that stands and `detail` how it is called:

    * `element` of a list that is written out; `argument` of a call (`detail` is the last name of the function, with the
      key or the name of the parameter behind a dot where there is one);
      `entry` of an object or call that is itself an element (`detail` is the key);
    * `compared` with something (`detail` is the operator); `case` of a switch;
    * `pattern` for a regular expression; `message` of a log or an assertion; `import`; `joined` with values that are not known here; else `other`.

    `whole` says that the string is all there is: no escapes, nothing put into it. `closed` says that `a or b` may stand
    in the place of `around` without parentheses.
    """

    span: Span
    inner: Span
    role: str
    around: Span
    detail: str = ""
    whole: bool = True
    closed: bool = False
