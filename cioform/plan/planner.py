"""From matched snapshots to a plan."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.core.address import Address
from cioform.model.registry import Registry
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.blocking import block_deletions_used_out_of_scope, block_dependents
from cioform.plan.change import Change
from cioform.plan.changes_builder import ChangesBuilder
from cioform.plan.dependencies import (
    add_creation_dependencies,
    add_deletion_dependencies,
    referenced_addresses,
    sort_by_dependency,
)
from cioform.plan.drift import find_drift
from cioform.plan.match import MatchedPair, MatchResult
from cioform.plan.plan import Plan, PlanHeader
from cioform.plan.scope import Scope, pairs_in_scope


def make_plan(
    registry: Registry,
    match: MatchResult,
    live: LiveSnapshot,
    header: PlanHeader,
    scope: Scope | None = None,
) -> Plan:
    """Give the plan that makes the workspace what the files say, within `scope`.

    Which APIs are at hand is in `header`: what none of them can write is blocked here and now,
    never half way through an apply."""
    decisions = ChangesBuilder(registry, live, frozenset(header.apis), header.prefer)
    pairs = pairs_in_scope(scope or Scope(), match.pairs)
    for pair in pairs:
        decisions.build(pair)
    concerned = {change.address for change in decisions.changes}
    concerned |= {item.address for item in decisions.blocked}
    uses = _applied_references(registry, (pair for pair in pairs if pair.address in concerned))
    inside = {pair.address for pair in pairs}
    outside = _applied_references(
        registry, (p for p in match.pairs if p.exists and p.address not in inside)
    )
    kept, left = block_deletions_used_out_of_scope(
        add_creation_dependencies(decisions.changes, registry), outside
    )
    changes, blocked = block_dependents(kept, [*decisions.blocked, *left], uses)
    return Plan(
        header=header,
        changes=sort_by_dependency(add_deletion_dependencies(changes, uses)),
        blocked=tuple(sorted(blocked, key=lambda item: item.address)),
        drift=find_drift(registry, pairs, live),
        unreadable=tuple(decisions.unreadable),
        unchanged=decisions.unchanged,
        known=match.names.known,
        unbound=_unbound_objects(match.pairs, changes),
        foreign=match.foreign,
        read_requests=live.requests,
    )


def _applied_references(
    registry: Registry, pairs: Iterable[MatchedPair]
) -> dict[Address, tuple[Address, ...]]:
    """Give what each object refers to, as far as we last wrote it."""
    return {
        pair.address: referenced_addresses(
            registry[pair.address.kind].references(pair.binding.applied)
        )
        for pair in pairs
        if pair.binding and pair.binding.applied
    }


def _unbound_objects(pairs: Iterable[MatchedPair], changes: Iterable[Change]) -> dict[str, str]:
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
