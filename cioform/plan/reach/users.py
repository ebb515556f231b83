"""The users of a shared object, which a change of the object reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from cioform.core.address import Address
from cioform.core.graph import shortest_paths
from cioform.core.text.quantities import pluralize
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_first
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.reach import Reach, ReachState
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.plan.change import Action, BlockedChange, Change, UnmanagedUser, User
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.uses import UseFinder

SHOWN_USERS: Final = 10
"""How many users of an object a sentence names."""
_STATE_TEXT: Final = {
    "live": "active",
    "unknown": "state unknown",
    ReachState.USERS_UNKNOWN: "with unknown users",
}


def add_users(
    changes: Sequence[Change],
    pairs: Sequence[MatchedPair],
    uses: UseFinder,
    registry: Registry,
    live: LiveSnapshot,
) -> tuple[Change, ...]:
    """Return the changes with what uses each shared object, now or after the plan.

    What is shared itself is among the users until it is known what else uses it. Objects that the
    plan creates are not among them: nobody receives them yet.
    """
    shared = {c.address for c in changes if _is_shared(c, registry)}
    if not shared:
        return tuple(changes)
    users = _find_users(shared, changes, pairs, uses, registry)
    reaches = {address: found.decoded.reach for address, found in live.objects.items()}
    ids = live.names.ids
    return tuple(
        replace(change, users=_users_of(change.address, users, reaches, ids))
        if change.address in shared
        else change
        for change in changes
    )


def add_users_of_blocked(
    blocked: Sequence[BlockedChange],
    pairs: Sequence[MatchedPair],
    uses: UseFinder,
    registry: Registry,
    live: LiveSnapshot,
) -> list[BlockedChange]:
    """Return blocked changes with what uses each shared object now, as `add_users` does."""
    reaches = {address: found.decoded.reach for address, found in live.objects.items()}
    changes = [
        Change(each.address, each.action, reach=reaches.get(each.address, Reach()))
        for each in blocked
    ]
    with_users = add_users(changes, pairs, uses, registry, live)
    return [
        replace(each, users=change.users) for each, change in zip(blocked, with_users, strict=True)
    ]


def _is_shared(change: Change, registry: Registry) -> bool:
    if change.action is Action.CREATE:
        # A text may name what does not exist yet, unlike a reference.
        return isinstance(registry[change.address.kind], NamedInLiquid)
    return change.action.writes and change.reach.is_shared


def _find_users(
    shared: Set[Address],
    changes: Sequence[Change],
    pairs: Sequence[MatchedPair],
    uses: UseFinder,
    registry: Registry,
) -> Mapping[Address, Mapping[Address, bool]]:
    """Return the existing users of each address as far as they can lead to one of `shared`.

    All texts are searched for names only if that can find another one.
    """
    named = {kind.name for kind in registry if isinstance(kind, NamedInLiquid)}
    if not any(address.kind in named for address in shared):
        users = _users_by_address(changes, pairs, uses.without_liquid())
        if not any(user.kind in named for by in users.values() for user in by):
            return users
    return _users_by_address(changes, pairs, uses)


def _users_by_address(
    changes: Iterable[Change], pairs: Iterable[MatchedPair], uses: UseFinder
) -> Mapping[Address, Mapping[Address, bool]]:
    """Return the users of each address that may exist, and whether each use is certain."""
    by_address = {change.address: change for change in changes}
    users: dict[Address, dict[Address, bool]] = defaultdict(dict)
    for pair in pairs:
        if not pair.may_exist:
            continue
        change = by_address.get(pair.address)
        used = dict(uses.now(pair))
        if change and change.action is not Action.DELETE:
            for address, is_certain in uses.after(pair, change).items():
                used[address] = is_certain or used.get(address, False)
        for address, is_certain in used.items():
            users[address][pair.address] = is_certain
    return users


def _users_of(
    address: Address,
    users: Mapping[Address, Mapping[Address, bool]],
    reaches: Mapping[Address, Reach],
    ids: Mapping[Address, str],
) -> tuple[User, ...]:
    def is_passed_through(user: Address) -> bool:
        return user not in reaches or reaches[user].is_shared

    def next_users(used: Address) -> Iterable[Address]:
        return users.get(used, ()) if used == address or is_passed_through(used) else ()

    return tuple(
        User(
            user,
            reaches[user].state if user in reaches else ReachState.NOT_READ,
            through=tuple(map(str, through)),
            is_certain=all(
                users[used][by]
                for used, by in zip((address, *through), (*through, user), strict=True)
            ),
            remote_id=ids.get(user),
        )
        for user, through in sorted(shortest_paths(address, next_users).items())
    )


def users_not_read(changes: Iterable[Change]) -> list[User]:
    """Return the users that are out of the plan's scope, each once."""
    users = {u.address: u for c in changes for u in c.users if u.state is ReachState.NOT_READ}
    return list(users.values())


