"""The files that workspaces had at a revision."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cioform.config.project import WORKSPACES_FOLDER
from cioform.core.errors import UsageError
from cioform.services.project.git import git_output


@contextmanager
def files_at_revision(root: Path, revision: str) -> Iterator[Path]:
    """Yield a temporary project with the workspaces of a revision. Raises UsageError without one.

    Files that Git ignores, such as `.cioform/`, are not in it.
    """
    with TemporaryDirectory(prefix="cioform-revision-") as folder:
        project = Path(folder)
        if not _extract(root, revision, WORKSPACES_FOLDER, project):
            raise UsageError.of(
                "Unknown revision",
                f"Git has no `{WORKSPACES_FOLDER}/` at `{revision}`. Name a commit, a branch or a "
                "tag of this repository.",
            )
        yield project


def _extract(root: Path, revision: str, path: str, target: Path) -> bool:
    """Write the files at or below `path` of a revision into `target`, and return if it exists."""
    if revision.startswith("-") or git_output(root, "rev-parse", "--verify", revision) is None:
        return False
    archive = target / ".archive.tar"
    made = git_output(root, "archive", "--format=tar", f"--output={archive}", revision, "--", path)
    if made is None:
        return False
    with tarfile.open(archive) as files:
        files.extractall(target, filter="data")
    archive.unlink()
    return True
