"""How do commits get from here to the forge and back?  Through `git`, in a clone of our own that is thrown away.

The token goes to git by its environment, and from there to nobody but a credential helper: it is in no argument, no
address and no file. Hooks and templates of the machine do not run.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from autofix import write
from autofix.bot import redact
from autofix.bot.commits import Step
from autofix.text import Source

SEAL = re.compile(r"^Autofix-Seal: (?P<number>\d+)/(?P<of>\d+) (?P<hash>[0-9a-f]{16})$", re.MULTILINE)
HELPER = '!f() { test "$1" = get && printf \'username=%s\\npassword=%s\\n\' "$AUTOFIX_GIT_USER" "$AUTOFIX_GIT_PASSWORD"; }; f'
SECONDS = 600
DETACHED = "HEAD"  # what a checkout calls its branch when it is on none
PLACES = {
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CEILING_DIRECTORIES", "GIT_TRACE", "GIT_TRACE_CURL",
    "GIT_CURL_VERBOSE",
}  # fmt: skip


class GitError(Exception):
    """Git could not do it; the words are one line and hold no secret."""


class LeaseError(GitError):
    """The branch is no longer where it was when we looked."""


class GoneError(GitError):
    """The branch to clone is not there."""


@dataclass(frozen=True)
class Credentials:
    """What git shows to the forge."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Branch:
    """A branch of ours on the forge: its tip, and the commit of the base it starts from."""

    tip: str
    base: str


