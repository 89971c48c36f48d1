"""Does an nginx file say what nginx would do, word by word?"""

from __future__ import annotations

import pickle
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import crossplane
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.node import UnreadableError
from autofix.surfaces.nginx import check
from autofix.surfaces.nginx.document import Directive, Location, NginxFile, Server, Target, parse
from autofix.surfaces.nginx.lex import tokens
from autofix.surfaces.nginx.names import looks_like, named
from autofix.text import Edit, Source, Span, splice

FILE = """\
# the front
worker_processes auto;
events { worker_connections 1024; }

http {
    include mime.types;
    add_header X-Outer "1" always;
    client_max_body_size 10m;
    log_format main '$remote_addr "$request" '
                    '{status: $status}';
    map $http_upgrade $connection_upgrade {
        default upgrade;
        '' close;
    }
    upstream api {
        least_conn;
        server api:3000 max_fails=3;  # \\ first
        server unix:/run/api.sock;
        server "10.0.0.1";
    }
    server {
        listen 80 default_server;
        listen [::]:80;
        server_name shop.test www.shop.test;
        return 301 https://$host$request_uri;
    }
    server {
        listen 443 ssl;
        listen 127.0.0.1:${PORT};
        server_name "~^(?<sub>.+)\\.shop\\.test$";
        add_header X-Frame-Options DENY;
        add_header x-other "a; b {c}" always;
        set $backend "http://web:8080";
        location / {
            proxy_pass http://api/;
            proxy_set_header Host $host;
        }
        location ~* "\\.(png|jpe?g){1}$" {
            add_header Cache-Control public;
            add_header X-Other b;
            expires 1d;
            location ^~ /inner { grpc_pass grpc://rpc:50051; }
        }
        location = /healthz { proxy_pass $backend; access_log off; }
        location ~\\.php$ {
            fastcgi_pass php:9000;
            if ($request_method = POST) { proxy_pass http://${WRITER_HOST}:${WRITER_PORT}/write; }
            rewrite ^/x(.*)$ /$1 break;
        }
        location @named { uwsgi_pass unix:/run/x.sock; }
    }
}
"""


def file(text: str = FILE) -> NginxFile:
    return parse(Source("nginx/nginx.conf", text))


def front() -> Server:
    return file().servers[1]


def location(path: str) -> Location:
    return next(one for one in front().all_locations if one.path == path)


def text(span: Span | None, content: str = FILE) -> str | None:
    return None if span is None else content[span.start : span.end]


def words(content: str) -> list[list[str]]:
    return [[word.text for word in one.words] for one in file(content).walk()]


def passed(content: str) -> Target:
    (found,) = file(content).passes
    return found


def test_directives_have_places() -> None:
    found = file()
    assert [one.name for one in found.directives] == ["worker_processes", "events", "http"]
    assert found.directives[0].text == "worker_processes auto;"
    assert found.directives[1].text == "events { worker_connections 1024; }"
    assert text(found.directives[1].braces) == "{ worker_connections 1024; }"
    assert found.directives[0].braces is None
    for one in found.walk():
        assert one.text.startswith(one.name or "''")
        assert one.text.endswith("}" if one.braces else ";")
        assert [text(word.span) for word in one.words] == [f"{w.quote}{text(w.inner)}{w.quote}" for w in one.words]
    assert {one.name: one.depth for one in found.walk()}["grpc_pass"] == 4


def test_words_mean_what_nginx_reads() -> None:
    (form,) = file().all("log_format")
    assert form.values == ("main", '$remote_addr "$request" ', "{status: $status}")
    assert front().names == ("~^(?<sub>.+)\\.shop\\.test$",)
    assert file().all("'' close") == ()
    assert [one.values for one in file().all("")] == [("close",)]


