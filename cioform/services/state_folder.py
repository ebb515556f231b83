"""Where a project keeps its states, journals and sandbox."""

from __future__ import annotations

from pathlib import Path

STATE_FOLDER = ".cioform"
"""Beside `workspaces/`: states, journals with their backups, and the sandbox. Not for Git."""


def state_folder(root: Path, name: str) -> Path:
    """Give where the state, journals and backups of a workspace lie."""
    return root / STATE_FOLDER / name
