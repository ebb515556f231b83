"""Open the state that is in a file of this machine."""

from __future__ import annotations

from pathlib import Path

from cioform.model.registry import Registry
from cioform.services.project.state_folder import state_folder
from cioform.state.local.local_store import LocalStateStore
from cioform.state.state import StateOwner


def open_local_store(root: Path, owner: StateOwner, kinds: Registry) -> LocalStateStore:
    """Return the local state of a workspace of the project at `root`. Nothing is read yet."""
    folder = state_folder(root, owner.name)
    return LocalStateStore(folder, owner, upgrade=kinds.upgrade_attributes)
