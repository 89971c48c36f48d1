"""Does a workflow say what GitHub would run, and where each character of a script stands?"""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.node import UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.workflow.document import Job, Script, Step, WorkflowFile, image_build, named, parse
from autofix.surfaces.yaml import Located
from autofix.text import Source, Span, splice

FILE = """\
# images
name: Images
on:
  push: {branches: [main]}
  workflow_dispatch:
env:
  REGISTRY: ghcr.test
defaults:
  run:
    shell: bash
    working-directory: app

jobs:
  test:
    runs-on: [self-hosted, linux]
    env: {CI: true}
    services:
      db:
        image: postgres:16
        ports: ["5432:5432"]
        env:
          POSTGRES_PASSWORD: test
        options: --health-cmd pg_isready
    steps:
      - uses: actions/checkout@v4
      - uses: pnpm/action-setup@v4
        with: {version: 9}
      - uses: actions/setup-node@0123abc # v4
        with:
          node-version-file: .nvmrc
      - name: Test
        id: test
        if: always()
        shell: sh
        env:
          PORT: 3000
          EMPTY:
        run: |
          # build it
          docker build \\
            -f docker/Dockerfile .

          echo "😀 ${{ matrix.x }}"
      - run: pnpm test
        working-directory: .
      - run: >
          pnpm
          lint
  build:
    name: Build ${{ matrix.service }}
    needs: test
    if: github.ref == 'refs/heads/main'
    runs-on: ubuntu-latest
    container: node:20
    strategy:
      fail-fast: false
      matrix:
        service: [api, web]
        os: [a, b]
        exclude:
          - {service: web, os: b}
        include:
          - service: api
            port: 3000
          - {service: job, os: a}
    steps:
      - uses: docker/setup-buildx-action@v3
      - name: Build
        uses: docker/build-push-action@v6
        with:
          context: .
          file: ./${{ matrix.service }}/Dockerfile
          target: runner
          platforms: linux/amd64,linux/arm64
          push: ${{ github.event_name != 'pull_request' }}
          tags: |
            ghcr.test/x/${{ matrix.service }}:latest
            # old
            ghcr.test/x/${{ matrix.service }}:${{ github.sha }}
          build-args: |
            A=1
            B
  call:
    needs: [test, build]
    uses: ./.github/workflows/deploy.yml
    with: {image: x}
"""


def file(text: str = FILE) -> WorkflowFile:
    return parse(Source(".github/workflows/images.yml", text))


def job(name: str) -> Job:
    found = file().job(name)
    assert found is not None
    return found


def step(name: str) -> Step:
    return next(step for step in file().steps if step.anchor.endswith(name))


def says(at: Located | None) -> str | None:
    return None if at is None else FILE[at.value.span.start : at.value.span.end]


def script_of(text: str) -> Script:
    found = file(f"on: push\njobs:\n  a:\n    steps:\n{text}").steps[0].run
    assert found is not None
    return found


def test_a_workflow() -> None:
    found = file()
    assert (found.name, found.action, found.triggers) == ("Images", False, ("push", "workflow_dispatch"))
    assert [(pair.name, pair.value) for pair in found.env] == [("REGISTRY", "ghcr.test")]
    assert [one.id for one in found.jobs] == ["test", "build", "call"]
    assert [found.source.slice(one.key) for one in found.jobs] == ["test", "build", "call"]
    assert found.jobs[2].text.startswith("call:\n")
    assert found.jobs[2].text.endswith("with: {image: x}")
    assert found.job("none") is None


@pytest.mark.parametrize(("on", "triggers"), [
    ("on: push", ("push",)), ("on: [push, pull_request]", ("push", "pull_request")), ("'on':\n  push:", ("push",)),
    ('"on": {schedule: [{cron: "1 * * * *"}]}', ("schedule",)),
])  # fmt: skip
def test_on_is_no_boolean(on: str, triggers: tuple[str, ...]) -> None:
    assert file(f"{on}\njobs: {{}}\n").triggers == triggers


def test_jobs() -> None:
    test, build, call = file().jobs
    assert test.runs_on == ("self-hosted", "linux")
    assert build.runs_on == ("ubuntu-latest",)
    assert (test.needs, build.needs, call.needs) == ((), ("test",), ("test", "build"))
    assert (test.condition, build.condition) == (None, "github.ref == 'refs/heads/main'")
    assert (says(call.uses), call.steps, call.runs_on) == ("./.github/workflows/deploy.yml", (), ())
    assert (build.name, says(build.container), test.container) == ("Build ${{ matrix.service }}", "node:20", None)
    assert [(pair.name, pair.value) for pair in test.env] == [("CI", "true")]
    (db,) = test.services
    assert (db.name, says(db.image), db.ports, db.options) == (
        "db", "postgres:16", ("5432:5432",), "--health-cmd pg_isready",
    )  # fmt: skip
    assert [(pair.name, pair.value) for pair in db.env] == [("POSTGRES_PASSWORD", "test")]
    assert test.anchor == "jobs.test"


