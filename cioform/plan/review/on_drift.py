"""How a plan treats changes that would undo what somebody changed in the workspace."""

from __future__ import annotations

from cioform.core.address import Address
from cioform.plan.change import Action, Change, Drift, Origin
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
    edited = {item.address for item in plan.drift if _is_edited(item)}
    return tuple(change for change in plan.changes if _reverts(change, plan, edited))


def _reverts(change: Change, plan: Plan, edited: set[Address]) -> bool:
    if not change.action.writes or change.deletes_former:
        return False
    if change.action is Action.DELETE:
        return change.address in edited
    found = origins(change)
    is_undecided = Origin.CONFLICT in found and plan.header.prefer is None
    return Origin.DRIFT in found or is_undecided


def _is_edited(drift: Drift) -> bool:
    return any(item.path != STATE_PATH for item in drift.fields)


def _reason(change: Change) -> str:
    return _CONFLICT_REASON if Origin.CONFLICT in origins(change) else _REASON
