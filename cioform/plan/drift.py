"""What somebody changed outside of cioform: the live objects against what was last applied."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.model.registry import Registry
from cioform.model.snapshot import LiveSnapshot
from cioform.plan.change import Drift
from cioform.plan.compare import diff
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.file_changes import file_changes
from cioform.plan.matching.match import MatchedPair


def find_drift(
    registry: Registry, pairs: Iterable[MatchedPair], live: LiveSnapshot
) -> tuple[Drift, ...]:
    """Return every object that somebody changed or deleted since it was last applied."""
    found: list[Drift] = []
    for pair in pairs:
        binding = pair.binding
        if binding is None or binding.applied is None:
            continue
        applied, ignore = binding.applied, pair.resource.ignore if pair.resource else ()
        live_object = live.objects.get(pair.address)
        if pair.found is None:
            if pair.resource is not None and not pair.is_unlistable:
                found.append(Drift(pair.address, binding.remote_id, (), gone=True))
        elif live_object is not None:
            kind = registry[pair.address.kind]
            attributes = hide_ignored(live_object.attributes, applied, ignore)
            if changes := diff.drifted_fields(kind, applied, attributes):
                managed = diff.managed_fields(kind, attributes, applied)
                fields = file_changes(kind, changes, applied, managed)
                found.append(Drift(pair.address, binding.remote_id, fields))
    return tuple(sorted(found, key=lambda item: item.address))
