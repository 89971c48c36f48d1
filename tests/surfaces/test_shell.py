"""Does a shell script say what bash would make of it, and does every span hold exactly what its node says?"""

from __future__ import annotations

import pickle
import re
import shutil
import subprocess
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.node import UnreadableError
from autofix.surfaces.shell.document import ShellScript, commands_in, parse
from autofix.surfaces.shell.nodes import Piece
from autofix.surfaces.shell.options import Options
from autofix.surfaces.shell.words import literal
from autofix.text import Source, Span


def read(text: str, path: str = "run.sh") -> ShellScript:
    return parse(Source(path, text))


def said(script: ShellScript, span: Span | None) -> str | None:
    return None if span is None else script.source.slice(span)


def around(piece: Piece) -> list[str]:
    return [f"{frame.what} {frame.detail}".strip() for frame in piece.context]


def names(script: ShellScript) -> list[str | None]:
    return [command.effective.value for command in script.commands]


def uncovered(script: ShellScript) -> str:
    """What neither an atom nor a comment accounts for: only blanks, if everything was read."""
    spans = sorted([*script.comments(), *(span for span, _ in script.atoms() if span)])
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False)), "two atoms overlap"
    gaps = zip([0, *ends], [*starts, len(script.source.text)], strict=True)
    return "".join(script.source.text[end:start] for end, start in gaps)


# commands


@pytest.mark.parametrize(
    ("text", "effective", "wrappers"),
    [
        ("docker ps", "docker", ""),
        ("sudo -E -u app docker ps", "docker", "sudo -E -u app"),
        ("sudo --user=app A=1 -- docker ps", "--", "sudo --user=app A=1"),
        ("sudo -v", "sudo", ""),
        ("sudo -l docker", "sudo", ""),
        ("env -i A=1 B=2 docker ps", "docker", "env -i A=1 B=2"),
        ("exec -a x docker ps", "docker", "exec -a x"),
        ("exec 3>&1", "exec", ""),
        ("command docker ps", "docker", "command"),
        ("command -v docker", "command", ""),
        ("time -p timeout -k 5 1m nice -n 5 docker ps", "docker", "time -p timeout -k 5 1m nice -n 5"),
        ("nohup setsid docker ps", "docker", "nohup setsid"),
        ("xargs -n 1 docker ps", "docker", "xargs -n 1"),
        ("gosu app docker ps", "docker", "gosu app"),
        ("dumb-init -- docker ps", "docker", "dumb-init --"),
        ("A=1 B=2 docker ps", "docker", ""),
        ("$SUDO docker ps", "docker", "$SUDO"),
        ('"${sudo_cmd}" docker ps', "docker", '"${sudo_cmd}"'),
        ("> log docker ps", "docker", ""),
        ("/usr/bin/docker ps", "/usr/bin/docker", ""),
        ("$DC up", "$DC", ""),
        ('"docker" ps', '"docker"', ""),
        ("docker\\\n-compose up", "docker\\\n-compose", ""),
    ],
)
def test_the_command_behind_its_wrappers(text: str, effective: str, wrappers: str) -> None:
    (command,) = read(text).commands
    assert command.effective.text == said(read(text), command.effective.span) == effective
    assert " ".join(word.text for word in command.wrappers) == wrappers


