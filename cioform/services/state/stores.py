"""Open the state of a workspace where its settings say that it is."""

from __future__ import annotations

from pathlib import Path

from cioform.config.sections.state import StateSettings
from cioform.model.registry import Registry
from cioform.run.events import Listener, ignore_events
from cioform.services.project.state_folder import state_folder
from cioform.services.state.ended_jobs import has_job_ended
from cioform.services.state.public_repository import refuse_public_repository
from cioform.state.git.backend import GitBackend
from cioform.state.local import LocalStateStore
from cioform.state.object_storage.backend import ObjectStorageBackend
from cioform.state.shared.backend import StateBackend
from cioform.state.shared.store import SharedStateStore
from cioform.state.shared.validity import StateIdentity
from cioform.state.state import StateOwner
from cioform.state.store import StateStore

_CLONE_FOLDER = "state.git"


def open_store(
    root: Path,
    settings: StateSettings,
    owner: StateOwner,
    kinds: Registry,
    *,
    lock_seconds: float = 0,
    listener: Listener = ignore_events,
) -> StateStore:
    """Return the state of a workspace of the project at `root`. Nothing is read yet."""
    folder = state_folder(root, owner.name)
    if not settings.is_shared:
        return LocalStateStore(folder, owner, upgrade=kinds.upgrade_attributes)
    refuse_public_repository(settings, owner.name)
    return SharedStateStore(
        open_backend(root, settings, owner.name),
        folder,
        StateIdentity(owner, settings.lineage),
        upgrade=kinds.upgrade_attributes,
        lock_seconds=lock_seconds,
        has_job_ended=lambda run: has_job_ended(run, listener),
    )


def open_backend(root: Path, settings: StateSettings, name: str) -> StateBackend:
    """Return the storage of a shared state."""
    if settings.backend == "object":
        return ObjectStorageBackend(settings.url)
    return GitBackend(
        root,
        state_folder(root, name) / _CLONE_FOLDER,
        settings.remote,
        settings.ref,
        name,
    )
