"""Find what uses shared objects without being managed, where an API tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from cioform.core.errors import AuthError, RemoteError
from cioform.model.objects.live_object import LiveObject
from cioform.model.reach import ReachState
from cioform.model.router import choose_route
from cioform.model.routing.operations import ObjectId
from cioform.model.routing.routes import UsageRoute
from cioform.plan.change import Action, Change, UnmanagedUser
from cioform.plan.guards.blocking import block_deletions_used_by_unmanaged
from cioform.plan.plan import Plan
from cioform.run.reading.audience_size import PeopleCounter
from cioform.run.reading.driver import run_conversation
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.user_states import look_at_objects


def with_unmanaged_users(plan: Plan, counter: PeopleCounter) -> Plan:
    """Return the plan with the unmanaged users of each shared object that it changes.

    Where nobody can tell them, the change says so. A deletion of what they use is blocked:
    Customer.io would refuse it half way through apply.
    """
    found = dict(
        zip(
            [change.address for change in plan.changes],
            run_parallel(lambda change: _unmanaged_ids(change, counter), plan.changes),
            strict=True,
        )
    )
    ids = {each for of_change in found.values() for each in of_change or ()}
    live = look_at_objects(
        sorted(_readable(ids, counter), key=lambda each: (each.kind, each.remote_id)),
        counter.registry, counter.live.names, counter.provider, counter.live.listing,
    )  # fmt: skip
    changes = [_with_users(change, found[change.address], live) for change in plan.changes]
    possible, blocked = block_deletions_used_by_unmanaged(changes)
    all_blocked = sorted((*plan.blocked, *blocked), key=lambda item: item.address)
    return replace(plan, changes=tuple(possible), blocked=tuple(all_blocked))


def _readable(ids: Iterable[ObjectId], counter: PeopleCounter) -> Iterator[ObjectId]:
    """Yield the objects of kinds that can be read, which newsletters are not."""
    yield from (each for each in ids if each.kind in counter.registry)


def _unmanaged_ids(change: Change, counter: PeopleCounter) -> list[ObjectId] | None:
    """Return the unmanaged users of what is changed; None if nobody can tell them."""
    kind = counter.registry[change.address.kind]
    live = counter.live.objects.get(change.address)
    route = choose_route(kind, UsageRoute, counter.provider.apis)
    is_changed = change.action.writes and change.action is not Action.CREATE
    if not is_changed or live is None or not change.reach.is_shared:
        return []
    if route is None:
        return None
    try:
        users = run_conversation(route.operation(live), counter.provider)
    except (AuthError, RemoteError):
        return None
    if users is None:
        return None
    managed = {ObjectId(a.kind, remote_id) for a, remote_id in counter.live.names.ids.items()}
    return [each for each in users if each not in managed]


def _with_users(
    change: Change, ids: list[ObjectId] | None, live: Mapping[ObjectId, LiveObject | None]
) -> Change:
    if ids is None:
        return replace(change, unmanaged_users_unknown=True)
    users = [
        _user(each, live.get(each))
        for each in ids
        # What a list of users has and the workspace does not have is gone.
        if each not in live or live[each] is not None
    ]
    return replace(change, unmanaged_users=tuple(users)) if users else change


def _user(each: ObjectId, live: LiveObject | None) -> UnmanagedUser:
    name = live.found.identity if live is not None else ""
    state = live.decoded.reach.state if live is not None else ReachState.UNKNOWN
    return UnmanagedUser(each.kind, each.remote_id, name, state)
