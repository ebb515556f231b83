"""A state that several machines share, in any storage with compare-and-swap."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from typing_extensions import override

from cioform.core.errors import StateError, StateLockedError
from cioform.core.time.timestamps import format_timestamp
from cioform.model.objects.snapshot import AppliedState
from cioform.state.journal.journal import Journal
from cioform.state.journal.journal_folder import JournalFolder
from cioform.state.journal.replay import JournalReplay, closing_record, replay_journal
from cioform.state.journal.resolution import RunResolution
from cioform.state.local.process_lock import hold_process_lock
from cioform.state.runs import (
    UNNAMED_RUN,
    RunInfo,
    RunSummary,
    decode_summary,
    encode_file,
    is_older,
)
from cioform.state.shared.backend import (
    FileChanges,
    Files,
    MovedError,
    Snapshot,
    StateBackend,
    SwapNote,
)
from cioform.state.shared.killed_run import end_of_killed_run, resolved_summary
from cioform.state.shared.layout import (
    LAST_RUN_FILE,
    LOCK_FILE,
    MOVED_FILE,
    STATE_FILE,
    open_journals,
    summary_file,
)
from cioform.state.shared.lock_info import (
    LockInfo,
    lock_held_error,
    not_the_holder_error,
    read_lock,
)
from cioform.state.shared.own_runs import OwnRuns
from cioform.state.shared.published_journal import (
    PublishedJournal,
    all_contents,
    closing_changes,
    newest_contents,
)
from cioform.state.shared.publisher import BackgroundPublisher, Publisher
from cioform.state.shared.session import LockedSession, adding_detail, apply_changes, without_lock
from cioform.state.shared.validity import (
    StateIdentity,
    check_shared_state,
    decode_shared_state,
    moved_file,
)
from cioform.state.state import UpgradeAttributes, encode_state
from cioform.state.store import StateStore
from cioform.storage.journal import encode_line

_POLL_SECONDS: Final = 5.0


class SharedStateStore(StateStore):
    """A state in `backend`; `folder` keeps the journals of runs of this machine that are open.

    What is saved within a lock is pushed when the lock is released. `identity` says which state it
    has to be. `lock_seconds` is how long to wait for a lock that somebody else holds, unless
    `has_job_ended` knows that the run that holds it was killed.
    """

    def __init__(
        self,
        backend: StateBackend,
        folder: Path,
        identity: StateIdentity,
        *,
        upgrade: UpgradeAttributes = lambda _address, _attributes: None,
        lock_seconds: float = 0,
        has_job_ended: Callable[[RunInfo], bool] = lambda _run: False,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        start_publisher: Callable[[Callable[[], None]], Publisher] = BackgroundPublisher,
    ) -> None:
        self._backend = backend
        self._folder = folder
        self._identity = identity
        self._name = identity.owner.name
        self._upgrade = upgrade
        self._lock_seconds = lock_seconds
        self._has_job_ended = has_job_ended
        self._clock = clock
        self._sleep = sleep
        self._start_publisher = start_publisher
        self._journals = JournalFolder(folder / "journal", upgrade)
        self._own_runs = OwnRuns(folder / "own_runs.json")
        self._session: LockedSession | None = None
        self._journal: PublishedJournal | None = None
        self._read: Files = {}
        self._resolved: list[str] = []
        self._title = ""

    @property
    @override
    def is_shared(self) -> bool:
        return True

    @property
    @override
    def location(self) -> str:
        return self._backend.location

    @override
    def lock_holder(self) -> str | None:
        lock = read_lock(self._read_valid().files, self._backend.location)
        return None if lock is None else lock.holder

    @override
    def prove_writable(self) -> str:
        return self._backend.prove_writable()

    @override
    def load(self) -> AppliedState:
        if self._session is None:
            self._read = self._read_valid().files
        return self._decode(self._files)

    @override
    def save(self, applied: AppliedState) -> None:
        self._locked.pending[STATE_FILE] = encode_state(applied, self._identity.owner)

    @override
    @contextmanager
    def lock(self, run: RunInfo | None = None) -> Iterator[None]:
        with hold_process_lock(self._folder / "state.lock", self._clock):
            self._session = self._acquire(run or UNNAMED_RUN)
            try:
                yield
            except BaseException:
                self._release_after_error()
                raise
            else:
                self._release(is_complete=True)
            finally:
                self._session = self._journal = None

    @override
    def open_journal(self, run_id: str, clock: Callable[[], float]) -> Journal:
        file = self._journals.create(run_id)
        self._journal = PublishedJournal(run_id, file, self._locked, self._start_publisher)
        return Journal(self._journal, str(self._journals.path(run_id)), clock)

    @override
    def unfinished_runs(self) -> Sequence[JournalReplay]:
        contents = newest_contents(self._files, self._journals)
        runs = [self._replay(run_id, content) for run_id, content in contents.items()]
        unfinished = [run for run in runs if not run.has_ended or run.open_changes]
        return sorted(unfinished, key=lambda run: (run.started_at, run.run_id))

    @override
    def close_run(self, resolution: RunResolution, at: float) -> None:
        session, run_id = self._locked, resolution.run_id
        if parts := open_journals(session.files).get(run_id):
            content = newest_contents(session.files, self._journals)[run_id]
            run = self._replay(run_id, content)
            end = encode_line(closing_record(run, resolution, at))
            rest = content[len(b"".join(parts.values())) : run.valid_length]
            session.pending |= closing_changes(run_id, {**parts, max(parts) + 1: rest + end})
            session.pending |= resolved_summary(self._backend, resolution)
        self._resolved.append(run_id)

    @override
    def append_run(self, summary: RunSummary) -> None:
        content = encode_file(summary)
        self._locked.pending |= {summary_file(summary.run.id): content, LAST_RUN_FILE: content}
        self._title = summary.title

    @override
    def history(self) -> Sequence[RunSummary]:
        self._read = self._read_valid().files
        files = self._backend.read_archived(self._backend.list_archive("runs"))
        return [decode_summary(files[path], path) for path in sorted(files)]

    @override
    def journals_of(self, run_ids: Collection[str]) -> Mapping[str, JournalReplay]:
        self._read = self._read_valid().files
        contents = all_contents(self._read, self._backend, run_ids)
        return {run_id: self._replay(run_id, content) for run_id, content in contents.items()}

    @override
    def last_run(self) -> RunSummary | None:
        content = self._files.get(LAST_RUN_FILE)
        return None if content is None else decode_summary(content, LAST_RUN_FILE)

    @override
    def mark_moved(self, target: str, who: str, /) -> None:
        # It is written when the lock is released.
        self._locked.pending |= {STATE_FILE: None, MOVED_FILE: moved_file(target, who)}

    def break_lock(self, run_id: str, run: RunInfo) -> None:
        """Release the lock of a run that will never end. `run` is who does that.

        Raises StateError if that run does not hold the lock.
        """
        snapshot = self._read_valid()
        lock = read_lock(snapshot.files, self._backend.location)
        if lock is None or lock.run.id != run_id:
            raise not_the_holder_error(lock, self._backend.location, run_id)
        note = SwapNote(f"unlock {self._name}: run {run_id}", run.details, run.who)
        changes = {LOCK_FILE: None, **self._end_of_killed_run(lock, snapshot.files)}
        try:
            self._backend.swap(changes, snapshot.token, note)
        except MovedError:
            raise StateLockedError.of(
                "Lock is in use",
                f"Run {run_id} has just changed {self._backend.location}, so it is still running. "
                "Nothing was changed.",
            ) from None

    def prune(self, before: float, run: RunInfo) -> int:
        """Remove the journals of resolved runs that began before a time (Unix seconds).

        Return how many runs that were. Their summaries stay.
        """
        with self.lock(run):
            parts = self._backend.list_archive("journals")
            old = [path for path in parts if is_older(path.split("/")[1], before)]
            self._locked.pending |= dict.fromkeys(old)
        return len({path.split("/")[1] for path in old})

    @property
    def _locked(self) -> LockedSession:
        assert self._session is not None  # a writer holds the lock
        return self._session

    @property
    def _files(self) -> Files:
        return self._read if self._session is None else self._session.files

    def _read_valid(self) -> Snapshot:
        snapshot = check_shared_state(self._backend.read(), self._identity, self._backend)
        self._decode(snapshot.files)
        return snapshot

    def _decode(self, files: Files) -> AppliedState:
        return decode_shared_state(files, self._identity, self._backend, self._upgrade)

    def _replay(self, run_id: str, content: bytes) -> JournalReplay:
        name, hint = f"The journal of run {run_id}", self._backend.restore_hint
        return replay_journal(
            run_id, name, content, self._upgrade, is_partial=True, restore_hint=hint
        )

    def _acquire(self, run: RunInfo) -> LockedSession:
        """Push the lock, as soon as nobody else holds it."""
        waited = 0.0
        self._own_runs.add(run.id)
        while True:
            snapshot = self._read_valid()
            holder = read_lock(snapshot.files, self._backend.location)
            if holder is None or self._is_killed(holder.run):
                with suppress(MovedError):
                    return self._push_lock(run, snapshot, holder)
            elif waited >= self._lock_seconds:
                raise lock_held_error(holder, self._backend.location, self._name)
            else:
                pause = min(_POLL_SECONDS, self._lock_seconds - waited)
                self._sleep(pause)
                waited += pause

    def _is_killed(self, run: RunInfo) -> bool:
        """Return whether a run that holds the lock was killed, as far as that is known."""
        return run.id in self._own_runs.read() or self._has_job_ended(run)

    def _push_lock(self, run: RunInfo, snapshot: Snapshot, old: LockInfo | None) -> LockedSession:
        lock = LockInfo(run=run, since=format_timestamp(self._clock()))
        changes = {LOCK_FILE: encode_file(lock), **self._end_of_killed_run(old, snapshot.files)}
        note = SwapNote(f"Lock for {self._command(run)}", run.details, run.who)
        token = self._backend.swap(changes, snapshot.token, note)
        journal = str(self._journals.path(run.id))
        locked = Snapshot(token, apply_changes(snapshot.files, changes))
        return LockedSession(self._backend, lock, locked, journal, self._sleep)

    def _end_of_killed_run(self, lock: LockInfo | None, files: Files) -> FileChanges:
        return end_of_killed_run(lock, files, self._replay, self._clock())

    def _release_after_error(self) -> None:
        # The error is what the user must see. A lock that stays is found by the next command on
        # this machine.
        with suppress(StateError):
            self._release(is_complete=False)

    def _release(self, *, is_complete: bool) -> None:
        """Push all that was saved, the rest of the journal, and the end of the lock."""
        session = self._locked
        run = session.lock.run
        changes = session.pending | (self._journal.last_changes() if self._journal else {})
        end = (self._title or ("" if changes else "nothing changed")) if is_complete else "stopped"
        subject = f"{self._command(run)}: {end}" if end else self._command(run)
        with adding_detail(self._journal.record_hint if self._journal else ""):
            session.push(without_lock(changes), SwapNote(subject, run.details, run.who))
        for run_id in (*self._resolved, run.id):
            self._journals.remove(run_id)
        self._own_runs.clear()
        self._resolved, self._title = [], ""

    def _command(self, run: RunInfo) -> str:
        return f"{run.command} {self._name}"
