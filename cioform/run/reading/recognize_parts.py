"""Recognize the parts of an object that no state remembers, such as the steps of a campaign."""

from __future__ import annotations

from dataclasses import replace

from cioform.model.decoding import decode
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.parts import HasParts
from cioform.model.references.names import Names
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
    if names.parts_of(kind.name, live.remote_id):
        return live
    own = live.decoded.parts
    pairs = kind.pair_parts(live.attributes, resource.attributes)
    renamed = {new: own[old] for old, new in pairs.items() if old in own}
    recognized = {name: own_id for name, own_id in renamed.items() if own.get(name) != own_id}
    if not recognized:
        return live
    parts = {**names.parts, (kind.name, live.remote_id): renamed}
    decoded = decode(kind, live.found, Names(names.ids, names.known, parts))
    return replace(live, decoded=replace(decoded, recognized=recognized))
