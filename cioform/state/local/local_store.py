"""A state store in a folder of the local disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from time import time
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from typing_extensions import override

from cioform.core.errors import StateError
from cioform.core.lazy_modules import lazy_module
from cioform.core.os_errors import os_reason
from cioform.model.objects.snapshot import AppliedState
from cioform.state.state import (
    StateOwner,
    UpgradeAttributes,
    corrupt_state_error,
    decode_state,
    encode_state,
)
from cioform.state.store import StateNotWritableError, StateStore
from cioform.storage.atomic import replace_file

if TYPE_CHECKING:
    from cioform.state.journal.journal import Journal
    from cioform.state.journal.journal_folder import JournalFolder
    from cioform.state.journal.replay import JournalReplay
    from cioform.state.journal.resolution import RunResolution
    from cioform.state.local import local_writes
    from cioform.state.runs import RunInfo, RunSummary
else:
    local_writes = lazy_module("cioform.state.local.local_writes")

_NOT_SAVED: Final = (
    "The state is as it was before. If a run had begun, its journal has what it did since then, "
    "and the next command takes it from there."
)
_NO_SUMMARY: Final = (
    "The changes of the run are made and in the state; only its entry in `cioform history` is "
    "missing."
)
_NOT_RESOLVED: Final = (
    "How the changes of that run ended is not recorded; the next command looks it up again."
)
_NOT_ARCHIVED: Final = (
    "The state was moved, and workspace.yaml names its new place; the old files are still here, "
    "and no command uses them."
)
_NOT_MOVED: Final = "The state was not moved and is used where it was."


class LocalStateStore(StateStore):
    """A state in `folder`: `state.json`, its `state.json.backup`, a lock, `journal/` and `runs/`.

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
        self._run_folder = folder / "runs"

    @cached_property
    def _journals(self) -> JournalFolder:
        return local_writes.JournalFolder(self._journal_folder, self._upgrade)

    @property
    @override
    def is_shared(self) -> bool:
        return False

    @property
    @override
    def location(self) -> str:
        return str(self._state_path)

    @override
    def lock_holder(self) -> str | None:
        if not self._lock_path.exists():
            return None
        lock = local_writes.ProcessLock(self._lock_path, self._clock)
        try:
            lock.acquire()
        except local_writes.LockHeldError as error:
            return error.holder
        except OSError:  # Only a disk that cannot be written, where nobody takes locks.
            return None
        lock.release()
        return None

    @override
    def prove_writable(self) -> str:
        folders = (self._folder, *self._folder.parents)
        existing = next(folder for folder in folders if folder.exists())
        if not os.access(existing, os.W_OK):
            raise StateNotWritableError.of(
                "State not writable",
                f"{self._folder} cannot be written by this user. Plans need no more than that; "
                "apply and import do.",
            )
        return "can be written"

    @override
    def load(self) -> AppliedState:
        if self._state_path.is_symlink():
            raise _link_error(self._state_path)
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
        content = encode_state(applied, self._owner)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._state_path, content, backup=self._backup_path, private=True)
        except OSError as error:
            raise local_writes.state_write_error(self._state_path, error, _NOT_SAVED) from None

    def exists(self) -> bool:
        """Return whether a state was saved here before."""
        return self._state_path.exists()

    @override
    def mark_moved(self, _target: str, _who: str, /) -> None:
        aside = self._folder / "migrated"
        try:
            aside.mkdir(exist_ok=True)
            for path in (self._state_path, self._backup_path, self._run_folder):
                if path.exists():
                    rmtree(aside / path.name, ignore_errors=True)
                    path.replace(aside / path.name)
        except OSError as error:
            raise local_writes.state_write_error(aside, error, _NOT_ARCHIVED) from None

    @override
    @contextmanager
    def lock(self, run: RunInfo | None = None) -> Iterator[None]:
        with local_writes.hold_process_lock(self._lock_path, self._clock):
            yield

    @override
    def open_journal(self, run_id: str, clock: Callable[[], float]) -> Journal:
        return local_writes.Journal(
            self._journals.create(run_id), str(self._journals.path(run_id)), clock
        )

    @override
    def unfinished_runs(self) -> Sequence[JournalReplay]:
        # Before the first run there is nothing to read, and no code for it is loaded.
        return self._journals.unfinished() if self._journal_folder.exists() else []

    @override
    def close_run(self, resolution: RunResolution, at: float) -> None:
        journal = self._journals.replay(resolution.run_id)
        path = self._summary_path(resolution.run_id)
        known = (
            self._read_summary(path)
            if path.exists()
            else local_writes.summary_of_killed_run(journal, at)
        )
        self._write_summary(known.resolved(resolution), _NOT_RESOLVED)
        self._journals.close(journal, resolution, at)

    @override
    def append_run(self, summary: RunSummary) -> None:
        self._write_summary(summary, _NO_SUMMARY)

    def add_history(self, summaries: Iterable[RunSummary]) -> None:
        """Take over the runs of a state that is moved here, before the state itself is saved."""
        for summary in summaries:
            self._write_summary(summary, _NOT_MOVED)

    def _write_summary(self, summary: RunSummary, consequence: str) -> None:
        path = self._summary_path(summary.run.id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, local_writes.encode_file(summary), private=True)
        except OSError as error:
            raise local_writes.state_write_error(path, error, consequence) from None

    @override
    def history(self) -> Sequence[RunSummary]:
        return [self._read_summary(path) for path in self._summaries()]

    @override
    def journals_of(self, run_ids: Collection[str]) -> Mapping[str, JournalReplay]:
        known = [run_id for run_id in self._journals.ids() if run_id in run_ids]
        return {run_id: self._journals.replay(run_id) for run_id in known}

    @override
    def last_run(self) -> RunSummary | None:
        paths = self._summaries()
        return self._read_summary(paths[-1]) if paths else None

    @override
    def prune(self, before: float, run: RunInfo) -> int:
        with self.lock(run):
            old = [
                each for each in self._journals.resolved() if local_writes.is_older(each, before)
            ]
            for run_id in old:
                self._journals.remove(run_id)
        return len(old)

    def _summary_path(self, run_id: str) -> Path:
        return self._run_folder / f"{run_id}.json"

    def _summaries(self) -> list[Path]:
        # The ID of a run begins with its time.
        return sorted(self._run_folder.glob("*.json"))

    def _read_summary(self, path: Path) -> RunSummary:
        try:
            return local_writes.decode_summary(path.read_bytes(), str(path))
        except OSError as error:
            raise _read_error(path, error) from None


def _link_error(path: Path) -> StateError:
    return StateError.of(
        "State is a link",
        f"{path} is a symbolic link. cioform replaces the file as a whole, so that the link would "
        "be lost, and somebody else may write where it leads. Nothing was changed. Put the file "
        "itself there.",
    )


def _read_error(path: Path, error: OSError) -> StateError:
    return StateError.of(
        "State not readable",
        f"{path} cannot be read: {os_reason(error)}. Nothing was changed. Check its "
        "permissions and its owner.",
    )