def test_a_command_by_its_parts() -> None:
    text = 'A=1 sudo docker run -e "X=$Y" img > "$log" 2>&1\n'
    script = read(text)
    (command,) = script.commands
    assert [word.value for word in command.words] == ["sudo", "docker", "run", "-e", None, "img"]
    assert [word.text for word in command.arguments] == ["run", "-e", '"X=$Y"', "img"]
    assert [said(script, span) for span in command.prefix] == ["A=1"]
    assert command.text == 'A=1 sudo docker run -e "X=$Y" img'
    assert (command.name, said(script, command.name_span)) == ("sudo", "sudo")
    assert command.runs("docker")
    assert not command.runs("sudo")
    assert command.anchor == "sudo docker run"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a", "a"),
        ("'a b'", "a b"),
        ('a"b c"d', "ab cd"),
        (r"a\ b\$", "a b$"),
        (r'"\$x \" \a"', r'$x " \a'),
        ("a\\\nb", "ab"),
        ("'{a,b}'", "{a,b}"),
        ("{}", "{}"),
        ("*.sh", "*.sh"),
        ("x$", "x$"),
        ("$x", None),
        ("'a'$(b)", None),
        ('"`b`"', None),
        ("{a,b}", None),
        ("{1..3}", None),
        ("~/x", None),
        ("$'a'", None),
        ("<(a)", None),
        ("", ""),
    ],
)
def test_the_value_of_a_word(text: str, value: str | None) -> None:
    assert literal(text) == value


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("f() { x; }", ["function f", "group"]),
        ("function f { ( x ); }", ["function f", "group", "subshell"]),
        ("if x; then :; fi", ["condition if"]),
        ("if :; then x; fi", ["branch then"]),
        ("if :; then :; elif x; then :; fi", ["branch else", "condition elif"]),
        ("if :; then :; elif :; then x; fi", ["branch else", "branch then"]),
        ("if :; then :; else x; fi", ["branch else"]),
        ("while x; do :; done", ["condition while"]),
        ("until :; do x; done", ["loop until"]),
        ("for i in 1; do x; done", ["loop for"]),
        ("for ((;;)); do x; done", ["loop for"]),
        ("case $1 in a|b) x ;; esac", ["case a|b"]),
        (": | x | :", ["pipeline 2/3"]),
        ("! x", ["not"]),
        ("x && :", ["and left"]),
        (": && x || :", ["and right", "or left"]),
        (": || { x; }", ["or right", "group"]),
        ("x &", ["background"]),
        (": && x &", ["background", "and right"]),
        ("y=$(x)", ["substitution"]),
        ('y="$(x)"', ["string", "substitution"]),
        ("y=`x`", ["substitution"]),
        (": <(x)", ["process"]),
        ("y=${z:-$(x)}", ["expansion", "substitution"]),
        (": <<E\n$(x)\nE", ["heredoc", "substitution"]),
        (": <<E\n`x`\nE", ["heredoc", "substitution"]),
        ("x <<E | :\nE", ["pipeline 1/2"]),
        ("x <<E && :\nE", ["and left"]),
        (": <<E || x\nE", ["or right"]),
        ("[[ $(x) ]]", ["test", "substitution"]),
    ],
)
def test_what_is_around_a_command(text: str, where: list[str]) -> None:
    (command,) = read(text).running("x")
    assert around(command) == where


def test_a_frame_spans_all_of_it() -> None:
    script = read("a && if b; then c; fi\n")
    frames = {frame.what: said(script, frame.span) for frame in next(script.running("c")).context}
    assert frames == {"and": "a && if b; then c; fi", "branch": "if b; then c; fi"}


def test_tests_declarations_and_unset_are_commands_too() -> None:
    script = read('[ -z "$X" ] && export A=1 B\n[[ $a == b* ]]\nunset C\nlocal d\n')
    assert [[word.text for word in command.words] for command in script.commands] == [
        ["[", "-z", '"$X"', "]"],
        ["export", "A=1", "B"],
        ["[[", "$a", "==", "b*", "]]"],
        ["unset", "C"],
        ["local", "d"],
    ]


# chains


def test_a_chain_by_its_links() -> None:
    script = read("a 1 &&\n  b | c > f \\\n  || exec d 2>&1\n")
    (chain,) = script.chains
    assert [said(script, link) for link in chain.links] == ["a 1", "b | c > f", "exec d 2>&1"]
    assert [said(script, one.span) for one in chain.operators] == [one.text for one in chain.operators] == ["&&", "||"]
    assert chain.sound
    assert [command.effective.value for command in script.inside(chain.links[1])] == ["b", "c"]


@pytest.mark.parametrize("text", ["a && b <<E\nE\n", "a <<E && b || c\nE\n", "a && b <<E && c\nE\n"])
def test_a_chain_around_a_heredoc_is_not_sound(text: str) -> None:
    assert not any(chain.sound for chain in read(text).chains)


# variables


