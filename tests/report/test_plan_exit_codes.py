"""The exit code of an apply: what was made decides first, then the most serious reason."""

from __future__ import annotations

import pytest

from cioform.core.address import Address
from cioform.core.exit_codes import INCOMPLETE, REFUSED, TRY_AGAIN
from cioform.plan.change import Action, BlockedChange
from cioform.plan.plan import Plan, PlanHeader
from cioform.report.plan.exit_code import apply_exit_code
from cioform.run.events import ChangeResult, ChangeStatus, Outcome

A = Address("segment", "a")
EMPTY = Plan(PlanHeader("acme", 1, "l", 1, 0), ())
BLOCKED = Plan(EMPTY.header, (), (BlockedChange(A, Action.UPDATE, (), "No API."),))


def result(
    status: ChangeStatus, code: int = 0, action: Action = Action.UPDATE, *, half_made: bool = False
) -> ChangeResult:
    return ChangeResult(A, action, status, half_made=half_made, exit_code=code)


DONE = result(ChangeStatus.DONE)
RECORDED = result(ChangeStatus.DONE, action=Action.NOOP)
STALE = result(ChangeStatus.STALE, REFUSED)
REJECTED = result(ChangeStatus.FAILED, 5)
FORBIDDEN = result(ChangeStatus.FAILED, 6)
BUSY = result(ChangeStatus.FAILED, TRY_AGAIN)
HALF_MADE = result(ChangeStatus.FAILED, 5, half_made=True)
UNKNOWN = result(ChangeStatus.OUTCOME_UNKNOWN)
SKIPPED = result(ChangeStatus.SKIPPED)
CLOSED = result(ChangeStatus.SKIPPED, TRY_AGAIN)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        ([DONE, RECORDED], 0),
        ([STALE], REFUSED),
        ([STALE, STALE, RECORDED], REFUSED),
        ([DONE, STALE], INCOMPLETE),
        ([REJECTED, SKIPPED], 5),
        ([FORBIDDEN, STALE, REJECTED], 6),
        ([STALE, REJECTED], 5),
        ([BUSY, SKIPPED], TRY_AGAIN),
        ([BUSY, STALE], REFUSED),
        ([DONE, BUSY], INCOMPLETE),
        ([HALF_MADE], INCOMPLETE),
        ([UNKNOWN], INCOMPLETE),
        ([CLOSED], TRY_AGAIN),
        ([DONE, CLOSED], INCOMPLETE),
        ([SKIPPED], INCOMPLETE),  # for a reason that is not known
    ],
)
def test_nothing_made_differs_from_a_part(results: list[ChangeResult], code: int) -> None:
    assert apply_exit_code(EMPTY, Outcome("r1", tuple(results))) == code


@pytest.mark.parametrize(
    ("results", "code"),
    [(None, INCOMPLETE), ([], INCOMPLETE), ([DONE], INCOMPLETE), ([STALE], REFUSED), ([BUSY], 8)],
)
def test_what_is_blocked_is_not_done(results: list[ChangeResult] | None, code: int) -> None:
    outcome = None if results is None else Outcome("r1", tuple(results))
    assert apply_exit_code(BLOCKED, outcome) == code


def test_without_an_outcome_nothing_had_to_be_done() -> None:
    assert apply_exit_code(EMPTY, None) == 0