def test_anchors_name_by_meaning() -> None:
    anchors = [one.anchor for one in file().walk()]
    assert len(set(anchors)) == len(anchors)
    for anchor in ("http/server shop.test/listen 80", "http/upstream api/server#2", "http/upstream api/server api:3000",
                   "http/server ~^(?<sub>.+)\\.shop\\.test$/location = /healthz/proxy_pass", "http/map $http_upgrade $connection_upgrade"):  # fmt: skip
        assert anchor in anchors


def test_upstreams() -> None:
    (api,) = file().upstreams
    assert (api.name, api.directive.depth) == ("api", 1)
    assert [(one.host, one.port, text(one.host_span), text(one.port_span)) for one in api.servers] == [
        ("api", "3000", "api", "3000"),
        ("unix:/run/api.sock", None, "unix:/run/api.sock", None),
        ("10.0.0.1", None, "10.0.0.1", None),
    ]


def test_servers() -> None:
    plain, tls = file().servers
    assert (plain.tls, tls.tls) == (False, True)
    assert plain.names == ("shop.test", "www.shop.test")
    assert [(one.host, one.port, text(one.port_span), one.tls) for one in (*plain.listens, *tls.listens)] == [
        (None, "80", "80", False),
        ("[::]", "80", "80", False),
        (None, "443", "443", True),
        ("127.0.0.1", "${PORT}", "${PORT}", False),
    ]
    assert plain.listens[0].options == ("default_server",)
    assert parse(Source("x", "server { ssl on; }")).servers[0].tls


@pytest.mark.parametrize(("listen", "host", "port"), [
    ("8080", None, "8080"), ("*:81", "*", "81"), ("localhost", "localhost", "80"), ("[::1]:8443", "[::1]", "8443"),
    ("unix:/x.sock", "unix:/x.sock", None), ("$PORT", None, "$PORT"), ("${HOST}:${PORT}", "${HOST}", "${PORT}"),
    ("10.0.0.1", "10.0.0.1", "80"), ("*", "*", "80"),
])  # fmt: skip
def test_listening(listen: str, host: str | None, port: str | None) -> None:
    (found,) = file(f"server {{ listen {listen}; }}").servers[0].listens
    assert (found.host, found.port) == (host, port)


def test_locations() -> None:
    assert [(one.modifier, one.path) for one in front().all_locations] == [
        ("", "/"), ("~*", "\\.(png|jpe?g){1}$"), ("^~", "/inner"), ("=", "/healthz"), ("~", "\\.php$"), ("", "@named"),
    ]  # fmt: skip
    assert [one.path for one in location("\\.(png|jpe?g){1}$").locations] == ["/inner"]
    assert len(front().locations) == 5
    php = location("\\.php$")
    assert [one.values for one in php.rewrites] == [("^/x(.*)$", "/$1", "break")]
    assert php.returns == ()
    assert php.word is not None
    assert text(php.word.span) == "~\\.php$"


def test_passes() -> None:
    def all_of(target: Target) -> tuple[str, str, str | None, str | None, str | None, str | None]:
        return target.scheme, target.host, target.port, target.uri, text(target.host_span), text(target.port_span)

    assert [all_of(one) for one in file().passes] == [
        ("http", "api", None, "/", "api", None),
        ("grpc", "rpc", "50051", None, "rpc", "50051"),
        ("http", "web", "8080", None, None, None),
        ("", "php", "9000", None, "php", "9000"),
        ("http", "${WRITER_HOST}", "${WRITER_PORT}", "/write", "${WRITER_HOST}", "${WRITER_PORT}"),
        ("", "unix:/run/x.sock", None, None, "unix:/run/x.sock", None),
    ]
    assert [(one.settled, one.variable) for one in file().passes][2:5] == [(True, False), (False, False), (False, True)]
    assert [one.host for one in location("\\.php$").passes] == ["php", "${WRITER_HOST}"]


