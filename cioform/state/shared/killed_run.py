"""Record a run of a shared state that was killed or left outcomes unknown."""

from __future__ import annotations

from collections.abc import Callable

from cioform.core.errors import StateError
from cioform.state.journal.replay import JournalReplay
from cioform.state.journal.resolution import RunResolution
from cioform.state.killed_runs import summary_of_killed_run
from cioform.state.runs import decode_summary, encode_file
from cioform.state.shared.backend import FileChanges, Files, StateBackend
from cioform.state.shared.layout import open_journals, summary_file
from cioform.state.shared.lock_info import LockInfo


def end_of_killed_run(
    lock: LockInfo | None, files: Files, replay: Callable[[str, bytes], JournalReplay], at: float
) -> FileChanges:
    """Return the summary of the run that holds the lock, if it announced changes.

    `replay` reads a journal. `at` is when the lock ends, in Unix seconds. A lock can always be
    released: of a run with a corrupt journal there is no summary, and the next command that
    resolves it says what to do.
    """
    parts = open_journals(files).get(lock.run.id) if lock is not None else None
    if lock is None or not parts:
        return {}
    try:
        journal = replay(lock.run.id, b"".join(parts.values()))
    except StateError:
        return {}
    return {summary_file(lock.run.id): encode_file(summary_of_killed_run(journal, at, lock.run))}


def resolved_summary(backend: StateBackend, resolution: RunResolution) -> FileChanges:
    """Return the summary of a run with how the changes ended that it left in doubt."""
    path = summary_file(resolution.run_id)
    return {
        path: encode_file(decode_summary(content, path).resolved(resolution))
        for path, content in backend.read_archived((path,)).items()
    }
