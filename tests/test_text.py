"""Do edits compose, and does nothing else change?"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autofix.text import ClashError, Edit, NewFile, Source, Span, clash, compose, landed, merged, origin, splice

PATH = "file"
# Line ends, and everything else that some other tool takes for one; plain letters often, so that texts repeat.
PIECES = [
    "a",
    "b",
    "a",
    "b",
    " ",
    "\t",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r\n",
    "\r",
    "\ufeff",
    "\f",
    "\u2028",
    "\u0085",
    "𝄞",
    "é",
]

texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
quick = settings(derandomize=True, deadline=None, max_examples=100)


def edit(start: int, end: int, text: str, cause: int | None = None, *, stack: bool = False) -> Edit:
    causes = frozenset[int]() if cause is None else frozenset([cause])
    return Edit(PATH, Span(start, end), text, stack, causes)


def causes_of(edits: Sequence[Edit]) -> frozenset[int]:
    return frozenset[int]().union(*(one.causes for one in edits))


@st.composite
def edits_of(draw: st.DrawFn, text: str, number: int = 0) -> tuple[Edit, ...]:
    """Up to four edits that do not clash, each with a cause of its own from `number` on."""
    chosen: list[Edit] = []
    for cause in range(number, number + draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.one_of(st.just(start), st.integers(start, min(len(text), start + 6))))
        new = draw(texts.map(lambda piece: piece[:6]))
        candidate = edit(start, end, new, cause, stack=draw(st.booleans()))
        if not any(clash(candidate, other) for other in chosen):
            chosen.append(candidate)
    return tuple(chosen)


@st.composite
def two_rounds(draw: st.DrawFn) -> tuple[str, tuple[Edit, ...], tuple[Edit, ...]]:
    text = draw(texts)
    first = draw(edits_of(text))
    return text, first, draw(edits_of(splice(text, first), 100))


def changing(text: str, edits: Sequence[Edit]) -> frozenset[int]:
    """The causes of edits that put something else in the place of what is there."""
    return causes_of([one for one in merged(edits) if text[slice(*one.span)] != one.text])


# Splice


@given(st.data())
@quick
def test_splice_is_what_replacing_from_the_end_gives(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = data.draw(edits_of(text))
    expected = text
    for one in reversed(merged(edits)):
        expected = expected[: one.span.start] + one.text + expected[one.span.end :]
    assert splice(text, edits) == expected
    assert splice(text, ()) == text


@given(st.data())
@quick
def test_landed_is_where_the_new_text_stands(data: st.DataObject) -> None:
    text = data.draw(texts)
    edits = merged(data.draw(edits_of(text)))
    after = splice(text, edits)
    spans = landed(edits)
    assert [after[slice(*span)] for span in spans] == [one.text for one in edits]
    # What stands between two landed texts is what stood between the edits.
    ends = [0, *(one.span.end for one in edits)]
    starts = [*(one.span.start for one in edits), len(text)]
    new_ends = [0, *(span.end for span in spans)]
    new_starts = [*(span.start for span in spans), len(after)]
    assert [text[a:b] for a, b in zip(ends, starts, strict=True)] == [
        after[a:b] for a, b in zip(new_ends, new_starts, strict=True)
    ]


@pytest.mark.parametrize("span", [(0, 4), (4, 4), (-1, 0), (2, 1), (-1, -1), (9, 12)])
def test_a_span_outside_the_text_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match="no span"):
        splice("abc", [edit(*span, "x")])


# Clash and merged


def test_identical_edits_are_one_with_both_causes() -> None:
    edits = [edit(1, 1, "x", 1), edit(1, 1, "x", 2), edit(0, 1, "y"), edit(0, 1, "y", 3)]
    found = merged(edits)
    assert [(one.span, one.text, one.causes) for one in found] == [
        (Span(0, 1), "y", frozenset({3})),
        (Span(1, 1), "x", frozenset({1, 2})),
    ]
    assert splice("abc", edits) == "yxbc"


CLASHES = [
    (edit(0, 2, "x"), edit(1, 3, "x"), True),
    (edit(0, 2, "x"), edit(0, 2, "y"), True),
    (edit(0, 2, "x"), edit(0, 2, "x"), False),
    (edit(0, 2, "x"), edit(2, 4, "x"), False),
    (edit(0, 3, "x"), edit(1, 2, "x"), True),
    (edit(0, 3, "x"), edit(1, 1, "x"), True),
    (edit(0, 3, "x"), edit(0, 0, "x"), False),
    (edit(0, 3, "x"), edit(3, 3, "x"), False),
    (edit(1, 1, "x"), edit(1, 1, "y"), True),
    (edit(1, 1, "x", stack=True), edit(1, 1, "y"), True),
    (edit(1, 1, "x", stack=True), edit(1, 1, "y", stack=True), False),
    (edit(0, 2, "x", stack=True), edit(1, 3, "x", stack=True), True),
    (edit(0, 2, "x"), Edit("other", Span(0, 2), "y"), False),
]


@pytest.mark.parametrize(("one", "other", "expected"), CLASHES)
def test_what_clashes(one: Edit, other: Edit, expected: bool) -> None:  # noqa: FBT001
    assert clash(one, other) is clash(other, one) is expected
    if one.path == other.path and expected:
        with pytest.raises(ClashError):
            merged([one, other])


@given(st.data())
@quick
def test_merged_refuses_exactly_what_clashes(data: st.DataObject) -> None:
    text = data.draw(texts)
    offsets = st.integers(0, len(text))
    spans = st.tuples(offsets, offsets)
    edits = [
        edit(min(span), max(span), new, number, stack=stack)
        for number, (span, new, stack) in enumerate(
            data.draw(st.lists(st.tuples(spans, st.sampled_from(["", "x", "y"]), st.booleans()), max_size=5))
        )
    ]
    clashes = any(clash(one, other) for one, other in itertools.combinations(edits, 2))
    try:
        found = merged(edits)
    except ClashError:
        assert clashes
    else:
        assert not clashes
        assert set(found) == set(edits)
        assert causes_of(found) == causes_of(edits)
        assert list(found) == sorted(found, key=lambda one: one.span)


def test_stacked_insertions_keep_their_order() -> None:
    lines = [f"line {number}\n" for number in range(12)]
    edits = [edit(4, 4, line, stack=True) for line in lines]
    assert splice("top\nend\n", edits) == "top\n" + "".join(lines) + "end\n"
    assert [one.text for one in merged(edits)] == lines
    assert [splice("top\nend\n", edits)[slice(*span)] for span in landed(edits)] == lines


# Origin


@given(st.data())
@quick
def test_origin_brings_untouched_text_back(data: st.DataObject) -> None:
    """A stretch of the result that no edit brought in comes from the same characters; one that holds the whole of
    some edits' texts comes from what holds the whole of what they replaced."""
    text = data.draw(texts)
    edits = merged(data.draw(edits_of(text)))
    after = splice(text, edits)
    start = data.draw(st.integers(0, len(after)))
    end = data.draw(st.integers(start, len(after)))
    back = origin(edits, Span(start, end))
    assert 0 <= back.start <= back.end <= len(text)
    touched = [(one, new) for one, new in zip(edits, landed(edits), strict=True) if new.touches(Span(start, end))]
    if not touched:
        assert text[slice(*back)] == after[start:end]
    for one, new in touched:
        if new.overlaps(Span(start, end)) and start < end:
            assert back.contains(one.span)
    assert origin((), Span(start, end)) == (start, end)


