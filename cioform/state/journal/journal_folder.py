"""The journals of a state on the local disk, one file for each run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cioform.core.errors import StateError
from cioform.core.os_errors import os_reason
from cioform.state.journal.journal import journal_write_error
from cioform.state.journal.replay import (
    JournalReplay,
    closing_record,
    ends_resolved,
    journal_read_error,
    replay_journal,
)
from cioform.state.journal.resolution import RunResolution
from cioform.state.state import UpgradeAttributes
from cioform.storage.journal import AppendOnlyFile, read_last_line

_SUFFIX = ".ndjson"


class JournalFolder:
    """A folder of journals. Every method raises StateError if it cannot do its job."""

    def __init__(self, folder: Path, upgrade: UpgradeAttributes) -> None:
        self._folder = folder
        self._upgrade = upgrade

    def path(self, run_id: str) -> Path:
        """Return the journal of a run."""
        return self._folder / f"{run_id}{_SUFFIX}"

    def create(self, run_id: str) -> AppendOnlyFile:
        """Begin the journal of a new run."""
        path = self.path(run_id)
        try:
            return AppendOnlyFile.create(path)
        except FileExistsError as error:
            if not path.exists():
                raise journal_write_error(str(path), error) from None
            raise StateError.of(
                "Journal already exists",
                f"{path} is the record of an earlier run with the same ID. It is not overwritten, "
                "and nothing was changed. Run the command again.",
            ) from None
        except OSError as error:
            raise journal_write_error(str(path), error) from None

    def read(self, run_id: str) -> bytes:
        """Return the content of the journal of a run."""
        try:
            return self._read(run_id)
        except FileNotFoundError as error:
            raise journal_read_error(str(self.path(run_id)), error) from None

    def _read(self, run_id: str) -> bytes:
        path = self.path(run_id)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise journal_read_error(str(path), error) from None

    def contents(self) -> dict[str, bytes]:
        """Return all journals by the ID of the run. Another process may be deleting some."""
        found = {}
        for run_id in self.ids():
            with suppress(FileNotFoundError):
                found[run_id] = self._read(run_id)
        return found

    def unresolved(self) -> list[str]:
        """Return the IDs of the runs whose journal does not say that everything is resolved."""
        # Journals are kept long, so only the last line of a finished one is read.
        return [path.stem for path in self._paths() if not _is_resolved(path)]

    def resolved(self) -> list[str]:
        """Return the IDs of the other runs."""
        return [path.stem for path in self._paths() if _is_resolved(path)]

    def unfinished(self) -> Sequence[JournalReplay]:
        """Return the runs that did not end, or ended with an unknown outcome, oldest first."""
        runs = [self.replay(run_id) for run_id in self.unresolved()]
        unfinished = [run for run in runs if not run.has_ended or run.open_changes]
        return sorted(unfinished, key=lambda run: (run.started_at, run.run_id))

    def close(self, run: JournalReplay, resolution: RunResolution, at: float) -> None:
        """Record how all that a run left open ended. `at` is Unix seconds."""
        path = self.path(run.run_id)
        try:
            file = AppendOnlyFile.reopen(path, run.valid_length)
            try:
                file.append(closing_record(run, resolution, at))
            finally:
                file.close()
        except OSError as error:
            raise journal_write_error(str(path), error) from None

    def remove(self, run_id: str) -> None:
        """Delete the journal of a run that is recorded elsewhere or pruned, if there is one."""
        path = self.path(run_id)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StateError.of(
                "Journal not deleted",
                f"{path} cannot be deleted: {os_reason(error)}. No later command needs it: "
                "what its run did is in the state. Correct the permissions of its folder.",
            ) from None

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_SUFFIX}"))

    def ids(self) -> list[str]:
        """Return the IDs of all runs, oldest first."""
        return [path.stem for path in self._paths()]

    def replay(self, run_id: str) -> JournalReplay:
        """Return what the journal of a run says."""
        return replay_journal(run_id, str(self.path(run_id)), self.read(run_id), self._upgrade)


def _is_resolved(path: Path) -> bool:
    try:
        return ends_resolved(read_last_line(path))
    except OSError as error:
        raise journal_read_error(str(path), error) from None
