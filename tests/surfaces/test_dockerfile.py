"""Does the Dockerfile document say what the file says, and where exactly?"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.node import Node, UnreadableError
from autofix.surfaces.dockerfile import mask
from autofix.surfaces.dockerfile.checks import DANGLING, SPLIT
from autofix.surfaces.dockerfile.document import Dockerfile, Instruction, parse
from autofix.surfaces.dockerfile.heredocs import DISPUTED
from autofix.surfaces.dockerfile.images import Image, split
from autofix.surfaces.dockerfile.lines import scan
from autofix.text import Source, Span
from tests.surfaces import dockerfiles

SEEDS = (20261121, 7)
ACCEPTED = 2600  # for each seed
BUILDKIT = Path(__file__).parents[3] / "shared/data/buildkit-parser/testfiles"
FILES = sorted(BUILDKIT.glob("*/Dockerfile"))
NAMES = ("ADD", "COPY", "RUN", "FROM", "ENV", "CMD", "USER")


def read(text: str) -> Dockerfile:
    return parse(Source("Dockerfile", text))


def refused(text: str) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read(text)
    assert 0 <= caught.value.offset <= len(text)
    return caught.value


def read_if_possible(text: str) -> Dockerfile | None:
    """The document, or None for a text that is refused with a place in it."""
    try:
        return read(text)
    except UnreadableError as error:
        place = error.offset
    assert 0 <= place <= len(text)
    return None


def shape(document: Dockerfile) -> list[tuple[str, int, int]]:
    return [(one.keyword, one.first, one.last) for one in document.instructions]


def only(text: str) -> Instruction:
    """The one instruction after the FROM."""
    (_, one) = read("FROM a\n" + text).instructions
    return one


@pytest.fixture(scope="module")
def lines() -> Callable[[str], dockerfiles.Lines]:
    """BuildKit's parser, which CI must have."""
    try:
        return dockerfiles.oracle()
    except ImportError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("the package `dockerfile` has no wheel for this platform")


# ---------------------------------------------------------------------------------------------- beside BuildKit


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.usefixtures("lines")
def test_agrees_with_buildkit(seed: int) -> None:
    counts = dockerfiles.agreement(seed, ACCEPTED)
    print(f"seed {seed}: {counts}")
    assert counts.accepted >= ACCEPTED
    assert counts.differing == []
    assert counts.loose == 0
    assert counts.agreed >= 0.97 * counts.accepted
    assert counts.refused.total() <= 0.06 * counts.accepted


@pytest.mark.skipif(not FILES, reason="BuildKit's own test files are not beside this repository")
@pytest.mark.parametrize("path", FILES or [Path("none")], ids=lambda path: path.parent.name)
def test_buildkits_own_files(path: Path, lines: Callable[[str], dockerfiles.Lines]) -> None:
    """Most of them are exercises in grammar without a FROM, so that only their lines are compared."""
    source = Source(path.name, path.read_bytes().decode())
    ours = dockerfiles.our_lines(source)
    assert ours == lines(source.text)
    result = path.with_name("result").read_text("utf-8")
    assert [name for name, _, _ in ours] == [line.strip("()").split()[0].upper() for line in result.splitlines()]
    mask.check(source, scan(source))


@pytest.mark.usefixtures("lines")
def test_what_buildkit_rejects_is_refused() -> None:
    """Each with its own kind of fault, so that a lucky refusal does not hide a missing one."""
    for text, reason in (
        ("", "no instruction"),
        ("# only a comment\n", "no instruction"),
        ("FROM a\nRUN <<EOF\nx\n", "no line ends"),
        ("FROM a\nENV A\n", "names no value"),
        ("FROM a\nLABEL a=b c\n", "without ="),
        ("FROM a\nCMD [1]\n", "not a string"),
        ("# escape=`\n# escape=`\nFROM a\n", "second escape"),
        ("# escape=x\nFROM a\n", "another character"),
        ("FROM a\nRUN " + "x" * 65536, "longer"),
    ):
        assert reason in refused(text).reason
        with pytest.raises(Exception):  # noqa: B017, PT011  # the binding's errors share no base
            dockerfiles.oracle()(text)


def test_a_line_of_the_greatest_length_is_read(lines: Callable[[str], dockerfiles.Lines]) -> None:
    for text in ("FROM a\nRUN " + "x" * 65531 + "\n", "FROM a\nRUN " + "x" * 65531):
        assert shape(read(text)) == lines(text)


# ------------------------------------------------------------------------------------------------- any document


def nodes(document: Dockerfile) -> Iterator[Node]:
    for stage in document.stages:
        yield from (stage, stage.image)
    for one in document.instructions:
        yield from (one, *one.flags, *one.words, *one.heredocs)


