"""Find the workspaces that a change of the files can affect."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from cioform.config.load import load_configuration
from cioform.config.project import SETTINGS_FILE, WORKSPACES_FOLDER
from cioform.config.workspace_summary import WorkspaceSummary
from cioform.core.dataclasses import dataclass
from cioform.core.errors import ConfigError, PlanError
from cioform.kinds import find_kinds
from cioform.model.registry import Registry
from cioform.services.policies.check import POLICIES_FOLDER
from cioform.services.revisions.find import changed_paths, find_commit

_WHY: Final = "it is not known what has changed since"


@dataclass(frozen=True, slots=True)
class Affected:
    """What a change can affect."""

    workspaces: tuple[WorkspaceSummary, ...]
    removed: tuple[str, ...]
    """The names of workspaces whose `workspace.yaml` was removed."""


def affected_workspaces(
    root: Path,
    workspaces: Sequence[WorkspaceSummary],
    revision: str,
    environment: Mapping[str, str],
) -> Affected:
    """Return the workspaces that a change since `revision` can affect.

    A workspace whose files cannot be loaded is one of them, since it is not known what it reads.
    Raises PlanError if Git cannot tell what has changed.
    """
    commit = find_commit(root, revision, _WHY)
    changed = changed_paths(root, commit)
    if changed is None:
        raise PlanError.of(
            "Changes not known",
            f"Git cannot compare the files with `{revision}`, so {_WHY}. Check the clone with "
            "`git fsck`, or leave out --changed-since to work on every workspace.",
        )
    # What is hidden is never read.
    visible = frozenset(path for path in changed if not path.startswith(".") and "/." not in path)
    inputs = _Inputs(root, environment, find_kinds())
    found = tuple(each for each in workspaces if inputs.are_changed(each, visible))
    return Affected(found, tuple(sorted(_removed(root, visible))))


def _removed(root: Path, changed: Iterable[str]) -> Iterator[str]:
    for path in changed:
        match path.split("/"):
            case [above, name, file] if (above, file) == (WORKSPACES_FOLDER, SETTINGS_FILE):
                if not name.startswith("_") and not (root / path).exists():
                    yield name


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The files that workspaces are made of."""

    root: Path
    environment: Mapping[str, str]
    kinds: Registry

    def are_changed(self, workspace: WorkspaceSummary, changed: frozenset[str]) -> bool:
        """Return whether one of the changed paths can be an input of a workspace."""
        if workspace.problem is not None:
            return bool(changed)
        folders = [
            f"{WORKSPACES_FOLDER}/{name}"
            for name in (workspace.name, *workspace.include, POLICIES_FOLDER)
        ]
        if any(_is_in(path, folder) for path in changed for folder in folders):
            return True
        return bool(changed) and self._has_changed_file(workspace, folders, changed)

    def _has_changed_file(
        self, workspace: WorkspaceSummary, folders: Sequence[str], changed: frozenset[str]
    ) -> bool:
        """Return whether a file outside of its folders that a workspace reads has changed."""
        try:
            loaded = load_configuration(self.root, workspace.name, self.kinds, self.environment)
        except ConfigError:
            return True
        bodies = {f for each in loaded.desired.resources.values() for f in each.body_files.values()}
        real = os.path.realpath(self.root)
        read = bodies | {
            os.path.relpath(target, real).replace(os.sep, "/")
            for path in (*bodies, *_links(self.root, folders))
            if (target := os.path.realpath(self.root / path))
        }
        return not changed.isdisjoint(read)


def _is_in(path: str, folder: str) -> bool:
    """Return whether `path` is a folder, something in it, or above it: a changed submodule."""
    return path == folder or path.startswith(f"{folder}/") or folder.startswith(f"{path}/")


def _links(root: Path, folders: Iterable[str]) -> Iterator[str]:
    """Yield the links to files in some folders."""
    for folder in folders:
        for place, _, names in os.walk(root / folder):
            for name in names:
                path = Path(place, name)
                if path.is_symlink():
                    yield path.relative_to(root).as_posix()
