"""Look again at what the guards judge in a saved plan.

A plan file is data that somebody may have edited. Whom a change reaches, what was rolled back and
what changed on both sides is therefore found out again before the guards are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.decoding import decode_live
from cioform.model.live_object import LiveObject
from cioform.model.names import Names
from cioform.model.remote_access.limits import Guards
from cioform.model.resource import Resource
from cioform.model.snapshot import AppliedState, Listing, LiveSnapshot
from cioform.plan.change import Action, Change
from cioform.plan.compare.diff import compare
from cioform.plan.plan import Plan
from cioform.plan.rolled_back import with_rolled_back
from cioform.run.applying.run_state import planned_names
from cioform.run.reading.audience_size import PeopleCounter, with_audience_sizes
from cioform.run.reading.estimates import with_estimates
from cioform.run.reading.kind_reader import reader_for
from cioform.run.reading.unmanaged_users import with_unmanaged_users
from cioform.services.context import OpenWorkspace


def look_again(
    opened: OpenWorkspace,
    plan: Plan,
    applied: AppliedState,
    desired: Mapping[Address, Resource],
    guards: Guards,
) -> Plan:
    """Return a saved plan as the guards should judge it; sends reads only.

    `desired` are the files with the names of the plan, empty if they are not looked at.
    """
    names = planned_names(plan, applied)
    live = _read_objects(opened, plan, names)
    changes = tuple(_with_origins(opened, each, applied, desired, live) for each in plan.changes)
    counter = PeopleCounter(opened.kinds, LiveSnapshot(Listing({}), live, names), opened.provider)
    judged = with_unmanaged_users(replace(plan, changes=changes), counter)
    if guards.max_people is not None or guards.max_audience_growth is not None:
        judged = with_estimates(with_audience_sizes(judged, counter), counter)
    return with_rolled_back(judged, applied, opened.configuration.desired.resources)


def _read_objects(opened: OpenWorkspace, plan: Plan, names: Names) -> dict[Address, LiveObject]:
    """Return the objects that the plan changes and that exist."""
    found: dict[Address, LiveObject] = {}
    for change in plan.changes:
        reader = reader_for(opened.kinds[change.address.kind], opened.provider)
        if reader is None or change.remote_id is None or not change.action.writes:
            continue
        live = reader.read_by_id(change.remote_id, change.identity, opened.provider)
        if live is not None and not change.deletes_former:
            found[change.address] = decode_live(reader.kind, live, names)
    return found


def _with_origins(
    opened: OpenWorkspace,
    change: Change,
    applied: AppliedState,
    desired: Mapping[Address, Resource],
    live: Mapping[Address, LiveObject],
) -> Change:
    """Return a change with what differs now, and which side changed it."""
    resource, found = desired.get(change.address), live.get(change.address)
    if resource is None or found is None or change.action is not Action.UPDATE:
        return change
    binding = applied.bindings.get(change.moved_from or change.address)
    kind = opened.kinds[change.address.kind]
    last = binding.applied if binding is not None else None
    differences = compare(kind, last, resource.attributes, found.attributes, resource.ignore)
    return replace(change, differences=differences)