def test_runners_in_a_group() -> None:
    text = "on: push\njobs:\n  a: {runs-on: {group: big}}\n  b: {runs-on: {group: big, labels: [x]}}\n"
    assert [one.runs_on for one in file(text).jobs] == [("big",), ("x",)]


def test_steps() -> None:
    steps = job("test").steps
    assert [one.anchor.removeprefix("jobs.test.steps.") for one in steps] == [
        "actions/checkout", "pnpm/action-setup", "actions/setup-node", "test", "run", "run#2",
    ]  # fmt: skip
    assert [(one.action, one.version) for one in steps[:3]] == [
        ("actions/checkout", "v4"), ("pnpm/action-setup", "v4"), ("actions/setup-node", "0123abc"),
    ]  # fmt: skip
    assert (steps[3].action, steps[3].version, steps[3].uses) == ("", None, None)
    test = steps[3]
    assert (test.name, test.id, test.condition, test.shell, test.directory) == ("Test", "test", "always()", "sh", "app")
    assert (steps[4].shell, steps[4].directory) == ("bash", ".")
    assert [(pair.name, pair.value) for pair in test.env] == [("PORT", "3000"), ("EMPTY", None)]
    assert [(pair.name, says(pair.at)) for pair in steps[1].inputs] == [("version", "9")]
    assert steps[0].text == "uses: actions/checkout@v4"
    assert test.text.startswith("name: Test\n")
    assert [one.number for one in steps] == list(range(6))


@pytest.mark.parametrize(("uses", "action", "version"), [
    ("a/b@v1", "a/b", "v1"), ("a/b/c@main", "a/b/c", "main"), ("./local", "./local", None),
    ("docker://x@sha256:1", "docker://x@sha256:1", None), ("", "", None),
])  # fmt: skip
def test_actions_have_versions(uses: str, action: str, version: str | None) -> None:
    one = file(f"on: push\njobs: {{a: {{steps: [{{uses: '{uses}'}}]}}}}\n").steps[0]
    assert (one.action, one.version) == (action, version)


def test_a_script_knows_its_places() -> None:
    script = step("steps.test").run
    assert script is not None
    assert script.text.startswith("# build it\ndocker build \\\n  -f docker/Dockerfile .\n\necho")
    for part in ("# build it", "docker/Dockerfile", "-f docker/Dockerfile .\n", 'echo "😀 ${{ matrix.x }}"', "\n"):
        start = script.text.index(part)
        place = script.place(start, start + len(part))
        assert place is not None
        assert FILE[place.start : place.end] == part
    whole = script.place(0, len(script.text))
    assert whole is not None
    assert FILE[whole.start : whole.end].startswith("# build it\n          docker build")
    assert script.place(3, 3) is None
    assert script.place(0, len(script.text) + 1) is None


@pytest.mark.parametrize(("written", "text", "unplaced"), [
    ("run: make  # c", "make", ""),
    ("run: 'it''s'", "it's", ""),
    ('run: "a\\tb\\"c"', 'a\tb"c', '\t"'),
    ("run: |-\n          x\n\n          y", "x\n\ny", ""),
    ("run: |2\n           x\n          y\n", " x\ny\n", ""),
    ("run: |  # why\n          x\n\n\n", "x\n", ""),
    ("run: |+\n          x\n\n", "x\n\n", ""),
    ("run: |\n\n          x  \n         \n", "\nx  \n", ""),
    ("run: a\n          b", "a b", "a b"),
    ("run: >\n          a\n          b\n", "a b\n", "a b\n"),
])  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_scripts_in_every_style(written: str, text: str, unplaced: str, newline: str) -> None:
    script = script_of(f"      - {written}".replace("\n", newline))
    assert script.text == text
    for at, char in enumerate(text):
        place = script.place(at, at + 1)
        at_end = place is None and at == len(text) - 1 and char == "\n"  # nobody wrote the last line feed
        assert at_end or (place is None) == (char in unplaced), (at, char)
        assert place is None or script.source.slice(place) == char


