"""Find what else uses shared objects, directly and through others, where an API tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.model.objects.live_object import LiveObject
from cioform.model.reach import ReachState
from cioform.model.routing.operations import ObjectId
from cioform.plan.building.dependencies import sort_by_dependency
from cioform.plan.change import Action, Change, UnmanagedUser, User
from cioform.plan.guards.blocking import block_deletions_used_by_others
from cioform.plan.plan import Plan
from cioform.plan.reach.users import name_of_unmanaged
from cioform.run.reading.reach.audience_size import PeopleCounter
from cioform.run.reading.reach.usage_graph import UsageGraph, read_usage_graph


def with_unmanaged_users(plan: Plan, counter: PeopleCounter) -> Plan:
    """Return the plan with all users of each shared object that it changes.

    These are unmanaged users, and managed ones that use it through an unmanaged object. If they
    cannot be found out, the change says so. A deletion of an object that one of them uses is
    blocked, because Customer.io would refuse it halfway through apply.
    """
    ids = {a: ObjectId(a.kind, remote_id) for a, remote_id in counter.live.names.ids.items()}
    managed = {each: address for address, each in ids.items()}
    starts = {c.address: _object_of(c, counter) for c in plan.changes if _is_searched(c, counter)}
    known = _known_users(plan.changes, {**ids, **starts})
    finder = _UserFinder(
        read_usage_graph(set(starts.values()), known, managed.keys(), counter), managed
    )
    changes = [
        _without_shared_users(
            finder.with_users(change, starts[change.address])
            if change.address in starts
            else change
        )
        for change in plan.changes
    ]
    planned = {(change.address, user.address) for change in plan.changes for user in change.users}
    found = {
        change.address: [
            user
            for user in change.users
            if (change.address, user.address) not in planned and not user.through
        ]
        for change in changes
    }
    possible, blocked = block_deletions_used_by_others(_after_users(changes, found), found)
    all_blocked = sorted((*plan.blocked, *blocked), key=lambda item: item.address)
    return replace(plan, changes=tuple(possible), blocked=tuple(all_blocked))


def _after_users(changes: list[Change], found: Mapping[Address, list[User]]) -> Sequence[Change]:
    """Return the changes with each deletion after those of the users that an API shows."""
    deleted = {change.address for change in changes if change.action is Action.DELETE}
    users = {a: {u.address for u in by} & deleted for a, by in found.items() if a in deleted}
    if not any(users.values()):
        return changes
    return sort_by_dependency(
        replace(c, depends_on=tuple(sorted({*c.depends_on, *users[c.address]})))
        if c.action is Action.DELETE
        else c
        for c in changes
    )


def _is_searched(change: Change, counter: PeopleCounter) -> bool:
    if change.action is Action.CREATE:
        return bool(change.users)
    is_there = change.address in counter.live.objects
    return change.action.writes and is_there and change.reach.is_shared


def _object_of(change: Change, counter: PeopleCounter) -> ObjectId:
    live = counter.live.objects.get(change.address)
    # A new object has no ID yet, and no users except those that the plan found.
    return ObjectId(change.address.kind, live.remote_id if live else f"(new {change.address})")


def _known_users(
    changes: Iterable[Change], ids: Mapping[Address, ObjectId]
) -> dict[ObjectId, set[ObjectId]]:
    """Return what the plan knows of who uses what, link by link."""
    by_text = {str(address): each for address, each in ids.items()}
    known: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    for change in changes:
        for user in change.users:
            links = (str(change.address), *user.through, str(user.address))
            for used, by in pairwise(links):
                if used in by_text and by in by_text:
                    known[by_text[used]].add(by_text[by])
    return known


def _without_shared_users(change: Change) -> Change:
    """Return the change without the users that are shared, which were only passed through."""
    users = tuple(user for user in change.users if user.state is not ReachState.SHARED)
    return change if users == change.users else replace(change, users=users)


@dataclass(frozen=True, slots=True)
class _UserFinder:
    graph: UsageGraph
    managed: Mapping[ObjectId, Address]

    def with_users(self, change: Change, start: ObjectId) -> Change:
        """Return a change with the users that the plan did not find in files and objects."""
        paths = self.graph.paths_from(start)
        planned = {user.address for user in change.users}
        users = [
            self._managed_user(each, address, through)
            for each, through in paths.items()
            if (address := self.managed.get(each)) is not None and address not in planned
        ]
        unmanaged = [
            self._unmanaged_user(each, through)
            for each, through in paths.items()
            if each not in self.managed
        ]
        passed = [start, *(each for each in paths if each in self.managed)]
        hidden = [self.graph.incomplete[each] for each in passed if each in self.graph.incomplete]
        known = {ObjectId(user.kind, user.remote_id) for user in unmanaged}
        possible = {ObjectId(u.kind, u.remote_id): u for use in hidden for u in use.users}
        return replace(
            change,
            users=(*change.users, *users),
            unmanaged_users=tuple(unmanaged),
            unmanaged_users_unknown=bool(hidden),
            unknown_users_may_be_live=any(use.may_be_live for use in hidden),
            possible_users=tuple(user for each, user in possible.items() if each not in known),
        )

    def _managed_user(self, each: ObjectId, address: Address, through: Iterable[ObjectId]) -> User:
        live = self.graph.live.get(each)
        state = ReachState.UNKNOWN if live is None else live.decoded.reach.state
        return User(address, state, through=self._labels(through), remote_id=each.remote_id)

    def _unmanaged_user(self, each: ObjectId, through: Iterable[ObjectId]) -> UnmanagedUser:
        live = self.graph.live.get(each)
        state = ReachState.UNKNOWN if live is None else live.decoded.reach.state
        if each in self.graph.incomplete:
            state = ReachState.USERS_UNKNOWN
        return UnmanagedUser(each.kind, each.remote_id, _name(live), state, self._labels(through))

    def _labels(self, objects: Iterable[ObjectId]) -> tuple[str, ...]:
        return tuple(map(self._label, objects))

    def _label(self, each: ObjectId) -> str:
        if (address := self.managed.get(each)) is not None:
            return str(address)
        return name_of_unmanaged(each.kind, each.remote_id, _name(self.graph.live.get(each)))


def _name(live: LiveObject | None) -> str:
    return live.found.identity if live is not None else ""
