"""The folder of a project for states, journals and the sandbox."""

from __future__ import annotations

from pathlib import Path

STATE_FOLDER = ".cioform"
"""Stands beside `workspaces/` and holds states, journals with their backups, and the sandbox. It
is not committed to Git."""


def state_folder(root: Path, name: str) -> Path:
    """Return the folder of a workspace's state, journals and backups."""
    return root / STATE_FOLDER / name


def sandbox_file(root: Path) -> Path:
    """Return the file of a project's sandbox."""
    return root / STATE_FOLDER / "sandbox.sqlite"