@pytest.mark.parametrize(
    ("text", "name", "form", "kind"),
    [
        ("$X", "X", "$", "variable"),
        ("${X}", "X", "${}", "variable"),
        ("${X:-d}", "X", ":-", "variable"),
        ("${X-}", "X", "-", "variable"),
        ("${X:=d}", "X", ":=", "variable"),
        ("${X?}", "X", "?", "variable"),
        ("${X:?no X}", "X", ":?", "variable"),
        ("${X+s}", "X", "+", "variable"),
        ("${#X}", "X", "#", "variable"),
        ("${!X}", "X", "!", "variable"),
        ("${X%%.*}", "X", "%%", "variable"),
        ("${X##*/}", "X", "##", "variable"),
        ("${X/a/b}", "X", "/", "variable"),
        ("${X:1:2}", "X", ":", "variable"),
        ("${X^^}", "X", "^^", "variable"),
        ("${X@Q}", "X", "@", "variable"),
        ("${a[@]}", "a", "${}", "variable"),
        ("${a[0]:-x}", "a", ":-", "variable"),
        ("$1", "1", "$", "positional"),
        ("${10}", "10", "${}", "positional"),
        ("$@", "@", "$", "special"),
        ("$#", "#", "$", "special"),
        ("${#}", "#", "${}", "special"),
        ("${#@}", "@", "#", "special"),
        ("$$", "$", "$", "special"),
        ("$?", "?", "$", "special"),
        ("$!", "!", "$", "special"),
        ("$0", "0", "$", "special"),
        ("$_", "_", "$", "special"),
        ("${{ github.sha }}", "github.sha", "workflow", "workflow"),
    ],
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_an_expansion(text: str, name: str, form: str, kind: str, quote: str) -> None:
    (one,) = read(f"echo é😀 {quote}{text}{quote} # {text}\n").expansions
    assert (one.text, one.name, one.form, one.kind, one.quoted) == (text, name, form, kind, bool(quote))
    assert one.defaulted == (form in (":-", "-", ":=", ":?", "?", "+"))


def test_the_parts_of_an_expansion() -> None:
    script = read('echo "${a[$i]:-"$(b) $c"}"\n')
    outer = script.expansions[0]
    assert (outer.subscript, said(script, outer.operand)) == ("$i", '"$(b) $c"')
    assert [one.text for one in script.expansions[1:]] == ["$i", "$c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo $((n + 1))", "n"),
        ("echo $(($n + m[2]))", "n m"),
        ("((i++))", "i"),
        ("for ((i = 0; i < n; i++)); do :; done", "i n i"),
        ("echo '$X' \\$X", ""),
        ("trap 'rm $X' EXIT", ""),
        ("cat <<'E'\n$X\nE", ""),
        ("cat <<\\E\n$X\nE", ""),
        ("cat <<E\n$X \\$Y '$Z' \"${W}\"\nE", "X Z W"),
        ("cat <<-E\n\t$X\n\t`echo $Y`\n\tE", "X Y"),
        ('ssh host "echo $X \\$Y"', "X"),
        ("echo $# #$X", "#"),
    ],
)
def test_what_is_read(text: str, expected: str) -> None:
    script = read(text)
    assert [one.name for one in script.expansions] == expected.split()
    assert not script.broken


