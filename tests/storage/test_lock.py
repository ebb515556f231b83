"""A lock between processes, here between two that hold the same file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from cioform.storage.lock import LockHeldError, ProcessLock


def test_a_lock_waits_as_long_as_it_may(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    taken, refused = threading.Event(), threading.Event()

    def hold() -> None:
        held = ProcessLock(path)
        held.acquire()
        taken.set()
        refused.wait(10)
        held.release()

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(10)
    with pytest.raises(LockHeldError):
        ProcessLock(path).acquire()
    refused.set()
    patient = ProcessLock(path, timeout=10)
    patient.acquire()
    patient.release()
    holder.join()
