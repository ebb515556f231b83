"""The unmanaged fields of an object that a plan or drift looks at."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.data.json_value import UNKNOWN, Attributes, Json
from cioform.core.data.paths import FieldPath, overlap
from cioform.core.dataclasses import dataclass, replace
from cioform.model.objects.snapshot import Binding
from cioform.model.part_change import REMOVING, PartAction
from cioform.model.parts import HasParts
from cioform.model.resource import Resource
from cioform.plan.change import FieldChange, Origin
from cioform.plan.compare.changed_parts import changed_parts
from cioform.plan.compare.differences import ABSENT
from cioform.plan.compare.ignored import items_with_id
from cioform.plan.compare.replaced_parts import with_edits_in_conflict
from cioform.plan.compare.unmanaged_fields.live_fields import LiveFields, Record
from cioform.plan.compare.unmanaged_fields.unmanaged_paths import (
    is_of_part,
    is_unmanaged,
    value_at_path,
)
from cioform.plan.compare.unmanaged_fields.unmanaged_record import (
    UnmanagedEdit,
    edits_of,
    field_changes,
    newly_recorded,
    next_record,
    with_known_value,
)


@dataclass(frozen=True, slots=True)
class SeenUnmanaged:
    """What was seen of the unmanaged fields of one object."""

    live: LiveFields
    binding: Binding | None
    ignore: Sequence[FieldPath]
    """The fields that the file says to ignore."""
    edits: tuple[UnmanagedEdit, ...]
    """What somebody changed that the file did not set when it was last applied."""

    @classmethod
    def compare(
        cls, live: LiveFields, binding: Binding | None, resource: Resource | None
    ) -> SeenUnmanaged:
        """Return what was seen of an object, without what its file ignores."""
        ignore = resource.ignore if resource else ()
        edits = edits_of(live, binding, ignore) if binding else ()
        own = resource.attributes if resource else {}
        return cls(live, binding, ignore, tuple(with_known_value(live, e, own) for e in edits))

    @property
    def is_partly_unreadable(self) -> bool:
        """Whether a field that was in no file at the last apply is unreadable now."""
        applied = self.binding.applied if self.binding else None
        values = self.live.unmanaged(applied or {}).values()
        return applied is not None and any(value is UNKNOWN for value in values)

    def with_origins(
        self, changes: Sequence[FieldChange], wanted: Attributes
    ) -> tuple[FieldChange, ...]:
        """Return the changes with their true origin, if somebody edited what they overwrite.

        A field that the file is the first to set is drift or in conflict as any other field. In a
        part that the file replaces, every edit is in conflict.
        """
        kind = self.live.kind
        applied = self.binding.applied if self.binding else None
        before = self.live.attributes if applied is None else applied
        found = tuple(changes)
        if self.edits:
            gone = changed_parts(kind, before, wanted, REMOVING)
            written = [
                edit
                for edit in self.edits
                if is_of_part(edit.path, gone) or not is_unmanaged(kind, edit.path, wanted)
            ]
            found = tuple(self._with_origin(each, written, gone) for each in changes)
        return with_edits_in_conflict(kind, found, before, wanted)

    def _with_origin(
        self, change: FieldChange, edits: Sequence[UnmanagedEdit], gone: set[str]
    ) -> FieldChange:
        edit = next((each for each in edits if self._is_touched(each, change, gone)), None)
        if edit is None or change.origin is not Origin.CONFIG:
            return change
        is_as_before = edit.path == change.path and self._was(edit, change.after)
        return replace(change, origin=Origin.DRIFT if is_as_before else Origin.CONFLICT)

    def _is_touched(self, edit: UnmanagedEdit, change: FieldChange, gone: set[str]) -> bool:
        """Return whether a change writes what was edited, or takes away the part that holds it."""
        return self._overlap(edit.path, change.path) or any(
            part in gone and any(items_with_id(change.before, part)) for part in edit.path[1:2]
        )

    def _overlap(self, one: FieldPath, other: FieldPath) -> bool:
        """Return whether one of two paths is inside the other; the first names a part by its ID."""
        kind = self.live.kind
        is_in_part = isinstance(kind, HasParts) and one[0] == kind.parts_field and len(one) > 1
        if is_in_part and one[1] in other:
            one, other = one[1:], other[other.index(one[1]) :]
        return overlap(one, other)

    def _was(self, edit: UnmanagedEdit, value: Json) -> bool:
        if edit.recorded is None:
            return value == edit.before or (
                edit.before is None and not value and value is not False
            )
        return self.live.is_recorded(edit.path, value, edit.recorded)

    def edits_of(self, wanted: Attributes, *, are_set: bool) -> tuple[FieldChange, ...]:
        """Return the edits of fields that the file sets by now, or of those that are in no file.

        An edit in a part that will be removed counts as set by the file.
        """
        if not self.edits:
            return ()  # The common case.
        kind = self.live.kind
        parts = changed_parts(kind, self.live.attributes, wanted, (PartAction.REPLACE,))
        return field_changes(
            self.live,
            [
                edit
                for edit in self.edits
                if (is_unmanaged(kind, edit.path, wanted) and not is_of_part(edit.path, parts))
                is not are_set
            ],
        )

    def lost(self, wanted: Attributes) -> tuple[FieldChange, ...]:
        """Return the edits of fields that are in no file and go with a part that the file drops."""
        kind = self.live.kind
        edits = [
            edit
            for edit in self.edits
            if not is_unmanaged(kind, edit.path, wanted)
            and value_at_path(kind, wanted, edit.path) is ABSENT
        ]
        return field_changes(self.live, edits)

    def newly_recorded(self, wanted: Attributes) -> tuple[FieldChange, ...]:
        """Return the values in no file that an apply is the first to record, without defaults."""
        return field_changes(
            self.live, newly_recorded(self.live, self.binding, wanted, self.ignore)
        )

    def next_record(self, wanted: Attributes, *, accept: bool) -> Record | None:
        """Return what the state has to record once `wanted` is applied."""
        return next_record(self.live, self.binding, wanted, accept=accept)
