"""The summary of a run, and the intent that it announces before it begins."""

from __future__ import annotations

from collections import Counter

from cioform.core.data.json_value import Json
from cioform.core.time.timestamps import format_timestamp
from cioform.plan.plan import Plan
from cioform.run.events import ChangeStatus, Outcome
from cioform.state.actions import PAST_TENSE
from cioform.state.runs import RunInfo, RunSummary


def summarize_run(run: RunInfo, outcome: Outcome, began_at: float, ended_at: float) -> RunSummary:
    """Return the summary of a run. The times are Unix seconds."""
    counts = Counter(
        PAST_TENSE[result.action] if result.status is ChangeStatus.DONE else result.status.value
        for result in outcome.counted
    )
    return RunSummary(
        run=run,
        began_at=format_timestamp(began_at),
        ended_at=format_timestamp(ended_at),
        complete=outcome.complete,
        counts=dict(counts),
    )


def intended_changes(plan: Plan) -> list[Json]:
    """Return the changes that a run announces: if it dies, they are what may have happened."""
    return [
        {
            "address": str(change.address),
            "action": change.action.value,
            "identity": change.identity,
            "remote_id": change.remote_id,
        }
        for change in plan.changes
        if change.action.writes
    ]