def test_a_script_behind_an_alias_has_its_own_place() -> None:
    text = "on: push\njobs:\n  a:\n    steps:\n    - run: &r |\n        one\n    - run: *r\n"
    first, second = file(text).steps
    assert first.run is not None
    assert second.run is not None
    assert first.run.place(0, 3) == second.run.place(0, 3)
    assert (first.run.at.via_alias, second.run.at.via_alias) == (False, True)


def test_a_matrix() -> None:
    build = job("build")
    assert build.matrix is not None
    assert build.matrix.combinations == (
        (("service", "api"), ("os", "a"), ("port", "3000")),
        (("service", "api"), ("os", "b"), ("port", "3000")),
        (("service", "web"), ("os", "a")),
        (("service", "job"), ("os", "a")),
    )
    assert build.matrix.values("service") == ("api", "web", "job")
    assert build.expand("apps/${{ matrix.service }}/${{matrix['os']}}") == (
        "apps/api/a", "apps/api/b", "apps/web/a", "apps/job/a",
    )  # fmt: skip
    assert build.expand("p${{ matrix.port }}") == ("p3000", "p")
    assert build.expand("${{ github.sha }}") == ("${{ github.sha }}",)
    assert build.expand("${{ format('{0}', matrix.service) }}") is None
    assert job("test").matrix is None
    assert job("test").expand("${{ matrix.x }}") == ("${{ matrix.x }}",)


@pytest.mark.parametrize(("matrix", "key", "values"), [
    ("{v: [3.9, 3.10, '3.10', True, 8]}", "v", ("3.9", "3.1", "3.10", "true", "8")),
    ("{c: [{name: a, port: 1}, {name: b}]}", "c.name", ("a", "b")),
    ("{include: [{n: a}, {n: b, m: 1}]}", "n", ("a", "b")),
    ("{v: [1], include: [{v: 1, x: a}, {x: b}, {v: 2}]}", "x", ("b",)),
    ("{v: [1, 2], exclude: [{v: 1}]}", "v", ("2",)),
    ("'${{ fromJSON(needs.a.outputs.b) }}'", "v", None),
    ("{v: \"${{ fromJSON('[1]') }}\", w: [1]}", "w", None),
    ("{v: ['${{ github.ref }}']}", "v", None),
    ("{v: [1], include: '${{ x }}'}", "v", None),
    ("{a: [1,2,3,4,5,6,7], b: [1,2,3,4,5,6,7], c: [1,2,3,4,5,6,7]}", "a", None),
    ("{v: []}", "v", ()),
])  # fmt: skip
def test_what_a_matrix_makes(matrix: str, key: str, values: tuple[str, ...] | None) -> None:
    (found,) = file(f"on: push\njobs: {{a: {{strategy: {{matrix: {matrix}}}}}}}\n").jobs
    assert found.matrix is not None
    assert found.matrix.values(key) == values
    assert (found.expand("${{ matrix.v }}") is None) == (values is None)


def test_image_builds() -> None:
    (build,) = file().image_builds
    assert (build.context, build.file, build.target) == (".", "./${{ matrix.service }}/Dockerfile", "runner")
    assert build.platforms == ("linux/amd64", "linux/arm64")
    assert build.tags == (
        "ghcr.test/x/${{ matrix.service }}:latest", "ghcr.test/x/${{ matrix.service }}:${{ github.sha }}",
    )  # fmt: skip
    assert (build.push, build.load, build.pushes) == ("${{ github.event_name != 'pull_request' }}", None, True)
    assert build.args == (("A", "1"), ("B", ""))
    assert build.step.anchor == "jobs.build.steps.Build"
    assert image_build(step("setup-buildx-action")) is None


@pytest.mark.parametrize(("inputs", "pushes"), [
    ("{}", False), ("{push: false}", False), ("{push: 'true'}", True), ("{outputs: 'type=registry'}", True),
    ("{outputs: 'type=image,name=x,push=true'}", True), ("{load: true}", False),
])  # fmt: skip
def test_pushing(inputs: str, *, pushes: bool) -> None:
    text = f"on: push\njobs: {{a: {{steps: [{{uses: docker/build-push-action@v6, with: {inputs}}}]}}}}\n"
    assert [build.pushes for build in file(text).image_builds] == [pushes]


def test_tools() -> None:
    assert [(one.name, says(one.version), one.file) for one in file().tools] == [
        ("pnpm", "9", None), ("node", None, ".nvmrc"),
    ]  # fmt: skip


def test_a_composite_action() -> None:
    text = "name: x\ninputs: {a: {default: b}}\nruns:\n  using: composite\n  steps:\n  - run: x\n    shell: bash\n"
    found = parse(Source("x/action.yml", text))
    assert (found.action, found.jobs, found.triggers) == (True, (), ())
    assert [one.anchor for one in found.steps] == ["runs.steps.run"]
    assert found.steps[0].shell == "bash"
    assert parse(Source("action.yml", "runs: {using: node20, main: i.js}\n")).steps == ()


