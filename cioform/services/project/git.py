"""What Git says about the project's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cioform.core.errors import StateError
from cioform.state.git.command import Git

_TIMEOUT_SECONDS: Final = 10
_FETCH_SECONDS: Final = 120


def git_output(root: Path, *arguments: str, seconds: float = _TIMEOUT_SECONDS) -> str | None:
    """Return what a Git command prints in `root`, or None outside of Git or if it fails."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return None
    try:
        return Git(root).run(*arguments, seconds=seconds).decode(errors="replace")
    except StateError:
        return None


def git_line(root: Path, *arguments: str) -> str:
    """Return the line that a Git command prints in `root`, empty outside of Git or if it fails."""
    return (git_output(root, *arguments) or "").strip()


def checked_out_commit(root: Path) -> str | None:
    """Return the commit that is checked out, or None outside of Git."""
    return git_line(root, "rev-parse", "HEAD") or None


def is_shallow(root: Path) -> bool:
    """Return whether the clone lacks a part of the history."""
    return git_line(root, "rev-parse", "--is-shallow-repository") == "true"


def fetch(root: Path, *arguments: str) -> None:
    """Fetch what the arguments name from `origin`; nothing if that fails."""
    git_output(
        root, "fetch", "-q", "--no-tags", "--no-write-fetch-head", *arguments,
        seconds=_FETCH_SECONDS,
    )  # fmt: skip


def tracked_files(root: Path, path: str) -> list[str]:
    """Return the files at or below `path` that Git tracks, relative to `root`."""
    listed = git_output(root, "ls-files", "-z", "--", path) or ""
    return [name for name in listed.split("\0") if name]


def project_prefix(root: Path) -> str:
    """Return the folder of a project in its repository, ending with a slash unless it is empty."""
    return git_line(root, "rev-parse", "--show-prefix")
