"""What does a YAML file say, leaf by leaf?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autofix.node import Atom, Document, UnreadableError
from autofix.surfaces.yaml.tree import ITEM, Alias, Entry, Located, Mapping, Route, Scalar, Value, resolved
from autofix.text import Source, Span


@dataclass(frozen=True)
class YamlFile(Document):
    """A YAML stream: the values of its documents, and its comments."""

    documents: tuple[Value, ...] = field(repr=False)
    comment_spans: tuple[Span, ...] = field(repr=False)

    @property
    def root(self) -> Located | None:
        """The first document, None in a file without any."""
        return self.document(0)

    def document(self, number: int) -> Located | None:
        """One document of the stream."""
        found = resolved(self.documents[number]) if number < len(self.documents) else None
        return Located(found, shared=found.shared) if found else None

    def locate(self, *route: str | int, document: int = 0) -> Located | None:
        """What stands under keys and positions, aliases and merges followed; None when there is nothing."""
        root = self.document(document)
        return root.get(*route) if root else None

    def atoms(self) -> Sequence[Atom]:
        """Every leaf: its extent with `(route, tag, value)`.

        A route is made of keys, with `[]` for any position. Aliases are followed: the atom has the alias's route and
        the span of the anchored leaf. From the second document on, a route starts with `---` once per document.
        """
        return [atom for number, root in enumerate(self.documents) for atom in _atoms(root, ("---",) * number)]

    def comments(self) -> Sequence[Span]:
        """The comments, each from its `#` to the end of its line."""
        return self.comment_spans


def parse(source: Source) -> YamlFile:
    """The file as values. Raises UnreadableError when any character of it is unaccounted for."""
    from autofix.surfaces.yaml.read import read

    documents, comments = read(source.text)
    return YamlFile(source, documents, comments)


def require_root(file: YamlFile) -> Located:
    """The one document of a file that has to be a mapping. Raises UnreadableError."""
    root = file.root
    if root is None or len(file.documents) != 1 or not isinstance(root.value, Mapping):
        raise UnreadableError("not a single mapping", root.value.span.start if root else 0)
    return root


def _atoms(value: Value, route: Route) -> Iterator[Atom]:
    found = resolved(value)
    if isinstance(value, Alias) and found is None:
        yield value.span, (route, "alias", value.name)
    elif isinstance(found, Scalar):
        yield found.extent, (route, found.tag, found.value)
    elif found is not None:
        yield from _collection(found, route)


def _collection(value: Value, route: Route) -> Iterator[Atom]:
    """A collection says something itself when it is empty or tagged."""
    if isinstance(value, Scalar | Alias):
        return
    inner: list[tuple[Entry | None, Value]] = (
        [(entry, entry.value) for entry in value.entries]
        if isinstance(value, Mapping)
        else [(None, item) for item in value.items]
    )
    if not inner:
        yield value.extent, (route, value.tag, "")
    elif value.properties and value.tag not in {"map", "seq"}:
        yield value.properties, (route, value.tag, "")
    for entry, child in inner:
        yield from _atoms(child, (*route, entry.key.value if entry else ITEM))
