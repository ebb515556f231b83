"""Queries to Git about the project's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from cioform.config.read.file_names import is_yaml_file
from cioform.core.errors import ConfigError, StateError
from cioform.state.git.command import Git, GitError, check_repository, reason_of

_FETCH_SECONDS: Final = 120
_LINK: Final = "120000"
"""The mode of a symbolic link."""


def run_git(root: Path, *arguments: str) -> str:
    """Return what a Git command prints in `root`.

    Raises GitError if the command fails, and another StateError if Git is not installed, does not
    respond, or cannot read this repository.
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

    Raises StateError if Git cannot tell, and ConfigError if the path is or goes through a link.
    """
    if not _is_at(root, commit, path):
        return None
    return run_git(root, "show", f"{commit}:./{path}")


def texts_at(root: Path, commit: str, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each YAML file below a folder at a commit.

    They are the files that would be read if they were checked out. Raises the errors of `text_at`.
    """
    if not _is_at(root, commit, folder):
        return
    for mode, path in _entries(root, "-r", commit, "--", f"{folder}/"):
        inside = PurePosixPath(path).relative_to(folder).parts
        if is_yaml_file(path) and not any(name.startswith((".", "_")) for name in inside):
            _refuse_link(commit, mode, path)
            yield path, run_git(root, "show", f"{commit}:./{path}")


def _is_at(root: Path, commit: str, path: str) -> bool:
    """Return whether a commit has a path. Raises ConfigError if a part of it is a link."""
    folders = [str(each) for each in PurePosixPath(path).parents if each.name]
    found = _entries(root, commit, "--", *folders, path)
    for mode, part in found:
        _refuse_link(commit, mode, part)
    return any(part == path for _, part in found)


def _entries(root: Path, *arguments: str) -> list[tuple[str, str]]:
    """Return the mode and the path of each entry that `ls-tree` lists."""
    lines = run_git(root, "ls-tree", "-z", *arguments).split("\0")
    entries = (line.partition("\t") for line in lines if line)
    return [(head.partition(" ")[0], path) for head, _, path in entries]


def _refuse_link(commit: str, mode: str, path: str) -> None:
    if mode == _LINK:
        raise ConfigError.of(
            "Link in another revision",
            f"`{path}` is a symbolic link at commit {commit[:12]}. Links are followed in the files "
            "that are checked out, but not in another revision, such as the target branch of a "
            "pull request. Replace the link there by what it points to.",
        )


def tracked_files(root: Path, path: str) -> list[str]:
    """Return the files at or below `path` that Git tracks, relative to `root`.

    Raises StateError if Git cannot tell.
    """
    listed = run_git(root, "ls-files", "-z", "--", path) if _is_in_repository(root) else ""
    return [name for name in listed.split("\0") if name]


def project_prefix(root: Path) -> str:
    """Return the folder of a project in its repository, ending with a slash unless it is empty."""
    return git_line(root, "rev-parse", "--show-prefix")
