"""What somebody changed behind our back: live against what we last wrote."""

from __future__ import annotations

from collections.abc import Iterable

from cioform.model.registry import Registry
from cioform.model.snapshot import LiveSnapshot
from cioform.plan import diff
from cioform.plan.change import Drift
from cioform.plan.match import MatchedPair


def find_drift(
    registry: Registry, pairs: Iterable[MatchedPair], live: LiveSnapshot
) -> tuple[Drift, ...]:
    """Give every object that somebody changed or deleted since we last wrote it."""
    found: list[Drift] = []
    for pair in pairs:
        binding = pair.binding
        if binding is None or binding.applied is None:
            continue
        applied = diff.drop_ignored(binding.applied, pair.resource.ignore if pair.resource else ())
        there = live.objects.get(pair.address)
        if pair.found is None:
            if pair.resource is not None and not pair.is_unlistable:
                found.append(Drift(pair.address, binding.remote_id, (), gone=True))
        elif there is not None:
            fields = diff.drifted_fields(registry[pair.address.kind], applied, there.attributes)
            if fields:
                found.append(Drift(pair.address, binding.remote_id, fields))
    return tuple(sorted(found, key=lambda item: item.address))
