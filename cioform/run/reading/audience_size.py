"""Count the people that each change reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.core.errors import AuthError, RemoteError
from cioform.model.reach import PeopleCount
from cioform.model.registry import Registry
from cioform.model.router import choose_route
from cioform.model.routes import CountRoute
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.change import Change
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.reading.driver import run_conversation


def with_audience_sizes(
    plan: Plan, registry: Registry, live: LiveSnapshot, provider: Provider
) -> Plan:
    """Return the plan with the audience of every change that Customer.io counts people for."""
    changes = tuple(_with_audience_size(each, registry, live, provider) for each in plan.changes)
    people = {change.address: change.reach.people for change in changes}
    return replace(plan, changes=tuple(_with_counted_users(each, people) for each in changes))


def _with_counted_users(change: Change, people: Mapping[Address, int | None]) -> Change:
    if not any(user.address in people for user in change.users):
        return change
    users = (replace(user, people=people.get(user.address)) for user in change.users)
    return replace(change, users=tuple(users))


def _with_audience_size(
    change: Change, registry: Registry, live: LiveSnapshot, provider: Provider
) -> Change:
    kind = registry[change.address.kind]
    live_object = live.objects.get(change.address)
    route = choose_route(kind, CountRoute, provider.apis)
    if not change.action.writes or live_object is None or route is None:
        return change
    try:
        people = run_conversation(route.operation(live_object), provider)
    except (AuthError, RemoteError):
        # The number only informs people: the plan is valid without it.
        return change
    total = people.total if people else None
    change = replace(change, reach=replace(change.reach, people=total))
    return change if people is None else _with_people_at_parts(change, people)


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