def test_where_a_variable_is_read() -> None:
    script = read('[ -z "$A" ] || test -n $B && [[ $C ]] && echo "$(echo $D)" <<E\n$F\nE\n')
    places = {one.name: (one.quoted, one.in_test, one.in_heredoc) for one in script.expansions}
    assert places == {
        "A": (True, True, False),
        "B": (False, True, False),
        "C": (False, True, False),
        "D": (False, False, False),
        "F": (False, False, True),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1", [("A", "plain", "=", "1")]),
        ("A+=' b'", [("A", "plain", "+=", "' b'")]),
        ("A= cmd", [("A", "prefix", "=", "")]),
        ("A=1 B=2", [("A", "plain", "=", "1"), ("B", "plain", "=", "2")]),
        ("A=1 B=2\ncmd", [("A", "plain", "=", "1"), ("B", "plain", "=", "2")]),
        ("A=1 B=2 # why\ncmd", [("A", "plain", "=", "1"), ("B", "plain", "=", "2")]),
        ("A=1 \\\n B=2 cmd", [("A", "prefix", "=", "1"), ("B", "prefix", "=", "2")]),
        ("export A=1 B", [("A", "export", "=", "1"), ("B", "export", "", None)]),
        ("local a=$(b)", [("a", "local", "=", "$(b)")]),
        ("readonly A", [("A", "readonly", "", None)]),
        ("declare -r A=1", [("A", "declare", "=", "1")]),
        ("a[1]=x", [("a", "plain", "=", "x")]),
        ("a=(1 2)", [("a", "plain", "=", "(1 2)")]),
        ("for i in 1; do :; done", [("i", "for", "", None)]),
        ("select i in 1; do :; done", [("i", "select", "", None)]),
        ("IFS= read -r -p 'x' a b", [("IFS", "prefix", "=", ""), ("a", "read", "", None), ("b", "read", "", None)]),
        ("mapfile -t a < f", [("a", "mapfile", "", None)]),
        ("getopts ab: o", [("o", "getopts", "", None)]),
        ("printf -v a %s x", [("a", "printf", "", None)]),
        ("let a=1", [("a", "let", "", None)]),
        ("((a = 1))", [("a", "arithmetic", "=", " 1")]),
    ],
)
def test_an_assignment(text: str, expected: list[tuple[str, str, str, str | None]]) -> None:
    script = read(text)
    found = [(one.name, one.how, one.operator, said(script, one.value)) for one in script.assignments]
    assert found == expected
    assert all(said(script, one.name_span) == one.name for one in script.assignments)
    assert [one.sets for one in script.assignments] == [
        bool(operator) or how in ("for", "select", "read", "mapfile", "getopts", "printf", "let")
        for _, how, operator, _ in expected
    ]


def test_assignments_before_a_link_do_not_belong_to_it() -> None:
    script = read("A=1 B=2\nx | y && z\n")
    assert all(one.at_top for one in script.assignments)
    assert [said(script, link) for link in script.chains[0].links] == ["x | y", "z"]


# the file


@pytest.mark.parametrize(
    ("path", "text", "dialect", "on"),
    [
        ("a", "#!/bin/sh\n", "sh", ""),
        ("a", "#!/bin/bash -eu\n", "bash", "errexit nounset"),
        ("a", "#! /usr/bin/env bash\n", "bash", ""),
        ("a", "#!/usr/bin/env -S bash -e -o pipefail\n", "bash", "errexit pipefail"),
        ("a", "#!/bin/busybox sh\n", "ash", ""),
        ("a", "#!/usr/bin/with-contenv bash\n", "bash", ""),
        ("a.sh", "\ufeff#!/bin/dash -e\r\nx\r\n", "dash", "errexit"),
        ("a.bash", "x\n", "bash", ""),
        ("a.sh", "x\n", "sh", ""),
        ("a.sh", "[[ x ]]\n", "bash", ""),
        ("a.sh", "a=(1)\n", "bash", ""),
        ("a", "x\n", "unknown", ""),
        ("a", "x <<< y\n", "bash", ""),
    ],
)
def test_the_dialect(path: str, text: str, dialect: str, on: str) -> None:
    script = read(text, path)
    assert script.dialect == dialect
    assert " ".join(sorted(script.shebang.options.on)) == on if script.shebang else not on
    if script.shebang:
        assert said(script, script.shebang.span) == text.strip("\ufeff\r\nx")
        assert script.comments() == ()


def test_set_and_source_and_functions_and_heredocs() -> None:
    text = 'set -eu -o pipefail\nset +e -- a b\nset $F\n. ./env\nsource "$x"\nf-1 () { :; }\ncat <<-"E" >f\n\ta\n\tE\n'
    script = read(text)
    assert [options for _, options in script.sets] == [
        Options(frozenset({"errexit", "nounset", "pipefail"})),
        Options(frozenset(), frozenset({"errexit"}), 2),
        None,
    ]
    assert [command.text for command in script.sourced] == [". ./env", 'source "$x"']
    ((function,), (heredoc,)) = script.functions, script.heredocs
    assert (function.name, said(script, function.name_span), said(script, function.body)) == ("f-1", "f-1", "{ :; }")
    assert (heredoc.text, heredoc.delimiter, heredoc.expands) == ("\ta\n", "E", False)
    assert next(script.running("cat")).heredoc
    assert script.scopes() == (function.span,)


