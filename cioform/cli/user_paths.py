"""Paths as the user would type them."""

from __future__ import annotations

from pathlib import Path


def shorten_path(path: Path) -> Path:
    """Return `path` relative to the current folder if it is below it."""
    absolute = path.resolve()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path
