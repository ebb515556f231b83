"""Read what uses shared objects, and what uses those users, as far as the APIs tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from cioform.core.dataclasses import dataclass
from cioform.core.errors import AuthError, RemoteError
from cioform.core.graph import shortest_paths
from cioform.model.objects.live_object import LiveObject
from cioform.model.routing.operations import ObjectId, Usage
from cioform.model.routing.routes import UsageRoute
from cioform.run.reading.driver import run_conversation
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.reach.audience_size import PeopleCounter
from cioform.run.reading.reach.hidden_users import HiddenUse, HiddenUsers
from cioform.run.reading.reach.newsletters import NEWSLETTER
from cioform.run.reading.reach.user_states import read_objects


@dataclass(frozen=True, slots=True)
class UsageGraph:
    """The users of shared objects, managed or not."""

    users: Mapping[ObjectId, Set[ObjectId]]
    live: Mapping[ObjectId, LiveObject | None]
    """The objects as they are; None for one that is gone. What cannot be read is absent."""
    incomplete: Mapping[ObjectId, HiddenUse]
    """The shared objects whose users cannot all be found out, with the possible other users."""

    def paths_from(self, start: ObjectId) -> dict[ObjectId, tuple[ObjectId, ...]]:
        """Return every user of an object, with the shared objects between the two."""

        def next_users(used: ObjectId) -> Iterable[ObjectId]:
            passes_on = used == start or is_shared(self.live.get(used))
            users = self.users.get(used, ()) if passes_on else ()
            # What a list of users has and the workspace does not have is gone.
            return _sorted(each for each in users if self.live.get(each, each) is not None)

        return shortest_paths(start, next_users)


def is_shared(live: LiveObject | None) -> bool:
    """Return whether people receive an object through whatever uses it."""
    return live is not None and live.decoded.reach.is_shared


def read_usage_graph(
    starts: Iterable[ObjectId],
    known: Mapping[ObjectId, Set[ObjectId]],
    managed: Set[ObjectId],
    counter: PeopleCounter,
) -> UsageGraph:
    """Return what uses the objects in `starts`, to the end of every path.

    `known` are the users that the files and the objects in hand show. Each object is asked about
    once, and all of one distance from the start at the same time.
    """
    users: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    for used, by in known.items():
        users[used] |= by
    live: dict[ObjectId, LiveObject | None] = {
        ObjectId(a.kind, each.remote_id): each for a, each in counter.live.objects.items()
    }
    asked: set[ObjectId] = set()
    incomplete: dict[ObjectId, HiddenUse] = {}
    hidden = HiddenUsers(managed, counter)
    wanted = _sorted(starts)
    while wanted:
        for used, usage in zip(wanted, _ask_all(wanted, live, counter), strict=True):
            users[used].update(usage.users if usage is not None else ())
            if usage is None or any(map(hidden.may_exist, usage.misses)):
                incomplete[used] = hidden.use_of(usage.misses if usage else None)
        asked.update(wanted)
        found = {each for used in wanted for each in users[used]}
        live |= _read_objects(found - live.keys(), counter)
        wanted = _sorted(each for each in found - asked if is_shared(live.get(each)))
    return UsageGraph(users, live, incomplete)


def _sorted(objects: Iterable[ObjectId]) -> list[ObjectId]:
    return sorted(objects, key=lambda each: (each.kind, each.remote_id))


def _ask_all(
    objects: Iterable[ObjectId],
    live: Mapping[ObjectId, LiveObject | None],
    counter: PeopleCounter,
) -> list[Usage | None]:
    return run_parallel(
        lambda each: _ask(live.get(each), counter), objects, counter.provider.max_parallel
    )


def _ask(live: LiveObject | None, counter: PeopleCounter) -> Usage | None:
    """Return what uses an object by all APIs together; None if none of them tells."""
    if live is None:
        return Usage()  # It is new.
    routes = [
        each
        for each in counter.registry[live.kind].routes
        if isinstance(each, UsageRoute) and each.api in counter.provider.apis
    ]
    known: list[Usage] = []
    for route in routes:
        try:
            usage = run_conversation(route.operation(live), counter.provider)
        except (AuthError, RemoteError):
            continue
        known += [usage] if usage is not None else []
    if not known:
        return None
    users = dict.fromkeys(each for usage in known for each in usage.users)
    return Usage(tuple(users), frozenset.intersection(*(frozenset(u.misses) for u in known)))


def _read_objects(
    objects: Iterable[ObjectId], counter: PeopleCounter
) -> dict[ObjectId, LiveObject | None]:
    readable = [
        each for each in _sorted(objects) if each.kind in (*counter.registry.names, NEWSLETTER)
    ]
    return dict(
        read_objects(
            readable, counter.registry, counter.live.names, counter.provider, counter.live.listing
        )
    )
