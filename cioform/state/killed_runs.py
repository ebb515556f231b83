"""Summarize a run that did not end."""

from __future__ import annotations

from collections import Counter
from typing import Final

from cioform.core.time.timestamps import format_timestamp, parse_timestamp
from cioform.state.actions import PAST_TENSE
from cioform.state.journal.record import JournalEvent
from cioform.state.journal.replay import JournalReplay
from cioform.state.journal.resolution import Resolution
from cioform.state.journal.run_changes import changes_of
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
        counts=_counts(journal),
    )


def summary_of_unfinished_run(journal: JournalReplay) -> RunSummary:
    """Return the summary of a run that did not end yet, or never will, up to its last record."""
    last = journal.records[-1].at if journal.records else _time_in_id(journal.run_id, 0)
    return summary_of_killed_run(journal, parse_timestamp(last))


def _counts(journal: JournalReplay) -> dict[str, int]:
    """Return how many changes were made, failed and are in doubt."""
    in_doubt = {str(each.address) for each in journal.open_changes}
    ended = [each for each in changes_of(journal) if each.address not in in_doubt]
    words = {"done": PAST_TENSE, "failed": dict.fromkeys(PAST_TENSE, "failed")}
    counts = Counter(words[each.result][each.action] for each in ended if each.result in words)
    return {**counts, Resolution.IN_DOUBT.value: len(in_doubt)}


def _time_in_id(run_id: str, at: float) -> str:
    """Return when a run began that wrote no record, from its ID, which begins with that time."""
    try:
        return format_timestamp(parse_timestamp(run_id.partition("-")[0]))
    except (ValueError, OverflowError):
        return format_timestamp(at)


def _run_of(journal: JournalReplay) -> RunInfo:
    first = next((r.data for r in journal.records if r.event is JournalEvent.RUN_BEGIN), {})
    known = {name: str(first[name]) for name in _KNOWN if first.get(name)}
    return RunInfo.model_validate({"command": "apply", **known, "id": journal.run_id})
