"""The files as they would be after Git reverts a commit."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from cioform.core.dataclasses import dataclass
from cioform.core.errors import StateError
from cioform.services.project.git import git_output, project_prefix, run_git
from cioform.state.git.command import Git


@dataclass(frozen=True, slots=True)
class Revert:
    """A commit that Git can revert."""

    command: str
    tree: str
    """The files of the repository after it."""
    paths: frozenset[str]
    """The files that it changes, relative to the project's folder."""


def find_revert(root: Path, commit: str) -> Revert | None:
    """Return how to revert a commit, None if that is not known or would be refused.

    Git refuses it if something is not committed, or if the same files have changed since.
    """
    try:
        return _revert(root, commit)
    except StateError:
        return None


def _revert(root: Path, commit: str) -> Revert | None:
    uncommitted = git_output(root, "status", "--porcelain", "--untracked-files=no")
    parents = run_git(root, "rev-list", "--parents", "--max-count=1", commit, "--").split()[1:]
    if uncommitted != "" or not parents:
        return None
    tree = _merged_tree(root, commit, "HEAD", parents[0])
    names = run_git(root, "diff", "--name-only", "-z", "--no-renames", "HEAD", tree).split("\0")
    prefix = project_prefix(root)
    outside = "../" * prefix.count("/")
    paths = (n.removeprefix(prefix) if n.startswith(prefix) else outside + n for n in names if n)
    mainline = "-m 1 " if len(parents) > 1 else ""
    return Revert(f"git revert {mainline}{commit}", tree, frozenset(paths))


def _merged_tree(root: Path, base: str, ours: str, theirs: str) -> str:
    """Return the merge of two trees. Raises StateError if both changed the same file."""
    with TemporaryDirectory(prefix="cioform-index-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git = Git(root)
        git.run("read-tree", "-i", "-m", "--aggressive", base, ours, theirs, environment=index)
        return git.run("write-tree", environment=index).decode().strip()
