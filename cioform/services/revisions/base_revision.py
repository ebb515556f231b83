"""The settings of the revision that judges a plan."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cioform.config.base_settings import BaseSettings
from cioform.config.file_format import FORMAT, format_of
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER, require_workspace
from cioform.config.read.parsing.parse import parse_first
from cioform.config.write.upgrade import upgrade_settings
from cioform.core.data.json_value import as_mapping
from cioform.core.errors import PlanError
from cioform.services.project.git import text_at
from cioform.services.revisions.find import find_commit
from cioform.services.revisions.run_origin import base_of_pull_request

_WHY: Final = "its `workspace.yaml` decides what a plan of these files may do"


def read_base_settings(
    root: Path, name: str, revision: str | None, *, allow_new: bool
) -> BaseSettings | None:
    """Return the settings of `revision`, by default of the target branch of a pull request.

    Return None outside of a pull request. Raises PlanError if the target branch is not known, if
    Git does not have the revision, or if it lacks the workspace, unless `allow_new`, and StateError
    if Git cannot tell.
    """
    revision = revision or base_of_pull_request(root, os.environ)
    if revision is None:
        return None
    require_workspace(root, name)
    commit = find_commit(root, revision, _WHY)
    path = f"{WORKSPACES_FOLDER}/{name}/{SETTINGS_FILE}"
    text = text_at(root, commit, path)
    if text is None and not allow_new:
        raise PlanError.of(
            "New workspace",
            f"Revision {commit[:12]}, whose settings judge these files, has no workspace {name}. "
            "The author of the files also wrote the guards and the names of its credentials. "
            "Review `workspace.yaml`, then pass --allow-new-workspace to plan, apply or drift. The "
            "built-in guards hold until it is merged.",
        )
    shown = f"{commit[:12]}:{path}"
    return BaseSettings(commit, None if text is None else _in_format_of_today(text, shown))


def _in_format_of_today(text: str, shown: str) -> str:
    fields = as_mapping(parse_first(text, shown))
    return upgrade_settings(text, shown) if format_of(fields) < FORMAT else text
