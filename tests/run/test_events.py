"""What the results of a run add up to."""

from __future__ import annotations

import pytest

from cioform.core.address import Address
from cioform.plan.change import Action
from cioform.run.events import ChangeResult, ChangeStatus, Outcome

A = Address("segment", "a")


def outcome(*statuses: ChangeStatus, half_made: bool = False) -> Outcome:
    results = (ChangeResult(A, Action.UPDATE, each, half_made=half_made) for each in statuses)
    return Outcome("r1", tuple(results))


@pytest.mark.parametrize(
    ("status", "complete", "untouched"),
    [
        (ChangeStatus.DONE, True, False),
        (ChangeStatus.FAILED, False, True),
        (ChangeStatus.SKIPPED, False, True),
        (ChangeStatus.OUTCOME_UNKNOWN, False, False),
    ],
)
def test_an_outcome_is_as_good_as_its_worst_result(
    status: ChangeStatus, complete: bool, untouched: bool
) -> None:
    assert (outcome(status).complete, outcome(status).is_untouched) == (complete, untouched)
    mixed = outcome(ChangeStatus.DONE, status)
    assert (mixed.complete, mixed.is_untouched) == (complete, False)
    assert not outcome(status, half_made=True).is_untouched
