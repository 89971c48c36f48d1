"""Is every value of a YAML file found where it stands, and does an edit change that place alone?"""

from __future__ import annotations

import pickle
import random
from itertools import pairwise
from typing import Any

import pytest
from ruamel.yaml import YAML

from autofix.node import UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.yaml import Alias, Located, Mapping, Scalar, Sequence, Value, YamlFile
from autofix.text import Edit, Source, Span, landed, splice
from tests.surfaces.yaml_files import WORDS, Writer

SEEDS = range(250)


def parse(text: str) -> YamlFile:
    return yaml.parse(Source("file.yaml", text))


def locate(file: YamlFile, *route: str | int) -> Located:
    found = file.locate(*route)
    assert found is not None, route
    return found


def written(file: YamlFile, *route: str | int) -> str:
    return file.source.slice(locate(file, *route).value.span)


def comments(text: str) -> list[str]:
    file = parse(text)
    return [file.source.slice(span) for span in file.comments()]


def leaf(value: Scalar) -> Any:
    """What YAML 1.2 makes of it."""
    if value.tag == "null":
        return None
    if value.tag == "int":
        return int(value.value)
    if value.tag == "bool" and value.value in {"true", "false"}:
        return value.value == "true"
    return value.value


def plain(at: Located) -> Any:
    """The value as Python sees it, aliases and merges followed."""
    if isinstance(at.value, Mapping):
        return {key.value: plain(value) for key, value in at.entries()}
    if isinstance(at.value, Sequence):
        return [plain(item) for item in at.items()]
    return leaf(at.value)


def loaded(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def scalars(value: Value) -> list[Scalar]:
    if isinstance(value, Scalar):
        return [value]
    if isinstance(value, Mapping):
        return [found for entry in value.entries for part in (entry.key, entry.value) for found in scalars(part)]
    return [found for item in value.items for found in scalars(item)] if isinstance(value, Sequence) else []


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in pairwise("abcdefgh")
)


# --- reading, case by case


@pytest.mark.parametrize(
    ("text", "route", "expected"),
    [
        ("a: b\n", ("a",), "b"),
        ("\ufeffa: b\n", ("a",), "b"),
        ("a: b\r\nc: d\r\n", ("c",), "d"),
        ("a: 'it''s' # c\n", ("a",), "'it''s'"),
        ('a: "\\u00e9\\n"\n', ("a",), '"\\u00e9\\n"'),
        ("é😀: ü # x\nb: c\n", ("b",), "c"),
        ("a: &x b\nc: *x\n", ("c",), "b"),
        ("a: !reset null\n", ("a",), "null"),
        ("a: !t &b {x: 1}\n", ("a",), "{x: 1}"),
        ("a: &b !t {x: 1}\n", ("a",), "{x: 1}"),
        ("a: !t &b\n  x: 1\n", ("a",), "x: 1"),
        ("a: &b # c\n  !t\n  x\n", ("a",), "x"),
        ("a: b\n  c\nd: e\n", ("a",), "b\n  c"),
        ("a: |\n  x\n   # y\n\n# z\nb: c\n", ("a",), "|\n  x\n   # y"),
        ("a: |+\n  x\n\nb: c\n", ("a",), "|+\n  x\n"),
        ("a: >- # folds\n  x\n  y\n # z\nb: c\n", ("a",), ">- # folds\n  x\n  y"),
        ("a:\n  b: |2\n      x\n    y\nc: d\n", ("a", "b"), "|2\n      x\n    y"),
        ("a: |\n\n  x\n # c\nb: 1\n", ("a",), "|\n\n  x"),
        ("a: |\r\n  x\r\n\r\nb: 1\r\n", ("a",), "|\r\n  x"),
        ("a: |", ("a",), "|"),
        ("--- |\n x\n", (), "|\n x"),
        ("a:\tb\n", ("a",), "b"),
        ("a: b\t# c\nd: 1\n", ("a",), "b"),
        ("a: b\n\t\nc: 'x\ty'\t\n", ("c",), "'x\ty'"),
        ("a: b\t\nc: |\n  x\ty\n", ("c",), "|\n  x\ty"),
        ("a: x\u2028y\nb: 1\n", ("a",), "x\u2028y"),
        ("? a\n: b\n", ("a",), "b"),
        ("? a\n? b\n: c\n", ("b",), "c"),
        ("{a: b, ? c : d, ? e}\n", ("c",), "d"),
        ("[a: b, c]\n", (0,), "a: b"),
        ("[a: b, c]\n", (0, "a"), "b"),
        ("- - x\n  -\n- ? y\n", (0, 0), "x"),
        ("a:\n- x\n- y: 1\n  z: 2\n", ("a",), "- x\n- y: 1\n  z: 2"),
        ("a:\n  - x\n\n  # c\nb: 1\n", ("a",), "- x"),
        ("a:\n  b:\n    c: d # e\n\n  # f\ng: h\n", ("a",), "b:\n    c: d # e".removesuffix(" # e")),
        ("%YAML 1.2\n---\na: b\n...\n# c\n", ("a",), "b"),
        ('"a": "x\\\n   y"\n', ("a",), '"x\\\n   y"'),
        ("a: [x,#c\n y]\n", ("a", 1), "y"),
        ("a: ${X:-y}\n", ("a",), "${X:-y}"),
        ("# x\n |- # it'\n  *z\n", (), "|- # it'\n  *z"),
        ("a:   # c\n  x,y\n\nk: 1\n", ("a",), "x,y"),
    ],
)
def test_a_value_is_found_where_it_stands(text: str, route: tuple[str | int, ...], expected: str) -> None:
    assert written(parse(text), *route) == expected


