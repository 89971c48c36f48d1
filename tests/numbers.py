"""Which figures does the project stand by?

    python -m tests.numbers [SECTION ...]

Sections: buildkit, shapes, systems, audits, model, link, corpus, containers, bot, size, start. The corpus is read from the folder that AUTOFIX_CORPUS names, one git
work tree per repository; without it that section says so and is left out.
"""

from __future__ import annotations

import ast
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autofix import catalogue, discover, link
from autofix.finding import Safety
from tests import corpus, golden, inventory, why
from tests.surfaces import dockerfiles

ROOT = Path(__file__).parent.parent
SEEDS = (11, 12)
SHAPES = ("plain", "unsafe", "reported", "silent")


def buildkit() -> None:
    """Agreement of our Dockerfile reading with BuildKit's parser."""
    for seed in SEEDS:
        print(dockerfiles.agreement(seed, 5000))
    folder = ROOT.parent / "shared" / "data" / "buildkit-parser" / "testfiles"
    if not folder.is_dir():
        print("BuildKit's own test files are not here")
        return
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--no-header",
        "-k",
        "buildkits_own_files",
        str(ROOT / "tests/surfaces/test_dockerfile.py"),
    ]
    print(
        "BuildKit's own test files:",
        subprocess.run(run, capture_output=True, text=True, check=False).stdout.splitlines()[-1],
    )


def systems() -> None:
    """What a run makes of the bundled systems."""
    for case in golden.cases(["_systems/"]):
        for allowed in (Safety.SAFE, Safety.UNSAFE):
            faults: list[str] = []
            outcome = golden.faults_of_run(case, allowed, None, faults).outcome
            reasons = Counter(result.why.reason.value for result in outcome.left if result.why)
            left = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or "nothing"
            print(
                f"{case.name} at {allowed.name.lower()}: findings {len(outcome.results)}, fixed {len(outcome.fixed)}, "
                f"left {left}; rounds {len(outcome.rounds)}; faults {len(faults)}"
            )


def shapes() -> None:
    """How many golden cases of each rule are edited plain, edited with --unsafe-fixes only, reported, silent."""
    print(f"{'':36} {'plain':>6} {'unsafe':>6} {'report':>6} {'silent':>6}")
    everything: Counter[str] = Counter()
    for rule in sorted(catalogue.load(), key=lambda rule: rule.id):
        counts = Counter(shape(case) for case in golden.cases() if case.rule_ids == (rule.id,))
        everything += counts
        print(f"{rule.id:36} " + " ".join(f"{counts[one]:6}" for one in SHAPES))
    print(f"{'all':36} " + " ".join(f"{everything[one]:6}" for one in SHAPES))


def shape(case: golden.Case) -> str:
    """What becomes of a case."""
    if (case.folder / "after").is_dir():
        return "plain"
    if (case.folder / "after-unsafe").is_dir():
        return "unsafe"
    return "silent" if case.report is None else "reported"


def audits() -> None:
    """What the audits found in the bundled systems, what was promised for it, and what a run makes of it."""
    known = [rule.id for rule in catalogue.load()]
    found = [one for case in why.systems() for one in why.answers(case, known)]
    by_section: dict[tuple[str, str], list[why.Answer]] = {}
    for one in found:
        by_section.setdefault((one.promise.system, one.promise.section), []).append(one)
    print("\n".join(why.table(found)))
    for (system, section), here in by_section.items():
        print(f"{system}, {section}: {sum(one.met for one in here)} of {len(here)} met")
    missing = [one for one in found if not one.met]
    print(
        f"all: {len(found) - len(missing)} of {len(found)} met, {sum(not one.known for one in missing)} have no rule yet; not met:"
    )
    for one in missing:
        print(
            f"  {one.promise.system}:{one.promise.line} {one.promise.written[:80]}: {one.promise.rule} {one.promise.wanted}, but {one.said}"
        )


