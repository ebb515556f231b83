"""Folders of a project that name one workspace of Customer.io."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from cioform.config.project import workspace_names
from cioform.config.read.files import ProjectFiles
from cioform.config.settings import Settings
from cioform.config.settings_text import read_settings_text
from cioform.config.workspace_summary import summarize_workspace
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.text.lazy_pattern import lazy_pattern

_ID_LINE: Final = lazy_pattern(r"workspace_id\b[^\n]*")


def one_workspace_problems(
    root: Path, name: str, settings: Settings, environment: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Yield each other folder with the `workspace_id` of this one.

    Two folders would undo each other's changes, and the guards, owners and policies of one do not
    apply in the other. With stamps, each folder knows its own objects, and each folder has its own
    sandbox.
    """
    if settings.workspace_id is None or settings.managed_by.stamp or settings.endpoint.is_sandbox:
        return
    project = ProjectFiles.at(root)
    others = [
        other
        for other in workspace_names(root)
        if other != name and _may_have_id(project, other, settings.workspace_id)
    ]
    if not others:
        return
    own = summarize_workspace(root, name, environment)
    for other in others:
        found = summarize_workspace(root, other, environment)
        if (found.workspace_id, found.endpoint) == (own.workspace_id, own.endpoint):
            yield Diagnostic(
                "Workspace with two folders",
                f"workspaces/{other} also has the `workspace_id` {own.workspace_id}, so each "
                "folder would undo the changes of the other. Keep one folder, or correct the ID. "
                "If they manage different objects, set `managed_by: {stamp: true}` in both.",
                location=Location(f"workspaces/{name}/workspace.yaml"),
            )


def _may_have_id(project: ProjectFiles, name: str, workspace_id: int) -> bool:
    """Return whether settings may have an ID, without parsing them: a project may have hundreds."""
    try:
        text, _ = read_settings_text(project, name)
    except ConfigError:
        return False
    lines = (found[0] for found in _ID_LINE.finditer(text))
    return any("$" in line or str(workspace_id) in line.replace("_", "") for line in lines)
