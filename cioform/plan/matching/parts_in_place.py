"""Parts that need no name have that of their place: the state may have exchanged their names."""

from __future__ import annotations

from dataclasses import replace

from cioform.core.address import Address
from cioform.model.decoding import decode
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.parts import HasParts
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.plan.compare.unmanaged_fields.unmanaged_record import with_parts_renamed
from cioform.plan.matching.pair import MatchedPair, MatchResult


def with_parts_in_place(
    registry: Registry, matched: MatchResult, live: LiveSnapshot
) -> tuple[MatchResult, LiveSnapshot]:
    """Return pairs and objects in which each part has the name that the file has at its place.

    Older versions recorded the exits of some campaigns under each other's names. A change would
    then have sent the people of one branch to the exit of another.
    """
    objects = {**live.objects}
    pairs = [
        _in_place(registry[pair.address.kind], pair, objects, live.names) for pair in matched.pairs
    ]
    return replace(matched, pairs=tuple(pairs)), replace(live, objects=objects)


def _in_place(
    kind: Kind, pair: MatchedPair, objects: dict[Address, LiveObject], names: Names
) -> MatchedPair:
    """Return a pair with the record of its state renamed, and replace its object."""
    found, binding, resource = objects.get(pair.address), pair.binding, pair.resource
    if not isinstance(kind, HasParts) or found is None or binding is None or resource is None:
        return pair
    named = found.decoded.parts
    moves = kind.unnamed_moves(found.attributes, resource.attributes, named.keys())
    if not moves:
        return pair
    parts = {moves.get(name, name): own_id for name, own_id in named.items()}
    known = {**names.parts, (kind.name, found.remote_id): parts}
    decoded = decode(kind, found.found, Names(names.ids, names.known, known))
    objects[pair.address] = replace(found, decoded=decoded)
    record = binding.unmanaged and with_parts_renamed(kind, binding.unmanaged, moves)
    return replace(pair, binding=replace(binding, unmanaged=record))
