"""Is every variable of an env file found where it stands, and does an edit change that place alone?"""

from __future__ import annotations

import io
import pickle

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from autofix.node import Evidence
from autofix.surfaces.env.document import EnvFile, parse
from autofix.surfaces.env.lines import line_edits
from autofix.surfaces.env.names import is_env, is_template
from autofix.surfaces.env.wants import Need, Want
from autofix.text import Edit, Source, Span, splice


def read(text: str, path: str = ".env") -> EnvFile:
    return parse(Source(path, text))


def one(text: str) -> tuple[str, str | None, str, str, bool, str]:
    file = read(text)
    (entry,) = file.entries
    remark = file.source.slice(entry.remark) if entry.remark else ""
    return entry.key, entry.value, entry.written, entry.quote, entry.export, remark


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("A=b\n", ("A", "b", "b", "", False, "")),
        ("A=b", ("A", "b", "b", "", False, "")),
        ("export A = b c  # why\n", ("A", "b c", "b c", "", True, "# why")),
        ('A="b # c" # why\n', ("A", "b # c", "b # c", '"', False, "# why")),
        ("A='b\"c'\r\n", ("A", 'b"c', 'b"c', "'", False, "")),
        ("A=\n", ("A", "", "", "", False, "")),
        ("A=  # why\n", ("A", "", "", "", False, "# why")),
        ("A=#b\n", ("A", "#b", "#b", "", False, "")),
        ("A=b#c\n", ("A", "b#c", "b#c", "", False, "")),
        ("A=''\n", ("A", "", "", "'", False, "")),
        ("A\n", ("A", None, "", "", False, "")),
        ("'A b'=c\n", ("A b", "c", "c", "", False, "")),
        ('A="x\\ny"\n', ("A", "x\ny", "x\\ny", '"', False, "")),
        ('A="x\\"y"\n', ("A", 'x"y', 'x\\"y', '"', False, "")),
        ('A="-----BEGIN X-----\nMII\n-----END X-----\n"\n',
         ("A", "-----BEGIN X-----\nMII\n-----END X-----\n", "-----BEGIN X-----\nMII\n-----END X-----\n", '"', False, "")),
        ("A=${B:-c}\n", ("A", "${B:-c}", "${B:-c}", "", False, "")),
        ("\n\n  A=b\n", ("A", "b", "b", "", False, "")),
        ("A=é😀 \t\n", ("A", "é😀", "é😀", "", False, "")),
        ("\ufeffA=b\r\n", ("A", "b", "b", "", False, "")),
    ],
)  # fmt: skip
def test_an_entry(text: str, entry: tuple[str, str | None, str, str, bool, str]) -> None:
    assert one(text) == entry


def test_spans() -> None:
    file = read('# x\nexport KEY = "value"  # why\n')
    (entry,) = file.entries
    assert entry.text == 'export KEY = "value"'
    assert file.source.slice(entry.key_span) == "KEY"
    assert file.source.slice(entry.whole_span) == '"value"'
    assert file.source.slice(entry.lines) == 'export KEY = "value"  # why\n'
    assert [file.source.slice(span) for span in file.comments()] == ["# x", "# why"]
    changed = splice(file.source.text, [Edit(".env", entry.value_span, "your-key")])
    assert changed == '# x\nexport KEY = "your-key"  # why\n'


def test_bad_lines_are_kept_and_flagged() -> None:
    file = read('A=1\n=x\nB="open\nC=3\n{{ x }}\nexport # y\n')
    assert [file.source.slice(span) for span in file.bad] == ["=x", 'B="open', "{{ x }}", "export # y"]
    assert [entry.key for entry in file.entries] == ["A", "C"]
    assert ("bad", "=x") in [meaning for _, meaning in file.atoms()]


def test_the_last_of_a_key_counts() -> None:
    file = read("A=1\nB=2\nA=3\n")
    assert [entry.key for entry in file.entries] == ["A", "B", "A"]
    last = file.get("A")
    assert last is not None
    assert last.value == "3"
    assert file.get("C") is None


SECTIONS = """\
# What this is.

# ===== Database =====

DB_HOST=x
DB_PORT=1

DB_EXTRA=
# --- Mail ---
# of the shop
MAIL=x
# the secret one
MAIL_KEY=y

OTHER=z
"""


def test_sections() -> None:
    file = read(SECTIONS)
    assert [(one.title, [entry.key for entry in one.entries]) for one in file.sections] == [
        ("Database", ["DB_HOST", "DB_PORT"]),
        ("Database", ["DB_EXTRA", "MAIL", "MAIL_KEY"]),
        ("Database", ["OTHER"]),
    ]
    file = read("# Mail\nMAIL=x\n\n#-- Shop --\n# of all\nSHOP=1\n")
    assert [one.title for one in file.sections] == ["Mail", "Shop of all"]
    assert [one.text for one in file.sections] == ["# Mail\nMAIL=x", "#-- Shop --\n# of all\nSHOP=1"]


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.local",
        "app/.env.production",
        "prod.env",
        "env.template",
        "env.example",
        ".env-sample",
        ".env.dist",
    ],
)
def test_names_of_env_files(name: str) -> None:
    assert is_env(name)


