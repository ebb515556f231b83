"""Queries to Git about the project's folder."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from cioform.core.errors import StateError
from cioform.state.git.command import Git, GitError, check_repository, reason_of

_FETCH_SECONDS: Final = 120


def run_git(root: Path, *arguments: str) -> str:
    """Return what a Git command prints in `root`.

    Raises GitError if Git says no, and another StateError if it cannot be asked: it is not
    installed, does not respond, or does not read this repository.
    """
    git = Git(root)
    try:
        return git.run(*arguments).decode(errors="replace")
    except GitError:
        check_repository(git)
        raise


def git_output(root: Path, *arguments: str) -> str | None:
    """Return what a Git command prints in `root`, or None outside of Git or if Git says no.

    Raises StateError if Git cannot be asked, which is not a no.
    """
    try:
        return run_git(root, *arguments) if _is_in_repository(root) else None
    except GitError:
        return None


def _is_in_repository(root: Path) -> bool:
    """Return whether a folder is in a Git repository, also one that Git cannot read."""
    return any((folder / ".git").exists() for folder in (root, *root.parents))


def git_line(root: Path, *arguments: str) -> str:
    """Return the line that a Git command prints in `root`, empty outside of Git or if it says no.

    Raises StateError if Git cannot be asked.
    """
    return (git_output(root, *arguments) or "").strip()


def line_if_known(root: Path, *arguments: str) -> str | None:
    """Return the line that a Git command prints, None if there is none or Git cannot be asked.

    It is for what reports show, never for a decision.
    """
    with suppress(StateError):
        return git_line(root, *arguments) or None
    return None


def checked_out_commit(root: Path) -> str | None:
    """Return the commit that is checked out, or None if there is none or Git cannot be asked."""
    return line_if_known(root, "rev-parse", "--verify", "--quiet", "HEAD")


def is_shallow(root: Path) -> bool:
    """Return whether the clone lacks a part of the history."""
    return git_line(root, "rev-parse", "--is-shallow-repository") == "true"


def fetch(root: Path, *arguments: str) -> str | None:
    """Fetch what the arguments name from `origin`. Return why that failed, None if it did not."""
    try:
        Git(root).run(
            "fetch", "-q", "--no-tags", "--no-write-fetch-head", *arguments,
            seconds=_FETCH_SECONDS,
        )  # fmt: skip
    except GitError as error:
        return reason_of(error.text)
    except StateError as error:
        return error.diagnostics[0].detail.rstrip(".")
    return None


def text_at(root: Path, commit: str, path: str) -> str | None:
    """Return the text of a file at a commit, None if the commit does not have the file.

    Raises StateError if Git cannot tell.
    """
    if not run_git(root, "ls-tree", "-z", "--name-only", commit, "--", path):
        return None
    return run_git(root, "show", f"{commit}:./{path}")


def tracked_files(root: Path, path: str) -> list[str]:
    """Return the files at or below `path` that Git tracks, relative to `root`.

    Raises StateError if Git cannot tell.
    """
    listed = run_git(root, "ls-files", "-z", "--", path) if _is_in_repository(root) else ""
    return [name for name in listed.split("\0") if name]


def project_prefix(root: Path) -> str:
    """Return the folder of a project in its repository, ending with a slash unless it is empty."""
    return git_line(root, "rev-parse", "--show-prefix")
