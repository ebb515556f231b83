"""Recognize the parts of an object that no state remembers, such as the steps of a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cioform.core.address import Address
from cioform.model.decoding import decode
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject
from cioform.model.names import Names
from cioform.model.remote_access.capabilities import HasParts
from cioform.model.resource import Resource


def recognize_parts(
    kind: Kind, live: LiveObject, resource: Resource | None, names: Names
) -> LiveObject:
    """Return a live object whose parts have the names that its file gives them.

    Without them, a plan would remove each part and add it again, and the people in a campaign would
    lose their place. Parts that the state names keep those names.
    """
    if resource is None or not isinstance(kind, HasParts):
        return live
    own = live.decoded.parts
    if not own or names.parts_of(kind.name, live.remote_id):
        return live
    pairs = kind.pair_parts(live.attributes, resource.attributes)
    renamed = {new: own[old] for old, new in pairs.items() if old in own}
    if all(own.get(new) == remote_id for new, remote_id in renamed.items()):
        return live
    parts = {**names.parts, (kind.name, live.remote_id): renamed}
    decoded = decode(kind, live.found, Names(names.ids, names.known, parts))
    recognized = {name: own_id for name, own_id in renamed.items() if own.get(name) != own_id}
    return replace(live, decoded=replace(decoded, recognized=recognized))


def names_with_parts(names: Names, objects: Mapping[Address, LiveObject]) -> Names:
    """Return the names with those of the parts that were recognized."""
    recognized = {
        (live.kind, live.remote_id): live.decoded.parts
        for live in objects.values()
        if live.decoded.recognized
    }
    return replace(names, parts={**names.parts, **recognized}) if recognized else names
