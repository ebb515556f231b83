"""Find out what people have yet to set up for the objects that a plan writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cioform.core.address import Address
from cioform.core.errors import AuthError, RemoteError
from cioform.model.kind import Kind
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NeedsSetup, Obstacle
from cioform.plan.matching.pair import MatchedPair
from cioform.remote.provider import Provider
from cioform.run.reading.driver import run_conversation


def find_obstacles(
    registry: Registry, pairs: Iterable[MatchedPair], provider: Provider
) -> dict[Address, Obstacle]:
    """Return the obstacles of all objects that a plan creates, gives a new identity or deletes.

    Nothing is requested for a plan without such objects.
    """
    found: dict[Address, Obstacle] = {}
    by_kind: dict[str, list[MatchedPair]] = {}
    for pair in pairs:
        if not pair.is_unlistable:
            by_kind.setdefault(pair.address.kind, []).append(pair)
    for name, of_kind in by_kind.items():
        kind = registry[name]
        if isinstance(kind, NeedsSetup) and kind.setup_api in provider.apis:
            found |= _obstacles_of_wanted(kind, kind, of_kind, provider)
            found |= _obstacles_of_deleted(kind, of_kind, provider)
    return found


def _obstacles_of_wanted(
    kind: Kind, needs: NeedsSetup, pairs: Sequence[MatchedPair], provider: Provider
) -> dict[Address, Obstacle]:
    wanted = {
        pair.address: pair.resource.attributes
        for pair in pairs
        if pair.resource is not None and _is_new(kind, pair)
    }
    if not wanted:
        return {}
    try:
        found = run_conversation(needs.find_obstacles(list(wanted.values())), provider)
    except (AuthError, RemoteError):
        found = [needs.unreadable_obstacle(each) for each in wanted.values()]
    return {a: each for a, each in zip(wanted, found, strict=True) if each is not None}


def _is_new(kind: Kind, pair: MatchedPair) -> bool:
    """Return whether the object does not exist yet, or exists with another identity."""
    assert pair.resource is not None
    return pair.found is None or pair.found.identity != pair.resource.attributes[kind.identity]


def _obstacles_of_deleted(
    needs: NeedsSetup, pairs: Sequence[MatchedPair], provider: Provider
) -> dict[Address, Obstacle]:
    deleted = {
        pair.address: pair.found.remote_id
        for pair in pairs
        if pair.resource is None and pair.found is not None
    }
    if not deleted:
        return {}
    try:
        found = run_conversation(needs.find_uses(list(deleted.values())), provider)
    except (AuthError, RemoteError):
        return {}
    return {a: each for a, each in zip(deleted, found, strict=True) if each is not None}
