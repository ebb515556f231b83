"""Runs as people read them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cioform.core.time.timestamps import format_minute, parse_timestamp
from cioform.state.journal.resolution import Resolution
from cioform.state.journal.run_changes import RunChange
from cioform.state.runs import RunSummary


def history_rows(runs: Sequence[RunSummary]) -> list[tuple[str, ...]]:
    """Return the rows of a table of runs, the newest first."""
    rows = [("WHEN", "RUN", "WHO", "COMMIT", "WHAT")]
    rows += [
        (
            _when(run.began_at),
            run.run.id,
            run.run.who,
            (run.run.commit or "-")[:10],
            ("rollback: " if run.run.rolls_back else "")
            + run.title
            + ("" if run.complete else " (not complete)"),
        )
        for run in reversed(runs)
    ]
    return [tuple(row) for row in rows]


def run_lines(run: RunSummary) -> Iterator[str]:
    """Yield the facts of a run, a line each."""
    state = "complete" if run.complete else "not complete"
    yield f"Run {run.run.id} of {run.run.who}: {run.title}, {state}"
    yield f"  from      {_when(run.began_at)} to {_when(run.ended_at)}"
    for name, value in (
        ("page", run.run.url),
        ("commit", run.run.commit),
        ("base", run.run.base),
        ("digest", run.run.digest),
        ("undoes", run.run.rolls_back),
        ("approved", ", ".join(run.run.approved)),
        ("override", run.run.window_override),
    ):
        if value:
            yield f"  {name:<9} {value}"


def change_rows(
    changes: Sequence[RunChange], runs: Sequence[RunSummary] = ()
) -> list[tuple[str, ...]]:
    """Return the rows of a table of changes; `runs` are those that the history has."""
    known = {summary.run.id for summary in runs}
    rows = [("RESULT", "ACTION", "ADDRESS", "ID", "")]
    rows += [(c.result, c.action, c.address, c.remote_id or "-", _note(c, known)) for c in changes]
    return [tuple(row) for row in rows]


def _note(change: RunChange, known: Collection[str]) -> str:
    """Return why a change failed, or how its outcome is known."""
    if not change.settled_at:
        return change.reason
    looked = (
        f"run {change.settling_run}"
        if change.settling_run in known
        else f"{change.settled_by} on {_when(change.settled_at)}"
    )
    if change.result == Resolution.IN_DOUBT:
        return f"looked up by {looked}, without a result"
    return f"was in doubt, resolved by {looked}"


def _when(timestamp: str) -> str:
    return format_minute(parse_timestamp(timestamp))
