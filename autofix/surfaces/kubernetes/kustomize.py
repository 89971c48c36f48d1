"""What does a kustomization change about the manifests it gathers?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autofix.surfaces.kubernetes.reach import items
from autofix.surfaces.yaml import Located

FILES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
GATHERED = ("resources", "bases", "components")
PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")


@dataclass(frozen=True)
class ImageChange:
    """Images called `name` become `new_name`, `new_tag` or `digest`, each None where it stays."""

    name: str
    new_name: str | None
    new_tag: str | None
    digest: str | None
    at: Located


@dataclass(frozen=True)
class Patch:
    """A patch: `path` is its file, or `text` the patch itself; `target` what it is for, as kind and name."""

    path: str | None
    text: str | None
    target: tuple[str | None, str | None]
    at: Located


@dataclass(frozen=True)
class Kustomization:
    """A kustomization file, paths as they are written."""

    at: Located

    @property
    def gathered(self) -> tuple[str, ...]:
        """The manifests and folders it is made of."""
        return tuple(text for key in GATHERED if (at := self.at.under(key)) for text in at.texts())

    @property
    def images(self) -> tuple[ImageChange, ...]:
        """The images it renames or retags."""
        return tuple(_image(item) for item in items(self.at.under("images")))

    @property
    def patches(self) -> tuple[Patch, ...]:
        """The patches, files and inline ones."""
        return tuple(patch for key in PATCHES for patch in _patches(self.at.under(key)))


def _image(at: Located) -> ImageChange:
    name, new_name, new_tag, digest = (at.text_of(key) for key in ("name", "newName", "newTag", "digest"))
    return ImageChange(name or "", new_name, new_tag, digest, at)


def _patches(at: Located | None) -> Iterator[Patch]:
    """A bare string is a file, or the patch itself when it has lines."""
    for item in items(at):
        if item.scalar:
            inline = "\n" in item.scalar.value
            yield Patch(None if inline else item.text, item.text if inline else None, (None, None), item)
        else:
            target = (item.text_of("target", "kind"), item.text_of("target", "name"))
            yield Patch(item.text_of("path"), item.text_of("patch"), target, item)
