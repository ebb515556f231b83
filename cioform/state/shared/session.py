"""A shared state while this run holds its lock: what is to be pushed, and whether it may be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from cioform.core.errors import StateError, StateUnreachableError
from cioform.state.shared.backend import (
    FileChanges,
    Files,
    MovedError,
    Snapshot,
    StateBackend,
    SwapNote,
)
from cioform.state.shared.layout import LOCK_FILE, STATE_FILE
from cioform.state.shared.lock_info import LockInfo, lock_broken_error, read_lock

TRIES: Final = 5
"""How often a push is tried while only this run holds the lock."""


class LockedSession:
    """The files of a state that this run has locked. Its methods may be called by any thread."""

    def __init__(
        self,
        backend: StateBackend,
        lock: LockInfo,
        snapshot: Snapshot,
        journal: str,
        sleep: Callable[[float], None],
    ) -> None:
        self.lock = lock
        self.pending: dict[str, bytes | None] = {}
        """What the next push of the whole state changes."""
        self.loss: StateError | None = None
        """Why nothing may be pushed any more: somebody broke the lock, or changed the state."""
        self.mutex = threading.RLock()
        self._backend = backend
        self._snapshot = snapshot
        self._journal = journal
        self._sleep = sleep

    @property
    def record_hint(self) -> str:
        """The sentence that says where it is recorded what this run did."""
        return (
            f"What this run did is recorded in {self._journal}, and the next apply on this machine "
            "looks it up."
        )

    @property
    def files(self) -> Files:
        """The files as they will be after the next push."""
        return apply_changes(self._snapshot.files, self.pending)

    def push(self, changes: FileChanges, note: SwapNote) -> None:
        """Make `changes` to the shared files.

        Raises StateError if somebody broke the lock or changed the state, or if the storage still
        cannot be reached after several tries.
        """
        with self.mutex:
            if self.loss is not None:
                raise self.loss
            for number in range(1, TRIES + 1):
                try:
                    self._swap(changes, note)
                    return
                except MovedError:
                    if number == TRIES:
                        raise self._contended_error() from None
                    self._follow()
                except StateUnreachableError:
                    if number == TRIES:
                        raise
                    self._sleep(2.0 ** (number - 1))

    def _swap(self, changes: FileChanges, note: SwapNote) -> None:
        token = self._backend.swap(changes, self._snapshot.token, note)
        self._snapshot = Snapshot(token, apply_changes(self._snapshot.files, changes))

    def _follow(self) -> None:
        """Take the state as it is now. Raises StateError unless only this run may change it."""
        found = self._backend.read()
        lock = read_lock(found.files, self._backend.location) if found else None
        if found is None or lock is None or lock.run.id != self.lock.run.id:
            self.loss = lock_broken_error(lock, self._backend.location)
            raise self.loss
        if found.files.get(STATE_FILE) != self._snapshot.files.get(STATE_FILE):
            self.loss = StateError.of(
                "State was changed",
                f"Somebody changed {self._backend.location} while this run held its lock. This run "
                f"stopped writing. {self._backend.restore_hint}",
            )
            raise self.loss
        self._snapshot = found

    def _contended_error(self) -> StateError:
        return StateError.of(
            "State cannot be pushed",
            f"{self._backend.location} was moved by others {TRIES} times in a row, although this "
            "run holds its lock. Find out who pushes to it.",
        )


@contextmanager
def adding_detail(sentence: str) -> Iterator[None]:
    """Add a sentence to a StateError that is raised in the block, unless it says that already."""
    try:
        yield
    except StateError as error:
        if sentence and sentence not in error.diagnostics[0].detail:
            error.add_detail(sentence)
        raise


def apply_changes(files: Files, changes: FileChanges) -> dict[str, bytes]:
    """Return the files with the changes made."""
    changed = {path: content for path, content in files.items() if path not in changes}
    return changed | {path: content for path, content in changes.items() if content is not None}


def without_lock(changes: FileChanges) -> dict[str, bytes | None]:
    """Return the changes, and the release of the lock."""
    return {**changes, LOCK_FILE: None}
