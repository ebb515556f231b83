"""Count the people whom each change reaches, and those whom its users reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.errors import AuthError, RemoteError
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.reach import PeopleCount
from cioform.model.registry import Registry
from cioform.model.router import choose_route
from cioform.model.routing.routes import CountRoute
from cioform.plan.change import Change
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.reading.driver import run_conversation
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.reach.listed_rows import decode_row

_MAX_COUNTED_USERS: Final = 20
"""Users whose people are counted, one request each; those that may be live come first."""


@dataclass(frozen=True, slots=True)
class PeopleCounter:
    """Counts the people in the audiences of a workspace, each once."""

    registry: Registry
    live: LiveSnapshot
    provider: Provider
    _counts: dict[tuple[str, str], PeopleCount | None] = field(default_factory=dict)

    def count(self, live_object: LiveObject) -> PeopleCount | None:
        """Return how many people an object reaches, None if no API tells."""
        key = (live_object.kind, live_object.remote_id)
        if key not in self._counts:
            self._counts[key] = self._count(live_object)
        return self._counts[key]

    def count_listed(self, kind_name: str, remote_id: str) -> PeopleCount | None:
        """Return how many people an object reaches of which only the row of the list is known."""
        for row in self.live.listing.found.get(kind_name, ()):
            if row.remote_id == remote_id:
                found = decode_row(self.registry[kind_name], row, self.live.names)
                return self.count(found) if found else None
        return None

    def _count(self, live_object: LiveObject) -> PeopleCount | None:
        route = choose_route(self.registry[live_object.kind], CountRoute, self.provider.apis)
        if route is None:
            return None
        try:
            return run_conversation(route.operation(live_object), self.provider)
        except (AuthError, RemoteError):
            # The number only informs people: the plan is valid without it.
            return None


def with_audience_sizes(plan: Plan, counter: PeopleCounter) -> Plan:
    """Return the plan with the audience of every change that Customer.io counts people for."""
    changes = run_parallel(
        lambda change: _with_audience_size(change, counter),
        plan.changes,
        counter.provider.max_parallel,
    )
    people = {change.address: change.reach.people for change in changes if change.action.writes}
    people |= _people_of_users(changes, people, counter)
    return replace(plan, changes=tuple(_with_counted_users(each, people) for each in changes))


def _people_of_users(
    changes: list[Change], known: Mapping[Address, int | None], counter: PeopleCounter
) -> dict[Address, int | None]:
    """Return the people of the users that people may receive a change through."""
    users = {u.address for c in changes for u in c.users if u.state.may_be_live} - known.keys()
    counted = sorted(address for address in users if address in counter.live.objects)
    counted = counted[:_MAX_COUNTED_USERS]
    found = run_parallel(
        lambda a: counter.count(counter.live.objects[a]), counted, counter.provider.max_parallel
    )
    return {a: count.total for a, count in zip(counted, found, strict=True) if count is not None}


def _with_counted_users(change: Change, people: Mapping[Address, int | None]) -> Change:
    if not any(user.address in people for user in change.users):
        return change
    users = (replace(user, people=people.get(user.address)) for user in change.users)
    return replace(change, users=tuple(users))


def _with_audience_size(change: Change, counter: PeopleCounter) -> Change:
    live_object = counter.live.objects.get(change.address)
    if not change.action.writes or live_object is None:
        return change
    people = counter.count(live_object)
    if people is None:
        return change
    change = replace(change, reach=replace(change.reach, people=people.total))
    return _with_people_at_parts(change, people)


def _with_people_at_parts(change: Change, people: PeopleCount) -> Change:
    """Return a change with the people at the parts that are there no longer after it."""
    parts = tuple(
        replace(part, people=people.by_part.get(part.part, 0)) if part.action.removes else part
        for part in change.changed_parts
    )
    occupied = [part for part in parts if part.people]
    counts = ", ".join(f"{part.people:,} at {part.part}" for part in occupied)
    there_now = f"; people there now: {counts}" if counts else ""
    return replace(change, changed_parts=parts, reason=change.reason + there_now)
