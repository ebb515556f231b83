"""How many people each change touches: asked only for what changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cioform.core.errors import CredentialRefused, RemoteRefused
from cioform.model.kind import People, Verb
from cioform.model.registry import Registry
from cioform.model.router import choose
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.change import Change
from cioform.plan.plan import Plan
from cioform.remote.provider import Provider
from cioform.run.driver import drive


def with_people(plan: Plan, registry: Registry, live: LiveSnapshot, provider: Provider) -> Plan:
    """Give the plan with the audience of every change, where the remote tells it."""

    def counted(change: Change) -> Change:
        kind = registry[change.address.kind]
        there = live.objects.get(change.address)
        route = choose(kind, Verb.COUNT, provider.apis)
        if not change.action.writes or there is None or route is None:
            return change
        try:
            people = drive(route.talk(there, live.names), provider)
        except (CredentialRefused, RemoteRefused):
            # A number for people to read; a plan without it is still right.
            return change
        if not isinstance(people, People):
            return replace(change, reach=replace(change.reach, people=people))
        removed = kind.parts_removed(there.attributes, change.wanted or {})
        reason = change.reason + _waiting(removed, people) if change.wanted else change.reason
        reach = replace(change.reach, people=people.total)
        return replace(change, reach=reach, reason=reason)

    return replace(plan, changes=tuple(counted(change) for change in plan.changes))


def _waiting(removed: Sequence[str], people: People) -> str:
    """Give how many people are at the parts that go, in words; empty when nobody is."""
    held = [(part, count) for part in removed if (count := people.at.get(part, 0))]
    if not held:
        return ""
    return "; where people are now: " + ", ".join(f"{count:,} at {part}" for part, count in held)