def prove(document: Dockerfile) -> None:
    """Every place holds what its node says it does."""
    text = document.source.text
    for one in document.instructions:
        assert text[slice(*one.keyword_span)].upper() == one.keyword
        assert one.source.line_of(one.span.start) == one.first
        assert one.source.line_of(one.span.end) == one.last
        joined, offsets = one.joined()
        assert joined == "".join(text[offset] for offset in offsets)
        assert list(offsets) == sorted(offsets)
        prove_parts(one)
        prove_places(one, joined)
    for span in document.comments():
        assert text[span.start] == "#"
        assert "\n" not in text[slice(*span)]
    for span, stage in zip(document.scopes(), document.stages, strict=True):
        assert text[span.start : span.start + 4].upper() == "FROM"
        assert span.end == stage.instructions[-1].span.end
    for node in nodes(document):
        assert 0 <= node.span.start <= node.span.end <= len(text)


def prove_parts(one: Instruction) -> None:
    text = one.source.text
    for flag in one.flags:
        assert one.span.contains(flag.span)
        if "\n" not in flag.text:
            assert flag.text.startswith("--")
        if flag.value_span:
            assert text[flag.value_span.start - 1] == "=" or "\n" in flag.text
            assert flag.value_span.end == flag.span.end
    for word in one.words:
        assert one.arguments.contains(word.span)
        assert one.json is None or word.text[0] == word.text[-1] == '"'
    for heredoc in one.heredocs:
        assert one.span.contains(heredoc.span)
        terminator = text[heredoc.span.end :].partition("\n")[0].rstrip("\r")
        assert terminator.lstrip("\t" if heredoc.dash else "") == heredoc.name


def prove_places(one: Instruction, joined: str) -> None:
    for start in range(0, len(joined), 3):
        span = one.source_span(start, min(start + 5, len(joined)))
        assert span is None or one.source.slice(span) == joined[start : start + 5]


generated = st.randoms(use_true_random=False).map(lambda rng: dockerfiles.Generator(rng).text())
pasted = st.lists(
    st.sampled_from(
        (
            "FROM a\n",
            "RUN x",
            " \\",
            "\n",
            "\r\n",
            "<<E",
            "E\n",
            "# c\n",
            '"',
            "COPY --x=y a b",
            "\t",
            "`",
            "[",
            "\ufeff",
        )
    ),
    max_size=12,
).map(lambda parts: "FROM a\n" + "".join(parts))


@settings(max_examples=600, deadline=None)
@given(generated | pasted)
def test_every_place_is_proved_and_documents_are_values(text: str) -> None:
    document = read_if_possible(text)
    if document is None:
        return
    prove(document)
    again = pickle.loads(pickle.dumps(document))
    assert again == document == read(text)
    assert again.atoms() == document.atoms()
    assert len(document.atoms()) == len(document.instructions)
    hash(tuple(document.atoms()))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="FROMRUN ax\\\n\r\t#<E\"'`$={}[]\ufeff\u2028\x0c\x1c\x00é", max_size=60))
def test_no_text_is_a_fault(text: str) -> None:
    document = read_if_possible("FROM a\n" + text)
    if document is not None:
        prove(document)


