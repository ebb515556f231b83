"""Merge what somebody edited in the workspace into what a file says, as far as it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydantic import ValidationError

from cioform.core.data.json_value import Attributes, as_mapping
from cioform.core.data.paths import FieldPath, overlap
from cioform.core.dataclasses import dataclass
from cioform.model.kind import Kind
from cioform.model.parts import HasParts
from cioform.model.paths.file_paths import canonical_only_fields, with_related_fields
from cioform.plan.change import FieldChange
from cioform.plan.compare import diff
from cioform.plan.compare.differences import ABSENT, value_at
from cioform.plan.compare.differing_values import with_differing_values
from cioform.plan.compare.ignored import hide_ignored, items_with_id
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import (
    in_nested_parts,
    place_of_part,
    value_at_path,
)
from cioform.plan.file_changes import drifted_file_changes
from cioform.plan.merging.merge_parts import AmbiguousPartsError, has_parts, merge_parts, part_ids


@dataclass(frozen=True, slots=True)
class MergedEdits:
    """What a file says with the edits of the fields that it sets, and the other edits."""

    values: Attributes
    both: tuple[FieldChange, ...]
    """What was changed in the file, too, to something else, by the paths of the file."""
    dropped: tuple[FieldChange, ...]
    """What the file does not set any more."""
    removed: tuple[FieldChange, ...] = ()
    """What is in something that the file does not have any more, such as a step."""
    replaced: tuple[FieldChange, ...] = ()
    """What `values` has from the workspace although the file changed it, too."""
    whole: frozenset[str] = frozenset()
    """The fields in canonical form that `values` has whole from the workspace for that reason."""


def merge_edits(
    kind: Kind,
    own: Attributes,
    applied: Attributes,
    live: Attributes,
    ignore: Sequence[FieldPath] = (),
    moved: Mapping[str, str] = MappingProxyType({}),
    *,
    takes_both: bool = False,
) -> MergedEdits:
    """Return the attributes `own` of a file with what was edited in `live` since `applied`.

    What only the workspace changed is taken. What both changed stays as the file has it, or with
    `takes_both` is as in the workspace. `moved` has the former names of the parts that the file
    gives other ones, each with the new one.
    """
    edits = diff.drifted_fields(kind, applied, hide_ignored(live, applied, ignore))
    if not edits:
        return MergedEdits(own, (), ())

    def in_file(changes: Sequence[FieldChange]) -> tuple[FieldChange, ...]:
        return drifted_file_changes(kind, changes, applied, live)

    merge = _Merge(kind, own, applied, hide_ignored(live, own, ignore), moved, takes_both)
    values, left = merge.merged(edits)
    dropped = [each for each in left if merge.is_dropped(each.path)]
    open_edits = [each for each in left if each not in dropped]
    if takes_both:
        names = with_related_fields(kind, {str(each.path[0]) for each in open_edits})
        whole = {name: merge.live[name] for name in names if name in own and name in merge.live}
        taken = [each for each in edits if each not in left and merge.is_changed(each.path)]
        return MergedEdits(
            {**values, **whole}, (), in_file(dropped), (), in_file(taken), frozenset(whole)
        )
    removed = [each for each in open_edits if merge.is_removed(each.path)]
    both = [each for each in open_edits if each not in removed]
    return MergedEdits(values, in_file(both), in_file(dropped), in_file(removed))


@dataclass(frozen=True, slots=True)
class _Merge:
    kind: Kind
    own: Attributes
    applied: Attributes
    live: Attributes
    moved: Mapping[str, str]
    takes_both: bool

    def merged(self, edits: Sequence[FieldChange]) -> tuple[Attributes, list[FieldChange]]:
        """Return the file with the edits, and those that it cannot have."""
        changes = self._changes()
        changed = with_related_fields(self.kind, {str(change.path[0]) for change in changes})
        edited = with_related_fields(self.kind, {str(edit.path[0]) for edit in edits})
        live = with_differing_values(self.kind, self.own, self.live)
        whole = {name: live[name] for name in edited - changed if name in live}
        shared = [each for each in edits if str(each.path[0]) not in whole.keys() & self.own.keys()]
        places = [self._place(change.path) for change in changes]
        values = self.own
        left: list[FieldChange] = []
        for edit in shared:
            taken = self._with_edit(values, edit.path, places)
            values = values if taken is None else taken
            left += [edit] if taken is None else []
        if any(map(self._is_of_parts, left)) and (merged := self._with_parts(values)):
            values = merged
            left = [e for e in left if not (self._has(values, e.path) or self._is_move(e.path))]
        if not _is_whole(self.kind, values):
            values, left = (
                self.own,
                [each for each in shared if not self._has_live_value(each.path)],
            )
        return {name: whole.get(name, value) for name, value in values.items()}, left

    def _is_of_parts(self, edit: FieldChange) -> bool:
        return isinstance(self.kind, HasParts) and edit.path[0] == self.kind.parts_field

    def _with_parts(self, values: Attributes) -> Attributes | None:
        """Return values with the parts that somebody added, moved or removed, if that is certain.

        What no file has of a part in two fields goes with the part.
        """
        assert isinstance(self.kind, HasParts)
        name = self.kind.parts_field
        managed = diff.managed_fields(self.kind, self.live, self.applied)
        live = self.kind.rewrite_like(managed, self.applied)
        try:
            parts = merge_parts(self.applied.get(name), values.get(name), live.get(name))
        except AmbiguousPartsError:
            return None
        merged = {**values, name: parts}
        present = part_ids(parts)
        for field in canonical_only_fields(self.kind):
            before, own, now = (
                as_mapping(form.get(field)) for form in (self.applied, values, live)
            )
            gone = own.keys() - present
            if any(own[part] != before.get(part) for part in gone):
                return None
            merged[field] = {p: {**now, **own}[p] for p in {**own, **now} if p in present}
        return merged if _is_whole(self.kind, merged) else None

    def _is_move(self, path: FieldPath) -> bool:
        """Return whether an edit only moved a part, without editing it."""
        forms = (self.applied.get(str(path[0])), self.live.get(str(path[0])))
        before, now = (next(items_with_id(form, path[-1]), None) for form in forms)
        return before is not None and before == now

    def _changes(self) -> list[FieldChange]:
        """Return what the file changed since it was applied."""
        changes = diff.file_differences(self.kind, self.applied, self.own)
        return [change for change in changes if not self._is_former_name(change)]

    def is_changed(self, path: FieldPath) -> bool:
        """Return whether the file changed the value at a path, too, to another one."""
        place = self._place(path)
        changed = any(overlap(place, self._place(each.path)) for each in self._changes())
        return changed and not self._has(self.own, path)

    def _is_former_name(self, change: FieldChange) -> bool:
        """Return whether a part only loses the title that it had from its former name."""
        name = change.before
        return (
            change.after is None and isinstance(name, str) and self.moved.get(name) in change.path
        )

    def is_dropped(self, path: FieldPath) -> bool:
        """Return whether the file does not set a field any more that was applied."""
        return self._has(self.own, path) and not self._has_live_value(path)

    def is_removed(self, path: FieldPath) -> bool:
        """Return whether the file does not have what the value is in, and had it when applied."""
        place = self._place(path)
        holders = [place[:length] for length in range(1, len(place))]
        own, applied = (
            [value_at_path(self.kind, form, each) for each in holders]
            for form in (self.own, self.applied)
        )
        return any(a is ABSENT is not b for a, b in zip(own, applied, strict=True))

    def _with_edit(
        self, values: Attributes, path: FieldPath, changed: Sequence[FieldPath]
    ) -> Attributes | None:
        """Return values with the live one at a path, or as little more as can be distinguished.

        Return None if the file changed that, too, or sets it no more.
        """
        if self._has(self.own, path):
            return values if self._has_live_value(path) else None
        if self._has(values, path):
            return values
        place = self._place(path)
        for length in range(len(place), self._least_length(place) - 1, -1):
            pattern = place[:length]
            is_changed = any(overlap(pattern, each) for each in changed)
            if (is_changed and not self.takes_both) or self._holds_parts(pattern):
                return None
            taken = hide_ignored(values, self.live, [in_nested_parts(self.kind, pattern, self.own)])
            if self._has(taken, path):
                return taken
        return None

    def _has(self, values: Attributes, path: FieldPath) -> bool:
        """Return whether nothing at a path differs from the workspace, as it is compared."""
        found = diff.compare(self.kind, None, values, self.live)
        return not any(overlap(each.path, path) for each in found)

    def _has_live_value(self, path: FieldPath) -> bool:
        """Return whether the file has the live value at a path already."""
        own, live = (value_at(diff.comparable(self.kind, v), path) for v in (self.own, self.live))
        return own == live

    def _place(self, path: FieldPath) -> FieldPath:
        """Return a path of the compared form for a path that names a part by its ID alone."""
        return place_of_part(self.kind, path, (self.own, self.applied, self.live))

    def _least_length(self, place: FieldPath) -> int:
        """Return how many steps of a path name a whole value: a field, or one of a part."""
        head = str(place[0])
        return 3 if with_related_fields(self.kind, {head}) != {head} else 1

    def _holds_parts(self, place: FieldPath) -> bool:
        """Return whether parts are inside of the value at a place, or it is their order."""
        if not isinstance(self.kind, HasParts) or place[0] != self.kind.parts_field:
            return False
        if len(place) < 3:
            return True
        steps = (items_with_id(form.get(str(place[0])), place[1]) for form in (self.own, self.live))
        values = [each.get(str(place[2])) for found in steps for each in found]
        return any(isinstance(value, list) and has_parts(value) for value in values)


def _is_whole(kind: Kind, values: Attributes) -> bool:
    """Return whether a document can say these values."""
    try:
        kind.parse(values)
    except ValidationError:
        return False
    return True