@pytest.mark.parametrize(
    ("text", "route", "place"),
    [
        ("a:\nb: 1\n", ("a",), 2),
        ("a:   # c\nb: 1\n", ("a",), 2),
        ("a:", ("a",), 2),
        ("a: &x\nb: 1\n", ("a",), 5),
        ("a: !reset # c\n", ("a",), 9),
        ("{a, b: }", ("a",), 2),
        ("{a, b: }", ("b",), 6),
        ("- x\n-\n- y\n", (1,), 5),
        ("? a\n", ("a",), 3),
        ("a:\r\nb: 1\r\n", ("a",), 2),
        ("---\n", (), 3),
    ],
)
def test_an_unwritten_value_is_a_place(text: str, route: tuple[str | int, ...], place: int) -> None:
    value = locate(parse(text), *route).value
    assert value.span == (place, place)
    assert isinstance(value, Scalar)
    assert value.empty


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\na: 2\n", "stands twice"),
        ("a: 1\n'a': 2\n", "stands twice"),
        ("<<: {a: 1}\n<<: {b: 1}\n", "stands twice"),
        ("{{ x }}: 1\n", "key"),
        ("a: {{ x }}\n", "key"),
        ("[a]: 1\n", "key"),
        ("a: *b\n", "anchor"),
        ("a: b\rc: d\n", "carriage return"),
        ("a: # \u2028b: 1\nc: 2\n", ""),
        ('a: "x\u2028 y"\n', ""),
        ("a: x\x85y\n", ""),
        ("\ta: 1\n", "token"),
        ("a:\n\t- b\n", "token"),
        ("a:\n  b: 1\n\tc: 2\n", ""),
        ("a: [\n", ""),
        ("a: b: c\n", ""),
        ("a: \x07", ""),
        ("a: @b\n", ""),
        ('a: "\\UFFFFFFFF"\n', "escape"),
        ("k:\x85  {}\n", ""),
        ("a: " + "[" * 200 + "]" * 200, "nested"),
        (LAUGHS, "aliases"),
    ],
)
def test_what_cannot_be_told_exactly_is_unreadable(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert 0 <= caught.value.offset <= len(text)


@pytest.mark.parametrize("text", ["", "# c\n", "\ufeff", "\n\n", "\r\n# c"])
def test_a_file_may_say_nothing(text: str) -> None:
    file = parse(text)
    assert (file.documents, file.root, list(file.atoms())) == ((), None, [])
    assert len(file.comments()) == text.count("#")


def test_comments_are_not_in_scalars() -> None:
    text = (
        "\ufeff# 1\r\na: 'x # y' # 2\r\nb: x#y   # 3\t\r\nc: |  # 4\r\n  # no\r\n  z\r\n # 5\r\n"
        'd: "a\r\n  # no"\r\ne: [1, # 6\r\n 2]\r\nf: &x#y # 7\r\n  g: !h#i j\r\n# 8'
    )
    assert comments(text) == ["# 1", "# 2", "# 3\t", "# 4", "# 5", "# 6", "# 7", "# 8"]


def test_documents_of_a_stream() -> None:
    file = parse("a: &x 1\n---\na: &x 2\nb: *x\n---\n")
    assert [plain(at) for at in map(file.document, range(3)) if at] == [{"a": 1}, {"a": 2, "b": 2}, None]
    assert [atom[1] for atom in file.atoms()] == [
        (("a",), "int", "1"),
        (("---", "a"), "int", "2"),
        (("---", "b"), "int", "2"),
        (("---", "---"), "null", ""),
    ]
    with pytest.raises(UnreadableError):
        parse("a: &x 1\n---\na: *x\n")


MERGED = """\
x-a: &a {k: 1, l: 2}
x-b: &b
  <<: *a
  l: 3
x-c: &c [1]
s:
  l: 4
  <<: [*b, {m: 5}]
  n: *c
t: &t
  u: 6
"""


def test_merges_are_followed_and_flagged() -> None:
    file = parse(MERGED)
    assert plain(locate(file)) == loaded(MERGED)
    service = locate(file, "s")
    assert service.editable
    assert {key.value: value.via_alias for key, value in service.entries()} == {
        "l": False, "n": True, "k": True, "m": True,
    }  # fmt: skip
    assert locate(file, "s", "n", 0).via_alias
    assert [locate(file, key).shared for key in ("x-a", "x-b", "x-c", "s", "t")] == [True, True, True, False, False]
    assert locate(file, "x-c", 0).shared
    assert yaml.insert_entries(file, locate(file, "x-a"), {"z": "1"}) is None
    assert yaml.insert_entries(file, locate(file, "x-a"), {"z": "1"}, shared=True) is not None
    assert yaml.append_item(file, locate(file, "s", "n"), "1", shared=True) is None
    assert yaml.replace_scalar(file, locate(file, "s", "k"), "1", shared=True) is None
    assert yaml.delete_entry(file, locate(file), "x-b") is None


def test_an_alias_within_its_own_anchor() -> None:
    file = parse("a: &a [1, *a]\nb: &b {<<: *b, c: 1}\n")
    assert plain(locate(file)) == {"a": [1], "b": {"c": 1}}
    assert (("a", "[]"), "alias", "a") in [atom[1] for atom in file.atoms()]


def test_aliases_have_their_own_place() -> None:
    file = parse("a: &x b\nc: *x\n")
    entry = locate(file, "c").entry
    assert entry is not None
    assert isinstance(entry.value, Alias)
    assert file.source.slice(entry.value.span) == "*x"
    assert file.atoms() == [((3, 7), (("a",), "str", "b")), ((3, 7), (("c",), "str", "b"))]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a: on", 'a: "on"', False),
        ("a: 1", "a: '1'", False),
        ("a: ", "a: ''", False),
        ("a: 1", "a: !!str 1", False),
        ("a: x", "a: !x x", False),
        ("a: 2001-01-01", "a: '2001-01-01'", False),
        ("a: 22:22", "a: '22:22'", False),
        ("a: {}", "a: []", False),
        ("a: [x]", "a: {x: }", False),
        ("a: [x]", "a: !override [x]", False),
        ("a: x", "b: x", False),
        ("a: x", "a: 'x'", True),
        ('a: "x"', "a: 'x'", True),
        ('a: "x y"', "a: x\n  y", True),
        ("a: |-\n  x", "a: x", True),
        ("a: {b: c}", "a:\n  b: c", True),
        ("a: '<<'", "a: <<", False),
        ("a: [x, x]", "a: [x]", False),
    ],
)
def test_atoms_tell_meanings_apart(one: str, other: str, same: bool) -> None:  # noqa: FBT001
    meanings = [[atom[1] for atom in parse(text).atoms()] for text in (one, other)]
    assert (meanings[0] == meanings[1]) is same


