"""Record what counts as applied after an update that was interrupted before the read-back."""

from __future__ import annotations

from collections.abc import Container, Iterator

from cioform.core.data.json_value import UNKNOWN, Attributes
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind
from cioform.model.part_change import MAKING, REMOVING, PartAction
from cioform.plan.compare import diff
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.differences import ABSENT, differences, value_at
from cioform.plan.compare.ignored import hide_ignored
from cioform.plan.compare.keyed_list import ORDER_KEY
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import (
    in_nested_parts,
    is_of_part,
    place_of_part,
)


@dataclass(frozen=True, slots=True)
class InterruptedUpdate:
    """An update that began with `before` and may have written any part of `wanted`."""

    kind: Kind
    applied: Attributes
    before: Attributes
    wanted: Attributes

    def applied_beside_edits(self, live: Attributes) -> Attributes | None:
        """Return what counts as applied, from which each edit differs; None if there is no edit.

        A managed value is an edit if it is neither what was wanted nor what was last applied,
        unless the write made the part that holds it.
        """
        managed = diff.managed_fields(self.kind, live, self.wanted)
        found = managed
        for path, former in self._edits(managed):
            found = self._with_former(found, former, path)
        return None if found is managed else found

    def _edits(self, managed: Attributes) -> Iterator[tuple[FieldPath, Attributes]]:
        """Yield where an edit is, and the form that has the value that is in question."""
        former = diff.managed_fields(self.kind, self.before, self.wanted)
        applied, before, now, wanted = (
            diff.comparable(self.kind, each)
            for each in (self.applied, former, managed, self.wanted)
        )
        made, going = self._parts(MAKING), self._parts(REMOVING)
        for path, value, _ in differences(now, wanted):
            place = self._place(path)
            if value is UNKNOWN or ORDER_KEY in path or is_of_part(place, made):
                continue
            last, was = value_at(applied, path), value_at(before, path)
            if last is ABSENT and ABSENT not in (was, value) and was != value:
                yield path, former
            elif last is not ABSENT and value != (was if is_of_part(place, going) else last):
                yield path, self.applied

    def _parts(self, actions: Container[PartAction]) -> set[str]:
        return changed_parts(self.kind, self.before, self.wanted, actions)

    def _with_former(self, values: Attributes, former: Attributes, path: FieldPath) -> Attributes:
        """Return values with the former one at a path, or as little more as is possible."""
        place = in_nested_parts(self.kind, self._place(path), values)
        wanted = value_at(diff.comparable(self.kind, former), path)
        for length in range(len(place), 1, -1):
            taken = hide_ignored(values, former, [place[:length]])
            if value_at(diff.comparable(self.kind, taken), path) == wanted:
                return taken
        return hide_ignored(values, former, [place[:1]])

    def _place(self, path: FieldPath) -> FieldPath:
        return place_of_part(self.kind, path, (self.before, self.applied, self.wanted))