# Compose


def check_compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> tuple[Edit, ...]:
    """What must always hold, whatever the two rounds are."""
    middle = splice(text, first)
    composed = compose(text, first, second)
    assert splice(text, composed) == splice(middle, second)
    assert composed == merged(composed)
    assert causes_of(composed) <= causes_of([*first, *second])
    assert all(text[slice(*one.span)] != one.text for one in composed)
    return composed


@given(two_rounds())
@quick
@example(("abc", (edit(1, 1, "x", 1),), (edit(1, 2, "", 2),)))
@example(("a\nb\n", (edit(2, 2, "n\n", 1),), (edit(2, 2, "m\n", 2), edit(4, 4, "o\n", 3))))
@example(("abcdef", (edit(1, 3, "", 1), edit(3, 5, "", 2)), (edit(1, 1, "x", 3),)))
def test_compose_does_what_both_rounds_do(rounds: tuple[str, tuple[Edit, ...], tuple[Edit, ...]]) -> None:
    text, first, second = rounds
    composed = check_compose(text, first, second)
    middle = splice(text, first)
    places = landed(first)
    lost = (changing(text, first) | changing(middle, second)) - causes_of(composed)
    met: frozenset[int] = frozenset()
    for (one, place), other in itertools.product(zip(merged(first), places, strict=True), second):
        if place.overlaps(other.span):
            met |= one.causes | other.causes
            if {*one.causes, *other.causes} <= changing(text, first) | changing(middle, second):
                assert (one.causes <= lost) == (other.causes <= lost), "what met is caused by both, or is nothing"
    assert lost <= met, "only what another round took back may be gone"