def test_a_file_is_a_value() -> None:
    file = parse(MERGED)
    assert file == parse(MERGED)
    assert pickle.loads(pickle.dumps(file)) == file
    assert "k: 1" not in repr(file)


# --- editing, case by case

H = {"h": {"test": ['"CMD"', "x"], "retries": "3"}}


@pytest.mark.parametrize(
    ("before", "route", "where", "after"),
    [
        ("s:\n  a: 1\n", ("s",), {}, "s:\n  a: 1\n  n: v\n"),
        ("s:\n  a: 1", ("s",), {}, "s:\n  a: 1\n  n: v"),
        ("s:\r\n  a: 1\r\n", ("s",), {}, "s:\r\n  a: 1\r\n  n: v\r\n"),
        ("\ufeffa: 1\n", (), {"before": "a"}, "\ufeffn: v\na: 1\n"),
        ("\ufeffa: 1\n", (), {}, "\ufeffa: 1\nn: v\n"),
        ("s:\n    a: 1 # c\n\n\nt: 1\n", ("s",), {}, "s:\n    a: 1 # c\n    n: v\n\n\nt: 1\n"),
        ("s:\n  a: 1\n  # c\nt: 1\n", ("s",), {}, "s:\n  a: 1\n  n: v\n  # c\nt: 1\n"),
        ("s:\n  a:\n    - 1\n    # - 2\n\nt: 1\n", ("s",), {}, "s:\n  a:\n    - 1\n    # - 2\n  n: v\n\nt: 1\n"),
        ("s:\n  a:\n  - 1\n  # - 2\nt: 1\n", ("s",), {}, "s:\n  a:\n  - 1\n  # - 2\n  n: v\nt: 1\n"),
        ("s:\n  a:\n    b: 1\n\n    # c: 2\n  # d\n", ("s",), {}, "s:\n  a:\n    b: 1\n\n    # c: 2\n  n: v\n  # d\n"),
        ("s:\n  a: 1\n  # c\n  b: 2\n", ("s",), {"after": "a"}, "s:\n  a: 1\n  n: v\n  # c\n  b: 2\n"),
        ("s:\n  a: 1\n  # c\n  b: 2\n", ("s",), {"before": "b"}, "s:\n  a: 1\n  n: v\n  # c\n  b: 2\n"),
        ("s:\n  # c\n  a: 1\n", ("s",), {"before": "a"}, "s:\n  n: v\n  # c\n  a: 1\n"),
        ("# c\na: 1\n", (), {"before": "a"}, "# c\nn: v\na: 1\n"),
        ("- a: 1\n  b: 2\n", (0,), {"after": "a"}, "- a: 1\n  n: v\n  b: 2\n"),
        ("-   a: 1\n", (0,), {"before": "a"}, "-   n: v\n    a: 1\n"),
        ("- - a: 1\n", (0, 0), {}, "- - a: 1\n    n: v\n"),
        ("a: |\n  x\n\nb: 1\n", (), {"after": "a"}, "a: |\n  x\nn: v\n\nb: 1\n"),
        ("a: |+\n  x\n\n# c\n", (), {}, "a: |+\n  x\n\nn: v\n# c\n"),
        ("a:\nb:\n", (), {"after": "a"}, "a:\nn: v\nb:\n"),
        ("a:", (), {}, "a:\nn: v"),
        ("? a\n: b\n", (), {}, "? a\n: b\nn: v\n"),
        ("'a': 1\n'b': 2\n", (), {}, "'a': 1\n'b': 2\n'n': v\n"),
        ("{a: 1}", (), {}, "{a: 1, n: v}"),
        ("{ a: 1 }", (), {}, "{ a: 1, n: v }"),
        ("{a: 1,}", (), {"after": "a"}, "{a: 1, n: v,}"),
        ("{a: 1, b: 2}", (), {"after": "a"}, "{a: 1, n: v, b: 2}"),
        ("{a: 1}", (), {"before": "a"}, "{n: v, a: 1}"),
        ("{a, b: }", (), {}, "{a, b:, n: v }"),
        ("{}", (), {}, "{n: v}"),
        ("{ }", (), {}, "{ n: v }"),
        ("{\n  a: 1,\n  b: 2\n}\n", (), {}, "{\n  a: 1,\n  b: 2,\n  n: v\n}\n"),
        ('{"a": 1}', (), {}, '{"a": 1, "n": v}'),
        ("{a: 1 # c\n}", (), {}, None),
        ("a: 1\n", (), {"after": "z"}, None),
        ("a: |\n  x", (), {}, None),
        ("a: 1\n", ("a",), {}, None),
        ("[a: b]", (0,), {}, None),
        ("{ # c\n}", (), {}, None),
    ],
)
def test_entries_are_inserted_like_their_siblings(
    before: str, route: tuple[str | int, ...], where: dict[str, str], after: str | None
) -> None:
    file = parse(before)
    edit = yaml.insert_entries(file, locate(file, *route), {"n": "v"}, **where)  # type: ignore[arg-type]
    assert (splice(before, [edit]) if edit else None) == after
    if edit and after is not None:
        assert edit.inserts
        assert written(parse(after), *route, "n") == "v"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("s:\n  a: 1\n", 's:\n  a: 1\n  h:\n    test:\n      - "CMD"\n      - x\n    retries: 3\n'),
        ("s:\n    a: 1", 's:\n    a: 1\n    h:\n        test:\n            - "CMD"\n            - x\n        retries: 3'),
        ("s:\n  a:\n  - 1\n", 's:\n  a:\n  - 1\n  h:\n    test:\n    - "CMD"\n    - x\n    retries: 3\n'),
        ("s: {a: 1}\n", 's: {a: 1, h: {test: ["CMD", x], retries: 3}}\n'),
    ],
)  # fmt: skip
def test_contents_follow_the_layout_of_the_file(before: str, after: str) -> None:
    file = parse(before)
    edit = yaml.insert_entries(file, locate(file, "s"), H)
    assert edit is not None
    assert splice(before, [edit]) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("s:\n  - a\nt: 1\n", "s:\n  - a\n  - n\nt: 1\n"),
        ("s:\n- a # c\n# d\nt: 1\n", "s:\n- a # c\n- n\n# d\nt: 1\n"),
        ("s:\n  -   a\n", "s:\n  -   a\n  -   n\n"),
        ("s:\r\n  - a", "s:\r\n  - a\r\n  - n"),
        ("s:\n  -\n", "s:\n  -\n  - n\n"),
        ("s:\n  - a: 1\n    b:\n      # c\n", "s:\n  - a: 1\n    b:\n      # c\n  - n\n"),
        ("s:\n- |\n  x\n\nt: 1\n", "s:\n- |\n  x\n- n\n\nt: 1\n"),
        ("s: [a, b]\n", "s: [a, b, n]\n"),
        ("s: []\n", "s: [n]\n"),
        ("s: [\n  a,\n  b,\n]\n", "s: [\n  a,\n  b,\n  n,\n]\n"),
        ("s: [\n  a,\n  b # c\n]\n", None),
        ("s: [*a]\nx: &a 1\n", None),
        ("s: x\n", None),
    ],
)
def test_items_are_appended_like_their_siblings(before: str, after: str | None) -> None:
    try:
        file = parse(before)
    except UnreadableError:
        assert after is None
        return
    edit = yaml.append_item(file, locate(file, "s"), "n")
    assert (splice(before, [edit]) if edit else None) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("s:\n  - a # c\n  - b\n", "s:\n  - a # c\n  - n\n  - m\n  - b\n"),
        ("s:\n-   a\n- b\n", "s:\n-   a\n-   n\n-   m\n- b\n"),
        ('s: ["a", "b"]\n', 's: ["a", n, m, "b"]\n'),
        ("s: [a,b]\n", "s: [a,n,m,b]\n"),
        ("s: [ a, b ]\n", "s: [ a, n, m, b ]\n"),
        ("s: [\n  a,\n  b\n]\n", "s: [\n  a,\n  n,\n  m,\n  b\n]\n"),
        ("s: [\n  a, # c\n  b\n]\n", None),
    ],
)
def test_items_are_inserted_behind_one(before: str, after: str | None) -> None:
    file = parse(before)
    edit = yaml.insert_items(file, locate(file, "s"), ["n", "m"], after=0)
    assert (splice(before, [edit]) if edit else None) == after


