"""Commands that fetch the same state at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cioform.core.errors import StateUnreachableError
from cioform.state.git import fetch_lock


def test_a_fetch_gives_up_on_one_that_does_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_lock, "_LOCK_SECONDS", 0)
    folder = tmp_path / "states" / "demo.git"
    with (
        fetch_lock.only_one_fetch(folder, "origin"),
        pytest.raises(StateUnreachableError, match="Another command has been fetching origin"),
        fetch_lock.only_one_fetch(folder, "origin"),
    ):
        raise AssertionError
    with fetch_lock.only_one_fetch(folder, "origin"):
        assert not folder.exists()
