"""Fields that `apply --prefer live` kept, which a pull writes to the files, too."""

from __future__ import annotations

from collections.abc import Mapping

from cioform.core.address import Address
from cioform.core.data.paths import FieldPath, parse_path
from cioform.core.dataclasses import replace
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.compare.kept import still_kept
from cioform.plan.matching.pair import MatchedPair


def kept_paths(registry: Registry, pair: MatchedPair, live: LiveSnapshot) -> tuple[FieldPath, ...]:
    """Return the paths of the kept fields of a pair, in canonical form."""
    binding, found = pair.binding, live.objects.get(pair.address)
    if binding is None or not binding.kept or pair.resource is None or found is None:
        return ()
    kind = registry[pair.address.kind]
    kept, _ = still_kept(kind, binding.kept, pair.resource, binding.applied, found.attributes)
    return tuple(map(parse_path, kept))


def kept_as_edits(pair: MatchedPair, kept: Mapping[Address, tuple[FieldPath, ...]]) -> MatchedPair:
    """Return a pair whose binding has the values of the file in the kept fields.

    The values in the workspace then differ from it, as if somebody had edited them now.
    """
    binding, resource, paths = pair.binding, pair.resource, kept.get(pair.address)
    if not paths or binding is None or binding.applied is None or resource is None:
        return pair
    applied = hide_ignored(binding.applied, resource.attributes, paths)
    return replace(pair, binding=replace(binding, applied=applied))
