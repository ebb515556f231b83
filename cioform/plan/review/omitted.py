"""Take changes out of a plan, with those that cannot be made without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cioform.core.address import Address
from cioform.plan.change import Action, Change, FieldChange, Origin
from cioform.plan.omissions import OmittedChange
from cioform.plan.plan import Plan


def omit_changes(plan: Plan, reasons: Mapping[Address, str]) -> Plan:
    """Return a plan without the changes of some addresses, which it lists as omitted.

    `reasons` says why, as a clause. A change that depends on one that was taken out is taken out
    too, unless that would only have undone an edit and gives up no name.
    """
    if not reasons:
        return plan
    taken = dict(reasons)
    needed = {c.address for c in plan.changes if c.action is not Action.UPDATE or has_config(c)}
    for change in plan.changes:  # What a change depends on comes before it.
        needs = needed | {change.name_from}
        missing = next((a for a in change.depends_on if a in taken and a in needs), None)
        if change.address not in taken and missing is not None:
            taken[change.address] = f"it depends on {missing}, which is omitted"
    omitted = {c.address: c for c in plan.changes if c.address in taken}
    if not omitted:
        return plan
    found = {str(a): c.remote_id for a, c in omitted.items() if c.remote_id is not None}
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.address not in omitted),
        left=(
            *plan.left,
            *(
                OmittedChange(a, c.action, taken[a], has_config(c), config_fields(c))
                for a, c in omitted.items()
            ),
        ),
        unbound={**found, **plan.unbound},
    )


def origins(change: Change) -> set[Origin]:
    """Return which sides made the differences of a change."""
    return {item.origin for item in all_differences(change)}


def has_config(change: Change) -> bool:
    """Return whether a change has anything that comes from the files."""
    if change.action in (Action.CREATE, Action.UPDATE, Action.REPLACE):
        return origins(change) != {Origin.DRIFT} or change.moved_from is not None
    return True


def config_fields(change: Change) -> tuple[FieldChange, ...]:
    """Return what the files change of an object."""
    return tuple(field for field in change.fields if field.origin is not Origin.DRIFT)


def all_differences(change: Change) -> Sequence[FieldChange]:
    """Return what a change writes in the canonical form; a new object has only file paths."""
    return change.differences or change.fields
