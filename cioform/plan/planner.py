"""Make a plan of matched snapshots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.hints import fill_in_hint
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
    """Return the plan that makes the workspace what the files say, within `scope`.

    A change that none of the APIs in `header` can make is blocked here, so that an apply does not
    fail half way through.
    """
    builder = ChangesBuilder(registry, live, header)
    pairs = pairs_in_scope(scope or Scope(), match.pairs)
    for pair in pairs:
        builder.build(pair)
    affected = {change.address for change in builder.changes}
    affected |= {item.address for item in builder.blocked}
    references = _applied_references(registry, (p for p in pairs if p.address in affected))
    in_scope = {pair.address for pair in pairs}
    outside_references = _applied_references(
        registry, (p for p in match.pairs if p.exists and p.address not in in_scope)
    )
    possible, used = block_deletions_used_out_of_scope(
        add_creation_dependencies(builder.changes, registry), outside_references
    )
    changes, blocked = block_dependents(possible, [*builder.blocked, *used], references)
    return Plan(
        header=header,
        changes=sort_by_dependency(add_deletion_dependencies(changes, references)),
        blocked=tuple(
            replace(item, way_out=fill_in_hint(item.way_out, header.workspace, item.address))
            for item in sorted(blocked, key=lambda item: item.address)
        ),
        drift=find_drift(registry, pairs, live),
        unreadable=tuple(builder.unreadable),
        unchanged=builder.unchanged,
        known=match.names.known,
        unbound=_unbound_objects(match.pairs, changes),
        foreign=match.foreign,
        read_requests=live.requests,
    )


def _applied_references(
    registry: Registry, pairs: Iterable[MatchedPair]
) -> dict[Address, tuple[Address, ...]]:
    """Return what each object refers to in the form in which it was last applied."""
    return {
        pair.address: referenced_addresses(
            registry[pair.address.kind].references(pair.binding.applied)
        )
        for pair in pairs
        if pair.binding and pair.binding.applied
    }


def _unbound_objects(pairs: Iterable[MatchedPair], changes: Iterable[Change]) -> dict[str, str]:
    """Return the ids of objects that were found and that neither state nor changes bind."""
    changing = {change.address for change in changes}
    return {
        str(pair.address): pair.found.remote_id
        for pair in pairs
        if pair.found
        and pair.address not in changing
        # One that moved is bound to its new address in this plan only, not in the state.
        and (pair.moved_from is not None or not pair.is_bound)
    }