def test_comments_are_exact() -> None:
    text = "#!/bin/sh\n# a\r\nx a#b $# ${#x} '#' \"#\" $((16#f)) #c\n#\ncat <<E # d\n# no\nE\ny \\\n  # e\n"
    script = read(text)
    assert [said(script, span) for span in script.comments()] == ["# a", "#c", "#", "# d", "# e"]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff#!/bin/sh\necho a",
        "echo a\r\nif b; then\r\n  c \\\r\n    d\r\nfi\r\n",
        "echo é😀 \"$X😀\" '\u2028' # \u2028\n",
        "a\u2028b c\n",
        "",
        "\n\n",
        "x",
        'echo "  ${a}  $b " "a\n\n  ${c}"\n',
        "cat <<A\n😀 ${X}\nA\ny\n",
        "cat <<A >f 2>&1 | b | c\nx\nA\n",
        "python3 - <<E\nx\nE\n",
        "a=(\n 1 # c\n 2\n)\n",
    ],
)
def test_everything_is_accounted_for(text: str) -> None:
    script = read(text)
    assert not uncovered(script).replace("\\", "").strip(" \t\r\n\ufeff")
    assert not script.broken
    assert pickle.loads(pickle.dumps(script)) == script == read(text)


def test_no_carriage_return_in_a_word() -> None:
    script = read("a b\r\nX=1\r\n$Y\r\ncat <<E\r\nx\r\nE\r\nz\r\n")
    assert not any("\r" in word.text for command in script.commands for word in command.words)
    assert [said(script, one.value) for one in script.assignments] == ["1"]
    assert [one.text for one in script.heredocs] == ["x\r\n"]


# what is not understood


@pytest.mark.parametrize(
    "text",
    [
        "a \f b\n",  # the shell takes a form feed for a part of a word
        "echo !(x)\n",
        "coproc X { a; }\n",
        "(exec 3<>/dev/tcp/db/5432)\n",
        "a `b c` `b c`\n",  # the grammar pairs the wrong ones
    ],
)
def test_nothing_on_a_line_that_was_not_understood_is_sound(text: str) -> None:
    script = read(f"echo before it all\n{text}echo after it all, long enough\n")
    first, *bad, last = script.commands
    assert first.sound
    assert last.sound
    assert bad
    assert not any(command.sound for command in bad)
    assert script.broken
    assert not script.sound(bad[0].span)
    assert script.sound(last.span)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("#!/bin/zsh\nx\n", "zsh"),
        ("#!/usr/bin/env fish\nx\n", "fish"),
        ("#!/bin/ksh\nx\n", "ksh"),
        ("#!/usr/bin/env python3\nimport os\n", "python3"),
        ("#!\n", "nothing"),
        ("X={{ name }} y\n", "template"),
        ("{% if x %}\na\n{% endif %}\n", "template"),
        ("<% if x %>\na\n<% end %>\n", "template"),
        ("{{- if .Values.x }}\na\n{{- end }}\n", "template"),
        ("if a; then\n", "understood"),
        ("echo 'a\n", "understood"),
        ("cat <<A <<B\na\nA\nrm x\nB\n", "here-document"),
        ("cat <<A\na\n", "here-document"),
        ("x\nif a; then\n  b\n", "understood"),
        ("a\0b\n", "NUL"),
        ("a && " * 2000 + "b\n", "deep"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read(text)


@pytest.mark.parametrize(
    "text",
    ["docker ps --format '{{.Names}}'\n", "docker ps --format={{.Names}}\n", "x # {{ y }}\n", "echo ${{ a.b }} \n"],
)
def test_what_only_looks_like_a_template_is_read(text: str) -> None:
    assert not read(text).broken


def test_a_string_of_another_file() -> None:
    text = "apt-get update && \\\n    docker-compose up ${{ inputs.flags }} -d"
    script = commands_in(text, "bash")
    assert script.dialect == "bash"
    assert [said(script, command.span) for command in script.commands] == [
        "apt-get update",
        "docker-compose up ${{ inputs.flags }} -d",
    ]
    with pytest.raises(UnreadableError):
        commands_in("if x")


# meaning


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a 'b'\n", "a  'b' # c\n"),
        ("a && b\n", "a \\\n  && b\n"),
    ],
)
def test_layout_means_nothing(before: str, after: str) -> None:
    assert [meaning for _, meaning in read(before).atoms()] == [meaning for _, meaning in read(after).atoms()]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b\n", "a\nb\n"),
        ('a "b"\n', 'a"b"\n'),
        ('a "b  $c"\n', 'a "b $c"\n'),
        ("( a )\n", "{ a\n}\n"),
        ("cat <<E\na\nE\n", "cat <<E\n a\nE\n"),
        ("if a; then b; fi; c\n", "if a; then b; c; fi\n"),
        ("#!/bin/sh\n", "#!/bin/bash\n"),
    ],
)
def test_meaning_shows(before: str, after: str) -> None:
    assert [meaning for _, meaning in read(before).atoms()] != [meaning for _, meaning in read(after).atoms()]


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("set -e\nnode app.js\n", "node", "exec node"),
        ("a && npx prisma generate && exec node x\n", "npx prisma generate && ", ""),
        ("sudo docker-compose up -d\n", "docker-compose", "docker compose"),
        ("#!/bin/sh\n\nnode x\n", "node x", "set -eu\nnode x"),
        ('[ -z "$X" ]\n', "$X", "${X:-}"),
    ],
)
def test_an_edit_leaves_what_is_around_it_alone(text: str, old: str, new: str) -> None:
    at = text.index(old)
    place, landed = Span(at, at + len(old)), Span(at, at + len(new))
    before, after = read(text), read(text.replace(old, new, 1))
    kept = [meaning for span, meaning in before.atoms() if span and not span.touches(place)]
    assert kept == [meaning for span, meaning in after.atoms() if span and not span.touches(landed)]


