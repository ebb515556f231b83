"""Is a plan still of this workspace as it is now: its history as a whole, and each object."""

from __future__ import annotations

from cioform.core.errors import PlanError
from cioform.model.snapshot import AppliedState
from cioform.plan.change import Change
from cioform.plan.plan import Plan


class StaleObjectError(PlanError):
    """The object is not what the plan was made from."""


def check_plan_current(
    plan: Plan, workspace: str, environment_id: int | None, applied: AppliedState
) -> None:
    """Raise PlanRefused unless the plan is of this workspace and of the state as it is now."""
    header = plan.header
    if (header.workspace, header.environment_id) != (workspace, environment_id):
        raise PlanError.of(
            "Plan of another workspace",
            f"The plan is for {header.workspace} (environment {header.environment_id}) and this "
            f"is {workspace} (environment {environment_id}). Nothing was changed.",
        )
    if header.serial == applied.serial == 0:
        # No history yet on either side, so there is none to differ.
        return
    if header.serial and header.lineage != applied.lineage:
        raise PlanError.of(
            "Plan of another history",
            "The plan was made from another state than the one that is here (their lineages "
            f"differ). Nothing was changed. Make it again:\n\n    cioform plan {workspace}",
        )
    if header.serial != applied.serial:
        raise PlanError.of(
            "Stale plan",
            f"The plan was made from serial {header.serial} of the state, and it is at "
            f"{applied.serial} by now: something was applied in between. Nothing was changed. "
            f"Make the plan again:\n\n    cioform plan {workspace}",
        )


def stale_object_error(change: Change, reason: str) -> StaleObjectError:
    """Give the error of an object that has moved on since the plan."""
    return StaleObjectError.of(
        "Changed since the plan",
        f"{change.address} was not touched: {reason}. Make the plan again to see it as it is now.",
        address=change.address,
    )