@pytest.mark.parametrize(
    "name",
    [
        ".envrc",
        "env",
        "env.ts",
        ".env.d.ts",
        ".env.j2",
        ".env.vault",
        ".env.diff",
        "env.test.ts",
        "environment",
        "env.py",
        ".env/x",
    ],
)
def test_names_of_others(name: str) -> None:
    assert not is_env(name)


def test_templates() -> None:
    names = [".env.example", "env.template", ".env.sample", "x/.env.dist", "example.env", ".env.local.example"]
    assert all(is_template(name) for name in names)
    assert not any(is_template(name) for name in (".env", ".env.production", "example/.env", ".env.distant"))
    assert read("", ".env.example").template
    assert not read("").template


def test_an_edit_elsewhere_leaves_the_atoms() -> None:
    file = read("A=1 # x\nB='2'\n")
    assert [meaning for _, meaning in file.atoms()] == [
        ("key", "A", False),
        ("value", "A", "1"),
        ("key", "B", False),
        ("value", "B", "2"),
    ]
    added = read("A=1 # x\nC=\nB='2'\n")
    assert [meaning for _, meaning in added.atoms() if meaning[1] != "C"] == [  # type: ignore[index]
        meaning for _, meaning in file.atoms()
    ]
    assert pickle.loads(pickle.dumps(file)) == file


PIECES = ("A=1", "export B=2", "C='3 # 4'", 'D="x\ny" # z', "# comment é", "", "  ", "E=#x", "F= # y", "=bad", "G", "H='open",
          "😀=é", "I=a=b", "\tJ = k ", 'K="a\\"b"', "export", "L=x # y # z", "M='it\\'s'", "{% if %}", "N=\u2028x")  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES), max_size=10),
    st.sampled_from(["\n", "\r\n", "\n\n", "\r"]),
    st.booleans(),
    st.booleans(),
)
def test_every_place_is_exact(pieces: list[str], newline: str, mark: bool, final: bool) -> None:  # noqa: FBT001
    text = "\ufeff" * mark + newline.join(pieces) + newline * final
    file = read(text)
    oracle = dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)
    assert {entry.key: entry.value for entry in file.entries} == oracle
    for entry in file.entries:
        assert file.source.slice(entry.key_span) == entry.key
        assert entry.quote * 2 + entry.written == entry.quote * 2 + file.source.slice(entry.value_span)
        assert file.source.slice(entry.whole_span) == entry.quote + entry.written + entry.quote
        if entry.value is not None and "\n" not in entry.text and "\r" not in entry.text:
            changed = read(splice(text, [Edit(".env", entry.whole_span, "new")]))
            values = [(one.key, "new" if one is entry else one.value) for one in file.entries]
            assert [(one.key, one.value) for one in changed.entries] == values
    places = [span for span, _ in file.atoms() if span is not None]
    assert places == sorted(places)
    rest = splice(text, [Edit(".env", span, "") for span in (*_places(file), *file.comments(), *file.bad)])
    assert not set(rest) - set("\ufeff\r\n\t =exportu2028\u2028'\"")


def _places(file: EnvFile) -> list[Span]:
    return [span for entry in file.entries for span in {entry.key_span, entry.value_span} if span.start < span.end]


LINES = st.lists(
    st.sampled_from([
        "A_ONE=1\n", "export B_ONE = 'x y'\n", "# c: the comment  \n", "\n", "\n\n", 'C_URL="two\nlines"\n', "D_URL=3 # tail\n",
        "E_KEY\n", "# F_ONE=1\n", "  G_ONE=2\n", "H_URL=\n", "Z", "   ",
    ]),
    max_size=10,
)  # fmt: skip


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_new_lines_leave_all_others_alone(pieces: list[str], newline: str, mark: str) -> None:
    text = mark + "".join(pieces).replace("\n", newline)
    file = read(text, ".env.example")
    names = ("A_TWO", "B_TWO", "G_URL", "NEW_ONE", "NEW_TWO")
    needs = [Need(name, "", Want.NEEDED, None, Evidence(name), "") for name in names]
    after = read(splice(text, list(line_edits(file, *needs))), ".env.example")
    assert {one.key for one in after.entries} == {one.key for one in file.entries} | set(names)
    kept = [(one.key, one.value, one.export) for one in after.entries if one.key not in names]
    assert kept == [(one.key, one.value, one.export) for one in file.entries]
    assert [after.source.slice(one) for one in after.comments()] == [file.source.slice(one) for one in file.comments()]
    assert len(after.entries) == len(file.entries) + len(names)
    if newline == "\r\n" and "\n" in text:
        assert "\n" not in after.source.text.replace("\r\n", "")
