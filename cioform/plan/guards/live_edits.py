"""The live-data gate: which changes Customer.io may refuse because something is running.

A service account may change what is running only if a setting of the workspace allows it. No
request is known that reads the setting (journeys facts, section 9.5), so the user says it in
`workspace.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from cioform.core import graph
from cioform.core.address import Address
from cioform.model.reach import ReachState
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import LiveEdits
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.plan import Plan
from cioform.plan.writes.write_planner import blocked_change

_HINT: Final = (
    "Something that is running would change, and `live_edits: no` in `workspace.yaml` says that "
    "service accounts may not do that. In Customer.io, an administrator can turn on “Allow agent "
    "to edit live data” under Settings, AI. Then write in `workspace.yaml`:\n\n    live_edits: yes"
)


def with_live_edits(plan: Plan, registry: Registry) -> Plan:
    """Return the plan with the changes that Customer.io may refuse marked, and first in order.

    If one is refused, nothing has been changed before it but what it needs. With `live_edits: no`
    they are blocked, and so are the deletions that come after them.
    """
    changes = tuple(
        replace(change, is_gated=True) if _is_gated(change, registry) else change
        for change in plan.changes
    )
    gated = {change.address for change in changes if change.is_gated}
    if not gated:
        return plan
    if plan.header.live_edits == LiveEdits.NO:
        return _blocked(replace(plan, changes=changes), gated)
    return replace(plan, changes=_gated_first(changes, gated))


def _is_gated(change: Change, registry: Registry) -> bool:
    return (
        change.action.writes
        and change.api is Api.JOURNEYS
        and registry[change.address.kind].is_gated_when_live
        and (
            change.reach.state is ReachState.RUNNING
            or any(user.state is ReachState.RUNNING for user in change.all_users)
        )
    )


def _blocked(plan: Plan, gated: Collection[Address]) -> Plan:
    blocked_addresses = set(gated)
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in plan.changes:  # Each comes after those that it depends on.
        if change.is_gated:
            blocked.append(blocked_change(change, _HINT))
        elif change.action is Action.DELETE and blocked_addresses.intersection(change.depends_on):
            blocked_addresses.add(change.address)
            users = ", ".join(str(a) for a in change.depends_on if a in blocked_addresses)
            reason = f"It is used by {users}, which cannot be changed first."
            blocked.append(blocked_change(change, reason))
        else:
            possible.append(change)
    every = sorted([*plan.blocked, *blocked], key=lambda item: item.address)
    return replace(plan, changes=tuple(possible), blocked=tuple(every))


def _gated_first(changes: Sequence[Change], gated: Iterable[Address]) -> tuple[Change, ...]:
    needs: dict[Address, set[Address]] = {}
    for change in changes:
        needs.setdefault(change.address, set()).update(change.depends_on)
    first = graph.reachable(gated, lambda address: needs.get(address, ()))
    return (
        *(change for change in changes if change.address in first),
        *(change for change in changes if change.address not in first),
    )
