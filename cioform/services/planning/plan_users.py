"""Look at what uses the objects of a plan and is not named in it.

A plan made here names all users. In a plan file that somebody edited they may be missing, and the
guard would not ask for consent.
"""

from __future__ import annotations

from dataclasses import replace

from cioform.core.address import Address
from cioform.core.graph import shortest_paths
from cioform.model.remote_access.capabilities import HasLifecycle
from cioform.model.snapshot import AppliedState
from cioform.plan.change import Action, Change, User
from cioform.plan.plan import Plan
from cioform.plan.reach.reference_graph import ReferenceGraph
from cioform.plan.reach.users import user_not_read, users_not_read, with_user_states
from cioform.run.applying.run_state import planned_names
from cioform.run.reading.user_states import look_at_users
from cioform.services.context import OpenWorkspace
from cioform.services.references import reference_graph


def with_missing_users(opened: OpenWorkspace, plan: Plan, applied: AppliedState) -> Plan:
    """Return the plan with all users of what it changes that the files and the state know.

    Reads those that the plan lacks, and nothing if it lacks none.
    """
    shared = [change for change in plan.changes if _may_have_users(change)]
    if not shared:
        return plan
    graph = reference_graph(opened, live=False)
    missing = {each.address: _missing_users(opened, each, graph, applied) for each in shared}
    if not any(missing.values()):
        return plan
    changes = tuple(
        replace(change, users=(*change.users, *missing.get(change.address, ())))
        for change in plan.changes
    )
    names = planned_names(plan, applied)
    found = look_at_users(users_not_read(changes), opened.kinds, names, opened.provider)
    return replace(plan, changes=with_user_states(changes, found))


def _may_have_users(change: Change) -> bool:
    is_write = change.action.writes and change.action is not Action.CREATE
    return is_write and change.reach.is_shared


def _missing_users(
    opened: OpenWorkspace, change: Change, graph: ReferenceGraph, applied: AppliedState
) -> list[User]:
    """Return the users that people can start and that the change does not name."""
    named = {user.address for user in change.users}
    reached = shortest_paths(str(change.address), lambda label: graph.users.get(label, ()))
    return [
        user_not_read(address, applied.bindings[address].remote_id)
        for address in map(Address.parse, reached)
        if address in applied.bindings
        if address not in named and isinstance(opened.kinds[address.kind], HasLifecycle)
    ]