@given(st.data())
@quick
def test_edits_that_do_not_meet_stay_separate(data: st.DataObject) -> None:
    text = data.draw(texts)
    first = merged(data.draw(edits_of(text)))
    middle = splice(text, first)
    places = landed(first)
    second = [one for one in merged(data.draw(edits_of(middle, 100))) if not any(map(one.span.touches, places))]
    composed = check_compose(text, first, second)
    moved = []
    for one in second:
        shift = sum(
            (old.span.end - old.span.start) - len(old.text)
            for old, new in zip(first, places, strict=True)
            if new.end < one.span.start
        )
        moved.append(replace(one, span=Span(one.span.start + shift, one.span.end + shift)))
    expected = [one for one in merged([*first, *moved]) if text[slice(*one.span)] != one.text]
    assert [(one.span, one.text) for one in composed] == [(one.span, one.text) for one in expected]
    assert causes_of(composed) == changing(text, first) | changing(middle, second)
    assert [one.causes for one in composed] == [one.causes for one in expected]


def random_text(seed: random.Random, most: int) -> str:
    return "".join(seed.choice(PIECES) for _ in range(seed.randint(0, most)))


def random_edits(seed: random.Random, text: str, number: int) -> tuple[Edit, ...]:
    """What `edits_of` draws, cheaply enough for thousands."""
    chosen: list[Edit] = []
    for cause in range(number, number + seed.randint(0, 4)):
        start = seed.randint(0, len(text))
        end = start if seed.random() < 0.5 else min(len(text), start + seed.randint(0, 6))
        new = text[start:end] if seed.random() < 0.2 else random_text(seed, 4)
        candidate = edit(start, end, new, cause, stack=seed.random() < 0.4)
        if not any(clash(candidate, other) for other in chosen):
            chosen.append(candidate)
    return tuple(chosen)


@pytest.mark.parametrize("block", range(4))
def test_many_rounds_fold_into_one(block: int) -> None:
    """A thousand texts each, up to four rounds on each; the number of the text is its seed."""
    for number in range(block * 1000, block * 1000 + 1000):
        seed = random.Random(number)
        text = now = random_text(seed, seed.choice([3, 12, 30]))
        total: tuple[Edit, ...] = ()
        for step in range(seed.choice([2, 2, 3, 4])):
            edits = random_edits(seed, now, 100 * step)
            total = check_compose(text, total, edits)
            now = splice(now, edits)
        assert splice(text, total) == now, number


def test_composing_with_nothing_drops_only_what_does_nothing() -> None:
    edits = (edit(0, 1, "a"), edit(1, 2, "x", 7))
    assert compose("abc", edits, ()) == compose("abc", (), edits) == (edits[1],)


def test_an_edit_and_its_opposite_are_nothing() -> None:
    assert compose("a\nb\n", [edit(2, 2, "x\n", 1)], [edit(2, 4, "", 2)]) == ()
    assert compose("a\nb\n", [edit(0, 2, "", 1)], [edit(0, 0, "a\n", 2)]) != ()


def test_edits_that_meet_become_one_with_the_causes_of_all() -> None:
    first = [edit(2, 2, "USER app\n", 4), edit(6, 6, "END\n", 5)]
    second = [edit(7, 10, "node", 6)]
    composed = compose("a\nb\nc\n", first, second)
    assert [(one.span, one.text, set(one.causes)) for one in composed] == [
        (Span(2, 2), "USER node\n", {4, 6}),
        (Span(6, 6), "END\n", {5}),
    ]


def test_an_edit_that_meets_leaves_whole_lines_that_stay_alone() -> None:
    text = "".join(f"line {number}\n" for number in range(9))
    first = [edit(7, 49, text[7:49].replace("3", "three"), 1)]
    second = [edit(7, 13, "LINE 1", 2)]
    (only,) = compose(text, first, second)
    assert (only.span, only.text) == (Span(7, 28), "LINE 1\nline 2\nline three\n")


def test_appends_of_many_rounds_keep_their_order() -> None:
    """Twelve, as they come: some in one round, some alike, each at the end of what is there by then."""
    text = "list:\nend\n"
    lines = ["- a\n", "- b\n", "- b\n", *(f"- {number}\n" for number in range(9))]
    sizes = [3, 1, 4, 4]
    now, expected = text, ""
    total: tuple[Edit, ...] = ()
    for number, size in enumerate(sizes):
        chunk, lines = lines[:size], lines[size:]
        at = now.index("end")
        edits = [edit(at, at, line, 10 * number + place, stack=True) for place, line in enumerate(chunk)]
        total = compose(text, total, edits)
        expected += "".join(dict.fromkeys(chunk))  # alike and in one round they are one
        now = splice(now, edits)
    assert now == splice(text, total) == f"list:\n{expected}end\n"
    assert causes_of(total) == {10 * number + place for number, size in enumerate(sizes) for place in range(size)}
    assert {one.span for one in total} == {Span(6, 6)}


