"""Is a plan still of this workspace as it is now: its history as a whole, and each object."""

from __future__ import annotations

from cioform.core.errors import PlanRefused
from cioform.model.snapshot import Applied
from cioform.plan.change import Change
from cioform.plan.plan import Plan


class Stale(PlanRefused):
    """The object is not what the plan was made from."""


def check_fresh(plan: Plan, workspace: str, environment_id: int | None, applied: Applied) -> None:
    """Raise PlanRefused unless the plan is of this workspace and of the state as it is now."""
    header = plan.header
    if (header.workspace, header.environment_id) != (workspace, environment_id):
        raise PlanRefused.of(
            "Plan of another workspace",
            f"The plan is for {header.workspace} (environment {header.environment_id}) and this "
            f"is {workspace} (environment {environment_id}). Nothing was changed.",
        )
    if header.serial == applied.serial == 0:
        # No history yet on either side, so there is none to differ.
        return
    if header.serial and header.lineage != applied.lineage:
        raise PlanRefused.of(
            "Plan of another history",
            "The plan was made from another state than the one that is here (their lineages "
            f"differ). Nothing was changed. Make it again:\n\n    cioform plan {workspace}",
        )
    if header.serial != applied.serial:
        raise PlanRefused.of(
            "Stale plan",
            f"The plan was made from serial {header.serial} of the state, and it is at "
            f"{applied.serial} by now: something was applied in between. Nothing was changed. "
            f"Make the plan again:\n\n    cioform plan {workspace}",
        )


def stale(change: Change, what: str) -> Stale:
    """Give the error of an object that has moved on since the plan."""
    return Stale.of(
        "Changed since the plan",
        f"{change.address} was not touched: {what}. Make the plan again to see it as it is now.",
        address=change.address,
    )