def with_user_states(
    changes: Iterable[Change], looked_at: Mapping[Address, LiveObject | None]
) -> tuple[Change, ...]:
    """Return the changes with the state of the users that the plan did not read.

    Those that do not exist are left out. The state of one that is not in `looked_at` cannot be
    read; it is shared if there are users behind it.
    """
    return tuple(
        replace(change, users=tuple(_users_with_state(change.users, looked_at)))
        if change.users
        else change
        for change in changes
    )


def _users_with_state(
    users: Sequence[User], looked_at: Mapping[Address, LiveObject | None]
) -> Iterator[User]:
    passed_through = {address for user in users for address in user.through}
    for user in users:
        if user.state is not ReachState.NOT_READ:
            yield user
            continue
        if user.address not in looked_at:
            is_shared = str(user.address) in passed_through
            yield replace(user, state=ReachState.SHARED if is_shared else ReachState.UNKNOWN)
        elif (live := looked_at[user.address]) is not None:
            yield replace(user, state=live.decoded.reach.state)


def join_users(users: Sequence[User], limit: int) -> str:
    """Return users in one line, those that may be live first: `campaign.welcome (running)`."""
    ordered = sorted(users, key=lambda user: not user.state.may_be_live)
    return join_first([_user_text(user) for user in ordered], limit)


def join_unmanaged(users: Sequence[UnmanagedUser], limit: int) -> str:
    """Return unmanaged users in one line: `the unmanaged campaign 'Promo' (id 12, running)`."""
    ordered = sorted(users, key=lambda user: not user.state.may_be_live)
    return join_first([_unmanaged_text(user) for user in ordered], limit)


def _unmanaged_text(user: UnmanagedUser) -> str:
    name = name_of_user(user) if user.name else f"the unmanaged {user.kind}"
    through = _through_text(user)
    facts = ", ".join(filter(None, (f"id {user.remote_id}", _unmanaged_state(user), through)))
    return f"{name} ({facts})"


def watched_users(change: Change) -> tuple[User | UnmanagedUser, ...]:
    """Return the users and possible users of an object, which are read again before the change."""
    return (*change.all_users, *change.possible_users)


def live_users(change: Change) -> dict[tuple[str, str], User | UnmanagedUser]:
    """Return the users and possible users that may reach people, by their kinds and IDs."""
    return {identity_of(user): user for user in watched_users(change) if user.state.may_be_live}


def identity_of(user: User | UnmanagedUser) -> tuple[str, str]:
    """Return the kind and the ID of a user, which stay the same if a file takes it over."""
    if isinstance(user, User):
        return user.address.kind, user.remote_id or str(user.address)
    return user.kind, user.remote_id


def name_of_user(user: User | UnmanagedUser) -> str:
    """Return the address of a user, or `the unmanaged campaign "Promo"`."""
    if isinstance(user, User):
        return str(user.address)
    return name_of_unmanaged(user.kind, user.remote_id, user.name)


def name_of_unmanaged(kind: str, remote_id: str, name: str) -> str:
    """Return `the unmanaged campaign "Promo"`, with the ID if the name is not known."""
    return f"the unmanaged {kind} {quoted(name) if name else remote_id}"


def _unmanaged_state(user: UnmanagedUser) -> str:
    # One that is shared itself has no state of its own.
    return "" if user.state is ReachState.SHARED else state_of_user(user)


def _through_text(user: User | UnmanagedUser) -> str:
    return f"through {' and '.join(user.through)}" if user.through else ""


def state_of_user(user: User | UnmanagedUser) -> str:
    """Return the state of a user in words."""
    return state_text(user.state)


def state_text(state: str) -> str:
    """Return the word of Customer.io for a state."""
    return _STATE_TEXT.get(state, state)


def _user_text(user: User) -> str:
    people = "" if user.people is None else pluralize(user.people, "person", "people")
    through = _through_text(user)
    certainty = "" if user.is_certain else "use uncertain"
    facts = ", ".join(filter(None, (state_of_user(user), people, through, certainty)))
    return f"{user.address} ({facts})"