def test_twelve_appends_in_twelve_rounds_stay_twelve_edits() -> None:
    text = "list:\nend\n"
    rounds = [[edit(6 + 4 * n, 6 + 4 * n, f"- {chr(97 + n)}\n", n, stack=True)] for n in range(12)]
    total: tuple[Edit, ...] = ()
    for edits in rounds:
        total = compose(text, total, edits)
    assert [(one.span, one.causes) for one in total] == [(Span(6, 6), frozenset({n})) for n in range(12)]
    assert splice(text, total) == "list:\n" + "".join(f"- {chr(97 + n)}\n" for n in range(12)) + "end\n"


def test_insertions_of_two_rounds_at_one_place_keep_the_order_they_have_in_the_result() -> None:
    for at, expected in ((2, "a\nNEW\nold\nb\n"), (6, "a\nold\nNEW\nb\n")):
        (only,) = compose("a\nb\n", [edit(2, 2, "old\n", 1)], [edit(at, at, "NEW\n", 2)])
        assert splice("a\nb\n", [only]) == expected
        assert only.causes == {1, 2}


# Source


@given(texts)
@quick
def test_a_source_has_the_bytes_it_was_read_from(text: str) -> None:
    data = text.encode()
    source = Source(PATH, data.decode())
    assert source.data == data
    assert NewFile(PATH, text).source.data == data


@given(texts)
@quick
def test_lines_end_at_line_feeds_only(text: str) -> None:
    source = Source(PATH, text)
    lines = text.split("\n")
    assert len(source.line_starts) == len(lines)
    spans = [source.line_span(number) for number in range(len(lines))]
    assert [source.slice(span).removesuffix("\n") for span in spans] == lines
    assert "".join(map(source.slice, spans)) == text
    for offset in range(len(text) + 1):
        line, column = source.position(offset)
        before = text[:offset]
        assert (line, column) == (before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        assert source.line_of(offset) == line - 1
        assert source.indent_at(offset) == lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip(" \t"))]


@given(texts, st.data())
@quick
def test_lines_around_are_the_fewest_whole_lines(text: str, data: st.DataObject) -> None:
    source = Source(PATH, text)
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    around = source.lines_around(span)
    assert around.contains(span)
    assert around.start == 0 or text[around.start - 1] == "\n"
    assert around.end == len(text) or text[around.end - 1] == "\n"
    assert "\n" not in text[around.start : span.start]
    if around.end > span.end:
        assert "\n" not in text[span.end : around.end - 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", "\n"), ("a", "\n"), ("a\n", "\n"), ("a\r\n", "\r\n"), ("a\r\nb\n", "\n"), ("a\r\nb\r\nc\n", "\r\n"),
     ("a\rb\rc\r", "\n"), ("a\r\r\n", "\r\n"), ("a\n\rb\n\r", "\n"), ("a\u2028b\x85c\fd\r\n", "\r\n")],
)  # fmt: skip
def test_newline_is_what_most_lines_end_with(text: str, expected: str) -> None:
    assert Source(PATH, text).newline == expected


def test_indent_is_blanks_and_tabs_only() -> None:
    source = Source(PATH, "a\n \t b\n\u00a0c\n\ufeff d\n  \r\n\f e")
    assert [source.indent_at(start) for start in source.line_starts] == ["", " \t ", "", "", "  ", ""]


def test_causes_never_make_two_edits_different() -> None:
    one = edit(0, 1, "x", 1)
    assert one == one.caused_by(2)
    assert hash(one) == hash(one.caused_by(2))
    assert one.caused_by(2).causes == {1, 2}
    file = NewFile(PATH, "x")
    assert file == file.caused_by(1)
    assert file.caused_by(1).caused_by(2).causes == {1, 2}


# Spans


@given(st.lists(st.integers(0, 6), min_size=4, max_size=4))
@quick
def test_spans_share_what_their_code_points_share(numbers: list[int]) -> None:
    one, other = Span(*sorted(numbers[:2])), Span(*sorted(numbers[2:]))
    mine, theirs = set(range(*one)), set(range(*other))
    assert one.overlaps(other) == other.overlaps(one)
    assert one.touches(other) == other.touches(one) == bool({*mine, one.end} & {*theirs, other.end})
    if mine and theirs:
        assert one.overlaps(other) == bool(mine & theirs)
        assert one.contains(other) == (theirs <= mine)


# Size


def test_long_texts_and_many_edits_take_no_long_time() -> None:
    """Nothing here is quadratic in a way a repository would notice."""
    seed = random.Random(7)
    text = "".join(f"line {number} with some words in it\n" for number in range(20_000))
    starts = Source(PATH, text).line_starts[:-1]
    total: tuple[Edit, ...] = ()
    now = text
    for number in range(3):
        starts = Source(PATH, now).line_starts[:-1]
        edits = [
            edit(start, start, f"# {number}\n", 200 * number + n)
            for n, start in enumerate(sorted(seed.sample(starts, 200)))
        ]
        total = compose(text, total, edits)
        now = splice(now, edits)
    assert splice(text, total) == now
    assert len(causes_of(total)) == 600