# ------------------------------------------------------------------------------------------------------- traps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN <<EOF\nFROM evil\nEOF\nUSER b\n", [("FROM", 0, 0), ("RUN", 1, 3), ("USER", 4, 4)]),
        ("FROM a\nCOPY <<A <<-'B' /x\n1\nA\n2\n\tB\n", [("FROM", 0, 0), ("COPY", 1, 5)]),
        ("FROM a\nRUN 3<<A cat\nA\n", [("FROM", 0, 0), ("RUN", 1, 2)]),
        ("FROM a\nONBUILD RUN <<A\nx\nA\n", [("FROM", 0, 0), ("ONBUILD", 1, 3)]),
        ("FROM a\nRUN echo ' <<A\nUSER b\n", [("FROM", 0, 0), ("RUN", 1, 1), ("USER", 2, 2)]),
        ("FROM a\nRUN cat <<<A\nUSER b\n", [("FROM", 0, 0), ("RUN", 1, 1), ("USER", 2, 2)]),
        ('FROM a\nRUN ["sh", "<<A"]\nUSER b\n', [("FROM", 0, 0), ("RUN", 1, 1), ("USER", 2, 2)]),
        ("FROM a\nRUN <<A \\\n && x\nbody\nA\n", [("FROM", 0, 0), ("RUN", 1, 4)]),
        ("FROM a\nRUN x \\\n\n  \n&& y\n", [("FROM", 0, 0), ("RUN", 1, 4)]),
        ("FROM a\nRUN x \\\n# c \\\n  # d\n&& y\n", [("FROM", 0, 0), ("RUN", 1, 4)]),
        ("FROM a\nRUN x \\  \t\n y", [("FROM", 0, 0), ("RUN", 1, 2)]),
        ("FROM a\nRUN x \\", [("FROM", 0, 0), ("RUN", 1, 1)]),
        ("FROM a\nRUN x \\\n# c\n", [("FROM", 0, 0), ("RUN", 1, 2)]),
        ("FROM a\nRUN echo \\\\\nUSER b\n", [("FROM", 0, 0), ("RUN", 1, 1), ("USER", 2, 2)]),
        ("FROM a\nRUN\\\n x\n", [("FROM", 0, 0), ("RUN", 1, 2)]),
        ("\ufeff# escape=`\r\nFROM a\r\nRUN x `\r\n y\r\nRUN c:\\\r\n", [("FROM", 1, 1), ("RUN", 2, 3), ("RUN", 4, 4)]),
        ("# syntax=x\n# escape=`\nFROM a `\n AS b\n", [("FROM", 2, 3)]),
        ("# check=skip=all\n# escape=`\nFROM a `\n AS b\n", [("FROM", 2, 3)]),
        ("# no directive\n# escape=`\nFROM a\nRUN x `\nUSER b\n", [("FROM", 2, 2), ("RUN", 3, 3), ("USER", 4, 4)]),
        ("FROM a\nRUN x\ry\n", [("FROM", 0, 0), ("RUN", 1, 1)]),
        ("FROM a\nRUN x \x0c\u2028 y\n\x0cUSER b\n", [("FROM", 0, 0), ("RUN", 1, 1), ("USER", 2, 2)]),
        ("FROM a\nRUN x \\\x0c\nUSER b\n", [("FROM", 0, 0), ("RUN", 1, 1), ("USER", 2, 2)]),
        ("FROM a\nRUN x \\\n\x1c# no comment\nUSER b\n", [("FROM", 0, 0), ("RUN", 1, 2), ("USER", 3, 3)]),
        ("from a\n  run x\ncMd", [("FROM", 0, 0), ("RUN", 1, 1), ("CMD", 2, 2)]),
    ],
)
def test_lines(text: str, expected: list[tuple[str, int, int]]) -> None:
    document = read(text)
    assert shape(document) == expected
    prove(document)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM a\nRU\\\nN x\n", SPLIT),
        ("\\\nFROM a\n", DANGLING),
        ("FROM a\nRUN cat << EOF\nEOF\n", DISPUTED),
        ("FROM a\nRUN ${x%y} <<EOF\nEOF\n", DISPUTED),
        ('FROM a\nRUN ["a"] <<EOF\nEOF\n', DISPUTED),
        ("ARG A=1\n", "no FROM"),
        ("RUN x\nFROM a\n", "RUN stands before the first FROM"),
        ("FROM a\nRUM x\n", "no instruction is called RUM"),
        ("FROM a\n{% if x %}\n", "no instruction is called {%"),
        ("FROM a b\n", "FROM is not `image [AS name]`"),
        ("FROM a AS 1\n", "FROM is not `image [AS name]`"),
        ("FROM a\nCOPY a\n", "COPY has too few arguments"),
        ("FROM a\nUSER\n", "USER has too few arguments"),
        ("FROM a\nUSER --x y\n", "USER takes no flags"),
        ("FROM a\nSHELL sh\n", "SHELL is not in exec form"),
        ("FROM a\nHEALTHCHECK curl x\n", "HEALTHCHECK is neither NONE nor CMD with a command"),
        ("FROM a\nONBUILD FROM b\n", "ONBUILD needs an instruction that it can hold"),
        ("FROM a\nARG =x\n", "ARG has a value without a name"),
    ],
)
def test_refusals(text: str, reason: str) -> None:
    assert refused(text).reason == reason


def test_when_the_readings_disagree_the_place_is_named() -> None:
    source = Source("Dockerfile", "FROM a\nUSER b\n")
    other = scan(Source("Dockerfile", "FROM a\nRUN b\n"))
    with pytest.raises(UnreadableError, match="disagree") as caught:
        mask.check(source, other)
    assert caught.value.offset == len("FROM a\n")


def test_the_mask_has_as_many_lines() -> None:
    source = Source("Dockerfile", "\ufeff# escape=`\r\nFROM a\r\nRUN <<A `\r\n\r\n x\\\r\nFROM b\r\nA\r\nRUN c `")
    assert mask.masked(source, scan(source)) == "#\nFROM a\nRUN <<A  \\\n#\n x\\.\n#\n#\nRUN c \n"


