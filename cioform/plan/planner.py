"""From matched snapshots to a plan."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.core.address import Address
from cioform.model.registry import Registry
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.blocking import block_dependents, block_used_outside
from cioform.plan.change import Change
from cioform.plan.changes_builder import Decisions
from cioform.plan.dependencies import freeing, in_order, needed
from cioform.plan.drift import find_drift
from cioform.plan.match import Match, Pair
from cioform.plan.plan import Header, Plan
from cioform.plan.scope import Scope, within


def make_plan(
    registry: Registry,
    match: Match,
    live: LiveSnapshot,
    header: Header,
    scope: Scope | None = None,
) -> Plan:
    """Give the plan that makes the workspace what the files say, within `scope`.

    Which APIs are at hand is in `header`: what none of them can write is blocked here and now,
    never half way through an apply."""
    decisions = Decisions(registry, live, frozenset(header.apis), header.prefer)
    pairs = within(scope or Scope(), match.pairs)
    for pair in pairs:
        decisions.decide(pair)
    concerned = {change.address for change in decisions.changes}
    concerned |= {item.address for item in decisions.blocked}
    uses = _uses(registry, (pair for pair in pairs if pair.address in concerned))
    inside = {pair.address for pair in pairs}
    outside = _uses(registry, (p for p in match.pairs if p.is_made and p.address not in inside))
    kept, left = block_used_outside(decisions.changes, outside)
    changes, blocked = block_dependents(kept, [*decisions.blocked, *left], uses)
    return Plan(
        header=header,
        changes=in_order(freeing(changes, uses)),
        blocked=tuple(sorted(blocked, key=lambda item: item.address)),
        drift=find_drift(registry, pairs, live),
        unreadable=tuple(decisions.unreadable),
        unchanged=decisions.unchanged,
        known=match.names.known,
        unbound=_unbound(match.pairs, changes),
        foreign=match.foreign,
        read_requests=live.requests,
    )


def _uses(registry: Registry, pairs: Iterable[Pair]) -> dict[Address, tuple[Address, ...]]:
    """Give what each object refers to, as far as we last wrote it."""
    return {
        pair.address: needed(registry[pair.address.kind].references(pair.binding.applied))
        for pair in pairs
        if pair.binding and pair.binding.applied
    }


def _unbound(pairs: Iterable[Pair], changes: Iterable[Change]) -> dict[str, str]:
    """Give the objects that pairs found and neither the state nor a change will bind."""
    changing = {change.address for change in changes}
    return {
        str(pair.address): pair.found.remote_id
        for pair in pairs
        if pair.found
        and pair.address not in changing
        # One that moved is bound to its new address in this plan's eyes only.
        and (pair.moved_from is not None or not pair.is_bound)
    }
