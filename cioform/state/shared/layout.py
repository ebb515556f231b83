"""The names of the files of a shared state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.state.shared.backend import Files

STATE_FILE: Final = "state.json"
LOCK_FILE: Final = "lock.json"
LAST_RUN_FILE: Final = "last_run.json"
MOVED_FILE: Final = "moved.json"
"""Says where the state went when it was migrated to another storage."""

_OPEN_PART: Final = lazy_pattern(r"open/([A-Za-z0-9][A-Za-z0-9-]*)/([0-9]+)\.ndjson")


def has_state(files: Files) -> bool:
    """Return whether a state is among the files."""
    return STATE_FILE in files


def is_moved(files: Files) -> bool:
    """Return whether the files say that the state was migrated to another storage."""
    return MOVED_FILE in files


def open_part(run_id: str, number: int) -> str:
    """Return the file of one part of the journal of a run that is not resolved."""
    return f"open/{run_id}/{number:04}.ndjson"


def closed_part(run_id: str, number: int) -> str:
    """Return the file of one part of the journal of a run that is resolved."""
    return f"journals/{run_id}/{number:04}.ndjson"


def summary_file(run_id: str) -> str:
    """Return the file with the summary of a run."""
    return f"runs/{run_id}.json"


def open_journals(files: Files) -> Mapping[str, Mapping[int, bytes]]:
    """Return the parts of the journals that are not resolved, by the ID of the run."""
    found: dict[str, dict[int, bytes]] = {}
    for path in sorted(files):
        if part := _OPEN_PART.fullmatch(path):
            found.setdefault(part[1], {})[int(part[2])] = files[path]
    return found