def test_a_file_is_a_value() -> None:
    found = file()
    assert pickle.loads(pickle.dumps(found)) == found
    assert list(found.atoms()) == list(found.yaml.atoms())
    assert [found.source.slice(span) for span in found.comments()] == ["# images", "# v4"]
    scopes = found.scopes()
    assert scopes[:3] == tuple(one.span for one in found.jobs)
    assert len(scopes) == 3 + 6 + 2


def test_an_edit_of_one_step() -> None:
    found = file()
    setup = step("setup-node")
    at = setup.get("with")
    assert at is not None
    edit = yaml.insert_entries(found.yaml, at, {"cache": "pnpm"})
    assert edit is not None
    again = file(splice(FILE, [edit]))
    assert [pair.name for pair in again.steps[2].inputs] == ["node-version-file", "cache"]


@pytest.mark.parametrize("text", [
    "", "- a\n", "a: 1\n", "on: push\n", "jobs: {}\n", "on: push\njobs: []\n", "on: push\njobs: {a: x}\n",
    "on: push\njobs: {a: }\n", "runs: x\n", "on: push\njobs: {}\n---\na: b\n", "on: push\non: x\njobs: {}\n",
    "on: push\njobs:\n  a: {{ x }}\n",
])  # fmt: skip
def test_what_is_no_workflow_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        file(text)


@pytest.mark.parametrize("body", [
    "{steps: x}", "{steps: [x, [y], ~]}", "{services: [x], env: y, needs: {a: b}}", "{strategy: x}",
    "{steps: [{run: [x], with: y, uses: [z], env: [w]}]}", "{runs-on: , container: }",
])  # fmt: skip
def test_what_is_of_the_wrong_shape_says_nothing(body: str) -> None:
    found = file(f"on: push\njobs: {{a: {body}}}\n")
    (one,) = found.jobs
    assert (one.services, one.env, one.needs, one.runs_on, one.container) == ((), (), (), (), None)
    assert all((s.run, s.uses, s.inputs, s.env) == (None, None, (), ()) for s in one.steps)
    assert found.image_builds == ()


@pytest.mark.parametrize(("path", "answer"), [
    (".github/workflows/a.yml", True), (".gitea/workflows/a.yaml", True), ("x/action.yml", True), ("action.yaml", True),
    ("x/.github/workflows/a.yml", False), (".github/workflows/x/a.yml", False), (".github/dependabot.yml", False),
    ("reaction.yml", False),
])  # fmt: skip
def test_named(path: str, *, answer: bool) -> None:
    assert named(path) is answer


# --- places, whatever the script

LINES = st.lists(st.text(st.sampled_from("ab \t#'\"\\é😀:${}|-"), max_size=12), min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    lines=LINES,
    style=st.sampled_from("|'\""),
    chomp=st.sampled_from(("", "+", "-")),
    crlf=st.booleans(),
    bom=st.booleans(),
    open_end=st.booleans(),
)
def test_each_character_stands_where_it_says(
    *,
    lines: list[str],
    style: str,
    chomp: str,
    crlf: bool,
    bom: bool,
    open_end: bool,
) -> None:
    if style == "|":
        lines = ["x" + lines[0], *lines[1:]]
        body = f"|{chomp}\n" + "\n".join(" " * 10 + line if line else "" for line in lines)
    else:
        lines = ["x" + lines[0].strip()]
        escaped = lines[0].replace("'", "''") if style == "'" else lines[0].replace("\\", "\\\\").replace('"', '\\"')
        body = style + escaped + style
    text = f"# é\non: push\njobs:\n  a:\n    steps:\n      - name: 😀\n        run: {body}" + ("" if open_end else "\n")
    text = ("\ufeff" if bom else "") + (text.replace("\n", "\r\n") if crlf else text)
    try:
        script = file(text).steps[0].run
    except UnreadableError:
        assert "\t" in text
        return
    assert script is not None
    assert script.text.rstrip("\n") == "\n".join(lines).rstrip("\n")
    seen = 0
    for at, char in enumerate(script.text):
        place = script.place(at, at + 1)
        if place is None:
            assert char in "'\"\\" or (char == "\n" and at >= len(script.text.rstrip("\n"))), (at, char)
            continue
        assert script.source.slice(place) == char
        assert place.start >= seen
        seen = place.end
    first = text.index("x", text.index("run:"))
    assert script.place(0, 1) == Span(first, first + 1)
