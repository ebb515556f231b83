"""Find a project and its workspaces."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from cioform.core.errors import ConfigError, UsageError
from cioform.core.suggest import did_you_mean
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.word_lists import join_names

WORKSPACES_FOLDER: Final = "workspaces"
SETTINGS_FILE: Final = "workspace.yaml"

FOLDER_NAME: Final = lazy_pattern(r"[A-Za-z0-9_-]+")
"""The name of a folder in `workspaces/`."""


def find_project(start: Path) -> Path:
    """Return the nearest folder from `start` upwards with `workspaces/`. Raises ConfigError."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / WORKSPACES_FOLDER).is_dir():
            return folder
    raise ConfigError.of(
        "Not in a project",
        f"Neither `{start}` nor any of its parent folders contains `{WORKSPACES_FOLDER}/`. Change "
        "to the folder of your project, or create a project here:\n\n    cioform init",
    )


def workspace_names(root: Path) -> list[str]:
    """Return the sorted names of a project's workspaces: the folders with a `workspace.yaml`."""
    folder = root / WORKSPACES_FOLDER
    if not folder.is_dir():
        return []
    return sorted(
        entry.name
        for entry in folder.iterdir()
        if not entry.name.startswith(("_", ".")) and (entry / SETTINGS_FILE).is_file()
    )


def check_workspace_name(name: str) -> None:
    """Raise UsageError unless `name` is a valid name of a workspace."""
    if FOLDER_NAME.fullmatch(name) is None or name.startswith(("_", "-")):
        raise UsageError.of(
            "Invalid workspace name",
            f"`{name}` cannot be the name of a workspace. Use letters, digits, `_` and `-`; the "
            "first must be a letter or a digit. For example:\n\n"
            f"    cioform init {_valid_name(name)}",
        )


def require_workspace(root: Path, name: str) -> None:
    """Raise ConfigError unless the project has a workspace `name`."""
    names = workspace_names(root)
    if name in names:
        return
    if not names:
        raise ConfigError.of(
            "No workspace",
            f"The folder `{WORKSPACES_FOLDER}/` contains no workspace. Create one:"
            f"\n\n    cioform init {_valid_name(name)}",
        )
    known = join_names(names)
    raise ConfigError.of(
        "Workspace not found",
        f"There is no workspace `{name}`: `{WORKSPACES_FOLDER}/{name}/{SETTINGS_FILE}` does not "
        f"exist.{did_you_mean(name, names)} Workspaces of this project: {known}.",
    )


def _valid_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-") or "acme"