@pytest.mark.parametrize(("sets", "host"), [
    ("set $b a;", "a"), ("set $b a; set $b a;", "a"), ("set $b a; set $b c;", "$b"), ("if ($x) { set $b a; }", "$b"),
    ("map $h $b { default a; }", "$b"), ("set $c a; set $b $c;", "a"), ("set $b $b;", "$b"), ("", "$b"),
    ("set $b a; auth_request_set $b $upstream_x;", "$b"), ("set $b $arg_x;", "$arg_x"),
])  # fmt: skip
def test_variables_with_one_value(sets: str, host: str) -> None:
    assert passed(f"{sets} proxy_pass http://$b:80;").host == host


@pytest.mark.parametrize(("address", "host", "port", "uri"), [
    ("http://a", "a", None, None), ("http://a:80", "a", "80", None), ("https://a-b.test:8443/x?y=1", "a-b.test", "8443", "/x?y=1"),
    ("http://a$request_uri", "a$request_uri", None, None), ("http://[::1]:80/", "[::1]", "80", "/"), ("a:9000", "a", "9000", None),
    ("http://unix:/x.sock:/y", "unix:/x.sock", None, "/y"), ("http://$a:$b/c", "$a", "$b", "/c"),
    ("'http://a:80'", "a", "80", None), ("http://a:${P}${U}", "a", "${P}", "${U}"),
])  # fmt: skip
def test_addresses(address: str, host: str, port: str | None, uri: str | None) -> None:
    content = f"proxy_pass {address};"
    found = passed(content)
    assert (found.host, found.port, found.uri) == (host, port, uri)
    assert (text(found.host_span, content), text(found.port_span, content)) == (host, port)


def test_an_escape_hides_the_place() -> None:
    found = passed('proxy_pass "http://a:80/\\"";')
    assert (found.host, found.host_span, found.port_span) == ("a", None, None)


def test_one_header_hides_all_that_are_inherited() -> None:
    found, server = file(), front()
    image = location("\\.(png|jpe?g){1}$")

    def names(block: Directive) -> list[str]:
        return [one.name for one in found.headers(block)]

    assert names(file().servers[0].directive) == ["X-Outer"]
    assert names(server.directive) == ["X-Frame-Options", "x-other"]
    assert [one.always for one in found.headers(server.directive)] == [False, True]
    assert [one.value for one in found.headers(server.directive)] == ["DENY", "a; b {c}"]
    assert names(location("/").directive) == ["X-Frame-Options", "x-other"]
    assert names(image.directive) == names(location("/inner").directive) == ["Cache-Control", "X-Other"]
    assert [one.name for one in found.hidden_headers(image.directive)] == ["X-Frame-Options"]
    assert [one.name for one in found.hidden_headers(server.directive)] == ["X-Outer"]
    assert found.hidden_headers(location("/").directive) == ()


def test_what_holds_in_a_block() -> None:
    found = file()
    (size,) = found.effective(location("/inner").directive, "client_max_body_size")
    assert size.values == ("10m",)
    assert [one.values for one in found.effective(location("/").directive, "worker_processes")] == [("auto",)]
    assert found.effective(location("/").directive, "proxy_read_timeout") == ()
    assert [one.name for one in found.around(size)] == ["http"]
    assert [one.name for one in found.around(location("/inner").directive)] == ["location", "server", "http"]
    assert found.around(found.directives[0]) == ()
    assert [one.values for one in found.includes] == [("mime.types",)]


def test_a_file_is_a_value() -> None:
    found = file()
    assert pickle.loads(pickle.dumps(found)) == found
    assert [found.source.slice(span) for span in found.comments()] == ["# the front", "# \\ first"]
    scopes = [found.source.slice(span).split(" ")[0] for span in found.scopes()]
    assert scopes == ["upstream", "server", "server", *["location"] * 6]
    assert len(found.atoms()) == sum(len(one.words) for one in found.walk())


