"""What does Next answer at `/`, and does the answer need anything else?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from posixpath import join

from autofix.node import Evidence
from autofix.project import Endpoint
from autofix.text import Source

ENDINGS = (".tsx", ".jsx", ".ts", ".js", ".mjs", ".cjs")
ON_REQUEST = re.compile(r"\bgetServerSideProps\b|\bgetInitialProps\b")
ON_SERVER = re.compile(r"\bawait\b|\bredirect\(|\bnotFound\(|\bcookies\(|\bheaders\(|\bfetch\(|\bsearchParams\b")
IN_BROWSER = re.compile(r"""\A\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*['"]use client['"]""", re.DOTALL)
NEXT = re.compile(r'"next"\s*:')
MOVES = re.compile(r"\b(?:basePath|redirects|beforeFiles|i18n)\b|\boutput:\s*['\"]export")


def first_page(folder: str, sources: Mapping[str, Source], occupied: Collection[str]) -> Iterator[Endpoint]:
    """The page that answers because of where its file lies: plain when it is the same for everybody."""

    def every(name: str) -> list[str]:
        return [join(folder, name) + ending for ending in ENDINGS if join(folder, name) + ending in occupied]

    manifest = sources.get(join(folder, "package.json"))
    if not every("next.config") and not (manifest and NEXT.search(manifest.text)):
        return
    for inner in ("", "src/"):
        in_front = every(f"{inner}middleware") or every(f"{inner}proxy")
        for name, frame in (("pages/index", "pages/_app"), ("app/page", "app/layout")):
            for path in every(inner + name):
                files = [sources.get(one) for one in (path, *every(inner + frame))]
                settings = [sources.get(one) for one in every("next.config")]
                still = not in_front and all(file and _is_still(file) for file in files)
                stays = all(file and not MOVES.search(file.text) for file in settings)
                yield Endpoint("GET", "/", plain=still and stays, evidence=Evidence("the first page", path))


def _is_still(file: Source) -> bool:
    """Whether a page is made without asking anybody when it is requested."""
    if "pages/" in file.path:
        return not ON_REQUEST.search(file.text)
    return bool(IN_BROWSER.match(file.text)) or not ON_SERVER.search(file.text)