# whole scripts


@dataclass(frozen=True)
class Made:
    """A piece of a script, the commands it runs and the variables it reads, in order."""

    text: str
    commands: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


IDENTIFIERS = st.sampled_from(["a", "bc", "d_1", "run-it", "x.y"])
VARIABLES = st.sampled_from(["X", "long_name", "_y", "Z9"])
QUOTED = st.text(alphabet="a é😀\u2028#;|&()<>\t", max_size=6)


@st.composite
def words(draw: st.DrawFn) -> Made:
    name = draw(VARIABLES)
    command = draw(IDENTIFIERS)
    quoted = draw(QUOTED)
    return draw(
        st.sampled_from(
            [
                Made("plain"),
                Made("a#b"),
                Made(f"'{quoted}$no'"),
                Made(f'"{quoted}"'),
                Made(f'"{quoted}${{{name}}}{quoted}"', (), (name,)),
                Made(f"${name}", (), (name,)),
                Made(f'pre"${name}"post', (), (name,)),
                Made(f"${{{name}:-d e}}", (), (name,)),
                Made(f'"${{{name}#*/}}"', (), (name,)),
                Made(f"$({command} ${name})", (command,), (name,)),
                Made(f'"$({command} "${name}")"', (command,), (name,)),
                Made(r"\$no\ more"),
            ]
        )
    )


def joined(parts: list[Made], pattern: str) -> Made:
    return Made(
        pattern.format(*(part.text for part in parts)),
        tuple(name for part in parts for name in part.commands),
        tuple(name for part in parts for name in part.variables),
    )


@st.composite
def simple(draw: st.DrawFn) -> Made:
    prefix = draw(st.sampled_from(["", "A=1 ", "sudo -E ", "exec ", "> out ", "time "]))
    name = draw(IDENTIFIERS)
    arguments = draw(st.lists(words(), max_size=3))
    blank = draw(st.sampled_from([" ", "  ", "\t", " \\\n  "]))
    made = joined([Made(f"{prefix}{name}", (name,)), *arguments], blank.join("{}" for _ in range(len(arguments) + 1)))
    return Made(made.text + draw(st.sampled_from(["", " > f", " 2>&1", " < f"])), made.commands, made.variables)


