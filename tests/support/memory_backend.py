"""A shared storage in memory, for any number of runners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from cioform.core.errors import StateError
from cioform.model.objects.snapshot import AppliedState
from cioform.state.runs import UNNAMED_RUN
from cioform.state.shared.backend import (
    FileChanges,
    Files,
    MovedError,
    Snapshot,
    StateBackend,
    SwapNote,
)
from cioform.state.shared.creation import create_state
from cioform.state.shared.publisher import ImmediatePublisher
from cioform.state.shared.session import apply_changes
from cioform.state.shared.store import SharedStateStore
from cioform.state.shared.validity import StateIdentity
from cioform.state.state import StateOwner

LINEAGE = "00000000-0000-4000-8000-000000000001"


class SharedRemote(Protocol):
    """Where projects share a state."""

    def open_store(
        self, _project: Path, folder: Path, owner: StateOwner, **more: Any
    ) -> SharedStateStore:
        """Return the state of one project; `folder` is for its local files."""
        ...


class MemoryRemote:
    """What all runners share: the files, and the notes of all swaps."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] | None = None
        self.notes: list[SwapNote] = []
        self.refusal: StateError | None = None
        """Why nobody can write, if anybody tries."""

    @property
    def token(self) -> str:
        return str(len(self.notes))

    def open_store(
        self, _project: Path, folder: Path, owner: StateOwner, **more: Any
    ) -> SharedStateStore:
        """Return the state of a runner, which is created if there is none."""
        if self.files is None:
            applied = AppliedState(LINEAGE, 0, {})
            create_state(MemoryBackend(self), None, owner, applied, UNNAMED_RUN)
        return SharedStateStore(
            MemoryBackend(self, more.pop("tick")),
            folder,
            StateIdentity(owner, LINEAGE),
            start_publisher=ImmediatePublisher,
            **more,
        )


class MemoryBackend(StateBackend):
    """The view of one runner. `tick` is called before and after each step that others see."""

    def __init__(self, remote: MemoryRemote, tick: Callable[[], None] = lambda: None) -> None:
        self.location = "memory"
        self.restore_hint = "Restore it."
        self.lost_hint = "Restore it."
        self.is_atomic = True
        self._remote = remote
        self._tick = tick

    def prove_writable(self) -> str:
        if self._remote.refusal is not None:
            raise self._remote.refusal
        return "can be written"

    def read(self) -> Snapshot | None:
        self._tick()
        files = self._remote.files
        if files is None:
            return None
        current = {p: c for p, c in files.items() if not p.startswith(("runs/", "journals/"))}
        return Snapshot(self._remote.token, current)

    def list_archive(self, folder: str) -> list[str]:
        return [path for path in self._remote.files or {} if path.startswith(f"{folder}/")]

    def read_archived(self, paths: Sequence[str]) -> Files:
        files = self._remote.files or {}
        return {path: files[path] for path in paths if path in files}

    def swap(self, changes: FileChanges, token: str | None, note: SwapNote) -> str:
        self._tick()
        remote = self._remote
        if token != (None if remote.files is None else remote.token):
            raise MovedError
        remote.files = apply_changes(remote.files or {}, changes)
        remote.notes.append(note)
        self._tick()
        return remote.token
