"""Names that objects may share, and that would no longer tell an object from an unmanaged one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cioform.core.address import Address
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action, Change
from cioform.plan.matching.claims import candidate_lines, place_to_paste
from cioform.plan.matching.pair import MatchedPair


def ambiguous_names(
    changes: Sequence[Change], registry: Registry, live: LiveSnapshot, pairs: Sequence[MatchedPair]
) -> Iterator[tuple[Address, str]]:
    """Yield the changes to the name of an unmanaged object, and why they are blocked."""
    managed = {(pair.address.kind, pair.found.remote_id) for pair in pairs if pair.found}
    by_address = {pair.address: pair for pair in pairs}
    for change in changes:
        kind, pair = registry[change.address.kind], by_address[change.address]
        if change.action is not Action.UPDATE or kind.has_unique_names or pair.found is None:
            continue
        resource = pair.resource
        if resource is None or resource.remote_id or change.identity == pair.found.identity:
            continue
        for row in live.listing.found[kind.name]:
            if row.identity == change.identity and (kind.name, row.remote_id) not in managed:
                yield change.address, _reason(kind, resource, pair.found, row)
                break


def _reason(kind: Kind, resource: Resource, found: RemoteObject, other: RemoteObject) -> str:
    return (
        f"Its new {kind.identity} {quoted(other.identity)} belongs to an unmanaged {kind.name} (ID "
        f"{other.remote_id}). Without a state, cioform finds an object by its {kind.identity}. "
        f"Choose another {kind.identity}, rename the other object first, or write the ID of this "
        f"one {place_to_paste(resource)}:\n\n{candidate_lines(resource, [found])}"
    )
