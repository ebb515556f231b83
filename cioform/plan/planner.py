"""Make a plan of matched snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.hints import fill_in_hint
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.part_change import PartAction
from cioform.model.reach import ReachState
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NamedInLiquid, Obstacle
from cioform.plan.building.changes_builder import ChangesBuilder
from cioform.plan.building.dependencies import (
    add_creation_dependencies,
    add_deletion_dependencies,
    sort_by_dependency,
)
from cioform.plan.building.missing_names import block_missing_names
from cioform.plan.building.name_conflicts import OrderedByNames, order_by_names
from cioform.plan.building.passed_names import block_passed_names
from cioform.plan.building.removals import Removals
from cioform.plan.change import BlockedChange, Change, FieldChange
from cioform.plan.drift import find_drift, with_edits
from cioform.plan.guards.blocking import block_dependents, block_missing, reasons_left_out
from cioform.plan.guards.obstacles import block_obstacles
from cioform.plan.guards.requirements import block_unsuitable_references
from cioform.plan.matching.pair import MatchedPair, MatchResult
from cioform.plan.omissions import UnmanagedFields
from cioform.plan.plan import Plan, PlanHeader
from cioform.plan.reach.former_names import block_former_names
from cioform.plan.reach.new_names import find_new_names
from cioform.plan.reach.users import add_users, add_users_of_blocked
from cioform.plan.reach.uses import UseFinder
from cioform.plan.selecting.scope import Scope, pairs_in_scope
from cioform.plan.writes.final_requests import with_final_requests


def make_plan(
    registry: Registry,
    match: MatchResult,
    live: LiveSnapshot,
    header: PlanHeader,
    scope: Scope | None = None,
    obstacles: Mapping[Address, Obstacle] | None = None,
) -> Plan:
    """Return the plan that makes the workspace what the files say, within `scope`.

    A change that none of the APIs in `header` can make is blocked here, so that an apply does not
    fail halfway through. `obstacles` are what people have yet to set up for some addresses.
    """
    scope = scope or Scope()
    pairs = pairs_in_scope(scope, match.pairs, registry)
    builder = ChangesBuilder(registry, live, header, pairs)
    for pair in pairs:
        builder.build(pair)
    uses = UseFinder(registry, match.names, live, match.pairs)
    clear, obstructed = block_obstacles(builder.changes, obstacles or {}, match.pairs, uses)
    suitable, unsuitable = block_unsuitable_references(clear, registry, live, match.pairs, header)
    blocked = [*builder.blocked, *obstructed, *unsuitable]
    named, nameless, hints = _block_names(suitable, registry, live, match.pairs, pairs, blocked)
    new_names = find_new_names(registry, match.pairs)
    named_kinds = {kind.name for kind in registry if isinstance(kind, NamedInLiquid)}
    planned, blocked = block_dependents(
        add_creation_dependencies(named, registry, new_names),
        [*blocked, *nameless],
        {},
        named_kinds,
    )
    removals = Removals(planned, blocked, match.pairs, pairs, builder, uses)
    possible, used = removals.block_used()
    left_out = reasons_left_out(match.pairs, pairs, new_names, scope.always_excludes)
    present, absent = block_missing(possible, left_out)
    blocked = [*blocked, *used, *absent]
    changes, blocked = block_dependents(present, blocked, removals.references, named_kinds)
    final = with_final_requests(changes, blocked, registry, live, header, pairs)
    ordered = sort_by_dependency(add_deletion_dependencies(final, removals.references))
    with_users = add_users(ordered, match.pairs, uses, registry, live)
    blocked = add_users_of_blocked(blocked, match.pairs, uses, registry, live)
    return Plan(
        header=header,
        changes=removals.with_former_objects(with_users),
        blocked=_with_filled_hints(hints.with_hints(blocked), header.workspace),
        drift=with_edits(
            find_drift(registry, pairs, live, builder.as_applied), pairs, builder.more_drift
        ),
        unreadable=tuple(builder.unreadable),
        kept=tuple(builder.kept),
        unmanaged_edits=_by_address(builder.unmanaged_edits),
        newly_recorded=_by_address(builder.newly_recorded),
        unchanged=builder.unchanged,
        known=match.names.known,
        unbound=_unbound_objects(match.pairs, changes),
        rebuilds=tuple(_rebuilt_objects(match.pairs, changes)),
        unmanaged=match.unmanaged,
        not_listed=tuple(sorted({kind.name for kind in registry} - live.listing.found.keys())),
        read_requests=live.requests,
    )


def _with_filled_hints(
    blocked: Iterable[BlockedChange], workspace: str
) -> tuple[BlockedChange, ...]:
    return tuple(
        replace(item, hint=fill_in_hint(item.hint, workspace, item.address))
        for item in sorted(blocked, key=lambda item: item.address)
    )


def _block_names(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    all_pairs: Sequence[MatchedPair],
    in_scope: Sequence[MatchedPair],
    blocked: Sequence[BlockedChange],
) -> tuple[list[Change], list[BlockedChange], OrderedByNames]:
    """Return the changes that can be made, those blocked because of names, and hints for them.

    `blocked` are those that are blocked for other reasons.
    """
    unambiguous, passed = block_passed_names(changes, registry, live, all_pairs)
    ordered = order_by_names(unambiguous, registry, live, all_pairs, [*blocked, *passed])
    current, outdated = block_former_names(ordered.changes, registry, live, all_pairs)
    present, missing = block_missing_names(current, in_scope, registry, live)
    return present, [*passed, *ordered.blocked, *outdated, *missing], ordered


def _rebuilt_objects(pairs: Iterable[MatchedPair], changes: Iterable[Change]) -> Iterator[str]:
    """Yield the objects whose parts are removed and added because no state names them."""
    remembered = {pair.address for pair in pairs if pair.binding and pair.binding.parts}
    for change in changes:
        actions = {part.action for part in change.changed_parts}
        is_rebuilt = PartAction.ADD in actions and any(action.removes for action in actions)
        if (
            is_rebuilt
            and change.reach.state is not ReachState.DRAFT
            and change.address not in remembered
        ):
            yield str(change.address)


def _unbound_objects(pairs: Iterable[MatchedPair], changes: Iterable[Change]) -> dict[str, str]:
    """Return the IDs of found objects that neither the state nor a change binds."""
    changing = {change.address for change in changes}
    return {
        str(pair.address): pair.found.remote_id
        for pair in pairs
        if pair.found
        and pair.address not in changing
        # One that moved is bound to its new address in this plan only, not in the state.
        and (pair.moved_from is not None or not pair.is_bound)
    }


def _by_address(
    fields: Mapping[Address, tuple[FieldChange, ...]],
) -> tuple[UnmanagedFields, ...]:
    return tuple(UnmanagedFields(*item) for item in sorted(fields.items()))