def test_appended_items_stack() -> None:
    for text, after in [("s:\n- a", "s:\n- a\n- b\n- c: d\n  e: f"), ("s: [a]", "s: [a, b, {c: d, e: f}]")]:
        file = parse(text)
        contents: list[yaml.Content] = ["b", {"c": "d", "e": "f"}]
        edits = [yaml.append_item(file, locate(file, "s"), content) for content in contents]
        assert splice(text, [edit for edit in edits if edit]) == after


@pytest.mark.parametrize(
    ("before", "value", "after"),
    [
        ("a: b # c\n", "d", "a: d # c\n"),
        ("a: b\n", "d: e", 'a: "d: e"\n'),
        ("a: b\n", "on", 'a: "on"\n'),
        ("a: b\n", "1", 'a: "1"\n'),
        ("a: b\n", "", 'a: ""\n'),
        ("a: b\n", 'x: "y"', "a: 'x: \"y\"'\n"),
        ("a: b\n", "x\ny", 'a: "x\\ny"\n'),
        ("a: 1\n", "2", "a: 2\n"),
        ("a: true\n", "no", "a: no\n"),
        ("a: 'b'\n", "it's", "a: 'it''s'\n"),
        ('a: "b"\n', 'x"\\y', 'a: "x\\"\\\\y"\n'),
        ("a: [b]\n", "x,y", 'a: ["x,y"]\n'),
        ("a: {b: c}\n", "${x}", 'a: {b: "${x}"}\n'),
        ("a:\nb: 1\n", "x", "a: x\nb: 1\n"),
        ("a:   # c\n", "x", "a: x   # c\n"),
        ("a: &x !!str b\n", "d", "a: &x !!str d\n"),
        ("a: b\n  c\n", "d", "a: d\n"),
        ("a: |\r\n  x\r\n  y\r\nb: 1\r\n", "z\n\nw\n", "a: |\r\n  z\r\n\r\n  w\r\nb: 1\r\n"),
        ("a: |- # c\n    x\n", "z", "a: |- # c\n    z\n"),
        ("a: |\n  x\n", "z", None),
        ("a: |2\n  x\n", "z\n", None),
        ("a: >\n  x\n", "z\n", None),
        ("a:\n  b: 1\n", "z", None),
        ("a: {b}\n", "z", None),
    ],
)
def test_a_scalar_is_replaced_in_its_own_style(before: str, value: str, after: str | None) -> None:
    file = parse(before)
    at = locate(file, "a")
    at = at.items()[0] if at.items() else at.under("b") or at if at.flow or before.startswith("a: {") else at
    edit = yaml.replace_scalar(file, at, value)
    assert (splice(before, [edit]) if edit else None) == after


