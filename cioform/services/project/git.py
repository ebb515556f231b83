"""What Git says about the project's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cioform.core.errors import StateError
from cioform.state.git.command import Git

_TIMEOUT_SECONDS: Final = 10


def git_output(root: Path, *arguments: str, seconds: float = _TIMEOUT_SECONDS) -> str | None:
    """Return what a Git command prints in `root`, or None outside of Git or if it fails."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    try:
        return Git(root).run(*arguments, seconds=seconds).decode(errors="replace")
    except StateError:
        return None


def checked_out_commit(root: Path) -> str | None:
    """Return the commit that is checked out, or None outside of Git."""
    return (git_output(root, "rev-parse", "HEAD") or "").strip() or None


def tracked_files(root: Path, path: str) -> list[str]:
    """Return the files at or below `path` that Git tracks, relative to `root`."""
    listed = git_output(root, "ls-files", "-z", "--", path) or ""
    return [name for name in listed.split("\0") if name]


def project_prefix(root: Path) -> str:
    """Return the folder of a project in its repository, ending with a slash unless it is empty."""
    return (git_output(root, "rev-parse", "--show-prefix") or "").strip()
