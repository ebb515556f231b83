"""The state of a workspace as a whole: create, move, release, prune, print."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.dataclasses import dataclass
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.services.context import OpenWorkspace
from cioform.services.revisions.run_origin import describe_run
from cioform.services.state.creation import init_state
from cioform.services.state.migration import migrate_state
from cioform.services.state.run_history import read_run_history
from cioform.state.journal.run_changes import RunChange, changes_of
from cioform.state.runs import RunSummary
from cioform.state.shared.store import SharedStateStore
from cioform.state.state import encode_state


@dataclass(frozen=True, slots=True)
class StateAdministration:
    """What can be done with the state of an open workspace, apart from its bindings."""

    opened: OpenWorkspace

    def init(self, *, adopt: bool = False) -> Sequence[str]:
        """Create the shared state that `workspace.yaml` names; return what was done, in sentences.

        `adopt` uses a state that exists, and replaces one that is lost.
        """
        return tuple(init_state(self.opened, adopt=adopt))

    def migrate(self, to: str, remote: str | None = None) -> Sequence[str]:
        """Move the state to `local`, `git` or a URL; return what was done, in sentences.

        `remote` is the name or the URL of a Git remote.
        """
        return tuple(migrate_state(self.opened, to, remote))

    def unlock(self, run_id: str) -> None:
        """Release the lock of a run that was killed. Raises UsageError if it does not hold it."""
        store = self.opened.store
        if not isinstance(store, SharedStateStore):
            raise UsageError.of(
                "State is local",
                f"The state of {self.opened.name} is a local file. Its lock is released when the "
                "process that holds it ends.",
            )
        store.break_lock(run_id, describe_run(self.opened, "state unlock"))

    def prune(self, keep_seconds: int) -> int:
        """Delete the journals and backups of runs that are older; return how many runs."""
        before = self.opened.clock() - keep_seconds
        return self.opened.store.prune(before, describe_run(self.opened, "state prune"))

    def text(self) -> str:
        """Return the state as JSON."""
        return encode_state(self.opened.load_state(), self.opened.owner).decode()

    def last_run(self) -> RunSummary | None:
        """Return the summary of the run that applied last, None if there was none."""
        return self.opened.store.last_run()

    def history(self) -> Sequence[RunSummary]:
        """Return the summaries of all runs, oldest first, with those that did not end."""
        return read_run_history(self.opened)

    def changes(self, run_id: str) -> tuple[RunChange, ...] | None:
        """Return what a run did to each object, None if its journal was pruned.

        Raises UsageError if there was no such run.
        """
        journal = self.opened.store.journals_of((run_id,)).get(run_id)
        if journal is not None:
            return changes_of(journal)
        known = [summary.run.id for summary in self.history()]
        if run_id in known:
            return None
        name = self.opened.name
        raise UsageError.of(
            "Run not found",
            f"{name} has no run {run_id}.{did_you_mean(run_id, known)} List all runs:\n\n"
            f"    cioform history {name}",
        )
