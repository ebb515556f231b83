"""Whether the state has to be updated for an object that needs no change."""

from __future__ import annotations

from cioform.core.data.json_value import Attributes
from cioform.model.objects.live_object import LiveObject
from cioform.model.resource import Resource
from cioform.plan.compare.kept import Kept
from cioform.plan.compare.unmanaged_fields.live_fields import Record
from cioform.plan.matching.pair import MatchedPair


def is_state_outdated(
    pair: MatchedPair,
    resource: Resource,
    wanted: Attributes,
    live: LiveObject,
    kept: Kept,
    record: Record | None,
) -> bool:
    """Return whether the state does not say what it will say once `wanted` counts as applied."""
    binding = pair.binding
    return (
        binding is None
        or not pair.is_bound
        or bool(pair.moved_parts)
        or binding.applied != wanted
        or binding.protect != resource.protect
        or binding.kept != kept
        or binding.unmanaged != record
        or binding.identity != live.found.identity
        or binding.parts != live.decoded.parts
        or binding.last_seen.same_name != pair.same_name
        or live.decoded.reach.lifecycle not in ("", binding.last_seen.state)
    )
