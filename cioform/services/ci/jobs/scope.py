"""The workspaces that a job works on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cioform.core.dataclasses import dataclass
from cioform.services.fleet.affected import affected_workspaces
from cioform.services.fleet.selection import list_workspaces


@dataclass(frozen=True, slots=True)
class JobScope:
    """The workspaces of a job."""

    names: tuple[str, ...]
    removed: tuple[str, ...] = ()
    """The names of those whose `workspace.yaml` was removed."""


def left_out_of_job(
    root: Path, names: Sequence[str], since: str | None, environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the workspaces that a change affects and that are not among the names."""
    if since is None:
        return ()
    affected = scope_of_job(root, (), since, environment).names
    return tuple(each for each in affected if each not in names)


def scope_of_job(
    root: Path, patterns: Sequence[str], since: str | None, environment: Mapping[str, str]
) -> JobScope:
    """Return the workspaces that match the patterns; without any, those that a change affects.

    `since` is the commit before the change, None to work on all of them.
    """
    found = list_workspaces(root, patterns, environment)
    if patterns or since is None:
        return JobScope(tuple(each.name for each in found))
    affected = affected_workspaces(root, found, since, environment)
    return JobScope(tuple(each.name for each in affected.workspaces), affected.removed)