def test_an_edit_leaves_the_other_atoms() -> None:
    found = file()
    target = found.upstreams[0].servers[0]
    assert target.port_span is not None
    after = file(splice(FILE, [Edit("x", target.port_span, "4000")]))
    changed = [(a[1], b[1]) for a, b in zip(found.atoms(), after.atoms(), strict=True) if a[1] != b[1]]
    assert len(changed) == 1
    added = file(
        FILE.replace("    server {\n        listen 80", "    server_tokens off;\n    server {\n        listen 80")
    )
    meanings = [atom[1] for atom in added.atoms()]
    for meaning in ((("http",), 0, "server_tokens", ";"), (("http",), 1, "off", ";")):
        meanings.remove(meaning)
    assert meanings == [atom[1] for atom in found.atoms()]


@pytest.mark.parametrize(("one", "other"), [
    ("a { b; } c;", "a { b; c; }"), ("a { b; } a { c; }", "a { b; c; }"), ("a {}", "a;"), ("a b;", "a; b;"), ("a b c;", "a 'b c';"),
])  # fmt: skip
def test_atoms_tell_meanings_apart(one: str, other: str) -> None:
    assert [atom[1] for atom in file(one).atoms()] != [atom[1] for atom in file(other).atoms()]


@pytest.mark.parametrize(("content", "expected"), [
    ("a b;", [["a", "b"]]), ("a\tb\r\n c ;", [["a", "b", "c"]]), ("a 'b';", [["a", "b"]]), ("", []), ("# only", []),
    ("a ${B} c;", [["a", "${B}", "c"]]), ("a ${B:-c} d;", [["a", "${B:-c}", "d"]]), ('a x${Y}z"q";', [["a", 'x${Y}z"q"']]),
    ("a b#c;", [["a", "b#c"]]), ("a # x;\n b;", [["a", "b"]]), ("a \\;b;", [["a", "\\;b"]]), (r"a \'b;", [["a", "'b"]]),
    (r'a "b\"c\\d\n\.";', [["a", 'b"c\\d\n\\.']]), ("a 'b\nc';", [["a", "b\nc"]]), ("a 'b\r\nc';", [["a", "b\nc"]]),
    ("if ($a = 'b') { c; }", [["if", "($a", "=", "b", ")"], ["c"]]), ("\ufeffa é😀;", [["a", "é😀"]]), ("a; # x \\", [["a"]]),
    ("a $$ {}", [["a", "$$"]]), ("a{b;}c;", [["a"], ["b"], ["c"]]), ("'a b' c;", [["a b", "c"]]),
])  # fmt: skip
def test_words(content: str, expected: list[list[str]]) -> None:
    assert words(content) == expected


