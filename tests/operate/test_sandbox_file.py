"""The file of the sandbox where it cannot be used."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cioform.core.errors import StateError
from cioform.services.connections.sandbox import open_sandbox_store


def refuse_to_create(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, "Read-only file system")


def test_a_disk_that_cannot_be_written_is_no_broken_sandbox(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(Path, "touch", refuse_to_create)
    with pytest.raises(StateError) as caught:
        open_sandbox_store(tmp_path)
    detail = caught.value.diagnostics[0].detail
    assert "cannot be opened for writing: the disk is read-only. " in detail
    assert "mv " not in detail


def test_a_file_that_cannot_be_written_is_no_broken_sandbox(tmp_path, monkeypatch) -> None:
    connect = sqlite3.connect

    def read_only(path: str, **options: Any) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(StateError) as caught:
        open_sandbox_store(tmp_path)
    detail = caught.value.diagnostics[0].detail
    assert "cannot be opened for writing: attempt to write a readonly database. " in detail
    assert "mv " not in detail
