"""A state store in a folder of the local disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import time
from uuid import uuid4

from typing_extensions import override

from cioform.core.errors import StateError, StateLockedError
from cioform.model.snapshot import AppliedState
from cioform.state.journal import Journal, journal_write_error
from cioform.state.replay import (
    JournalReplay,
    closing_record,
    ends_settled,
    journal_read_error,
    replay_journal,
)
from cioform.state.state import (
    StateOwner,
    UpgradeAttributes,
    corrupt_state_error,
    decode_state,
    encode_state,
)
from cioform.state.store import StateStore
from cioform.storage.atomic import replace_file
from cioform.storage.journal import AppendOnlyFile, read_last_line
from cioform.storage.lock import LockHeldError, ProcessLock

_JOURNAL_SUFFIX = ".ndjson"


class LocalStateStore(StateStore):
    """A state in `folder`: `state.json`, its `state.json.backup`, a lock and `journal/`.

    `upgrade` rewrites what an older version stored. Nothing is written before the next save.
    """

    def __init__(
        self,
        folder: Path,
        owner: StateOwner,
        *,
        upgrade: UpgradeAttributes = lambda _address, _attributes: None,
        new_lineage: Callable[[], str] = lambda: str(uuid4()),
        clock: Callable[[], float] = time,
    ) -> None:
        self._folder = folder
        self._owner = owner
        self._upgrade = upgrade
        self._new_lineage = new_lineage
        self._clock = clock
        self._state_path = folder / "state.json"
        self._backup_path = folder / "state.json.backup"
        self._lock_path = folder / "state.lock"
        self._journal_folder = folder / "journal"

    @override
    def load(self) -> AppliedState:
        # A backup without a state is not a new workspace: somebody deleted or lost the file.
        try:
            text = self._state_path.read_bytes().decode()
        except FileNotFoundError:
            if self._backup_path.exists():
                raise corrupt_state_error(
                    str(self._state_path), "It is missing, and its backup is not."
                ) from None
            return AppliedState(self._new_lineage(), 0, {})
        except UnicodeDecodeError:
            raise corrupt_state_error(str(self._state_path), "It is not UTF-8.") from None
        except OSError as error:
            raise _read_error(self._state_path, error) from None
        return decode_state(text, self._owner, str(self._state_path), self._upgrade)

    @override
    def save(self, applied: AppliedState) -> None:
        content = encode_state(applied, self._owner).encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._state_path, content, backup=self._backup_path, private=True)
        except OSError as error:
            raise _write_error(self._state_path, error) from None

    @override
    @contextmanager
    def lock(self) -> Iterator[None]:
        lock = ProcessLock(self._lock_path, self._clock)
        try:
            lock.acquire()
        except LockHeldError as error:
            raise _locked_error(self._lock_path, error.holder) from None
        except OSError as error:
            raise _write_error(self._lock_path, error) from None
        try:
            yield
        finally:
            lock.release()

    @override
    def open_journal(self, run_id: str, clock: Callable[[], float]) -> Journal:
        path = self._journal_path(run_id)
        try:
            return Journal(AppendOnlyFile.create(path), str(path), clock)
        except FileExistsError:
            raise StateError.of(
                "Journal exists already",
                f"{path} is the record of an earlier run with the same id. It is not overwritten, "
                "and nothing was changed. Run the command again.",
            ) from None
        except OSError as error:
            raise journal_write_error(str(path), error) from None

    @override
    def unfinished_runs(self) -> Sequence[JournalReplay]:
        # Journals are kept for good, so only the last line of a finished one is read.
        paths = sorted(self._journal_folder.glob(f"*{_JOURNAL_SUFFIX}"))
        runs = [self._read_journal(path) for path in paths if not _is_settled(path)]
        unfinished = [run for run in runs if not run.has_ended or run.open_changes]
        return sorted(unfinished, key=lambda run: (run.started_at, run.run_id))

    @override
    def close_run(self, run_id: str, at: float) -> None:
        path = self._journal_path(run_id)
        run = self._read_journal(path)
        try:
            file = AppendOnlyFile.reopen(path, run.valid_length)
            try:
                file.append(closing_record(run, at))
            finally:
                file.close()
        except OSError as error:
            raise journal_write_error(str(path), error) from None

    def _journal_path(self, run_id: str) -> Path:
        return self._journal_folder / f"{run_id}{_JOURNAL_SUFFIX}"

    def _read_journal(self, path: Path) -> JournalReplay:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise journal_read_error(str(path), error) from None
        return replay_journal(path.stem, str(path), content, self._upgrade)


def _is_settled(path: Path) -> bool:
    try:
        return ends_settled(read_last_line(path))
    except OSError as error:
        raise journal_read_error(str(path), error) from None


def _locked_error(path: Path, holder: str) -> StateLockedError:
    return StateLockedError.of(
        "State is locked",
        f"{path} is held by {holder}, which may be in the middle of an apply. Nothing was changed. "
        "Wait until that process has ended, then run the command again. The lock is released with "
        "its process, so there is nothing to clean up after a crash.",
    )


def _read_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "State not readable",
        f"{path} cannot be read: {error.strerror or error}. Nothing was changed. Check its "
        "permissions and its owner.",
    )


def _write_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "State not writable",
        f"{path} cannot be written: {error.strerror or error}. The state is unchanged, and the "
        "journal records what was done since. Free some disk space or correct the permissions, "
        "then run the same command again: it continues where this one stopped.",
    )