HEREDOC_LINES = st.lists(
    st.sampled_from([
        Made("plain 'text' # no"), Made("$X", (), ("X",)), Made("\\$no"), Made("`in`", ("in",)),
        Made('say "${_y:-"d"}" )', (), ("_y",)), Made("$(in $X)", ("in",), ("X",)), Made("😀 $ é"), Made("\t$X", (), ("X",)),
    ]),
    max_size=4,
)  # fmt: skip


@st.composite
def heredoc(draw: st.DrawFn) -> Made:
    lines = draw(HEREDOC_LINES)
    quote = draw(st.sampled_from(["", "'"]))
    redirect = draw(st.sampled_from(["", " > f", " > f 2>&1"]))
    body = joined(lines, "\n".join("{}" for _ in lines) + "\n" if lines else "")
    text = f"cat <<{quote}END{quote}{redirect}\n{body.text}END"
    return Made(text, ("cat",)) if quote else Made(text, ("cat", *body.commands), body.variables)


def nested(inner: st.SearchStrategy[Made]) -> st.SearchStrategy[Made]:
    two = st.tuples(simple(), inner).map(list)
    return st.one_of(
        two.map(lambda parts: joined(parts, "if {} # why\nthen\n  {}\nfi")),
        two.map(lambda parts: joined(parts, "while {}; do\n\t{}\ndone")),
        two.map(lambda parts: joined(parts, "{} &&\n{}")),
        st.tuples(simple(), simple()).map(lambda parts: joined(list(parts), "{} || {} &")),
        st.tuples(simple(), simple()).map(lambda parts: joined(list(parts), "{} | {}")),
        inner.map(lambda part: joined([part], "( {}\n)")),
        inner.map(lambda part: joined([part], "fun() {{\n  {}\n}}")),
        two.map(lambda parts: joined(parts, "case $1 in\n  a|b) {} ;;\n  *) {}\n  ;;\nesac")).map(
            lambda made: Made(made.text, made.commands, ("1", *made.variables))
        ),
        inner.map(lambda part: joined([part], 'for i in "$@"; do {}\ndone')).map(
            lambda made: Made(made.text, made.commands, ("@", *made.variables))
        ),
    )


STATEMENTS = st.recursive(simple() | heredoc(), nested, max_leaves=6)
SCRIPTS = st.lists(STATEMENTS | st.just(Made("# a comment é")) | st.just(Made("")), min_size=1, max_size=6)


@settings(max_examples=400, deadline=None)
@given(SCRIPTS, st.sampled_from(["", "#!/bin/bash\n", "\ufeff"]), st.sampled_from(["", "\n"]))
def test_generated_scripts_are_read_exactly(statements: list[Made], opening: str, end: str) -> None:
    made = joined(statements, opening + "\n".join("{}" for _ in statements) + end)
    script = read(made.text)
    assert not script.broken
    assert sorted(name or "?" for name in names(script)) == sorted(made.commands)
    assert sorted(one.name for one in script.expansions) == sorted(made.variables)
    assert not uncovered(script).replace("\\", "").strip(" \t\n\ufeff")
    assert pickle.loads(pickle.dumps(script)) == script


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is the oracle")
@settings(max_examples=60, deadline=None)
@given(SCRIPTS)
def test_bash_reads_the_generated_scripts_too(statements: list[Made]) -> None:
    """What the test above generates is shell, and stays so with every word before a command replaced."""
    text = "\n".join(made.text for made in statements)
    script = read(text)
    words = sorted({command.effective.span for command in script.commands}, reverse=True)
    for span in words:
        text = f"{text[: span.start]}docker compose{text[span.end :]}"
    outcome = subprocess.run(["bash", "-n"], input=text.encode(), capture_output=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    assert names(read(text)).count("docker") == len(words)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab \t\n\r\\'\"`$(){}[]|&;<>#!=-é😀\f\u2028")), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Never another exception, and what is read is consistent: the parser checks each span."""
    try:
        script = read(text)
    except UnreadableError:
        return
    assert pickle.loads(pickle.dumps(script)) == script
    if not script.broken:
        assert not re.sub(r"\\\r?\n", "", uncovered(script)).strip(" \t\r\n")
