"""Refuse a state that comes with a commit."""

from __future__ import annotations

from pathlib import Path

from cioform.core.errors import StateError
from cioform.services.project.git import tracked_files
from cioform.services.project.state_folder import STATE_FOLDER


def refuse_tracked_state(root: Path) -> None:
    """Raise StateError if Git tracks anything in the state folder of the project at `root`.

    A state that comes with a commit is not a record of what was applied: anyone who writes the
    commit could bind an address to any object, or make a deletion look planned.
    """
    if tracked := _tracked_state(root):
        raise StateError.of(
            "State in Git",
            f"Git tracks `{tracked[0]}`. Everybody who can write a commit could change what "
            "cioform believes it has applied, and the content of messages would be published. "
            "Remove it from Git; the files themselves stay:\n\n"
            f"    git rm -r -q --cached {STATE_FOLDER}\n    echo '{STATE_FOLDER}/' >> .gitignore",
        )


def may_be_from_a_commit(root: Path) -> bool:
    """Return whether Git tracks anything in the state folder, or cannot tell."""
    try:
        return bool(_tracked_state(root))
    except StateError:
        return True


def _tracked_state(root: Path) -> list[str]:
    if not (root / STATE_FOLDER).exists():
        return []
    # Some file systems ignore case.
    return tracked_files(root, f":(icase){STATE_FOLDER}")
