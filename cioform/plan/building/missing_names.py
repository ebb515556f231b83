"""Block what needs an object by a name that a blocked change would give to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.address import Address
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand
from cioform.plan.change import BlockedChange, Change
from cioform.plan.guards.blocking import join_blocked
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.writes.write_planner import split_blocked


def block_missing_names(
    changes: Sequence[Change], pairs: Sequence[MatchedPair], registry: Registry, live: LiveSnapshot
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those that need a name of a blocked one.

    They were planned as if an object had that name, such as a tag. `pairs` are those in scope.
    """
    missing = _missing_names(changes, pairs, registry, live)

    def reason_of(change: Change) -> str:
        givers = _givers(change, missing, registry) if missing else ()
        return f"It refers to {join_blocked(givers)}" if givers else ""

    return split_blocked(changes, reason_of)


def _givers(
    change: Change, missing: Mapping[tuple[str, str], Address], registry: Registry
) -> list[Address]:
    kind = registry[change.address.kind]
    if not change.action.writes_values or not isinstance(kind, CreatesOnDemand):
        return []
    return [
        missing[each] for each in kind.creates_on_demand(change.wanted or {}) if each in missing
    ]


def _missing_names(
    changes: Sequence[Change],
    pairs: Sequence[MatchedPair],
    registry: Registry,
    live: LiveSnapshot,
) -> dict[tuple[str, str], Address]:
    """Return the addresses by kind and name of the files whose names no object will have."""
    blocked = {
        (pair.address.kind, str(pair.resource.attributes[kind.identity])): pair.address
        for pair in pairs
        if pair.resource is not None
        if (kind := registry[pair.address.kind])
    }
    for change in changes:
        blocked.pop((change.address.kind, change.identity), None)
    for kind_name, rows in live.listing.found.items():
        for row in rows:
            blocked.pop((kind_name, row.identity), None)
    return blocked
