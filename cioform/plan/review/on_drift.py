"""Omit changes that would undo what somebody changed in the workspace."""

from __future__ import annotations

from collections.abc import Container, Sequence

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath
from cioform.model.part_change import PartAction
from cioform.plan.change import Action, Change, Origin
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import is_of_part
from cioform.plan.drift import STATE_PATH
from cioform.plan.plan import OnDrift, Plan
from cioform.plan.review.omitted import omit_changes, origins

_REASON = "somebody changed it in the workspace since the last apply"
_CONFLICT_REASON = "it changed in the files and in the workspace, to different values"


def without_reverts(plan: Plan) -> Plan:
    """Return a plan that leaves what was edited in the workspace, if its header says so."""
    if plan.header.on_drift is not OnDrift.KEEP:
        return plan
    return omit_changes(plan, {c.address: _reason(c) for c in reverting_changes(plan)})


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
        if change.action.writes and not change.deletes_former
        if _reverts(change, plan)
        or _is_created_again(change, edited)
        or _loses(change, edited.get(change.address, ()))
    )


def _reverts(change: Change, plan: Plan) -> bool:
    """Return whether the change writes over what somebody edited."""
    if change.action is Action.DELETE:
        return False
    found = origins(change)
    return Origin.DRIFT in found or (Origin.CONFLICT in found and plan.header.prefer is None)


def _is_created_again(change: Change, edited: Container[Address]) -> bool:
    """Return whether the change creates what somebody deleted."""
    return change.action is Action.CREATE and change.address in edited


def _loses(change: Change, edited: Sequence[FieldPath]) -> bool:
    """Return whether what somebody edited goes with the object, or with a part of it."""
    if change.action in (Action.DELETE, Action.REPLACE):
        return bool(edited)
    replaced = {e.part for e in change.changed_parts if e.action is PartAction.REPLACE}
    return any(is_of_part(path, replaced) for path in edited)


def _reason(change: Change) -> str:
    return _CONFLICT_REASON if Origin.CONFLICT in origins(change) else _REASON
