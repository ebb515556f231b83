"""Open the state of a workspace where its settings say that it is."""

from __future__ import annotations

from pathlib import Path

from cioform.config.sections.state import StateSettings
from cioform.model.registry import Registry
from cioform.run.events import Listener, ignore_events
from cioform.services.project.state_folder import state_folder
from cioform.services.state.ended_jobs import has_job_ended
from cioform.services.state.local_store import open_local_store
from cioform.services.state.public_repository import refuse_public_repository
from cioform.state.git.backend import GitBackend
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
    if not settings.is_shared:
        return open_local_store(root, owner, kinds)
    refuse_public_repository(settings, owner.name)
    return SharedStateStore(
        open_backend(root, settings, owner.name),
        state_folder(root, owner.name),
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


def describe_place(settings: StateSettings) -> str:
    """Return where the settings say that the state is, as every machine knows it."""
    if settings.backend == "git":
        return f"{settings.ref} of {settings.remote}"
    return settings.url or "a local file (state.json in `.cioform/`)"