@pytest.mark.parametrize(
    ("before", "route", "after"),
    [
        ("v: 1\n\na: 1\n", (), "a: 1\n"),
        ("# c\nv: 1\n\na: 1\n", (), "# c\n\na: 1\n"),
        ("# c\n\nv: 1\n\na: 1\n", (), "# c\n\na: 1\n"),
        ("\ufeffv: 1\r\n\r\na: 1\r\n", (), "\ufeffa: 1\r\n"),
        ("a: 1\nv: 1\n", (), "a: 1\n"),
        ("a: 1\nv: 1", (), "a: 1"),
        ("a: 1\r\nv: 1", (), "a: 1"),
        ("a: 1\n\nv: 1\n", (), "a: 1\n"),
        ("a: 1\n\nv: 1", (), "a: 1"),
        ("a: 1\n\nv:\n  - 1\n\nb: 1\n", (), "a: 1\n\nb: 1\n"),
        ("s:\n  v: 1\n\n  a: 1\n", ("s",), "s:\n  a: 1\n"),
        ("s:\n  a: 1\n  v: |\n    x\n\nt: 1\n", ("s",), "s:\n  a: 1\n\nt: 1\n"),
        ("a: 1\nv: 1 # c\n", (), None),
        ("a: 1\nv:\n  # c\n  b: 1\n", (), None),
        ("a: 1\nv:\n  b: 1\n  # c\n", (), None),
        ("v: 1\n", (), None),
        ("{v: 1, a: 1}\n", (), None),
        ("- v: 1\n  a: 1\n", (0,), None),
        ("v: &x 1\na: *x\n", (), None),
        ("a: &x 1\nv: *x\n", (), None),
        ("a: |\n  x\nv: 1", (), None),
        ("x: &x {v: 1}\ns:\n  <<: *x\n  v: 2\n", ("s",), None),
        ("x: &x {a: 1}\ns:\n  <<: *x\n  v: 2\n", ("s",), "x: &x {a: 1}\ns:\n  <<: *x\n"),
        ("a: 1\n", (), None),
    ],
)
def test_an_entry_is_deleted_with_its_lines(before: str, route: tuple[str | int, ...], after: str | None) -> None:
    file = parse(before)
    edit = yaml.delete_entry(file, locate(file, *route), "v")
    assert (splice(before, [edit]) if edit else None) == after


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("a: curl localhost\n", "localhost", True),
        ("a: 'it''s localhost'\n", "localhost", True),
        ('a: "\\u006cocalhost"\n', "localhost", False),
        ("a: |\n  curl \\\n    localhost\n", "localhost", True),
        ("a: x\n  y\n", "x y", False),
    ],
)
def test_a_part_of_a_scalar_is_found(text: str, part: str, found: bool) -> None:  # noqa: FBT001
    file = parse(text)
    value = locate(file, "a").scalar
    assert value is not None
    start = value.value.index(part)
    span = yaml.within(file, value, start, start + len(part))
    assert (file.source.slice(span) if span else None) == (part if found else None)


