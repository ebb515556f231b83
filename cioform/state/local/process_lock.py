"""Keep other commands on this machine out of a state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cioform.core.errors import StateLockedError
from cioform.core.os_errors import os_reason
from cioform.state.store import StateNotWritableError
from cioform.storage.lock import LockHeldError, ProcessLock


@contextmanager
def hold_process_lock(path: Path, clock: Callable[[], float]) -> Iterator[None]:
    """Hold a lock for the length of a block. Raises StateLockedError if another process has it."""
    lock = ProcessLock(path, clock)
    try:
        lock.acquire()
    except LockHeldError as error:
        raise _locked_error(path, error.holder) from None
    except OSError as error:
        raise state_write_error(path, error, "Nothing was changed.") from None
    try:
        yield
    finally:
        lock.release()


def state_write_error(path: Path, error: OSError, consequence: str) -> StateNotWritableError:
    """Return the error of a file of a state that cannot be written.

    `consequence` says what that means for the changes of the command, in sentences.
    """
    return StateNotWritableError.of(
        "State not writable",
        f"{path} cannot be written: {os_reason(error)}. {consequence} Free some disk space "
        "or correct the permissions before you run another command.",
    )


def _locked_error(path: Path, holder: str) -> StateLockedError:
    return StateLockedError.of(
        "State is locked",
        f"{path} is held by {holder}, which may be in the middle of an apply. Nothing was changed. "
        "Wait until that process has ended, then run the command again. The lock is released with "
        "its process, so there is nothing to clean up after a crash.",
    )
