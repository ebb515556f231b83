"""Find what uses shared objects without being managed, where an API tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.errors import AuthError, RemoteError
from cioform.model.live_object import LiveObject
from cioform.model.operations import ObjectId
from cioform.model.reach import Reach
from cioform.model.router import choose_route
from cioform.model.routes import UsageRoute
from cioform.plan.change import Action, Change, UnmanagedUser
from cioform.plan.guards.blocking import block_deletions_used_by_unmanaged
from cioform.plan.plan import Plan
from cioform.run.reading.audience_size import PeopleCounter
from cioform.run.reading.driver import run_conversation
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.user_states import look_at_objects


def with_unmanaged_users(plan: Plan, counter: PeopleCounter) -> Plan:
    """Return the plan with the unmanaged users of each shared object that it changes.

    A deletion of what they use is blocked: Customer.io would refuse it half way through apply.
    """
    found = dict(
        zip(
            [change.address for change in plan.changes],
            run_parallel(lambda change: _unmanaged_ids(change, counter), plan.changes),
            strict=True,
        )
    )
    ids = {each for of_change in found.values() for each in of_change}
    if not ids:
        return plan
    live = look_at_objects(
        sorted(ids, key=lambda each: (each.kind, each.remote_id)),
        counter.registry, counter.live.names, counter.provider, counter.live.listing,
    )  # fmt: skip
    changes = [_with_users(change, found[change.address], live) for change in plan.changes]
    possible, blocked = block_deletions_used_by_unmanaged(changes)
    all_blocked = sorted((*plan.blocked, *blocked), key=lambda item: item.address)
    return replace(plan, changes=tuple(possible), blocked=tuple(all_blocked))


def _unmanaged_ids(change: Change, counter: PeopleCounter) -> list[ObjectId]:
    kind = counter.registry[change.address.kind]
    live = counter.live.objects.get(change.address)
    route = choose_route(kind, UsageRoute, counter.provider.apis)
    is_changed = change.action.writes and change.action is not Action.CREATE
    if not is_changed or live is None or route is None:
        return []
    try:
        users = run_conversation(route.operation(live), counter.provider)
    except (AuthError, RemoteError):
        return []  # Which is no worse than for a kind that no API tells the users of.
    managed = {ObjectId(a.kind, remote_id) for a, remote_id in counter.live.names.ids.items()}
    return [each for each in users if each not in managed]


def _with_users(
    change: Change, ids: list[ObjectId], live: Mapping[ObjectId, LiveObject | None]
) -> Change:
    users = [
        _user(each, live.get(each))
        for each in ids
        # What a list of users has and the workspace does not have is gone.
        if each not in live or live[each] is not None
    ]
    return replace(change, unmanaged_users=tuple(users)) if users else change


def _user(each: ObjectId, live: LiveObject | None) -> UnmanagedUser:
    name = live.found.identity if live is not None else ""
    state = live.decoded.reach.state if live is not None else Reach().state
    return UnmanagedUser(each.kind, each.remote_id, name, state)