def test_the_second_of_two_parts_is_found() -> None:
    file = parse("a: x::x::x\n")
    value = locate(file, "a").scalar
    assert value is not None
    assert [yaml.within(file, value, at, at + 1) for at in (0, 3, 6)] == [(3, 4), (6, 7), (9, 10)]
    assert yaml.within(file, value, 1, 3) == (4, 6)


# --- reading and editing, by generated files


def generated(seed: int) -> tuple[YamlFile, Any, Writer]:
    writer = Writer(seed)
    text, value = writer.file()
    return parse(text), value, writer


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_files_are_read_exactly(seed: int) -> None:
    file, value, writer = generated(seed)
    assert plain(locate(file)) == value
    assert loaded(file.source.text) == value
    assert sorted(file.source.slice(span) for span in file.comments()) == sorted(writer.comments)
    for scalar in (found for root in file.documents for found in scalars(root)):
        if scalar.style not in {"|", ">"} and not scalar.empty and scalar.tag != "merge":
            assert loaded(file.source.slice(scalar.span)) == leaf(scalar)


def everywhere(at: Located, route: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Located]]:
    inner: list[tuple[str | int, Located]] = [(key.value, value) for key, value in at.entries()]
    inner += enumerate(at.items())
    return [(route, at), *(found for step, value in inner for found in everywhere(value, (*route, step)))]


