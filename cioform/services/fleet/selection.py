"""Select the workspaces of a project for a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from cioform.config.project import workspace_names
from cioform.config.workspace_summary import WorkspaceSummary, summarize_workspace
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean

TAG_PREFIX = "tag:"


def list_workspaces(
    root: Path, patterns: Sequence[str], environment: Mapping[str, str]
) -> list[WorkspaceSummary]:
    """Return the workspaces that match one of the patterns, or all if there is none, by name.

    Raises UsageError for a pattern that matches nothing: it may be misspelled.
    """
    every = [summarize_workspace(root, name, environment) for name in workspace_names(root)]
    return select_workspaces(every, patterns)


def select_workspaces(
    every: Sequence[WorkspaceSummary], patterns: Sequence[str]
) -> list[WorkspaceSummary]:
    """Return those of all workspaces that `list_workspaces` returns. Raises UsageError, too."""
    for pattern in patterns:
        if not any(matches(each, pattern) for each in every):
            known = [
                *(each.name for each in every),
                *(f"{TAG_PREFIX}{t}" for e in every for t in e.tags),
            ]
            raise UsageError.of(
                "No workspace matches",
                f"No workspace of this project matches `{pattern}`.{did_you_mean(pattern, known)} "
                "List them with:\n\n    cioform workspaces",
            )
    return [e for e in every if not patterns or any(matches(e, each) for each in patterns)]


def matches(workspace: WorkspaceSummary, pattern: str) -> bool:
    """Return whether a pattern, such as `eu_*` or `tag:eu`, selects a workspace."""
    if pattern.startswith(TAG_PREFIX):
        tag = pattern.removeprefix(TAG_PREFIX)
        return any(fnmatchcase(each, tag) for each in workspace.tags)
    return fnmatchcase(workspace.name, pattern)
