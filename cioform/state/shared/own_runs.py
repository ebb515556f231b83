"""Runs of this machine that may have left a lock behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from cioform.state.local.process_lock import state_write_error
from cioform.storage.atomic import replace_file

_ONLY_THIS_FILE: Final = (
    "The run has ended and its state is pushed; only this file of the machine is out of date."
)


class OwnRuns:
    """A file with the IDs of runs that took a shared lock here and have not released it.

    It is used only while the lock of this machine is held, so none of these runs is still active.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> list[str]:
        """Return the IDs. Without a readable file, all locks count as those of other machines."""
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return []
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def add(self, run_id: str) -> None:
        """Remember a run, before it takes the lock. Raises StateError."""
        self._write([*self.read(), run_id], "Nothing was changed.")

    def clear(self) -> None:
        """Forget all runs, when no lock is left. Raises StateError."""
        self._write([], _ONLY_THIS_FILE)

    def _write(self, run_ids: list[str], consequence: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, json.dumps(run_ids).encode(), private=True)
        except OSError as error:
            raise state_write_error(self._path, error, consequence) from None