@dataclass(frozen=True)
class Clone:
    """The base in a folder of our own. `credentials` is asked before each word with the forge: tokens run out."""

    folder: Path
    url: str
    base: str
    tip: str
    credentials: Callable[[], Credentials]

    def tips(self, pattern: str) -> dict[str, str]:
        """The branches of the forge that match, and where they are now."""
        listed = self._talk("ls-remote", "--heads", "origin", pattern)
        pairs = (line.split("\t") for line in listed.splitlines())
        return {ref.removeprefix("refs/heads/"): tip for tip, ref in pairs}

    def commit(self, steps: Sequence[Step], author: str) -> str:
        """The tip of a chain of commits on the base, one a step. The same steps on the same base are the same commits.

        Raises GitError when git would record anything but the texts of the steps.
        """
        self._here("reset", "-q", "--hard", self.tip)
        parent = self.tip
        now: dict[str, Source] = {}
        for number, step in enumerate(steps, start=1):
            changes = [write.Change(now.get(path) or self._read(path), after) for path, after in step.texts.items()]
            try:
                write.write(self.folder, changes)
            except write.WriteError as error:
                raise GitError(str(error)) from error
            now |= step.texts
            self._here("add", "--", *step.texts)
            tree = self._here("write-tree").strip()
            message = sealed(step.message, tree, parent, f"{number}/{len(steps)}")
            who = _identity(author, f"{self._date} +0000")
            parent = self._here("commit-tree", tree, "-p", parent, stdin=message, env=who).strip()
        for path in now if self._attributes else ():
            self._check(path, parent)
        return parent

    @cached_property
    def _attributes(self) -> bool:
        """Whether the repository has a say in how files become commits."""
        return bool(self._here("ls-files", "--", ".gitattributes", "**/.gitattributes"))

    @cached_property
    def _date(self) -> str:
        return self._here("show", "-s", "--format=%ct", self.tip).strip()

    def size(self, tip: str) -> tuple[int, int]:
        """The lines a chain of ours adds and removes, as git counts them."""
        rows = [line.split("\t") for line in self._here("diff", "--numstat", self.tip, tip).splitlines()]
        return sum(int(row[0]) for row in rows if row[0] != "-"), sum(int(row[1]) for row in rows if row[1] != "-")

    def ours(self, name: str, tip: str) -> Branch | None:
        """The branch of the forge, fetched, if every commit of it is one of ours as we made it."""
        self._fetch(name, tip, 1)
        count = self._seal(tip)
        if count is None or count[0] != count[1]:
            return None
        self._fetch(name, tip, count[1] + 1)
        at = tip
        for number in range(count[1], 0, -1):
            if self._seal(at) != (number, count[1]):
                return None
            at = self._here("rev-parse", f"{at}^").strip()
        return Branch(tip, at)

    def same_change(self, old: Branch, tip: str) -> bool:
        """Whether an old chain says of the same files the same thing as the new one, whatever else the base became."""
        command = ("diff-tree", "-r", "--no-renames", "--full-index")
        return self._here(*command, old.base, old.tip) == self._here(*command, self.tip, tip)

    def push(self, name: str, tip: str, expected: str) -> None:
        """Put the branch at the tip if it is where we saw it (empty: nowhere). Raises LeaseError if it is not."""
        self._push(name, f"{tip}:refs/heads/{name}", expected)

    def delete(self, name: str, expected: str) -> None:
        """Remove the branch if it is where we saw it."""
        self._push(name, f":refs/heads/{name}", expected)

    def _fetch(self, name: str, tip: str, depth: int) -> None:
        self._talk("fetch", "-q", "--no-tags", f"--depth={depth}", "origin", f"refs/heads/{name}")
        if self._here("rev-parse", "FETCH_HEAD").strip() != tip:
            raise LeaseError(f"{name} was moved by somebody else")

    def _check(self, path: str, tip: str) -> None:
        """Git's attributes may change a file on its way into a commit; never so that other lines are touched."""
        listed = self._here("ls-tree", "-z", "--full-tree", self.tip, "--", path)
        if not listed:
            return
        before, after = (self._here("cat-file", "blob", f"{commit}:{path}") for commit in (self.tip, tip))
        if ("\r\n" in before) != ("\r\n" in after):
            raise GitError(f"the attributes of the repository would change every line ending of {path}")

    def _push(self, name: str, refspec: str, expected: str) -> None:
        try:
            self._talk(
                "push", "-q", "--no-verify", f"--force-with-lease=refs/heads/{name}:{expected}", "origin", refspec
            )
        except GitError as error:
            if "stale info" in str(error) or "cannot lock ref" in str(error) or "failed to update ref" in str(error):
                raise LeaseError(f"{name} was moved by somebody else") from error
            raise

    def _seal(self, commit: str) -> tuple[int, int] | None:
        """The number of a commit in its chain and the length of the chain, if it is as we made it."""
        text = self._here("cat-file", "commit", commit)
        head, _, message = text.partition("\n\n")
        fields = dict(line.split(" ", 1) for line in head.splitlines() if " " in line)
        found = SEAL.search(message)
        if found is None or "parent" not in fields or head.count("\nparent ") != 1:
            return None
        count = f"{found['number']}/{found['of']}"
        plain = message[: found.start()]
        whole = sealed(plain, fields["tree"], fields["parent"], count) == message
        return (int(found["number"]), int(found["of"])) if whole else None

    def _read(self, path: str) -> Source | None:
        file = self.folder / path
        if not os.path.lexists(file):
            return None
        return Source(path, file.read_bytes().decode("utf-8"), mode=file.stat().st_mode & 0o777)

    def _here(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
        return git(*words, folder=self.folder, stdin=stdin, env=env)

    def _talk(self, *words: str) -> str:
        return talk(*words, folder=self.folder, url=self.url, credentials=self.credentials())


@contextmanager
def clone(url: str, base: str, credentials: Callable[[], Credentials]) -> Iterator[Clone]:
    """The newest commit of a branch, in a folder that is gone afterwards. Raises GoneError without that branch."""
    with tempfile.TemporaryDirectory(prefix="autofix-pr-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch, "repository")
        at = () if base == DETACHED else ("--single-branch", "--branch", base)
        words = ("clone", "-q", "--depth=1", "--no-tags", "--template=", *at)
        try:
            talk(*words, "--", url, str(folder), folder=Path(scratch), url=url, credentials=credentials())
        except GitError as error:
            if "not found in upstream" in str(error):
                raise GoneError(f"there is no branch {base}") from error
            raise
        yield Clone(folder, url, base, git("rev-parse", "HEAD", folder=folder).strip(), credentials)


def sealed(message: str, tree: str, parent: str, count: str) -> str:
    """The message with a last line that tells a commit of ours from one that somebody made, changed or moved."""
    seal = hashlib.sha256(repr((message.rstrip(), tree, parent, count)).encode()).hexdigest()[:16]
    return f"{message.rstrip()}\nAutofix-Seal: {count} {seal}\n"


def talk(*words: str, folder: Path, url: str, credentials: Credentials) -> str:
    """Git with the forge at the other end. Another host, to which that one may send git, does not get the token."""
    env = {"AUTOFIX_GIT_USER": credentials.user, "AUTOFIX_GIT_PASSWORD": credentials.password}
    host = "/".join(url.split("/", 3)[:3])
    helper = ("-c", "credential.helper=", "-c", f"credential.{host}.helper={HELPER}") if credentials.password else ()
    try:
        return git(*helper, *words, folder=folder, env=env)
    except GitError as error:
        raise GitError(redact.mask(str(error), [credentials.password])) from None


def git(*words: str, folder: Path, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
    """What git says. Raises GitError with the line that matters."""
    plain = {name: value for name, value in os.environ.items() if name not in PLACES}
    settings = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_ASKPASS": "true"}
    command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", "-c", "gc.auto=0", *words]
    try:
        done = subprocess.run(
            command, cwd=folder, input=stdin.encode(), capture_output=True, env={**plain, **settings, **(env or {})},
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git {words[0]}: {type(error).__name__}") from error
    if done.returncode:
        raise GitError(_complaint(done.stderr.decode("utf-8", "replace")) or f"git ended with {done.returncode}")
    return done.stdout.decode("utf-8", "surrogateescape")


def _complaint(text: str) -> str:
    """What went wrong, of all that git says: what the forge says, else its own errors."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:") and "rror" in line]
    if told:
        return "; ".join(dict.fromkeys(told))
    errors = [line for line in lines if re.match(r"(?:fatal|error|!|warning: Could not)\b|! \[", line)]
    return "; ".join(dict.fromkeys(errors or lines[-1:]))


def _identity(author: str, date: str) -> dict[str, str]:
    name, _, address = author.rstrip(">").rpartition(" <")
    who = {"NAME": name, "EMAIL": address, "DATE": date}
    return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
