"""Summarize a run that was killed, and whose changes were looked up by another one."""

from __future__ import annotations

from typing import Final

from cioform.core.time.timestamps import format_timestamp, parse_timestamp
from cioform.state.journal.record import JournalEvent
from cioform.state.journal.replay import JournalReplay
from cioform.state.journal.resolution import Resolution
from cioform.state.runs import RunInfo, RunSummary

_KNOWN: Final = ("who", "command", "commit", "rolls_back")
"""What the first record of a journal says of its run."""


def summary_of_killed_run(
    journal: JournalReplay, at: float, run: RunInfo | None = None
) -> RunSummary:
    """Return the summary of a run that did not end. `at` is when that was found, in Unix seconds.

    `run` is what the lock says of it; otherwise its journal says it.
    """
    return RunSummary(
        run=run or _run_of(journal),
        began_at=journal.started_at or _time_in_id(journal.run_id, at),
        ended_at=format_timestamp(at),
        complete=False,
        counts={Resolution.IN_DOUBT.value: len(journal.open_changes)},
    )


def _time_in_id(run_id: str, at: float) -> str:
    """Return when a run began that wrote no record: its ID begins with that time."""
    try:
        return format_timestamp(parse_timestamp(run_id.partition("-")[0]))
    except (ValueError, OverflowError):
        return format_timestamp(at)


def _run_of(journal: JournalReplay) -> RunInfo:
    first = next((r.data for r in journal.records if r.event is JournalEvent.RUN_BEGIN), {})
    known = {name: str(first[name]) for name in _KNOWN if first.get(name)}
    return RunInfo.model_validate({"command": "apply", **known, "id": journal.run_id})
