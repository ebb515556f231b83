"""The rings of workspaces."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cioform.config.project import WORKSPACES_FOLDER
from cioform.config.read.files import ProjectFiles
from cioform.config.rings import RINGS_FILE, RingsFile, parse_rings
from cioform.config.workspace_summary import WorkspaceSummary, project_secrets
from cioform.core.dataclasses import dataclass
from cioform.core.diagnostic import Diagnostic, Location
from cioform.core.errors import ConfigError
from cioform.core.time.duration import Duration
from cioform.services.fleet.selection import TAG_PREFIX, list_workspaces, matches
from cioform.services.project.git import text_at

_PATH: Final = f"{WORKSPACES_FOLDER}/{RINGS_FILE}"
ALL: Final = "all"
"""The name of the only ring of a project without `_rings.yaml`."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring with its workspaces."""

    name: str
    workspaces: tuple[str, ...]
    soak_seconds: float = 0
    max_failures: int = 0


def read_rings(
    root: Path,
    chosen: Sequence[WorkspaceSummary],
    every: Sequence[WorkspaceSummary],
    commit: str | None,
) -> list[Ring]:
    """Return the rings of the files or of a commit, with the chosen ones of their workspaces.

    Without `_rings.yaml`, all workspaces are in one ring. Raises ConfigError if one of `every`
    workspace is in no ring, or if a pattern in the files matches none of them.
    """
    text = _text(root, commit)
    if text is None:
        return [Ring(ALL, tuple(each.name for each in chosen))]
    file = parse_rings(text, _PATH, project_secrets(every, os.environ))
    ring_of = {each.name: _ring_of(each, file) for each in every}
    if unplaced := [name for name, at in ring_of.items() if at is None]:
        raise ConfigError.of(
            "Workspace in no ring",
            f"No ring of `{_PATH}` has {', '.join(unplaced)}. Add a last ring for all others:\n\n"
            '    - {name: rest, workspaces: ["*"]}',
        )
    if commit is None:  # A pull request may remove a workspace that the rings of its base name.
        _check_patterns(file, every)
    return [
        Ring(
            ring.name,
            tuple(each.name for each in chosen if ring_of[each.name] == at),
            Duration.parse(ring.soak).seconds,
            ring.max_failures,
        )
        for at, ring in enumerate(file.rings)
    ]


def rings_problems(root: Path) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the rings of the files; nothing where there are none."""
    if not (root / _PATH).exists():
        return ()
    every = list_workspaces(root, (), {})
    try:
        read_rings(root, every, every, None)
    except ConfigError as error:
        return error.diagnostics
    return ()


def _check_patterns(file: RingsFile, every: Sequence[WorkspaceSummary]) -> None:
    """Raise ConfigError for a misspelled pattern: the ring would be empty, and nothing would soak.

    The tags of a workspace with wrong settings are not known, so no `tag:` is wrong then.
    """
    knows_tags = all(each.problem is None for each in every)
    problems = [
        Diagnostic(
            "No workspace matches",
            f"No workspace matches `{pattern}` of the ring `{ring.name}`. Correct it or remove it.",
            location=Location(_PATH),
        )
        for ring in file.rings
        for pattern in ring.workspaces
        if (knows_tags or not pattern.startswith(TAG_PREFIX))
        and not any(matches(each, pattern) for each in every)
    ]
    if problems:
        raise ConfigError(problems)


def _ring_of(workspace: WorkspaceSummary, file: RingsFile) -> int | None:
    matching = (
        at
        for at, ring in enumerate(file.rings)
        if any(matches(workspace, pattern) for pattern in ring.workspaces)
    )
    return next(matching, None)


def _text(root: Path, commit: str | None) -> str | None:
    if commit is not None:
        return text_at(root, commit, _PATH)
    project = ProjectFiles.at(root)
    path = project.join(WORKSPACES_FOLDER, RINGS_FILE)
    # The parser refuses secrets, in the file of a commit too.
    return project.read_unsearched(path) if (root / _PATH).exists() else None