@pytest.mark.parametrize("content", [
    "a", "a b", "a {", "a { b; ", "}", "a } b;", "a; }", ";", "{ a; }", "a { b }", "a 'b", 'a "b;', "a 'b'c;", "a;\rb;",
    "listen {{ port }};", "{% if x %}\na;\n", "content_by_lua_block { x = 1 }", "a b}c;", "a ${B:-c d};", "a\u00a0b;", "a \\",
    "[x]\na = b\n", "a {" * 60 + "}" * 60,
])  # fmt: skip
def test_what_nginx_would_not_read_is_unreadable(content: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        file(content)
    assert 0 <= caught.value.offset <= len(content)


def test_a_disagreement_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "a b;\nc d;\n"
    ours = list(tokens(content))
    check.refuse_disagreement(content, ours)
    with pytest.raises(UnreadableError) as caught:
        check.refuse_disagreement(content, [*ours[:1], ours[1]._replace(span=Span(2, 4)), *ours[3:]])
    assert caught.value.offset == 2
    with pytest.raises(UnreadableError):
        check.refuse_disagreement(content, ours[:3])


@pytest.mark.parametrize(("content", "answer"), [
    ("server {\n", True), ("\ufeff  upstream x {\n", True), ("location /a\n{\n", True), ("proxy_pass http://a;\n", True),
    ("add_header A b;\n", True), ("map $a $b {\n", True), ("# server {\n", False), ("[server]\nport = 1\n", False),
    ("add_header = 8;\n", False), ("map = x {\n", False), ("<VirtualHost *:80>\n", False), ("", False),
])  # fmt: skip
def test_looks_like(content: str, *, answer: bool) -> None:
    assert looks_like(content) is answer


@pytest.mark.parametrize(("path", "answer"), [
    ("nginx.conf", True), ("docker/nginx/conf.d/api.conf", True), ("default.conf.template", True), ("nginx.conf.prod", True),
    ("x/nginx-ssl.conf.nonssl.template", True), ("nginx.conf.j2", False), ("nginx.md", False), ("Dockerfile.nginx", False),
    ("conf", False), ("app.conf.example", False), ("nginx.conf.bak", False),
])  # fmt: skip
def test_named(path: str, *, answer: bool) -> None:
    assert named(path) is answer


# --- words and places, whatever the layout

WORDS = ("a", "/x", "$uri", "~*", "\\.php$", "é😀", "b#c", "k=v", '"q r"', "'s;{}'", '"t\\"u"', "'v#w'", "''", "10m")
BLANKS = (" ", "\t", "\n", "  \n ", " # note; {\n", "\n# 😀 'x\n\t")


def random_file(rng: random.Random, depth: int = 0) -> str:
    out = []
    for _ in range(rng.randint(0 if depth else 1, 4)):
        head = rng.choice(BLANKS).join(rng.choice(WORDS) for _ in range(rng.randint(1, 4)))
        gap = rng.choice(("", *BLANKS))
        block = depth < 3 and rng.random() < 0.4
        if block and head.endswith("$"):
            gap = " "  # `${` would be a variable
        out.append(head + gap + ("{" + rng.choice(BLANKS) + random_file(rng, depth + 1) + "}" if block else ";"))
    return rng.choice(BLANKS).join(out) + rng.choice(("", *BLANKS))


def shape(directives: Any) -> Any:
    return [[one.name, [*one.values], shape(one.block) if one.braces else None] for one in directives]


def other_shape(directives: Any) -> Any:
    """It makes directives of the comments within a directive."""
    real = [one for one in directives if one["directive"] != "#"]
    return [[one["directive"], one["args"], other_shape(one["block"]) if "block" in one else None] for one in real]


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9), crlf=st.booleans(), bom=st.booleans())
def test_another_reader_sees_the_same_tree(
    tmp_path_factory: pytest.TempPathFactory, seed: int, *, crlf: bool, bom: bool
) -> None:
    content = random_file(random.Random(seed))
    path = tmp_path_factory.getbasetemp() / "nginx.conf"
    path.write_text(content, "utf-8")
    theirs = crossplane.parse(str(path), single=True, check_ctx=False, check_args=False)
    written = ("\ufeff" if bom else "") + (content.replace("\n", "\r\n") if crlf else content)
    found = file(written)
    assert theirs["status"] == "ok"
    assert shape(found.directives) == other_shape(theirs["config"][0]["parsed"])
    for one in found.walk():
        for word in one.words:
            assert (found.source.slice(word.inner) == word.text) == ('\\"' not in word.text and '"' not in word.text)
    assert all(found.source.slice(span).startswith("#") for span in found.comments())
    assert not any("\r" in found.source.slice(span) for span in found.comments())


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab \n\r\t;{}#\"'\\$é😀"), max_size=30))
def test_whatever_is_read_is_read_in_whole(content: str) -> None:
    """Between the tokens there are blanks and nothing else."""
    try:
        found = tuple(tokens(content))
    except UnreadableError:
        return
    rest = "".join(content[a.span.end : b.span.start] for a, b in pairwise(found))
    edges = content[: found[0].span.start] + content[found[-1].span.end :] if found else content
    assert not (rest + edges).strip(" \t\r\n")


def test_files_on_disk_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "x.conf").write_text("a {", "utf-8")
    assert file(f"include {tmp_path}/x.conf;").includes[0].values == (f"{tmp_path}/x.conf",)
