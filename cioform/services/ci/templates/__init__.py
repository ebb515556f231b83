"""The files that `cioform init` writes for a CI system."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Literal

from cioform.core.version import __version__

System = Literal["github", "gitlab"]

_FOLDERS: Final[dict[str, str]] = {"github": ".github", "gitlab": ".gitlab"}
_VERSION: Final = "@VERSION@"


def ci_files(system: System) -> dict[Path, str]:
    """Return the content of each file for a CI system, by its path in the repository."""
    top = resources.files(__package__) / system
    return {
        Path(_FOLDERS[system], path): text.replace(_VERSION, __version__)
        for path, text in _files(top, Path())
    }


def _files(folder: Traversable, path: Path) -> Iterator[tuple[Path, str]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _files(entry, path / entry.name)
        elif entry.name.endswith(".yml"):
            yield path / entry.name, entry.read_text("utf-8")