# ------------------------------------------------------------------------------------------------ instructions


def test_flags_hold_their_values_without_quotes() -> None:
    one = only('COPY --link --chown="a:b" \\\n  --from=x src /to\n')
    assert [(flag.name, flag.value, flag.text) for flag in one.flags] == [
        ("link", None, "--link"),
        ("chown", "a:b", '--chown="a:b"'),
        ("from", "x", "--from=x"),
    ]
    chown = one.flag("chown")
    assert chown is not None
    assert chown.value_span is not None
    assert one.source.slice(chown.value_span) == '"a:b"'
    assert one.flag("chmod") is None
    assert [word.value for word in one.words] == ["src", "/to"]
    assert one.source.slice(one.arguments) == "src /to"


def test_words_over_a_continuation_keep_their_place() -> None:
    one = only("COPY a\\\nb /to\n")
    assert [(word.text, word.value) for word in one.words] == [("a\\\nb", "ab"), ("/to", "/to")]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ENV A=1 B='x y' C=z\\ z", [("A", "1"), ("B", "x y"), ("C", "z z")]),
        ("ENV A the  rest=1", [("A", "the  rest=1")]),
        ('LABEL "a b"="c" d=e', [("a b", "c"), ("d", "e")]),
        ('LABEL m = "x"', [("m", "= x")]),
        ("ARG A B=2", [("A", None), ("B", "2")]),
        ("ONBUILD ENV A=1", [("A", "1")]),
        ("USER a", []),
    ],
)
def test_pairs(text: str, pairs: list[tuple[str, str | None]]) -> None:
    assert [(name, value) for name, value, _ in only(text).pairs] == pairs


def test_exec_form_has_the_place_of_each_element() -> None:
    one = only('CMD [ "node", \\\n  "a\\"b" ]\n')
    assert one.json == ("node", 'a"b')
    assert [one.source.slice(span) for span in one.json_spans] == ['"node"', '"a\\"b"']


@pytest.mark.parametrize("text", ["CMD ['a']", 'CMD ["a",]', 'CMD ["a"] x', "CMD [NaN]", 'CMD ["a"', "CMD a"])
def test_what_is_no_exec_form_is_a_shell_command(text: str) -> None:
    one = only(text)
    assert one.json is None
    assert one.joined()[0] == text[4:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("RUN x", False), ("RUN x \\", True), ("RUN x \\\n\n# c\n", True), ("RUN x\\\\", False)],
)
def test_an_instruction_may_run_into_the_end(text: str, expected: bool) -> None:  # noqa: FBT001
    assert only(text).open_ended is expected


def test_the_joined_command_leads_back_to_the_file() -> None:
    one = only("RUN --mount=x apt-get update \\\n  # why\n\n  && apt-get inst\\\nall curl\n")
    joined, offsets = one.joined()
    assert joined == "apt-get update   && apt-get install curl"
    assert one.source.text[offsets[joined.index("&&")]] == "&"
    at = joined.index("curl")
    assert one.source_span(at, at + 4) == Span(offsets[at], offsets[at] + 4)
    at = joined.index("install")
    assert one.source_span(at, at + 7) is None
    assert [one.source.slice(span) for span in one.comments] == ["# why"]


@pytest.mark.parametrize(
    ("text", "probes", "command", "json"),
    [
        ("HEALTHCHECK --interval=3s CMD curl -f x || exit 1", True, "curl -f x || exit 1", None),
        ("healthcheck cmd \\\n x", True, "x", None),
        ('HEALTHCHECK CMD ["curl", "x"]', True, '["curl", "x"]', ("curl", "x")),
        ("HEALTHCHECK NONE", False, "", None),
    ],
)
def test_health(text: str, probes: bool, command: str, json: tuple[str, ...] | None) -> None:  # noqa: FBT001
    one = only(text)
    assert (one.probes, one.joined()[0], one.json) == (probes, command, json)


def test_heredocs() -> None:
    one = only("COPY <<A <<-\"B\" <<'C' <<-D /x\n1\nA\n\t2\n\tB\nC\nD\n")
    assert [(body.name, body.text, body.expand, body.dash) for body in one.heredocs] == [
        ("A", "1\n", True, False),
        ("B", "\t2\n", False, True),
        ("C", "", False, False),
        ("D", "", True, True),
    ]
    assert one.text.endswith("\nD")
    assert one.source.slice(one.arguments).endswith("/x")


