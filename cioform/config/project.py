"""Where a project is and which workspaces it has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from cioform.core.errors import ConfigError, UsageError
from cioform.core.suggest import did_you_mean

WORKSPACES_FOLDER: Final = "workspaces"
SETTINGS_FILE: Final = "workspace.yaml"

FOLDER_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
"""The plain name of a folder in `workspaces/`."""


def find_project(start: Path) -> Path:
    """Give the nearest folder from `start` upwards that holds `workspaces/`; else FilesWrong."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / WORKSPACES_FOLDER).is_dir():
            return folder
    raise ConfigError.of(
        "Not in a project",
        f"Neither `{start}` nor a folder above it has a folder `{WORKSPACES_FOLDER}`. Go to your project, "
        "or begin one:\n\n    cioform init",
    )


def workspace_names(root: Path) -> list[str]:
    """Give the workspaces of a project, sorted: the folders with a `workspace.yaml`."""
    folder = root / WORKSPACES_FOLDER
    if not folder.is_dir():
        return []
    return sorted(
        entry.name
        for entry in folder.iterdir()
        if not entry.name.startswith(("_", ".")) and (entry / SETTINGS_FILE).is_file()
    )


def check_workspace_name(name: str) -> None:
    """Raise UsageWrong unless a workspace can be called `name`."""
    if FOLDER_NAME.fullmatch(name) is None or name.startswith(("_", "-")):
        raise UsageError.of(
            "Wrong workspace name",
            f"`{name}` cannot be a workspace's: its name is that of its folder in `{WORKSPACES_FOLDER}/` "
            "and has letters, digits, `_` and `-`. Folders that begin with `_` are for what "
            "several workspaces include. For example:\n\n    cioform init acme",
        )


def require_workspace(root: Path, name: str) -> None:
    """Raise FilesWrong unless the project has a workspace `name`."""
    names = workspace_names(root)
    if name in names:
        return
    if not names:
        raise ConfigError.of(
            "No workspace",
            f"`{WORKSPACES_FOLDER}/` has no folder with a `{SETTINGS_FILE}`. Make one:"
            f"\n\n    cioform init {name}",
        )
    known = ", ".join(f"`{known}`" for known in names)
    raise ConfigError.of(
        "Unknown workspace",
        f"`{WORKSPACES_FOLDER}/{name}/{SETTINGS_FILE}` does not exist.{did_you_mean(name, names)} There are: {known}.",
    )
