"""Make a plan of matched snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from cioform.core.address import Address
from cioform.model.hints import fill_in_hint
from cioform.model.registry import Registry
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.changes_builder import ChangesBuilder
from cioform.plan.dependencies import (
    add_creation_dependencies,
    add_deletion_dependencies,
    sort_by_dependency,
)
from cioform.plan.drift import find_drift
from cioform.plan.guards.blocking import (
    block_deletions_in_use,
    block_deletions_used_out_of_scope,
    block_dependents,
)
from cioform.plan.guards.requirements import block_unfit_references
from cioform.plan.matching.match import MatchedPair, MatchResult
from cioform.plan.plan import Plan, PlanHeader
from cioform.plan.reach.users import add_users
from cioform.plan.reach.uses import Used, UseFinder
from cioform.plan.scope import Scope, pairs_in_scope

References: TypeAlias = Mapping[Address, Iterable[Address]]
"""What each object refers to."""


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
    uses = UseFinder(registry, match.names, live, match.pairs)
    fit, unfit = block_unfit_references(builder.changes, registry, live)
    planned = add_creation_dependencies(fit, registry)
    blocked = [*builder.blocked, *unfit]
    references, possible, used = _block_deletions(planned, blocked, match, pairs, uses)
    changes, blocked = block_dependents(possible, [*blocked, *used], references)
    ordered = sort_by_dependency(add_deletion_dependencies(changes, references))
    return Plan(
        header=header,
        changes=add_users(ordered, match.pairs, uses, registry, live),
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


def _block_deletions(
    changes: Sequence[Change],
    blocked: Sequence[BlockedChange],
    match: MatchResult,
    pairs: Sequence[MatchedPair],
    uses: UseFinder,
) -> tuple[References, list[Change], list[BlockedChange]]:
    """Return what objects refer to now, the possible changes, and deletions of what is in use."""
    if not any(change.action in (Action.DELETE, Action.REPLACE) for change in changes):
        return {}, list(changes), []
    by_address = {change.address: change for change in changes}
    is_blocked = {item.address for item in blocked}
    in_scope = {pair.address for pair in pairs}
    now = {pair.address: _certain(uses.now(pair)) for pair in match.pairs if pair.exists}
    outside = {address: used for address, used in now.items() if address not in in_scope}
    after = {
        pair.address: _certain(uses.after(pair, change))
        for pair in pairs
        if pair.address not in is_blocked
        and (pair.exists or pair.resource is not None)
        and ((change := by_address.get(pair.address)) is None or change.action is not Action.DELETE)
    }
    possible, used_outside = block_deletions_used_out_of_scope(changes, outside)
    possible, in_use = block_deletions_in_use(possible, now, after)
    return now, possible, [*used_outside, *in_use]


def _certain(used: Used) -> tuple[Address, ...]:
    return tuple(address for address, is_certain in used.items() if is_certain)


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
