"""The files that a project had at a revision."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Self

from cioform.config.project import WORKSPACES_FOLDER
from cioform.core.errors import UsageError
from cioform.services.project.git import git_output, run_git


class NoWorkspacesError(UsageError):
    """Git has the revision, and it has no workspaces."""


class RevisionFiles:
    """The files that projects had at revisions, each extracted once, for the block of a `with`."""

    def __init__(self) -> None:
        self._folders = ExitStack()
        self._projects: dict[tuple[Path, str], Path] = {}
        self._lock = Lock()

    def __enter__(self) -> Self:
        """Return the files."""
        return self

    def __exit__(self, *_: object) -> None:
        """Delete what was extracted."""
        self._folders.close()

    def at(self, root: Path, revision: str) -> Path:
        """Return a temporary project with the files of a revision of the project at `root`.

        Documents may name files anywhere in the project, so all of it is there. Files that Git
        ignores, such as `.cioform/`, are not in it. Raises NoWorkspacesError if the revision has no
        workspaces, UsageError if there is no such revision, StateError if Git cannot read it.
        """
        with self._lock:
            if (root, revision) not in self._projects:
                self._projects[root, revision] = self._extract(root, revision)
            return self._projects[root, revision]

    def _extract(self, root: Path, revision: str) -> Path:
        folder = Path(self._folders.enter_context(TemporaryDirectory(prefix="cioform-revision-")))
        listed = _list(root, revision)
        if listed:
            _extract(root, revision, folder / "archive.tar", folder / "project")
        if not (folder / "project" / WORKSPACES_FOLDER).is_dir():
            error = NoWorkspacesError if listed == "" else UsageError
            raise error.of(
                "Revision not found",
                f"Git has no `{WORKSPACES_FOLDER}/` at `{revision}`. Name a commit, a branch or a "
                "tag of this repository.",
            )
        return folder / "project"


@contextmanager
def files_at_revision(root: Path, revision: str) -> Iterator[Path]:
    """Yield a temporary project with the files of a revision; see `RevisionFiles.at`."""
    with RevisionFiles() as revisions:
        yield revisions.at(root, revision)


def _list(root: Path, revision: str) -> str | None:
    """Return the name of the folder with the workspaces if a revision has it, None without Git."""
    if revision.startswith("-"):
        return None
    return git_output(root, "ls-tree", "--name-only", revision, "--", WORKSPACES_FOLDER)


def _extract(root: Path, revision: str, archive: Path, target: Path) -> None:
    """Write the files of a revision into `target`. Raises StateError if Git cannot read them."""
    run_git(root, "archive", "--format=tar", f"--output={archive}", revision, "--", ".")
    with tarfile.open(archive) as files:
        files.extractall(target, filter=_inside)


def _inside(member: tarfile.TarInfo, target: str) -> tarfile.TarInfo | None:
    """Return what may be written to `target`; None for a link that leaves it, which is not read."""
    try:
        return tarfile.data_filter(member, target)
    except tarfile.FilterError:
        return None
