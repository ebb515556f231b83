"""Compare a file with its object, without the values that `--prefer live` kept."""

from __future__ import annotations

from cioform.core.data.paths import overlap
from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject
from cioform.model.resource import Resource
from cioform.plan.change import FieldChange
from cioform.plan.compare import diff
from cioform.plan.compare.kept import Kept, asked_again, keep_conflicts, still_kept, with_kept
from cioform.plan.compare.unmanaged_fields.seen_unmanaged import SeenUnmanaged
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.plan import PreferredSide


@dataclass(frozen=True, slots=True)
class ComparedSides:
    """How a file and its object differ."""

    resource: Resource
    """What the file says. It ignores what is kept."""
    kept: Kept
    fields: tuple[FieldChange, ...]
    was_kept: bool
    """Whether something of it was kept until now."""


def compare_sides(
    kind: Kind,
    pair: MatchedPair,
    resource: Resource,
    live: LiveObject,
    seen: SeenUnmanaged,
    prefer: PreferredSide | None,
) -> ComparedSides:
    """Return what differs, without what is kept or is to be kept from now on."""
    applied = pair.binding.applied if pair.binding else None
    before = pair.binding.kept if pair.binding else {}
    kept, asked = still_kept(kind, before, resource, applied, live.attributes)

    def compare(with_ignored: Resource) -> tuple[FieldChange, ...]:
        wanted, ignored = with_ignored.attributes, with_ignored.ignore
        changes = diff.compare(kind, applied, wanted, live.attributes, ignored)
        # Nearly always nothing differs.
        return asked_again(seen.with_origins(changes, wanted), asked) if changes else ()

    effective = with_kept(resource, kept) if kept else resource
    found = compare(effective)
    if prefer is PreferredSide.LIVE and (
        decided := keep_conflicts(kind, found, effective, live.attributes)
    ):
        kept = {**kept, **decided}
        effective = with_kept(resource, kept)
        found = compare(effective)
    was_kept = bool(asked) and any(overlap(c.path, path) for c in found for path in asked)
    return ComparedSides(effective, kept, found, was_kept)
