"""How many people each change touches: asked only for what changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cioform.core.errors import AuthError, RemoteError
from cioform.model.capabilities import HasParts
from cioform.model.reach import PeopleCount
from cioform.model.registry import Registry
from cioform.model.router import choose_route
from cioform.model.routes import CountRoute
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.change import Change
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.driver import run_conversation


def with_audience_sizes(
    plan: Plan, registry: Registry, live: LiveSnapshot, provider: Provider
) -> Plan:
    """Give the plan with the audience of every change, where the remote tells it."""

    def counted(change: Change) -> Change:
        kind = registry[change.address.kind]
        there = live.objects.get(change.address)
        route = choose_route(kind, CountRoute, provider.apis)
        if not change.action.writes or there is None or route is None:
            return change
        try:
            people = run_conversation(route.operation(there), provider)
        except (AuthError, RemoteError):
            # A number for people to read; a plan without it is still right.
            return change
        total = people.total if people else None
        change = replace(change, reach=replace(change.reach, people=total))
        if people is None or change.wanted is None or not isinstance(kind, HasParts):
            return change
        removed = kind.removed_parts(there.attributes, change.wanted)
        reason = change.reason + _people_at_removed_parts(removed, people)
        return replace(change, reason=reason)

    return replace(plan, changes=tuple(counted(change) for change in plan.changes))


def _people_at_removed_parts(removed: Sequence[str], people: PeopleCount) -> str:
    """Give how many people are at the parts that go, in words; empty when nobody is."""
    held = [(part, count) for part in removed if (count := people.by_part.get(part, 0))]
    if not held:
        return ""
    return "; where people are now: " + ", ".join(f"{count:,} at {part}" for part, count in held)
