"""One fetch at a time into the repository of a state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cioform.core.errors import StateUnreachableError
from cioform.storage.lock import LockHeldError, ProcessLock

_LOCK_SECONDS: Final = 120


@contextmanager
def only_one_fetch(folder: Path, location: str) -> Iterator[None]:
    """Keep other commands on this machine from fetching into the repository in `folder`."""
    lock = ProcessLock(folder.with_name(f"{folder.name}.lock"), timeout=_LOCK_SECONDS)
    try:
        lock.acquire()
    except LockHeldError:
        raise StateUnreachableError.of(
            "State is being fetched",
            f"Another command has been fetching {location} for {_LOCK_SECONDS} seconds. "
            "Try again when it has ended.",
        ) from None
    try:
        yield
    finally:
        lock.release()