def model() -> None:
    """The model against the tables written by hand."""
    right = everything = 0
    for system, table in inventory.tables():
        cells, differences = inventory.compare(system, table)
        right, everything = right + cells - len(differences), everything + cells
        print(f"{system}: {cells - len(differences)} of {cells} cells")
        for one in differences:
            print(f"  {one.service}, {one.column}: by hand {one.expected}, by the model {one.said}")
    print(f"all: {right} of {everything} cells")


def linking() -> None:
    """What linking costs: milliseconds per 100 documents, applications not asked for and asked for."""
    for case in golden.cases(["_systems/"]):
        survey = discover.survey(case.folder / "before")
        project, _ = link.build(survey)
        documents = len(project.documents)
        times = []
        for _ in range(5):
            began = time.perf_counter()
            linked = link.linked(project.documents, project.sources, project.occupied)
            times.append(time.perf_counter() - began)
        began = time.perf_counter()
        for service in linked.services:
            linked.application(service)
        asked = time.perf_counter() - began
        cost = statistics.median(times) * 1e5 / documents
        print(
            f"{case.name}: {documents} documents, link {cost:.0f} ms per 100, applications {asked * 1000:.0f} ms once"
        )


def repositories() -> None:
    """Promises on public repositories."""
    folder = os.environ.get("AUTOFIX_CORPUS")
    if not folder:
        print("AUTOFIX_CORPUS names no folder")
        return
    for words in ([], ["--unsafe"]):
        print(f"corpus {' '.join(words)}")
        corpus.main([folder, *words])


def containers() -> None:
    """The proofs on a real engine."""
    done = subprocess.run([sys.executable, "-m", "tests.containers"], capture_output=True, text=True, check=False)
    print(done.stdout.strip() or done.stderr.strip())


def bot() -> None:
    """The story of the bot, against stand-ins for the forges."""
    from tests.bot import transcript

    transcript.main()


def size() -> None:
    """The longest modules and functions."""
    modules = sorted(((len(path.read_text("utf-8").splitlines()), path) for path in sources()), reverse=True)
    print(f"modules {len(modules)}, median {statistics.median(count for count, _ in modules):.0f} lines, longest:")
    for count, path in modules[:5]:
        print(f"  {count:4} {path.relative_to(ROOT)}")
    functions = sorted(lengths(), reverse=True)
    print(
        f"functions {len(functions)}, median {statistics.median(count for count, _ in functions):.0f} lines, longest:"
    )
    for count, name in functions[:5]:
        print(f"  {count:4} {name}")


def sources() -> Iterator[Path]:
    yield from (ROOT / "autofix").rglob("*.py")


def lengths() -> Iterator[tuple[int, str]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield (node.end_lineno or 0) - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.name}"


def start() -> None:
    """Start-up times in milliseconds: median and least of 15."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copy(ROOT / "golden/dockerfile/root-user/python-slim/before/Dockerfile", scratch)
        commands = {
            "python -c pass": ["-c", "pass"],
            "autofix --version": ["-m", "autofix", "--version"],
            "autofix --help": ["-m", "autofix", "--help"],
            "autofix on one Dockerfile": ["-m", "autofix", scratch],
        }
        for name, words in commands.items():
            times = sorted(timed([sys.executable, *words]) for _ in range(15))
            print(f"{name:28} median {statistics.median(times):5.0f} ms, least {times[0]:5.0f} ms")


def timed(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return (time.perf_counter() - began) * 1000


SECTIONS: dict[str, Callable[[], None]] = {
    "buildkit": buildkit,
    "shapes": shapes,
    "systems": systems,
    "audits": audits,
    "model": model,
    "link": linking,
    "corpus": repositories,
    "containers": containers,
    "bot": bot,
    "size": size,
    "start": start,
}


def main(words: Sequence[str]) -> None:
    """Print the sections named, all of them without a name."""
    for name, section in SECTIONS.items():
        if not words or name in words:
            print(f"== {name}")
            section()


if __name__ == "__main__":
    main(sys.argv[1:])
