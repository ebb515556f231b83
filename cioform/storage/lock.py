"""A lock between processes. The operating system releases it when its process ends."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from cioform.core.lazy_modules import lazy_module
from cioform.core.text.visible_bytes import with_visible_bytes
from cioform.core.time.timestamps import format_timestamp

if TYPE_CHECKING:
    import filelock
else:
    filelock = lazy_module("filelock")


class LockHeldError(Exception):
    """Another process holds the lock. `holder` says which, as far as is known."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class ProcessLock:
    """A lock on a file. Who holds it is in `<file>.json` beside it, for messages only.

    It waits `timeout` seconds for another process to release it.
    """

    def __init__(
        self, path: Path, clock: Callable[[], float] = time, *, timeout: float = 0
    ) -> None:
        self.path = path
        self._holder_path = path.with_name(f"{path.name}.json")
        self._clock = clock
        self._lock = filelock.FileLock(path, timeout=timeout)

    def acquire(self) -> None:
        """Take the lock. Raises LockHeldError, and OSError if it cannot be written."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise LockHeldError(self._read_holder()) from None
        self._write_holder()

    def release(self) -> None:
        """Release the lock."""
        with contextlib.suppress(OSError):
            self._holder_path.unlink(missing_ok=True)
        self._lock.release()

    def _write_holder(self) -> None:
        holder = {
            "who": user_and_host(),
            "process": os.getpid(),
            "since": format_timestamp(self._clock()),
        }
        with contextlib.suppress(OSError):
            self._holder_path.write_text(json.dumps(holder), encoding="utf-8")

    def _read_holder(self) -> str:
        try:
            holder = json.loads(self._holder_path.read_text(encoding="utf-8"))
            return f"{holder['who']} (process {holder['process']}) since {holder['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def user_and_host() -> str:
    """Return who runs this process, and on which machine: `ada@laptop`."""
    return with_visible_bytes(f"{_user_name()}@{socket.gethostname()}")


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # There is no user database, as in a bare container.
        return "somebody"