def test_onbuild_shows_what_it_holds() -> None:
    one = only("ONBUILD copy --chown=a b c\n")
    assert (one.keyword, one.inner, one.does) == ("ONBUILD", "COPY", "COPY")
    assert [flag.name for flag in one.flags] == ["chown"]
    assert read("FROM a\nONBUILD USER b\n").stages[0].of("USER") == ()


# ------------------------------------------------------------------------------------------------------ stages


@pytest.mark.parametrize(
    ("head", "image", "resolved"),
    [
        ("ARG V=20", "node:${V}", "node:20"),
        ("ARG V=20\nARG I=node:$V", "$I", "node:20"),
        ("ARG V=1\nARG V", "a:$V", "a:1"),
        ("ARG V='1 2'", '"a:$V"', "a:1 2"),
        ("ARG V", "a:$V", None),
        ("", "a:$V", None),
        ("ARG V", "a:${V:-d}", "a:d"),
        ("", "a:${V-d}", "a:d"),
        ("ARG V=", "a:${V:-d}", "a:d"),
        ("ARG V=", "a:${V-d}", "a:"),
        ("ARG V=1", "a${V:+-slim}", "a-slim"),
        ("", "a${V:+-slim}", "a"),
        ("ARG V=1", "a:${V?no}", "a:1"),
        ("", "a:${V?no}", None),
        ("ARG V=20", "a:${V%0}", None),
        ("ARG V=20", "a:\\$V", "a:$V"),
    ],
)
def test_images_are_resolved(head: str, image: str, resolved: str | None) -> None:
    stage = read(f"{head}\nFROM {image}\n").stages[0]
    assert (stage.image.text, stage.resolved) == (image, resolved)


def test_stages() -> None:
    document = read(
        "ARG B=base\nFROM --platform=$BUILDPLATFORM node:20 AS Base\nUSER a\nUSER b\n"
        "FROM base\nFROM $B AS last\nCOPY --from=0 a b\n# end\n"
    )
    base, middle, last = document.stages
    assert (base.name, base.anchor, base.platform, base.parent) == ("base", "stage:base", "$BUILDPLATFORM", None)
    assert (middle.name, middle.anchor, middle.parent, middle.reference) == (None, "stage:1", 0, None)
    assert base.reference == Image("node", "20", None)
    assert last.parent == 0
    assert document.lineage(last) == (last, base)
    assert document.stage("BASE") is base
    assert document.stage("1") is middle
    assert document.stage("other") is None
    user = base.last("USER")
    assert user is not None
    assert (user.anchor, user.words[0].value) == ("stage:base/USER:2", "b")
    assert [one.anchor for one in document.instructions][:2] == ["global/ARG:1", "stage:base/FROM:1"]
    assert document.instructions[0].stage is None
    assert [document.source.slice(span)[:6] for span in document.scopes()] == ["FROM -", "FROM b", "FROM $"]


@pytest.mark.parametrize(
    ("reference", "image"),
    [
        ("node", Image("node", None, None)),
        ("node:20@sha256:ab", Image("node", "20", "sha256:ab")),
        ("localhost:5000/a/b", Image("localhost:5000/a/b", None, None)),
        ("ghcr.io/a/b:1", Image("ghcr.io/a/b", "1", None)),
    ],
)
def test_image_references(reference: str, image: Image) -> None:
    assert split(reference) == image


# ---------------------------------------------------------------------------------------------- the whole file


def test_comments_are_what_buildkit_takes_for_one() -> None:
    document = read("# syntax=x\nFROM a\nUSER b # not one\n  # two\nRUN x \\\n\t# three\n  y <<E\n# body\nE\n#four")
    found = [document.source.slice(span) for span in document.comments()]
    assert found == ["# syntax=x", "# two", "# three", "#four"]
    assert [(one.name, one.value) for one in document.directives] == [("syntax", "x")]


def test_atoms_know_what_matters() -> None:
    def meaning(text: str) -> list[object]:
        return [atom for _, atom in read(text).atoms()]

    base = "FROM a\nRUN x \\\n  y\n"
    assert meaning(base) == meaning("# new\nfrom   a\n\nRUN x \\\n# note\n  y")
    for other in (
        "FROM b\nRUN x \\\n  y\n",
        "FROM a\nRUN --network=none x   y\n",
        "FROM a\nRUN x z\n",
        "FROM a\nRUN x <<A\nA\n",
        "FROM a\nFROM a\nRUN x   y\n",
    ):
        assert meaning(base) != meaning(other)
    assert meaning("FROM a\nRUN <<A\nx\nA\n") != meaning("FROM a\nRUN <<A\ny\nA\n")
