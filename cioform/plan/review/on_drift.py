"""How a plan treats changes that would undo what somebody changed in the workspace."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.paths import FieldPath
from cioform.model.part_change import PartAction
from cioform.plan.change import Action, Change, Origin
from cioform.plan.drift import STATE_PATH
from cioform.plan.plan import OnDrift, Plan
from cioform.plan.review.left import leave, origins

_REASON = "somebody changed it in the workspace since the last apply"
_CONFLICT_REASON = "it changed in the files and in the workspace, to different values"


def without_reverts(plan: Plan) -> Plan:
    """Return a plan that leaves what was edited in the workspace, if its header says so."""
    if plan.header.on_drift is not OnDrift.KEEP:
        return plan
    return leave(plan, {c.address: _reason(c) for c in reverting_changes(plan)})


def reverting_changes(plan: Plan) -> tuple[Change, ...]:
    """Return the changes that would undo what somebody changed in the workspace.

    A conflict that `--prefer` decides is not one of them.
    """
    edited = {
        item.address: [each.path for each in item.fields if each.path != STATE_PATH]
        for item in plan.drift
    }
    return tuple(
        change
        for change in plan.changes
        if _reverts(change, plan) or _loses(change, edited.get(change.address, ()))
    )


def _reverts(change: Change, plan: Plan) -> bool:
    if not change.action.writes or change.deletes_former:
        return False
    found = origins(change)
    is_undecided = Origin.CONFLICT in found and plan.header.prefer is None
    return change.action is not Action.DELETE and (Origin.DRIFT in found or is_undecided)


def _loses(change: Change, edited: Sequence[FieldPath]) -> bool:
    """Return whether what somebody edited goes with the object, or with a part of it."""
    if change.deletes_former or not edited:
        return False
    if change.action in (Action.DELETE, Action.REPLACE):
        return True
    replaced = {e.part for e in change.changed_parts if e.action is PartAction.REPLACE}
    return any(step in replaced for path in edited for step in path[:2])


def _reason(change: Change) -> str:
    return _CONFLICT_REASON if Origin.CONFLICT in origins(change) else _REASON
