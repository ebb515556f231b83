"""The time in which the audit log may have the changes of a run."""

from __future__ import annotations

import pytest

from cioform.core.errors import StateError
from cioform.core.time.timestamps import format_timestamp
from cioform.run.reading.history.own_runs import CLOCK_SKEW, OwnRuns
from cioform.state.runs import RunInfo, RunSummary

BEGAN, ENDED = 1_760_000_000, 1_760_000_100
FIRST, LAST = BEGAN - CLOCK_SKEW, ENDED + CLOCK_SKEW


def run() -> RunSummary:
    began, ended = map(format_timestamp, (BEGAN, ENDED))
    return RunSummary(
        run=RunInfo(id="r", command="apply"),
        began_at=began,
        ended_at=ended,
        complete=True,
        counts={},
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [(FIRST - 1, False), (FIRST, True), (LAST, True), (LAST + 1, False), (None, False)],
)
def test_a_change_may_be_one_of_a_run(at: int | None, expected: bool) -> None:
    assert OwnRuns(lambda: [run()]).may_have_made(at) is expected


def test_no_run_made_a_change_if_none_can_be_read() -> None:
    def read() -> list[RunSummary]:
        raise StateError.of("State corrupt", "No run can be read.")

    assert not OwnRuns(read).may_have_made(BEGAN)
