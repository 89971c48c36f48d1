"""Is an instruction written in a way that a build warns of?  `ENV a b`, MAINTAINER, an `as` beside FROM, a name twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Reason, Refusal
from autofix.project import Project
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction
from autofix.surfaces.dockerfile.lex import LexError, Reading, words
from autofix.surfaces.dockerfile.relative import absolute, relative_folders
from autofix.text import Edit, Span

AUTHORS = "org.opencontainers.image.authors"
AUTHOR_LABELS = frozenset({AUTHORS, "maintainer", "authors", "org.label-schema.maintainer"})


@dataclass(frozen=True)
class LegacyFacts:
    """What is written the old way."""

    what: str


def is_legacy(project: Project) -> Iterator[Match[Instruction, LegacyFacts]]:
    """ENV and LABEL without `=`, MAINTAINER, an `as` in another case than its FROM; a stage of the name of an earlier
    one, a WORKDIR that starts wherever its base image happens to.
    """
    for file in project.of(Dockerfile):
        yield from _shadowing(file)
        yield from (Match(one, LegacyFacts(what)) for one, what in relative_folders(file))
        for one in file.instructions:
            if _without_equals(one):
                how = "has blanks around its =" if one.words[1].text.startswith("=") else "has no ="
                yield Match(one, LegacyFacts(f"{one.does} {one.words[0].text} {how}"))
            elif one.keyword == "MAINTAINER" and one.stage is not None:
                yield Match(one, LegacyFacts("MAINTAINER is deprecated"))
            elif _modern_as(one):
                keyword = one.source.slice(one.keyword_span)
                yield Match(one, LegacyFacts(f"{one.words[1].text} and {keyword} are not in the same case"))


def modernise(project: Project, match: Match[Instruction, LegacyFacts]) -> Fix | Refusal:
    """The same instruction in the form that stays."""
    one = match.node
    if one.keyword == "WORKDIR":
        return absolute(project, one)
    if one.keyword == "FROM" and (wanted := _modern_as(one)) is None:
        return Refusal("only its author knows which of the two is meant elsewhere", "give the stage a name of its own")
    if one.keyword == "FROM":
        return Fix("Write AS in the case of FROM", (Edit(one.path, one.words[1].span, wanted or ""),))
    file = project.documents[one.path]
    assert isinstance(file, Dockerfile)
    return _labelled(project, file, one) if one.keyword == "MAINTAINER" else _with_equals(file, one)


def _shadowing(file: Dockerfile) -> Iterator[Match[Instruction, LegacyFacts]]:
    """Stages that take the name of an earlier one, which nothing but its number can reach from there on."""
    for stage in file.stages:
        earlier = next((one for one in file.stages[: stage.index] if one.name and one.name == stage.name), None)
        if earlier:
            opening = stage.instructions[0]
            evidence = (earlier.instructions[0].evidence("the stage that had the name"),)
            yield Match(opening, LegacyFacts(f"an earlier stage is called {opening.words[2].text} too"), evidence)


def _without_equals(one: Instruction) -> bool:
    return one.does in {"ENV", "LABEL"} and len(one.words) == 2 and "=" not in one.words[0].text


def _modern_as(one: Instruction) -> str | None:
    """The `as` of a FROM in the case of its keyword, None where it has that."""
    if one.keyword != "FROM" or len(one.words) != 3:
        return None
    keyword, written = one.source.slice(one.keyword_span), one.words[1].text
    wanted = "AS" if keyword.isupper() else "as" if keyword.islower() else written
    return wanted if wanted != written else None


def _with_equals(file: Dockerfile, one: Instruction) -> Fix | Refusal:
    name, value = one.words
    between = Span(name.span.end, value.span.start)
    joined = one.logical.text[len(name.text) :].lstrip()
    if any(between.contains(comment) for comment in one.comments):
        return Refusal("a comment stands between the name and the value", reason=Reason.UNEDITABLE)
    if joined.startswith("="):
        return _closed_up(file, one)
    try:
        pieces = len(words(joined, Reading(file.escape, raw=True)))
    except LexError:
        return Refusal("the value has a quote that is never closed")
    quote = '"' if pieces > 1 else ""
    if quote and any(char in joined for char in f"\"'{file.escape}"):
        return Refusal("the value has blanks and quotes, so that quotes around it would change it")
    edits = [Edit(one.path, between, f"={quote}")]
    if quote:
        edits.append(Edit(one.path, Span(value.span.end, value.span.end), quote))
    return Fix(f"Write {one.does} with =", tuple(edits))


def _closed_up(file: Dockerfile, one: Instruction) -> Fix | Refusal:
    """`NAME = value`, of which the value is `= value` today, without the blanks that make it so."""
    name, value = one.words
    what = "the value starts with =, which is hardly meant"
    meant = value.text[1:].lstrip(" \t")
    try:
        pieces = words(meant, Reading(file.escape, raw=True))
    except LexError:
        pieces = []
    if "\n" in one.text or len(pieces) != 1:
        return Refusal(what, f'{one.does} {name.text}="…"')
    begins = value.span.end - len(meant)
    return Fix(
        f"Write {one.does} without blanks around =",
        (Edit(one.path, Span(name.span.end, begins), "="),),
        doubts=(value.evidence(what),),
    )


def _labelled(project: Project, file: Dockerfile, one: Instruction) -> Fix | Refusal:
    keyword = "label" if one.source.slice(one.keyword_span).islower() else "LABEL"
    known = [(label.stage, name) for label in _labels(file) for name, _, _ in label.pairs if name in AUTHOR_LABELS]
    if any(stage == one.stage for stage, _ in known):
        return Refusal("a label of this stage names the author already", "delete the MAINTAINER line")
    said = one.logical.text
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'":
        said = said[1:-1]
    if not said or "\n" in one.text or any(char in said for char in '"\\$`'):
        return Refusal(
            "the name cannot be put in quotes as it is", f'{keyword} {AUTHORS}="…"', reason=Reason.UNEDITABLE
        )
    used = Counter(
        name
        for other in project.of(Dockerfile)
        for label in _labels(other)
        for name, _, _ in label.pairs
        if name in AUTHOR_LABELS
    )
    name = used.most_common(1)[0][0] if used else AUTHORS
    place = Span(one.keyword_span.start, one.arguments.end)
    return Fix("Name the author in a label", (Edit(one.path, place, f'{keyword} {name}="{said}"'),))


def _labels(file: Dockerfile) -> Iterator[Instruction]:
    return (one for one in file.instructions if one.keyword == "LABEL")
