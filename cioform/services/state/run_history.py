"""All runs of a workspace, with those that did not end."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.services.context import OpenWorkspace
from cioform.state.killed_runs import summary_of_unfinished_run
from cioform.state.runs import RunSummary


def read_run_history(opened: OpenWorkspace) -> Sequence[RunSummary]:
    """Return the summaries of all runs, oldest first.

    A run that did not end has no summary until another command finds out how its changes ended;
    its journal says what it did. Raises StateError if such a journal is corrupt.
    """
    runs = {each.run.id: each for each in opened.store.history()}
    unfinished = {
        journal.run_id: summary_of_unfinished_run(journal)
        for journal in opened.store.unfinished_runs()
    }
    # The ID of a run begins with its time.
    return [run for _, run in sorted({**unfinished, **runs}.items())]
