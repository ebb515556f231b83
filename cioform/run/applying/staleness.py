"""Check that a plan is not stale: the state as a whole, and each object."""

from __future__ import annotations

from cioform.core.diagnostic import STARTED_SINCE
from cioform.core.errors import PlanError
from cioform.model.objects.snapshot import AppliedState
from cioform.plan.change import Change
from cioform.plan.plan import Plan


class StaleObjectError(PlanError):
    """The object is not what it was when the plan was made."""


def check_plan_current(
    plan: Plan, workspace: str, workspace_id: int | None, applied: AppliedState
) -> None:
    """Raise PlanError unless the plan is for this workspace and was made from the current state."""
    header = plan.header
    if (header.workspace, header.workspace_id) != (workspace, workspace_id):
        raise PlanError.of(
            "Plan of another workspace",
            f"The plan is for {header.workspace} (workspace_id {header.workspace_id}), but this "
            f"is {workspace} (workspace_id {workspace_id}). Nothing was changed.",
        )
    if header.serial == applied.serial == 0:
        # Nothing has been applied yet, so the lineages of the two are arbitrary.
        return
    if header.serial and header.lineage != applied.lineage:
        raise PlanError.of(
            "Plan of another state",
            "The plan was made from a state with another lineage than the state that is here. "
            f"Nothing was changed. {plan_again(workspace)}",
        )
    if header.serial != applied.serial:
        raise PlanError.of(
            "Stale plan",
            f"The plan was made from serial {header.serial} of the state, which is at serial "
            f"{applied.serial} now, because something was applied in between. Nothing was "
            f"changed. {plan_again(workspace)}",
        )


def stale_object_error(
    change: Change, reason: str, workspace: str, *, is_live: bool = False
) -> StaleObjectError:
    """Return the error for an object that changed after the plan was made.

    `reason` is a clause such as `it has been deleted`. `is_live` says that people may receive the
    change now, and could not when the plan was made.
    """
    return StaleObjectError.of(
        STARTED_SINCE if is_live else "Changed since the plan",
        f"{change.address} was not touched, because {reason} since the plan was made. "
        f"{plan_again(workspace)}",
        address=change.address,
    )


def plan_again(workspace: str) -> str:
    """Return the sentence that advises to make a new plan."""
    return f"Make a new plan:\n\n    cioform plan {workspace}"