def with_change(value: Any, route: tuple[str | int, ...], change: Any) -> Any:
    """The value with `change` applied to what stands at the route."""
    if not route:
        return change(value)
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[route[0]] = with_change(value[route[0]], route[1:], change)  # type: ignore[index]
    return copy


def check(file: YamlFile, edit: Edit, expected: Any) -> None:
    """The edited file means what is expected, and every atom and comment elsewhere is the same."""
    after = parse(splice(file.source.text, [edit]))
    assert plain(locate(after)) == expected
    assert loaded(after.source.text) == expected
    (new,) = landed([edit])

    def outside(document: YamlFile, region: Span) -> list[Any]:
        return [atom for span, atom in document.atoms() if span and not span.touches(region)]

    assert outside(after, new) == outside(file, edit.span)
    shown = [document.source.slice(span) for document in (file, after) for span in document.comments()]
    assert shown[: len(shown) // 2] == shown[len(shown) // 2 :]


@pytest.mark.parametrize("seed", SEEDS)
def test_edits_of_generated_files_change_one_place(seed: int) -> None:
    file, value, writer = generated(seed)
    for route, at in everywhere(locate(file)):
        for edit, change in edits(file, at, writer.random):
            assert at.editable
            check(file, edit, with_change(value, route, change))


def edits(file: YamlFile, at: Located, chance: random.Random) -> list[tuple[Edit, Any]]:
    found: list[tuple[Edit | None, Any]] = []
    if at.scalar:
        word = chance.choice(WORDS)
        kept = not (at.scalar.style == "" and at.scalar.tag not in {"str", "null"})
        found += [(yaml.replace_scalar(file, at, word), lambda _: word)] if kept else []
    if isinstance(at.value, Sequence):
        found.append((yaml.append_item(file, at, {"p": "1", "q": ["2"]}), lambda old: [*old, {"p": 1, "q": [2]}]))
    if isinstance(at.value, Mapping):
        keys = [entry.key.value for entry in at.value.entries]
        new: dict[str, yaml.Content] = {"n1": ["'v'"], "n2": {"w": "1"}}
        place = chance.choice([{}, {"after": chance.choice(keys or [""])}, {"before": chance.choice(keys or [""])}])
        found.append((yaml.insert_entries(file, at, new, **place), lambda old: {**old, "n1": ["v"], "n2": {"w": 1}}))  # type: ignore[arg-type]
        gone = chance.choice([key for key in keys if key != "<<"] or [""])
        found.append((yaml.delete_entry(file, at, gone), lambda old: {k: v for k, v in old.items() if k != gone}))
    return [(edit, change) for edit, change in found if edit]
