"""The interface of the storage of a workspace's state and its journals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from cioform.core.errors import StateError
from cioform.model.objects.snapshot import AppliedState

if TYPE_CHECKING:
    from cioform.state.journal.journal import Journal
    from cioform.state.journal.replay import JournalReplay
    from cioform.state.journal.resolution import RunResolution
    from cioform.state.runs import RunInfo, RunSummary


class StateNotWritableError(StateError):
    """The state can be read and not written: enough for a person who only plans."""


class StateStore(Protocol):
    """One workspace's state and journals. Every method raises StateError if it cannot do its job.

    `save`, `open_journal` and `close_run` are called while the lock is held, and a store that
    other machines share must refuse them once it has lost the lock: a save replaces exactly the
    state that was loaded or saved before it.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other machines use the state too: a command that only reads does not write it."""
        ...

    @property
    def location(self) -> str:
        """The state as messages name it."""
        ...

    def lock_holder(self) -> str | None:
        """Return who holds the lock, in words, None if nobody does."""
        ...

    def prove_writable(self) -> str:
        """Try whether the state can be written, without changing it, and return what is known now.

        Raises StateNotWritableError if that is not allowed here, and another StateError if the
        storage cannot keep a state.
        """
        ...

    def load(self) -> AppliedState:
        """Return the state; a new one with a new lineage if there is none yet."""
        ...

    def save(self, applied: AppliedState) -> None:
        """Replace the state as a whole, or leave it as it was."""
        ...

    def mark_moved(self, target: str, who: str, /) -> None:
        """Mark the state as moved to `target` by `who`, so that no command uses it again.

        It is called while the lock is held.
        """
        ...

    def lock(self, run: RunInfo | None = None) -> AbstractContextManager[None]:
        """Keep every other command out of the state for the length of a block.

        `run` says who holds the lock, for others to see. A store may write what is saved in the
        block only at its end. Raises StateLockedError if somebody else has the lock.
        """
        ...

    def open_journal(self, run_id: str, clock: Callable[[], float]) -> Journal:
        """Begin the journal of a new run. `clock` returns Unix seconds."""
        ...

    def unfinished_runs(self) -> Sequence[JournalReplay]:
        """Return the runs that did not end, or ended with an unknown outcome, oldest first."""
        ...

    def close_run(self, resolution: RunResolution, at: float) -> None:
        """Record how all that a run left open ended. `at` is Unix seconds."""
        ...

    def append_run(self, summary: RunSummary) -> None:
        """Remember what a run did."""
        ...

    def history(self) -> Sequence[RunSummary]:
        """Return the summaries of all runs, oldest first."""
        ...

    def journals_of(self, run_ids: Collection[str]) -> Mapping[str, JournalReplay]:
        """Return the journals of runs by their IDs, without those that were pruned."""
        ...

    def last_run(self) -> RunSummary | None:
        """Return the summary of the run that applied last, None if there was none."""
        ...

    def prune(self, before: float, run: RunInfo) -> int:
        """Delete the journals, with their backups, of resolved runs that began before a time.

        The time is in Unix seconds. Return how many runs that were; their summaries stay.
        """
        ...
